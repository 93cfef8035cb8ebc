package tiles

import (
	"testing"

	"github.com/paulmach/orb/maptile"
	"pgregory.net/rapid"

	"gridwarden/geo"
	"gridwarden/geo/crs"
)

// cellByHand is the cell of a place, its own way.
func cellByHand(f frame, bits uint, c geo.Coord) int {
	at := f.chart.project(c)
	shift := worldBits - uint(f.tile.Z) - bits
	x := max(0, min(at.x, side-1))>>shift - int64(f.tile.X)<<bits
	y := max(0, min(at.y, f.chart.height()-1))>>shift - int64(f.tile.Y)<<bits
	if n := int64(1) << bits; x < 0 || y < 0 || x >= n || y >= n {
		return -1
	}
	return int(y<<bits | x)
}

// TestACellIsTheSameHoweverItIsAskedFor: of a box at once, or of a place by what is known of
// the box round it, in GCJ-02, too, whose shift is worked out once for a box.
func TestACellIsTheSameHoweverItIsAskedFor(t *testing.T) {
	t.Parallel()
	china := crs.Shifted()
	centres := []geo.Coord{{X: 1_201_000_000, Y: 302_000_000}, {X: 1_050_000_000, Y: 298_000_000}, china.Min, china.Max, {X: 1_300_000_000, Y: 550_000_000}, {X: 1_800_000_000, Y: 900_000_000}, {X: -1_800_000_000, Y: -900_000_000}}
	rapid.Check(t, func(t *rapid.T) {
		centre := rapid.SampledFrom(centres).Draw(t, "centre")
		chart := rapid.SampledFrom([]Frame{WebMercator, GCJ02, Geographic}).Draw(t, "frame")
		z, bits := maptile.Zoom(rapid.IntRange(1, 16).Draw(t, "zoom")), uint(rapid.IntRange(0, 6).Draw(t, "bits"))
		reach := rapid.SampledFrom([]int32{0, 100, 3000, 100_000, 10_000_000}).Draw(t, "reach")
		near := func(c geo.Coord, reach int32) geo.Coord {
			off := rapid.Int32Range(-reach, reach)
			return geo.Coord{
				X: int32(max(-1_800_000_000, min(1_800_000_000, int64(c.X)+int64(off.Draw(t, "x"))))),
				Y: int32(max(-900_000_000, min(900_000_000, int64(c.Y)+int64(off.Draw(t, "y"))))),
			}
		}
		centre = near(centre, 30_000_000)
		at := chart.project(centre)
		columns, rows := chart.Matrix(z)
		f := frameOf(chart, maptile.New(min(uint32(max(0, at.x)>>(worldBits-z)), columns-1), min(uint32(max(0, at.y)>>(worldBits-z)), rows-1), z))
		c := newCells(f, bits)
		box := geo.EmptyBox()
		places := make([]geo.Coord, 20)
		for i := range places {
			places[i] = near(centre, reach)
			box = box.Extend(places[i])
		}
		cell, whole := c.Whole(box)
		for _, p := range places {
			want := cellByHand(f, bits, p)
			if got := c.Of(p); got != want || whole && cell != want {
				t.Fatalf("%v in %v of %v is in cell %d; asked %d, with the whole box (%v) %d", p, f.tile, chart, want, got, whole, cell)
			}
		}
		far := near(centre, 10_000_000)
		if got, want := c.Of(far), cellByHand(f, bits, far); got != want && f.box().Contains(far) {
			t.Fatalf("%v is in cell %d, not %d", far, want, got)
		}
	})
}

// TestTheShiftOfABoxIsWithinItsSlack, at the meridian where its root is steepest, too.
func TestTheShiftOfABoxIsWithinItsSlack(t *testing.T) {
	t.Parallel()
	china := crs.Shifted()
	rapid.Check(t, func(t *rapid.T) {
		apart := rapid.SampledFrom([]int32{1, 50, 1000, 30_000, 1_000_000, 20_000_000}).Draw(t, "apart")
		a := geo.Coord{X: rapid.Int32Range(china.Min.X, china.Max.X).Draw(t, "x"), Y: rapid.Int32Range(china.Min.Y, china.Max.Y).Draw(t, "y")}
		if rapid.Bool().Draw(t, "steep") {
			a.X = 1_050_000_000
		}
		off := rapid.Int32Range(-apart, apart)
		b := geo.Coord{X: a.X + off.Draw(t, "dx"), Y: a.Y + off.Draw(t, "dy")}
		if !china.Contains(b) {
			return
		}
		p, q := shifted(a), shifted(b)
		dx, dy, slack := (p.X-a.X)-(q.X-b.X), (p.Y-a.Y)-(q.Y-b.Y), slackOf(apart)
		if max(dx, -dx, dy, -dy) > slack {
			t.Fatalf("the shift of %v and %v differs by %d, %d, more than %d", a, b, dx, dy, slack)
		}
	})
}

// TestNoPlaceThatGCJ02MovesIntoATileIsMissed: the ground that is looked through for a tile
// holds every place that shows in it, though it is hardly larger than the tile.
func TestNoPlaceThatGCJ02MovesIntoATileIsMissed(t *testing.T) {
	t.Parallel()
	china := crs.Shifted()
	rapid.Check(t, func(t *rapid.T) {
		c := geo.Coord{X: rapid.Int32Range(china.Min.X-300_000, china.Max.X+300_000).Draw(t, "x"), Y: rapid.Int32Range(china.Min.Y-300_000, china.Max.Y+300_000).Draw(t, "y")}
		z := maptile.Zoom(rapid.IntRange(0, 22).Draw(t, "zoom"))
		at := GCJ02.project(c)
		f := frameOf(GCJ02, maptile.New(uint32(at.x>>(worldBits-z)), uint32(at.y>>(worldBits-z)), z))
		if !within(f.point(c)) || !f.box().Contains(c) {
			t.Fatalf("%v in %v: %v is not in %v", c, f.tile, f.point(c), f.box())
		}
	})
}
