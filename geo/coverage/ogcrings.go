package coverage

import (
	"github.com/paulmach/orb"

	"gridwarden/geo"
	"gridwarden/geo/plane"
)

// nesting looks whether holes lie in their shells, and neither holes nor polygons in one
// another. That rings cross has been ruled out before.
func (j *judgement) nesting() *flaw {
	shell := 0
	for i := range j.rings {
		r := &j.rings[i]
		if !r.hole {
			shell = i
			continue
		}
		if !r.inside(&j.rings[shell]) {
			return &flaw{geo.Say("has a hole outside its outer ring"), r.points[0]}
		}
		for k := shell + 1; k < i; k++ {
			if s := &j.rings[k]; r.inside(s) || s.inside(r) {
				return &flaw{geo.Say("has a hole within a hole"), r.points[0]}
			}
		}
	}
	for i := range j.rings {
		for k := range j.rings {
			if r := &j.rings[i]; k != i && !r.hole && j.coveredBy(r, k) {
				return &flaw{geo.Say("has a polygon within another of its polygons"), r.points[0]}
			}
		}
	}
	return nil
}

// coveredBy tells whether a shell lies in the polygon whose shell is ring k, and in none
// of its holes.
func (j *judgement) coveredBy(r *drawn, k int) bool {
	if j.rings[k].hole || !r.inside(&j.rings[k]) {
		return false
	}
	for h := k + 1; h < len(j.rings) && j.rings[h].hole; h++ {
		if r.inside(&j.rings[h]) {
			return false
		}
	}
	return true
}

// inside tells whether a ring lies within another that it does not cross.
func (d *drawn) inside(o *drawn) bool {
	if !within(d.bound, o.bound) {
		return false
	}
	for _, p := range d.points {
		if where := o.locate(p); where != 0 {
			return where > 0
		}
	}
	p := d.points[0] // every point of d is on o: the way on from one of them decides
	from, to := o.through(p)
	return leftOf(from, p, to, d.points[1]) == (o.turn() > 0)
}

func within(b, o orb.Bound) bool { return o.Contains(b.Min) && o.Contains(b.Max) }

// locate is 1 for a point inside the ring, 0 on it, -1 outside.
func (d *drawn) locate(p orb.Point) int {
	in := -1
	for i, a := range d.points {
		b := d.at(i + 1)
		if a[1] > p[1] && b[1] > p[1] || a[1] < p[1] && b[1] < p[1] || a[0] < p[0] && b[0] < p[0] {
			continue
		}
		o := orient(a, b, p)
		if o == 0 && between(a, b, p) {
			return 0
		}
		if a[1] <= p[1] && b[1] > p[1] && o > 0 || b[1] <= p[1] && a[1] > p[1] && o < 0 {
			in = -in
		}
	}
	return in
}

// turn is 1 for a counter-clockwise simple ring, -1 for a clockwise one.
func (d *drawn) turn() int {
	low := 0
	for i, p := range d.points {
		if comparePoints(p, d.points[low]) < 0 {
			low = i
		}
	}
	return orient(d.at(low-1), d.points[low], d.at(low+1))
}

// connection looks whether the interior of each polygon is in one piece: rings and the
// points where they touch must not close a circle.
func (j *judgement) connection() *flaw {
	nodes := len(j.rings)
	joined := plane.NewUnion(len(j.rings) + len(j.touches))
	type incidence struct{ ring, node int }
	seen := map[incidence]bool{}
	ofPolygon := map[int]int{} // the node of the current point for each polygon
	for i, t := range j.touches {
		if i == 0 || t.p != j.touches[i-1].p {
			clear(ofPolygon)
		}
		polygon := j.rings[t.a].polygon
		if polygon != j.rings[t.b].polygon {
			continue
		}
		if _, known := ofPolygon[polygon]; !known {
			ofPolygon[polygon] = nodes
			nodes++
		}
		for _, ring := range []int{t.a, t.b} {
			at := incidence{ring, ofPolygon[polygon]}
			if seen[at] {
				continue
			}
			seen[at] = true
			if !joined.Join(int32(at.ring), int32(at.node)) {
				return &flaw{geo.Say("has rings that cut its interior in two"), t.p}
			}
		}
	}
	return nil
}
