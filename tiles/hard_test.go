package tiles_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/paulmach/orb/maptile"

	"gridwarden/geo"
	"gridwarden/geo/postgis/pgtest"
	"gridwarden/geo/testsize"
	"gridwarden/tiles"
)

// canvas draws in units of one tile, y down, and turns the result into degrees.
type canvas struct{ tile maptile.Tile }

func (c canvas) ring(points ...[2]float64) geo.Ring {
	world := 4096 * math.Exp2(float64(c.tile.Z))
	r := make(geo.Ring, len(points))
	for i, p := range points {
		x := (float64(c.tile.X)*4096 + p[0]) / world
		y := (float64(c.tile.Y)*4096 + p[1]) / world
		lat := math.Atan(math.Sinh(math.Pi*(1-2*y))) * 180 / math.Pi
		r[i] = geo.Coord{X: int32(math.Round(max(-1.8e9, min(1.8e9, 3.6e9*x-1.8e9)))), Y: int32(math.Round(lat * 1e7))}
	}
	if r.SignedArea2() < 0 {
		for i, j := 0, len(r)-1; i < j; i, j = i+1, j-1 {
			r[i], r[j] = r[j], r[i]
		}
	}
	return r
}

// hole is a ring wound as a hole.
func hole(r geo.Ring) geo.Ring {
	h := make(geo.Ring, len(r))
	for i, c := range r {
		h[len(r)-1-i] = c
	}
	return h
}

// star has n points between the radii r and R.
func star(x, y, small, large float64, n int, turn float64) [][2]float64 {
	var points [][2]float64
	for i := range 2 * n {
		r := large
		if i%2 == 1 {
			r = small
		}
		sin, cos := math.Sincos(turn + math.Pi*float64(i)/float64(n))
		points = append(points, [2]float64{x + r*cos, y + r*sin})
	}
	return points
}

// comb has n teeth of a length, so wide and so far apart.
func comb(x, y, wide, long float64, n int) [][2]float64 {
	points := [][2]float64{{x + 2*wide*float64(n), y - wide}, {x, y - wide}}
	for i := range n {
		at := x + 2*wide*float64(i)
		points = append(points, [2]float64{at, y + long}, [2]float64{at + wide, y + long}, [2]float64{at + wide, y}, [2]float64{at + 2*wide, y})
	}
	return points
}

// spiral winds so many times round, its arm as wide as the room between.
func spiral(x, y, wide float64, turns int) [][2]float64 {
	var out, back [][2]float64
	for i := 8; i <= 16*turns; i++ {
		sin, cos := math.Sincos(float64(i) * math.Pi / 8)
		r := 2 * wide * float64(i) / 16
		out = append(out, [2]float64{x + r*cos, y + r*sin})
		back = append(back, [2]float64{x + (r+wide)*cos, y + (r+wide)*sin})
	}
	for i := len(back) - 1; i >= 0; i-- {
		out = append(out, back[i])
	}
	return out
}

// hardShapes are shapes on and across the frame of a tile.
func (c canvas) hardShapes(random *rand.Rand, n int) []geo.MultiPolygon {
	edge := []float64{-64, 0, 4096, 4160, 2000}
	var shapes []geo.MultiPolygon
	for range n {
		x := edge[random.IntN(5)] + random.Float64()*200 - 100
		y := edge[random.IntN(5)] + random.Float64()*200 - 100
		size := math.Exp(random.Float64()*8 - 1)
		arms, turn := 3+random.IntN(20), random.Float64()
		body := c.ring(star(x, y, size/4, size, arms, turn)...)
		shapes = append(shapes,
			geo.MultiPolygon{{body}},
			geo.MultiPolygon{{body, hole(c.ring(star(x, y, size/8, size/5, arms, turn)...))}},
			geo.MultiPolygon{{c.ring(comb(x-size/2, y-size/2, size/float64(2*arms), size, arms)...)}},
			geo.MultiPolygon{{c.ring(spiral(x, y, size/float64(2*arms), arms)...)}},
		)
	}
	square := func(x, y, size float64) geo.Ring {
		return c.ring([2]float64{x, y}, [2]float64{x + size, y}, [2]float64{x + size, y + size}, [2]float64{x, y + size})
	}
	diamond := func(x, y, r float64) geo.Ring {
		return c.ring([2]float64{x - r, y}, [2]float64{x, y - r}, [2]float64{x + r, y}, [2]float64{x, y + r})
	}
	return append(shapes,
		geo.MultiPolygon{{square(-64, -64, 4224)}},                                                         // the frame itself
		geo.MultiPolygon{{square(4160, 100, 100)}},                                                         // touches it from outside
		geo.MultiPolygon{{square(100, 100, 1000), hole(diamond(600, 600, 500))}},                           // a hole touching its shell in four points
		geo.MultiPolygon{{square(4000, 100, 1000), hole(diamond(4160, 600, 300))}},                         // a hole cut by the frame
		geo.MultiPolygon{{square(0, 0, 2000), hole(diamond(500, 500, 200)), hole(diamond(900, 500, 200))}}, // holes touching
		geo.MultiPolygon{{square(0, 0, 100)}, {square(100, 100, 100)}},                                     // parts touching in a point
		geo.MultiPolygon{{square(0, 0, 100)}, {square(100.2, 0, 100)}},                                     // parts a fifth of a unit apart
		geo.MultiPolygon{{square(0, 0, 1000), hole(square(100, 100, 800))}, {square(400, 400, 100)}},       // an island in a hole
		geo.MultiPolygon{{square(-1e6, -1e6, 2e6)}},                                                        // holds the whole tile
		geo.MultiPolygon{{square(-1e6, -1e6, 2e6), hole(square(-5e5, -5e5, 1e6))}},                         // whose hole does
	)
}

// TestHardShapesStayValidAndKeepTheirArea: what PostGIS calls valid afterwards, and no more
// or less of it than PostGIS itself draws, within the rounding to the grid from the zoom on
// that draws every vertex, within three units above, where teeth narrower than one close.
func TestHardShapesStayValidAndKeepTheirArea(t *testing.T) {
	t.Parallel()
	conn := pgtest.Connect(t)
	for tile, within := range map[maptile.Tile]float64{
		maptile.New(218528, 107968, 18): 0.5, // Hangzhou
		maptile.New(13658, 6748, 14):    3,
		maptile.New(0, 107968, 18):      0.5, // both sides of the antimeridian
		maptile.New(262143, 107968, 18): 0.5,
		maptile.New(3, 0, 6):            3, // the northern edge of the world
	} {
		shapes := canvas{tile}.hardShapes(rand.New(rand.NewPCG(11, uint64(tile.X))), testsize.N(60, 1000))
		s := view(t, layerOf("hard", shapes...), nil)
		drawn := map[string]feature{}
		var names, wkt []string
		for _, f := range decode(t, tiles.Render(s, &tiles.Want{Layers: []geo.LayerName{"hard"}, Limit: 1 << 30}, tile)) {
			drawn[f.tags["code"]] = f
			names, wkt = append(names, fmt.Sprintf("%v shape %s", tile, f.tags["code"])), append(wkt, f.wkt())
		}
		expectValid(t, conn, names, wkt)
		compared := 0
		for i, want := range postgisAreas(t, conn, tile, shapes) {
			f := drawn[fmt.Sprintf("A%05d", i)]
			if want == nil { // broken by the cut at the antimeridian: what it covers is a matter of opinion
				continue
			}
			compared++
			if math.Abs(f.area()-*want) > 12+within*f.perimeter() { // what is smaller than a unit may vanish on either side
				t.Errorf("%v shape %d covers %.1f, PostGIS draws %.1f, perimeter %.0f: %.200s", tile, i, f.area(), *want, f.perimeter(), text(shapes[i]))
			}
		}
		if compared < len(shapes)/3 {
			t.Errorf("%v: only %d of %d shapes compared", tile, compared, len(shapes))
		}
	}
}

// TestRoadsKeepTheirLength: winding lines on and across the frame are as long in the tile
// as PostGIS draws them, within the rounding of their points.
func TestRoadsKeepTheirLength(t *testing.T) {
	t.Parallel()
	conn, random := pgtest.Connect(t), rand.New(rand.NewPCG(21, 1))
	c := canvas{maptile.New(13658, 6748, 14)}
	for range testsize.N(40, 1000) {
		points, heading := [][2]float64{{random.Float64() * 4096, random.Float64() * 4096}}, random.Float64()*6
		for i := range 60 {
			heading += random.Float64() - 0.5
			sin, cos := math.Sincos(heading)
			points = append(points, [2]float64{points[i][0] + 150*cos, points[i][1] + 150*sin})
		}
		line := geo.Line(c.ring(points...))
		s := view(t, []*geo.Area{{ID: 1, Layer: "roads", Code: "R", Shape: geo.Shape{Lines: geo.MultiLine{line}}}}, nil)
		got, vertices := 0.0, 0
		for _, f := range decode(t, tiles.Render(s, &tiles.Want{Layers: []geo.LayerName{"roads"}}, c.tile)) {
			for _, part := range f.parts {
				vertices += len(part)
				for i := range len(part) - 1 {
					got += math.Hypot(float64(part[i+1].x-part[i].x), float64(part[i+1].y-part[i].y))
				}
			}
		}
		var texts []string
		for _, p := range line {
			texts = append(texts, p.String())
		}
		const query = `SELECT coalesce(ST_Length(ST_AsMVTGeom(ST_Transform(ST_GeomFromText($1, 4326), 3857),
			ST_TileEnvelope($2, $3, $4)::box2d, 4096, 64, true)), 0)`
		var want float64
		if err := conn.QueryRow(t.Context(), query, "LINESTRING("+strings.Join(texts, ",")+")", c.tile.Z, c.tile.X, c.tile.Y).Scan(&want); err != nil {
			t.Fatal(err)
		}
		if math.Abs(got-want) > 1+0.3*float64(vertices) {
			t.Errorf("%.1f units long, PostGIS draws %.1f", got, want)
		}
	}
}

// postgisAreas is what ST_AsMVTGeom draws of shapes, in square units; nil for a shape
// that is not valid to begin with.
func postgisAreas(t testing.TB, conn *pgx.Conn, tile maptile.Tile, shapes []geo.MultiPolygon) []*float64 {
	t.Helper()
	texts := make([]string, len(shapes))
	for i, m := range shapes {
		texts[i] = text(m)
	}
	const query = `SELECT CASE WHEN ST_IsValid(g) THEN coalesce(ST_Area(ST_AsMVTGeom(ST_Transform(g, 3857),
			ST_TileEnvelope($2, $3, $4)::box2d, 4096, 64, true)), 0) END
		FROM unnest($1::text[]) WITH ORDINALITY AS u(w, n), ST_GeomFromText(w, 4326) g ORDER BY n`
	rows, err := conn.Query(t.Context(), query, texts, tile.Z, tile.X, tile.Y)
	if err != nil {
		t.Fatal(err)
	}
	areas, err := pgx.CollectRows(rows, pgx.RowTo[*float64])
	if err != nil {
		t.Fatal(err)
	}
	return areas
}

// text is a shape as WKT.
func text(m geo.MultiPolygon) string {
	var polygons []string
	for _, p := range m {
		var rings []string
		for _, r := range p {
			var points []string
			for i := range len(r) + 1 {
				points = append(points, r[i%len(r)].String())
			}
			rings = append(rings, "("+strings.Join(points, ",")+")")
		}
		polygons = append(polygons, "("+strings.Join(rings, ",")+")")
	}
	return "MULTIPOLYGON(" + strings.Join(polygons, ",") + ")"
}

// perimeter is the length of all rings.
func (f feature) perimeter() float64 {
	sum := 0.0
	for _, r := range f.parts {
		for i, p := range r {
			q := r[(i+1)%len(r)]
			sum += math.Hypot(float64(q.x-p.x), float64(q.y-p.y))
		}
	}
	return sum
}
