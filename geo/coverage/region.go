package coverage

import (
	"math"

	"github.com/paulmach/orb"

	"gridwarden/geo"
	"gridwarden/geo/plane"
)

// region is a set of faces joined over edges that have something in common.
type region struct {
	faces    []plane.Face
	shape    plane.Polygon
	shared   map[int32]float64 // metres of border shared with each neighbouring area
	measured *size
}

// regions are all regions of one sort.
type regions struct {
	of   []int32 // the region of each face, or none
	list []region
}

// regions joins neighbouring faces with equal keys; none is no key. What is joined with
// the unbounded face is left out.
func (b *builder) regions(key func(plane.Face) int32) *regions {
	rs := &regions{}
	keys := make([]int32, len(b.drawn.Faces))
	some := false
	for f := range keys {
		keys[f] = key(plane.Face(f))
		some = some || f > 0 && keys[f] != none
	}
	if !some {
		return rs
	}
	joined := plane.NewUnion(len(keys))
	for i := range b.drawn.Edges {
		e := &b.drawn.Edges[i]
		if keys[e.Left] != none && keys[e.Left] == keys[e.Right] {
			joined.Join(e.Left, e.Right)
		}
	}
	rs.of = keys
	for f := range rs.of {
		switch root := joined.Find(plane.Face(f)); {
		case rs.of[f] == none || root == 0:
			rs.of[f] = none
		case root == plane.Face(f):
			rs.of[f] = int32(len(rs.list))
			rs.list = append(rs.list, region{faces: []plane.Face{root}})
		default:
			n := rs.of[root]
			rs.of[f] = n
			rs.list[n].faces = append(rs.list[n].faces, plane.Face(f))
		}
	}
	if len(rs.list) == 0 {
		return rs
	}
	for i, polygons := range b.drawn.Dissolve(rs.of, len(rs.list)) {
		rs.list[i].shape = polygons[0] // joined over edges: exactly one
	}
	return rs
}

// share measures the border each region shares with the areas that who names for the
// faces beyond it.
func (b *builder) share(rs *regions, who func(*region, plane.Face) int32) {
	if len(rs.list) == 0 {
		return
	}
	for i := range b.drawn.Edges {
		e := &b.drawn.Edges[i]
		left, right := rs.of[e.Left], rs.of[e.Right]
		if left == right {
			continue
		}
		p, q := b.drawn.Nodes[e.From], b.drawn.Nodes[e.To]
		for _, side := range [...]struct {
			region int32
			beyond plane.Face
		}{{left, e.Right}, {right, e.Left}} {
			if side.region == none {
				continue
			}
			r := &rs.list[side.region]
			if area := who(r, side.beyond); area != none {
				if r.shared == nil {
					r.shared = map[int32]float64{}
				}
				kx, ky := scales(r.shape[0][0])
				r.shared[area] += math.Hypot(float64(q.X-p.X)*kx, float64(q.Y-p.Y)*ky)
			}
		}
	}
}

// scales are the metres of one fine unit east and north at p.
func scales(p plane.Point) (kx, ky float64) {
	kx, ky = geo.FrameAt(coord(p)).Scales()
	return kx / step, ky / step
}

// coord is the coordinate next to a fine point.
func coord(p plane.Point) geo.Coord {
	return geo.Coord{X: int32(math.Round(float64(p.X) / step)), Y: int32(math.Round(float64(p.Y) / step))}
}

// degrees is a fine point in degrees.
func degrees(p plane.Point) orb.Point {
	return orb.Point{float64(p.X) / (geo.Scale * step), float64(p.Y) / (geo.Scale * step)}
}

// size is how large a region is, and the middle of its widest place.
type size struct {
	at          orb.Point
	width, area float64 // metres, square metres
}

// size measures a region, once.
func (r *region) size() size {
	if r.measured == nil {
		m := newOutline(r.shape).size()
		r.measured = &m
	}
	return *r.measured
}

// narrow tells whether a region is narrower than a tolerance. A region without holes is
// at least as wide as twice its area by its length, which spares the search for most.
func (r *region) narrow(tolerance float64) bool {
	if o := newOutline(r.shape); len(r.shape) == 1 && 2*o.area > tolerance*o.length*(1+1e-9) {
		return false
	}
	return r.size().width < tolerance
}

// outline is the region in degrees, for drawing.
func (r *region) outline() orb.MultiPolygon {
	var out orb.Polygon
	for _, ring := range r.shape {
		points := make(orb.Ring, 0, len(ring)+1)
		for _, p := range ring {
			points = append(points, degrees(p))
		}
		out = append(out, append(points, points[0]))
	}
	return orb.MultiPolygon{out}
}
