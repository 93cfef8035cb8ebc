package plane

import "context"

// EvenOdd returns the valid (OGC) polygons covering the even-odd interior of the rings
// after snap rounding. Rings may be anything: crossing themselves, doubled, in any order
// and direction. Parts that collapse vanish; nil when nothing is left, a coordinate is
// beyond [Limit], or the rings cross in far more places than areas do ([ErrTangled]). Its
// own output comes back unchanged.
func EvenOdd(rings []Ring) []Polygon {
	edges := 0
	for _, r := range rings {
		edges += len(r)
	}
	d := NewDrawing(edges)
	for _, r := range rings {
		for _, p := range r {
			if max(p.X, -p.X, p.Y, -p.Y) > Limit {
				return nil
			}
		}
		d.Ring(r, 0)
	}
	a, err := d.Arrange(context.Background(), 1)
	if err != nil || len(a.Edges) == 0 {
		return nil
	}
	owners := make([]int32, len(a.Faces))
	for f, set := range a.Faces {
		if set == 0 {
			owners[f] = -1
		}
	}
	return a.Dissolve(owners, 1)[0]
}
