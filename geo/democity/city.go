package democity

import (
	"cmp"
	"fmt"
	"math"
	"slices"
)

// area is a district, street or community.
type area struct {
	code, name, department, parent string
	cells                          []cell // in order
}

// city is everything but the files: who holds which cell, and how all of it is called.
type city struct {
	lattice     *lattice
	names       *names
	districts   []area
	streets     []area
	communities []area
	units       []unit

	district, street, community map[cell]int32 // the place of each cell's area in the slices above
}

// About how many grids make a community (1 km²) and a street; see [districtCount].
const (
	gridsInCommunity = 100
	gridsInStreet    = 310
	gridsInDistrict  = 830
	mostDistricts    = 12
)

// districtCount is the number of districts of a city of so many grids.
func districtCount(grids int) int {
	return min(max(1, int(math.Round(float64(grids)/gridsInDistrict))), mostDistricts)
}

// build lays out a city: the cells are split into districts, those into streets, those
// into communities, so that each level is made of whole areas of the next.
func build(grids int) *city {
	c := &city{lattice: newLattice(grids), names: newNames()}
	for i, cells := range split(c.lattice.cells, districtCount(grids)) {
		d := area{code: fmt.Sprintf("9901%02d", i+1), name: districtNames[i] + "区", cells: cells}
		d.department = "QF-" + d.code
		c.districts = append(c.districts, d)
		c.addStreets(d)
	}
	c.district, c.street, c.community = owners(c.districts), owners(c.streets), owners(c.communities)
	c.units = c.makeUnits()
	return c
}

func (c *city) addStreets(d area) {
	for i, cells := range split(d.cells, parts(d.cells, gridsInStreet)) {
		s := area{code: fmt.Sprintf("%s%03d", d.code, i+1), name: c.names.next("街道"), parent: d.code, cells: cells}
		s.department = "JD-" + s.code
		c.streets = append(c.streets, s)
		for j, cells := range split(cells, parts(cells, gridsInCommunity)) {
			m := area{code: fmt.Sprintf("%s%03d", s.code, j+1), name: c.names.next("社区"), parent: s.code, cells: cells}
			if len(c.communities)%12 != 11 { // here and there the street office answers itself
				m.department = "JW-" + m.code
			}
			c.communities = append(c.communities, m)
		}
	}
}

// parts is into how many areas of about size cells to split; 999 is the last code.
func parts(cells []cell, size int) int {
	return min(max(1, int(math.Round(float64(len(cells))/float64(size)))), 999)
}

func owners(areas []area) map[cell]int32 {
	owner := make(map[cell]int32)
	for i, a := range areas {
		for _, c := range a.cells {
			owner[c] = int32(i)
		}
	}
	return owner
}

// split cuts cells into k connected sets of about the same number, halving across the
// longer side each time. Each set is in the order of grid codes.
func split(cells []cell, k int) [][]cell {
	if k == 1 || len(cells) == 1 {
		cells = slices.Clone(cells)
		slices.SortFunc(cells, cell.compare)
		return [][]cell{cells}
	}
	line := longerSide(cells)
	cells = slices.Clone(cells)
	slices.SortFunc(cells, func(a, b cell) int {
		return cmp.Or(line(a)-line(b), a.compare(b))
	})
	cut := max(1, len(cells)*(k/2)/k)
	for cut < len(cells)-1 && line(cells[cut]) == line(cells[cut-1]) {
		cut++
	}
	return append(split(cells[:cut], k/2), split(cells[cut:], k-k/2)...)
}

// longerSide gives the coordinate that runs along the longer side of the cells.
func longerSide(cells []cell) func(cell) int {
	col := func(c cell) int { return c.col }
	row := func(c cell) int { return c.row }
	spread := func(along func(cell) int) int {
		low, high := along(cells[0]), along(cells[0])
		for _, c := range cells {
			low, high = min(low, along(c)), max(high, along(c))
		}
		return high - low
	}
	if spread(col) > spread(row) {
		return col
	}
	return row
}

// gridCode numbers the cells of a community west to east, then north to south.
func (m *area) gridCode(sequence int) string { return fmt.Sprintf("%s%03d", m.code, sequence+1) }
