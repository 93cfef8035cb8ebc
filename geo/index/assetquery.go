package index

import (
	"cmp"
	"iter"
	"slices"

	"gridwarden/geo"
)

// Near is an asset and how far away it is.
type Near struct {
	Asset  geo.Asset
	Metres float64 // to its point or shape; 0 inside a patch
}

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

// AssetsIn are the assets whose point or shape's box meets b, in no order.
func (s *Snapshot) AssetsIn(b geo.Box) iter.Seq[geo.Asset] {
	a := s.assets
	return func(yield func(geo.Asset) bool) {
		whole := a.packed.in(b, func(i uint32) bool { return a.hidden.has(i) || yield(a.packed.asset(i)) })
		if whole {
			a.boxes.tree.meeting(b, func(e *looseAsset) bool { return yield(e.asset) })
		}
	}
}

// NearestAssets are the assets of a category not further than the given metres from p,
// nearest first, then by key, at most limit of them; none for a limit below 1.
func (s *Snapshot) NearestAssets(p geo.Coord, c geo.CategoryKey, metres float64, limit int) []Near {
	if limit < 1 || !(metres >= 0) {
		return nil
	}
	a := s.assets
	frame := geo.FrameAt(p)
	around := frame.Around(metres)
	n := nearby{metres: metres, limit: limit}
	a.packed.in(around, func(i uint32) bool {
		if a.packed.profile(i).Category == c && !a.hidden.has(i) {
			if d := frame.Distance(a.packed.points[i]); d <= n.metres {
				n.add(Near{a.packed.asset(i), d})
			}
		}
		return true
	})
	a.boxes.tree.meeting(around, func(e *looseAsset) bool {
		if e.asset.Category == c {
			if d, ok := e.metresFrom(p, n.metres); ok {
				n.add(Near{e.asset, d})
			}
		}
		return true
	})
	return n.found
}

// metresFrom is how far p is from the asset; ok is false beyond limit.
func (e *looseAsset) metresFrom(p geo.Coord, limit float64) (metres float64, ok bool) {
	if e.shape == nil {
		metres = geo.FrameAt(p).Distance(e.asset.Point)
		return metres, metres <= limit
	}
	return e.distance(p, limit)
}

// AssetDistance is how far p is in metres from an asset: from its point or shape, 0 inside
// a patch.
func (*Snapshot) AssetDistance(a *geo.Asset, p geo.Coord) float64 {
	if a.Shape == nil {
		return geo.FrameAt(p).Distance(a.Point)
	}
	f := newFigure(a.Shape)
	metres, _ := f.distance(p, everywhere)
	return metres
}

// everywhere is further in metres than anything on earth.
const everywhere = 3e7

// nearby keeps the nearest few, in order.
type nearby struct {
	found  []Near
	metres float64 // nothing further counts
	limit  int
}

func (n *nearby) add(one Near) {
	at, _ := slices.BinarySearchFunc(n.found, one, CompareNear)
	if at == n.limit {
		return
	}
	if len(n.found) == n.limit {
		n.found = n.found[:n.limit-1]
	}
	n.found = slices.Insert(n.found, at, one)
	if len(n.found) == n.limit {
		n.metres = n.found[n.limit-1].Metres
	}
}

// CompareNear orders assets by distance, then key.
func CompareNear(a, b Near) int {
	return cmp.Or(cmp.Compare(a.Metres, b.Metres), a.Asset.Key().Compare(b.Asset.Key()))
}
