package simplify

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"gridwarden/geo"
)

// coast is a line as rough at every scale.
func coast(n int) []geo.Coord {
	r := rand.New(rand.NewPCG(1, 1))
	off := make([]float64, n+1)
	for step := n; step > 1; step /= 2 {
		for i := 0; i+step <= n; i += step {
			off[i+step/2] = (off[i]+off[i+step])/2 + (r.Float64()-.5)*float64(step)*60
		}
	}
	line := make([]geo.Coord, n)
	for i := range line {
		line[i] = geo.Coord{X: 1_200_000_000 + int32(i*60), Y: 300_000_000 + int32(off[i])}
	}
	return line
}

// BenchmarkCoast takes a coast of a quarter of a million vertices, and beside it simplifies
// it plainly, zoom by zoom.
func BenchmarkCoast(b *testing.B) {
	const n = 1 << 18
	line := coast(n)
	zooms := make([]uint8, n)
	var s Simplifier
	for b.Loop() {
		s.Line(line, zooms)
	}
	ours := b.Elapsed().Seconds() / float64(b.N)
	started := time.Now()
	points := make([]point, n)
	for i, c := range line {
		points[i] = project(c)
	}
	keep := make([]bool, n)
	for zoom := range EveryVertex {
		plain(points, keep, math.Exp2(float64(28-zoom)))
	}
	theirs := time.Since(started).Seconds()
	b.ReportMetric(ours*1e6/n, "µs/vertex")
	b.ReportMetric(theirs/ours, "×plain")
}

// plain is Douglas and Peucker's algorithm as it is told.
func plain(points []point, keep []bool, tolerance float64) {
	a, b := points[0], points[len(points)-1]
	dx, dy := b.x-a.x, b.y-a.y
	at, most := 0, 0.0
	for i, p := range points {
		along := max(0, min(1, ((p.x-a.x)*dx+(p.y-a.y)*dy)/(dx*dx+dy*dy)))
		if far := math.Hypot(p.x-a.x-along*dx, p.y-a.y-along*dy); far > most {
			at, most = i, far
		}
	}
	if most > tolerance {
		keep[at] = true
		plain(points[:at+1], keep[:at+1], tolerance)
		plain(points[at:], keep[at:], tolerance)
	}
}
