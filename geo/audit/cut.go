package audit

import (
	"context"
	"errors"
	"slices"

	"gridwarden/geo"
	"gridwarden/geo/index"
	"gridwarden/geo/plane"
)

// manyEdges is how many edges are drawn at once; a box with more is cut in four.
const manyEdges = 20_000

// Sides in units: of a box that is not cut any more, and of the tiles of a wide cell.
const (
	smallest = 64
	tile     = 1 << 17
)

// cell is ground to be cut into places: that of one area, or what is left of one beside
// its children.
type cell struct {
	border []stretch // what bounds it, and more
	box    geo.Box
	holds  func(*index.Place) bool // tells whether a place is in it
	wide   bool                    // it is looked at in tiles: most of its box is not in it
}

// part is a face of a cell.
type part struct {
	at       index.Place
	polygons []plane.Polygon
}

// cut finds the places of a cell.
func (s *surveyor) cut(ctx context.Context, c *cell) ([]Ground, error) {
	found := map[string]int{}
	var places []Ground
	var pieces [][]plane.Polygon // of each place, cut by frames
	err := s.cutBox(ctx, c, grown(c.box), func(set string, p part) {
		i, known := found[set]
		if !known {
			i = len(places)
			found[set] = i
			places = append(places, Ground{At: p.at, Gap: s.gapAt(&p.at)})
			pieces = append(pieces, nil)
		}
		pieces[i] = append(pieces[i], p.polygons...)
		places[i].SquareMetres += size(p.polygons)
	})
	for i := range places {
		places[i].shape = rounded(pieces[i])
	}
	return places, err
}

// grown is a box with one unit more on every side.
func grown(b geo.Box) geo.Box {
	if b.IsEmpty() {
		return b
	}
	return b.Extend(geo.Coord{X: b.Min.X - 1, Y: b.Min.Y - 1}).Extend(geo.Coord{X: b.Max.X + 1, Y: b.Max.Y + 1})
}

// cutBox is cut for a part of the plane.
func (s *surveyor) cutBox(ctx context.Context, c *cell, box geo.Box, add func(string, part)) error {
	if box.IsEmpty() || ctx.Err() != nil {
		return ctx.Err()
	}
	within := cell{border: meeting(c.border, box), holds: c.holds, wide: c.wide}
	center := geo.Coord{X: int32((int64(box.Min.X) + int64(box.Max.X)) / 2), Y: int32((int64(box.Min.Y) + int64(box.Max.Y)) / 2)}
	if len(within.border) == 0 {
		if p := s.locate(center); !c.holds(&p) {
			return nil // wholly outside
		}
	}
	large := max(int64(box.Max.X)-int64(box.Min.X), int64(box.Max.Y)-int64(box.Min.Y)) > tile
	if c.wide && s.plain(box) {
		return nil // nothing holds there
	}
	p := newPencil(box)
	err := plane.ErrTangled
	var a *plane.Arrangement
	if !(c.wide && large) && s.draw(p, within.border) {
		a, err = p.drawing.Arrange(ctx, 1)
	}
	switch {
	case err == nil:
		s.faces(p, a, c.holds, add)
		return nil
	case !errors.Is(err, plane.ErrTangled):
		return err
	case max(box.Max.X-box.Min.X, box.Max.Y-box.Min.Y) < smallest:
		return geo.Errorf(geo.TooLarge, "too many borders meet near %s to tell the places there apart; look for areas or lines that lie there many times over", center)
	}
	for _, q := range quarters(box, center) {
		if err := s.cutBox(ctx, &within, q, add); err != nil {
			return err
		}
	}
	return nil
}

func meeting(edges []stretch, box geo.Box) []stretch {
	var out []stretch
	for _, e := range edges {
		if boxOf(e.a, e.b).Intersects(box) {
			out = append(out, e)
		}
	}
	return out
}

// draw draws all that divides the box. It stops and tells false when that is too much at
// once.
func (s *surveyor) draw(p *pencil, border []stretch) bool {
	own := p.fresh()
	for _, e := range border {
		p.edge(fineOf(e.a), fineOf(e.b), own)
	}
	if p.count > manyEdges || s.also != nil && !s.also.draw(p, nil) {
		return false
	}
	s.borders.in(p.box, func(a *geo.Area, from, to geo.Coord) { p.edge(fineOf(from), fineOf(to), p.pieceOf(a)) })
	for i := range s.lines {
		if !s.drawLines(p, &s.lines[i]) {
			return false
		}
	}
	return p.count <= manyEdges
}

// drawLines draws the lines of a layer that reach into the box, and where departments are
// taken from the nearest, which of two is nearer.
func (s *surveyor) drawLines(p *pencil, l *lineLayer) bool {
	var drawn []*geo.Area
	for a := range s.view.AreasIn(l.name, around(p.box, l.reach)) {
		reach := reachOf(a, l.usual)
		if s.same == nil || !s.same(a) {
			p.line(a, reach)
		}
		if l.named {
			for _, o := range drawn {
				if o.Department != a.Department {
					p.nearer(o, a, reachOf(o, l.usual), reach)
				}
			}
			drawn = append(drawn, a)
		}
		if p.count > manyEdges {
			return false
		}
	}
	return true
}

func reachOf(a *geo.Area, usual float64) float64 {
	if a.Reach > 0 {
		return a.Reach
	}
	return usual
}

// faces adds the places of a drawing, its equal faces joined.
func (s *surveyor) faces(p *pencil, a *plane.Arrangement, holds func(*index.Place) bool, add func(string, part)) {
	j := joined{owners: make([]int32, len(a.Faces)), sets: map[string]int32{}}
	thin := map[string][]int{}
	var bare []int      // faces without a coordinate that is surely inside
	var unsure []string // keys of thin, in order
	all := facesOf(p, a)
	for f, sides := range all {
		j.owners[f] = -1
		if f == 0 || !holdsPiece(a.Sets.Pieces(a.Faces[f]), frame) {
			continue
		}
		at, off := inside(sides)
		curved := slices.ContainsFunc(sides, func(s side) bool { return s.curved })
		if off <= offBorders || curved && off <= offRounding {
			bare = append(bare, f)
			continue
		}
		place := s.locate(at)
		set := s.setOf(&place)
		switch {
		case set == "" || !holds(&place):
		case curved && off <= offCurves:
			if thin[set] == nil {
				unsure = append(unsure, set)
			}
			thin[set] = append(thin[set], f)
		default:
			j.owners[f] = j.part(set, place)
		}
	}
	for _, set := range unsure {
		s.join(&j, set, thin[set], bare, all)
	}
	for i, polygons := range a.Dissolve(j.owners, len(j.parts)) {
		j.parts[i].polygons = polygons
		add(j.names[i], j.parts[i])
	}
}

// joined are the faces of a drawing by the part they belong to.
type joined struct {
	owners []int32 // by face: its part; -1: none
	sets   map[string]int32
	names  []string // the sets of the parts
	parts  []part
}

// part is the part of a set, a new one if there is none.
func (j *joined) part(set string, at index.Place) int32 {
	owner, known := j.sets[set]
	if !known {
		owner = int32(len(j.parts))
		j.sets[set] = owner
		j.names, j.parts = append(j.names, set), append(j.parts, part{at: at})
	}
	return owner
}

// join adds the faces of a set that are each too thin to be sure of: curves that end
// inside a reach cut it into slivers. They belong to the set where it is there already, or
// where they are wide enough taken together, with the bare faces beside them: of those
// nobody can be asked what holds there.
func (s *surveyor) join(j *joined, set string, thin, bare []int, all [][]side) {
	owner, known := j.sets[set]
	if !known {
		at, off := inside(outer(append(touching(thin, bare, all), thin...), all))
		if off <= offCurves {
			return
		}
		place := s.locate(at)
		if s.setOf(&place) != set {
			return
		}
		owner = j.part(set, place)
	}
	for _, f := range thin {
		j.owners[f] = owner
	}
}

// touching are those of other faces that share a side with one of some faces.
func touching(faces, others []int, all [][]side) (near []int) {
	sides := map[side]bool{}
	for _, f := range faces {
		for _, e := range all[f] {
			sides[e] = true
		}
	}
	for _, f := range others {
		if slices.ContainsFunc(all[f], func(e side) bool { return sides[e] }) {
			near = append(near, f)
		}
	}
	return near
}

// outer are the sides of faces taken together: those that two of them share are inside.
func outer(faces []int, all [][]side) []side {
	count := map[side]int{}
	for _, f := range faces {
		for _, e := range all[f] {
			count[e]++
		}
	}
	var sides []side
	for _, f := range faces {
		for _, e := range all[f] {
			if count[e] == 1 {
				sides = append(sides, e)
			}
		}
	}
	return sides
}

// holdsPiece tells whether pieces in order hold the first of all numbers.
func holdsPiece(pieces []int32, first int32) bool { return len(pieces) > 0 && pieces[0] == first }
