package coverage_test

import (
	"fmt"
	"math"
	"runtime"
	"testing"

	"github.com/paulmach/orb"

	"gridwarden/geo"
	"gridwarden/geo/coverage"
	"gridwarden/geo/testsize"
)

// wavyCity is a square city of n × n grids with wavy shared borders, perSide vertices on
// each side, in communities of 4 × 4 that are dissolved from them.
func wavyCity(n, perSide int) []coverage.Layer {
	const cell = 0.001
	corner := func(x, y int) orb.Point {
		fx, fy := float64(x), float64(y)
		return orb.Point{
			120 + cell*(fx+0.2*math.Sin(fx*1.3+fy*2.1)),
			30 + cell*(fy+0.2*math.Cos(fx*2.3-fy*1.7)),
		}
	}
	// side is the way from one corner towards another, without its end; the same both ways.
	side := func(x, y, x2, y2 int) orb.Ring {
		back := x2 < x || y2 < y
		a, b := corner(x, y), corner(x2, y2)
		if back {
			a, b = b, a
		}
		way := orb.Ring{}
		for i := range perSide {
			k := i
			if back {
				k = perSide - i
			}
			t := float64(k) / float64(perSide)
			w := 0.05 * cell * math.Sin(t*math.Pi*2) * math.Sin(float64(x+x2)*3+float64(y+y2))
			way = append(way, orb.Point{a[0] + t*(b[0]-a[0]) - w*(b[1]-a[1])/cell, a[1] + t*(b[1]-a[1]) + w*(b[0]-a[0])/cell})
		}
		return way
	}
	grids := coverage.Layer{Name: "grids"}
	var codes []geo.AreaCode
	for y := range n {
		for x := range n {
			ring := append(side(x, y, x+1, y), side(x+1, y, x+1, y+1)...)
			ring = append(append(ring, side(x+1, y+1, x, y+1)...), side(x, y+1, x, y)...)
			community := fmt.Sprintf("%03d%03d", y/4, x/4)
			if x%4 == 0 && y%4 == 0 {
				codes = append(codes, geo.AreaCode(community))
			}
			grids.Areas = append(grids.Areas, coverage.Area{
				Code:  geo.AreaCode(fmt.Sprintf("%s%02d", community, y%4*4+x%4)),
				Parts: []geo.AreaPart{{Geometry: orb.Polygon{append(ring, ring[0])}}},
			})
		}
	}
	return []coverage.Layer{grids, dissolved("communities", codes...)}
}

// BenchmarkBuildCity builds a city of 300 × 300 grids of 36 vertices: 3.24 million
// vertices as drawn.
func BenchmarkBuildCity(b *testing.B) {
	n := testsize.N(100, 300)
	city := wavyCity(n, 9)
	vertices := float64(n * n * 36)
	for b.Loop() {
		var before, after runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&before)
		r, err := coverage.Build(b.Context(), city, coverage.Options{Tolerance: 1})
		if err != nil {
			b.Fatal(err)
		}
		for _, f := range r.Faults {
			if f.Error {
				b.Fatal(f.Sentence())
			}
		}
		runtime.ReadMemStats(&after)
		b.ReportMetric(float64(after.TotalAlloc-before.TotalAlloc)/vertices, "B-allocated/vertex")
		b.ReportMetric(float64(after.HeapSys-before.HeapSys)/vertices, "B-heap/vertex")
		b.ReportMetric(float64(len(r.Faults)), "faults")
	}
}
