package tiles

import (
	"math"
	"testing"

	"pgregory.net/rapid"

	"gridwarden/geo"
)

func anyCoord() *rapid.Generator[geo.Coord] {
	return rapid.Custom(func(t *rapid.T) geo.Coord {
		return geo.Coord{X: rapid.Int32Range(-1_800_000_000, 1_799_999_999).Draw(t, "x"), Y: rapid.Int32Range(-900_000_000, 899_999_999).Draw(t, "y")}
	})
}

// TestEveryCoordinateHasOnePlace: the grids of all zooms come from one fixed-point world,
// where the corners of the square lie in the corners and halves in halves.
func TestEveryCoordinateHasOnePlace(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		frame Frame
		at    geo.Coord
		x, y  int64
	}{
		{WebMercator, geo.Coord{}, side / 2, side / 2},
		{WebMercator, geo.Coord{X: -1_800_000_000}, 0, side / 2},
		{WebMercator, geo.Coord{X: 1_800_000_000}, side, side / 2},
		{WebMercator, geo.Coord{X: 900_000_000}, side / 4 * 3, side / 2},
		{WebMercator, geo.Coord{Y: 850_511_288}, side / 2, 0},
		{WebMercator, geo.Coord{Y: -850_511_288}, side / 2, side},
		{WebMercator, geo.Coord{Y: 900_000_000}, side / 2, -side},
		{WebMercator, geo.Coord{Y: -900_000_000}, side / 2, 2 * side},
		{GCJ02, geo.Coord{X: 900_000_000, Y: -1}, side / 4 * 3, side/2 + 305},
		{Geographic, geo.Coord{X: -1_800_000_000, Y: 900_000_000}, 0, 0},
		{Geographic, geo.Coord{}, side / 2, side / 4},
		{Geographic, geo.Coord{X: 1_800_000_000, Y: -900_000_000}, side, side / 2},
	} {
		w := c.frame.project(c.at)
		if w.x != c.x || max(w.y-c.y, c.y-w.y) > side/100_000_000 { // a hundredth of a microdegree
			t.Errorf("%v lies at %d, %d, not %d, %d", c.at, w.x, w.y, c.x, c.y)
		}
	}
}

// TestNeighbouringCoordinatesNeverSwapPlaces, or thin areas would turn inside out.
func TestNeighbouringCoordinatesNeverSwapPlaces(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		c := anyCoord().Draw(rt, "c")
		for _, f := range []Frame{WebMercator, Geographic} {
			a, b := f.project(c), f.project(geo.Coord{X: c.X + 1, Y: c.Y + 1})
			if b.x < a.x || b.y > a.y {
				rt.Fatalf("%d: %v then %v", f, a, b)
			}
		}
	})
}

// TestLatitudesLieWhereTheFormulaPutsThem, at the seams of the table as between them, to two
// hundredths of the finest unit drawn.
func TestLatitudesLieWhereTheFormulaPutsThem(t *testing.T) {
	t.Parallel()
	const finest = side >> (extentBits + int(MaxZoom))
	look := func(t interface{ Fatalf(string, ...any) }, y int32) {
		if got, want := float64(southward(table(), y)), mercator(float64(y)/geo.Scale); math.Abs(got-want) > 0.02*finest {
			t.Fatalf("latitude %d lies at %.0f, not %.2f", y, got, want)
		}
	}
	const edge = 850_511_288
	for y := int32(-edge); y <= edge; y += 9973 {
		look(t, y)
	}
	for y := int32(-lastBand + 1<<bandBits); y < edge; y += 1 << bandBits {
		if y > -edge {
			look(t, y-1)
			look(t, y)
		}
	}
	rapid.Check(t, func(rt *rapid.T) { look(t, rapid.Int32Range(-edge, edge).Draw(rt, "y")) })
}

// TestTheShiftStaysWithinItsLimit, by which tiles look for what may have moved in.
func TestTheShiftStaysWithinItsLimit(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		c := anyCoord().Draw(rt, "c")
		s := shifted(c)
		if dx, dy := s.X-c.X, s.Y-c.Y; max(dx, -dx, dy, -dy) > shiftLimit*geo.Scale {
			rt.Fatalf("%v moves to %v", c, s)
		}
	})
}

func BenchmarkProject(b *testing.B) {
	for name, f := range map[string]Frame{"mercator": WebMercator, "gcj02": GCJ02, "geographic": Geographic} {
		b.Run(name, func(b *testing.B) {
			c, sum := geo.Coord{X: 1_200_870_000, Y: 302_040_000}, int64(0)
			for b.Loop() {
				c.X, c.Y = 1_200_870_000+c.Y&0xffff, 302_040_000+(c.Y+101)&0xfffff
				sum += f.project(c).y
			}
			_ = sum
		})
	}
}
