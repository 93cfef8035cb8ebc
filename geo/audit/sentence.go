package audit

import (
	"fmt"
	"strings"

	"gridwarden/geo"
	"gridwarden/geo/routing"
)

// sentence says what a finding is, where, for what and when.
func (a *Audit) sentence(f *Finding) string {
	if f.Kind == Gap {
		return fmt.Sprintf("%s %s has %s that no area of the layer %s holds: the layers above answer there", f.Area.Layer, f.Area.Code, geo.InSquareMetres(f.Metres2), a.Grounds[f.Grounds[0]].Gap)
	}
	what := "nobody answers for " + a.categories(f.Categories)
	switch {
	case f.Kind == Collision:
		what = fmt.Sprintf("duty rows %s (%s) and %s (%s) are equal and name different departments for %s", f.Rows[0], f.Names[0], f.Rows[1], f.Names[1], a.categories(f.Categories))
	case f.Rule == routing.Fallback:
		what = "only the fallback answers for " + a.categories(f.Categories)
	}
	return what + " " + a.where(f) + f.circumstances()
}

// categories names a few categories and how many more there are.
func (a *Audit) categories(all []geo.CategoryKey) string {
	if len(all) == 1 {
		c, _ := a.view.Category(all[0])
		return strings.TrimSpace(fmt.Sprintf("%s %s %s", all[0].Kind, all[0].Code, c.Name))
	}
	codes := make([]string, len(all))
	for i, k := range all {
		codes[i] = k.Code
	}
	if len(all) == a.Categories {
		return "every category"
	}
	return fmt.Sprintf("%d categories (%s)", len(all), listed(codes, 5))
}

// where names a few places, their ground and what stands there.
func (a *Audit) where(f *Finding) string {
	if f.Places == len(a.Grounds) {
		return fmt.Sprintf("everywhere (%s, %s)", count(f.Places, "place", "places"), geo.InSquareMetres(f.Metres2))
	}
	var names []string
	for _, g := range f.Grounds[:min(len(f.Grounds), 4)] {
		names = append(names, a.Grounds[g].name(a.chain))
	}
	text := fmt.Sprintf("in %s", listed(names, 3))
	if len(f.Grounds) > 3 {
		text = fmt.Sprintf("in %s and %d more", strings.Join(names[:3], ", "), len(f.Grounds)-3)
	}
	text += " (" + geo.InSquareMetres(f.Metres2)
	if f.Assets > 0 {
		text += ", " + count(f.Assets, "asset", "assets")
	}
	return text + ")"
}

// name is the lowest area of the duty chain, then everything else that holds there.
func (g *Ground) name(chain []geo.LayerName) string {
	var parts []string
	inChain := map[geo.LayerName]bool{}
	for _, layer := range chain {
		inChain[layer] = true
		if code := g.Code(layer); code != "" && len(parts) == 0 {
			parts = append(parts, fmt.Sprintf("%s %s", layer, code))
		}
	}
	for _, h := range g.At.Areas {
		if !inChain[h.Area.Layer] {
			parts = append(parts, fmt.Sprintf("%s %s", h.Area.Layer, h.Area.Code))
		}
	}
	for _, h := range g.At.Lines {
		parts = append(parts, fmt.Sprintf("%s %s", h.Area.Layer, h.Area.Code))
	}
	if len(parts) == 0 {
		return "ground of a ruling"
	}
	return strings.Join(parts, " + ")
}

// circumstances are when and under what conditions it is so; nothing for always.
func (f *Finding) circumstances() string {
	var parts []string
	if f.When.English != "" && f.When.English != "always" {
		parts = append(parts, f.When.English)
	}
	switch f.Condition {
	case anyText:
	case other:
		parts = append(parts, "under a condition that no row names")
	default:
		parts = append(parts, "condition "+f.Condition)
	}
	switch f.Answers {
	case anyText:
	case "":
		parts = append(parts, "without an answer that a row names")
	default:
		parts = append(parts, "answered "+f.Answers)
	}
	switch f.Asset {
	case "any":
	case "none":
		parts = append(parts, "without an asset at hand")
	default:
		parts = append(parts, "asset with "+f.Asset)
	}
	if len(parts) == 0 {
		return ""
	}
	return ": " + strings.Join(parts, "; ")
}

// mend is a row that would end a finding. Where nobody answers, whom it names is left for a
// person to write; where only the fallback does, the row makes that the rule. It needs no
// hours: a row that has more conditions filled goes before it wherever it holds. Of two
// rows that collide, the second goes after the first.
func (a *Audit) mend(f *Finding) *geo.DutyRow {
	switch f.Kind {
	case Hole:
		r := &geo.DutyRow{ID: geo.RuleID("mend-" + a.slug(f)), Priority: 100, Assign: "department:", Note: "proposed by the audit: write who shall answer"}
		if f.Rule == routing.Fallback {
			r.Assign, r.Note = "fallback", "proposed by the audit: make the fallback the rule, or write who shall answer"
		}
		a.mendCategory(f, r)
		a.mendPlace(f, r)
		return r
	case Collision:
		for i := range a.x.books[0].rows {
			if row := a.x.books[0].rows[i]; row.ID == f.Rows[1] {
				r := *row.DutyRow
				r.Priority++
				r.Note = strings.TrimSpace(r.Note + " (the audit: goes after " + string(f.Rows[0]) + ")")
				return &r
			}
		}
	}
	return nil
}

// mendCategory fills the cells of the category where one value says them all.
func (a *Audit) mendCategory(f *Finding, r *geo.DutyRow) {
	first := f.Categories[0]
	r.Standard, r.Kind, r.Category = first.Standard, first.Kind, first.Code
	for _, k := range f.Categories[1:] {
		if k.Standard != r.Standard {
			r.Standard = ""
		}
		if k.Kind != r.Kind {
			r.Kind = ""
		}
		r.Category = common(strings.TrimSuffix(r.Category, "*"), k.Code) + "*"
	}
	if r.Category == "*" || r.Standard == "" {
		r.Category = ""
	}
}

func common(a, b string) string {
	n := 0
	for n < len(a) && n < len(b) && a[n] == b[n] {
		n++
	}
	return a[:n]
}

// mendPlace fills the cells of the place with the smallest area of the duty chain that
// holds it all; they stay empty when it is larger than one.
func (a *Audit) mendPlace(f *Finding, r *geo.DutyRow) {
	for _, layer := range a.chain {
		code := a.Grounds[f.Grounds[0]].Code(layer)
		for _, g := range f.Grounds {
			if a.Grounds[g].Code(layer) != code {
				code = ""
			}
		}
		if code != "" {
			r.Layer, r.Area = string(layer), string(code)
			break
		}
	}
}

func (a *Audit) slug(f *Finding) string {
	k := f.Categories[0]
	return fmt.Sprintf("%s-%s-%d", k.Kind, k.Code, f.Grounds[0]+1)
}
