package coverage

import (
	"encoding/binary"
	"slices"

	"github.com/paulmach/orb"

	"gridwarden/geo"
	"gridwarden/geo/plane"
)

// carryOut gives every face to who shall hold it, and in the tiers above to the parents of
// that one, as far as the parents allow. What was drawn as the piece line and is no border in
// the end leaves no trace. It fails when nothing changes, or nothing is left of an area.
func (f *fabric) carryOut(line int32) error {
	above, err := f.followers()
	if err != nil {
		return err
	}
	next := append([][]int32{f.next}, above...)
	if slices.Equal(f.next, f.tiers[0].owners) {
		return geo.Errorf(geo.Invalid, "nothing would change: what is drawn lies within %s of the borders that are there; draw it further away, or give a smaller tolerance", geo.InMetres(f.options.Tolerance))
	}
	if f.idle(line, next) {
		next, err = f.redraw(next)
	}
	if err != nil {
		return err
	}
	for n, t := range f.tiers {
		t.owners = next[n]
	}
	return f.judgeLeft()
}

// judgeLeft fails when nothing is left of an area that had ground.
func (f *fabric) judgeLeft() error {
	t := f.tiers[0]
	for i, s := range f.read()[0] {
		if _, ends := f.heirs[int32(i)]; len(s) == 0 && len(f.was[0][i]) > 0 && !ends {
			return geo.Errorf(geo.Conflict, "nothing would be left of %s; close or merge it instead", named(t.Name, t.code(int32(i))))
		}
	}
	return nil
}

// idle tells whether some of a line is no border of any tier.
func (f *fabric) idle(line int32, next [][]int32) bool {
	return slices.ContainsFunc(f.idleEdges(line), func(e *plane.Edge) bool {
		return !slices.ContainsFunc(next, func(owners []int32) bool { return owners[e.Left] != owners[e.Right] })
	})
}

// idleEdges are the edges of a line where no border was.
func (f *fabric) idleEdges(line int32) []*plane.Edge {
	alone := make([]bool, f.rounded.Sets.Len())
	for s := range alone {
		pieces := f.rounded.Sets.Pieces(plane.Set(s))
		alone[s] = slices.Contains(pieces, line) && !slices.ContainsFunc(pieces, func(p int32) bool { return f.pieces[p].tier != lines })
	}
	var out []*plane.Edge
	for i := range f.rounded.Edges {
		if e := &f.rounded.Edges[i]; alone[e.Set] {
			out = append(out, e)
		}
	}
	return out
}

// redraw draws the areas again with nothing but the outlines of the ground that changes
// hands, and gives that ground away: who holds each face of each tier then.
func (f *fabric) redraw(next [][]int32) ([][]int32, error) {
	of, changes := f.handovers(next)
	before := f.rounded
	first := int32(0)
	err := f.drawAll(func(d *plane.Drawing) {
		first = int32(len(f.pieces))
		f.pieces = append(f.pieces, slices.Repeat([]piece{{tier: lines}}, len(changes))...)
		for i := range before.Edges {
			e := &before.Edges[i]
			left, right := of[e.Left], of[e.Right]
			if left == right {
				continue
			}
			var around []int32
			for _, change := range [...]int32{left, right} {
				if change != none {
					around = append(around, first+change)
				}
			}
			d.Edge(before.Nodes[e.From], before.Nodes[e.To], d.Sets.Of(around...))
		}
	})
	if err != nil {
		return nil, err
	}
	return f.handOver(changes, first), nil
}

// handover is ground that changes hands alike: its holders in each tier.
type handover struct{ from, to []int32 }

// handovers joins faces that change hands alike; none in the first result is no change.
func (f *fabric) handovers(next [][]int32) ([]int32, []handover) {
	of := slices.Repeat([]int32{none}, len(f.rounded.Faces))
	var list []handover
	known := map[string]int32{}
	var key []byte
	for face := range of {
		var h handover
		differ := false
		key = key[:0]
		for n, t := range f.tiers {
			from, to := t.owners[face], next[n][face]
			h.from, h.to = append(h.from, from), append(h.to, to)
			differ = differ || from != to
			key = binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(key, uint32(from)), uint32(to))
		}
		if !differ {
			continue
		}
		n, is := known[string(key)]
		if !is {
			n = int32(len(list))
			known[string(key)] = n
			list = append(list, h)
		}
		of[face] = n
	}
	return of, list
}

// handOver is who holds each face of each tier after changes drawn as pieces from first on.
func (f *fabric) handOver(changes []handover, first int32) [][]int32 {
	of := make([]*handover, f.rounded.Sets.Len())
	for s := range of {
		for _, p := range f.rounded.Sets.Pieces(plane.Set(s)) {
			if p >= first {
				of[s] = &changes[p-first]
			}
		}
	}
	var next [][]int32
	for _, t := range f.tiers {
		next = append(next, slices.Clone(t.owners))
	}
	for face, set := range f.rounded.Faces {
		h := of[set]
		if h == nil || face == 0 {
			continue
		}
		for n, t := range f.tiers {
			if t.owners[face] == h.from[n] {
				next[n][face] = h.to[n]
			}
		}
	}
	return next
}

// followers is who shall hold each face in the tiers above the lowest: where the ground of a
// parent would become another's, by the planner's choice. Where the parents stay, next is
// changed back, and the line there is left out.
func (f *fabric) followers() ([][]int32, error) {
	var above [][]int32
	for _, t := range f.tiers[1:] {
		above = append(above, slices.Clone(t.owners))
	}
	beyond := f.beyondFreed()
	moved := movedBorders{}
	kept := map[plane.Face]bool{}
	for face, owner := range f.next {
		if owner == f.tiers[0].owners[face] {
			continue
		}
		targets := f.ancestors(owner)
		if owner == none {
			targets = f.uppers(beyond(plane.Face(face)))
		}
		if slices.Equal(targets, f.uppers(plane.Face(face))) {
			continue
		}
		if f.parents == Keep {
			kept[plane.Face(face)] = true
			f.next[face] = f.tiers[0].owners[face]
			continue
		}
		for n, t := range f.tiers[1:] {
			moved.add(t, t.owners[face], targets[n], f.nodeOf(face))
			above[n][face] = targets[n]
		}
	}
	f.out.Moved = moved.list()
	if len(moved) > 0 && f.parents == Refuse {
		return nil, inTheWay(f.names(), f.out.Moved, f.remedy)
	}
	return above, f.leaveOut(kept)
}

// ancestors are the areas above an area of the lowest tier.
func (f *fabric) ancestors(area int32) []int32 {
	var out []int32
	for _, t := range f.tiers[:len(f.tiers)-1] {
		if area != none {
			area = t.parents[area]
		}
		out = append(out, area)
	}
	return out
}

// uppers are the holders of a face in the tiers above the lowest.
func (f *fabric) uppers(face plane.Face) []int32 {
	var out []int32
	for _, t := range f.tiers[1:] {
		out = append(out, t.owners[face])
	}
	return out
}

// beyondFreed names for ground that becomes nobody's the face beside it that nobody held
// already and shares most of its border, or itself when there is none: the ground is then
// the parents' whose that is.
func (f *fabric) beyondFreed() func(plane.Face) plane.Face {
	owners := f.tiers[0].owners
	freed := f.regions(func(face plane.Face) int32 {
		if f.next[face] == none && owners[face] != none {
			return owners[face]
		}
		return none
	})
	f.share(freed, func(_ *region, face plane.Face) int32 {
		if owners[face] == none {
			return face
		}
		return none
	})
	beside := make([]plane.Face, len(freed.list))
	for i := range freed.list {
		longest := 0.0
		beside[i] = none
		for face, l := range freed.list[i].shared {
			if l > longest || l == longest && face < beside[i] {
				longest, beside[i] = l, face
			}
		}
	}
	return func(face plane.Face) plane.Face {
		if r := freed.of[face]; r != none && beside[r] != none {
			return beside[r]
		}
		return face
	}
}

// nodeOf finds a node of a face.
func (f *fabric) nodeOf(face int) func() orb.Point {
	return func() orb.Point {
		i := slices.IndexFunc(f.drawn.Edges, func(e plane.Edge) bool { return int(e.Left) == face || int(e.Right) == face })
		return degrees(f.drawn.Nodes[f.drawn.Edges[i].From])
	}
}

// leaveOut tells which pieces of what was drawn bound ground that stayed where it was.
func (f *fabric) leaveOut(kept map[plane.Face]bool) error {
	if len(kept) == 0 {
		return nil
	}
	if slices.Equal(f.next, f.tiers[0].owners) {
		return geo.Errorf(geo.Conflict, "all of the edit lies on borders of the layers above, which stay; nothing is left of it")
	}
	var edges []*plane.Edge
	for i := range f.rounded.Edges {
		e := &f.rounded.Edges[i]
		if (kept[e.Left] || kept[e.Right]) && !slices.ContainsFunc(f.tiers, func(t *tier) bool { return t.owners[e.Left] != t.owners[e.Right] }) && f.next[e.Left] == f.next[e.Right] {
			edges = append(edges, e)
		}
	}
	f.out.LeftOut = f.strings(edges)
	return nil
}

// strings joins edges to lines, from ends where there are any.
func (f *fabric) strings(edges []*plane.Edge) []orb.LineString {
	at := map[int32][]*plane.Edge{}
	for _, e := range edges {
		at[e.From], at[e.To] = append(at[e.From], e), append(at[e.To], e)
	}
	used := map[*plane.Edge]bool{}
	var out []orb.LineString
	follow := func(n int32) {
		line := orb.LineString{degrees(f.drawn.Nodes[n])}
		for {
			i := slices.IndexFunc(at[n], func(e *plane.Edge) bool { return !used[e] })
			if i < 0 {
				break
			}
			e := at[n][i]
			used[e] = true
			n = e.From + e.To - n
			line = append(line, degrees(f.drawn.Nodes[n]))
		}
		if len(line) > 1 {
			out = append(out, line)
		}
	}
	for _, ends := range []bool{true, false} {
		for _, e := range edges {
			for _, n := range [...]int32{e.From, e.To} {
				if !ends || len(at[n]) == 1 {
					follow(n)
				}
			}
		}
	}
	return out
}
