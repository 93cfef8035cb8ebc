package tiles

import (
	"cmp"
	"math"
	"slices"

	"github.com/paulmach/orb/maptile"

	"gridwarden/geo/plane"
)

// maxNamed is how many tiles of one zoom a change names at most; where there are more it
// names the tiles above them, with all below.
const maxNamed = 500

// marker collects the tiles of a frame that something touches.
type marker struct {
	frame  Frame
	levels [MaxZoom + 1]level
}

// level are the tiles of one zoom, in squares of 2^up by 2^up: single ones until there are
// too many.
type level struct {
	up    maptile.Zoom
	deep  bool // with all tiles below
	cells map[cell]struct{}
	last  cell // of the matrix, see up
}

type cell struct{ x, y uint32 }

// stroke is a straight piece of a line on the grid of the world at some zoom; a point has
// both ends on itself.
type stroke struct{ a, b plane.Point }

// at is the level of a zoom, nil where the frame has no tiles.
func (m *marker) at(z maptile.Zoom) *level {
	columns, rows := m.frame.Matrix(z)
	if columns == 0 {
		return nil
	}
	l := &m.levels[z]
	if l.cells == nil {
		l.cells, l.last = map[cell]struct{}{}, cell{columns - 1, rows - 1}
	}
	return l
}

// touch marks the tiles of a zoom whose frame, buffer included, any of the strokes meets,
// and when they are borders the tiles inside of what they enclose, even-odd.
func (m *marker) touch(z maptile.Zoom, strokes []stroke, borders bool) {
	l := m.at(z)
	if l == nil || len(strokes) == 0 {
		return
	}
	for !l.along(strokes) || borders && !l.inside(strokes) {
		l.coarsen()
	}
}

// include marks what another marker has at a zoom.
func (m *marker) include(z maptile.Zoom, from *marker) {
	l, o := m.at(z), &from.levels[z]
	if l == nil {
		return
	}
	for l.up < o.up {
		l.coarsen()
	}
	for c := range o.cells {
		for !l.add(cell{c.x >> (l.up - o.up), c.y >> (l.up - o.up)}) {
			l.coarsen()
		}
	}
}

// add marks a square; false when that makes them too many.
func (l *level) add(c cell) bool {
	l.cells[c] = struct{}{}
	return len(l.cells) <= maxNamed
}

// coarsen puts four squares into one.
func (l *level) coarsen() {
	finer := l.cells
	l.cells = make(map[cell]struct{}, len(finer)/2)
	l.up++
	l.last = cell{l.last.x >> 1, l.last.y >> 1}
	for c := range finer {
		l.cells[cell{c.x >> 1, c.y >> 1}] = struct{}{}
	}
}

// side is the length of a square's side in units of the grid.
func (l *level) side() int64 { return extent << l.up }

// span are the squares of which those in a stretch of the grid lie, cut off at the last.
func span(from, to, side int64, last uint32) (first, end int64) {
	return max(floorDiv(from, side), 0), min(floorDiv(to, side), int64(last))
}

func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}

// reach is how far outside a tile a stroke shows in it: in the buffer, and a unit beyond for
// a hairline, which is drawn that much wider.
const reach = buffer + 1

// along marks the squares whose tiles' frames a stroke meets, row by row; false when they
// become too many.
func (l *level) along(strokes []stroke) bool {
	side := l.side()
	for _, s := range strokes {
		first, end := span(min(s.a.Y, s.b.Y)-reach-1, max(s.a.Y, s.b.Y)+reach, side, l.last.y)
		for y := first; y <= end; y++ {
			from, to := s.between(y*side-reach, (y+1)*side+reach)
			west, east := span(from-reach-1, to+reach, side, l.last.x)
			for x := west; x <= east; x++ {
				if !l.add(cell{uint32(x), uint32(y)}) {
					return false
				}
			}
		}
	}
	return true
}

// between is how far west and east the stroke comes between two parallels, to the unit
// outside.
func (s stroke) between(north, south int64) (west, east int64) {
	west, east = min(s.a.X, s.b.X), max(s.a.X, s.b.X)
	a, b := s.a, s.b
	if a.Y > b.Y {
		a, b = b, a
	}
	if a.Y >= north && b.Y <= south || a.Y == b.Y {
		return west, east
	}
	at := func(y int64) float64 { return s.at(float64(y)) }
	p, q := at(max(north, a.Y)), at(min(south, b.Y))
	return max(west, int64(math.Floor(min(p, q)))-1), min(east, int64(math.Ceil(max(p, q)))+1)
}

// at is where the stroke, which is not level, crosses a parallel.
func (s stroke) at(y float64) float64 {
	return float64(s.a.X) + (y-float64(s.a.Y))/float64(s.b.Y-s.a.Y)*float64(s.b.X-s.a.X)
}

// maxCrossings bounds what a level takes to look inside of borders; beyond it goes coarse.
const maxCrossings = 1 << 18

// crossing is where a border crosses the middle of a row.
type crossing struct {
	row int64
	x   float64
}

// inside marks the squares whose middle the borders enclose; false when they become too
// many. What a border runs through is marked already: what is left is inside as a whole.
func (l *level) inside(borders []stroke) bool {
	side := l.side()
	middle := func(i int64) float64 { return float64(i*side+side/2) + 0.5 } // never on a point of the grid
	var found []crossing
	for _, s := range borders {
		first, end := span(min(s.a.Y, s.b.Y)-side/2, max(s.a.Y, s.b.Y)-side/2, side, l.last.y)
		for row := first; row <= end; row++ {
			if y := middle(row); (float64(s.a.Y) < y) != (float64(s.b.Y) < y) {
				found = append(found, crossing{row, s.at(y)})
			}
		}
		if len(found) > maxCrossings {
			return false
		}
	}
	slices.SortFunc(found, func(p, q crossing) int { return cmp.Or(cmp.Compare(p.row, q.row), cmp.Compare(p.x, q.x)) })
	for i := 0; i+1 < len(found); i += 2 {
		p, q := found[i], found[i+1]
		west, east := int64(math.Ceil((p.x-middle(0))/float64(side))), int64(math.Floor((q.x-middle(0))/float64(side)))
		for x := max(west, 0); x <= min(east, int64(l.last.x)); x++ {
			if !l.add(cell{uint32(x), uint32(p.row)}) {
				return false
			}
		}
	}
	return true
}

// set are the tiles marked.
func (m *marker) set() *Set {
	var each, below []number
	for z := range m.levels {
		l := &m.levels[z]
		for c := range l.cells {
			n := numberOf(maptile.New(c.x, c.y, maptile.Zoom(z)-l.up))
			if l.deep || l.up > 0 {
				below = append(below, n)
			} else {
				each = append(each, n)
			}
		}
	}
	return newSet(each, below)
}
