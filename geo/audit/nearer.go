package audit

import (
	"math"
	"slices"

	"gridwarden/geo"
)

// bent is how far in units the end of a chord on the side of a square may lie beside the
// middle between two lines that it stands for.
const bent = 0.1

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
	at := framesOf(b)
	one, other = telling(closest(f, one, toOne+2*radius), &at), telling(closest(f, other, toOther+2*radius), &at)
	if v, meet := joint(one, other, &at); meet {
		for _, e := range one {
			for _, o := range other {
				m.fan(v, e.other(v), o.other(v))
			}
		}
		return
	}
	var difference [4]float64
	sumOne, sumOther, even := 0.0, 0.0, math.Abs(toOne-toOther) <= tied
	for i, g := range at {
		fromOne, fromOther := least(g, one), least(g, other)
		sumOne, sumOther = sumOne+fromOne, sumOther+fromOther
		difference[i] = fromOne - fromOther
		even = even && math.Abs(difference[i]) <= tied
	}
	size := int64(b.Max.X) - int64(b.Min.X)
	switch bend := math.Abs(toOne-sumOne/4) + math.Abs(toOther-sumOther/4); {
	case even:
	case size <= 2, len(one) == 1 && len(other) == 1 && linear(difference, bend*float64(size)):
		m.chord(b, difference)
	default:
		for _, q := range quarters(b, center) {
			m.within(q, one, other)
		}
	}
}

// linear tells whether a difference told at the corners of a square is nought on its sides
// where it were if it were linear, to about what is bent. The bend is how far the two
// distances are from linear at the center, times the side in units: as one to a single edge
// is convex, that bounds how far they are on the sides.
func linear(difference [4]float64, bend float64) bool {
	for i, d := range difference {
		if bend > bent*(math.Abs(d)+math.Abs(difference[(i+1)%4])) {
			return false
		}
	}
	return true
}

// framesOf are frames at the corners of a square.
func framesOf(b geo.Box) (frames [4]geo.Frame) {
	for i, c := range corners(b) {
		frames[i] = geo.FrameAt(c)
	}
	return frames
}

// telling are edges of a line without those of which, from all of a square, an end is
// nearest that another shares: that one is as near. So the outer side of a bend is told by
// one edge.
func telling(edges []stretch, corners *[4]geo.Frame) []stretch {
	for i := 0; i < len(edges); {
		e := edges[i]
		shared := func(v geo.Coord) bool {
			return slices.ContainsFunc(edges, func(o stretch) bool { return o != e && (o.a == v || o.b == v) })
		}
		if first, last := e.ends(corners); first == 4 && shared(e.a) || last == 4 && shared(e.b) {
			edges = slices.Delete(edges, i, i+1)
		} else {
			i++
		}
	}
	return edges
}

// ends tells from how many corners of a square each end of an edge is what is nearest of it.
func (e stretch) ends(corners *[4]geo.Frame) (first, last int) {
	for _, f := range corners {
		switch _, along := f.ToSegment(e.a, e.b); along {
		case 0:
			first++
		case 1:
			last++
		}
	}
	return first, last
}

// joint is the vertex in which all edges of two lines meet, if from nowhere in a square the
// other end of one of them is nearest.
func joint(one, other []stretch, corners *[4]geo.Frame) (v geo.Coord, meet bool) {
	for _, v := range [...]geo.Coord{one[0].a, one[0].b} {
		away := func(e stretch) bool {
			first, last := e.ends(corners)
			return (e.a != v || last > 0) && (e.b != v || first > 0)
		}
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

// chord draws where a difference is nought through a square, with a tick along the side at
// each end: where the squares beside it are of another size, theirs end a little beside it
// on the same side.
func (m between) chord(b geo.Box, difference [4]float64) {
	at := m.noughts(b, difference)
	for i := 1; i < len(at); i++ {
		m.edge(at[i-1].fine(), at[i].fine(), m.curve())
	}
	for _, s := range at {
		x, y := 0.5, 0.0
		if s.x == float64(b.Min.X) || s.x == float64(b.Max.X) {
			x, y = y, x
		}
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
