package coverage_test

import (
	"math/rand/v2"
	"reflect"
	"testing"

	"github.com/paulmach/orb"

	"gridwarden/geo"
	"gridwarden/geo/coverage"
	"gridwarden/geo/testsize"
)

// sloppyCity is a wavy city as several hands would draw it: every area wobbles by up to
// sloppy degrees of its own, misses vertices its neighbours have, and has others they lack.
func sloppyCity(r *rand.Rand, n int, sloppy float64) []coverage.Layer {
	perSide := 1 + r.IntN(6)
	city := wavyCity(n, perSide)
	wobble := func(p orb.Point) orb.Point {
		return orb.Point{p[0] + sloppy*(2*r.Float64()-1), p[1] + sloppy*(2*r.Float64()-1)}
	}
	for i := range city[0].Areas {
		ring := city[0].Areas[i].Parts[0].Geometry.(orb.Polygon)[0]
		var out orb.Ring
		for k, p := range ring[:len(ring)-1] {
			if k%perSide == 0 || r.IntN(8) > 0 {
				out = append(out, wobble(p))
			}
			if next := ring[k+1]; r.IntN(5) == 0 {
				out = append(out, wobble(orb.Point{(p[0] + next[0]) / 2, (p[1] + next[1]) / 2}))
			}
		}
		city[0].Areas[i].Parts[0].Geometry = orb.Polygon{append(out, out[0])}
	}
	return city
}

// asBase is a result as the base of the next build.
func asBase(chain []coverage.Layer, r *coverage.Result) []coverage.Layer {
	var out []coverage.Layer
	for i, l := range chain {
		next := coverage.Layer{Name: l.Name, Dissolve: l.Dissolve}
		for _, b := range r.Layers[i] {
			a := coverage.Area{Code: b.Code, Parent: b.Parent}
			if !l.Dissolve {
				a.Shape = b.Shape
			}
			next.Areas = append(next.Areas, a)
		}
		out = append(out, next)
	}
	return out
}

// asDrawn is a result as raw input in degrees.
func asDrawn(chain []coverage.Layer, r *coverage.Result) []coverage.Layer {
	var out []coverage.Layer
	for i, l := range chain {
		next := coverage.Layer{Name: l.Name, Dissolve: l.Dissolve}
		for _, b := range r.Layers[i] {
			a := coverage.Area{Code: b.Code, Parent: b.Parent}
			if !l.Dissolve {
				a.Parts = []geo.AreaPart{{Geometry: degreesOf(b.Shape)}}
			}
			next.Areas = append(next.Areas, a)
		}
		out = append(out, next)
	}
	return out
}

func degreesOf(m geo.MultiPolygon) orb.MultiPolygon {
	out := orb.MultiPolygon{}
	for _, p := range m {
		var polygon orb.Polygon
		for _, r := range p {
			var ring orb.Ring
			for _, c := range r {
				ring = append(ring, orb.Point{c.Lon(), c.Lat()})
			}
			polygon = append(polygon, append(ring, ring[0]))
		}
		out = append(out, polygon)
	}
	return out
}

// sameAgain fails unless building a result again without tolerance, given as input,
// changes nothing and finds no error.
func sameAgain(t *testing.T, input []coverage.Layer, r *coverage.Result) {
	t.Helper()
	again := build(t, coverage.Options{}, input...)
	for _, f := range again.Faults {
		if f.Error {
			t.Errorf("again: %s %s", f.Kind, f.Sentence())
		}
	}
	if again.Closed != 0 {
		t.Errorf("again: closed %d", again.Closed)
	}
	for l := range r.Layers {
		for i, b := range r.Layers[l] {
			if !reflect.DeepEqual(b, again.Layers[l][i]) {
				t.Fatalf("again: %s of %s differs:\n%v\n%v", b.Code, input[l].Name, b, again.Layers[l][i])
			}
		}
	}
}

// soundInStore fails unless Check finds no error in a result.
func soundInStore(t *testing.T, chain []coverage.Layer, r *coverage.Result) {
	t.Helper()
	faults, err := coverage.Check(t.Context(), stored(chain, r))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range faults {
		if f.Error {
			t.Errorf("check: %s %s", f.Kind, f.Sentence())
		}
	}
}

// stored is a result as the database holds it: every layer with shapes.
func stored(chain []coverage.Layer, r *coverage.Result) []coverage.Layer {
	out := asBase(chain, r)
	for i := range out {
		out[i].Dissolve = false
		for k := range out[i].Areas {
			out[i].Areas[k].Shape = r.Layers[i][k].Shape
		}
	}
	return out
}

// nobodyTwice fails unless random points are in at most one area of each layer, and in
// each layer above in the parent of the one below.
func nobodyTwice(t *testing.T, r *rand.Rand, res *coverage.Result, points int) {
	t.Helper()
	var vertices []geo.Coord
	for _, b := range res.Layers[0] {
		for _, p := range b.Shape {
			vertices = append(vertices, p[0]...)
		}
	}
	for range points {
		v := vertices[r.IntN(len(vertices))]
		p := geo.Coord{X: v.X + r.Int32N(7) - 3, Y: v.Y + r.Int32N(7) - 3}
		if r.IntN(2) == 0 {
			w := vertices[r.IntN(len(vertices))]
			p = geo.Coord{X: v.X/2 + w.X/2, Y: v.Y/2 + w.Y/2}
		}
		want, below := geo.AreaCode(""), false
		for l, layer := range res.Layers {
			var found []coverage.Built
			for _, b := range layer {
				if inside, _ := b.Shape.Locate(p); inside {
					found = append(found, b)
				}
			}
			if len(found) > 1 {
				t.Fatalf("%v is in %s and %s", p, found[0].Code, found[1].Code)
			}
			if below && (len(found) == 0 || found[0].Code != want) {
				t.Fatalf("%v is in a child of %s, but layer %d has %v", p, want, l, found)
			}
			if below = len(found) == 1; below {
				want = found[0].Parent
			}
		}
	}
}

func TestSloppyNeighboursBecomeOneFabric(t *testing.T) {
	t.Parallel()
	closed := 0
	for seed := range uint64(testsize.N(10, 400)) {
		r := rand.New(rand.NewPCG(seed, 7))
		city := sloppyCity(r, 3+r.IntN(6), []float64{1e-13, 1e-8, 1e-7, 1e-6, 4e-6}[seed%5])
		t.Log("seed ", seed)
		closed += wholeFabric(t, r, city)
	}
	if closed == 0 {
		t.Error("nothing was closed: the city was not sloppy")
	}
}

// Communities drawn by another hand than the grids in them: both lines become one.
func TestChildrenAndParentsDrawnApartBecomeOneFabric(t *testing.T) {
	t.Parallel()
	for seed := range uint64(testsize.N(10, 400)) {
		r := rand.New(rand.NewPCG(seed, 8))
		sloppy := []float64{1e-13, 1e-8, 1e-7, 1e-6, 4e-6}[seed%5]
		n := 3 + r.IntN(6)
		clean := wavyCity(n, 1+r.IntN(6))
		above := build(t, coverage.Options{}, clean...).Layers[1]
		communities := coverage.Layer{Name: "communities"}
		for _, b := range above {
			drawn := degreesOf(b.Shape)
			for _, polygon := range drawn {
				for _, ring := range polygon {
					for i := range ring[1:] {
						ring[i+1] = orb.Point{ring[i+1][0] + sloppy*r.Float64(), ring[i+1][1] - sloppy*r.Float64()}
					}
					ring[0] = ring[len(ring)-1]
				}
			}
			communities.Areas = append(communities.Areas, coverage.Area{Code: b.Code, Parts: []geo.AreaPart{{Geometry: drawn}}})
		}
		t.Log("seed ", seed)
		wholeFabric(t, r, []coverage.Layer{sloppyCity(r, n, sloppy)[0], communities})
	}
}

// wholeFabric builds a city and fails unless it is sound: no error, no point twice, the
// middle without gaps, and nothing left to do. It returns how many slivers were closed.
func wholeFabric(t *testing.T, r *rand.Rand, city []coverage.Layer) int {
	t.Helper()
	res := build(t, coverage.Options{Tolerance: 15}, city...)
	for _, f := range res.Faults {
		if !f.Mended {
			t.Errorf("%s %s", f.Kind, f.Sentence())
		}
	}
	sameAgain(t, asBase(city, res), res)
	sameAgain(t, asDrawn(city, res), res)
	soundInStore(t, city, res)
	nobodyTwice(t, r, res, 100)
	return res.Closed
}
