package tiles

import (
	"math"
	"sort"

	"gridwarden/geo"
	"gridwarden/geo/crs"
)

// cells are the squares of a tile that assets are counted in, row by row from the north-west.
// They are half-open towards east and south, those of one zoom divide those of the zoom
// above, and what lies off the world belongs to those at its edge: so each place is in one
// cell of one tile. Cells remember what they were asked last, and are for one goroutine.
type cells struct {
	bits          uint // there are 2^bits in a row, and as many rows
	columns, rows stairs
	bent          *bent // nil in frames that are straight
}

// newCells cuts a tile in cells.
func newCells(f frame, bits uint) *cells {
	shift := worldBits - uint(f.tile.Z) - bits
	part := func(at, end int64, tile uint32) int {
		return int(max(0, min(at, end-1))>>shift - int64(tile)<<bits)
	}
	c := &cells{bits: bits}
	if f.chart == GCJ02 {
		f, c.bent = frameOf(WebMercator, f.tile), &bent{box: geo.EmptyBox()}
	}
	box := f.box()
	c.columns = newStairs(bits, box.Min.X, box.Max.X, func(x int32) int {
		return part(f.chart.project(geo.Coord{X: x}).x, side, f.tile.X)
	})
	c.rows = newStairs(bits, -box.Max.Y, -box.Min.Y, func(y int32) int {
		return part(f.chart.project(geo.Coord{Y: -y}).y, f.chart.height(), f.tile.Y)
	})
	return c
}

// Count is the number of cells.
func (c *cells) Count() int { return 1 << (2 * c.bits) }

// Of is the cell that a place is in, -1 for those of other tiles.
func (c *cells) Of(at geo.Coord) int {
	if c.bent == nil {
		return c.cell(c.columns.of(at.X), c.rows.of(-at.Y))
	}
	about, slack := c.bent.about(at)
	column, alike := c.columns.stretch(about.X-slack, about.X+slack)
	row, too := c.rows.stretch(-about.Y-slack, slack-about.Y)
	if alike && too {
		return c.cell(column, row)
	}
	at = shifted(at)
	return c.cell(c.columns.of(at.X), c.rows.of(-at.Y))
}

// Whole is the cell that all of a box is in, -1 for other tiles.
func (c *cells) Whole(b geo.Box) (cell int, ok bool) {
	if c.bent != nil {
		if b, ok = c.bent.enter(b); !ok {
			return 0, false
		}
	}
	column, one := c.columns.stretch(b.Min.X, b.Max.X)
	row, too := c.rows.stretch(-b.Max.Y, -b.Min.Y)
	last := 1<<c.bits - 1
	if one && (column < 0 || column > last) || too && (row < 0 || row > last) {
		return -1, true
	}
	return c.cell(column, row), one && too
}

func (c *cells) cell(column, row int) int {
	if n := 1 << c.bits; 0 <= column && column < n && 0 <= row && row < n {
		return row<<c.bits | column
	}
	return -1
}

// stairs tell the step that a coordinate is on. The projection need be asked only for where
// each begins.
type stairs struct {
	starts []int32 // of step -1, which goes on below, of each step, and of all beyond them
	at     int     // where the last one asked for was
}

// newStairs finds where each of 2^bits steps begins between two coordinates, by a function
// that never falls.
func newStairs(bits uint, least, most int32, step func(int32) int) stairs {
	s := stairs{starts: make([]int32, 1<<bits+2)}
	s.starts[0] = math.MinInt32
	from := int64(least)
	for k := range 1<<bits + 1 {
		from += int64(sort.Search(int(int64(most)+1-from), func(i int) bool { return step(int32(from+int64(i))) >= k }))
		s.starts[k+1] = int32(from)
	}
	return s
}

// of is the step of a coordinate: -1 below the first, at least their number beyond the last.
// It walks from the one asked for last, which is near in a walk along the Z-curve.
func (s *stairs) of(v int32) int {
	for v < s.starts[s.at] {
		s.at--
	}
	for s.at+1 < len(s.starts) && v >= s.starts[s.at+1] {
		s.at++
	}
	return s.at - 1
}

// stretch is the step that two coordinates, the lesser first, and all between them are on;
// false when they are on several.
func (s *stairs) stretch(least, most int32) (step int, one bool) {
	step = s.of(least)
	return step, s.at+1 == len(s.starts) || most < s.starts[s.at+1]
}

// bent knows about how far GCJ-02 moves the places of a box. To move each by the closed form
// takes several times as long as all else.
type bent struct {
	box   geo.Box
	by    geo.Coord
	slack int32 // how much further, or less far, any of them may be moved
}

// about is a place moved, to within so many units.
func (m *bent) about(c geo.Coord) (moved geo.Coord, slack int32) {
	if m.box.Contains(c) {
		return geo.Coord{X: c.X + m.by.X, Y: c.Y + m.by.Y}, m.slack
	}
	return shifted(c), 0
}

// enter turns to a box and gives one that holds all its places moved; false where the shift
// breaks off within it.
func (m *bent) enter(b geo.Box) (moved geo.Box, ok bool) {
	*m = bent{box: b}
	china := crs.Shifted()
	if !china.Intersects(b) {
		return b, true
	}
	if !china.Contains(b.Min) || !china.Contains(b.Max) {
		m.box = geo.EmptyBox()
		return b, false
	}
	middle := geo.Coord{X: b.Min.X + (b.Max.X-b.Min.X)/2, Y: b.Min.Y + (b.Max.Y-b.Min.Y)/2}
	to := shifted(middle)
	m.by = geo.Coord{X: to.X - middle.X, Y: to.Y - middle.Y}
	m.slack = slackOf(max(b.Max.X-middle.X, b.Max.Y-middle.Y))
	return grown(geo.Box{
		Min: geo.Coord{X: b.Min.X + m.by.X, Y: b.Min.Y + m.by.Y},
		Max: geo.Coord{X: b.Max.X + m.by.X, Y: b.Max.Y + m.by.Y},
	}, m.slack), true
}

// unshifted is a box that holds every place which GCJ-02 moves into b.
func unshifted(b geo.Box) geo.Box {
	const limit = int32(shiftLimit * geo.Scale)
	wide, china := grown(b, limit), crs.Shifted()
	if !china.Contains(wide.Min) || !china.Contains(wide.Max) {
		return wide
	}
	half := max(b.Max.X-b.Min.X, b.Max.Y-b.Min.Y)/2 + 1
	middle := geo.Coord{X: b.Min.X + (b.Max.X-b.Min.X)/2, Y: b.Min.Y + (b.Max.Y-b.Min.Y)/2}
	to := shifted(middle)
	back := geo.Coord{X: middle.X - (to.X - middle.X), Y: middle.Y - (to.Y - middle.Y)}
	// No place that is moved into b is further from there than this.
	apart := half + slackOf(half+limit)
	to = shifted(back)
	b = geo.Box{
		Min: geo.Coord{X: b.Min.X - to.X + back.X, Y: b.Min.Y - to.Y + back.Y},
		Max: geo.Coord{X: b.Max.X - to.X + back.X, Y: b.Max.Y - to.Y + back.Y},
	}
	return grown(b, slackOf(apart))
}

// grown is the box with so many units on each side.
func grown(b geo.Box, by int32) geo.Box {
	return geo.Box{Min: geo.Coord{X: b.Min.X - by, Y: b.Min.Y - by}, Max: geo.Coord{X: b.Max.X + by, Y: b.Max.Y + by}}
}

// slackOf is by how much at most the shift differs, in units, between places in China that
// are so many units apart in longitude and in latitude. By its formula it grows by less than
// 360 m for a degree of longitude and 180 m for one of latitude, but for the roots, which grow
// by 0.2 m for the root of a degree; at 56° north a metre is 16·10⁻⁶ degree of longitude, and
// that grows too, by less than what makes it a hundredth in all.
func slackOf(apart int32) int32 {
	const unitsOfRoot = 0.2 * 16e-6 * geo.Scale
	return int32(0.01*float64(apart)+unitsOfRoot*math.Sqrt(float64(apart)/geo.Scale)) + 3
}
