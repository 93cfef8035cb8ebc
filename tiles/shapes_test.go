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
	f := frameOf(maptile.New(13658, 6748, 14))
	centre := geo.Coord{X: 1_201_025_000, Y: 302_140_000}
	offset := rapid.Int32Range(-600_000, 600_000) // a tile is 220,000 wide
	rapid.Check(t, func(rt *rapid.T) {
		var line geo.Line
		for range rapid.IntRange(3, 40).Draw(rt, "n") {
			line = append(line, geo.Coord{X: centre.X + offset.Draw(rt, "x"), Y: centre.Y + offset.Draw(rt, "y")})
		}
		whole := geo.Box{Min: geo.Coord{X: -1_800_000_000, Y: -900_000_000}, Max: geo.Coord{X: 1_800_000_000, Y: 900_000_000}}
		all, some := pen{frame: f, reach: whole}, pen{frame: f, reach: f.box()}
		sum := func(polygons []plane.Polygon) (s int64) {
			for _, p := range polygons {
				s += area(p)
			}
			return s
		}
		m := geo.MultiPolygon{{geo.Ring(line)}}
		if a, b := sum(all.polygons(m)), sum(some.polygons(m)); a != b {
			rt.Fatalf("%d half units are covered with all coordinates, %d with the relevant ones", a, b)
		}
		a, b := all.lines(geo.MultiLine{line}), some.lines(geo.MultiLine{line})
		if !slices.EqualFunc(a, b, slices.Equal[[]plane.Point]) {
			rt.Fatalf("lines %v with all coordinates, %v with the relevant ones", a, b)
		}
	})
}

// TestEveryCoordinateHasOnePlace: the grids of all zooms come from one fixed-point world,
// where the corners of the Web Mercator square lie in the corners and halves in halves.
func TestEveryCoordinateHasOnePlace(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		at   geo.Coord
		x, y int64
	}{
		{geo.Coord{}, side / 2, side / 2},
		{geo.Coord{X: -1_800_000_000}, 0, side / 2},
		{geo.Coord{X: 1_800_000_000}, side, side / 2},
		{geo.Coord{X: 900_000_000}, side / 4 * 3, side / 2},
		{geo.Coord{Y: 850_511_288}, side / 2, 0},
		{geo.Coord{Y: -850_511_288}, side / 2, side},
		{geo.Coord{Y: 900_000_000}, side / 2, -side},
		{geo.Coord{Y: -900_000_000}, side / 2, 2 * side},
	} {
		w := project(c.at)
		if w.x != c.x || max(w.y-c.y, c.y-w.y) > side/100_000_000 { // a hundredth of a microdegree
			t.Errorf("%v lies at %d, %d, not %d, %d", c.at, w.x, w.y, c.x, c.y)
		}
	}
	// Neighbouring coordinates never swap places.
	rapid.Check(t, func(rt *rapid.T) {
		x, y := rapid.Int32Range(-1_800_000_000, 1_799_999_999).Draw(rt, "x"), rapid.Int32Range(-900_000_000, 899_999_999).Draw(rt, "y")
		a, b := project(geo.Coord{X: x, Y: y}), project(geo.Coord{X: x + 1, Y: y + 1})
		if b.x < a.x || b.y > a.y {
			rt.Fatalf("%v then %v", a, b)
		}
	})
}
