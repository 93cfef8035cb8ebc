package ingest_test

import "math"

// unit is the i-th of n directions.
func unit(i, n int) (x, y float64) {
	sin, cos := math.Sincos(2 * math.Pi * float64(i) / float64(n))
	return cos, sin
}
