package cases_test

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"gridwarden/geo"
	"gridwarden/geo/cases"
)

var monday = time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC)

// told is events of a life, an hour apart.
func told(kinds ...geo.EventKind) []geo.ReportEvent {
	events := make([]geo.ReportEvent, len(kinds))
	for i, k := range kinds {
		events[i] = geo.ReportEvent{Report: "r", Kind: k, SenderID: fmt.Sprint(i), At: monday.Add(time.Duration(i) * time.Hour)}
		switch k {
		case geo.WasExtended:
			events[i].Until = monday.AddDate(0, 0, 7)
		case geo.WasMerged:
			events[i].Into = "other"
		}
	}
	return events
}

func TestALifeIsToldAsItWent(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		told []geo.EventKind
		want geo.ReportState
		odd  int
	}{
		{"nothing told", nil, geo.Received, 0},
		{"filed", []geo.EventKind{geo.WasFiled}, geo.Filed, 0},
		{"the usual way", []geo.EventKind{geo.WasFiled, geo.WasDispatched, geo.WasAccepted, geo.WasHandled, geo.WasClosed}, geo.Closed, 0},
		{"rejected needs no filing", []geo.EventKind{geo.WasRejected}, geo.Rejected, 0},
		{"handled on the spot needs no filing", []geo.EventKind{geo.WasHandledOnSpot}, geo.HandledOnSpot, 0},
		{"an extension moves no state", []geo.EventKind{geo.WasFiled, geo.WasDispatched, geo.WasExtended}, geo.Dispatched, 0},
		{"resumed goes back", []geo.EventKind{geo.WasFiled, geo.WasAccepted, geo.WasSuspended, geo.WasResumed}, geo.Accepted, 0},
		{"handled ends a suspension", []geo.EventKind{geo.WasFiled, geo.WasSuspended, geo.WasHandled}, geo.Handled, 0},
		{"rework opens again", []geo.EventKind{geo.WasFiled, geo.WasHandled, geo.WasClosed, geo.WasReworked}, geo.Reworked, 0},
		{"a late handled does not", []geo.EventKind{geo.WasFiled, geo.WasClosed, geo.WasHandled}, geo.Closed, 1},
		{"void after closed", []geo.EventKind{geo.WasFiled, geo.WasClosed, geo.WasVoided}, geo.Void, 0},
		{"closed before filed counts", []geo.EventKind{geo.WasClosed}, geo.Closed, 1},
		{"resumed without suspension", []geo.EventKind{geo.WasFiled, geo.WasResumed}, geo.Filed, 1},
		{"suspended twice", []geo.EventKind{geo.WasFiled, geo.WasSuspended, geo.WasSuspended, geo.WasResumed}, geo.Filed, 1},
		{"a word nobody knows", []geo.EventKind{geo.WasFiled, "lost"}, geo.Filed, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			life := cases.Fold(told(c.told...), true, nil)
			if life.State != c.want || len(life.Odd) != c.odd {
				t.Errorf("got %s with %d odd (%+v), want %s with %d", life.State, len(life.Odd), life.Odd, c.want, c.odd)
			}
			if life.State.Open() != life.ClosedAt.IsZero() {
				t.Errorf("%s and closed at %v", life.State, life.ClosedAt)
			}
		})
	}
	if got := cases.State(nil, false, nil); got != geo.Unlocated {
		t.Errorf("without a point: %s", got)
	}
}

func TestTheClockStandsWhileSuspended(t *testing.T) {
	t.Parallel()
	life := cases.Fold(told(
		geo.WasFiled, geo.WasDispatched, geo.WasSuspended, geo.WasExtended, geo.WasResumed, geo.WasHandled, geo.WasReworked, geo.WasSuspended), true, nil)
	hour := func(n int) time.Time { return monday.Add(time.Duration(n) * time.Hour) }
	want := cases.Life{
		State: geo.Suspended, FiledAt: hour(0), DispatchedAt: hour(1), HandledAt: hour(5), ExtendedTo: monday.AddDate(0, 0, 7),
		Suspended: 2 * time.Hour, SuspendedSince: hour(7),
	}
	if life.State != want.State || life.FiledAt != want.FiledAt || life.DispatchedAt != want.DispatchedAt || life.HandledAt != want.HandledAt ||
		life.ExtendedTo != want.ExtendedTo || life.Suspended != want.Suspended || life.SuspendedSince != want.SuspendedSince {
		t.Errorf("got  %+v\nwant %+v", life, want)
	}
}

func TestAHelperAnswersForItselfOnly(t *testing.T) {
	t.Parallel()
	events := told(geo.WasFiled, geo.WasDispatched, geo.WasHandled, geo.WasExtended, geo.WasClosed)
	events[2].Department, events[3].Department, events[4].Department = "helper", "helper", "helper"
	parts := cases.Parts{"lead": geo.Lead, "helper": geo.Helper, "silent": geo.Helper}
	life := cases.Fold(events[:4], true, parts)
	part := life.Helpers["helper"]
	if life.State != geo.Dispatched || !life.ExtendedTo.IsZero() || part == nil || part.State != geo.Handled || part.ExtendedTo.IsZero() || len(life.Odd) != 0 {
		t.Errorf("%+v, the helper's %+v", life, part)
	}
	if life.Helpers["silent"] != nil {
		t.Error("a helper who told nothing has answered")
	}
	if got := cases.State(events, true, parts); got != geo.Closed {
		t.Errorf("closed is of the report, whoever tells: %s", got)
	}
}

func TestAnOutsiderDoesNotMoveTheReport(t *testing.T) {
	t.Parallel()
	events := told(geo.WasFiled, geo.WasAccepted, geo.WasExtended, geo.WasClosed)
	events[1].Department, events[2].Department, events[3].Department = "outsider", "outsider", "outsider"
	life := cases.Fold(events[:3], true, cases.Parts{"lead": geo.Lead, "helper": geo.Helper})
	if life.State != geo.Filed || !life.ExtendedTo.IsZero() || len(life.Odd) != 2 || life.OddAbout("1").String() != "accepted by outsider, which has no part in the report: the state stays" {
		t.Errorf("%+v", life)
	}
	if got := cases.State(events, true, cases.Parts{"lead": geo.Lead}); got != geo.Closed {
		t.Errorf("closed is of the report, whoever tells: %s", got)
	}
	if got := cases.State(events[:2], true, cases.Parts{"helper": geo.Helper}); got != geo.Accepted {
		t.Errorf("dispatched by a person, for nobody was found: %s", got)
	}
}

func TestWhoEverLedIsNoHelper(t *testing.T) {
	t.Parallel()
	as := func(role geo.Role, department geo.DepartmentCode) geo.Assignment {
		return geo.Assignment{Role: role, Department: department}
	}
	got := cases.PartsOf([]geo.Assignment{
		as(geo.Lead, "roads"), as(geo.Helper, "water"), as(geo.Helper, "police"), as(geo.Verifier, "street"), as(geo.Verifier, "police"),
		as(geo.Lead, "water"), as(geo.Helper, "roads"), as(geo.Helper, "police"), as(geo.Helper, ""),
	})
	if want := (cases.Parts{"roads": geo.Lead, "water": geo.Lead, "police": geo.Helper}); !maps.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	handled := told(geo.WasFiled, geo.WasHandled)
	handled[1].Department = "police"
	c := geo.Case{Report: geo.Report{Point: &geo.Coord{}}, Events: handled, Assignments: []geo.Assignment{as(geo.Helper, "police"), as(geo.Lead, "roads")}}
	if life := cases.Of(&c); life.State != geo.Filed || life.Helpers["police"].State != geo.Handled {
		t.Errorf("%+v", life)
	}
}

// anyEvents draws events with few times, ids and departments, so that they meet.
func anyEvents(t *rapid.T) []geo.ReportEvent {
	kinds := []geo.EventKind{
		geo.WasFiled, geo.WasRejected, geo.WasDispatched, geo.WasAccepted, geo.WasHandledOnSpot, geo.WasExtended, geo.WasSuspended, geo.WasResumed,
		geo.WasHandled, geo.WasReworked, geo.WasClosed, geo.WasVoided, geo.WasMerged,
	}
	n := rapid.IntRange(0, 12).Draw(t, "n")
	events := make([]geo.ReportEvent, n)
	for i := range events {
		events[i] = geo.ReportEvent{
			Kind: rapid.SampledFrom(kinds).Draw(t, "kind"), SenderID: fmt.Sprint(i), At: monday.Add(time.Duration(rapid.IntRange(0, 4).Draw(t, "at")) * time.Hour),
			Department: rapid.SampledFrom([]geo.DepartmentCode{"", "lead", "helper", "outsider"}).Draw(t, "department"), Until: monday.AddDate(0, 0, i+1), Into: "other",
		}
	}
	return events
}

func TestTheOrderOfArrivalDoesNotMatter(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		events := anyEvents(t)
		parts := cases.Parts{"lead": geo.Lead, "helper": geo.Helper}
		want := cases.Fold(events, true, parts)
		again := slices.Concat(events, events[:rapid.IntRange(0, len(events)).Draw(t, "repeated")])
		got := cases.Fold(rapid.Permutation(again).Draw(t, "arrival"), true, parts)
		if !reflect.DeepEqual(got, want) {
			t.Fatalf("got  %+v\nwant %+v", got, want)
		}
		if got.State.Open() != got.ClosedAt.IsZero() || (got.State == geo.Suspended) == got.SuspendedSince.IsZero() || got.Suspended < 0 {
			t.Fatalf("the clocks do not fit the state: %+v", got)
		}
	})
}

func TestAnEventWithoutAnIDIsKnownByWhatItSays(t *testing.T) {
	t.Parallel()
	e := geo.ReportEvent{Kind: geo.WasFiled, At: monday}
	if a, b := cases.EventID(e), cases.EventID(geo.ReportEvent{Kind: geo.WasFiled, At: monday.In(time.FixedZone("", 8*3600)), Note: "x"}); a != b || a == "" {
		t.Errorf("%q and %q", a, b)
	}
	if len(cases.InOrder([]geo.ReportEvent{e, e})) != 1 {
		t.Error("the repeat counts")
	}
}

func TestAnEventThatSaysTooLittleIsRefused(t *testing.T) {
	t.Parallel()
	good := geo.ReportEvent{Report: "r", Kind: geo.WasFiled, At: monday}
	if err := cases.CheckEvent(good); err != nil {
		t.Error(err)
	}
	for name, spoil := range map[string]func(*geo.ReportEvent){
		"unknown kind":    func(e *geo.ReportEvent) { e.Kind = "done" },
		"no time":         func(e *geo.ReportEvent) { e.At = time.Time{} },
		"no report":       func(e *geo.ReportEvent) { e.Report = "" },
		"until when":      func(e *geo.ReportEvent) { e.Kind = geo.WasExtended },
		"into which case": func(e *geo.ReportEvent) { e.Kind = geo.WasMerged },
	} {
		e := good
		spoil(&e)
		if err := cases.CheckEvent(e); geo.KindOf(err) != geo.Invalid {
			t.Errorf("%s: %v", name, err)
		}
	}
}
