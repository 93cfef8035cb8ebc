package impact

import (
	"fmt"

	"gridwarden/geo"
	"gridwarden/geo/plane"
)

// The pieces of the drawing of what is uncovered.
const (
	heldBefore int32 = iota
	heldAfter
)

// uncovered finds, in each coverage, the ground that the areas which changed held before and
// none holds after: in a coverage no other area had a part in it.
func (c *comparison) uncovered() error {
	for i := range c.impact.Layers {
		l := &c.impact.Layers[i]
		if !isCoverage(c.before, l.Layer) || !isCoverage(c.after, l.Layer) {
			continue
		}
		outline, err := c.lost(l.Areas)
		if err != nil {
			return err
		}
		if len(outline.Polygons) == 0 {
			continue
		}
		u := Uncovered{Layer: l.Layer, SquareMetres: outline.SquareMetres(), Outline: outline}
		if err := c.countLost(&u); err != nil {
			return err
		}
		c.impact.Uncovered = append(c.impact.Uncovered, u)
	}
	return nil
}

// lost is the ground that the areas of a layer held before and none of them holds after.
func (c *comparison) lost(areas []AreaChange) (geo.Shape, error) {
	drawing := plane.NewDrawing(64 * len(areas))
	ended := false
	for i := range areas {
		a := &areas[i]
		if a.Was != nil && a.Is != nil && !a.Reshaped {
			continue
		}
		ended = ended || a.Was != nil
		draw(drawing, a.Was, heldBefore)
		draw(drawing, a.Is, heldAfter)
	}
	if !ended {
		return geo.Shape{}, nil
	}
	faces, err := drawing.Arrange(c.ctx, 1)
	if err != nil {
		return geo.Shape{}, fmt.Errorf("looking for ground that nobody holds any more: %w", err)
	}
	owners := make([]int32, len(faces.Faces))
	wanted := faces.Sets.Of(heldBefore)
	for f := range owners {
		owners[f] = -1
		if f > 0 && faces.Faces[f] == wanted {
			owners[f] = 0
		}
	}
	return shapeOf(faces.Dissolve(owners, 1)[0]), nil
}

// draw draws the rings of an area; none of nil.
func draw(d *plane.Drawing, a *geo.Area, piece int32) {
	if a == nil {
		return
	}
	for _, polygon := range a.Shape.Polygons {
		for _, ring := range polygon {
			points := make(plane.Ring, len(ring))
			for i, v := range ring {
				points[i] = plane.Point{X: int64(v.X), Y: int64(v.Y)}
			}
			d.Ring(points, piece)
		}
	}
}

// shapeOf are polygons of the plane as a shape.
func shapeOf(polygons []plane.Polygon) geo.Shape {
	var s geo.Shape
	for _, polygon := range polygons {
		var p geo.Polygon
		for _, ring := range polygon {
			r := make(geo.Ring, len(ring))
			for i, v := range ring {
				r[i] = geo.Coord{X: int32(v.X), Y: int32(v.Y)}
			}
			p = append(p, r)
		}
		s.Polygons = append(s.Polygons, p)
	}
	return s
}

// countLost counts the assets and the open reports that an area of the layer held before and
// none holds after.
func (c *comparison) countLost(u *Uncovered) error {
	finders := c.findersOf(u.Layer)
	var areas [2][1]*geo.Area
	lost := func(at geo.Coord) bool {
		finders[0].At(at, areas[0][:])
		finders[1].At(at, areas[1][:])
		return areas[0][0] != nil && areas[1][0] == nil
	}
	boxes := make([]geo.Box, 0, len(u.Outline.Polygons))
	for _, polygon := range u.Outline.Polygons {
		boxes = append(boxes, (&geo.Shape{Polygons: geo.MultiPolygon{polygon}}).Box())
	}
	boxes = fewer(boxes)
	for a := range c.standing(boxes) {
		if lost(a.Point) {
			u.Assets++
		}
	}
	return c.eachReport(boxes, func(at geo.Coord, open, _ bool) {
		if open && lost(at) {
			u.Reports++
		}
	})
}
