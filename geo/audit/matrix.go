package audit

import (
	"cmp"
	"encoding/binary"
	"maps"
	"slices"
	"strings"

	"gridwarden/geo"
	"gridwarden/geo/routing"
)

// Matrix is who answers for each category in each area of a layer of the duty chain, in the
// ordinary situation at the moment asked for: no asset at hand, a condition that no row
// names, nothing answered.
type Matrix struct {
	Layer geo.LayerName // empty without a duty chain
	Areas []*geo.Area   // those on whose ground there is a place, by code
	Rows  []MatrixRow   // by category
}

// MatrixRow is a category.
type MatrixRow struct {
	Categories []geo.CategoryKey // that nothing tells apart
	Cells      []MatrixCell      // one for each area
}

// MatrixCell is one category in one area, in square metres.
type MatrixCell struct {
	Department  geo.DepartmentCode // that answers on most ground; empty for nobody
	Departments int                // how many answer somewhere
	Answered    float64
	Fallback    float64 // only the fallback answers
	Nobody      float64
}

// block is the ground of one zone in one area: how much, by the departments that the
// zone's numbers stand for.
type block struct {
	zone   int32
	metres float64
	parts  []part2
}

type part2 struct {
	names  []geo.DepartmentCode
	metres float64
}

// Matrix is that of a layer of the duty chain, of its top when the name is empty. It is
// Invalid to name a layer that is not of the chain, and TooLarge to name one of which it has
// more than most cells; most 0 is any number.
func (a *Audit) Matrix(layer geo.LayerName, most int) (Matrix, error) {
	switch {
	case layer == "" && len(a.chain) == 0:
		return Matrix{}, nil
	case layer == "":
		layer = a.chain[len(a.chain)-1]
	case !slices.Contains(a.chain, layer):
		names := make([]string, len(a.chain))
		for i, name := range a.chain {
			names[i] = string(name)
		}
		return Matrix{}, geo.Errorf(geo.Invalid, "%q is no layer of the duty chain, which has %s", layer, strings.Join(names, ", "))
	}
	m := Matrix{Layer: layer}
	blocks := a.blocks(layer)
	if cells := len(blocks) * len(a.x.classes); most > 0 && cells > most {
		return m, geo.Errorf(geo.TooLarge, "by %s the matrix has %d cells, and at most %d are told: name a layer above it", layer, cells, most)
	}
	m.Areas = slices.SortedFunc(maps.Keys(blocks), func(a, b *geo.Area) int { return cmp.Compare(a.Code, b.Code) })
	for _, c := range a.x.classes {
		m.Rows = append(m.Rows, MatrixRow{c.Categories, make([]MatrixCell, len(m.Areas))})
	}
	for n, area := range m.Areas {
		zones := slices.Sorted(maps.Keys(blocks[area]))
		known := map[string]MatrixCell{}
		for class := range a.x.classes {
			var key []byte
			for _, z := range zones {
				o := a.leads[pairOf{z, int32(class)}]
				key = append(append(append(key, o.Department...), 0), o.Rule...)
				key = binary.AppendUvarint(key, uint64(z))
			}
			cell, seen := known[string(key)]
			if !seen {
				cell = a.cell(int32(class), zones, blocks[area])
				known[string(key)] = cell
			}
			m.Rows[class].Cells[n] = cell
		}
	}
	return m, nil
}

// blocks is the ground of each area of a layer, by zone.
func (a *Audit) blocks(layer geo.LayerName) map[*geo.Area]map[int32]*block {
	blocks := map[*geo.Area]map[int32]*block{}
	for i := range a.Grounds {
		g := &a.Grounds[i]
		area := areaOf(&g.At, layer)
		if area == nil {
			continue
		}
		if blocks[area] == nil {
			blocks[area] = map[int32]*block{}
		}
		b := blocks[area][g.zone]
		if b == nil {
			b = &block{zone: g.zone}
			blocks[area][g.zone] = b
		}
		b.metres += g.SquareMetres
		b.parts = append(b.parts, part2{g.names, g.SquareMetres})
	}
	return blocks
}

func (a *Audit) cell(class int32, zones []int32, blocks map[int32]*block) MatrixCell {
	var cell MatrixCell
	metres := map[geo.DepartmentCode]float64{}
	for _, z := range zones {
		o, b := a.leads[pairOf{z, class}], blocks[z]
		switch o.Rule {
		case routing.Unrouted, "":
			cell.Nobody += b.metres
			continue
		case routing.Fallback:
			cell.Fallback += b.metres
		default:
			cell.Answered += b.metres
		}
		i := slices.Index(a.zones[z].names, o.Department)
		if i < 0 {
			metres[o.Department] += b.metres
			continue
		}
		for _, p := range b.parts {
			metres[p.names[i]] += p.metres
		}
	}
	cell.Departments = len(metres)
	for _, code := range slices.Sorted(maps.Keys(metres)) {
		if cell.Department == "" || metres[code] > metres[cell.Department] {
			cell.Department = code
		}
	}
	return cell
}
