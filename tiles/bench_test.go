package tiles_test

import (
	"fmt"
	"math"
	"testing"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/maptile"

	"gridwarden/geo"
	"gridwarden/geo/testsize"
	"gridwarden/tiles"
)

// BenchmarkRender draws the tiles over a generated city, raw, one after the other; the
// long size is 90,000 grids and two million assets.
func BenchmarkRender(b *testing.B) {
	shapes := wavyCity(testsize.N(100, 300))
	box := boxOf(shapes)
	s := coverage(b, layerOf("grids", shapes...), strewn(testsize.N(200_000, 2_000_000), box))
	for _, zoom := range []maptile.Zoom{10, 12, 14, 16} {
		over := covering(box, zoom)
		for _, layers := range [][]geo.LayerName{{"grids"}, {"assets"}, {"assets", "grids"}} {
			b.Run(fmt.Sprintf("z%d/%v", zoom, layers), func(b *testing.B) {
				b.ReportAllocs()
				bytes, i := 0, 0
				for b.Loop() {
					bytes += len(tiles.Render(s, &tiles.Want{Layers: layers}, over[i*7919%len(over)]))
					i++
				}
				b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "tiles/s")
				b.ReportMetric(float64(bytes)/float64(b.N), "B/tile")
			})
		}
	}
}

// covering are the tiles that lie in a box, row by row, at least the one at its middle.
func covering(box geo.Box, zoom maptile.Zoom) []maptile.Tile {
	nw := maptile.At(orb.Point{box.Min.Lon(), box.Max.Lat()}, zoom)
	se := maptile.At(orb.Point{box.Max.Lon(), box.Min.Lat()}, zoom)
	inset := uint32(math.Min(1, float64((se.X-nw.X)/3)))
	var all []maptile.Tile
	for y := nw.Y + inset; y <= se.Y-inset; y++ {
		for x := nw.X + inset; x <= se.X-inset; x++ {
			all = append(all, maptile.New(x, y, zoom))
		}
	}
	return all
}

// BenchmarkCache asks for a kept tile, compressed, from all processors.
func BenchmarkCache(b *testing.B) {
	s, layers, tile := mixed(b, nil)
	c := tiles.NewCache(1 << 20)
	b.ReportAllocs()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if got, err := c.Get(b.Context(), s, tiles.Request{Want: tiles.Want{Layers: layers}, Tile: tile, Encoding: tiles.Gzip}); err != nil || got.Bytes == nil {
				b.Error(err)
			}
		}
	})
}
