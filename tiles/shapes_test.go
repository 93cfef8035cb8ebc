package tiles

import (
	"slices"
	"testing"

	"github.com/paulmach/orb/maptile"
	"pgregory.net/rapid"

	"gridwarden/geo"
	"gridwarden/geo/plane"
)

// TestLeavingOutFarCoordinatesChangesNothing: a shape drawn with every coordinate and one
// drawn with only the relevant ones are the same in the tile.
func TestLeavingOutFarCoordinatesChangesNothing(t *testing.T) {
	t.Parallel()
	f := frameOf(WebMercator, maptile.New(13658, 6748, 14))
	centre := geo.Coord{X: 1_201_025_000, Y: 302_140_000}
	offset := rapid.Int32Range(-600_000, 600_000) // a tile is 220,000 wide
	rapid.Check(t, func(rt *rapid.T) {
		var line geo.Line
		for range rapid.IntRange(3, 40).Draw(rt, "n") {
			line = append(line, geo.Coord{X: centre.X + offset.Draw(rt, "x"), Y: centre.Y + offset.Draw(rt, "y")})
		}
		whole := geo.Box{Min: geo.Coord{X: -1_800_000_000, Y: -900_000_000}, Max: geo.Coord{X: 1_800_000_000, Y: 900_000_000}}
		all, some := &pen{frame: f, reach: whole}, newPen(f)
		sum := func(polygons []plane.Polygon) (s int64) {
			for _, p := range polygons {
				s += area(p)
			}
			return s
		}
		m := geo.MultiPolygon{{geo.Ring(line)}}
		if a, b := sum(all.polygons(m, nil)), sum(some.polygons(m, nil)); a != b {
			rt.Fatalf("%d half units are covered with all coordinates, %d with the relevant ones", a, b)
		}
		a, b := all.lines(geo.MultiLine{line}, nil), some.lines(geo.MultiLine{line}, nil)
		if !slices.EqualFunc(a, b, slices.Equal[[]plane.Point]) {
			rt.Fatalf("lines %v with all coordinates, %v with the relevant ones", a, b)
		}
	})
}
