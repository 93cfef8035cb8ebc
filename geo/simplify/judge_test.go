package simplify

import (
	"iter"
	"testing"

	"gridwarden/geo"
)

// twoAreas share a border of three vertices, the middle one well off the line.
func twoAreas(left, right []uint8) iter.Seq2[*geo.Area, []uint8] {
	const s = 100_000
	area := func(ring geo.Ring) *geo.Area {
		return &geo.Area{Shape: geo.Shape{Polygons: geo.MultiPolygon{{ring}}}}
	}
	return func(yield func(*geo.Area, []uint8) bool) {
		_ = yield(area(geo.Ring{{X: 0, Y: 0}, {X: s, Y: 0}, {X: s + 5000, Y: s / 2}, {X: s, Y: s}, {X: 0, Y: s}}), left) &&
			yield(area(geo.Ring{{X: s, Y: 0}, {X: 2 * s, Y: 0}, {X: 2 * s, Y: s}, {X: s, Y: s}, {X: s + 5000, Y: s / 2}}), right)
	}
}

func TestTheJudgeSeesABorderDrawnOtherwiseByEachSide(t *testing.T) {
	t.Parallel()
	same := NewJudge(twoAreas([]uint8{0, 0, 14, 0, 0}, []uint8{0, 0, 0, 0, 14}))
	other := NewJudge(twoAreas([]uint8{0, 0, 14, 0, 0}, []uint8{0, 0, 0, 0, 12}))
	for _, c := range []struct {
		judge                   *Judge
		zoom                    int
		drawn, edges, unmatched int
	}{
		{same, 18, 10, 4, 0}, {same, 14, 10, 4, 0}, {same, 13, 8, 2, 0}, {same, 0, 8, 2, 0},
		{other, 14, 10, 4, 0}, {other, 13, 9, 3, 3}, {other, 12, 9, 3, 3}, {other, 11, 8, 2, 0},
	} {
		d := c.judge.At(c.zoom)
		if d.Vertices != 10 || d.Drawn != c.drawn || d.Edges != c.edges || d.Unmatched != c.unmatched {
			t.Errorf("zoom %d: %+v, want %+v", c.zoom, d, c)
		}
		if c.unmatched > 0 && d.Holds() {
			t.Errorf("zoom %d: a border drawn otherwise by each side is said to hold", c.zoom)
		}
	}
}

func TestTheJudgeSeesALineDrawnTooFarFromTheBorder(t *testing.T) {
	t.Parallel()
	// The vertex 5,000 units off is 6 units of a tile off at zoom 10, and half of one at 6.
	j := NewJudge(twoAreas([]uint8{0, 0, 14, 0, 0}, []uint8{0, 0, 0, 0, 14}))
	far, near := j.At(10), j.At(6)
	if far.Holds() || far.Units < 5 || far.Units > 7 || far.Metres < 45 || far.Metres > 65 {
		t.Errorf("zoom 10: %+v", far)
	}
	if !near.Holds() {
		t.Errorf("zoom 6: %+v", near)
	}
}
