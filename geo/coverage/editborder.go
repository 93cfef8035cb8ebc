package coverage

import (
	"context"
	"math"
	"slices"

	"github.com/paulmach/orb"

	"gridwarden/geo"
	"gridwarden/geo/plane"
)

// MoveBorder lets the border between areas a and b of the lowest layer run along a line,
// between the two places where the ends of the line meet it; of a closed border, the way
// round is replaced that changes less. With b empty it is the border between a and ground
// that no area holds. Within the tolerance the line snaps to the borders that are there, and
// what lies between a line and a border closer than that stays where it is.
//
// It fails (Invalid, NotFound, Conflict) where the line crosses itself, an end misses the
// border, ground of a third area lies between line and border, nothing would be left of a
// or b, or nothing would change.
func MoveBorder(ctx context.Context, near Near, a, b geo.AreaCode, line orb.LineString, o EditOptions) (*Redrawn, error) {
	drawn, err := lineOf(line)
	if err != nil {
		return nil, err
	}
	if a == "" {
		a, b = b, a
	}
	if a == b {
		return nil, geo.Errorf(geo.Invalid, "a border lies between two areas; name both, or one and none for the border to ground that no area holds")
	}
	return edit(ctx, near, boxAlong(drawn, o), o, func(f *fabric) error { return f.moveBorder(a, b, drawn) })
}

func (f *fabric) moveBorder(a, b geo.AreaCode, drawn []geo.Coord) error {
	t := f.tiers[0]
	m := mover{fabric: f, a: none, b: none}
	for _, side := range []struct {
		code geo.AreaCode
		area *int32
	}{{a, &m.a}, {b, &m.b}} {
		area, known := t.index[side.code]
		if !known && side.code != "" {
			return geo.Errorf(geo.NotFound, "the line does not come near %s; draw it from a place of its border to another", named(t.Name, side.code))
		}
		if known {
			*side.area = area
		}
	}
	if m.b == none {
		if err := f.reach(boxRound(t.Areas[m.a].Shape)); err != nil {
			return err // who lies beyond all of its border must be known
		}
	}
	if err := m.draw(drawn); err != nil {
		return err
	}
	if err := m.judgeThird(); err != nil {
		return err
	}
	m.exchange()
	return f.carryOut(m.line)
}

// mover exchanges ground between two areas, or one and none, along a line.
type mover struct {
	*fabric
	a, b int32
	line int32 // the piece of the line
	loop int32 // the piece of all ground between the line and the border as it was
	in   []bool
}

// draw puts the ends of the line on the border, and draws the line and the loop it makes
// with the border.
func (m *mover) draw(drawn []geo.Coord) error {
	border, from, to, err := m.ends(drawn[0], drawn[len(drawn)-1])
	if err != nil {
		return err
	}
	drawn = slices.Clone(drawn)
	drawn[0], drawn[len(drawn)-1] = from.at, to.at
	old := border.between(from, to, drawn)
	if err := m.reach(boxAlong(append(slices.Clone(old), drawn...), EditOptions{Tolerance: m.options.Tolerance})); err != nil {
		return err
	}
	line, err := m.newSnapper().line(drawn, true)
	if err != nil {
		return err
	}
	err = m.drawAll(func(d *plane.Drawing) {
		m.line = m.drawLine(d, line)
		slices.Reverse(old)
		m.loop = m.drawLine(d, slices.Concat(line, old[1:]))
	})
	if err == nil {
		m.in = m.having(m.loop)
	}
	return err
}

// inLoop tells whether a face lies between the line and the border as it was.
func (m *mover) inLoop(face plane.Face) bool { return m.in[m.rounded.Faces[face]] }

// judgeThird fails where ground of others than a and b lies in the loop, by more than the
// tolerance.
func (m *mover) judgeThird() error {
	t := m.tiers[0]
	third := m.regions(func(face plane.Face) int32 {
		owner := t.owners[face]
		if !m.inLoop(face) || owner == m.a || owner == m.b {
			return none
		}
		return owner + 1
	})
	for i := range third.list {
		r := &third.list[i]
		if r.narrow(m.options.Tolerance) {
			continue
		}
		whose := geo.Say("ground that no area holds")
		if owner := t.owners[r.faces[0]]; owner != none {
			whose = geo.Say("ground of %s", named(t.Name, t.code(owner)))
		}
		s := r.size()
		return geo.Errorf(geo.Conflict, "%s lies between the line and the border, %s at %s; draw the line over the two areas only, or move the borders one by one",
			whose, geo.InSquareMetres(s.area), place(s.at))
	}
	return nil
}

// other is the one of the two that is not the owner.
func (m *mover) other(owner int32) int32 {
	if owner == m.a {
		return m.b
	}
	return m.a
}

// exchange gives the ground in the loop from each of the two to the other, but for what is
// narrower than the tolerance; and what is cut off by less than that from the rest of one of
// them goes with it.
func (m *mover) exchange() {
	owners := m.tiers[0].owners
	m.next = slices.Clone(owners)
	mine := func(owner int32) bool { return owner == m.a || owner == m.b }
	for face := range m.next {
		if face > 0 && m.inLoop(plane.Face(face)) && mine(owners[face]) {
			m.next[face] = m.other(owners[face])
		}
	}
	m.turnNarrow(func(face plane.Face) bool { return m.next[face] != owners[face] })
	cut := map[plane.Face]bool{} // faces with ground beside them that had their owner and loses it
	for _, e := range m.rounded.Edges {
		if owners[e.Left] == owners[e.Right] && m.next[e.Left] != m.next[e.Right] {
			cut[e.Left], cut[e.Right] = true, true
		}
	}
	remains := m.regions(func(face plane.Face) int32 {
		if mine(owners[face]) && m.next[face] == owners[face] {
			return owners[face] + 1
		}
		return none
	})
	for i := range remains.list {
		r := &remains.list[i]
		if !slices.ContainsFunc(r.faces, func(face plane.Face) bool { return cut[face] }) || !r.narrow(m.options.Tolerance) {
			continue
		}
		for _, face := range r.faces {
			m.next[face] = m.other(owners[face])
		}
	}
}

// turnNarrow lets narrow regions of faces keep their owner.
func (m *mover) turnNarrow(is func(plane.Face) bool) {
	owners := m.tiers[0].owners
	turned := m.regions(func(face plane.Face) int32 {
		if is(face) {
			return owners[face] + 1
		}
		return none
	})
	for i := range turned.list {
		if r := &turned.list[i]; r.narrow(m.options.Tolerance) {
			for _, face := range r.faces {
				m.next[face] = owners[face]
			}
		}
	}
}

// border is a run of the border between two areas; closed when it ends where it begins.
type border []geo.Coord

// stop is a place of a border: on the edge from its node i to the next, by how much along.
type stop struct {
	along float64 // i + 0…1
	at    geo.Coord
	off   float64 // metres from what was asked for
}

// borders are the runs of the border between a and b.
func (m *mover) borders() []border {
	t := m.tiers[0]
	beyond := map[stretch]struct{}{}
	for i := range t.Areas {
		if m.b == none || int32(i) == m.b {
			eachStretch(t.Areas[i].Shape, func(s stretch) { beyond[s] = struct{}{} })
		}
	}
	var out []border
	for _, p := range t.Areas[m.a].Shape {
		for _, r := range p {
			out = append(out, runs(r, func(s stretch) bool {
				_, met := beyond[s.back()]
				return met == (m.b != none)
			})...)
		}
	}
	return out
}

// runs are the longest ways along a ring on edges that are of one sort.
func runs(r geo.Ring, is func(stretch) bool) []border {
	n := len(r)
	of := make([]bool, n) // the edge from vertex i
	for i := range r {
		of[i] = is(stretch{r[i], r[(i+1)%n]})
	}
	start := slices.Index(of, false)
	if start < 0 {
		return []border{append(border(slices.Clone(r)), r[0])}
	}
	var out []border
	var run border
	for k := range n {
		i := (start + 1 + k) % n
		if of[i] {
			if run == nil {
				run = border{r[i]}
			}
			run = append(run, r[(i+1)%n])
		} else if run != nil {
			out, run = append(out, run), nil
		}
	}
	return out
}

// ends finds the run of the border on which both ends of a line lie.
func (m *mover) ends(first, last geo.Coord) (border, stop, stop, error) {
	var best border
	var from, to stop
	nearest, nearestFrom, nearestTo := math.Inf(1), math.Inf(1), math.Inf(1)
	for _, b := range m.borders() {
		p, q := b.nearest(first, m.options.Tolerance), b.nearest(last, m.options.Tolerance)
		nearestFrom, nearestTo = min(nearestFrom, p.off), min(nearestTo, q.off)
		if off := max(p.off, q.off); off < nearest {
			best, from, to, nearest = b, p, q, off
		}
	}
	t := m.tiers[0]
	what := geo.Say("between %s", named(t.Name, t.code(m.a), t.code(m.b)))
	if m.b == none {
		what = geo.Say("of %s to ground that no area holds", named(t.Name, t.code(m.a)))
	}
	tolerance := m.options.Tolerance
	switch {
	case best == nil:
		return nil, from, to, geo.Errorf(geo.Conflict, "there is no border %s; name two areas that share one", what)
	case nearestFrom > tolerance:
		return nil, from, to, geo.Errorf(geo.Invalid, "the line begins %s away from the border %s; let it begin there, or give a tolerance above that", geo.InMetres(nearestFrom), what)
	case nearestTo > tolerance:
		return nil, from, to, geo.Errorf(geo.Invalid, "the line ends %s away from the border %s; let it end there, or give a tolerance above that", geo.InMetres(nearestTo), what)
	case nearest > tolerance:
		return nil, from, to, geo.Errorf(geo.Conflict, "the line joins two separate pieces of the border %s; draw it from one place of a piece to another of the same", what)
	case from.at == to.at:
		return nil, from, to, geo.Errorf(geo.Invalid, "the line begins and ends at the same place of the border %s, %s; draw it from one place to another", what, from.at)
	}
	return best, from, to, nil
}

// nearest is the place of a border nearest to c: a node when one is within the tolerance.
func (b border) nearest(c geo.Coord, tolerance float64) stop {
	frame := geo.FrameAt(c)
	best := stop{off: math.Inf(1)}
	for i, n := range b {
		if d := frame.Distance(n); d < best.off {
			best = stop{float64(i), n, d}
		}
	}
	if best.off <= tolerance {
		return best
	}
	for i := range b[1:] {
		if d, along := frame.ToSegment(b[i], b[i+1]); d < best.off {
			best = stop{float64(i) + along, stretch{b[i], b[i+1]}.at(along), d}
		}
	}
	return best
}

// between is the way along the border from one place to another; of a closed one that which
// holds less ground with a line between them.
func (b border) between(from, to stop, line []geo.Coord) []geo.Coord {
	lo, hi := from, to
	if lo.along > hi.along {
		lo, hi = hi, lo
	}
	inner := b.inner(lo, hi)
	ways := [][]geo.Coord{slices.Concat([]geo.Coord{lo.at}, inner, []geo.Coord{hi.at})}
	if b[0] == b[len(b)-1] {
		after := b.inner(hi, stop{along: float64(len(b) - 1)})
		before := b.inner(stop{along: -1}, lo)
		ways = append(ways, slices.Concat([]geo.Coord{hi.at}, after, before, []geo.Coord{lo.at}))
	}
	best, least := []geo.Coord(nil), math.Inf(1)
	for _, way := range ways {
		if way[0] != from.at {
			slices.Reverse(way)
		}
		if ground := groundBetween(line, way); ground < least {
			best, least = way, ground
		}
	}
	return slices.Compact(best)
}

// inner are the nodes of the border strictly between two places.
func (b border) inner(lo, hi stop) []geo.Coord {
	var out []geo.Coord
	for i := int(math.Floor(lo.along)) + 1; float64(i) < hi.along; i++ {
		out = append(out, b[i])
	}
	return out
}

// groundBetween is the ground between two ways with the same ends, in square units; what
// lies left of one and what lies right of it cancel out.
func groundBetween(p, q []geo.Coord) float64 {
	back := slices.Clone(q)
	slices.Reverse(back)
	return math.Abs(float64(geo.Ring(slices.Concat(p, back)).SignedArea2())) / 2
}
