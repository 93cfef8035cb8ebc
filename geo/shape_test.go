package geo_test

import (
	"bytes"
	"encoding/json"
	"math"
	"math/big"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/paulmach/orb"
	"github.com/paulmach/orb/encoding/wkb"
	"github.com/paulmach/orb/encoding/wkt"
	"pgregory.net/rapid"

	"gridwarden/geo"
	"gridwarden/geo/plane"
	"gridwarden/geo/postgis/pgtest"
	"gridwarden/geo/realdata"
	"gridwarden/geo/testsize"
)

func TestOrientAgreesWithWholeNumbersOfAnySize(t *testing.T) {
	t.Parallel()
	coord := rapid.Custom(func(t *rapid.T) geo.Coord {
		number := rapid.OneOf(rapid.Int32Range(-9, 9), rapid.Int32Range(-1<<29, 1<<29))
		return geo.Coord{X: number.Draw(t, "x"), Y: number.Draw(t, "y")}
	})
	rapid.Check(t, func(t *rapid.T) {
		a, b, p := coord.Draw(t, "a"), coord.Draw(t, "b"), coord.Draw(t, "p")
		if rapid.Bool().Draw(t, "middle") {
			p = geo.Coord{X: a.X + (b.X-a.X)/2, Y: a.Y + (b.Y-a.Y)/2}
		}
		less := func(c, d int32) *big.Int { return new(big.Int).Sub(big.NewInt(int64(c)), big.NewInt(int64(d))) }
		left := new(big.Int).Mul(less(b.X, a.X), less(p.Y, a.Y))
		right := new(big.Int).Mul(less(b.Y, a.Y), less(p.X, a.X))
		if got := geo.Orient(a, b, p); got != left.Cmp(right) {
			t.Fatalf("Orient is %d, the whole numbers say %d", got, left.Cmp(right))
		}
	})
}

func TestACoordinateSurvivesDegrees(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		c := geo.Coord{
			X: rapid.Int32Range(-180e7, 180e7).Draw(t, "x"),
			Y: rapid.Int32Range(-90e7, 90e7).Draw(t, "y"),
		}
		if back, err := geo.CoordOf(c.Lon(), c.Lat()); err != nil || back != c {
			t.Fatalf("%v came back as %v, %v", c, back, err)
		}
	})
}

func TestNumbersThatAreNoPlaceAreRefused(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		lon, lat float64
		says     string
	}{
		{math.NaN(), 0, "finite"}, {0, math.Inf(1), "finite"}, {30.3, 120.2, "swapped"},
		{500123.4, 3345678.9, "outside"}, {180.1, 0, "outside"}, {-200, -91, "outside"},
	} {
		_, err := geo.CoordOf(c.lon, c.lat)
		if geo.KindOf(err) != geo.Invalid || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%v, %v: %v", c.lon, c.lat, err)
		}
	}
	if c, err := geo.CoordOf(-180, 90); err != nil || c != (geo.Coord{X: -180e7, Y: 90e7}) {
		t.Errorf("the corner of the world is %v, %v", c, err)
	}
}

func TestAreasOfRingsHaveASign(t *testing.T) {
	t.Parallel()
	world := geo.Ring{{X: -900000000, Y: -900000000}, {X: 900000000, Y: -900000000}, {X: 900000000, Y: 900000000}, {X: -900000000, Y: 900000000}}
	if got := world.SignedArea2(); got != 2*1800000000*1800000000 {
		t.Errorf("half the world has twice the area %d", got)
	}
	if got := (geo.Ring{{X: 0, Y: 0}, {X: 0, Y: 2}, {X: 2, Y: 0}}).SignedArea2(); got != -4 {
		t.Errorf("a clockwise triangle has twice the area %d", got)
	}
	if got := (geo.Ring{}).SignedArea2(); got != 0 {
		t.Errorf("nothing has twice the area %d", got)
	}
}

// The moved point (+ε, +ε²) is in exactly one of the areas that share a border.
func TestEveryPointOnABorderIsInExactlyOneArea(t *testing.T) {
	t.Parallel()
	for seed := range uint64(testsize.N(60, 3000)) {
		r := rand.New(rand.NewPCG(seed, 1))
		d := plane.NewDrawing(0)
		d.Ring(plane.Ring{{X: -1, Y: -1}, {X: 41, Y: -1}, {X: 41, Y: 41}, {X: -1, Y: 41}}, 0)
		for i := range int32(3) {
			d.Ring(plane.Ring{{X: r.Int64N(40), Y: r.Int64N(40)}, {X: r.Int64N(40), Y: r.Int64N(40)}, {X: r.Int64N(40), Y: r.Int64N(40)}, {X: r.Int64N(40), Y: r.Int64N(40)}}, i+1)
		}
		a, err := d.Arrange(t.Context(), 1)
		if err != nil {
			t.Fatal(err)
		}
		owners := make([]int32, len(a.Faces))
		owners[0] = -1
		for f := 1; f < len(owners); f++ {
			owners[f] = r.Int32N(4)
		}
		var areas []geo.MultiPolygon
		for _, polygons := range a.Dissolve(owners, 4) {
			areas = append(areas, shapeOf(polygons))
		}
		for x := range int32(40) {
			for y := range int32(40) {
				held := 0
				for _, m := range areas {
					if inside, _ := m.Locate(geo.Coord{X: x, Y: y}); inside {
						held++
					}
				}
				if held != 1 {
					t.Fatalf("seed %d: %d, %d is in %d areas", seed, x, y, held)
				}
			}
		}
	}
}

func shapeOf(polygons []plane.Polygon) (m geo.MultiPolygon) {
	for _, p := range polygons {
		var polygon geo.Polygon
		for _, r := range p {
			var ring geo.Ring
			for _, c := range r {
				ring = append(ring, geo.Coord{X: int32(c.X), Y: int32(c.Y)})
			}
			polygon = append(polygon, ring)
		}
		m = append(m, polygon)
	}
	return m
}

// predicate is a case of the GEOS suite: what op says of a and b.
type predicate struct{ File, Op, A, B, Arg1, Expected string }

// geosCases reads the cases of a polygon and a point.
func geosCases(t *testing.T) (cases []predicate) {
	t.Helper()
	for line := range bytes.Lines(realdata.Read(t, "fixtures/geos_predicates.jsonl.gz")) {
		var c predicate
		if err := json.Unmarshal(line, &c); err != nil {
			t.Fatal(err)
		}
		if strings.EqualFold(c.Arg1, "b") {
			c.A, c.B = c.B, c.A
		}
		cases = append(cases, c)
	}
	return cases
}

// scaled puts polygons and a point on whole units, by the smallest power of ten that
// makes all of them whole; not ok when none does within the range.
func scaled(g orb.Geometry, p orb.Point) (m geo.MultiPolygon, at geo.Coord, ok bool) {
	polygons, isMulti := g.(orb.MultiPolygon)
	if polygon, is := g.(orb.Polygon); is {
		polygons, isMulti = orb.MultiPolygon{polygon}, true
	}
	for scale := 1.0; isMulti && scale <= 1e6; scale *= 10 {
		ok = true
		unit := func(p orb.Point) geo.Coord {
			x, y := p[0]*scale, p[1]*scale
			ok = ok && x == math.Trunc(x) && y == math.Trunc(y) && max(math.Abs(x), math.Abs(y)) < 1<<29
			return geo.Coord{X: int32(x), Y: int32(y)}
		}
		m, at = nil, unit(p)
		for _, polygon := range polygons {
			var rings geo.Polygon
			for _, r := range polygon {
				var ring geo.Ring
				for _, c := range r[:max(len(r)-1, 0)] {
					ring = append(ring, unit(c))
				}
				rings = append(rings, ring)
			}
			m = append(m, rings)
		}
		if ok {
			return m, at, true
		}
	}
	return nil, geo.Coord{}, false
}

func TestPointsLieWhereTheGEOSSuiteSaysTheyDo(t *testing.T) {
	t.Parallel()
	tried, off := map[string]int{}, 0
	for _, c := range geosCases(t) {
		op, a, b := c.Op, c.A, c.B
		if op == "within" || op == "coveredby" {
			a, b = b, a
		}
		g, err := wkt.Unmarshal(a)
		p, err2 := wkt.Unmarshal(b)
		symmetric := op == "intersects" || op == "disjoint" || op == "touches"
		if _, isPoint := g.(orb.Point); isPoint && symmetric {
			g, p = p, g
		}
		point, isPoint := p.(orb.Point)
		if err != nil || err2 != nil || !isPoint || g.Dimensions() != 2 {
			continue
		}
		m, at, ok := scaled(g, point)
		if !ok {
			off++
			continue
		}
		inside, on := m.Locate(at)
		inside = inside && !on
		var got bool
		switch op {
		case "contains", "within":
			got = inside
		case "covers", "coveredby", "intersects":
			got = inside || on
		case "disjoint":
			got = !inside && !on
		case "touches":
			got = on
		default:
			continue
		}
		tried[op]++
		if want := c.Expected == "true"; got != want {
			t.Errorf("%s: %s of %s and %s is %v, want %v", c.File, op, c.A, c.B, got, want)
		}
	}
	t.Logf("tried %v; %d are not of whole numbers", tried, off)
	if tried["coveredby"] < 20 || tried["intersects"] < 20 || tried["touches"] < 20 {
		t.Error("too few of the cases apply")
	}
}

func TestPostGISFindsPointsAndDistancesWhereWeDo(t *testing.T) {
	t.Parallel()
	conn := pgtest.Connect(t)
	r := rand.New(rand.NewPCG(5, 5))
	for range testsize.N(20, 400) {
		var ring plane.Ring
		for range 3 + r.IntN(30) {
			ring = append(ring, plane.Point{X: r.Int64N(100000), Y: r.Int64N(100000)})
		}
		m := shapeOf(plane.EvenOdd([]plane.Ring{ring}))
		g := orb.MultiPolygon{}
		for _, p := range m {
			polygon := orb.Polygon{}
			for _, ring := range p {
				closed := orb.Ring{}
				for _, c := range append(ring[:len(ring):len(ring)], ring[0]) {
					closed = append(closed, orb.Point{float64(c.X), float64(c.Y)})
				}
				polygon = append(polygon, closed)
			}
			g = append(g, polygon)
		}
		encoded, err := wkb.Marshal(g)
		if err != nil {
			t.Fatal(err)
		}
		var xs, ys []float64
		var points []geo.Coord
		for i := range 100 {
			c := geo.Coord{X: r.Int32N(100000), Y: r.Int32N(100000)}
			if i%4 == 0 && len(m) > 0 {
				c = m[0][0][r.IntN(len(m[0][0]))]
			}
			points = append(points, c)
			xs, ys = append(xs, float64(c.X)), append(ys, float64(c.Y))
		}
		rows, err := conn.Query(t.Context(), `
			SELECT ST_Covers(g, p), ST_Intersects(ST_Boundary(g), p)
			FROM (SELECT ST_GeomFromWKB($1) AS g) AS a, unnest($2::float8[], $3::float8[]) WITH ORDINALITY AS u(x, y, n), LATERAL ST_Point(x, y) AS p
			ORDER BY n`, encoded, xs, ys)
		if err != nil {
			t.Fatal(err)
		}
		var covers, touches bool
		i := 0
		if _, err := pgx.ForEachRow(rows, []any{&covers, &touches}, func() error {
			inside, on := m.Locate(points[i])
			if on != touches || (inside || on) != covers {
				t.Errorf("%v: inside %v, on %v; PostGIS says covers %v, touches %v", points[i], inside, on, covers, touches)
			}
			i++
			return nil
		}); err != nil {
			t.Fatal(err)
		}
	}
}

func TestMetresAreTheGeodesicNearby(t *testing.T) {
	t.Parallel()
	conn := pgtest.Connect(t)
	r := rand.New(rand.NewPCG(6, 6))
	for range testsize.N(200, 5000) {
		a := geo.Coord{X: r.Int32N(3600000000/2) - 900000000, Y: r.Int32N(1600000000) - 800000000}
		frame := geo.FrameAt(a)
		kx, ky := frame.Scales()
		reach := []float64{50, 500}[r.IntN(2)]
		b := geo.Coord{X: a.X + int32((2*r.Float64()-1)*reach/kx), Y: a.Y + int32((2*r.Float64()-1)*reach/ky)}
		var want float64
		if err := conn.QueryRow(t.Context(), `SELECT ST_Distance(ST_Point($1, $2)::geography, ST_Point($3, $4)::geography)`,
			a.Lon(), a.Lat(), b.Lon(), b.Lat()).Scan(&want); err != nil {
			t.Fatal(err)
		}
		allowed := 0.001
		if reach > 100 {
			allowed = want*2e-4 + 0.001
		}
		if got := frame.Distance(b); math.Abs(got-want) > allowed {
			t.Errorf("%v to %v: %.4f m, the geodesic is %.4f", a, b, got, want)
		}
		if !frame.Around(want).Contains(b) {
			t.Errorf("%v is not in the box of its own distance round %v", b, a)
		}
		end := geo.Coord{X: 2*b.X - a.X, Y: 2*b.Y - a.Y}
		if metres, along := frame.ToSegment(b, end); math.Abs(metres-frame.Distance(b)) > 1e-9 || along != 0 {
			t.Errorf("from %v the segment %v to %v is %.4f m at %v", a, b, end, metres, along)
		}
		if metres, along := frame.ToSegment(geo.Coord{X: 2*a.X - b.X, Y: 2*a.Y - b.Y}, b); metres != 0 || math.Abs(along-0.5) > 1e-9 && a != b {
			t.Errorf("%v is %.4f m from a segment through it, at %v", a, metres, along)
		}
	}
}
