package postgis_test

import (
	"context"
	"encoding/json"
	"fmt"
	"reflect"
	"testing"
	"time"

	"github.com/paulmach/orb"
	"pgregory.net/rapid"

	"gridwarden/geo"
	"gridwarden/geo/planning"
	"gridwarden/geo/postgis"
)

// by is a context in which somebody of a name acts.
func by(t interface{ Context() context.Context }, name string) context.Context {
	return geo.By(t.Context(), geo.Actor{Name: name})
}

// onGrids is a store whose first edition has a few grids.
func onGrids(t *testing.T) *postgis.Store {
	t.Helper()
	store, _ := open(t)
	publish(t, store, geo.Publication{Layers: []geo.Layer{grids}, Areas: []*geo.Area{square("grids", "A", 0, 0), square("grids", "B", 1, 0)}})
	return store
}

func newDraft(t *testing.T, store *postgis.Store, id geo.DraftID) geo.Draft {
	t.Helper()
	d, err := store.CreateDraft(by(t, "王"), geo.Draft{ID: id, Name: "桥东", Base: 1, Author: "王", Editors: []string{"李", "陈"}})
	check(t, err)
	return d
}

// moving is an edit that leaves one area, elsewhere.
func moving(code geo.AreaCode, x int32) *planning.DoneEdit {
	return &planning.DoneEdit{Author: "王", Reason: "路改道", Edit: planning.Edit{Kind: planning.MoveBorder, Layer: "grids", Areas: []geo.AreaCode{code}},
		Effect: planning.Effect{Areas: []*geo.Area{square("grids", code, x, 0)}}}
}

func addEdit(t *testing.T, store *postgis.Store, d geo.Draft, e *planning.DoneEdit) geo.Draft {
	t.Helper()
	d, err := store.AddDraftEdit(by(t, "王"), d.ID, d.Version, e)
	check(t, err)
	return d
}

// editsOf are the edits of a draft, and fails unless it is as told.
func editsOf(t *testing.T, store *postgis.Store, told geo.Draft) []planning.DoneEdit {
	t.Helper()
	d, edits, err := store.DraftEdits(t.Context(), told.ID, 0)
	check(t, err)
	if !reflect.DeepEqual(d, told) || d.Edits != len(edits) {
		t.Errorf("read %+v with %d edits, told %+v", d, len(edits), told)
	}
	return edits
}

func drawnShape(t *rapid.T) geo.Shape {
	at := func() geo.Coord {
		return geo.Coord{X: rapid.Int32Range(-1_800_000_000, 1_800_000_000).Draw(t, "x"), Y: rapid.Int32Range(-900_000_000, 900_000_000).Draw(t, "y")}
	}
	path := func() []geo.Coord {
		return rapid.SliceOfN(rapid.Custom(func(*rapid.T) geo.Coord { return at() }), 3, 9).Draw(t, "path")
	}
	if rapid.Bool().Draw(t, "lines") {
		return geo.Shape{Lines: geo.MultiLine{path(), path()}}
	}
	return geo.Shape{Polygons: geo.MultiPolygon{{path(), path()}, {path()}}}
}

func drawnEdit(t *rapid.T) planning.DoneEdit {
	texts := rapid.SampledFrom([]string{"", "A", `网 "格" <b>&`, "line\nbreak", "𝄞\\"})
	documents := rapid.SampledFrom([]json.RawMessage{nil, json.RawMessage(`{}`), json.RawMessage(`{ "b":1.50, "a":"<\u4e95>","b":12345678901234567890}`)})
	code := func() geo.AreaCode { return geo.AreaCode(rapid.StringMatching("[A-D]{1,2}").Draw(t, "code")) }
	e := planning.DoneEdit{
		Author: texts.Draw(t, "author"), Reason: texts.Draw(t, "reason"), At: time.Date(2026, 11, 22, 1, 2, 3, 456_000, time.UTC),
		Edit: planning.Edit{Kind: planning.Split, Layer: "grids", Areas: []geo.AreaCode{code()}, Line: orb.LineString{{0.1, 0.2}, {120.00000001, 30.3}}, Tolerance: 0.1},
	}
	for range rapid.IntRange(0, 4).Draw(t, "areas") {
		e.Effect.Areas = append(e.Effect.Areas, &geo.Area{
			Layer: "grids", Code: code(), Name: texts.Draw(t, "name"), Department: geo.DepartmentCode(texts.Draw(t, "department")), Parent: code(),
			Attributes: documents.Draw(t, "attributes"), Shape: drawnShape(t), Side: rapid.SampledFrom([]geo.Side{"", geo.Left}).Draw(t, "side"),
			Reach: rapid.SampledFrom([]float64{0, 12.5}).Draw(t, "reach"), Class: texts.Draw(t, "class"), From: 3, InputHash: geo.InputHash{7, 31: 255},
		})
	}
	if rapid.Bool().Draw(t, "more") {
		e.Effect.Ended = []planning.AreaName{{Layer: "grids", Code: code()}}
		e.Effect.Groups = []geo.Group{{Kind: geo.DutyGroup, Code: "g", Name: texts.Draw(t, "group"), Layer: "grids", Members: []geo.AreaCode{code()}}, {Kind: "k", Code: "none"}}
		e.Effect.Recoded = []planning.Recode{{Layer: "grids", From: code(), To: code()}}
		e.Effect.LeftOut = []orb.LineString{{{0.1 + 0.2, 1. / 3}, {120.1234567, 30.7654321}}}
		e.Effect.Notes = []geo.Said{geo.Say("%s and %d more", texts.Draw(t, "note"), int64(2))}
		e.Needs = []geo.AreaCode{code(), code()}
		e.Consent = []planning.Consent{{Areas: []geo.AreaCode{code()}, Author: texts.Draw(t, "by"), At: time.Date(2026, 11, 22, 2, 0, 0, 1000, time.UTC)}}
	}
	return e
}

func TestWhatAnEditDidComesBackToTheLetter(t *testing.T) {
	t.Parallel()
	store := onGrids(t)
	n := 0
	rapid.Check(t, func(rt *rapid.T) {
		n++
		given := rapid.SliceOfN(rapid.Custom(drawnEdit), 0, 5).Draw(rt, "edits")
		d := newDraft(t, store, geo.DraftID(fmt.Sprint("d", n)))
		for i := range given {
			d = addEdit(t, store, d, &given[i])
		}
		if got := editsOf(t, store, d); !equalEdits(got, given) {
			rt.Fatalf("read %+v\nkept %+v", got, given)
		}
		d.Head, d.Name = 0, "rebased"
		d, err := store.RebaseDraft(t.Context(), d, given)
		ok(rt, err)
		if got := editsOf(t, store, d); !equalEdits(got, given) || d.Head != 0 || d.Edits != len(given) || d.Name != "rebased" {
			rt.Fatalf("rebased, %+v is\n%+v\nkept %+v", d, got, given)
		}
		if rest := len(given) - 1; rest > 0 {
			_, got, err := store.DraftEdits(t.Context(), d.ID, rest)
			if ok(rt, err); !equalEdits(got, given[rest:]) {
				rt.Fatalf("after %d, %+v", rest, got)
			}
		}
	})
}

func equalEdits(a, b []planning.DoneEdit) bool { return len(a)+len(b) == 0 || reflect.DeepEqual(a, b) }

func TestWhoWritesOverSomeoneElsesEditIsToldWhose(t *testing.T) {
	t.Parallel()
	store := onGrids(t)
	d := newDraft(t, store, "d")
	now := addEdit(t, store, d, moving("A", 2))
	_, err := store.AddDraftEdit(by(t, "李"), d.ID, d.Version, moving("B", 3))
	refused(t, err, geo.Conflict, "王", "version 2", "read it again")
	_, err = store.PutDraft(by(t, "李"), d)
	refused(t, err, geo.Conflict, "王")
	_, err = store.RebaseDraft(by(t, "李"), d, nil)
	refused(t, err, geo.Conflict, "王")
	_, err = store.AddConsent(by(t, "李"), d.ID, d.Version, 1, planning.Consent{})
	refused(t, err, geo.Conflict, "王")
	_, err = store.AddDraftEdit(by(t, "李"), "nowhere", 1, moving("B", 3))
	refused(t, err, geo.NotFound, "nowhere")
	_, err = store.AddConsent(by(t, "李"), d.ID, now.Version, 2, planning.Consent{})
	refused(t, err, geo.NotFound, "no edit 2")
	if edits := editsOf(t, store, now); len(edits) != 1 || edits[0].Effect.Areas[0].Code != "A" {
		t.Errorf("the draft holds %+v", edits)
	}
}

func TestUndoneEditsStayUntilAnotherTakesTheirPlace(t *testing.T) {
	t.Parallel()
	store := onGrids(t)
	d := newDraft(t, store, "d")
	for i := range int32(4) {
		d = addEdit(t, store, d, moving("A", i))
	}
	d.Head = 1
	d, err := store.PutDraft(t.Context(), d)
	check(t, err)
	if edits := editsOf(t, store, d); d.Head != 1 || d.Edits != 4 || len(edits) != 4 {
		t.Errorf("undone, %+v holds %d edits", d, len(edits))
	}
	d.Head = 5
	_, err = store.PutDraft(t.Context(), d)
	refused(t, err, geo.Invalid, "5")
	d.Head = 3
	d, err = store.PutDraft(t.Context(), d)
	check(t, err)
	d = addEdit(t, store, d, moving("B", 9))
	edits := editsOf(t, store, d)
	if d.Head != 4 || d.Edits != 4 || edits[3].Effect.Areas[0].Code != "B" || edits[2].Effect.Areas[0].Code != "A" {
		t.Errorf("%+v holds %+v", d, edits)
	}
}

func TestADraftKeepsAllThatIsSaidOfIt(t *testing.T) {
	t.Parallel()
	store := onGrids(t)
	d := newDraft(t, store, "d")
	if !reflect.DeepEqual(d.Editors, []string{"李", "陈"}) || d.State != geo.DraftOpen || d.Version != 1 || d.CreatedAt.IsZero() {
		t.Errorf("made %+v", d)
	}
	at := time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC)
	d.Name, d.Editors, d.State = "桥西", nil, geo.DraftScheduled
	d.Approvals = []geo.Approval{{Layer: "grids", Document: "民发〔2026〕7号", Body: "民政局", Date: geo.Date{Year: 2026, Month: 7, Day: 1}, FileHash: "ab", Author: "王", At: at}}
	d.Schedule = &geo.Schedule{At: at, EffectiveFrom: at, Note: "n", Author: "王", Second: "李", Told: geo.Say("edit %d: %s, %.1f %%", int64(3), geo.Say("%s is not there", "g1"), 2.0)}
	put, err := store.PutDraft(by(t, "李"), d)
	check(t, err)
	d.Version, d.ChangedAt = 2, put.ChangedAt
	if !reflect.DeepEqual(put, d) {
		t.Errorf("put %+v, got %+v", d, put)
	}
	editsOf(t, store, put)
	newDraft(t, store, "e")
	all, err := store.Drafts(t.Context())
	check(t, err)
	scheduled, err := store.Drafts(t.Context(), geo.DraftScheduled)
	check(t, err)
	if len(all) != 2 || all[0].ID != "e" || !reflect.DeepEqual(all[1:], scheduled) {
		t.Errorf("listed %+v, scheduled %+v", all, scheduled)
	}
	put.Schedule = nil
	_, err = store.PutDraft(t.Context(), put)
	refused(t, err, geo.Invalid, "scheduled")
	_, err = store.CreateDraft(t.Context(), geo.Draft{ID: "d", Base: 1})
	refused(t, err, geo.Conflict, "already")
	_, err = store.CreateDraft(t.Context(), geo.Draft{ID: "f", Base: 2})
	refused(t, err, geo.NotFound, "edition 2")
	put.Schedule, put.Base = d.Schedule, 9
	_, err = store.RebaseDraft(t.Context(), put, nil)
	refused(t, err, geo.NotFound, "edition 9")
}

func TestADiscardedDraftChangesNoMore(t *testing.T) {
	t.Parallel()
	store := onGrids(t)
	d := newDraft(t, store, "d")
	d.State = geo.DraftDiscarded
	d, err := store.PutDraft(by(t, "李"), d)
	check(t, err)
	_, err = store.AddDraftEdit(t.Context(), d.ID, d.Version, moving("A", 1))
	refused(t, err, geo.Conflict, "discarded by 李")
	_, _, err = store.Publish(t.Context(), &geo.Publication{Base: 1, Draft: d.ID, DraftVersion: d.Version})
	refused(t, err, geo.Conflict, "discarded")
	if all, err := store.Drafts(t.Context()); err != nil || len(all) > 0 {
		t.Errorf("listed %+v, %v", all, err)
	}
}

func TestConsentsStandWithTheirEdit(t *testing.T) {
	t.Parallel()
	store := onGrids(t)
	d := newDraft(t, store, "d")
	e := moving("A", 1)
	e.Needs = []geo.AreaCode{"A", "B"}
	d = addEdit(t, store, d, e)
	given := []planning.Consent{{Areas: []geo.AreaCode{"A"}, Author: "李", At: e.At}, {Areas: []geo.AreaCode{"B"}, Author: "陈", At: e.At}}
	for _, c := range given {
		var err error
		d, err = store.AddConsent(t.Context(), d.ID, d.Version, 1, c)
		check(t, err)
	}
	if edits := editsOf(t, store, d); !reflect.DeepEqual(edits[0].Consent, given) || d.Version != 4 {
		t.Errorf("version %d holds %+v", d.Version, edits)
	}
}

func TestACodeIsNeverGivenTwice(t *testing.T) {
	t.Parallel()
	store := onGrids(t)
	base, err := store.Base(t.Context(), "grids")
	check(t, err)
	publish(t, store, geo.Publication{Ended: []geo.AreaID{base.Areas[0].ID}})
	mine, theirs, gone := newDraft(t, store, "mine"), newDraft(t, store, "theirs"), newDraft(t, store, "gone")
	addEdit(t, store, mine, moving("M", 3))
	theirs = addEdit(t, store, theirs, moving("T", 4))
	theirs.Head = 0 // it may be redone
	theirs, err = store.PutDraft(t.Context(), theirs)
	check(t, err)
	gone = addEdit(t, store, gone, moving("G", 5))
	gone.State = geo.DraftDiscarded
	_, err = store.PutDraft(t.Context(), gone)
	check(t, err)

	used, err := store.UsedCodes(t.Context(), mine.ID, "grids", []geo.AreaCode{"X", "T", "M", "G", "B", "A"})
	check(t, err)
	if want := []geo.AreaCode{"A", "B", "T"}; !reflect.DeepEqual(used, want) {
		t.Errorf("used %v, want %v", used, want)
	}
	if used, err := store.UsedCodes(t.Context(), mine.ID, "parks", []geo.AreaCode{"A", "T"}); err != nil || len(used) > 0 {
		t.Errorf("in another layer %v, %v", used, err)
	}
}
