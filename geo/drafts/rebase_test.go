package drafts_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"gridwarden/geo"
	"gridwarden/geo/drafts"
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
			w.t.Errorf("%s: %s", f.Kind, f.Message)
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
		if c.Number != want.number || !strings.Contains(c.Reason, want.reason) || len(c.Base) != want.base || len(c.Theirs) != want.theirs || len(c.Ours) != want.ours {
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

// piece is a border of a layer between two corners of the town.
type border struct {
	layer geo.LayerName
	piece planning.Piece
}

// touches are the borders, and the areas whose words, that an edit changes.
func touches(before, after func(geo.LayerName, geo.AreaCode) *geo.Area, e *planning.Effect) (borders map[border]bool, words map[planning.AreaName]bool) {
	borders, words = map[border]bool{}, map[planning.AreaName]bool{}
	old, new := map[geo.LayerName][]*geo.Area{}, map[geo.LayerName][]*geo.Area{}
	names := append([]planning.AreaName{}, e.Ended...)
	for _, a := range e.Areas {
		names = append(names, planning.AreaName{Layer: a.Layer, Code: a.Code})
	}
	for _, n := range names {
		was, is := before(n.Layer, n.Code), after(n.Layer, n.Code)
		if was == nil || is == nil || !planning.SameWords(was, is) {
			words[n] = true
		}
		if was != nil {
			old[n.Layer] = append(old[n.Layer], was)
		}
		if is != nil {
			new[n.Layer] = append(new[n.Layer], is)
		}
	}
	for layer := range old {
		gone, come := planning.Moved(old[layer], new[layer])
		for _, p := range append(gone, come...) {
			borders[border{layer, p}] = true
		}
	}
	return borders, words
}

func TestTwoPlannersLoseNothing(t *testing.T) {
	t.Parallel()
	w, ctx := newTown(t), t.Context()
	desk := w.desk()
	n := testsize.N(20, 200)
	ids := []geo.DraftID{w.draft(ctx, desk), w.draft(ctx, desk)}
	r := rand.New(rand.NewPCG(3, 4))
	touched := make([]map[geo.Coord]bool, 2) // nodes of borders each changed, on either side
	said := make([]map[planning.AreaName]bool, 2)
	where := make([][]map[geo.Coord]bool, 2) // for each edit
	what := make([][]map[planning.AreaName]bool, 2)
	for i, id := range ids {
		touched[i], said[i] = map[geo.Coord]bool{}, map[planning.AreaName]bool{}
		for done, tries := 0, 0; done < n && tries < 20*n; tries++ {
			before, _, err := desk.View(ctx, id)
			w.check(err)
			edited, err := desk.Edit(ctx, id, 0, random(r, before), "")
			if err != nil {
				continue
			}
			after, _, err := desk.View(ctx, id)
			w.check(err)
			borders, words := touches(before.Area, after.Area, &edited.Edit.Effect)
			nodes := map[geo.Coord]bool{}
			for b := range borders {
				nodes[b.piece[0]], nodes[b.piece[1]] = true, true
			}
			for c := range nodes {
				touched[i][c] = true
			}
			for name := range words {
				said[i][name] = true
			}
			where[i], what[i] = append(where[i], nodes), append(what[i], words)
			done++
		}
	}
	w.publish(ctx, desk, ids[0])
	done, err := desk.Rebase(ctx, ids[1], 0, nil)
	w.check(err)
	choices := map[int]drafts.Choice{}
	later := map[geo.Coord]bool{} // what an edit that was left out would have changed
	for _, c := range done.Conflicts {
		choices[c.Number] = drafts.Drop
		met := false
		for node := range where[1][c.Number-1] {
			met = met || touched[0][node] || later[node]
		}
		for name := range what[1][c.Number-1] {
			met = met || said[0][name]
		}
		for node := range where[1][c.Number-1] {
			later[node] = true
		}
		if !met {
			t.Errorf("edit %d conflicts where the other changed nothing: %s", c.Number, c.Reason)
		}
	}
	t.Logf("%d of %d edits conflict", len(choices), len(where[1]))
	if len(choices) > 0 {
		done, err = desk.Rebase(ctx, ids[1], 0, choices)
		w.check(err)
	}
	if len(done.Conflicts) > 0 || done.Draft.Head != len(where[1])-len(choices) {
		t.Fatalf("%d conflicts are left, %d edits of %d in force", len(done.Conflicts), done.Draft.Head, len(where[1]))
	}
	first := w.live.Load()
	edits, _, err := desk.Edits(ctx, ids[1])
	w.check(err)
	w.publish(ctx, desk, ids[1])
	second := w.live.Load()
	changed := map[planning.AreaName]bool{}
	for _, e := range edits {
		for _, a := range e.Effect.Areas {
			changed[planning.AreaName{Layer: a.Layer, Code: a.Code}] = true
		}
		for _, name := range e.Effect.Ended {
			changed[name] = true
		}
	}
	for a := range first.Areas("grids", "") { // of the first planner nothing is lost
		if is := second.Area("grids", a.Code); !changed[planning.AreaName{Layer: "grids", Code: a.Code}] && (is == nil || is.ID != a.ID) {
			t.Errorf("%s is another without an edit", a.Code)
		}
	}
	w.sound()
}
