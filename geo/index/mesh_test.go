package index

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"gridwarden/geo"
)

// mesh is a small crooked coverage for tests: cells of four units whose corners are moved
// by up to one, each with the area it belongs to; -1 is a gap. Every point in and around
// it can be tried, so edges and vertices come up all the time.
type mesh struct {
	w, h    int
	corners [][]geo.Coord
	label   [][]int // of each cell
}

func newMesh(r *rand.Rand, w, h, labels int) *mesh {
	m := &mesh{w: w, h: h}
	for i := range w + 1 {
		m.corners = append(m.corners, make([]geo.Coord, h+1))
		for j := range h + 1 {
			m.corners[i][j] = geo.Coord{X: int32(4*i + r.IntN(3) - 1), Y: int32(4*j + r.IntN(3) - 1)}
		}
	}
	for range w {
		column := make([]int, h)
		for j := range column {
			column[j] = r.IntN(labels+1) - 1
		}
		m.label = append(m.label, column)
	}
	return m
}

// box is the mesh and a little round it.
func (m *mesh) box() geo.Box {
	return geo.Box{Min: geo.Coord{X: -3, Y: -3}, Max: geo.Coord{X: int32(4*m.w + 3), Y: int32(4*m.h + 3)}}
}

// outline is the border of the cells that are in, as rings of one polygon.
func (m *mesh) outline(in func(i, j int) bool) geo.MultiPolygon {
	is := func(i, j int) bool { return i >= 0 && j >= 0 && i < m.w && j < m.h && in(i, j) }
	next := map[[2]int][][2]int{}
	add := func(i, j, k, l int) { next[[2]int{i, j}] = append(next[[2]int{i, j}], [2]int{k, l}) }
	var starts [][2]int
	for i := range m.w {
		for j := range m.h {
			if !is(i, j) {
				continue
			}
			starts = append(starts, [2]int{i, j}, [2]int{i + 1, j}, [2]int{i + 1, j + 1}, [2]int{i, j + 1})
			if !is(i, j-1) {
				add(i, j, i+1, j)
			}
			if !is(i+1, j) {
				add(i+1, j, i+1, j+1)
			}
			if !is(i, j+1) {
				add(i+1, j+1, i, j+1)
			}
			if !is(i-1, j) {
				add(i, j+1, i, j)
			}
		}
	}
	var rings geo.Polygon
	for _, start := range starts {
		for len(next[start]) > 0 {
			var ring geo.Ring
			for at := start; len(ring) == 0 || at != start; {
				ring = append(ring, m.corners[at[0]][at[1]])
				to := next[at][0]
				next[at] = next[at][1:]
				at = to
			}
			rings = append(rings, ring)
		}
	}
	if rings == nil {
		return nil
	}
	return geo.MultiPolygon{rings}
}

// chain is the mesh as two layers: grids by label, and blocks of every group of labels,
// which also hold the gaps whose place is even.
func (m *mesh) chain(group int) *geo.Changes {
	block := func(i, j int) int {
		if m.label[i][j] < 0 {
			return (i + j) % 3
		}
		return m.label[i][j] / group
	}
	c := &geo.Changes{To: position(1), Layers: []geo.Layer{
		{Name: "blocks", Kind: geo.Coverage, Rank: 2},
		{Name: "grids", Kind: geo.Coverage, Rank: 1, Parent: "blocks"},
	}}
	add := func(l geo.LayerName, code, parent string, in func(i, j int) bool) {
		if shape := m.outline(in); shape != nil {
			c.Areas = append(c.Areas, &geo.Area{ID: geo.AreaID(len(c.Areas) + 1), Layer: l, Code: geo.AreaCode(code),
				Parent: geo.AreaCode(parent), Shape: geo.Shape{Polygons: shape}})
		}
	}
	for label := range 16 {
		add("grids", fmt.Sprintf("g%03d", label), fmt.Sprintf("b%03d", label/group), func(i, j int) bool { return m.label[i][j] == label })
		add("blocks", fmt.Sprintf("b%03d", label), "", func(i, j int) bool { return block(i, j) == label })
	}
	return c
}

func position(n int) geo.Position {
	return geo.Position{Sequence: geo.Sequence(n), Change: geo.ChangeID{byte(n), byte(n >> 8)}}
}

// view is the snapshot of a full load.
func view(t testing.TB, c *geo.Changes) *Snapshot {
	t.Helper()
	s, err := Empty().Apply(c)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func eachPoint(b geo.Box, do func(geo.Coord)) {
	for x := b.Min.X; x <= b.Max.X; x++ {
		for y := b.Min.Y; y <= b.Max.Y; y++ {
			do(geo.Coord{X: x, Y: y})
		}
	}
}

func random(seed uint64) *rand.Rand { return rand.New(rand.NewPCG(seed, 1)) }

func codes(areas []*geo.Area) []geo.AreaCode {
	var all []geo.AreaCode
	for _, a := range areas {
		all = append(all, a.Code)
	}
	slices.Sort(all)
	return all
}

// square is an area of one square, its lower left corner at x, y.
func squareArea(id int, layer, code string, x, y, side int32) *geo.Area {
	return &geo.Area{ID: geo.AreaID(id), Layer: geo.LayerName(layer), Code: geo.AreaCode(code),
		Shape: geo.Shape{Polygons: geo.MultiPolygon{{{{X: x, Y: y}, {X: x + side, Y: y}, {X: x + side, Y: y + side}, {X: x, Y: y + side}}}}}}
}
