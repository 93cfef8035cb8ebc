package tiles_test

import (
	"bytes"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/paulmach/orb/maptile"

	"gridwarden/geo"
	"gridwarden/geo/realdata"
	"gridwarden/geo/testsize"
	"gridwarden/tiles"
)

// told is the same ground told in another way: rings begin elsewhere, parts and holes come
// in another order, every area has a new version.
func told(random *rand.Rand, areas []*geo.Area) []*geo.Area {
	other := make([]*geo.Area, len(areas))
	for i, a := range areas {
		b := *a
		b.ID += 1_000_000
		b.Shape.Polygons = nil
		for _, p := range a.Shape.Polygons {
			q := slices.Clone(p)
			for j, r := range q {
				n := random.IntN(len(r))
				q[j] = slices.Concat(r[n:], r[:n])
			}
			random.Shuffle(len(q)-1, func(i, j int) { q[i+1], q[j+1] = q[j+1], q[i+1] })
			b.Shape.Polygons = append(b.Shape.Polygons, q)
		}
		random.Shuffle(len(p0(&b)), func(i, j int) { p0(&b)[i], p0(&b)[j] = p0(&b)[j], p0(&b)[i] })
		other[i] = &b
	}
	random.Shuffle(len(other), func(i, j int) { other[i], other[j] = other[j], other[i] })
	return other
}

func p0(a *geo.Area) geo.MultiPolygon { return a.Shape.Polygons }

// TestTheSameGroundGivesTheSameBytes however its shapes are told: else an edit that changes
// nothing to be seen would have to dirty tiles, and servers would not agree on ETags.
func TestTheSameGroundGivesTheSameBytes(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(5, 6))
	hard := canvas{maptile.New(13658, 6748, 14)}.hardShapes(random, 40)
	for name, shapes := range map[geo.LayerName][]geo.MultiPolygon{
		"city": wavyCity(testsize.N(20, 100)), "hard": hard, "landuse": realdata.Shapes(t, "osm-lauf/landuse_polygons.geojson"),
		"precincts": realdata.Shapes(t, "us-nyc/police_precincts.geojson.gz"),
	} {
		areas := layerOf(name, shapes...)
		make := view
		if name == "city" {
			make = coverage
		}
		one, other := make(t, areas, nil), make(t, append(told(random, areas), layerOf("elsewhere", shapes[0])...), nil)
		for range testsize.N(30, 600) {
			want := &tiles.Want{Layers: []geo.LayerName{name}, Frame: tiles.Frame(random.IntN(3))}
			tile := tileIn(random, want.Frame, shapes)
			if a, b := tiles.Render(one, want, tile), tiles.Render(other, want, tile); !bytes.Equal(a, b) {
				was, is := decode(t, a), decode(t, b)
				for i := range min(len(was), len(is)) {
					if was[i].wkt() != is[i].wkt() || was[i].id != is[i].id {
						t.Logf("%s\n%s", was[i].wkt(), is[i].wkt())
						break
					}
				}
				t.Fatalf("%s %v: %d bytes, told otherwise %d", name, tile, len(a), len(b))
			}
		}
	}
}

// TestAPointLiesInTheAreaTheTileShowsThere: what a map shows under a finger is what
// look-ups say, but within two pixels of a border.
func TestAPointLiesInTheAreaTheTileShowsThere(t *testing.T) {
	t.Parallel()
	shapes := wavyCity(testsize.N(30, 100))
	s, box := coverage(t, layerOf("city", shapes...), nil), boxOf(shapes)
	random := rand.New(rand.NewPCG(8, 9))
	looked := 0
	for range testsize.N(150, 5000) {
		p := geo.Coord{X: box.Min.X + random.Int32N(box.Max.X-box.Min.X), Y: box.Min.Y + random.Int32N(box.Max.Y-box.Min.Y)}
		frame := tiles.Frame(random.IntN(3))
		zoom := maptile.Zoom(14 + random.IntN(6))
		tile, x, y := frame.Place(p, zoom)
		at := xy{x, y}
		found := ""
		near := false
		for _, f := range decode(t, tiles.Render(s, &tiles.Want{Layers: []geo.LayerName{"city"}, Frame: frame}, tile)) {
			if f.holds(at) {
				found = f.tags["code"]
			}
			near = near || f.nears(at, 16)
		}
		if near {
			continue
		}
		looked++
		want := ""
		if place := s.Locate(p, "city"); len(place.Areas) > 0 {
			want = string(place.Areas[0].Area.Code)
		}
		if found != want {
			t.Fatalf("%v in %v of frame %v shows %q, is in %q", p, tile, frame, found, want)
		}
	}
	if looked < 50 {
		t.Errorf("only %d points looked at", looked)
	}
}

// holds tells whether a point not on a ring lies in a polygon feature.
func (f feature) holds(p xy) bool {
	in := false
	for _, r := range f.parts {
		for i, a := range r {
			b := r[(i+1)%len(r)]
			if (a.y > p.y) != (b.y > p.y) && ((b.x-a.x)*(p.y-a.y)-(b.y-a.y)*(p.x-a.x) > 0) == (b.y > a.y) {
				in = !in
			}
		}
	}
	return in
}

// nears tells whether a ring comes within so many units of a point.
func (f feature) nears(p xy, units int64) bool {
	for _, r := range f.parts {
		for i, a := range r {
			b := r[(i+1)%len(r)]
			dx, dy := float64(b.x-a.x), float64(b.y-a.y)
			t := max(0, min(1, (float64(p.x-a.x)*dx+float64(p.y-a.y)*dy)/(dx*dx+dy*dy)))
			x, y := float64(a.x)+t*dx-float64(p.x), float64(a.y)+t*dy-float64(p.y)
			if x*x+y*y < float64(units*units) {
				return true
			}
		}
	}
	return false
}

// TestEveryFramePutsAssetsIntoTheirGrids, and every polygon is valid in each.
func TestEveryFramePutsAssetsIntoTheirGrids(t *testing.T) {
	t.Parallel()
	shapes := wavyCity(12)
	assets := strewn(400, boxOf(shapes))
	s := coverage(t, layerOf("city", shapes...), assets)
	inGrid := map[string]string{}
	for _, a := range assets {
		if place := s.Locate(a.Point, "city"); len(place.Areas) == 1 {
			inGrid[string(a.ID)] = string(place.Areas[0].Area.Code)
		}
	}
	for _, frame := range []tiles.Frame{tiles.WebMercator, tiles.GCJ02, tiles.Geographic} {
		for zoom := maptile.Zoom(14); zoom <= 17; zoom++ {
			tile, _, _ := frame.Place(assets[0].Point, zoom)
			features := decode(t, tiles.Render(s, &tiles.Want{Layers: []geo.LayerName{"city", tiles.AssetsLayer}, Frame: frame}, tile))
			matched := 0
			for _, a := range features {
				if a.layer != "assets" {
					continue
				}
				for _, g := range features {
					if at := a.parts[0][0]; g.layer == "city" && !g.nears(at, 4) && g.holds(at) {
						matched++
						if g.tags["code"] != inGrid[a.tags["id"]] {
							t.Errorf("%v %v: asset %s is shown in %s, is in %s", frame, tile, a.tags["id"], g.tags["code"], inGrid[a.tags["id"]])
						}
					}
				}
			}
			if matched < 5 {
				t.Errorf("%v %v: only %d assets matched", frame, tile, matched)
			}
		}
	}
}

// TestBordersHaveTheSameVerticesOnBothSidesOfATile, at every zoom and in every frame.
func TestBordersHaveTheSameVerticesOnBothSidesOfATile(t *testing.T) {
	t.Parallel()
	shapes := wavyCity(testsize.N(24, 60))
	s, box := coverage(t, layerOf("city", shapes...), nil), boxOf(shapes)
	middle := geo.Coord{X: box.Min.X + (box.Max.X-box.Min.X)/2, Y: box.Min.Y + (box.Max.Y-box.Min.Y)/2}
	for _, frame := range []tiles.Frame{tiles.WebMercator, tiles.GCJ02, tiles.Geographic} {
		for zoom := maptile.Zoom(11); zoom <= 20; zoom++ {
			left, _, _ := frame.Place(middle, zoom)
			right := maptile.New(left.X+1, left.Y, zoom)
			want := &tiles.Want{Layers: []geo.LayerName{"city"}, Frame: frame}
			l, r := edgePoints(t, tiles.Render(s, want, left), 4096), edgePoints(t, tiles.Render(s, want, right), 0)
			for p := range l {
				if !r[p] {
					t.Errorf("%v z%d: %v is in the left tile only", frame, zoom, p)
				}
			}
			if len(l) != len(r) {
				t.Errorf("%v z%d: %d points left, %d right", frame, zoom, len(l), len(r))
			}
		}
	}
}
