package tiles

import (
	"cmp"
	"slices"

	"gridwarden/geo"
	"gridwarden/geo/index"
	"gridwarden/geo/plane"
)

const (
	pointZoom = 14 // the first zoom that shows each asset
	cellBits  = 6  // a tile has 2⁶ by 2⁶ cells to count assets in
)

// drawAssets draws every asset as a point, by the version's id.
func drawAssets(l *layer, s *index.Snapshot, f frame) {
	var assets []*geo.Asset
	for a := range s.AssetsIn(f.box()) {
		if within(f.point(a.Point)) {
			assets = append(assets, &a)
		}
	}
	slices.SortFunc(assets, func(a, b *geo.Asset) int { return cmp.Compare(a.Version, b.Version) })
	var drawn path
	for _, a := range assets {
		drawn.reset()
		drawn.point(f.point(a.Point))
		describeAsset(l, s, a)
		l.feature(uint64(a.Version), typePoint, drawn.bytes)
	}
}

// describeAsset gives the next feature the attributes of an asset; see [assetFields].
func describeAsset(l *layer, s *index.Snapshot, a *geo.Asset) {
	l.text("id", string(a.ID))
	l.text("standard", a.Category.Standard)
	l.text("category", a.Category.Code)
	category, _ := s.Category(a.Category)
	l.text("category_name", category.Name)
	l.text("state", a.State)
}

// drawCounts draws how many assets stand in each cell of the tile, row by row from the
// north-west.
func drawCounts(l *layer, s *index.Snapshot, f frame) {
	const cells = 1 << cellBits
	counts := make([]uint64, cells*cells)
	for a := range s.AssetsIn(f.box()) {
		if x, y := f.cell(a.Point); 0 <= x && x < cells && 0 <= y && y < cells {
			counts[y*cells+x]++
		}
	}
	var drawn path
	for i, n := range counts {
		if n == 0 {
			continue
		}
		drawn.reset()
		drawn.point(middle(int64(i%cells), int64(i/cells)))
		l.number("count", n)
		l.feature(0, typePoint, drawn.bytes)
	}
}

// cell is the column and row of the cell that holds c, counted from the tile's north-west
// corner. Cells are half-open towards east and south, those of one zoom divide those of
// the zoom above, and what lies off the world belongs to the cells at its edge.
func (f frame) cell(c geo.Coord) (x, y int64) {
	w := project(c)
	place := func(at, corner int64) int64 {
		const bits = extentBits - cellBits
		return max(0, min(at, side-1))>>(f.shift+bits) - corner>>bits
	}
	return place(w.x, f.x), place(w.y, f.y)
}

// middle is the middle of a cell.
func middle(x, y int64) plane.Point {
	const width = extent >> cellBits
	return plane.Point{X: x*width + width/2, Y: y*width + width/2}
}
