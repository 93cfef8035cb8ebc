package coverage_test

import (
	"bytes"
	"encoding/json"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/encoding/wkt"
	"github.com/paulmach/orb/geojson"
	"github.com/paulmach/orb/project"

	"gridwarden/geo"
	"gridwarden/geo/coverage"
	"gridwarden/geo/postgis/pgtest"
	"gridwarden/geo/realdata"
	"gridwarden/geo/testsize"
)

// called tells whether Mend, without repair, calls a part invalid, and why.
func called(t *testing.T, g orb.Geometry) (string, bool) {
	t.Helper()
	_, faults, err := coverage.Mend(t.Context(), "l", coverage.Area{Parts: []geo.AreaPart{{Geometry: g}}}, coverage.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range faults {
		if f.Kind == geo.FaultRing && f.Error {
			return f.Sentence().String(), true
		}
	}
	return "", false
}

// agree fails unless Mend and PostGIS have one opinion of each geometry.
func agree(t *testing.T, geometries []orb.Geometry) (invalid int) {
	t.Helper()
	for i, v := range verdicts(t, pgtest.Connect(t), geometries) {
		why, bad := called(t, geometries[i])
		if bad == v.Valid {
			text, _ := json.Marshal(geojson.NewGeometry(geometries[i]))
			t.Errorf("%d: PostGIS says %s, we say %q: %.600s", i, v.Reason, why, text)
		}
		if !v.Valid {
			invalid++
		}
	}
	return invalid
}

func TestRingsAreJudgedAsPostGISJudgesThem(t *testing.T) {
	t.Parallel()
	square := func(x, y, size float64) orb.Ring {
		return orb.Ring{{x, y}, {x + size, y}, {x + size, y + size}, {x, y + size}, {x, y}}
	}
	cases := []orb.Geometry{
		orb.Polygon{square(0, 0, 10)},
		orb.Polygon{{{0, 0}, {10, 10}, {10, 0}, {0, 10}, {0, 0}}},                                           // bow tie
		orb.Polygon{{{0, 0}, {5, 0}, {5, -1}, {5, 0}, {10, 0}, {5, 9}, {0, 0}}},                             // spike
		orb.Polygon{{{0, 0}, {10, 0}, {5, 5}, {10, 10}, {0, 10}, {5, 5}, {0, 0}}},                           // touches itself
		orb.Polygon{square(0, 0, 10), square(2, 2, 3)},                                                      // hole
		orb.Polygon{square(0, 0, 10), square(20, 2, 3)},                                                     // hole outside
		orb.Polygon{square(0, 0, 10), square(2, 2, 6), square(3, 3, 2)},                                     // hole in hole
		orb.Polygon{square(0, 0, 10), square(0, 0, 10)},                                                     // hole as large as the shell
		orb.Polygon{square(0, 0, 10), {{0, 5}, {2, 4}, {2, 6}, {0, 5}}},                                     // touches in a point
		orb.Polygon{square(0, 0, 10), {{0, 5}, {5, 4}, {10, 5}, {5, 6}, {0, 5}}},                            // cuts in two
		orb.Polygon{square(0, 0, 10), {{0, 0}, {5, 4}, {10, 10}, {4, 5}, {0, 0}}},                           // cuts in two, at corners
		orb.Polygon{square(0, 0, 10), square(2, 2, 2), square(4, 4, 2), {{2, 4}, {4, 6}, {3, 7}, {2, 4}}},   // a ring of holes
		orb.Polygon{square(0, 0, 10), {{5, 5}, {7, 5}, {7, 7}, {5, 5}}, {{5, 5}, {3, 5}, {3, 3}, {5, 5}}},   // holes touch
		orb.Polygon{square(0, 0, 10), {{10, 2}, {12, 4}, {10, 6}, {8, 4}, {10, 2}}},                         // hole crosses at corners
		orb.MultiPolygon{{square(0, 0, 2)}, {square(2, 0, 2)}},                                              // share a side
		orb.MultiPolygon{{square(0, 0, 2)}, {square(2, 2, 2)}},                                              // share a corner
		orb.MultiPolygon{{square(0, 0, 9)}, {square(2, 2, 2)}},                                              // one in the other
		orb.MultiPolygon{{square(2, 2, 2)}, {square(0, 0, 9)}},                                              //
		orb.MultiPolygon{{square(0, 0, 9), square(1, 1, 5)}, {square(2, 2, 2)}},                             // in its hole
		orb.MultiPolygon{{square(0, 0, 9), square(2, 2, 4)}, {{{2, 3}, {4, 2}, {6, 4}, {2, 3}}}},            // touching its hole
		orb.MultiPolygon{{square(0, 0, 9), square(2, 2, 4)}, {{{2, 2}, {6, 2}, {6, 6}, {2, 6}, {2, 2}}}},    // filling its hole
		orb.MultiPolygon{{square(0, 0, 9)}, {{{9, 3}, {12, 2}, {12, 4}, {9, 3}}}},                           // touching its shell
		orb.MultiPolygon{{{{0, 0}, {4, 0}, {2, 3}, {0, 0}}}, {{{2, 0}, {3, 1.5}, {1, 1.5}, {2, 0}}}},        // all corners on it
		orb.Polygon{{{0, 0}, {0, 10}, {10, 10}, {10, 0}, {0, 0}}, {{2, 2}, {2, 2}, {4, 2}, {4, 4}, {2, 2}}}, // repeated point, clockwise
		orb.Polygon{{{0.1, 0.1}, {0.7, 0.7}, {0.3, 0.30000000000000004}, {0.9, 0.1}, {0.1, 0.1}}},           // a hair's breadth
		orb.Polygon{{{0, 0}, {1, 0.1}, {3, 0.30000000000000004}, {2, 0.2}, {5, 5}, {0, 0}}},                 //
		orb.Polygon{{{0, 0}, {10, 0}, {10, 10}, {5, 1e-15}, {0, 10}, {0, 0}}},                               // nearly touches
		orb.Polygon{{{0, 0}, {10, 0}, {10, 10}, {5, 0}, {0, 10}, {0, 0}}},                                   // touches a side
	}
	if agree(t, cases) < 12 {
		t.Error("too few of the cases are invalid")
	}
}

func TestRandomRingsAreJudgedAsPostGISJudgesThem(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(3, 3))
	ring := func(size, points int, x, y float64) orb.Ring {
		var ring orb.Ring
		turn := r.Float64()
		for i := range points {
			sin, cos := math.Sincos((float64(i) + turn) / float64(points) * 2 * math.Pi)
			d := float64(size) * (0.4 + 0.6*r.Float64())
			ring = append(ring, orb.Point{math.Round(x + d*cos), math.Round(y + d*sin)})
		}
		return append(ring, ring[0])
	}
	var cases []orb.Geometry
	for range testsize.N(500, 30000) {
		var m orb.MultiPolygon
		for range 1 + r.IntN(2) {
			x, y := float64(r.IntN(16)), float64(r.IntN(16))
			p := orb.Polygon{ring(10, 3+r.IntN(6), x, y)}
			for range r.IntN(3) {
				p = append(p, ring(4, 3+r.IntN(3), x+float64(r.IntN(9)-4), y+float64(r.IntN(9)-4)))
			}
			m = append(m, p)
		}
		cases = append(cases, m)
	}
	invalid := agree(t, cases)
	t.Logf("%d of %d are invalid", invalid, len(cases))
}

// The validity cases of the GEOS suite, brought into the range of degrees by a power of
// two, which changes no digit.
func TestRingsAreJudgedAsTheGEOSSuiteSays(t *testing.T) {
	t.Parallel()
	tried, invalid := 0, 0
	for line := range bytes.Lines(realdata.Read(t, "fixtures/geos_predicates.jsonl.gz")) {
		var c struct{ File, Desc, Op, A, Expected string }
		if err := json.Unmarshal(line, &c); err != nil {
			t.Fatal(err)
		}
		g, err := wkt.Unmarshal(c.A)
		if err != nil || c.Op != "isvalid" || g.Dimensions() != 2 {
			continue
		}
		if _, isCollection := g.(orb.Collection); isCollection {
			continue
		}
		scale := 1.0
		for b := g.Bound(); max(math.Abs(b.Min[0]), math.Abs(b.Min[1]), math.Abs(b.Max[0]), math.Abs(b.Max[1]))*scale > 90; {
			scale /= 2
		}
		finite := true
		g = project.Geometry(g, func(p orb.Point) orb.Point {
			finite = finite && !math.IsNaN(p[0]*p[1]) && !math.IsInf(p[0]*p[1], 0)
			return orb.Point{p[0] * scale, p[1] * scale}
		})
		if !finite {
			continue // refused before anybody judges rings
		}
		why, bad := called(t, g)
		tried++
		if bad {
			invalid++
		}
		if bad == (c.Expected == "true") {
			t.Errorf("%s, %s: we say %q of %.500s, want valid = %s", c.File, c.Desc, why, c.A, c.Expected)
		}
	}
	t.Logf("%d cases, %d invalid", tried, invalid)
	if tried < 100 {
		t.Error("too few of the cases apply")
	}
}

func TestInvalidPolygonsMetInRealDataAreMended(t *testing.T) {
	t.Parallel()
	var fc geojson.FeatureCollection
	if err := json.Unmarshal(realdata.Read(t, "fixtures/real_invalid_polygons.geojson.gz"), &fc); err != nil {
		t.Fatal(err)
	}
	var drawn []orb.Geometry
	for _, f := range fc.Features {
		drawn = append(drawn, f.Geometry)
	}
	if invalid := agree(t, drawn); invalid < len(drawn)*9/10 {
		t.Errorf("only %d of %d are invalid", invalid, len(drawn))
	}
	var mended []orb.Geometry
	for i, g := range drawn {
		m, faults, err := coverage.Mend(t.Context(), "l", coverage.Area{Parts: []geo.AreaPart{{Geometry: g}}}, coverage.Options{Repair: true})
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range faults {
			if f.Error && !f.Mended && f.Kind != geo.FaultCollapsed {
				t.Errorf("%d: %s", i, f.Sentence())
			}
		}
		mended = append(mended, degreesOf(m))
	}
	conn := pgtest.Connect(t)
	made := madeValid(t, conn, drawn)
	for i, v := range verdicts(t, conn, mended) {
		if !v.Valid {
			t.Errorf("%d: mended, PostGIS says %s", i, v.Reason)
		}
		if d := math.Abs(v.Area - made[i]); d > 1e-4*made[i]+1e-9 {
			t.Errorf("%d: mended to %g square degrees, by ST_MakeValid %g", i, v.Area, made[i])
		}
	}
}
