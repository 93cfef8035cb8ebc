package audit

import (
	"math"

	"gridwarden/geo"
	"gridwarden/geo/plane"
)

const (
	// sagitta is how far in metres a chord may lie from the arc it stands for: a quarter of
	// a unit.
	sagitta = 0.0028
	// straight is the length in metres up to which the parallel of an edge is straight to
	// far below a unit, though scales change with the latitude.
	straight = 2000
	// tick is half the length in metres of a mark across a parallel: about a unit.
	tick = 0.011
)

// line draws what bounds the ground on which a line answers: the border of its reach, and
// where it answers on one side only, what lies between the sides.
func (p *pencil) line(a *geo.Area, reach float64) {
	if !(reach >= 0) {
		return
	}
	near := around(p.box, reach)
	for _, l := range a.Shape.Lines {
		p.reach(distinct(l), reach, near)
	}
	if a.Side == geo.Left || a.Side == geo.Right {
		p.sides(a, reach, near)
	}
}

// around is a box grown by metres on all sides.
func around(b geo.Box, metres float64) geo.Box {
	for _, c := range [...]geo.Coord{b.Min, b.Max} {
		b = b.Union(geo.FrameAt(c).Around(metres))
	}
	return b
}

// distinct is a line without the vertices that repeat the one before.
func distinct(l geo.Line) []geo.Coord {
	out := make([]geo.Coord, 0, len(l))
	for _, c := range l {
		if len(out) == 0 || out[len(out)-1] != c {
			out = append(out, c)
		}
	}
	return out
}

// reach draws the border of all within reach of one line, and more inside it: on the inner
// side of a bend the parallels run on until they meet. A line without length has no reach.
func (p *pencil) reach(l []geo.Coord, reach float64, near geo.Box) {
	for i := 0; i+1 < len(l); i++ {
		if boxOf(l[i], l[i+1]).Intersects(near) {
			p.parallels(l[i], l[i+1], reach)
		}
	}
	if len(l) < 2 {
		return
	}
	for i, c := range l {
		if !near.Contains(c) {
			continue
		}
		switch i {
		case 0:
			p.arc(c, reach, heading(c, l[1])+math.Pi/2, math.Pi)
		case len(l) - 1:
			p.arc(c, reach, heading(l[i-1], c)-math.Pi/2, math.Pi)
		default:
			from := heading(l[i-1], c)
			turn := math.Remainder(heading(c, l[i+1])-from, 2*math.Pi)
			p.arc(c, reach, from-math.Copysign(math.Pi/2, turn), turn)
		}
	}
}

// heading is the direction from a to b on the ground, counter-clockwise from east.
func heading(a, b geo.Coord) float64 {
	x, y := geo.FrameAt(a).XY(b)
	return math.Atan2(y, x)
}

// arc draws the circle round c from one direction through a turn.
func (p *pencil) arc(c geo.Coord, radius, from, turn float64) {
	step := math.Pi / 2
	if radius > sagitta {
		step = min(step, 2*math.Acos(1-sagitta/radius))
	}
	n := int(math.Abs(turn)/step) + 1
	step = turn / float64(n)
	if step == 0 {
		return
	}
	at := func(direction float64) plane.Point {
		sin, cos := math.Sincos(direction)
		return away(spotOf(c), func(float64, float64) (x, y float64) { return radius * cos, radius * sin }).fine()
	}
	piece := p.curve()
	last := at(from - step)
	for i := range n + 2 {
		next := at(from + float64(i)*step)
		p.edge(last, next, piece)
		last = next
	}
}

// parallels draws the two lines at a distance from an edge, a unit longer at both ends, and
// a tick across each where the edge ends: an arc only touches it there, the parallel of an
// edge that goes on nearly straight runs beside it, and neither need meet it once rounded.
func (p *pencil) parallels(a, b geo.Coord, distance float64) {
	dx, dy := float64(b.X)-float64(a.X), float64(b.Y)-float64(a.Y)
	long := 1 / math.Hypot(dx, dy)
	n := int(geo.FrameAt(a).Distance(b)/straight) + 1
	for _, side := range [...]float64{1, -1} {
		at := func(t, distance float64) plane.Point {
			return away(spot{float64(a.X) + t*dx, float64(a.Y) + t*dy}, func(east, north float64) (x, y float64) {
				length := math.Hypot(dx*east, dy*north)
				return -side * distance * dy * north / length, side * distance * dx * east / length
			}).fine()
		}
		piece := p.curve()
		last := at(-long, distance)
		for i := 1; i <= n; i++ {
			t := float64(i) / float64(n)
			if i == n {
				t += long
			}
			next := at(t, distance)
			p.edge(last, next, piece)
			last = next
		}
		for _, end := range [...]float64{0, 1} {
			p.edge(at(end, distance-tick), at(end, distance+tick), p.curve())
		}
	}
}
