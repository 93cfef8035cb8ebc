package index

import (
	"fmt"
	"math/rand/v2"
	"os"
	"runtime"
	"sync"
	"testing"

	"gridwarden/geo"
)

// full tells whether the benchmarks run on a whole city (GRIDWARDEN_BENCH=full): 90,000
// grids and 2,000,000 assets; else on a tenth.
func full() bool { return os.Getenv("GRIDWARDEN_BENCH") == "full" }

const cell = 10_000 // units, about 100 m

// wavy is the wavy line between two neighbouring corners of the city, nine edges long,
// the last vertex left out. It sways at most a quarter of the way from the nearer corner,
// so that lines meet only in corners.
func wavy(i, j int, upright bool) []geo.Coord {
	r := rand.New(rand.NewPCG(uint64(i)<<32|uint64(j), 7))
	points := make([]geo.Coord, 9)
	for k := range points {
		along, most := int32(k*cell/9), int32(min(k, 9-k)*cell/36)
		sway := int32(0)
		if most > 0 {
			sway = r.Int32N(2*most) - most
		}
		x, y := int32(i*cell)+along, int32(j*cell)+sway
		if upright {
			x, y = int32(i*cell)+sway, int32(j*cell)+along
		}
		points[k] = here(x, y)
	}
	return points
}

// block is the area of the grids from i, j, n to each side.
func block(i, j, n int) geo.Shape {
	var ring geo.Ring
	back := func(from []geo.Coord, end geo.Coord) {
		ring = append(ring, end)
		for k := len(from) - 1; k > 0; k-- {
			ring = append(ring, from[k])
		}
	}
	for k := range n {
		ring = append(ring, wavy(i+k, j, false)...)
	}
	for k := range n {
		ring = append(ring, wavy(i+n, j+k, true)...)
	}
	for k := n - 1; k >= 0; k-- {
		back(wavy(i+k, j+n, false), here(int32((i+k+1)*cell), int32((j+n)*cell)))
	}
	for k := n - 1; k >= 0; k-- {
		back(wavy(i, j+k, true), here(int32(i*cell), int32((j+k+1)*cell)))
	}
	return geo.Shape{Polygons: geo.MultiPolygon{{ring}}}
}

// benchCity is a city of side × side grids of 36 vertices in four nested layers.
func benchCity(side int) *geo.Changes {
	c := &geo.Changes{To: position(1)}
	names := []geo.LayerName{"grids", "communities", "streets", "districts"}
	sizes := []int{1, 5, 20, 100}
	for level, n := range sizes {
		l := geo.Layer{Name: names[level], Kind: geo.Coverage, Rank: level}
		if level+1 < len(sizes) {
			l.Parent = names[level+1]
		}
		c.Layers = append(c.Layers, l)
		for i := 0; i < side; i += n {
			for j := 0; j < side; j += n {
				a := &geo.Area{ID: geo.AreaID(len(c.Areas) + 1), Layer: l.Name, Code: codeOf(i/n, j/n), Shape: block(i, j, n)}
				if level+1 < len(sizes) {
					a.Parent = codeOf(i/sizes[level+1], j/sizes[level+1])
				}
				c.Areas = append(c.Areas, a)
			}
		}
	}
	return c
}

func codeOf(i, j int) geo.AreaCode { return geo.AreaCode(fmt.Sprintf("330103%04d%05d", i, j)) }

// benchAssets is n assets strewn over the city, of 60 categories, each looked after by
// another body in each of ten quarters.
func benchAssets(n int) []geo.Asset {
	r := random(9)
	all := make([]geo.Asset, n)
	for i := range all {
		k, quarter := r.IntN(60), r.IntN(10)
		all[i] = geo.Asset{Version: geo.AssetVersion(i + 1), ID: geo.AssetID(fmt.Sprintf("330103%04d%06d", k, i)), Name: fmt.Sprintf("路灯%d号", i),
			Category: geo.CategoryKey{Standard: "GB/T 47678.5-2026", Kind: geo.Component, Code: fmt.Sprintf("0%04d", k)}, State: "完好",
			Authority: "11330103MB0001", Owner: geo.DepartmentCode(fmt.Sprint("O", k/2)), Maintainer: geo.DepartmentCode(fmt.Sprint("M", k/4, "-", quarter)),
			Point: here(r.Int32N(300*cell), r.Int32N(300*cell))}
	}
	return all
}

// bench is what several benchmarks share, made once.
var bench = sync.OnceValue(func() (b struct {
	side  int
	areas *geo.Changes
	view  *Snapshot
}) {
	b.side = 100
	if full() {
		b.side = 300
	}
	b.areas = benchCity(b.side)
	b.view, _ = Empty().Apply(b.areas)
	return b
})

// questions are points all over the city, or each within about a grid of the one before.
func questions(side int, clustered bool) []geo.Coord {
	r := random(3)
	points := make([]geo.Coord, benchPoints)
	size := int32(side * cell)
	at := here(size/2, size/2)
	for i := range points {
		if !clustered || i%512 == 0 {
			at = here(r.Int32N(size), r.Int32N(size))
		}
		points[i] = geo.Coord{X: at.X + r.Int32N(cell) - cell/2, Y: at.Y + r.Int32N(cell) - cell/2}
	}
	return points
}

// BenchmarkEdge asks for the distance to the nearest border of a district too.
func BenchmarkEdge(b *testing.B) {
	city := bench()
	points := questions(city.side, false)
	i := 0
	for b.Loop() {
		p := points[i%len(points)]
		for _, h := range city.view.Locate(p, "districts").Areas {
			city.view.EdgeDistance(h.Area, p, 100)
		}
		i++
	}
}

func BenchmarkLoadAreas(b *testing.B) {
	city := bench()
	for b.Loop() {
		view(b, city.areas)
	}
	b.ReportMetric(float64(city.view.Bytes())/float64(len(city.areas.Areas)), "B/area")
}

func BenchmarkLoadAssets(b *testing.B) {
	n := 200_000
	if full() {
		n = 2_000_000
	}
	c := &geo.Changes{Assets: benchAssets(n)}
	var s *Snapshot
	before := heap()
	for b.Loop() {
		s = view(b, c)
	}
	b.ReportMetric(float64(heap()-before)/float64(n), "B/asset")
	b.ReportMetric(float64(n)*float64(b.N)/b.Elapsed().Seconds(), "assets/s")
	runtime.KeepAlive(s)
	runtime.KeepAlive(c)
}

func heap() int64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// BenchmarkApply edits one asset, or one grid, of the city again and again; packing again
// now and then is part of it.
func BenchmarkApply(b *testing.B) {
	city := bench()
	b.Run("asset", func(b *testing.B) {
		n := 200_000
		if full() {
			n = 2_000_000
		}
		all := benchAssets(n)
		s := view(b, &geo.Changes{To: position(1), Assets: all})
		version := geo.AssetVersion(n)
		i := 0
		for b.Loop() {
			a := &all[i%n]
			ended := a.Version
			version++
			a.Version = version
			a.Point.X++
			var err error
			if s, err = s.Apply(&geo.Changes{From: position(1), To: position(1), AssetsEnded: []geo.AssetVersion{ended}, Assets: []geo.Asset{*a}}); err != nil {
				b.Fatal(err)
			}
			i++
		}
	})
	b.Run("grid", func(b *testing.B) {
		s := city.view
		grid := *city.areas.Areas[city.side*city.side/2]
		next := geo.AreaID(len(city.areas.Areas))
		for b.Loop() {
			ended := grid.ID
			next++
			grid.ID = next
			one := grid
			var err error
			if s, err = s.Apply(&geo.Changes{From: position(1), To: position(1), AreasEnded: []geo.AreaID{ended}, Areas: []*geo.Area{&one}}); err != nil {
				b.Fatal(err)
			}
		}
	})
}
