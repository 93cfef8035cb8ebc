package tiles_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/paulmach/orb/maptile"

	"gridwarden/geo"
	"gridwarden/geo/index"
	"gridwarden/geo/testsize"
	"gridwarden/tiles"
)

// chained is a city of n by n grids under communities of ten by ten, districts of thirty by
// thirty and one city, and so many assets.
func chained(n, assets int) *geo.Changes {
	cells := wavyCity(n)
	side := func(i, j, which int) geo.Ring { return cells[j*n+i][0][0][9*which : 9*which+9] }
	block := func(i, j, k int) geo.Shape {
		var r geo.Ring
		for a := range k {
			r = append(r, side(i*k+a, j*k, 0)...)
		}
		for a := range k {
			r = append(r, side(i*k+k-1, j*k+a, 1)...)
		}
		for a := range k {
			r = append(r, side(i*k+k-1-a, j*k+k-1, 2)...)
		}
		for a := range k {
			r = append(r, side(i*k, j*k+k-1-a, 3)...)
		}
		return geo.Shape{Polygons: geo.MultiPolygon{{r}}}
	}
	c := &geo.Changes{To: geo.Position{Sequence: 1}, Assets: strewn(assets, boxOf(cells)), Categories: []geo.Category{{CategoryKey: manhole, Name: "上水井盖"}}}
	names := []geo.LayerName{"grids", "communities", "districts", "city"}
	for l, k := range []int{1, 10, 30, n} {
		layer := geo.Layer{Name: names[l], Kind: geo.Coverage, Rank: l}
		up := 0
		if l+1 < len(names) {
			layer.Parent, up = names[l+1], []int{10, 30, n}[l]
		}
		c.Layers = append(c.Layers, layer)
		for j := range n / k {
			for i := range n / k {
				a := &geo.Area{ID: geo.AreaID(len(c.Areas) + 1), Layer: names[l], Code: geo.AreaCode(fmt.Sprintf("%03d%03d", i, j)), Name: "区", Shape: block(i, j, k)}
				if up > 0 {
					a.Parent = geo.AreaCode(fmt.Sprintf("%03d%03d", i*k/up, j*k/up))
				}
				c.Areas = append(c.Areas, a)
			}
		}
	}
	return c
}

// replaced is a change of some areas and assets of a view.
func replaced(s *index.Snapshot, areas []*geo.Area, assets []geo.Asset) *geo.Changes {
	c := &geo.Changes{From: s.Position(), To: geo.Position{Sequence: s.Position().Sequence + 1}, Areas: areas, Assets: assets}
	for i, a := range areas {
		c.AreasEnded = append(c.AreasEnded, s.Area(a.Layer, a.Code).ID)
		a.ID = geo.AreaID(10_000_000 + i)
	}
	for i := range assets {
		c.AssetsEnded = append(c.AssetsEnded, assets[i].Version)
		assets[i].Version += 10_000_000
	}
	return c
}

// moveVertex are all areas that have a vertex, with it moved.
func moveVertex(s *index.Snapshot, at geo.Coord) (moved []*geo.Area) {
	box := geo.Box{Min: at, Max: at}
	for _, l := range s.Layers() {
		for a := range s.AreasIn(l.Name, box) {
			next := *a
			ring := slices.Clone(a.Shape.Polygons[0][0])
			if i := slices.Index(ring, at); i >= 0 {
				ring[i].X, ring[i].Y = ring[i].X+300, ring[i].Y-400
				next.Shape = geo.Shape{Polygons: geo.MultiPolygon{{ring}}}
				moved = append(moved, &next)
			}
		}
	}
	return moved
}

// BenchmarkStep is how long it takes until the dirty tiles of a change are known, in a city
// whose long size is 90,000 grids and two million assets, with 100,000 tiles kept.
func BenchmarkStep(b *testing.B) {
	n := testsize.N(60, 300)
	s, err := index.Empty().Apply(chained(n, testsize.N(100_000, 2_000_000)))
	if err != nil {
		b.Fatal(err)
	}
	c := tiles.NewCache(1 << 30)
	c.Step(index.Empty(), s, nil)
	r := tiles.Request{Want: tiles.Want{Layers: []geo.LayerName{"grids"}}, Tile: maptile.New(0, 0, 17)}
	for range testsize.N(1000, 100_000) {
		if r.Tile.X++; r.Tile.X == 1<<17 {
			r.Tile.X, r.Tile.Y = 0, r.Tile.Y+1
		}
		if _, err := c.Get(b.Context(), s, r); err != nil {
			b.Fatal(err)
		}
	}
	renamed := func(l geo.LayerName) *geo.Changes {
		for a := range s.Areas(l, "") {
			next := *a
			next.Name = "新"
			return replaced(s, []*geo.Area{&next}, nil)
		}
		return nil
	}
	var assets []geo.Asset
	for a := range s.Assets(geo.AssetKey{}) {
		if assets = append(assets, a); len(assets) == 100_000 {
			break
		}
	}
	moved := func(n int, by int32) *geo.Changes {
		some := slices.Clone(assets[:n])
		for i := range some {
			some[i].Point.X += by
		}
		return replaced(s, nil, some)
	}
	inner, district := s.Area("grids", "015015"), s.Area("districts", "000000")
	for _, e := range []struct {
		what   string
		change *geo.Changes
	}{
		{"one asset", moved(1, 5000)},
		{"100,000 assets", moved(len(assets), 5000)},
		{"border of two grids", replaced(s, moveVertex(s, inner.Shape.Polygons[0][0][4]), nil)},
		{"border of two districts", replaced(s, moveVertex(s, district.Shape.Polygons[0][0][9*30+4]), nil)},
		{"border of the city", replaced(s, moveVertex(s, district.Shape.Polygons[0][0][4]), nil)},
		{"name of a grid", renamed("grids")},
		{"name of a district", renamed("districts")},
		{"name of the city", renamed("city")},
	} {
		for _, frames := range [][]tiles.Frame{{tiles.WebMercator}, {tiles.WebMercator, tiles.GCJ02, tiles.Geographic}} {
			b.Run(fmt.Sprintf("%s/%d frames", e.what, len(frames)), func(b *testing.B) {
				var d *tiles.Dirty
				for b.Loop() {
					b.StopTimer() // what a view works out when first asked counts
					next, err := s.Apply(e.change)
					if err != nil {
						b.Fatal(err)
					}
					b.StartTimer()
					d = tiles.Changed(s, next, e.change, frames...)
				}
				named := 0
				for _, l := range append(s.Layers(), geo.Layer{Name: tiles.AssetsLayer}) {
					set := d.Of(tiles.WebMercator, l.Name, false)
					named += len(slices.Collect(set.Each())) + len(slices.Collect(set.Below()))
				}
				b.ReportMetric(float64(b.Elapsed().Microseconds())/1000/float64(b.N), "ms")
				b.ReportMetric(float64(named), "named")
			})
		}
	}
	b.Run("256 steps with what is kept looked through", func(b *testing.B) {
		for b.Loop() {
			from := s
			for i := range 256 {
				a := assets[i : i+1]
				change := replaced(from, nil, slices.Clone(a))
				next, err := from.Apply(change)
				if err != nil {
					b.Fatal(err)
				}
				c.Step(from, next, change)
				from = next
			}
			b.StopTimer()
			c.Step(from, s, nil)
			b.StartTimer()
		}
	})
}
