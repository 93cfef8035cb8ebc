package geo

// Meets tells whether the shape and the closed box share at least one point, exactly: a
// box that only touches a border meets it, one wholly inside a hole does not. An empty
// shape meets nothing.
func (s *Shape) Meets(b Box) bool {
	all := s.Box()
	if !all.Intersects(b) {
		return false
	}
	for _, polygon := range s.Polygons {
		for _, ring := range polygon {
			if len(ring) > 0 && Line(ring).meets(b, ring[len(ring)-1]) {
				return true
			}
		}
	}
	for _, line := range s.Lines {
		if len(line) > 0 && line.meets(b, line[0]) {
			return true
		}
	}
	inside, _ := s.Polygons.Locate(Coord{max(b.Min.X, all.Min.X), max(b.Min.Y, all.Min.Y)})
	return inside // no border meets the box: all of it lies on one side
}

// meets tells whether the path from a given coordinate along the line meets the box.
func (l Line) meets(b Box, from Coord) bool {
	for _, to := range l {
		if SegmentMeets(from, to, b) {
			return true
		}
		from = to
	}
	return false
}

// SegmentMeets tells whether the closed segment from p to q and the box share a point:
// what of the box lies beside the segment must not be all on one side of it.
func SegmentMeets(p, q Coord, b Box) bool {
	if b.Contains(p) || b.Contains(q) {
		return true
	}
	beside := Box{
		Coord{max(b.Min.X, min(p.X, q.X)), max(b.Min.Y, min(p.Y, q.Y))},
		Coord{min(b.Max.X, max(p.X, q.X)), min(b.Max.Y, max(p.Y, q.Y))},
	}
	if beside.IsEmpty() {
		return false
	}
	corners := [4]Coord{beside.Min, {beside.Max.X, beside.Min.Y}, beside.Max, {beside.Min.X, beside.Max.Y}}
	left, right := false, false
	for _, c := range corners {
		side := Orient(p, q, c)
		left = left || side >= 0
		right = right || side <= 0
	}
	return left && right
}
