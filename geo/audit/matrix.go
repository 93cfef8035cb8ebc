package audit

import (
	"cmp"
	"encoding/binary"
	"maps"
	"slices"

	"gridwarden/geo"
	"gridwarden/geo/routing"
)

// Matrix is who answers for each category in each area of the duty chain's top layer, in
// the ordinary situation at the moment asked for: no asset at hand, a condition that no row
// names, nothing answered.
type Matrix struct {
	Layer     geo.LayerName // empty without a duty chain
	Districts []*geo.Area   // those on whose ground there is a place, by code
	Rows      []MatrixRow   // by category
}

// MatrixRow is a category.
type MatrixRow struct {
	Categories []geo.CategoryKey // that nothing tells apart
	Cells      []MatrixCell      // one for each district
}

// MatrixCell is one category in one district, in square metres.
type MatrixCell struct {
	Department  geo.DepartmentCode // that answers on most ground; empty for nobody
	Departments int                // how many answer somewhere
	Answered    float64
	Fallback    float64 // only the fallback answers
	Nobody      float64
}

// block is the ground of one zone in one district: how much, by the departments that the
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

func (a *Audit) matrix(l *ledger) Matrix {
	if len(a.chain) == 0 {
		return Matrix{}
	}
	m := Matrix{Layer: a.chain[len(a.chain)-1]}
	blocks := map[*geo.Area]map[int32]*block{}
	for i := range a.Grounds {
		g := &a.Grounds[i]
		district := areaOf(&g.At, m.Layer)
		if district == nil {
			continue
		}
		if blocks[district] == nil {
			blocks[district] = map[int32]*block{}
			m.Districts = append(m.Districts, district)
		}
		b := blocks[district][g.zone]
		if b == nil {
			b = &block{zone: g.zone}
			blocks[district][g.zone] = b
		}
		b.metres += g.SquareMetres
		b.parts = append(b.parts, part2{g.names, g.SquareMetres})
	}
	slices.SortFunc(m.Districts, func(a, b *geo.Area) int { return cmp.Compare(a.Code, b.Code) })
	for _, c := range a.x.classes {
		m.Rows = append(m.Rows, MatrixRow{c.Categories, make([]MatrixCell, len(m.Districts))})
	}
	for d, district := range m.Districts {
		zones := slices.Sorted(maps.Keys(blocks[district]))
		known := map[string]MatrixCell{}
		for class := range a.x.classes {
			var key []byte
			for _, z := range zones {
				o := l.leads[pairOf{z, int32(class)}]
				key = append(append(append(key, o.Department...), 0), o.Rule...)
				key = binary.AppendUvarint(key, uint64(z))
			}
			cell, seen := known[string(key)]
			if !seen {
				cell = a.cell(l, int32(class), zones, blocks[district])
				known[string(key)] = cell
			}
			m.Rows[class].Cells[d] = cell
		}
	}
	return m
}

func (a *Audit) cell(l *ledger, class int32, zones []int32, blocks map[int32]*block) MatrixCell {
	var cell MatrixCell
	metres := map[geo.DepartmentCode]float64{}
	for _, z := range zones {
		o, b := l.leads[pairOf{z, class}], blocks[z]
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
