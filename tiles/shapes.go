package tiles

import (
	"slices"

	"gridwarden/geo"
	"gridwarden/geo/plane"
)

// pen turns shapes into what one tile draws of them. What it gives is lent until its next
// shape.
type pen struct {
	frame
	checker
	reach  geo.Box // every coordinate that can fall into the frame
	points []plane.Point
}

// polygons is what is to be drawn of m: valid polygons within the tile and its buffer,
// nil when nothing is. What has no area on the grid is left out, unless it is longer than
// a pixel: then it is drawn one unit wide.
func (d *pen) polygons(m geo.MultiPolygon) []plane.Polygon {
	d.points = d.points[:0]
	var parts []plane.Polygon
	for _, p := range m {
		if part := d.part(d.quantise(p)); part != nil {
			parts = append(parts, part)
		}
	}
	if len(parts) == 0 || d.sound(parts) {
		return parts
	}
	var rings []plane.Ring
	for _, p := range parts {
		rings = append(rings, p...)
	}
	return plane.EvenOdd(rings)
}

// part clips one polygon, nil when no area of it is inside.
func (d *pen) part(rings []plane.Ring) plane.Polygon {
	p := d.clip(rings)
	if p != nil && area(p) == 0 && isHairline(rings) {
		p = d.clip(thicken(rings))
	}
	if p == nil || area(p) == 0 {
		return nil
	}
	return p
}

// quantise puts the rings of a polygon on the grid, each run through backwards: what is
// counter-clockwise on the globe is so again where south is down.
func (d *pen) quantise(p geo.Polygon) []plane.Ring {
	rings := make([]plane.Ring, len(p))
	for i, r := range p {
		path := d.path(r)
		slices.Reverse(path)
		rings[i] = openRing(path)
	}
	return rings
}

// lines is what is to be drawn of m: pieces of at least two points within the tile and
// its buffer.
func (d *pen) lines(m geo.MultiLine) [][]plane.Point {
	d.points = d.points[:0]
	var pieces [][]plane.Point
	for _, l := range m {
		if path := d.path(l); len(path) > 1 {
			pieces = append(pieces, clipLine(path)...)
		}
	}
	return pieces
}

// path puts coordinates on the grid. It leaves out those between two others on the same
// outer side of the frame, which cannot show, so that a large shape costs little in a
// small tile, and those that fall on the point before.
func (d *pen) path(line []geo.Coord) []plane.Point {
	start := len(d.points)
	var last uint8 // the outer sides of the last coordinate taken
	for i, c := range line {
		here := d.sides(c)
		if last&here != 0 && i+1 < len(line) && last&here&d.sides(line[i+1]) != 0 {
			continue
		}
		last = here
		d.points = appendPoint(d.points, start, d.point(c))
	}
	return d.points[start:len(d.points):len(d.points)]
}

// sides are the outer sides of the frame c lies on, a bit for each; 0 is inside.
func (d *pen) sides(c geo.Coord) uint8 {
	var s uint8
	if c.X < d.reach.Min.X {
		s |= 1
	}
	if c.X > d.reach.Max.X {
		s |= 2
	}
	if c.Y < d.reach.Min.Y {
		s |= 4
	}
	if c.Y > d.reach.Max.Y {
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
