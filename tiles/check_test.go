package tiles

import (
	"testing"

	"gridwarden/geo/plane"
)

// TestTheCheckLetsNoBrokenPolygonPass, one of each kind, and lets whole ones pass.
func TestTheCheckLetsNoBrokenPolygonPass(t *testing.T) {
	t.Parallel()
	square := func(x, y, size int64) plane.Ring {
		return plane.Ring{{X: x, Y: y}, {X: x + size, Y: y}, {X: x + size, Y: y + size}, {X: x, Y: y + size}}
	}
	hole := func(x, y, size int64) plane.Ring {
		return plane.Ring{{X: x, Y: y}, {X: x, Y: y + size}, {X: x + size, Y: y + size}, {X: x + size, Y: y}}
	}
	for _, c := range []struct {
		name     string
		polygons []plane.Polygon
		sound    bool
	}{
		{"a square", []plane.Polygon{{square(0, 0, 10)}}, true},
		{"a hole", []plane.Polygon{{square(0, 0, 10), hole(2, 2, 5)}}, true},
		{"two holes", []plane.Polygon{{square(0, 0, 10), hole(1, 1, 2), hole(5, 5, 2)}}, true},
		{"an island in a hole", []plane.Polygon{{square(0, 0, 10), hole(1, 1, 8)}, {square(3, 3, 2)}}, true},
		{"a straight point", []plane.Polygon{{{{X: 0, Y: 0}, {X: 5, Y: 0}, {X: 9, Y: 0}, {X: 0, Y: 9}}}}, true},
		{"wound the other way", []plane.Polygon{{hole(0, 0, 10)}}, false},
		{"a hole wound as a shell", []plane.Polygon{{square(0, 0, 10), square(2, 2, 5)}}, false},
		{"two points", []plane.Polygon{{{{X: 0, Y: 0}, {X: 5, Y: 0}}}}, false},
		{"a figure of eight", []plane.Polygon{{{{X: 0, Y: 0}, {X: 9, Y: 9}, {X: 9, Y: 0}, {X: 0, Y: 8}}}}, false},
		{"a spike", []plane.Polygon{{{{X: 0, Y: 0}, {X: 9, Y: 0}, {X: 9, Y: 9}, {X: 9, Y: 4}}}}, false},
		{"a point twice", []plane.Polygon{{{{X: 0, Y: 0}, {X: 4, Y: 0}, {X: 4, Y: 4}, {X: 8, Y: 2}, {X: 8, Y: 6}, {X: 4, Y: 4}, {X: 0, Y: 4}}}}, false},
		{"a point on an edge", []plane.Polygon{{{{X: 0, Y: 0}, {X: 9, Y: 0}, {X: 9, Y: 9}, {X: 5, Y: 0}, {X: 0, Y: 9}}}}, false},
		{"a hole outside", []plane.Polygon{{square(0, 0, 10), hole(20, 20, 5)}}, false},
		{"a hole in a hole", []plane.Polygon{{square(0, 0, 10), hole(1, 1, 8), hole(3, 3, 2)}}, false},
		{"a hole round a hole", []plane.Polygon{{square(0, 0, 10), hole(3, 3, 2), hole(1, 1, 8)}}, false},
		{"a hole touching its shell", []plane.Polygon{{square(0, 0, 10), hole(0, 2, 3)}}, false},
		{"parts sharing an edge", []plane.Polygon{{square(0, 0, 5)}, {square(5, 0, 5)}}, false},
		{"parts crossing", []plane.Polygon{{square(0, 0, 5)}, {square(3, 3, 5)}}, false},
		{"a part in a part", []plane.Polygon{{square(0, 0, 9)}, {square(3, 3, 2)}}, false},
		{"a part round a part", []plane.Polygon{{square(3, 3, 2)}, {square(0, 0, 9)}}, false},
	} {
		if got := new(checker).sound(c.polygons); got != c.sound {
			t.Errorf("%s: sound %v", c.name, got)
		}
	}
}
