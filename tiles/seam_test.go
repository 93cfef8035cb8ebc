package tiles_test

import (
	"strconv"
	"testing"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/maptile"

	"gridwarden/geo"
	"gridwarden/geo/testsize"
	"gridwarden/tiles"
)

// TestNoCrackOpensBetweenNeighbours: in every tile over the wavy city each edge of a cell
// is run through the other way by its neighbour, and only the outline of what is drawn
// has no partner: it lies on the frame, or on the border of the city.
func TestNoCrackOpensBetweenNeighbours(t *testing.T) {
	t.Parallel()
	n := testsize.N(40, 120)
	shapes := wavyCity(n)
	s := coverage(t, layerOf("city", shapes...), nil)
	b := boxOf(shapes)
	for zoom := maptile.Zoom(12); zoom <= 18; zoom++ {
		corner := maptile.At(orb.Point{(b.Min.Lon() + b.Max.Lon()) / 2, (b.Min.Lat() + b.Max.Lat()) / 2}, zoom)
		for dx := range uint32(3) {
			tile := maptile.New(corner.X+dx-1, corner.Y, zoom)
			features := decode(t, tiles.Render(s, &tiles.Want{Layers: []geo.LayerName{"city"}}, tile))
			if lonely := lonelyEdges(features, n); lonely != 0 {
				t.Errorf("%v: %d of the edges inside have no partner", tile, lonely)
			}
		}
	}
}

// lonelyEdges is the number of edges without a partner that do not lie on the frame, of the
// cells that are not at the rim of a city of n by n.
func lonelyEdges(features []feature, n int) int {
	type edge struct{ a, b xy }
	edges := map[edge]bool{}
	each := func(f feature, look func(edge)) {
		for _, r := range f.parts {
			for i, p := range r {
				look(edge{p, r[(i+1)%len(r)]})
			}
		}
	}
	for _, f := range features {
		each(f, func(e edge) { edges[e] = true })
	}
	lonely := 0
	for _, f := range features {
		cell, _ := strconv.Atoi(f.tags["code"][1:])
		if x, y := cell%n, cell/n; x == 0 || y == 0 || x == n-1 || y == n-1 {
			continue
		}
		each(f, func(e edge) {
			if !edges[edge{e.b, e.a}] && !onFrame(e.a, e.b) {
				lonely++
			}
		})
	}
	return lonely
}

// onFrame tells whether an edge runs along the frame.
func onFrame(a, b xy) bool {
	at := func(v int64) bool { return v == -64 || v == 4160 }
	return a.x == b.x && at(a.x) || a.y == b.y && at(a.y)
}

// TestTilesMeetWithoutAStep: the border between two tiles cuts every cell at the same
// points in both: their areas within the tiles proper add up to the cell's.
func TestTilesMeetWithoutAStep(t *testing.T) {
	t.Parallel()
	cell := wavyCity(2)[0]
	s := viewOf(t, cell)
	ring := cell[0][0]
	for zoom := maptile.Zoom(16); zoom <= 20; zoom++ {
		at := maptile.At(orb.Point{ring[5].Lon(), ring[5].Lat()}, zoom)
		left, right := maptile.New(at.X, at.Y, zoom), maptile.New(at.X+1, at.Y, zoom)
		l, r := edgePoints(t, tiles.Render(s, &tiles.Want{Layers: []geo.LayerName{"one"}}, left), 4096), edgePoints(t, tiles.Render(s, &tiles.Want{Layers: []geo.LayerName{"one"}}, right), 0)
		for p := range l {
			if !r[p] {
				t.Errorf("z%d: the point %v inside both buffers is in the left tile only", zoom, p)
			}
		}
	}
}

// edgePoints are the points of a tile strictly within 64 units of x = at, told from it.
func edgePoints(t *testing.T, tile []byte, at int64) map[xy]bool {
	points := map[xy]bool{}
	for _, f := range decode(t, tile) {
		for _, r := range f.parts {
			for _, p := range r {
				if d := p.x - at; -64 < d && d < 64 && -64 < p.y && p.y < 4160 {
					points[xy{d, p.y}] = true
				}
			}
		}
	}
	return points
}
