package coverage

import (
	"slices"

	"gridwarden/geo"
	"gridwarden/geo/plane"
)

// same tells whether polygons read off an arrangement are those of a shape, wherever its
// rings begin and in whatever order they come.
func same(read []plane.Polygon, shape geo.MultiPolygon) bool {
	return equal(read, shape) || len(read) == len(shape) && equal(read, inOrder(shape))
}

func equal(read []plane.Polygon, shape geo.MultiPolygon) bool {
	return slices.EqualFunc(read, shape, func(p plane.Polygon, q geo.Polygon) bool {
		return slices.EqualFunc(p, q, func(r plane.Ring, s geo.Ring) bool {
			return slices.EqualFunc(r, s, func(a plane.Point, c geo.Coord) bool { return a == coarse(c) })
		})
	})
}

// inOrder is a shape as an arrangement tells it: each ring from its smallest vertex, holes
// and polygons by their vertices.
func inOrder(m geo.MultiPolygon) geo.MultiPolygon {
	compare := func(r, s geo.Ring) int { return slices.CompareFunc(r, s, geo.Coord.Compare) }
	out := make(geo.MultiPolygon, len(m))
	for i, p := range m {
		out[i] = make(geo.Polygon, len(p))
		for k, r := range p {
			first := 0
			for n := range r {
				if r[n].Compare(r[first]) < 0 {
					first = n
				}
			}
			out[i][k] = slices.Concat(r[first:], r[:first])
		}
		slices.SortFunc(out[i][1:], compare)
	}
	slices.SortFunc(out, func(p, q geo.Polygon) int { return compare(p[0], q[0]) })
	return out
}

func onGridShape(polygons []plane.Polygon) geo.MultiPolygon {
	var out geo.MultiPolygon
	for _, p := range polygons {
		polygon := make(geo.Polygon, len(p))
		for k, r := range p {
			polygon[k] = make(geo.Ring, len(r))
			for n, c := range r {
				polygon[k][n] = onGrid(c)
			}
		}
		out = append(out, polygon)
	}
	return out
}

// stretch is an edge of a ring, with the ground on its left.
type stretch [2]geo.Coord

func (s stretch) back() stretch { return stretch{s[1], s[0]} }

func (s stretch) box() geo.Box { return geo.EmptyBox().Extend(s[0]).Extend(s[1]) }

// eachStretch calls do for every edge of a shape.
func eachStretch(m geo.MultiPolygon, do func(stretch)) {
	for _, p := range m {
		for _, r := range p {
			a := r[len(r)-1]
			for _, b := range r {
				do(stretch{a, b})
				a = b
			}
		}
	}
}

// changed is the box of all edges that one of two shapes has and the other has not.
func changed(before, after geo.MultiPolygon) geo.Box {
	only := map[stretch]struct{}{}
	eachStretch(before, func(s stretch) { only[s] = struct{}{} })
	box := geo.EmptyBox()
	eachStretch(after, func(s stretch) {
		if _, had := only[s]; had {
			delete(only, s)
		} else {
			box = box.Union(s.box())
		}
	})
	for s := range only {
		box = box.Union(s.box())
	}
	return box
}

// boxRound is the box of a shape.
func boxRound(m geo.MultiPolygon) geo.Box { return (&geo.Shape{Polygons: m}).Box() }

// surrounds tells whether a box lies within a shape, and its border nowhere near.
func surrounds(m geo.MultiPolygon, b geo.Box) bool {
	for _, p := range m {
		for _, r := range p {
			a := r[len(r)-1]
			for _, c := range r {
				if geo.SegmentMeets(a, c, b) {
					return false
				}
				a = c
			}
		}
	}
	inside, _ := m.Locate(b.Min)
	return inside
}
