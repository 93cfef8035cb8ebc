package index

import (
	"iter"

	"gridwarden/geo"
)

// AssetCount is the number of assets.
func (s *Snapshot) AssetCount() int { return s.assets.count() }

// AssetBounds is a box that holds all assets, empty when there never were any. Where assets
// at its sides ended, it may stay larger than need be until many more have changed.
func (s *Snapshot) AssetBounds() geo.Box {
	return s.assets.packed.bounds.Union(s.assets.boxes.tree.bounds())
}

// Asset is the asset of an id in a standard; with standard "" the first that has the id.
// Here as in all assets of a snapshot Attributes are only those that duty rows ask for: the
// database holds the others.
func (s *Snapshot) Asset(standard string, id geo.AssetID) (geo.Asset, bool) {
	for a := range s.assets.from(geo.AssetKey{ID: id, Standard: standard}) {
		if a.ID == id && (standard == "" || standard == a.Category.Standard) {
			return a, true
		}
		break
	}
	return geo.Asset{}, false
}

// AssetOf is the asset of a version; false when the view does not have that version.
func (s *Snapshot) AssetOf(v geo.AssetVersion) (geo.Asset, bool) {
	a := s.assets
	if i, packed := a.packed.ofVersion(v); packed && !a.hidden.has(i) {
		return a.packed.asset(i), true
	}
	if e, loose := a.byVersion.tree.Get(v); loose {
		return e.asset, true
	}
	return geo.Asset{}, false
}

// Assets are all assets in the order of their keys, strictly after the one given, which
// need not be there.
func (s *Snapshot) Assets(after geo.AssetKey) iter.Seq[geo.Asset] {
	return func(yield func(geo.Asset) bool) {
		for a := range s.assets.from(after) {
			if a.Key() != after && !yield(a) {
				return
			}
		}
	}
}

// from are all assets in the order of their keys, none below the one given: the packed and
// the loose merged.
func (s *assets) from(key geo.AssetKey) iter.Seq[geo.Asset] {
	return func(yield func(geo.Asset) bool) {
		l := s.byKey.tree.Iter()
		more := l.Seek(looseKey(key))
		for _, i := range s.packed.byKey[s.packed.from(key):] {
			if s.hidden.has(i) {
				continue
			}
			a := s.packed.asset(i)
			for more && l.Value().asset.Key().Compare(a.Key()) < 0 {
				if !yield(l.Value().asset) {
					return
				}
				more = l.Next()
			}
			if !yield(a) {
				return
			}
		}
		for ; more; more = l.Next() {
			if !yield(l.Value().asset) {
				return
			}
		}
	}
}

// AssetsIn are the assets whose point or shape's box meets b, in no order; where Wanted are
// given, those that any of them picks.
func (s *Snapshot) AssetsIn(b geo.Box, wanted ...Wanted) iter.Seq[geo.Asset] {
	a := s.assets
	return func(yield func(geo.Asset) bool) {
		whole := a.packed.in(b, a.packed.marks(wanted), func(i uint32) bool {
			return a.hidden.has(i) || !a.packed.wanted(i, wanted) || yield(a.packed.asset(i))
		})
		if whole {
			a.boxes.tree.meeting(b, func(e *looseAsset) bool { return !e.wanted(wanted) || yield(e.asset) })
		}
	}
}

// AssetsWithin are the assets not further than the given metres from p, in no order; where
// Wanted are given, those that any of them picks.
func (s *Snapshot) AssetsWithin(p geo.Coord, metres float64, wanted ...Wanted) iter.Seq[Near] {
	a, frame := s.assets, geo.FrameAt(p)
	return func(yield func(Near) bool) {
		if !(metres >= 0) {
			return
		}
		around := frame.Around(metres)
		whole := a.packed.in(around, a.packed.marks(wanted), func(i uint32) bool {
			d := frame.Distance(a.packed.spots[i].point)
			return d > metres || a.hidden.has(i) || !a.packed.wanted(i, wanted) || yield(Near{a.packed.asset(i), d})
		})
		if whole {
			a.boxes.tree.meeting(around, func(e *looseAsset) bool {
				d, ok := e.metresFrom(p, metres)
				return !ok || !e.wanted(wanted) || yield(Near{e.asset, d})
			})
		}
	}
}
