package filter

import "gridwarden/geo"

// Filter picks areas and assets. A nil Filter picks all. It does not change and may be used
// by any number of goroutines.
type Filter struct {
	root  node
	names named // the properties it names
}

// Area tells whether the filter picks an area; every area where the filter names no property
// of areas.
func (f *Filter) Area(a *geo.Area) bool {
	return !f.ConcernsAreas() || f.root.truth(areaFacts{a}).least == yes
}

// Asset tells whether the filter picks an asset; every asset where the filter names no
// property of assets.
func (f *Filter) Asset(a *geo.Asset) bool {
	return !f.ConcernsAssets() || f.root.truth(assetFacts{a}).least == yes
}

// Category tells what is known of the assets of a category before anything else is: whether
// the filter may pick some of them, and whether it picks them all.
func (f *Filter) Category(k geo.CategoryKey) (some, all bool) {
	if !f.ConcernsAssets() {
		return true, true
	}
	t := f.root.truth(categoryFacts{k})
	return t.most == yes, t.least == yes
}

// ConcernsAreas tells whether the filter names a property of areas; else it picks them all.
func (f *Filter) ConcernsAreas() bool { return f != nil && f.names&ofAreas != 0 }

// ConcernsAssets tells whether the filter names a property of assets; else it picks them all.
func (f *Filter) ConcernsAssets() bool { return f != nil && f.names&ofAssets != 0 }

// Single tells whether the filter asks assets for what is theirs alone, their id or name. If
// not, it picks all or none of those that share category, state and bodies.
func (f *Filter) Single() bool { return f != nil && f.names&(1<<id|1<<name) != 0 }
