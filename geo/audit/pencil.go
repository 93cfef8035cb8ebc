package audit

import (
	"math"

	"gridwarden/geo"
	"gridwarden/geo/plane"
)

// fine is the number of points of the drawing in one unit: curves and crossings are told
// to a sixteenth of a unit.
const fine = 16

func fineOf(c geo.Coord) plane.Point {
	return plane.Point{X: int64(c.X) * fine, Y: int64(c.Y) * fine}
}

// pencil draws what may divide places into one box. What lies wholly outside the box is
// left out.
type pencil struct {
	drawing *plane.Drawing
	box     geo.Box
	clip    plane.Box // the box in fine units
	pieces  map[*geo.Area]int32
	next    int32
	curves  []bool // by piece: drawn as chords
	count   int    // edges drawn
}

// frame is the piece of the box itself.
const frame int32 = 0

func newPencil(box geo.Box) *pencil {
	low, high := fineOf(box.Min), fineOf(box.Max)
	p := &pencil{
		drawing: plane.NewDrawing(256), box: box, pieces: map[*geo.Area]int32{}, next: frame + 1,
		clip: plane.Box{MinX: low.X, MinY: low.Y, MaxX: high.X, MaxY: high.Y},
	}
	p.drawing.Ring(plane.Ring{low, {X: high.X, Y: low.Y}, high, {X: low.X, Y: high.Y}}, frame)
	return p
}

// pieceOf numbers an area: two areas that share an edge must not cancel it.
func (p *pencil) pieceOf(a *geo.Area) int32 {
	n, known := p.pieces[a]
	if !known {
		n = p.fresh()
		p.pieces[a] = n
	}
	return n
}

func (p *pencil) fresh() int32 {
	p.next++
	return p.next - 1
}

// curve numbers a line that is drawn as chords.
func (p *pencil) curve() int32 {
	piece := p.fresh()
	p.curves = append(p.curves, make([]bool, int(p.next)-len(p.curves))...)
	p.curves[piece] = true
	return piece
}

// curved tells whether any piece of a set is drawn as chords.
func (p *pencil) curved(pieces []int32) bool {
	for _, n := range pieces {
		if int(n) < len(p.curves) && p.curves[n] {
			return true
		}
	}
	return false
}

// edge draws an edge of a piece.
func (p *pencil) edge(a, b plane.Point, piece int32) {
	if max(a.X, b.X) < p.clip.MinX || min(a.X, b.X) > p.clip.MaxX || max(a.Y, b.Y) < p.clip.MinY || min(a.Y, b.Y) > p.clip.MaxY {
		return
	}
	p.count++
	p.drawing.Edge(a, b, p.drawing.Sets.Of(piece))
}

// spot is a position between the points of the grid, in units.
type spot struct{ x, y float64 }

func spotOf(c geo.Coord) spot { return spot{float64(c.X), float64(c.Y)} }

func (s spot) coord() geo.Coord {
	return geo.Coord{X: int32(math.Round(s.x)), Y: int32(math.Round(s.y))}
}

func (s spot) fine() plane.Point {
	return plane.Point{X: int64(math.Round(s.x * fine)), Y: int64(math.Round(s.y * fine))}
}

// away is the spot some metres east and north of q. The scale is that of the spot itself,
// as distances are measured from there.
func away(q spot, metres func(east, north float64) (x, y float64)) spot {
	at := q
	for range 3 {
		east, north := geo.FrameAt(at.coord()).Scales()
		x, y := metres(east, north)
		at = spot{q.x + x/east, q.y + y/north}
	}
	return at
}
