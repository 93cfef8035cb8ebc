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
