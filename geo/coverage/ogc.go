package coverage

import (
	"cmp"
	"math"
	"slices"

	"github.com/paulmach/orb"

	"gridwarden/geo"
	"gridwarden/geo/plane"
)

// flaw is what makes polygons invalid, and where.
type flaw struct {
	what geo.Said
	at   orb.Point
}

// judge finds the first flaw that makes the polygons of one part invalid by the rules of
// OGC Simple Features, exactly, on the raw numbers; nil when they are valid. Direction of
// rings and repeated points are no flaws.
func judge(polygons []orb.Polygon) *flaw {
	j := &judgement{}
	for p, polygon := range polygons {
		for h, ring := range polygon {
			open := openRing(ring)
			if len(open) < 3 {
				return &flaw{geo.Say("has a ring with fewer than three distinct points"), first(ring)}
			}
			j.rings = append(j.rings, drawn{points: open, polygon: p, hole: h > 0, bound: orb.MultiPoint(open).Bound()})
		}
	}
	for _, step := range []func() *flaw{j.meetings, j.crossings, j.nesting, j.connection} {
		if f := step(); f != nil {
			return f
		}
	}
	return nil
}

func first(ring orb.Ring) orb.Point {
	if len(ring) == 0 {
		return orb.Point{}
	}
	return ring[0]
}

// openRing is a ring without repeated points, its closing one included.
func openRing(ring orb.Ring) []orb.Point {
	open := slices.Compact(slices.Clone(ring))
	for len(open) > 1 && open[0] == open[len(open)-1] {
		open = open[:len(open)-1]
	}
	return open
}

// drawn is a ring as it was drawn.
type drawn struct {
	points  []orb.Point
	polygon int
	hole    bool
	bound   orb.Bound
}

func (d *drawn) at(i int) orb.Point { return d.points[(i+len(d.points))%len(d.points)] }

// touch is a point that two rings share.
type touch struct {
	p    orb.Point
	a, b int // rings, a < b
}

type judgement struct {
	rings   []drawn
	touches []touch
}

// side is a segment of a ring, from its point i to the next.
type side struct{ ring, i int }

func (j *judgement) ends(s side) (a, b orb.Point) {
	r := &j.rings[s.ring]
	return r.points[s.i], r.at(s.i + 1)
}

// meetings looks at all segments that meet: none may cross or run along one another, and
// none of one ring may touch but neighbours. Touches between rings are kept.
func (j *judgement) meetings() *flaw {
	points := 0
	for _, r := range j.rings {
		points += len(r.points)
	}
	sides := make([]side, 0, points)
	boxes := make([]plane.Box, 0, points)
	for r := range j.rings {
		for i := range j.rings[r].points {
			s := side{r, i}
			a, b := j.ends(s)
			sides = append(sides, s)
			boxes = append(boxes, boxOf(a, b))
		}
	}
	tree := plane.Pack(boxes)
	var found []int32
	for s := range sides {
		found = tree.Search(boxes[s], found[:0])
		for _, t := range found {
			if int(t) <= s {
				continue
			}
			if f := j.meeting(sides[s], sides[t]); f != nil {
				return f
			}
		}
	}
	return nil
}

// boxOf is a box in whole numbers round a segment, for searching only.
func boxOf(a, b orb.Point) plane.Box {
	const scale = 1e9
	return plane.Box{
		MinX: int64(math.Floor(min(a[0], b[0]) * scale)), MinY: int64(math.Floor(min(a[1], b[1]) * scale)),
		MaxX: int64(math.Floor(max(a[0], b[0]) * scale)), MaxY: int64(math.Floor(max(a[1], b[1]) * scale)),
	}
}

func (j *judgement) meeting(s, t side) *flaw {
	a, b := j.ends(s)
	c, d := j.ends(t)
	if n := len(j.rings[s.ring].points); s.ring == t.ring {
		switch {
		case (s.i+1)%n == t.i:
			return foldsBack(a, b, d)
		case (t.i+1)%n == s.i:
			return foldsBack(c, d, b)
		}
	}
	o1, o2, o3, o4 := orient(a, b, c), orient(a, b, d), orient(c, d, a), orient(c, d, b)
	if o1*o2 < 0 && o3*o4 < 0 {
		return &flaw{geo.Say("has borders that cross"), near(a, b, c, d)}
	}
	var shared []orb.Point
	for _, e := range [...]struct {
		o       int
		a, b, p orb.Point
	}{{o1, a, b, c}, {o2, a, b, d}, {o3, c, d, a}, {o4, c, d, b}} {
		if e.o == 0 && between(e.a, e.b, e.p) && !slices.Contains(shared, e.p) {
			shared = append(shared, e.p)
		}
	}
	switch {
	case len(shared) > 1:
		return &flaw{geo.Say("has borders that run along one another"), shared[0]}
	case len(shared) == 1 && s.ring == t.ring:
		return &flaw{geo.Say("has a ring that touches itself"), shared[0]}
	case len(shared) == 1:
		j.touches = append(j.touches, touch{shared[0], min(s.ring, t.ring), max(s.ring, t.ring)})
	}
	return nil
}

// foldsBack tells whether the way from a to p turns straight back to c.
func foldsBack(a, p, c orb.Point) *flaw {
	if orient(a, p, c) == 0 && (between(p, a, c) || between(p, c, a)) {
		return &flaw{geo.Say("has a spike: the border runs back along itself"), p}
	}
	return nil
}

// near is about where two segments cross.
func near(a, b, c, d orb.Point) orb.Point {
	den := (b[0]-a[0])*(d[1]-c[1]) - (b[1]-a[1])*(d[0]-c[0])
	t := ((c[0]-a[0])*(d[1]-c[1]) - (c[1]-a[1])*(d[0]-c[0])) / den
	if !(t >= 0 && t <= 1) {
		return a
	}
	return orb.Point{a[0] + t*(b[0]-a[0]), a[1] + t*(b[1]-a[1])}
}

// crossings looks whether rings that touch in a point change sides there.
func (j *judgement) crossings() *flaw {
	slices.SortFunc(j.touches, func(s, t touch) int {
		return cmp.Or(comparePoints(s.p, t.p), cmp.Compare(s.a, t.a), cmp.Compare(s.b, t.b))
	})
	j.touches = slices.Compact(j.touches)
	for _, t := range j.touches {
		from, to := j.rings[t.a].through(t.p)
		before, after := j.rings[t.b].through(t.p)
		if leftOf(from, t.p, to, before) != leftOf(from, t.p, to, after) {
			return &flaw{geo.Say("has rings that cross"), t.p}
		}
	}
	return nil
}

func comparePoints(p, q orb.Point) int {
	return cmp.Or(cmp.Compare(p[0], q[0]), cmp.Compare(p[1], q[1]))
}

// through are the points before and after p, which is on the ring.
func (d *drawn) through(p orb.Point) (from, to orb.Point) {
	for i, a := range d.points {
		b := d.at(i + 1)
		if a == p {
			return d.at(i - 1), b
		}
		if b != p && between(a, b, p) && orient(a, b, p) == 0 {
			return a, b
		}
	}
	return p, p
}

// leftOf tells whether q, seen from p, is left of the way from a by p to b.
func leftOf(a, p, b, q orb.Point) bool {
	in, out := orient(a, p, q) > 0, orient(p, b, q) > 0
	if orient(a, p, b) > 0 {
		return in && out
	}
	return in || out
}
