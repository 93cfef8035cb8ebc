package plane

import (
	"context"
	"errors"
	"slices"
)

// maxRounds guards the proof that the rounds end; real data needs two or three.
const maxRounds = 1000

var errRestless = errors.New("snap rounding does not come to rest")

// ErrTangled says that the edges of a drawing cross in more places than areas ever do: it
// is a scribble, and following it would take memory without bound.
var ErrTangled = errors.New("the edges cross in too many places")

// tangled tells whether so many segments cross and cut one another more than areas do.
func (n *noder) tangled() bool {
	return len(n.crossings) > 4*len(n.segs)+100_000 || len(n.cuts) > 20*len(n.segs)+500_000
}

// cut is a point of the grid that a segment must be routed through.
type cut struct {
	segment int32
	at      Point
}

// noder rounds segments to the grid of a step until nothing moves.
type noder struct {
	sets *Sets
	segs []segment // in order, each once
	cuts []cut

	crossings []Point // of this round
}

// node snap-rounds segments of a finer grid to every step-th point, which become the
// units of the result: in order, each once, none with an empty set.
func node(ctx context.Context, sets *Sets, segs []segment, step int64) ([]segment, error) {
	n := &noder{sets: sets, segs: normal(sets, segs)}
	for range maxRounds {
		if err := n.look(ctx, step); err != nil {
			return nil, err
		}
		if step == 1 && len(n.cuts) == 0 {
			return n.segs, nil
		}
		n.route(step)
		step = 1
	}
	return nil, errRestless
}

// normal sorts segments and makes equal ones one, in place. A segment that bounds every
// piece an even number of times bounds nothing and goes.
func normal(sets *Sets, segs []segment) []segment {
	slices.SortFunc(segs, func(s, t segment) int { return s.compare(&t) })
	out := segs[:0]
	for _, s := range segs {
		switch last := len(out) - 1; {
		case s.a == s.b:
		case last >= 0 && out[last].compare(&s) == 0:
			out[last].set = sets.Xor(out[last].set, s.set)
			out[last].dirty = out[last].dirty && s.dirty
		default:
			out = append(out, s)
		}
	}
	return slices.DeleteFunc(out, func(s segment) bool { return s.set == 0 })
}

// look finds all cuts that new segments make or suffer.
func (n *noder) look(ctx context.Context, step int64) error {
	n.cuts, n.crossings = n.cuts[:0], n.crossings[:0]
	news := 0
	for i := range n.segs {
		if n.segs[i].dirty {
			news++
		}
	}
	dirty := make([]int32, 0, news)
	boxes := make([]Box, 0, news)
	for i := range n.segs {
		if n.segs[i].dirty {
			dirty = append(dirty, int32(i))
			boxes = append(boxes, n.segs[i].box().grown(step))
		}
	}
	err := n.probe(ctx, boxes, func(i, found int32) {
		j := dirty[found]
		if n.segs[i].dirty && i >= j {
			return
		}
		if at, crosses := n.pair(i, j, step); crosses {
			n.crossings = append(n.crossings, at)
		}
	})
	if err != nil {
		return err
	}
	slices.SortFunc(n.crossings, Point.Compare)
	return n.heat(ctx, slices.Compact(n.crossings), step)
}

// probe calls meet for each segment and each of the boxes it meets.
func (n *noder) probe(ctx context.Context, boxes []Box, meet func(segment, box int32)) error {
	if len(boxes) == 0 {
		return nil
	}
	tree := Pack(boxes)
	var found []int32
	for i := range n.segs {
		if i%256 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		if n.tangled() {
			return ErrTangled
		}
		found = tree.Search(n.segs[i].box(), found[:0])
		for _, f := range found {
			meet(int32(i), f)
		}
	}
	return nil
}

// pair cuts each of two segments at the other's end pixels, and both where they cross.
func (n *noder) pair(i, j int32, step int64) (at Point, crosses bool) {
	s, t := &n.segs[i], &n.segs[j]
	n.cut(i, pixel(t.a, step), step)
	n.cut(i, pixel(t.b, step), step)
	n.cut(j, pixel(s.a, step), step)
	n.cut(j, pixel(s.b, step), step)
	if !s.crosses(t) {
		return Point{}, false
	}
	return s.crossing(t, step), true
}

// heat cuts every segment that enters the pixel of a crossing.
func (n *noder) heat(ctx context.Context, crossings []Point, step int64) error {
	boxes := make([]Box, len(crossings))
	for i, c := range crossings {
		boxes[i] = Box{c.X * step, c.Y * step, c.X * step, c.Y * step}.grown(step)
	}
	return n.probe(ctx, boxes, func(i, found int32) { n.cut(i, crossings[found], step) })
}

// cut notes that a segment runs through the pixel of c, if it does and does not end there.
func (n *noder) cut(i int32, c Point, step int64) {
	s := &n.segs[i]
	if c != pixel(s.a, step) && c != pixel(s.b, step) && s.enters(c, step) {
		n.cuts = append(n.cuts, cut{i, c})
	}
}

// route replaces each segment by its parts from pixel to pixel.
func (n *noder) route(step int64) {
	slices.SortFunc(n.cuts, func(c, d cut) int {
		if c.segment != d.segment {
			return int(c.segment) - int(d.segment)
		}
		return n.segs[c.segment].along(c.at, d.at)
	})
	cuts := slices.Compact(n.cuts)
	kept := n.segs[:0]
	made := make([]segment, 0, 2*len(cuts))
	if step > 1 {
		made = slices.Grow(made, len(n.segs))
	}
	for i, s := range n.segs {
		from, to := pixel(s.a, step), pixel(s.b, step)
		moved := step > 1 && (from.X*step != s.a.X || from.Y*step != s.a.Y || to.X*step != s.b.X || to.Y*step != s.b.Y)
		if !moved && (len(cuts) == 0 || cuts[0].segment != int32(i)) {
			kept = append(kept, segment{a: from, b: to, set: s.set})
			continue
		}
		for ; len(cuts) > 0 && cuts[0].segment == int32(i); cuts = cuts[1:] {
			made = append(made, newSegment(from, cuts[0].at, s.set))
			from = cuts[0].at
		}
		made = append(made, newSegment(from, to, s.set))
	}
	n.segs = n.merge(kept, normal(n.sets, made))
}

// merge joins two lists in order into one; what is in both is no news.
func (n *noder) merge(kept, made []segment) []segment {
	switch {
	case len(made) == 0:
		return kept
	case len(kept) == 0:
		return made
	}
	out := make([]segment, 0, len(kept)+len(made))
	for len(kept) > 0 && len(made) > 0 {
		switch c := kept[0].compare(&made[0]); {
		case c < 0:
			out, kept = append(out, kept[0]), kept[1:]
		case c > 0:
			out, made = append(out, made[0]), made[1:]
		default:
			kept[0].set = n.sets.Xor(kept[0].set, made[0].set)
			if made = made[1:]; kept[0].set == 0 {
				kept = kept[1:]
			}
		}
	}
	return append(append(out, kept...), made...)
}
