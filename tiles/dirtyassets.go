package tiles

import (
	"iter"

	"github.com/paulmach/orb/maptile"

	"gridwarden/geo"
	"gridwarden/geo/index"
	"gridwarden/geo/plane"
)

// Of more assets that change than these the deep tiles are told with all below; of many
// more, every tile.
const (
	maxAssets  = 1000
	mostAssets = 200_000
)

// moved is an asset as it was and as it is; one of them may be nil.
type moved struct{ was, is *geo.Asset }

// assets adds the tiles of the assets in a frame.
func (d *Dirty) assets(x *step, f Frame) {
	n := max(len(x.changes.Assets), len(x.changes.AssetsEnded))
	if n > mostAssets || x.renamedCategory() {
		d.add(ground{f, AssetsLayer, false}, everything)
		return
	}
	usual, asked := &marker{frame: f}, &marker{frame: f}
	if n > maxAssets {
		usual.many(x.places())
	} else {
		for _, a := range x.moved {
			a.mark(usual, asked)
		}
	}
	d.add(ground{f, AssetsLayer, false}, usual.set())
	d.add(ground{f, AssetsLayer, true}, asked.set())
}

// places are where the assets that change stood and stand.
func (x *step) places() iter.Seq[geo.Coord] {
	return func(yield func(geo.Coord) bool) {
		for _, v := range x.changes.AssetsEnded {
			if a, there := x.before.AssetOf(v); there && !yield(a.Point) {
				return
			}
		}
		for i := range x.changes.Assets {
			if !yield(x.changes.Assets[i].Point) {
				return
			}
		}
	}
}

// assets are those that changed, each once; none where they are too many.
func (x *step) assets() []moved {
	var all []moved
	if max(len(x.changes.Assets), len(x.changes.AssetsEnded)) > maxAssets {
		return nil
	}
	place := map[geo.AssetKey]int{}
	for _, v := range x.changes.AssetsEnded {
		if a, there := x.before.AssetOf(v); there {
			place[a.Key()] = len(all)
			all = append(all, moved{was: &a})
		}
	}
	for i := range x.changes.Assets {
		a := &x.changes.Assets[i]
		if at, there := place[a.Key()]; there {
			all[at].is = a
		} else {
			all = append(all, moved{is: a})
		}
	}
	return all
}

// renamedCategory tells whether a category of which there are assets has another name, or is
// for others to see.
func (x *step) renamedCategory() bool {
	look := func(k geo.CategoryKey) bool {
		was, _ := x.before.Category(k)
		is, _ := x.after.Category(k)
		return (was.Name != is.Name || was.Visibility != is.Visibility) && hasAssets(x.before, k)
	}
	for i := range x.changes.Categories {
		if look(x.changes.Categories[i].CategoryKey) {
			return true
		}
	}
	for _, k := range x.changes.CategoriesEnded {
		if look(k) {
			return true
		}
	}
	return false
}

func hasAssets(s *index.Snapshot, k geo.CategoryKey) bool {
	for range s.AssetsIn(s.AssetBounds(), index.Wanted{Category: k}) {
		return true
	}
	return false
}

// mark marks where the asset shows, as it was and as it is; asked for who asks for other
// attributes than the usual ones, or with a filter, besides. Nothing is marked where it
// shows as before.
func (a moved) mark(usual, asked *marker) {
	both := a.was != nil && a.is != nil
	for z := range MaxZoom + 1 {
		to := usual
		if both && sameSpot(usual.frame, a.was, a.is, z) && (z < pointZoom || a.was.Category == a.is.Category && a.was.State == a.is.State) {
			if sameToAll(a.was, a.is) {
				continue
			}
			to = asked
		}
		for _, one := range []*geo.Asset{a.was, a.is} {
			if one == nil {
				continue
			}
			if at := to.frame.project(one.Point); z < pointZoom {
				to.hold(z, at)
			} else {
				to.point(z, at)
			}
		}
	}
}

// sameSpot tells whether two versions of an asset show at one place of a zoom: in one cell
// or on one unit.
func sameSpot(f Frame, a, b *geo.Asset, z maptile.Zoom) bool {
	p, q := f.project(a.Point), f.project(b.Point)
	if z < pointZoom {
		bits := worldBits - uint(z) - cellBits
		return p.x>>bits == q.x>>bits && p.y>>bits == q.y>>bits
	}
	return gridPoint(p, z) == gridPoint(q, z)
}

// sameToAll tells whether two versions of an asset at one place look the same whatever is
// asked for.
func sameToAll(a, b *geo.Asset) bool {
	return a.Category == b.Category && a.Name == b.Name && a.State == b.State &&
		a.Authority == b.Authority && a.Owner == b.Owner && a.Maintainer == b.Maintainer
}

// many marks where many assets show.
func (m *marker) many(places iter.Seq[geo.Coord]) {
	for p := range places {
		at := m.frame.project(p)
		m.hold(pointZoom-1, at)
		m.point(pointZoom, at)
	}
	m.levels[pointZoom].deep = true
	counted := &m.levels[pointZoom-1]
	first := pointZoom - 1 - counted.up // of the squares; what lies between is below them
	for z := range first {
		if l := m.at(z); l != nil {
			for c := range counted.cells {
				l.add(cell{c.x >> (first - z), c.y >> (first - z)})
			}
		}
	}
}

// point marks the tiles of a zoom in whose frame, buffer included, a place shows.
func (m *marker) point(z maptile.Zoom, at world) {
	p := gridPoint(at, z)
	m.touch(z, []stroke{{p, p}}, false)
}

// gridPoint is the nearest point of the grid of the world at a zoom.
func gridPoint(at world, z maptile.Zoom) plane.Point {
	shift := worldBits - extentBits - uint(z)
	half := int64(1) << shift >> 1
	return plane.Point{X: (at.x + half) >> shift, Y: (at.y + half) >> shift}
}

// hold marks the one tile of a zoom that counts a place; see [frame.cell].
func (m *marker) hold(z maptile.Zoom, at world) {
	l := m.at(z)
	if l == nil {
		return
	}
	x, y := max(0, min(at.x, side-1)), max(0, min(at.y, m.frame.height()-1))
	column, row := uint32(x>>(worldBits-uint(z))), uint32(y>>(worldBits-uint(z)))
	for !l.add(cell{column >> l.up, row >> l.up}) {
		l.coarsen()
	}
}
