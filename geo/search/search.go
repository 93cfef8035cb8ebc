package search

import (
	"cmp"
	"slices"
	"strings"

	"gridwarden/geo"
	"gridwarden/geo/crs"
	"gridwarden/geo/index"
)

// Hit is one thing found: what it is of is the only one set.
type Hit struct {
	Area       *geo.Area
	Above      []*geo.Area // of an area: those it lies in, the next first
	Department *geo.Department
	Category   *geo.Category
	Asset      *geo.Asset
	Point      *Point
}

// Point is a place that was written as a coordinate.
type Point struct {
	At    geo.Coord
	Read  crs.CRS     // the system it was taken to be in
	Areas []*geo.Area // that lie there, the lowest first
}

// Asked is what to look for, and what the reader may be told of beside areas and assets, which
// the view itself hides.
type Asked struct {
	Text      string
	Limit     int
	Catalogue bool // departments and categories too
}

// How well something is meant by a text, the best first.
const (
	exact  = iota // its code or id
	named         // its whole name
	begins        // its code or a name begins so
	within        // it stands somewhere in its name
	ways
)

// finding is one search under way. Of each way to be meant it keeps one more than is asked
// for, in the order in which things are looked at: so nothing need be sorted.
type finding struct {
	view  *index.Snapshot
	typed string
	text  string // the same folded
	limit int
	found [ways][]Hit
}

// Find tells what a text means in a view, the best first, and whether there is more: places
// where it is a coordinate, then exact codes, exact names, what begins so and what holds it.
// Within each the areas come first, of the layers on top before those below, then departments,
// categories and assets, each by code. A blank text means nothing.
func Find(view *index.Snapshot, q Asked) (hits []Hit, more bool) {
	typed := strings.TrimSpace(q.Text)
	f := &finding{view: view, typed: typed, text: strings.TrimSpace(index.Fold(typed)), limit: q.Limit}
	if f.text == "" {
		return nil, false
	}
	hits = points(view, q.Text)
	f.areas()
	if q.Catalogue {
		f.departments()
		f.categories()
	}
	f.assets()
	for _, found := range f.found {
		hits = append(hits, found...)
	}
	more = len(hits) > q.Limit
	hits = hits[:min(len(hits), q.Limit)]
	for i := range hits {
		if hits[i].Area != nil {
			hits[i].Above = above(view, hits[i].Area)
		}
	}
	return hits, more
}

// add keeps a hit where there is still room for one of its way.
func (f *finding) add(way int, h Hit) {
	if way < ways && len(f.found[way]) <= f.limit {
		f.found[way] = append(f.found[way], h)
	}
}

// meant is how a thing of a code and some names, all folded, is meant; ways when it is not.
func (f *finding) meant(code string, names ...string) int {
	best := ways
	switch {
	case code == f.text:
		return exact
	case strings.HasPrefix(code, f.text):
		best = begins
	}
	for _, name := range names {
		best = min(best, f.meantByName(name))
	}
	return best
}

func (f *finding) meantByName(name string) int {
	at := strings.Index(name, f.text)
	switch {
	case at < 0:
		return ways
	case len(name) == len(f.text):
		return named
	case at == 0:
		return begins
	}
	return within
}

// areas looks first at the layers of few areas: those are the widest.
func (f *finding) areas() {
	layers := f.view.Layers()
	slices.SortStableFunc(layers, func(a, b geo.Layer) int {
		return cmp.Compare(f.view.AreaCount(a.Name), f.view.AreaCount(b.Name))
	})
	for _, l := range layers {
		for a := range f.view.AreasNamed(l.Name, f.text) {
			f.add(f.meant(a.Code, a.Name), Hit{Area: a.Area})
		}
	}
}

func (f *finding) departments() {
	for i, all := 0, f.view.Departments(); i < len(all); i++ {
		d := &all[i]
		names := []string{index.Fold(d.Name)}
		for _, alias := range d.Aliases {
			names = append(names, index.Fold(alias))
		}
		f.add(f.meant(index.Fold(string(d.Code)), names...), Hit{Department: d})
	}
}

// categories are found by their family too, and by how both are said.
func (f *finding) categories() {
	for i, all := 0, f.view.Categories(); i < len(all); i++ {
		c := &all[i]
		names := []string{index.Fold(c.Name), index.Fold(c.NameEN), index.Fold(c.Family)}
		names = append(names, strings.Fields(Pinyin(c.Name)+" "+Pinyin(c.Family))...)
		f.add(f.meant(index.Fold(c.Code), names...), Hit{Category: c})
	}
}

// assets are found by their ids alone, as written or in capitals: they stand in that order.
func (f *finding) assets() {
	for _, begun := range slices.Compact([]string{f.typed, strings.ToUpper(f.typed)}) {
		for a := range f.view.Assets(geo.AssetKey{ID: geo.AssetID(begun)}) { // all standards come after none
			if !strings.HasPrefix(string(a.ID), begun) || len(f.found[begins]) > f.limit {
				break
			}
			f.add(f.meant(index.Fold(string(a.ID))), Hit{Asset: &a})
		}
	}
}

// above are the areas that hold one, the next first.
func above(view *index.Snapshot, a *geo.Area) (all []*geo.Area) {
	for len(all) < len(view.Layers()) { // parents may go round in a ring
		l, _ := view.Layer(a.Layer)
		if a = view.Area(l.Parent, a.Parent); a == nil {
			break
		}
		all = append(all, a)
	}
	return all
}
