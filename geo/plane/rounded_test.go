package plane_test

import (
	"math/rand/v2"
	"reflect"
	"testing"

	"gridwarden/geo/plane"
	"gridwarden/geo/testsize"
)

// A fabric that was rounded before is the same fabric, compared with itself again or not.
func TestWhatWasRoundedNeedsNoLookAtItself(t *testing.T) {
	t.Parallel()
	for seed := range uint64(testsize.N(100, 20000)) {
		r := rand.New(rand.NewPCG(seed, 21))
		fabric := ringsOf(plane.EvenOdd(tangle(r)))
		drawn := tangle(r)
		arrange := func(edge func(*plane.Drawing) func(a, b plane.Point, set plane.Set)) *plane.Arrangement {
			d := plane.NewDrawing(0)
			add, set := edge(d), d.Sets.Of(0)
			for _, ring := range fabric {
				for i, b := range ring {
					add(ring[(i+len(ring)-1)%len(ring)], b, set)
				}
			}
			for _, ring := range drawn {
				d.Ring(ring, 1)
			}
			a, err := d.Arrange(t.Context(), 1)
			if err != nil {
				t.Fatal(err)
			}
			return a
		}
		known := arrange(func(d *plane.Drawing) func(a, b plane.Point, set plane.Set) { return d.Rounded })
		looked := arrange(func(d *plane.Drawing) func(a, b plane.Point, set plane.Set) { return d.Edge })
		if !reflect.DeepEqual(known.Nodes, looked.Nodes) || !reflect.DeepEqual(known.Edges, looked.Edges) || !reflect.DeepEqual(known.Faces, looked.Faces) {
			t.Fatalf("seed %d: %d edges, looked at %d", seed, len(known.Edges), len(looked.Edges))
		}
	}
}
