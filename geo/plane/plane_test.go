package plane

import (
	"fmt"
	"math/rand/v2"
	"testing"
)

func TestQuick(t *testing.T) {
	fmt.Println(EvenOdd([]Ring{{{0, 0}, {10, 10}, {10, 0}, {0, 10}}}))
	fmt.Println(EvenOdd([]Ring{{{0, 0}, {10, 0}, {10, 10}, {0, 10}}, {{0, 0}, {5, 2}, {2, 5}}, {{20, 20}, {30, 20}, {25, 30}}, {{22, 21}, {26, 21}, {25, 24}}}))
	for i := range 2000 {
		r := rand.New(rand.NewPCG(uint64(i), 1))
		n := 3 + r.IntN(30)
		size := int64(4 + r.IntN(60))
		var rings []Ring
		for range 1 + r.IntN(3) {
			var g Ring
			for range n {
				g = append(g, Point{r.Int64N(size), r.Int64N(size)})
			}
			rings = append(rings, g)
		}
		out := EvenOdd(rings)
		var again []Ring
		for _, p := range out {
			again = append(again, p...)
		}
		if a, b := fmt.Sprint(out), fmt.Sprint(EvenOdd(again)); a != b {
			t.Fatalf("%d %v\n%v\n%v", i, rings, a, b)
		}
	}
}
