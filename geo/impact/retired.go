package impact

import (
	"cmp"
	"maps"
	"slices"

	"gridwarden/geo"
	"gridwarden/geo/duty"
)

// retired finds what names a code that is no longer there.
func (c *comparison) retired() error {
	gone := c.gone()
	r := &c.impact.Retired
	for i := range c.after.Duty().Rules {
		row := &c.after.Duty().Rules[i]
		if named := c.retiredRow(row, gone[row.Layer]); len(named.Codes) > 0 {
			r.Rows = append(r.Rows, named)
		}
	}
	for _, group := range c.after.Duty().Groups {
		var members []geo.AreaCode
		for _, code := range group.Members {
			if _, retires := slices.BinarySearch(gone[string(group.Layer)], code); retires {
				members = append(members, code)
			}
		}
		if len(members) > 0 {
			r.Groups = append(r.Groups, RetiredGroup{group.Kind, group.Code, group.Layer, members})
		}
	}
	c.retiredRulings()
	return c.retiredPosts(gone)
}

// gone are the codes that were there before and are not after, in order, by layer or kind
// of group. A name that is a layer's too is the layer.
func (c *comparison) gone() map[string][]geo.AreaCode {
	gone := map[string][]geo.AreaCode{}
	for layer, pairs := range c.pairs {
		for _, p := range pairs {
			if p.is == nil {
				gone[string(layer)] = append(gone[string(layer)], p.was.Code)
			}
		}
	}
	type group struct{ kind, code string }
	there := map[group]bool{}
	for _, g := range c.after.Duty().Groups {
		there[group{g.Kind, g.Code}] = true
	}
	for _, g := range c.before.Duty().Groups {
		if _, layer := c.before.Layer(geo.LayerName(g.Kind)); !layer && !there[group{g.Kind, g.Code}] {
			gone[g.Kind] = append(gone[g.Kind], geo.AreaCode(g.Code))
		}
	}
	for _, codes := range gone {
		slices.Sort(codes)
	}
	return gone
}

// retiredRow tells which of the codes that retire a row names. One for a whole layer, or for
// any place, names none.
func (c *comparison) retiredRow(row *geo.DutyRow, gone []geo.AreaCode) RetiredRow {
	out := RetiredRow{ID: row.ID, Layer: row.Layer, Area: row.Area}
	pattern := duty.ParsePattern(row.Area)
	if row.Layer == "" || pattern.Any() {
		return out
	}
	from, _ := slices.BinarySearch(gone, geo.AreaCode(pattern.Text))
	for _, code := range gone[from:] {
		if !pattern.Matches(string(code)) {
			break
		}
		out.Codes = append(out.Codes, code)
	}
	if len(out.Codes) > 0 {
		out.Remaining = c.remaining(row.Layer, pattern)
	}
	return out
}

// remaining is how many areas, or groups, a pattern fits afterwards.
func (c *comparison) remaining(layer string, pattern duty.Pattern) int {
	n := 0
	if _, known := c.after.Layer(geo.LayerName(layer)); known {
		for range matching(c.after, geo.LayerName(layer), pattern) {
			n++
		}
		return n
	}
	for _, g := range c.after.Duty().Groups {
		n += one(g.Kind == layer && pattern.Matches(g.Code))
	}
	return n
}

// retiredRulings names the rulings whose ground meets ground that changes: they name no
// code and go on to hold there.
func (c *comparison) retiredRulings() {
	for _, ruling := range c.after.Duty().Rulings {
		meets := func(b geo.Box) bool { return ruling.Ground.Meets(b) }
		if ruling.Ground != nil && (slices.ContainsFunc(c.ground.drawn, meets) || slices.ContainsFunc(c.ground.other, meets)) {
			c.impact.Retired.Rulings = append(c.impact.Retired.Rulings, ruling.ID)
		}
	}
}

// retiredPosts finds the posts at places that retire.
func (c *comparison) retiredPosts(gone map[string][]geo.AreaCode) error {
	var places []geo.PostPlace
	for _, layer := range slices.Sorted(maps.Keys(gone)) {
		for _, code := range gone[layer] {
			places = append(places, geo.PostPlace{Layer: layer, Code: string(code)})
		}
	}
	if c.records == nil || len(places) == 0 {
		return nil
	}
	posts, err := c.records.Posts(c.ctx, places)
	slices.SortFunc(posts, func(a, b geo.Post) int {
		return cmp.Or(cmp.Compare(a.Layer, b.Layer), cmp.Compare(a.Code, b.Code), cmp.Compare(a.Role, b.Role), cmp.Compare(a.Person, b.Person))
	})
	c.impact.Retired.Posts = posts
	return err
}
