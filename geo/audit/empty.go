package audit

import (
	"slices"
	"strings"

	"gridwarden/geo"
	"gridwarden/geo/duty"
)

// gaps tells the ground of the duty chain's areas that no area of the layer below holds:
// the next layer up answers there.
func (a *Audit) gaps() {
	type gap struct {
		layer  geo.LayerName
		parent *geo.Area
	}
	found := map[gap]*Finding{}
	for i := range a.Grounds {
		g := &a.Grounds[i]
		if g.Gap == "" {
			continue
		}
		at := gap{g.Gap, areaOf(&g.At, a.chain[slices.Index(a.chain, g.Gap)+1])}
		f := found[at]
		if f == nil {
			f = &Finding{Kind: Gap, Area: at.parent, Condition: anyText, Answers: anyText, Asset: "any"}
			found[at] = f
		}
		f.Grounds = append(f.Grounds, int32(i))
		f.Places++
		f.Metres2 += g.SquareMetres
	}
	for _, f := range found {
		a.add(*f)
	}
}

// empty tells duties that are given to what does not exist or has ended: by rows, and by
// the areas of the duty chain.
func (a *Audit) empty(o *Options) {
	b := a.x.books[0]
	rules := a.view.Duty().Rules
	for _, e := range duty.Check(rules, a.world(o.day())) {
		if until := rules[e.Index].ValidUntil; !until.IsZero() && until.Before(o.day()) {
			continue // it is dead, and told so
		}
		f := Finding{Kind: EmptyDuty, Error: true, Rows: []geo.RuleID{e.ID}, Condition: anyText, Answers: anyText, Asset: "any"}
		f.Message = geo.Say("duty row %s, column %s: %s", e.ID, e.Column, e.Err)
		a.Findings = append(a.Findings, f)
	}
	for i := range b.rows {
		if r := &b.rows[i]; !r.readable {
			a.Findings = append(a.Findings, Finding{Kind: EmptyDuty, Error: true, Rows: []geo.RuleID{r.ID}, Condition: anyText, Answers: anyText, Asset: "any",
				Message: geo.Say("duty row %s cannot be read and never decides: mend its cells and import it again", r.ID)})
		}
	}
	a.emptyAreas(o.day())
}

// emptyAreas tells departments that areas of the duty chain name and that answer no more.
func (a *Audit) emptyAreas(day geo.Date) {
	type named struct {
		layer geo.LayerName
		code  geo.DepartmentCode
	}
	found := map[named]*Finding{}
	why := map[named]error{}
	seen := map[*geo.Area]bool{}
	for i := range a.Grounds {
		for _, layer := range a.chain {
			area := areaOf(&a.Grounds[i].At, layer)
			if area == nil || area.Department == "" {
				continue
			}
			at := named{layer, area.Department}
			f, known := found[at]
			if !known {
				if err := inOffice(a.view, area.Department, day); err != nil {
					f = &Finding{Kind: EmptyDuty, Error: true, Area: area, Condition: anyText, Answers: anyText, Asset: "any"}
					why[at] = err
				}
				found[at] = f
			}
			if f == nil {
				continue
			}
			f.Grounds = append(f.Grounds, int32(i))
			f.Metres2 += a.Grounds[i].SquareMetres
			if !seen[area] {
				seen[area] = true
				f.Places++
			}
		}
	}
	for at, f := range found {
		if f != nil {
			f.Message = geo.Say("%s of the layer %s: %s", areas(f.Places), at.layer, why[at])
			a.Findings = append(a.Findings, *f)
		}
	}
}

// world is what rows may name.
func (a *Audit) world(today geo.Date) duty.World {
	tables := a.view.Duty()
	categories := func(standard string, kind geo.CategoryKind, fits func(geo.Category) bool) bool {
		return slices.ContainsFunc(a.view.Categories(), func(c geo.Category) bool {
			return (standard == "" || c.Standard == standard) && (kind == "" || c.Kind == kind) && fits(c)
		})
	}
	return duty.World{
		Today: today,
		Layer: func(name string) bool { _, known := a.view.Layer(geo.LayerName(name)); return known },
		GroupKind: func(kind string) bool {
			return slices.ContainsFunc(tables.Groups, func(g geo.Group) bool { return g.Kind == kind })
		},
		Area: func(layer string, code duty.Pattern) bool {
			if slices.ContainsFunc(tables.Groups, func(g geo.Group) bool { return g.Kind == layer && code.Matches(g.Code) }) {
				return true
			}
			if !code.Prefix {
				return a.view.Area(geo.LayerName(layer), geo.AreaCode(code.Text)) != nil
			}
			for area := range a.view.Areas(geo.LayerName(layer), "") {
				if code.Matches(string(area.Code)) {
					return true
				}
			}
			return false
		},
		Department: func(code geo.DepartmentCode, on geo.Date) error { return inOffice(a.view, code, on) },
		Category: func(standard string, kind geo.CategoryKind, code duty.Pattern) bool {
			return categories(standard, kind, func(c geo.Category) bool { return code.Matches(c.Code) })
		},
		Family: func(standard string, kind geo.CategoryKind, name string) bool {
			return categories(standard, kind, func(c geo.Category) bool { return c.Family == name })
		},
		Condition: func(standard string, kind geo.CategoryKind, category, condition string) bool {
			return knowsCondition(tables.Standards, standard, kind, duty.ParsePattern(category), condition)
		},
	}
}

// knowsCondition tells whether the filing standards have a condition for a fitting
// category; true where they say nothing of any.
func knowsCondition(all []geo.FilingStandard, standard string, kind geo.CategoryKind, code duty.Pattern, condition string) bool {
	said := false
	for _, s := range all {
		if (standard == "" || s.Standard == standard) && (kind == "" || s.Kind == kind) && code.Matches(s.Code) {
			said = true
			if s.Condition == condition {
				return true
			}
		}
	}
	return !said
}

// inOffice is nil when a department answers on a day, itself or by its successor, else a
// sentence.
func inOffice(view interface {
	Department(geo.DepartmentCode) (geo.Department, bool)
}, code geo.DepartmentCode, day geo.Date) error {
	seen := map[geo.DepartmentCode]bool{}
	for first := code; ; {
		d, known := view.Department(code)
		switch {
		case !known:
			return geo.Errorf(geo.Faulty, "there is no department %s: import it, or name another", code)
		case d.ValidUntil.IsZero() || !d.ValidUntil.Before(day):
			return nil
		case d.Successor == "":
			return geo.Errorf(geo.Faulty, "department %s (%s) ended on %s and names no successor: name another", d.Code, d.Name, d.ValidUntil)
		case seen[d.Successor]:
			return geo.Errorf(geo.Faulty, "the successors of department %s name one another in a ring: name another", first)
		}
		seen[code] = true
		code = d.Successor
	}
}

// listed joins some texts and says how many more there are.
func listed[T ~string](all []T, limit int) geo.Said {
	parts := make([]string, 0, limit)
	for i, t := range all {
		if i == limit {
			return geo.Say("%s and %d more", strings.Join(parts, ", "), len(all)-limit)
		}
		parts = append(parts, string(t))
	}
	return geo.Say("%s", strings.Join(parts, ", "))
}
