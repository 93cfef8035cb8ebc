package tiles

import (
	"cmp"
	"slices"

	"gridwarden/geo/plane"
)

// splitter cuts rings that leave a frame more than once into those that are inside: what
// [plane.EvenOdd] makes of them too, many times as fast. It keeps its room for the next.
type splitter struct {
	rings, cut []plane.Ring
	points     []plane.Point
	chains     []chain
	gates      []gate
}

// chain is a piece of a ring on the inner side of a line, from where it enters to where it
// leaves.
type chain struct {
	points []plane.Point
	onward int // the chain that it goes on with, along the line
	used   bool
}

// gate is where a chain meets the line.
type gate struct {
	at     int64 // along the line
	chain  int
	leaves bool
}

// split is what lies inside the frame of a ring that does not meet itself; false where that
// cannot be told this way, since places on the frame fall together by rounding.
func (s *splitter) split(r plane.Ring) ([]plane.Ring, bool) {
	s.points = s.points[:0]
	s.rings = append(s.rings[:0], r)
	for _, h := range halves() {
		s.cut = s.cut[:0]
		for _, ring := range s.rings {
			if h.holds(ring) {
				s.cut = append(s.cut, ring)
			} else if !s.cutAt(h, ring) {
				return nil, false
			}
		}
		s.rings, s.cut = s.cut, s.rings
	}
	return s.rings, true
}

// cutAt appends what lies inside of one line of the frame. Of the gates in their order along
// the line every other one opens a stretch inside the ring, by which its chain goes on.
func (s *splitter) cutAt(h half, r plane.Ring) bool {
	s.chain(h, r)
	slices.SortFunc(s.gates, func(g, o gate) int { return cmp.Compare(g.at, o.at) })
	for i := 0; i < len(s.gates); i += 2 {
		g, o := s.gates[i], s.gates[i+1]
		if g.leaves == o.leaves || g.at == o.at || i > 0 && s.gates[i-1].at == g.at {
			return false
		}
		if o.leaves {
			g, o = o, g
		}
		s.chains[g.chain].onward = o.chain
	}
	for i := range s.chains {
		if ring := s.trace(i); len(ring) > 2 {
			s.cut = append(s.cut, ring)
		}
	}
	return true
}

// chain finds the chains of a ring and their gates.
func (s *splitter) chain(h half, r plane.Ring) {
	s.chains, s.gates = s.chains[:0], s.gates[:0]
	first := 0
	for h.depth(r[first]) > 0 {
		if first++; first == len(r) {
			return
		}
	}
	a, start := r[first], 0
	for i := 1; i <= len(r); i++ {
		b := r[(first+i)%len(r)]
		aIn, bIn := h.depth(a) > 0, h.depth(b) > 0
		if aIn != bIn {
			at := h.crossing(a, b)
			if bIn {
				start = len(s.points)
			}
			s.points = appendPoint(s.points, start, at)
			s.gates = append(s.gates, gate{h.along(at), len(s.chains), aIn})
			if aIn {
				s.chains = append(s.chains, chain{points: s.points[start:]})
			}
		}
		if bIn {
			s.points = appendPoint(s.points, start, b)
		}
		a = b
	}
}

// along is how far along the line a point of it lies.
func (h half) along(p plane.Point) int64 {
	if h.upright {
		return p.Y
	}
	return p.X
}

// trace follows the chains from one until they close; nil where another trace passed it.
func (s *splitter) trace(i int) plane.Ring {
	start := len(s.points)
	for ; !s.chains[i].used; i = s.chains[i].onward {
		s.chains[i].used = true
		for _, p := range s.chains[i].points {
			s.points = appendPoint(s.points, start, p)
		}
	}
	return openRing(s.points[start:])
}
