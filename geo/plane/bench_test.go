package plane_test

import (
	"math"
	"testing"

	"gridwarden/geo/plane"
)

// BenchmarkEvenOdd makes one area of 40 vertices valid, as a tile does for each.
func BenchmarkEvenOdd(b *testing.B) {
	var ring plane.Ring
	for i := range 40 {
		sin, cos := math.Sincos(float64(i) * 2 * math.Pi / 40)
		ring = append(ring, plane.Point{X: int64(2000 * cos), Y: int64(2000 * sin)})
	}
	b.ReportAllocs()
	for b.Loop() {
		if len(plane.EvenOdd([]plane.Ring{ring})) != 1 {
			b.Fatal("the area is gone")
		}
	}
}
