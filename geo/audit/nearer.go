package audit

import (
	"math"
	"slices"

	"gridwarden/geo"
)

// coarse is the side in units of the largest square through which the middle between two
// lines is drawn as one chord, where it is straight enough.
const coarse = 256

// bent is how far in metres a difference of distances may be from linear within a square:
// a tenth of a unit.
const bent = 0.001

// nearer draws the middle between two lines, where both answer: rows that name the
// department of the nearest line decide otherwise on its two sides. Ground that is equally
// near to both, beyond an end they share, stays undivided: there routing itself takes
// either.
func (p *pencil) nearer(one, other *geo.Area, reachOne, reachOther float64) {
	between{p, reachOne, reachOther, map[fanOf]bool{}}.within(square(p.box), nearEdges(one, around(p.box, reachOne)), nearEdges(other, around(p.box, reachOther)))
}

func nearEdges(a *geo.Area, near geo.Box) []stretch {
	var edges []stretch
	for _, l := range a.Shape.Lines {
		for i := 0; i+1 < len(l); i++ {
			if l[i] != l[i+1] && boxOf(l[i], l[i+1]).Intersects(near) {
				edges = append(edges, stretch{l[i], l[i+1]})
			}
		}
	}
	return edges
}

type between struct {
	*pencil
	reachOne, reachOther float64
	fans                 map[fanOf]bool // drawn
}

func (m between) within(b geo.Box, one, other []stretch) {
	if len(one) == 0 || len(other) == 0 || !b.Intersects(m.box) {
		return
	}
	center := geo.Coord{X: int32((int64(b.Min.X) + int64(b.Max.X)) / 2), Y: int32((int64(b.Min.Y) + int64(b.Max.Y)) / 2)}
	f := geo.FrameAt(center)
	radius := max(f.Distance(b.Min), f.Distance(b.Max)) * 1.001
	toOne, toOther := least(f, one), least(f, other)
	if toOne > m.reachOne+radius || toOther > m.reachOther+radius || math.Abs(toOne-toOther) > 2*radius {
		return
	}
	one, other = closest(f, one, toOne+2*radius), closest(f, other, toOther+2*radius)
	if v, meet := joint(one, other); meet {
		for _, e := range one {
			for _, o := range other {
				m.fan(v, e.other(v), o.other(v))
			}
		}
		return
	}
	var difference [4]float64
	sum, even := 0.0, math.Abs(toOne-toOther) <= tied
	for i, c := range corners(b) {
		g := geo.FrameAt(c)
		difference[i] = least(g, one) - least(g, other)
		sum += difference[i]
		even = even && math.Abs(difference[i]) <= tied
	}
	size := int64(b.Max.X) - int64(b.Min.X)
	switch linear := math.Abs(toOne-toOther-sum/4) < bent; {
	case even:
	case size <= 2, size <= coarse && len(one) == 1 && len(other) == 1 && linear && steep(difference, radius):
		m.chord(b, difference)
	default:
		for _, q := range quarters(b, center) {
			m.within(q, one, other)
		}
	}
}

// joint is the vertex in which all edges of two lines meet.
func joint(one, other []stretch) (v geo.Coord, meet bool) {
	for _, v := range [...]geo.Coord{one[0].a, one[0].b} {
		away := func(e stretch) bool { return e.a != v && e.b != v }
		if !slices.ContainsFunc(one, away) && !slices.ContainsFunc(other, away) {
			return v, true
		}
	}
	return v, false
}

// other is the end of an edge that is not v.
func (e stretch) other(v geo.Coord) geo.Coord {
	if e.a == v {
		return e.b
	}
	return e.a
}

// fan draws the middle between two edges that leave one vertex, once: the ray that halves
// the angle between them, and those square to each, beyond which the vertex itself is
// nearest.
func (m between) fan(v, a, b geo.Coord) {
	key := stretchOf(a, b)
	if m.fans[fanOf{v, key}] {
		return
	}
	m.fans[fanOf{v, key}] = true
	f := geo.FrameAt(v)
	reach := max(m.reachOne, m.reachOther) + 1
	one, other := heading(v, a), heading(v, b)
	half := one + math.Remainder(other-one, 2*math.Pi)/2
	east, north := f.Scales()
	for _, direction := range [...]float64{half, one + math.Pi/2, one - math.Pi/2, other + math.Pi/2, other - math.Pi/2} {
		sin, cos := math.Sincos(direction)
		m.edge(fineOf(v), spot{float64(v.X) + reach*cos/east, float64(v.Y) + reach*sin/north}.fine(), m.curve())
	}
}

// fanOf is the middle between two edges that leave a vertex.
type fanOf struct {
	at   geo.Coord
	ends stretch
}

// steep tells whether a difference changes so fast through a square that a small error of
// it is a small error of place.
func steep(difference [4]float64, radius float64) bool {
	return max(math.Abs(difference[0]-difference[2]), math.Abs(difference[1]-difference[3])) > radius/4
}

func least(f geo.Frame, edges []stretch) float64 {
	best := math.Inf(1)
	for _, e := range edges {
		metres, _ := f.ToSegment(e.a, e.b)
		best = min(best, metres)
	}
	return best
}

func closest(f geo.Frame, edges []stretch, within float64) []stretch {
	var kept []stretch
	for _, e := range edges {
		if metres, _ := f.ToSegment(e.a, e.b); metres <= within {
			kept = append(kept, e)
		}
	}
	return kept
}

// chord draws where a difference is nought through a square, with a tick across each end:
// the squares beside it may be of another size, and end a little beside it.
func (m between) chord(b geo.Box, difference [4]float64) {
	at := m.noughts(b, difference)
	for i := 1; i < len(at); i++ {
		m.edge(at[i-1].fine(), at[i].fine(), m.curve())
	}
	if len(at) < 2 {
		return
	}
	dx, dy := at[1].x-at[0].x, at[1].y-at[0].y
	length := math.Hypot(dx, dy)
	if length == 0 {
		return
	}
	for _, s := range at {
		x, y := dy/length/2, -dx/length/2
		m.edge(spot{s.x - x, s.y - y}.fine(), spot{s.x + x, s.y + y}.fine(), m.curve())
	}
}

// noughts are where a difference, told at the corners of a square, is nought on its sides.
// Squares that share a side find the same.
func (p *pencil) noughts(b geo.Box, difference [4]float64) []spot {
	c := corners(b)
	var at []spot
	for i := range c {
		j, k := i, (i+1)%4
		if difference[j] > 0 == (difference[k] > 0) {
			continue
		}
		if c[k].Compare(c[j]) < 0 {
			j, k = k, j
		}
		t := difference[j] / (difference[j] - difference[k])
		from, to := spotOf(c[j]), spotOf(c[k])
		at = append(at, spot{from.x + t*(to.x-from.x), from.y + t*(to.y-from.y)})
	}
	return at
}
