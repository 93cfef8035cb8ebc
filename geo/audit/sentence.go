package audit

import (
	"gridwarden/geo"
	"gridwarden/geo/routing"
)

// sentence says what a finding is, where, for what and when.
func (a *Audit) sentence(f *Finding) geo.Said {
	what, where, when := a.categories(f.Categories), a.where(f), f.circumstances()
	switch {
	case f.Kind == Gap:
		return geo.Say("%s %s has %s that no area of the layer %s holds: the layers above answer there", f.Area.Layer, f.Area.Code, geo.InSquareMetres(f.Metres2), a.Grounds[f.Grounds[0]].Gap)
	case f.Kind == Collision:
		return geo.Say("duty rows %s (%s) and %s (%s) are equal and name different departments for %s %s%s", f.Rows[0], f.Names[0], f.Rows[1], f.Names[1], what, where, when)
	case f.Rule == routing.Fallback:
		return geo.Say("only the fallback answers for %s %s%s", what, where, when)
	}
	return geo.Say("nobody answers for %s %s%s", what, where, when)
}

// categories names a few categories and how many more there are.
func (a *Audit) categories(all []geo.CategoryKey) geo.Said {
	switch len(all) {
	case 1:
		return a.category(all[0])
	case a.Categories:
		return geo.Say("every category")
	}
	codes := make([]string, len(all))
	for i, k := range all {
		codes[i] = k.Code
	}
	return geo.Say("%d categories (%s)", len(all), listed(codes, 5))
}

// category names one with its kind.
func (a *Audit) category(k geo.CategoryKey) geo.Said {
	c, _ := a.view.Category(k)
	called := geo.Say("%s", k.Code)
	if c.Name != "" {
		called = geo.Say("%s %s", k.Code, c.Name)
	}
	if k.Kind == geo.Component {
		return geo.Say("component %s", called)
	}
	return geo.Say("matter %s", called)
}

// where names a few places, their ground and what stands there.
func (a *Audit) where(f *Finding) geo.Said {
	ground := geo.Say("%s", geo.InSquareMetres(f.Metres2))
	if f.Places == len(a.Grounds) {
		return geo.Say("everywhere (%s)", geo.Say("%s, %s", places(f.Places), ground))
	}
	var names []geo.Said
	for _, g := range f.Grounds {
		names = append(names, a.Grounds[g].name(a.chain))
		if len(names) == 3 {
			break
		}
	}
	named := geo.Joined("%s, %s", names)
	if more := len(f.Grounds) - len(names); more > 0 {
		named = geo.Say("%s and %d more", named, more)
	}
	if f.Assets > 0 {
		ground = geo.Say("%s, %s", ground, assets(f.Assets))
	}
	return geo.Say("in %s (%s)", named, ground)
}

// name is the lowest area of the duty chain, then everything else that holds there.
func (g *Ground) name(chain []geo.LayerName) geo.Said {
	var parts []geo.Said
	inChain := map[geo.LayerName]bool{}
	for _, layer := range chain {
		inChain[layer] = true
		if code := g.Code(layer); code != "" && len(parts) == 0 {
			parts = append(parts, geo.Say("%s %s", layer, code))
		}
	}
	for _, h := range g.At.Areas {
		if !inChain[h.Area.Layer] {
			parts = append(parts, geo.Say("%s %s", h.Area.Layer, h.Area.Code))
		}
	}
	for _, h := range g.At.Lines {
		parts = append(parts, geo.Say("%s %s", h.Area.Layer, h.Area.Code))
	}
	if len(parts) == 0 {
		return geo.Say("ground of a ruling")
	}
	return geo.Joined("%s + %s", parts)
}

// circumstances are when and under what conditions it is so; nothing for always.
func (f *Finding) circumstances() geo.Said {
	var parts []geo.Said
	if f.When.English != "" && f.When.English != "always" {
		parts = append(parts, geo.Say("%s", f.When))
	}
	switch f.Condition {
	case anyText:
	case other:
		parts = append(parts, geo.Say("under a condition that no row names"))
	default:
		parts = append(parts, geo.Say("condition %s", f.Condition))
	}
	switch f.Answers {
	case anyText:
	case "":
		parts = append(parts, geo.Say("without an answer that a row names"))
	default:
		parts = append(parts, geo.Say("answered %s", f.Answers))
	}
	switch f.Asset {
	case "any":
	case "none":
		parts = append(parts, geo.Say("without an asset at hand"))
	default:
		parts = append(parts, geo.Say("asset with %s", f.bodies))
	}
	if len(parts) == 0 {
		return geo.Said{}
	}
	return geo.Say(": %s", geo.Joined("%s; %s", parts))
}

func places(n int) geo.Said {
	if n == 1 {
		return geo.Say("1 place")
	}
	return geo.Say("%d places", n)
}

func assets(n int) geo.Said {
	if n == 1 {
		return geo.Say("1 asset")
	}
	return geo.Say("%d assets", n)
}

func areas(n int) geo.Said {
	if n == 1 {
		return geo.Say("1 area")
	}
	return geo.Say("%d areas", n)
}
