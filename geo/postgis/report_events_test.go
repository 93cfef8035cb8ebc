package postgis_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"gridwarden/geo"
	"gridwarden/geo/cases"
	"gridwarden/geo/postgis"
	"gridwarden/geo/testsize"
)

func tell(t *testing.T, store *postgis.Store, events ...geo.ReportEvent) []geo.EventOutcome {
	t.Helper()
	outcomes, err := store.AddEvents(t.Context(), events)
	check(t, err)
	if len(outcomes) != len(events) {
		t.Fatalf("%d outcomes of %d events", len(outcomes), len(events))
	}
	return outcomes
}

func TestEveryEventHasItsOutcome(t *testing.T) {
	t.Parallel()
	store, _ := open(t)
	id := add(t, store, pothole("P-1"))
	events := []geo.ReportEvent{
		{Report: id, Kind: geo.WasFiled, SenderID: "1", At: noon},
		{Source: "patrol", ExternalID: "P-1", Kind: geo.WasDispatched, SenderID: "2", At: noon.Add(time.Hour), Author: "值班长", Note: "照办"},
		{Report: id, Kind: geo.WasFiled, SenderID: "1", At: noon},
		{Report: "nobody's", Kind: geo.WasFiled, SenderID: "1", At: noon},
		{Report: id, Kind: "lost", SenderID: "3", At: noon},
		{Source: "patrol", ExternalID: "P-2", Kind: geo.WasClosed, SenderID: "9", At: noon},
		{Report: id, Kind: geo.WasResumed, At: noon.Add(2 * time.Hour)},
	}
	got := tell(t, store, events...)
	fates := []geo.EventFate{
		geo.EventStored, geo.EventStored, geo.EventRepeated, geo.EventRefused, geo.EventRefused, geo.EventWaiting, geo.EventStored,
	}
	for i, fate := range fates {
		if got[i].Fate != fate || !got[i].Told.IsZero() != (fate == geo.EventRefused || i == 6) || (got[i].Report == id) != (i < 3 || i == 6) {
			t.Errorf("event %d: %+v, want %s", i, got[i], fate)
		}
	}
	if got[1].State != geo.Dispatched {
		t.Errorf("%+v", got[1])
	}
	c := caseOf(t, store, id)
	if c.Report.State != geo.Dispatched || len(c.Events) != 3 || c.Events[1].Note != "照办" || c.Events[1].ReceivedAt.IsZero() {
		t.Errorf("%+v", c)
	}
	if again := tell(t, store, events[0])[0]; again.Fate != geo.EventRepeated || again.State != geo.Dispatched {
		t.Errorf("%+v", again)
	}
	if out := tell(t, store); len(out) != 0 {
		t.Errorf("%+v", out)
	}
}

func TestNoReportIsMergedAwayIntoNothing(t *testing.T) {
	t.Parallel()
	store, _ := open(t)
	id, other := add(t, store, pothole("P-1")), add(t, store, pothole("P-2"))
	merged := func(sender string, into geo.ReportID) geo.ReportEvent {
		return geo.ReportEvent{Source: "patrol", ExternalID: "P-1", Kind: geo.WasMerged, SenderID: sender, At: noon, Into: into}
	}
	for i, o := range tell(t, store, merged("1", id), merged("2", "nobody's")) {
		if o.Fate != geo.EventRefused || o.Report != id || o.Told.IsZero() {
			t.Errorf("event %d: %+v", i, o)
		}
	}
	if c := caseOf(t, store, id); !c.Report.State.Open() || len(c.Events) != 0 {
		t.Errorf("%+v", c)
	}
	if o := tell(t, store, merged("3", other))[0]; o.Fate != geo.EventStored || o.State != geo.Merged {
		t.Errorf("%+v", o)
	}
}

func TestAnEventMayComeBeforeItsReport(t *testing.T) {
	t.Parallel()
	store, conn := open(t)
	closed := geo.ReportEvent{Source: "patrol", ExternalID: "P-1", Kind: geo.WasClosed, SenderID: "2", At: noon.Add(time.Hour)}
	helped := geo.ReportEvent{Source: "patrol", ExternalID: "P-1", Kind: geo.WasReworked, Department: "police", SenderID: "3", At: noon.Add(2 * time.Hour)}
	tell(t, store, closed, helped, closed)
	tell(t, store, closed)
	id := add(t, store, pothole("P-1"))
	c := caseOf(t, store, id)
	if c.Report.State != geo.Closed || len(c.Events) != 2 {
		t.Errorf("%+v", c)
	}
	if n := count(t, conn, "SELECT count(*) FROM waiting_events"); n != 0 {
		t.Errorf("%d still wait", n)
	}
	if got := tell(t, store, closed)[0]; got.Fate != geo.EventRepeated {
		t.Errorf("%+v", got)
	}
}

func TestNoEventIsLostWhenItsReportArrivesAtThatMoment(t *testing.T) {
	t.Parallel()
	store, conn := open(t)
	n := testsize.N(60, 600)
	var all sync.WaitGroup
	for i := range n {
		external := fmt.Sprint("P-", i)
		all.Go(func() {
			if _, _, err := store.AddReport(t.Context(), pothole(external), leads("roads"), geo.Idempotency{}); err != nil {
				t.Error(err)
			}
		})
		all.Go(func() {
			_, err := store.AddEvents(t.Context(), []geo.ReportEvent{
				{Source: "patrol", ExternalID: external, Kind: geo.WasClosed, At: noon},
				{Source: "patrol", ExternalID: fmt.Sprint("P-", (i+7)%n), Kind: geo.WasFiled, At: noon},
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if got := count(t, conn, "SELECT count(*) FROM report_events"); got != 2*n {
		t.Errorf("%d of %d events are stored", got, 2*n)
	}
	if got := count(t, conn, "SELECT count(*) FROM reports WHERE state = 'closed'"); got != n {
		t.Errorf("%d of %d reports are closed", got, n)
	}
	if got := count(t, conn, "SELECT count(*) FROM waiting_events"); got != 0 {
		t.Errorf("%d still wait", got)
	}
}

func TestTheDatabaseKeepsTheStateThatTheEventsMake(t *testing.T) {
	t.Parallel()
	store, _ := open(t)
	kinds := []geo.EventKind{
		geo.WasFiled, geo.WasRejected, geo.WasDispatched, geo.WasAccepted, geo.WasSuspended, geo.WasResumed, geo.WasHandled, geo.WasReworked, geo.WasClosed,
	}
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 0))
	parts := cases.Parts{"roads": geo.Lead, "police": geo.Helper}
	for i := range testsize.N(20, 200) {
		var events []geo.ReportEvent
		external := fmt.Sprint("P-", i)
		for j := range 1 + random.IntN(8) {
			events = append(events, geo.ReportEvent{
				Source: "patrol", ExternalID: external, Kind: kinds[random.IntN(len(kinds))], SenderID: fmt.Sprint(j),
				At: noon.Add(time.Duration(random.IntN(4)) * time.Hour), Department: []geo.DepartmentCode{"", "police", "roads", "water"}[random.IntN(4)],
			})
		}
		want := cases.State(events, true, parts)
		arrival := slices.Concat(events, events[:random.IntN(len(events))])
		random.Shuffle(len(arrival), func(a, b int) { arrival[a], arrival[b] = arrival[b], arrival[a] })
		early := random.IntN(len(arrival) + 1)
		for _, e := range arrival[:early] {
			tell(t, store, e)
		}
		id := add(t, store, pothole(external))
		tell(t, store, arrival[early:]...)
		if got := caseOf(t, store, id).Report.State; got != want {
			t.Errorf("%s, want %s, of %+v told as %+v, %d of them early", got, want, events, arrival, early)
		}
	}
}
