package coverage

import (
	"container/heap"
	"math"

	"gridwarden/geo/plane"
)

// vec is a place in metres in a flat frame.
type vec struct{ x, y float64 }

// outlineSide is a side of a polygon in metres, with the ground on its left, and where the
// sides before and after it begin and end.
type outlineSide struct{ before, a, b, after vec }

// outline is a polygon of the fine grid in metres about its first point.
type outline struct {
	origin       plane.Point
	kx, ky       float64 // metres of a fine unit
	sides        []outlineSide
	area, length float64
}

func newOutline(p plane.Polygon) *outline {
	o := &outline{origin: p[0][0]}
	o.kx, o.ky = scales(o.origin)
	for _, ring := range p {
		at := func(i int) vec {
			q := ring[(i+len(ring))%len(ring)]
			return vec{float64(q.X-o.origin.X) * o.kx, float64(q.Y-o.origin.Y) * o.ky}
		}
		for i := range ring {
			s := outlineSide{at(i - 1), at(i), at(i + 1), at(i + 2)}
			o.area += (s.a.x*s.b.y - s.a.y*s.b.x) / 2
			o.length += math.Hypot(s.b.x-s.a.x, s.b.y-s.a.y)
			o.sides = append(o.sides, s)
		}
	}
	o.area = max(o.area, 0)
	return o
}

// size is the area and the largest inscribed circle.
func (o *outline) size() size {
	c := inscribed(o.sides, o.area, o.length)
	centre := plane.Point{X: o.origin.X + int64(math.Round(c.at.x/o.kx)), Y: o.origin.Y + int64(math.Round(c.at.y/o.ky))}
	return size{at: degrees(centre), width: 2 * c.radius, area: o.area}
}

// circle is a place and its distance to the outline, negative outside.
type circle struct {
	at     vec
	radius float64
}

const (
	halvings  = 250  // of cells, at most
	effort    = 1e6  // comparisons of places with sides: the measure of both searches
	precision = 0.01 // of the radius, where the effort suffices
)

// inscribed finds the largest circle within a polygon, to a hundredth. In a thin polygon
// it lies opposite to a vertex or between three sides in a row, so circles between a
// vertex or the middle of a side and what lies opposite, and those, are tried first; then cells that may hold a better one
// are halved, best first (Agafonkin's polylabel), within bounded effort.
func inscribed(sides []outlineSide, area, length float64) circle {
	best := circle{sides[0].a, 0}
	try := func(p vec) {
		if c := (circle{p, clearance(sides, p)}); c.radius > best.radius {
			best = c
		}
	}
	if area < length*length/40 {
		stride := len(sides)*len(sides)/effort + 1
		for i := 0; i < len(sides); i += stride {
			s := sides[i]
			try(opposite(sides, s, 0))
			try(opposite(sides, s, 0.5))
			try(opposite(sides, s, 1))
			try(s.wedged())
		}
	}
	cells := cover(sides)
	for range min(halvings, effort/len(sides)+100) {
		if len(cells) == 0 {
			break
		}
		c := heap.Pop(&cells).(cell)
		if c.potential <= best.radius*(1+precision) {
			break
		}
		for _, q := range [...]vec{{-1, -1}, {1, -1}, {-1, 1}, {1, 1}} {
			p := vec{c.at.x + q.x*c.half/2, c.at.y + q.y*c.half/2}
			d := clearance(sides, p)
			if d > best.radius {
				best = circle{p, d}
			}
			if reach := d + c.half/2*math.Sqrt2; reach > best.radius*(1+precision) {
				heap.Push(&cells, cell{p, c.half / 2, reach})
			}
		}
	}
	return best
}

// wedged is the middle of the circle that touches the side and both its neighbours: where
// the bisectors of its corners meet.
func (s outlineSide) wedged() vec {
	p, q := inward(s.before, s.a, s.b), inward(s.a, s.b, s.after)
	den := p.x*q.y - p.y*q.x
	if den == 0 {
		return s.a
	}
	t := ((s.b.x-s.a.x)*q.y - (s.b.y-s.a.y)*q.x) / den
	return vec{s.a.x + t*p.x, s.a.y + t*p.y}
}

// inward is the direction of the bisector of a corner to the left of the way.
func inward(before, at, after vec) vec {
	u, v := math.Hypot(at.x-before.x, at.y-before.y), math.Hypot(after.x-at.x, after.y-at.y)
	return vec{-(at.y-before.y)/u - (after.y-at.y)/v, (at.x-before.x)/u + (after.x-at.x)/v}
}

// opposite is midway between a place on a side and the border met straight across.
func opposite(sides []outlineSide, s outlineSide, along float64) vec {
	dx, dy := s.b.x-s.a.x, s.b.y-s.a.y
	p := vec{s.a.x + along*dx, s.a.y + along*dy}
	switch along {
	case 0:
		p = s.a
	case 1:
		p = s.b
	}
	nearest := math.Inf(1)
	for _, o := range sides {
		ex, ey := o.b.x-o.a.x, o.b.y-o.a.y
		den := -dy*ey - dx*ex // cross of the leftward normal (-dy, dx) and the side
		if den == 0 || o == s || o.a == p || o.b == p {
			continue
		}
		fx, fy := o.a.x-p.x, o.a.y-p.y
		t, u := (fx*ey-fy*ex)/den, (fx*dx+fy*dy)/den
		if t > 0 && u >= 0 && u <= 1 {
			nearest = min(nearest, t)
		}
	}
	if math.IsInf(nearest, 1) {
		return p
	}
	return vec{p.x - dy*nearest/2, p.y + dx*nearest/2}
}

// clearance is the distance from p to the outline, negative outside.
func clearance(sides []outlineSide, p vec) float64 {
	nearest, inside := math.Inf(1), false
	for _, s := range sides {
		dx, dy := s.b.x-s.a.x, s.b.y-s.a.y
		px, py := p.x-s.a.x, p.y-s.a.y
		if (s.a.y > p.y) != (s.b.y > p.y) && px < dx*py/dy {
			inside = !inside
		}
		t := 0.0
		if l := dx*dx + dy*dy; l > 0 {
			t = max(0, min(1, (px*dx+py*dy)/l))
		}
		ex, ey := px-t*dx, py-t*dy
		nearest = min(nearest, ex*ex+ey*ey)
	}
	if inside {
		return math.Sqrt(nearest)
	}
	return -math.Sqrt(nearest)
}

// cell is a square that may hold the centre of a circle as large as its potential.
type cell struct {
	at        vec
	half      float64
	potential float64
}

// cover is a heap with a square over the whole outline.
func cover(sides []outlineSide) cells {
	lo, hi := sides[0].a, sides[0].a
	for _, s := range sides {
		lo = vec{min(lo.x, s.a.x), min(lo.y, s.a.y)}
		hi = vec{max(hi.x, s.a.x), max(hi.y, s.a.y)}
	}
	half := max(hi.x-lo.x, hi.y-lo.y) / 2
	return cells{{vec{(lo.x + hi.x) / 2, (lo.y + hi.y) / 2}, half, math.Inf(1)}}
}

// cells is a heap, greatest potential first.
type cells []cell

func (c cells) Len() int           { return len(c) }
func (c cells) Less(i, j int) bool { return c[i].potential > c[j].potential }
func (c cells) Swap(i, j int)      { c[i], c[j] = c[j], c[i] }
func (c *cells) Push(x any)        { *c = append(*c, x.(cell)) }
func (c *cells) Pop() any {
	old := *c
	x := old[len(old)-1]
	*c = old[:len(old)-1]
	return x
}
