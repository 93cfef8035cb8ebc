package geo

import (
	"testing"

	"pgregory.net/rapid"
)

func square(x, y, size int32) Ring {
	return Ring{{x, y}, {x + size, y}, {x + size, y + size}, {x, y + size}}
}

func TestABoxFindsWhatItTouchesAndNothingBeside(t *testing.T) {
	hole := square(10, 10, 10)
	ringed := Shape{Polygons: MultiPolygon{{square(0, 0, 30), {hole[3], hole[2], hole[1], hole[0]}}}}
	slope := Shape{Lines: MultiLine{{{0, 0}, {10, 10}}}}
	whole := Box{Coord{-1800000000, -900000000}, Coord{1800000000, 900000000}}
	for name, c := range map[string]struct {
		shape Shape
		box   Box
		want  bool
	}{
		"across a border":        {ringed, Box{Coord{-5, 5}, Coord{5, 6}}, true},
		"inside, no border":      {ringed, Box{Coord{2, 2}, Coord{3, 3}}, true},
		"inside the hole":        {ringed, Box{Coord{12, 12}, Coord{15, 15}}, false},
		"touching the hole":      {ringed, Box{Coord{12, 12}, Coord{20, 15}}, true},
		"touching a corner":      {ringed, Box{Coord{30, 30}, Coord{40, 40}}, true},
		"one unit off":           {ringed, Box{Coord{31, 31}, Coord{40, 40}}, false},
		"the world":              {ringed, whole, true},
		"a single point of it":   {ringed, Box{Coord{5, 5}, Coord{5, 5}}, true},
		"the slope's own corner": {slope, Box{Coord{6, 0}, Coord{10, 4}}, false},
		"on the slope":           {slope, Box{Coord{4, 3}, Coord{9, 4}}, true},
		"nothing":                {Shape{}, whole, false},
	} {
		if got := c.shape.Meets(c.box); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

// TestMeetsAgreesWithEveryPointOfTheBox asks the point predicate about each unit of small
// boxes and small triangles: a box meets the triangle if any of its units is in it or on
// its edge, or an edge passes between units, which the segment test of a judge finds.
func TestMeetsAgreesWithEveryPointOfTheBox(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		at := rapid.Int32Range(0, 12)
		coord := rapid.Custom(func(t *rapid.T) Coord { return Coord{at.Draw(t, "x"), at.Draw(t, "y")} })
		a, b, c := coord.Draw(t, "a"), coord.Draw(t, "b"), coord.Draw(t, "c")
		p, q := coord.Draw(t, "p"), coord.Draw(t, "q")
		box := EmptyBox().Extend(p).Extend(q)
		shape := Shape{Polygons: MultiPolygon{{{a, b, c}}}}
		want := false
		for x := box.Min.X; x <= box.Max.X; x++ {
			for y := box.Min.Y; y <= box.Max.Y; y++ {
				inside, on := shape.Polygons.Locate(Coord{x, y})
				want = want || inside || on
			}
		}
		corners := []Coord{box.Min, {box.Max.X, box.Min.Y}, box.Max, {box.Min.X, box.Max.Y}}
		for _, edge := range [][2]Coord{{a, b}, {b, c}, {c, a}} {
			for i := range corners {
				want = want || crossing(edge[0], edge[1], corners[i], corners[(i+1)%4])
			}
		}
		if got := shape.Meets(box); got != want {
			t.Fatalf("triangle %v %v %v and box %v: %v", a, b, c, box, got)
		}
	})
}

// crossing tells whether two segments cross in the interior of both.
func crossing(a, b, c, d Coord) bool {
	return Orient(a, b, c)*Orient(a, b, d) < 0 && Orient(c, d, a)*Orient(c, d, b) < 0
}
