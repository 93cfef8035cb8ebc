package index

import (
	"runtime"
	"testing"

	"gridwarden/geo"
)

// BenchmarkZooms works out the zooms of every grid of the city, and tells what they take and
// how many vertices are drawn at a zoom.
func BenchmarkZooms(b *testing.B) {
	city := bench()
	var s *Snapshot
	var took, vertices int64
	for b.Loop() {
		b.StopTimer()
		s = view(b, city.areas)
		vertices = 0
		before := heap()
		b.StartTimer()
		for _, z := range s.Drawn("grids", s.Bounds("grids")) {
			vertices += int64(len(z))
		}
		b.StopTimer()
		took = heap() - before
		b.StartTimer()
	}
	b.ReportMetric(b.Elapsed().Seconds()*1e6/float64(b.N)/float64(vertices), "µs/vertex")
	b.ReportMetric(float64(took)/float64(vertices), "B/vertex")
	drawn := drawnAt(s, "grids")
	for _, zoom := range []int{10, 12, 14, 16} {
		b.Logf("zoom %d: %.1f %% of the vertices are drawn", zoom, 100*float64(drawn[zoom])/float64(vertices))
	}
	runtime.KeepAlive(s)
}

// drawnAt counts the vertices of a layer that are drawn at each zoom.
func drawnAt(s *Snapshot, n geo.LayerName) (drawn [19]int) {
	for _, zooms := range s.Drawn(n, s.Bounds(n)) {
		for _, from := range zooms {
			for z := int(from); z < len(drawn); z++ {
				drawn[z]++
			}
		}
	}
	return drawn
}
