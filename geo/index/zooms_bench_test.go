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

// BenchmarkRedrawn asks what one edited grid leaves to be drawn anew, zooms included.
func BenchmarkRedrawn(b *testing.B) {
	city := bench()
	grid := *city.areas.Areas[city.side*city.side/2]
	ring := grid.Shape.Polygons[0][0]
	edited := grid
	edited.ID = geo.AreaID(len(city.areas.Areas) + 1)
	edited.Shape = geo.Shape{Polygons: geo.MultiPolygon{{append(ring[:4:4], ring[5:]...)}}}
	now, err := city.view.Apply(&geo.Changes{From: position(1), To: position(1), AreasEnded: []geo.AreaID{grid.ID}, Areas: []*geo.Area{&edited}})
	if err != nil {
		b.Fatal(err)
	}
	areas := 0
	for b.Loop() {
		areas = 0
		for was, is := range now.Redrawn(city.view, "grids") {
			city.view.Zooms(was)
			now.Zooms(is)
			areas++
		}
	}
	b.ReportMetric(float64(areas), "areas")
}
