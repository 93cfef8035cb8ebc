package drafts_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"gridwarden/geo"
	"gridwarden/geo/drafts"
	"gridwarden/geo/index"
	"gridwarden/geo/planning"
	"gridwarden/geo/testsize"
)

func TestEditsInDifferentPlacesNeverConflict(t *testing.T) {
	t.Parallel()
	w, ctx := newTown(t), t.Context()
	desk := w.desk()
	ours, theirs := w.draft(ctx, desk), w.draft(ctx, desk)
	split := func(x, y int) planning.Edit {
		return planning.Edit{Kind: planning.Split, Layer: "grids", Areas: []geo.AreaCode{grid(x, y)}, Line: line(float64(x)+.5, float64(y)-.2, float64(x)+.5, float64(y)+1.2)}
	}
	w.edit(ctx, desk, theirs, moveCorner(4, 4, 20, 20))
	w.edit(ctx, desk, theirs, split(0, 0)) // takes the next codes of the community
	w.edit(ctx, desk, theirs, rename(grid(8, 8), "theirs"))
	mine := w.edit(ctx, desk, ours, split(2, 2))
	part := geo.AreaCode("")
	for _, a := range mine.Edit.Effect.Areas {
		if a.Layer == "grids" && w.live.Load().Area("grids", a.Code) == nil {
			part = a.Code
		}
	}
	w.edit(ctx, desk, ours, rename(part, "ours"))
	w.edit(ctx, desk, ours, moveCorner(6, 3, 20, 20)) // the district's border, of which they moved none
	w.edit(ctx, desk, ours, planning.Edit{Kind: planning.Merge, Layer: "grids", Areas: []geo.AreaCode{grid(10, 10), grid(11, 10)}, Into: grid(10, 10)})
	department := geo.DepartmentCode("")
	w.edit(ctx, desk, ours, planning.Edit{Kind: planning.Set, Layer: "grids", Areas: []geo.AreaCode{grid(8, 8)}, Department: &department, Attributes: []byte(`{"用地":"R2"}`)})
	w.edit(ctx, desk, ours, rename(grid(0, 5), "undone"))
	_, err := desk.Undo(ctx, ours, 0, 1)
	w.check(err)
	w.publish(ctx, desk, theirs)

	if _, err := desk.Publish(ctx, ours, drafts.PublishOptions{Base: 2}); geo.KindOf(err) != geo.Conflict || !strings.Contains(err.Error(), "rebase") {
		t.Errorf("published on an old base: %v", err)
	}
	done, err := desk.Rebase(ctx, ours, 0, nil)
	w.check(err)
	if len(done.Conflicts)+len(done.Dropped) > 0 || done.Draft.Base != 2 || done.Draft.Head != 5 || done.Draft.Edits != 6 {
		t.Fatalf("rebased: %+v", done)
	}
	w.publish(ctx, desk, ours)
	now := w.live.Load()
	for code, want := range map[geo.AreaCode]string{part: "ours", grid(8, 8): "theirs"} {
		if a := now.Area("grids", code); a == nil || a.Name != want {
			t.Errorf("%s is %+v, not %s", code, a, want)
		}
	}
	if a := now.Area("grids", grid(8, 8)); !strings.Contains(string(a.Attributes), "R2") {
		t.Errorf("the attributes are %s", a.Attributes)
	}
	w.sound()
}

// sound refuses a state that has faults.
func (w *town) sound() {
	w.t.Helper()
	base, err := w.store.Base(w.t.Context(), "grids", "communities", "districts")
	w.check(err)
	faults, err := planning.Check(w.t.Context(), base, "")
	w.check(err)
	for _, f := range faults {
		if f.Error || f.Kind == geo.FaultGap {
			w.t.Errorf("%s: %s", f.Kind, f.Sentence())
		}
	}
}

func TestWhatBothChangedIsAskedEditByEdit(t *testing.T) {
	t.Parallel()
	w, ctx := newTown(t), t.Context()
	desk := w.desk()
	ours, theirs := w.draft(ctx, desk), w.draft(ctx, desk)
	w.edit(ctx, desk, theirs, moveCorner(4, 4, 20, 20))
	w.edit(ctx, desk, theirs, rename(grid(8, 8), "theirs"))
	w.edit(ctx, desk, theirs, planning.Edit{Kind: planning.Merge, Layer: "grids", Areas: []geo.AreaCode{grid(9, 0), grid(10, 0)}, Into: grid(9, 0)})
	w.edit(ctx, desk, ours, rename(grid(1, 1), "ours alone"))
	w.edit(ctx, desk, ours, moveCorner(4, 4, -20, -20)) // 2
	w.edit(ctx, desk, ours, rename(grid(8, 8), "ours")) // 3
	w.edit(ctx, desk, ours, rename(grid(10, 0), "gone"))
	before := w.edit(ctx, desk, ours, rename(grid(2, 1), "ours too")).Draft
	w.publish(ctx, desk, theirs)

	done, err := desk.Rebase(ctx, ours, 0, nil)
	w.check(err)
	if done.Draft.Version != before.Version || done.Draft.Base != 1 || len(done.Conflicts) != 3 {
		t.Fatalf("a rebase with conflicts: %+v", done)
	}
	for i, want := range []struct {
		number             int
		reason             string
		base, theirs, ours int
	}{{2, "node", 4, 4, 4}, {3, "name", 1, 1, 1}, {4, "no area", 1, 0, 1}} {
		c := done.Conflicts[i]
		if c.Number != want.number || !strings.Contains(c.Reason.String(), want.reason) || len(c.Base) != want.base || len(c.Theirs) != want.theirs || len(c.Ours) != want.ours {
			t.Errorf("conflict %d: edit %d, %q, %d areas as they were, %d theirs, %d ours", i, c.Number, c.Reason, len(c.Base), len(c.Theirs), len(c.Ours))
		}
	}
	if c := done.Conflicts[1]; c.Base[0].Name == "theirs" || c.Theirs[0].Name != "theirs" || c.Ours[0].Name != "ours" {
		t.Errorf("the sides of a conflict are mixed up: %+v", c)
	}
	for complaint, choices := range map[string]map[int]drafts.Choice{
		"one is left":  {2: drafts.Drop, 3: drafts.Mine},
		"it cannot be": {2: drafts.Mine, 3: drafts.Mine, 4: drafts.Drop},
	} {
		if done, err = desk.Rebase(ctx, ours, 0, choices); err != nil || len(done.Conflicts) != 1 || done.Draft.Version != before.Version {
			t.Errorf("%s: %+v %v", complaint, done, err)
		}
	}
	if _, err := desk.Rebase(ctx, ours, 0, map[int]drafts.Choice{99: drafts.Drop}); geo.KindOf(err) != geo.Invalid {
		t.Errorf("a choice for an edit that is not there: %v", err)
	}
	done, err = desk.Rebase(ctx, ours, 0, map[int]drafts.Choice{2: drafts.Drop, 3: drafts.Mine, 4: drafts.Drop})
	w.check(err)
	if len(done.Conflicts) > 0 || fmt.Sprint(done.Dropped) != "[2 4]" || done.Draft.Head != 3 {
		t.Fatalf("with choices for all: %+v", done)
	}
	w.publish(ctx, desk, ours)
	for code, want := range map[geo.AreaCode]string{grid(1, 1): "ours alone", grid(8, 8): "ours", grid(2, 1): "ours too"} {
		if a := w.live.Load().Area("grids", code); a.Name != want {
			t.Errorf("%s is %s, not %s", code, a.Name, want)
		}
	}
}

// trace is what somebody changed: pieces of borders that are there no longer, or have nodes
// now, by layer; and areas.
type trace struct {
	borders map[border]bool
	made    map[border]bool // that are there now
	areas   map[planning.AreaName]bool
	needed  map[planning.AreaName]bool // that it names, too
	split   bool                       // what it made ends on other borders, perhaps in their nodes
}

type border struct {
	layer geo.LayerName
	piece planning.Piece
}

func newTrace() trace {
	return trace{map[border]bool{}, map[border]bool{}, map[planning.AreaName]bool{}, map[planning.AreaName]bool{}, false}
}

func (t trace) add(o trace) {
	maps.Copy(t.borders, o.borders)
	maps.Copy(t.areas, o.areas)
}

func (t trace) meets(o trace) bool {
	for b := range o.borders {
		if t.borders[b] {
			return true
		}
	}
	for a := range o.needed {
		if t.areas[a] {
			return true
		}
	}
	return o.split && meetAtEnds(t.borders, o.made)
}

// meetAtEnds tells whether pieces of two sets share a node.
func meetAtEnds(a, b map[border]bool) bool {
	ends := map[geo.Coord]bool{}
	for x := range a {
		ends[x.piece[0]], ends[x.piece[1]] = true, true
	}
	for x := range b {
		if ends[x.piece[0]] || ends[x.piece[1]] {
			return true
		}
	}
	return false
}

// traceOf is what an edit changed between two views: pieces of borders, and areas that began,
// ended, or say something else.
func traceOf(before, after *index.Snapshot, done *planning.DoneEdit) trace {
	const was, is = 1, 2
	t := newTrace()
	t.split = done.Edit.Kind == planning.Split
	for _, code := range done.Edit.Areas {
		t.needed[planning.AreaName{Layer: done.Edit.Layer, Code: code}] = true
	}
	edges := map[border]int{}
	for _, name := range touchedBy(&done.Effect) {
		a, b := before.Area(name.Layer, name.Code), after.Area(name.Layer, name.Code)
		if a == nil || b == nil || !planning.SameWords(a, b) {
			t.areas[name] = true
			t.needed[name] = true
		}
		outline(a, was, edges)
		outline(b, is, edges)
	}
	for b, there := range edges {
		switch there {
		case was:
			t.borders[b] = true
		case is:
			t.made[b] = true
		}
	}
	return t
}

func touchedBy(e *planning.Effect) []planning.AreaName {
	names := slices.Clone(e.Ended)
	for _, a := range e.Areas {
		names = append(names, planning.AreaName{Layer: a.Layer, Code: a.Code})
	}
	return names
}

// outline marks the edges of an area.
func outline(a *geo.Area, mark int, edges map[border]int) {
	if a == nil {
		return
	}
	for _, polygon := range a.Shape.Polygons {
		for _, ring := range polygon {
			for i, b := range ring {
				p := planning.Piece{ring[(i+len(ring)-1)%len(ring)], b}
				if p[0].Compare(p[1]) > 0 {
					p[0], p[1] = p[1], p[0]
				}
				edges[border{a.Layer, p}] |= mark
			}
		}
	}
}

// drawn does random edits on a draft and gives what each changed.
func (w *town) drawn(desk *drafts.Desk, id geo.DraftID, n int, r *rand.Rand) (traces []trace) {
	w.t.Helper()
	for tries := 0; len(traces) < n && tries < 20*n; tries++ {
		before, _, err := desk.View(w.t.Context(), id)
		w.check(err)
		done, err := desk.Edit(w.t.Context(), id, 0, random(r, before), "")
		if err != nil {
			continue
		}
		after, _, err := desk.View(w.t.Context(), id)
		w.check(err)
		traces = append(traces, traceOf(before, after, &done.Edit))
	}
	return traces
}

func grids(view *index.Snapshot) []*geo.Area { return slices.Collect(view.Areas("grids", "")) }

func TestTwoPlannersLoseNothing(t *testing.T) {
	t.Parallel()
	w, ctx := townOf(t, testsize.N(small, 48)), t.Context()
	desk, n := w.desk(), testsize.N(20, 200)
	theirs, ours := w.draft(ctx, desk), w.draft(ctx, desk)
	r := rand.New(rand.NewPCG(3, 4))
	changed := newTrace()
	for _, t := range w.drawn(desk, theirs, n, r) {
		changed.add(t)
	}
	traces := w.drawn(desk, ours, n, r)
	start := w.live.Load()
	w.publish(ctx, desk, theirs)
	first := w.live.Load()

	done, err := desk.Rebase(ctx, ours, 0, nil)
	w.check(err)
	choices, leftOut := map[int]drafts.Choice{}, newTrace()
	for _, c := range done.Conflicts {
		choices[c.Number] = drafts.Drop
		if own := traces[c.Number-1]; !changed.meets(own) && !meetAtEnds(leftOut.borders, own.borders) {
			t.Errorf("edit %d conflicts where the other changed nothing: %s", c.Number, c.Reason)
		}
		leftOut.add(traces[c.Number-1]) // what builds on it conflicts, too
		changed.add(traces[c.Number-1])
		maps.Copy(changed.borders, traces[c.Number-1].made)
		maps.Copy(changed.areas, traces[c.Number-1].needed)
	}
	t.Logf("%d of %d edits conflict", len(choices), len(traces))
	if len(choices) > 0 {
		done, err = desk.Rebase(ctx, ours, 0, choices)
		w.check(err)
	}
	if len(done.Conflicts) > 0 || done.Draft.Head != len(traces)-len(choices) {
		t.Fatalf("%d conflicts are left, %d edits of %d in force", len(done.Conflicts), done.Draft.Head, len(traces))
	}
	edits, _, err := desk.Edits(ctx, ours)
	w.check(err)
	w.publish(ctx, desk, ours)
	touched := map[planning.AreaName]bool{}
	for i := range edits {
		for _, name := range touchedBy(&edits[i].Effect) {
			touched[name] = true
		}
	}
	_, made := planning.Moved(grids(start), grids(first))
	gone, _ := planning.Moved(grids(first), grids(w.live.Load()))
	for _, p := range made { // of what was published first nothing is lost
		if slices.Contains(gone, p) {
			t.Errorf("the border that the other moved to %v is there no longer", p)
		}
	}
	for a := range first.Areas("grids", "") {
		is := w.live.Load().Area("grids", a.Code)
		if !touched[planning.AreaName{Layer: a.Layer, Code: a.Code}] && (is == nil || is.ID != a.ID) {
			t.Errorf("%s is another without an edit", a.Code)
		}
	}
	w.sound()
}
