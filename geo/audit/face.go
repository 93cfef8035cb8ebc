package audit

import (
	"math"
	"slices"

	"gridwarden/geo"
	"gridwarden/geo/plane"
)

// maxRows is how many rows of coordinates are tried for a point inside a face.
const maxRows = 256

// How far off every side, in fine units, a point inside must be: anything off the borders
// of areas, which are drawn as they are; half a unit off curves, which are drawn as chords.
// One that is off a curve by no more than the rounding of the drawing may be beyond it. One
// that is off enough need not be further.
const (
	offBorders  = 1e-4
	offRounding = 1
	offCurves   = fine / 2
	enough      = 2 * fine
	// surer is how many times as far a point counts as being off the border of an area: what
	// is off that by the rounding is as sure as what is half a unit off a curve.
	surer = offCurves / offRounding
)

// side is an edge of a face, which goes from below to above or is level.
type side struct {
	low, high plane.Point
	curved    bool // drawn as a chord
}

func sideOf(a, b plane.Point, curved bool) side {
	if a.Y > b.Y {
		a, b = b, a
	}
	return side{a, b, curved}
}

// inside is a coordinate within the sides that is as far off them all as a search of some
// rows finds, and how far, as [offAll] tells it; 0 where it finds none.
func inside(sides []side) (c geo.Coord, off float64) {
	low, high := int64(math.MaxInt64), int64(math.MinInt64)
	for _, s := range sides {
		low, high = min(low, s.low.Y), max(high, s.high.Y)
	}
	first, last := -floorDiv(-low, fine), floorDiv(high, fine)
	var xs []float64
	for y := range rows(first, last) {
		xs = crossings(sides, y*fine, xs[:0])
		for i := 0; i+1 < len(xs); i += 2 {
			if surer*(xs[i+1]-xs[i]) <= 2*off {
				continue
			}
			for _, x := range [...]int64{int64(math.Floor((xs[i] + xs[i+1]) / (2 * fine))), int64(math.Ceil((xs[i] + xs[i+1]) / (2 * fine)))} {
				at := plane.Point{X: x * fine, Y: y * fine}
				if fx := float64(at.X); fx <= xs[i] || fx >= xs[i+1] {
					continue
				}
				if d := offAll(sides, at, off); d > off {
					off, c = d, geo.Coord{X: int32(x), Y: int32(y)}
				}
			}
			if off >= enough {
				return c, off
			}
		}
	}
	return c, off
}

// rows are whole numbers from first to last: the middle first, then the middles of the
// halves, and so on, a bounded number of them.
func rows(first, last int64) func(func(int64) bool) {
	return func(yield func(int64) bool) {
		type part struct{ from, to int64 }
		parts := []part{{first, last}}
		for n := 0; n < len(parts) && n < maxRows; n++ {
			p := parts[n]
			if p.from > p.to {
				continue
			}
			middle := p.from + (p.to-p.from)/2
			if !yield(middle) {
				return
			}
			parts = append(parts, part{p.from, middle - 1}, part{middle + 1, p.to})
		}
	}
}

// crossings are where the row of a height meets the sides, from west to east: inside lies
// between the first and the second, the third and the fourth …
func crossings(sides []side, y int64, xs []float64) []float64 {
	for _, s := range sides {
		if s.low.Y <= y && y < s.high.Y {
			t := float64(y-s.low.Y) / float64(s.high.Y-s.low.Y)
			xs = append(xs, float64(s.low.X)+t*float64(s.high.X-s.low.X))
		}
	}
	slices.Sort(xs)
	return xs
}

// offAll is how far p is from the nearest side, borders of areas being surer times as far;
// not exactly when that is below what is asked for at least.
func offAll(sides []side, p plane.Point, atLeast float64) float64 {
	best := math.Inf(1)
	for _, s := range sides {
		ax, ay := float64(s.low.X-p.X), float64(s.low.Y-p.Y)
		dx, dy := float64(s.high.X-s.low.X), float64(s.high.Y-s.low.Y)
		t := 0.0
		if l2 := dx*dx + dy*dy; l2 > 0 {
			t = max(0, min(1, -(ax*dx+ay*dy)/l2))
		}
		off := math.Hypot(ax+t*dx, ay+t*dy)
		if !s.curved {
			off *= surer
		}
		if best = min(best, off); best < atLeast {
			return best
		}
	}
	return best
}

func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}

// facesOf are the sides of every face of an arrangement. Edges with one face on both sides
// bound nothing.
func facesOf(p *pencil, a *plane.Arrangement) [][]side {
	count := make([]int32, len(a.Faces))
	bounds := func(e *plane.Edge) bool { return e.Left != e.Right }
	for i := range a.Edges {
		if e := &a.Edges[i]; bounds(e) {
			count[e.Left]++
			count[e.Right]++
		}
	}
	faces := make([][]side, len(a.Faces))
	for f, n := range count {
		faces[f] = make([]side, 0, n)
	}
	for i := range a.Edges {
		if e := &a.Edges[i]; bounds(e) {
			s := sideOf(a.Nodes[e.From], a.Nodes[e.To], p.curved(a.Sets.Pieces(e.Set)))
			faces[e.Left] = append(faces[e.Left], s)
			faces[e.Right] = append(faces[e.Right], s)
		}
	}
	return faces
}

// size is the area in square metres of polygons in fine units.
func size(polygons []plane.Polygon) float64 {
	if len(polygons) == 0 {
		return 0
	}
	o := polygons[0][0][0]
	sum, low, high := 0.0, o.Y, o.Y
	for _, p := range polygons {
		for _, r := range p {
			for i := range r {
				a, b := r[i], r[(i+1)%len(r)]
				sum += float64(a.X-o.X)*float64(b.Y-o.Y) - float64(a.Y-o.Y)*float64(b.X-o.X)
				low, high = min(low, a.Y), max(high, a.Y)
			}
		}
	}
	east, north := geo.FrameAt(geo.Coord{Y: int32((low/2 + high/2) / fine)}).Scales()
	return sum / 2 / fine / fine * east * north
}

// rounded are polygons in fine units as they are drawn: at whole units, without what
// vanishes then.
func rounded(polygons []plane.Polygon) geo.MultiPolygon {
	var out geo.MultiPolygon
	for _, p := range polygons {
		var polygon geo.Polygon
		for i, r := range p {
			ring := make(geo.Ring, 0, len(r))
			for _, v := range r {
				c := geo.Coord{X: int32(floorDiv(2*v.X+fine, 2*fine)), Y: int32(floorDiv(2*v.Y+fine, 2*fine))}
				if len(ring) == 0 || c != ring[len(ring)-1] {
					ring = append(ring, c)
				}
			}
			if len(ring) > 1 && ring[0] == ring[len(ring)-1] {
				ring = ring[:len(ring)-1]
			}
			if len(ring) < 3 {
				if i == 0 {
					break
				}
				continue
			}
			polygon = append(polygon, ring)
		}
		if len(polygon) > 0 {
			out = append(out, polygon)
		}
	}
	return out
}
