package democity

import (
	"cmp"
	"math"
	"math/rand/v2"
	"slices"

	"gridwarden/geo"
)

const (
	spacing = 100.0 // metres between crossings: a cell of 10,000 m²
	jitter  = 14.0  // metres a crossing may lie off its place, each way
	inner   = 8     // vertices of an edge between its crossings: 4 + 4×8 = 36 a cell
)

// The centre of the city, and the size of a degree there.
const (
	centreLon, centreLat   = 120.2, 30.3
	metresLon, metresLat   = 96_200.0, 110_860.0
	unitsEast, unitsNorth  = geo.Scale / metresLon, geo.Scale / metresLat
	centreEast, centreNord = centreLon * geo.Scale, centreLat * geo.Scale
)

// vec is a place in metres east and north of the centre.
type vec struct{ x, y float64 }

func (v vec) coord() geo.Coord {
	return geo.Coord{
		X: int32(math.Round(centreEast + v.x*unitsEast)),
		Y: int32(math.Round(centreNord + v.y*unitsNorth)),
	}
}

// random is a generator for one thing of the city, the same wherever it is asked for.
func random(kind, index int) *rand.Rand {
	return rand.New(rand.NewPCG(seed+uint64(kind)<<32, uint64(index)))
}

// The kinds of things with a generator of their own.
const (
	ofNode = iota
	ofEdge
	ofCell
	ofNames
	ofPark
	ofRoad
)

// node is a crossing of the lattice. Columns run east; rows run south, so that cells in
// the order of (row, column) are in the order of grid codes.
type node struct{ col, row int }

// cell is the ground between four crossings; node{col, row} is its north-west corner.
type cell node

func (c cell) compare(d cell) int {
	return cmp.Or(c.row-d.row, c.col-d.col)
}

// heading is the way along an edge.
type heading int

const (
	east heading = iota
	north
	west
	south
)

func (n node) step(h heading) node {
	switch h {
	case east:
		return node{n.col + 1, n.row}
	case north:
		return node{n.col, n.row - 1}
	case west:
		return node{n.col - 1, n.row}
	default:
		return node{n.col, n.row + 1}
	}
}

// lattice is the ground: its cells fill an ellipse, with room around it for the cells just outside.
type lattice struct {
	cols, rows int // of cells
	cells      []cell
}

// newLattice picks the n cells nearest to the centre. Such a set has no hole, and its
// part in any rectangle is connected.
func newLattice(n int) *lattice {
	r := math.Sqrt(float64(n) / math.Pi)
	l := &lattice{cols: 2*int(r*1.2) + 6, rows: 2*int(r) + 6}
	cells := make([]cell, 0, l.cols*l.rows)
	for row := range l.rows {
		for col := range l.cols {
			cells = append(cells, cell{col, row})
		}
	}
	far := func(c cell) int { // in half cells; an ellipse of 5:4
		dx, dy := 2*c.col+1-l.cols, 2*c.row+1-l.rows
		return 16*dx*dx + 25*dy*dy
	}
	slices.SortFunc(cells, func(a, b cell) int {
		return cmp.Or(far(a)-far(b), a.compare(b))
	})
	l.cells = slices.Clone(cells[:n])
	slices.SortFunc(l.cells, cell.compare)
	return l
}

// index numbers nodes and cells.
func (l *lattice) index(n node) int { return n.row*(l.cols+1) + n.col }

// place is where a crossing lies: on the lattice, bent by two long waves, then jittered.
func (l *lattice) place(n node) vec {
	x := (float64(n.col) - float64(l.cols)/2) * spacing
	y := (float64(l.rows)/2 - float64(n.row)) * spacing
	r := random(ofNode, l.index(n))
	return vec{
		x + 45*math.Sin(y/700) + jitter*(2*r.Float64()-1),
		y + 55*math.Sin(x/900+1) + jitter*(2*r.Float64()-1),
	}
}

// appendEdge appends the crossing n and the vertices of the edge that leaves it, without
// the crossing it ends at. The way back gives the same vertices in reverse.
func (l *lattice) appendEdge(ring []geo.Coord, n node, h heading) []geo.Coord {
	from, to := n, n.step(h)
	backward := h == west || h == south
	if backward {
		from, to = to, from
	}
	a, b := l.place(from), l.place(to)
	kind := 2 * l.index(from)
	if h == north || h == south {
		kind++
	}
	r := random(ofEdge, kind)
	bow, sway := 4*(2*r.Float64()-1), 2*(2*r.Float64()-1)

	start := a
	if backward {
		start = b
	}
	ring = append(ring, start.coord())
	dx, dy := b.x-a.x, b.y-a.y
	length := math.Hypot(dx, dy)
	for i := 1; i <= inner; i++ {
		t := float64(i) / (inner + 1)
		if backward {
			t = float64(inner+1-i) / (inner + 1)
		}
		off := bow*math.Sin(math.Pi*t) + sway*math.Sin(2*math.Pi*t)
		ring = append(ring, vec{a.x + t*dx - off*dy/length, a.y + t*dy + off*dx/length}.coord())
	}
	return ring
}

// corners are the crossings of a cell, counter-clockwise from the south-west, where each
// is the start of the side that leaves it by the heading of its place.
func (c cell) corners() [4]node {
	return [4]node{{c.col, c.row + 1}, {c.col + 1, c.row + 1}, {c.col + 1, c.row}, {c.col, c.row}}
}

// ring appends the outline of a cell, counter-clockwise.
func (l *lattice) ring(dst []geo.Coord, c cell) []geo.Coord {
	for h, n := range c.corners() {
		dst = l.appendEdge(dst, n, heading(h))
	}
	return dst
}

// outline is the border of the cells that hold gives, counter-clockwise. The cells are
// connected and enclose nothing; see [newLattice].
func (l *lattice) outline(cells []cell, holds func(cell) bool) []geo.Coord {
	leave := make(map[node]heading)
	for _, c := range cells {
		beyond := [4]cell{{c.col, c.row + 1}, {c.col + 1, c.row}, {c.col, c.row - 1}, {c.col - 1, c.row}}
		for h, n := range c.corners() {
			if !holds(beyond[h]) {
				leave[n] = heading(h)
			}
		}
	}
	start := node(cells[0])
	ring := make([]geo.Coord, 0, len(leave)*(inner+1))
	for n := start; ; {
		h := leave[n]
		ring = l.appendEdge(ring, n, h)
		if n = n.step(h); n == start {
			return ring
		}
	}
}
