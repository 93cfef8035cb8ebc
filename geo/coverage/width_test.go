package coverage

import (
	"math"
	"testing"

	"pgregory.net/rapid"

	"gridwarden/geo/plane"
)

// fineMetre is about the fine units of a metre at the equator, where these are drawn.
const fineMetre = 1e7 * step / 111319.49

func widthOf(points ...vec) float64 {
	var r plane.Ring
	for _, p := range points {
		r = append(r, plane.Point{X: int64(math.Round(p.x * fineMetre)), Y: int64(math.Round(p.y * fineMetre))})
	}
	return newOutline(plane.Polygon{r}).size().width
}

func TestWidthIsTheLargestCircleInside(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		points []vec
		want   float64
	}{
		"square":     {[]vec{{0, 0}, {10, 0}, {10, 10}, {0, 10}}, 10},
		"strip":      {[]vec{{0, 0}, {1000, 0}, {1000, 0.5}, {0, 0.5}}, 0.5},
		"hairline":   {[]vec{{0, 0}, {1000, 0}, {1000, 0.001}, {0, 0.001}}, 0.001},
		"slope":      {[]vec{{0, 0}, {300, 400}, {299.2, 400.6}, {-0.8, 0.6}}, 1},
		"spindle":    {[]vec{{0, 0}, {50, -0.5}, {100, 0}, {50, 0.5}}, 1},
		"wedge":      {[]vec{{0, 0}, {100, 0}, {100, 1}}, 0.995},
		"equilator":  {[]vec{{0, 0}, {6, 0}, {3, 3 * math.Sqrt(3)}}, 2 * math.Sqrt(3)},
		"pan handle": {[]vec{{0, 0}, {10, 0}, {10, 4.9}, {200, 4.9}, {200, 5}, {10, 5}, {10, 10}, {0, 10}}, 10},
	} {
		if got := widthOf(c.points...); math.Abs(got-c.want) > 0.02*c.want {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}

// A triangle's inscribed circle is known: twice its area by its length.
func TestWidthOfAnyTriangle(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		number := rapid.Float64Range(-100, 100)
		point := rapid.Custom(func(t *rapid.T) vec { return vec{number.Draw(t, "x"), number.Draw(t, "y")} })
		a, b, c := point.Draw(t, "a"), point.Draw(t, "b"), point.Draw(t, "c")
		area := ((b.x-a.x)*(c.y-a.y) - (b.y-a.y)*(c.x-a.x)) / 2
		if area < 0 {
			b, c, area = c, b, -area
		}
		length := math.Hypot(b.x-a.x, b.y-a.y) + math.Hypot(c.x-b.x, c.y-b.y) + math.Hypot(a.x-c.x, a.y-c.y)
		if area < 1e-3 {
			return
		}
		want := 4 * area / length
		if got := widthOf(a, b, c); got < 0.98*want || got > 1.02*want {
			t.Fatalf("width %v, want %v", got, want)
		}
	})
}
