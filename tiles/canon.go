package tiles

import (
	"slices"

	"gridwarden/geo/plane"
)

// turned is the ring from its least point on, in place: wherever its area lets it begin it
// is drawn from there. Of several that are the same it is the one after which the ring
// runs through lesser points.
func turned(r plane.Ring) plane.Ring {
	n := least(r)
	slices.Reverse(r[:n])
	slices.Reverse(r[n:])
	slices.Reverse(r)
	return r
}

// least is the place from which a ring is run through in the least order. Two places
// compete; where one loses so do all it has been compared over.
func least(r plane.Ring) int {
	i, j, k := 0, 1, 0
	for i < len(r) && j < len(r) && k < len(r) {
		switch c := r[(i+k)%len(r)].Compare(r[(j+k)%len(r)]); {
		case c == 0:
			k++
			continue
		case c > 0:
			i += k + 1
		default:
			j += k + 1
		}
		if i == j {
			j++
		}
		k = 0
	}
	return min(i, j)
}

// inOrder brings polygons and their holes into the one order there is for the ground they
// cover, and turns their rings, in place.
func inOrder(polygons []plane.Polygon) []plane.Polygon {
	for _, p := range polygons {
		for _, r := range p {
			turned(r)
		}
		slices.SortFunc(p[1:], comparePoints[plane.Ring])
	}
	slices.SortFunc(polygons, func(p, q plane.Polygon) int { return comparePoints(p[0], q[0]) })
	return polygons
}

// comparePoints orders rings and pieces of lines.
func comparePoints[S ~[]plane.Point](r, s S) int {
	return slices.CompareFunc(r, s, plane.Point.Compare)
}
