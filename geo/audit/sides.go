package audit

import (
	"math"

	"gridwarden/geo"
)

// sides draws what divides the left of a line from its right: the line, straight ahead of
// each of its ends, and where two far stretches of it come near one another, the middle
// between them, for the nearest stretch tells the side.
func (p *pencil) sides(a *geo.Area, reach float64, near geo.Box) {
	var edges []sided
	for n, whole := range a.Shape.Lines {
		l := distinct(whole)
		for i := 0; i+1 < len(l); i++ {
			if !boxOf(l[i], l[i+1]).Intersects(near) {
				continue
			}
			edges = append(edges, sided{stretch{l[i], l[i+1]}, n, i, len(l) - 1, l[0] == l[len(l)-1]})
			p.edge(fineOf(l[i]), fineOf(l[i+1]), p.fresh())
			if i == 0 {
				p.ahead(l[1], l[0], reach)
			}
			if i+2 == len(l) || geo.Orient(l[i], l[i+1], l[i+2]) == 0 {
				p.ahead(l[i], l[i+1], reach)
			}
		}
	}
	if len(edges) > 1 {
		m := middle{p, reach}
		m.within(square(p.box), edges)
	}
}

// ahead draws the way straight on from b, seen from a, as far as the reach, and square to
// it, where b begins to be nearest.
func (p *pencil) ahead(a, b geo.Coord, reach float64) {
	dx, dy := float64(b.X)-float64(a.X), float64(b.Y)-float64(a.Y)
	east, north := geo.FrameAt(b).Scales()
	k := (reach + 1) / math.Hypot(dx*east, dy*north)
	from := fineOf(b)
	draw := func(x, y float64) {
		p.edge(from, spot{float64(b.X) + x, float64(b.Y) + y}.fine(), p.curve())
	}
	draw(k*dx, k*dy)
	draw(-k*dy*north/east, k*dx*east/north)
	draw(k*dy*north/east, -k*dx*east/north)
}

// sided is an edge of a line with sides, and its place in it.
type sided struct {
	stretch
	line, at, of int
	closed       bool
}

// follows tells whether two edges follow one another in their line.
func (e sided) follows(o sided) bool {
	if e.line != o.line {
		return false
	}
	apart := e.at - o.at
	return apart >= -1 && apart <= 1 || e.closed && (apart == e.of-1 || apart == 1-e.of)
}

// joins tells whether what is nearest to two edges has one side where it is no further than
// the most from the frame's origin: they follow one another, and neither is nearest with
// the end that the other does not share. A line that turns back past its own end has
// another side there.
func (e sided) joins(o sided, f geo.Frame, most float64) bool {
	if !e.follows(o) {
		return false
	}
	for _, end := range [...]geo.Coord{e.a, e.b, o.a, o.b} {
		if shared := (end == e.a || end == e.b) && (end == o.a || end == o.b); !shared && f.Distance(end) <= most {
			return false
		}
	}
	return true
}

// middle finds the ground that is as near to one stretch of a line as to another.
type middle struct {
	*pencil
	reach float64
}

// square is the smallest square of a power of two round a box, at its lower left.
func square(b geo.Box) geo.Box {
	side := int64(1)
	for int64(b.Min.X)+side < int64(b.Max.X) || int64(b.Min.Y)+side < int64(b.Max.Y) {
		side *= 2
	}
	return geo.Box{Min: b.Min, Max: geo.Coord{X: upTo(b.Min.X, side), Y: upTo(b.Min.Y, side)}}
}

func upTo(v int32, by int64) int32 { return int32(min(int64(v)+by, math.MaxInt32)) }

// within looks at a square, into which only some of the edges can be nearest.
func (m *middle) within(b geo.Box, edges []sided) {
	if !b.Intersects(m.box) {
		return
	}
	center := geo.Coord{X: int32((int64(b.Min.X) + int64(b.Max.X)) / 2), Y: int32((int64(b.Min.Y) + int64(b.Max.Y)) / 2)}
	f := geo.FrameAt(center)
	radius := max(f.Distance(b.Min), f.Distance(b.Max)) * 1.001
	distances := make([]float64, len(edges))
	nearest := math.Inf(1)
	for i, e := range edges {
		distances[i], _ = f.ToSegment(e.a, e.b)
		nearest = min(nearest, distances[i])
	}
	if nearest > m.reach+radius {
		return
	}
	var kept []sided
	for i, e := range edges {
		if distances[i] <= nearest+2*radius {
			kept = append(kept, e)
		}
	}
	switch size := int64(b.Max.X) - int64(b.Min.X); {
	case agree(kept, f, nearest+2*radius) || oneSide(kept, f, radius):
	case size > 2:
		for _, q := range quarters(b, center) {
			m.within(q, kept)
		}
	default:
		for i, e := range kept {
			for _, o := range kept[i+1:] {
				if !e.joins(o, f, nearest+2*radius) {
					m.cross(b, e, o)
				}
			}
		}
	}
}

// agree tells whether every two edges join, up to a distance from the frame's origin: what
// is nearest to them has one side.
func agree(edges []sided, f geo.Frame, most float64) bool {
	for i, e := range edges {
		for _, o := range edges[i+1:] {
			if !e.joins(o, f, most) {
				return false
			}
		}
	}
	return true
}

// oneSide tells whether all within a radius of the frame's origin lies on one side of all
// edges, drawn on without end.
func oneSide(edges []sided, f geo.Frame, radius float64) bool {
	var one float64
	for i, e := range edges {
		ax, ay := f.XY(e.a)
		bx, by := f.XY(e.b)
		off := (ax*by - ay*bx) / math.Hypot(bx-ax, by-ay)
		if i == 0 {
			one = off
		}
		if math.Abs(off) <= radius || off > 0 != (one > 0) {
			return false
		}
	}
	return true
}

func quarters(b geo.Box, c geo.Coord) [4]geo.Box {
	return [4]geo.Box{
		{Min: b.Min, Max: c},
		{Min: geo.Coord{X: c.X, Y: b.Min.Y}, Max: geo.Coord{X: b.Max.X, Y: c.Y}},
		{Min: geo.Coord{X: b.Min.X, Y: c.Y}, Max: geo.Coord{X: c.X, Y: b.Max.Y}},
		{Min: c, Max: b.Max},
	}
}

// tied is a difference in metres below which two edges are equally near: they meet in the
// vertex that is nearest.
const tied = 1e-7

func corners(b geo.Box) [4]geo.Coord {
	return [4]geo.Coord{b.Min, {X: b.Max.X, Y: b.Min.Y}, b.Max, {X: b.Min.X, Y: b.Max.Y}}
}

// cross draws the middle between two edges through a square of two units.
func (m *middle) cross(b geo.Box, one, other sided) {
	c := corners(b)
	var difference [4]float64
	even := true
	for i := range c {
		f := geo.FrameAt(c[i])
		to, from := metresTo(f, one), metresTo(f, other)
		difference[i] = to - from
		even = even && math.Abs(difference[i]) <= tied
	}
	if even {
		return
	}
	at := m.noughts(b, difference)
	for i := 1; i < len(at); i++ {
		m.edge(at[i-1].fine(), at[i].fine(), m.curve())
	}
}

func metresTo(f geo.Frame, e sided) float64 {
	metres, _ := f.ToSegment(e.a, e.b)
	return metres
}
