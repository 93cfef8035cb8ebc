package differences

import (
	"cmp"
	"slices"

	"gridwarden/geo"
	"gridwarden/geo/index"
)

// borders finds the pieces of an area's border that run in one of the views only, but for
// those told with a neighbour of a smaller code; moved tells whether there are any at all. A
// border whose nodes alone are others runs as before.
func (b *between) borders(d *Area) (moved bool) {
	around := boxOf(d.Before, d.After)
	old, new := edgesIn(b.before, d.Layer, around), edgesIn(b.after, d.Layer, around)
	nodes := cutBoth(old, new)
	for _, side := range []struct {
		area       *geo.Area
		own, other *edges
	}{{d.Before, old, new}, {d.After, new, old}} {
		if side.area == nil {
			continue
		}
		for _, piece := range side.own.only(side.area, side.other, nodes) {
			moved = true
			if piece.right == "" || piece.right > side.area.Code {
				d.Borders = append(d.Borders, b.border(side.area, piece, side.own == new))
			}
		}
	}
	return moved
}

// border tells who has the ground at a piece in both views.
func (b *between) border(of *geo.Area, piece piece, began bool) Border {
	border := Border{Line: piece.line, Began: began, Left: Sides{of.Code, of.Code}, Right: Sides{piece.right, piece.right}}
	i := len(piece.line) / 2
	middle := geo.Coord{
		X: int32((int64(piece.line[i-1].X) + int64(piece.line[i].X)) / 2),
		Y: int32((int64(piece.line[i-1].Y) + int64(piece.line[i].Y)) / 2),
	}
	if began {
		held := holder(b.before, of.Layer, middle)
		border.Left.Before, border.Right.Before = held, held
	} else {
		held := holder(b.after, of.Layer, middle)
		border.Left.After, border.Right.After = held, held
	}
	return border
}

func holder(view *index.Snapshot, layer geo.LayerName, at geo.Coord) geo.AreaCode {
	for _, hit := range view.Locate(at, layer).Areas {
		return hit.Area.Code
	}
	return ""
}

// edge is a straight piece of border, as the area on its left runs along it.
type edge struct{ from, to geo.Coord }

func (e edge) back() edge { return edge{e.to, e.from} }

// edges are those of the areas of a layer whose box meets another.
type edges struct {
	left  map[edge]geo.AreaCode
	parts map[edge]bool // of edges that the other view lacks, cut at the nodes of both; in both directions
}

func edgesIn(view *index.Snapshot, layer geo.LayerName, box geo.Box) *edges {
	e := &edges{left: map[edge]geo.AreaCode{}, parts: map[edge]bool{}}
	for a := range view.AreasIn(layer, box) {
		for _, polygon := range a.Shape.Polygons {
			for _, ring := range polygon {
				for i, to := range ring {
					e.left[edge{ring[(i+len(ring)-1)%len(ring)], to}] = a.Code
				}
			}
		}
	}
	return e
}

// has tells whether an edge, or part of one, runs here, in either direction.
func (e *edges) has(x edge) bool {
	_, ahead := e.left[x]
	_, back := e.left[x.back()]
	return ahead || back || e.parts[x]
}

// lacking are the edges that the other view lacks.
func (e *edges) lacking(other *edges) (all []edge) {
	for x := range e.left {
		if !other.has(x) {
			all = append(all, x)
		}
	}
	return all
}

// nodes are the ends of edges, from west to east.
type nodes []geo.Coord

// cutBoth cuts the edges that one view has and the other lacks at the nodes of both, so that
// a border which got or lost nodes is the same parts in both.
func cutBoth(old, new *edges) nodes {
	onlyOld, onlyNew := old.lacking(new), new.lacking(old)
	var all nodes
	for _, x := range slices.Concat(onlyOld, onlyNew) {
		all = append(all, x.from, x.to)
	}
	slices.SortFunc(all, geo.Coord.Compare)
	all = slices.Compact(all)
	for _, side := range []struct {
		*edges
		only []edge
	}{{old, onlyOld}, {new, onlyNew}} {
		for _, x := range side.only {
			at := x.from
			for _, c := range all.on(x) {
				side.parts[edge{at, c}], side.parts[edge{c, at}] = true, true
				at = c
			}
		}
	}
	return all
}

// offEdge is how far off an edge, in units, a node may lie that was put into it: it was
// rounded to whole units.
const offEdge = 1.5

// on is the nodes along an edge, its end the last.
func (n nodes) on(x edge) (way []geo.Coord) {
	dx, dy := float64(x.to.X)-float64(x.from.X), float64(x.to.Y)-float64(x.from.Y)
	length2 := dx*dx + dy*dy
	along := func(c geo.Coord) float64 {
		return (float64(c.X)-float64(x.from.X))*dx + (float64(c.Y)-float64(x.from.Y))*dy
	}
	west, _ := slices.BinarySearchFunc(n, min(x.from.X, x.to.X), func(c geo.Coord, west int32) int { return cmp.Compare(c.X, west-1) })
	for _, c := range n[west:] {
		if c.X > max(x.from.X, x.to.X)+1 {
			break
		}
		off := (float64(c.X)-float64(x.from.X))*dy - (float64(c.Y)-float64(x.from.Y))*dx
		if a := along(c); off*off <= offEdge*offEdge*length2 && a > 0 && a < length2 {
			way = append(way, c)
		}
	}
	slices.SortFunc(way, func(a, b geo.Coord) int { return cmp.Or(cmp.Compare(along(a), along(b)), a.Compare(b)) })
	return append(way, x.to)
}

// piece is a line of an area's border with one neighbour, on its right; empty: nobody.
type piece struct {
	line  geo.Line
	right geo.AreaCode
}

// only are the pieces of an area's border that the other view lacks, ring by ring.
func (e *edges) only(a *geo.Area, other *edges, at nodes) (all []piece) {
	for _, polygon := range a.Shape.Polygons {
		for _, ring := range polygon {
			all = append(all, e.onlyOf(ring, other, at)...)
		}
	}
	return all
}

func (e *edges) onlyOf(ring geo.Ring, other *edges, at nodes) (all []piece) {
	open := false // whether the last piece ends where the next edge begins
	add := func(from, to geo.Coord, right geo.AreaCode) {
		if last := len(all) - 1; open && all[last].right == right {
			all[last].line = append(all[last].line, to)
		} else {
			all = append(all, piece{geo.Line{from, to}, right})
		}
		open = true
	}
	for i, from := range ring {
		x := edge{from, ring[(i+1)%len(ring)]}
		if other.has(x) {
			open = false
			continue
		}
		right := e.left[x.back()]
		for _, to := range at.on(x) {
			if other.has(edge{from, to}) {
				open = false
			} else {
				add(from, to, right)
			}
			from = to
		}
	}
	// A piece that goes on over the beginning of the ring is one.
	if last := len(all) - 1; last > 0 && open && all[0].line[0] == ring[0] && all[0].right == all[last].right {
		all[0].line = append(all[last].line, all[0].line[1:]...)
		all = all[:last]
	}
	return all
}
