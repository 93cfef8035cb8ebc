package tiles

import (
	"cmp"
	"maps"
	"slices"

	"gridwarden/geo"
	"gridwarden/geo/index"
	"gridwarden/geo/plane"
)

const (
	pointZoom = 14 // the first zoom that shows each asset
	cellBits  = 6  // a tile has 2⁶ by 2⁶ cells to count assets in

	// crowd is how many assets on one unit of the tile are each drawn. More are nothing a
	// map could show, a fault of the data, and are counted as above pointZoom.
	crowd = 100
)

// standing is an asset and its place on the grid.
type standing struct {
	asset geo.Asset
	at    plane.Point
}

// drawAssets draws every asset as a point, by the version's id, but those of a crowd.
func drawAssets(l *layer, s *index.Snapshot, w *Want, f frame) {
	var assets []standing
	for a := range s.AssetsIn(f.box()) {
		if at := f.point(a.Point); within(at) {
			assets = append(assets, standing{a, at})
		}
	}
	crowds := crowdsAmong(assets)
	assets = slices.DeleteFunc(assets, func(a standing) bool { return crowds[a.at] > 0 })
	slices.SortFunc(assets, func(a, b standing) int { return cmp.Compare(a.asset.Version, b.asset.Version) })
	var drawn path
	for i := range assets {
		drawn.reset()
		drawn.point(assets[i].at)
		describeAsset(l, s, &assets[i].asset)
		l.feature(uint64(assets[i].asset.Version), typePoint, drawn.bytes)
	}
	for _, at := range slices.SortedFunc(maps.Keys(crowds), northWestFirst) {
		drawCount(l, &drawn, at, crowds[at])
	}
}

// crowdsAmong counts the assets on each unit that holds a crowd.
func crowdsAmong(assets []standing) map[plane.Point]uint64 {
	if len(assets) <= crowd {
		return nil
	}
	on := map[plane.Point]uint64{}
	for i := range assets {
		on[assets[i].at]++
	}
	maps.DeleteFunc(on, func(_ plane.Point, n uint64) bool { return n <= crowd })
	return on
}

// northWestFirst orders row by row from the north-west.
func northWestFirst(a, b plane.Point) int {
	return cmp.Or(cmp.Compare(a.Y, b.Y), cmp.Compare(a.X, b.X))
}

// drawCount draws how many assets stand in one place.
func drawCount(l *layer, drawn *path, at plane.Point, n uint64) {
	drawn.reset()
	drawn.point(at)
	l.number("count", n)
	l.feature(0, typePoint, drawn.bytes)
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
func drawCounts(l *layer, s *index.Snapshot, w *Want, f frame) {
	const cells = 1 << cellBits
	counts := make([]uint64, cells*cells)
	for a := range s.AssetsIn(f.box()) {
		if x, y := f.cell(a.Point); 0 <= x && x < cells && 0 <= y && y < cells {
			counts[y*cells+x]++
		}
	}
	var drawn path
	for i, n := range counts {
		if n > 0 {
			drawCount(l, &drawn, middle(int64(i%cells), int64(i/cells)), n)
		}
	}
}

// cell is the column and row of the cell that holds c, counted from the tile's north-west
// corner. Cells are half-open towards east and south, those of one zoom divide those of
// the zoom above, and what lies off the world belongs to the cells at its edge.
func (f frame) cell(c geo.Coord) (x, y int64) {
	at := f.chart.project(c)
	place := func(at, end, corner int64) int64 {
		const bits = extentBits - cellBits
		return max(0, min(at, end-1))>>(f.shift+bits) - corner>>bits
	}
	return place(at.x, side, f.x), place(at.y, f.chart.height(), f.y)
}

// middle is the middle of a cell.
func middle(x, y int64) plane.Point {
	const width = extent >> cellBits
	return plane.Point{X: x*width + width/2, Y: y*width + width/2}
}
