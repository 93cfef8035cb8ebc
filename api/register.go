package api

import (
	"cmp"
	"net/http"

	"gridwarden/geo"
	"gridwarden/geo/search"
)

// departmentAnswer is a department as it is listed.
type departmentAnswer struct {
	Code       geo.DepartmentCode  `json:"code"`
	Name       string              `json:"name"`
	Parent     *geo.DepartmentCode `json:"parent"`
	Kind       string              `json:"kind,omitempty"`
	Aliases    []string            `json:"aliases,omitempty"`
	Successor  geo.DepartmentCode  `json:"successor,omitempty"`
	ValidUntil string              `json:"valid_until,omitempty"`
}

// departments lists all of them by code.
func (s *server) departments(w *response, r *http.Request, v view) error {
	v, err := s.whenAlone(w, r, v)
	if err != nil {
		return err
	}
	answer := struct {
		Departments []departmentAnswer `json:"departments"`
	}{[]departmentAnswer{}}
	for _, d := range v.Departments() {
		a := departmentAnswer{
			Code: d.Code, Name: d.Name, Kind: d.Kind, Aliases: d.Aliases,
			Successor: d.Successor, ValidUntil: d.ValidUntil.String(),
		}
		if d.Parent != "" {
			a.Parent = &d.Parent
		}
		answer.Departments = append(answer.Departments, a)
	}
	return sendJSON(w, answer)
}

// groups lists all groups of areas that the reader sees, by kind and code.
func (s *server) groups(w *response, r *http.Request, v view) error {
	v, err := s.whenAlone(w, r, v)
	if err != nil {
		return err
	}
	answer := struct {
		Groups []groupAnswer `json:"groups"`
	}{[]groupAnswer{}}
	for i := range v.Duty().Groups {
		answer.Groups = append(answer.Groups, describeGroup(&v.Duty().Groups[i]))
	}
	return sendJSON(w, answer)
}

// groupAnswer is a group as it is listed.
type groupAnswer struct {
	Kind    string         `json:"kind"`
	Code    string         `json:"code"`
	Name    string         `json:"name"`
	Layer   geo.LayerName  `json:"layer"`
	Members []geo.AreaCode `json:"members"`
}

func describeGroup(g *geo.Group) groupAnswer {
	return groupAnswer{g.Kind, g.Code, g.Name, g.Layer, append([]geo.AreaCode{}, g.Members...)}
}

// categoryAnswer is a category as it is listed.
type categoryAnswer struct {
	Standard   string           `json:"standard"`
	Kind       geo.CategoryKind `json:"kind"`
	Code       string           `json:"code"`
	Name       string           `json:"name"`
	NameEN     string           `json:"name_en,omitempty"`
	Parent     *string          `json:"parent"`
	Family     string           `json:"family,omitempty"`
	Source     string           `json:"source,omitempty"`
	Confidence string           `json:"confidence,omitempty"`
	Visibility geo.Visibility   `json:"visibility"`
	Pinyin     string           `json:"pinyin,omitempty"`
}

// categories lists all of them by key, or those of one standard or kind.
func (s *server) categories(w *response, r *http.Request, v view) error {
	p, err := readParams(r, "standard", "kind", "at", "edition", "known", "draft")
	if err != nil {
		return err
	}
	if v, err = s.when(w, r, v, p); err != nil {
		return err
	}
	answer := struct {
		Categories []categoryAnswer `json:"categories"`
	}{[]categoryAnswer{}}
	for _, c := range v.Categories() {
		if c.Standard != cmp.Or(p.Get("standard"), c.Standard) || string(c.Kind) != cmp.Or(p.Get("kind"), string(c.Kind)) {
			continue
		}
		a := categoryAnswer{
			Standard: c.Standard, Kind: c.Kind, Code: c.Code, Name: c.Name, NameEN: c.NameEN,
			Family: c.Family, Source: c.Source, Confidence: c.Confidence, Visibility: c.Visibility,
			Pinyin: search.Pinyin(c.Name),
		}
		if c.Parent != "" {
			a.Parent = &c.Parent
		}
		answer.Categories = append(answer.Categories, a)
	}
	return sendJSON(w, answer)
}
