package tiles

import (
	"math"
	"slices"
	"sync"

	"gridwarden/geo"
	"gridwarden/geo/plane"
	"gridwarden/geo/simplify"
)

// pen turns shapes into what one tile draws of them. What it gives is lent until its next
// shape.
type pen struct {
	frame
	checker
	splitter
	reach  geo.Box   // every coordinate that can fall into the frame
	around extentBox // what was drawn

	kept          []geo.Coord
	points        []plane.Point
	drawn         path
	areas, sorted []drawnArea
	ranks         []rank
}

// pens keeps the room of pens for others.
var pens = sync.Pool{New: func() any { return &pen{} }}

func newPen(f frame) *pen {
	d := pens.Get().(*pen)
	d.frame, d.reach = f, f.box()
	return d
}

// done gives the room of a pen back, without what would keep areas of old views.
func (d *pen) done() {
	clear(d.areas)
	clear(d.sorted)
	*d = pen{
		checker: checker{room(d.edges, mostItems)}, kept: room(d.kept, mostItems), points: room(d.points, mostItems),
		drawn:    path{bytes: room(d.drawn.bytes, mostBytes)},
		splitter: splitter{points: room(d.splitter.points, mostItems), chains: room(d.chains, mostItems), gates: room(d.gates, mostItems)},
		areas:    room(d.areas, mostItems), sorted: room(d.sorted, mostItems), ranks: room(d.ranks, mostItems),
	}
	pens.Put(d)
}

// draw is how a shape is drawn, nothing where it leaves nothing. from are the zooms from
// which its vertices are drawn, nil for all of them.
func (d *pen) draw(s *geo.Shape, from []uint8) (kind uint64, drawn []byte) {
	d.drawn.reset()
	d.around = extentBox{}
	if len(s.Lines) > 0 {
		for i, piece := range d.lines(s.Lines, from) {
			d.drawn.line(piece)
			d.grow(i, piece)
		}
		return typeLine, d.drawn.bytes
	}
	if d.plain(s.Polygons, from) {
		return typePolygon, d.drawn.bytes
	}
	for i, p := range d.polygons(s.Polygons, from) {
		d.grow(i, p[0])
		for _, r := range p {
			d.drawn.ring(r, 0)
		}
	}
	return typePolygon, d.drawn.bytes
}

// grow takes the points of a part, the first or a further one, into the box drawn.
func (d *pen) grow(part int, points []plane.Point) {
	b := boxOf(points)
	if part > 0 {
		b = b.union(d.around)
	}
	d.around = b
}

// plain draws what most shapes are: one ring that inside the frame winds once round its
// middle. Such a ring is valid, and this is the shortest way to see it. It is false, and
// draws nothing, where a shape is not like that.
func (d *pen) plain(m geo.MultiPolygon, from []uint8) bool {
	if len(m) != 1 || len(m[0]) != 1 {
		return false
	}
	d.points = d.points[:0]
	r, whole := d.inside(m[0][0], from)
	if !whole {
		r = d.cut(m[0][0], from)
		if len(r) < 2 {
			return true // it lies beside the tile
		}
	}
	d.grow(0, r)
	if whole && len(r) < 3 && max(d.around.width(), d.around.height()) < pixel {
		return true // nothing is left of it
	}
	first, winds := windsOnce(r)
	if winds {
		d.drawn.ring(r, first)
	}
	return winds
}

// inside puts a ring on the grid, backwards: what is counter-clockwise on the globe is so
// again where south is down. It is false when a point is not strictly inside.
func (d *pen) inside(ring geo.Ring, from []uint8) (plane.Ring, bool) {
	path, _ := d.keep(ring, from)
	for i := len(path) - 1; i >= 0; i-- {
		p := d.point(path[i])
		if uint64(p.X+buffer-1) > extent+2*buffer-2 || uint64(p.Y+buffer-1) > extent+2*buffer-2 {
			return nil, false
		}
		d.points = appendPoint(d.points, 0, p)
	}
	return openRing(d.points), true
}

// cut is what is inside of a ring that is not as a whole.
func (d *pen) cut(ring geo.Ring, from []uint8) (r plane.Ring) {
	d.points = d.points[:0]
	r, _ = d.path(ring, from, d.reach)
	slices.Reverse(r)
	if r = openRing(r); len(r) > 1 {
		r, d.points = clipRing(r, d.points)
	}
	return r
}

// windsOnce tells whether a ring goes round its middle once and never back as seen from
// there, and the place of its least point. Then no two of its edges meet.
func windsOnce(r plane.Ring) (first int, winds bool) {
	if len(r) < 3 {
		return 0, false
	}
	var c plane.Point
	for _, p := range r {
		c.X, c.Y = c.X+p.X, c.Y+p.Y
	}
	c.X, c.Y = c.X/int64(len(r)), c.Y/int64(len(r))
	turns, a := 0, r[len(r)-1]
	for i, b := range r {
		if (a.X-c.X)*(b.Y-c.Y) <= (b.X-c.X)*(a.Y-c.Y) {
			return 0, false
		}
		if a.Y <= c.Y && b.Y > c.Y {
			turns++
		}
		if b.X < r[first].X || b.X == r[first].X && b.Y < r[first].Y {
			first = i
		}
		a = b
	}
	return first, turns == 1
}

// keep leaves out the vertices that are not drawn at the zoom. rest are the zooms of those
// after the path.
func (d *pen) keep(path []geo.Coord, from []uint8) (kept []geo.Coord, rest []uint8) {
	if from == nil || d.tile.Z >= simplify.EveryVertex {
		return path, nil
	}
	d.kept = slices.Grow(d.kept[:0], len(path))[:len(path)]
	n, z := 0, uint8(d.tile.Z)
	for i, zoom := range from[:len(path)] {
		d.kept[n] = path[i]
		if zoom <= z {
			n++
		}
	}
	return d.kept[:n], from[len(path):]
}

// polygons is what is to be drawn of m: valid polygons within the tile and its buffer,
// nil when nothing is. What has no area on the grid is left out, unless it is longer than
// a pixel: then it is drawn one unit wide.
func (d *pen) polygons(m geo.MultiPolygon, zooms []uint8) []plane.Polygon {
	d.points = d.points[:0]
	from := zooms
	var parts []plane.Polygon
	for _, p := range m {
		var part plane.Polygon
		if part, from = d.part(p, from); part != nil {
			parts = append(parts, part)
		}
	}
	if len(parts) == 0 || d.sound(parts) {
		return inOrder(parts)
	}
	if split := d.splits(m, zooms); split != nil {
		return inOrder(split)
	}
	var rings []plane.Ring
	for _, p := range parts {
		rings = append(rings, p...)
	}
	return inOrder(plane.EvenOdd(rings))
}

// splits is what is inside of a single ring that leaves the frame more than once; nil where
// it is not valid.
func (d *pen) splits(m geo.MultiPolygon, from []uint8) []plane.Polygon {
	if len(m) != 1 || len(m[0]) != 1 {
		return nil
	}
	rings, _ := d.quantise(m[0], from, d.reach)
	if len(rings[0]) < 3 {
		return nil
	}
	inside, told := d.split(rings[0])
	if !told || len(inside) == 0 {
		return nil
	}
	polygons := make([]plane.Polygon, len(inside))
	for i := range inside {
		polygons[i] = plane.Polygon{inside[i]}
	}
	if !d.sound(polygons) {
		return nil
	}
	return polygons
}

// part clips one polygon, nil when no area of it is inside. rest are the zooms of the
// polygons after it.
func (d *pen) part(polygon geo.Polygon, from []uint8) (part plane.Polygon, rest []uint8) {
	rings, rest := d.quantise(polygon, from, d.reach)
	p := d.clip(rings)
	if p != nil && area(p) == 0 {
		if whole, _ := d.quantise(polygon, from, everywhere()); isHairline(whole) {
			p = d.clip(thicken(whole))
		}
	}
	if p == nil || area(p) == 0 {
		return nil, rest
	}
	return p, rest
}

// quantise puts the rings of a polygon on the grid, each run through backwards. Outside
// reach it may leave points out.
func (d *pen) quantise(p geo.Polygon, from []uint8, reach geo.Box) (rings []plane.Ring, rest []uint8) {
	rings = make([]plane.Ring, len(p))
	for i, r := range p {
		var path []plane.Point
		path, from = d.path(r, from, reach)
		slices.Reverse(path)
		rings[i] = openRing(path)
	}
	return rings, from
}

// lines is what is to be drawn of m: pieces of at least two points within the tile and
// its buffer.
func (d *pen) lines(m geo.MultiLine, from []uint8) [][]plane.Point {
	d.points = d.points[:0]
	var pieces [][]plane.Point
	for _, l := range m {
		var path []plane.Point
		if path, from = d.path(l, from, d.reach); len(path) > 1 {
			pieces = append(pieces, clipLine(path)...)
		}
	}
	slices.SortFunc(pieces, comparePoints[[]plane.Point])
	return pieces
}

// path puts coordinates on the grid. It leaves out those between two others on the same
// outer side of reach, which cannot show, so that a large shape costs little in a
// small tile, and those that fall on the point before.
func (d *pen) path(line []geo.Coord, from []uint8, reach geo.Box) (points []plane.Point, rest []uint8) {
	line, rest = d.keep(line, from)
	start := len(d.points)
	var last uint8 // the outer sides of the last coordinate taken
	for i, c := range line {
		here := sides(reach, c)
		if last&here != 0 && i+1 < len(line) && last&here&sides(reach, line[i+1]) != 0 {
			continue
		}
		last = here
		d.points = appendPoint(d.points, start, d.point(c))
	}
	return d.points[start:len(d.points):len(d.points)], rest
}

// everywhere is the box of all coordinates.
func everywhere() geo.Box {
	return geo.Box{Min: geo.Coord{X: math.MinInt32, Y: math.MinInt32}, Max: geo.Coord{X: math.MaxInt32, Y: math.MaxInt32}}
}

// sides are the outer sides of a box c lies on, a bit for each; 0 is inside.
func sides(b geo.Box, c geo.Coord) uint8 {
	var s uint8
	if c.X < b.Min.X {
		s |= 1
	}
	if c.X > b.Max.X {
		s |= 2
	}
	if c.Y < b.Min.Y {
		s |= 4
	}
	if c.Y > b.Max.Y {
		s |= 8
	}
	return s
}

// clip cuts the rings of a polygon at the frame. Holes without area are left out, and
// with the outer ring all others.
func (d *pen) clip(rings []plane.Ring) plane.Polygon {
	var kept plane.Polygon
	for i, r := range rings {
		var cut plane.Ring
		if len(r) > 1 {
			cut, d.points = clipRing(r, d.points)
		}
		switch {
		case i == 0 && len(cut) < 2:
			return nil
		case i == 0 || len(cut) > 2:
			kept = append(kept, cut)
		}
	}
	return kept
}
