package postgis_test

import (
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"gridwarden/geo"
	"gridwarden/geo/postgis"
)

var noon = time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)

// pothole is a report as a patrol sends it.
func pothole(external string) *geo.Report {
	return &geo.Report{
		Source: "patrol", ExternalID: external, Point: &geo.Coord{X: 1_201_234_567, Y: 302_345_678}, Address: "延安路 1 号",
		Category:  geo.CategoryKey{Standard: "GB/T 47678.5-2026", Kind: geo.Matter, Code: "02001"},
		Condition: "1", Asset: "A7", Accuracy: 7.5, Answers: map[string]string{"position": "pavement"}, Level: 2,
		Whistle: []geo.DepartmentCode{"police"}, Description: "路面有坑，王先生 13800000000", ReportedAt: noon, ReceivedAt: noon.Add(time.Minute),
	}
}

// leads gives a report to a department, with a helper and a verifier beside it.
func leads(department geo.DepartmentCode) []geo.Assignment {
	return []geo.Assignment{
		{Role: geo.Lead, Department: department, DueAt: noon.Add(48 * time.Hour), Rule: "duty-row", Row: "R1", Edition: 3, At: noon,
			Reason: "reported", Decision: json.RawMessage(`{"b": 1,  "a": "不改一字"}`)},
		{Role: geo.Helper, Department: "police", Rule: "whistle", Edition: 3, At: noon, Reason: "reported"},
		{Role: geo.Verifier, Group: "ZR-1", Rule: "group", Edition: 3, At: noon, Reason: "reported"},
	}
}

// add stores a report that is given to the department roads.
func add(t *testing.T, store *postgis.Store, r *geo.Report) geo.ReportID {
	t.Helper()
	id, again, err := store.AddReport(t.Context(), r, leads("roads"), geo.Idempotency{})
	check(t, err)
	if again || id == "" {
		t.Fatalf("id %q, again %v", id, again)
	}
	return id
}

func caseOf(t *testing.T, store *postgis.Store, id geo.ReportID) *geo.Case {
	t.Helper()
	c, err := store.Report(t.Context(), id)
	check(t, err)
	return c
}

func TestAReportIsKeptAsItCame(t *testing.T) {
	t.Parallel()
	store, _ := open(t)
	want := pothole("P-1")
	id := add(t, store, want)
	c := caseOf(t, store, id)

	want.ID, want.State = id, geo.Received
	if !reflect.DeepEqual(c.Report, *want) {
		t.Errorf("got  %+v\nwant %+v", c.Report, *want)
	}
	if c.Round != 1 || len(c.Assignments) != 3 {
		t.Fatalf("round %d: %+v", c.Round, c.Assignments)
	}
	for i, a := range leads("roads") {
		a.Feed, a.Report, a.Source, a.ExternalID, a.Round = int64(i+1), id, "patrol", "P-1", 1
		if !reflect.DeepEqual(c.Assignments[i], a) {
			t.Errorf("got  %+v\nwant %+v", c.Assignments[i], a)
		}
	}
	found, err := store.ReportID(t.Context(), "patrol", "P-1")
	check(t, err)
	if found != id {
		t.Errorf("found %s, want %s", found, id)
	}
	_, err = store.Report(t.Context(), "nobody's")
	refused(t, err, geo.NotFound, "nobody's")
	_, err = store.ReportID(t.Context(), "patrol", "P-2")
	refused(t, err, geo.NotFound, "P-2", "patrol")
	_, err = store.ReportID(t.Context(), "patrol", "")
	refused(t, err, geo.NotFound)
}

func TestAnAddressWithoutAPlaceIsNeverRefused(t *testing.T) {
	t.Parallel()
	store, conn := open(t)
	id, _, err := store.AddReport(t.Context(), &geo.Report{Source: "12345", Address: "桥下", ReportedAt: noon}, nil, geo.Idempotency{})
	check(t, err)
	c := caseOf(t, store, id)
	if c.Report.State != geo.Unlocated || c.Round != 0 || c.Report.Point != nil || len(c.Assignments) != 0 || c.Report.ReceivedAt.IsZero() {
		t.Errorf("%+v", c)
	}
	if n := count(t, conn, "SELECT count(*) FROM river_job"); n != 0 {
		t.Errorf("%d jobs for nothing", n)
	}
	r := c.Report
	r.Point = &geo.Coord{X: 1_200_000_000, Y: 300_000_000}
	check(t, store.Reassign(t.Context(), &geo.Reassignment{Report: id, Round: 1, Reason: "corrected", Assignments: leads("parks"), Corrected: &r}))
	if c = caseOf(t, store, id); c.Report.State != geo.Received || c.Round != 1 || len(c.Assignments) != 3 {
		t.Errorf("located: %+v", c)
	}
}

func TestTheSameReportOfASourceComesInOnce(t *testing.T) {
	t.Parallel()
	store, conn := open(t)
	id := add(t, store, pothole("P-1"))
	_, _, err := store.AddReport(t.Context(), pothole("P-1"), leads("roads"), geo.Idempotency{Holder: "k", Key: "new"})
	refused(t, err, geo.Conflict, "P-1", "patrol", string(id))
	var there *geo.Existing
	if !errors.As(err, &there) || there.ID != id {
		t.Errorf("it does not name the one that is there: %v", err)
	}
	other := pothole("P-1")
	other.Source = "12345"
	add(t, store, other)
	add(t, store, pothole(""))
	add(t, store, pothole(""))
	if n := count(t, conn, "SELECT count(*) FROM reports"); n != 4 {
		t.Errorf("%d reports", n)
	}
	if n := count(t, conn, "SELECT count(*) FROM idempotency"); n != 0 {
		t.Errorf("the refused one kept its key")
	}
}

func TestARetryDoesNotReportTwice(t *testing.T) {
	t.Parallel()
	store, conn := open(t)
	body := sha256.Sum256([]byte("body"))
	var all sync.WaitGroup
	ids := make([]geo.ReportID, 24)
	for i := range ids {
		all.Go(func() {
			once := geo.Idempotency{Holder: "holder", Key: fmt.Sprint("key", i%3), Body: body}
			for ids[i] == "" {
				id, _, err := store.AddReport(t.Context(), pothole(""), leads("roads"), once)
				if err != nil && geo.KindOf(err) != geo.Conflict {
					t.Error(err)
					return
				}
				ids[i] = id
			}
		})
	}
	all.Wait()
	for i := range ids {
		if ids[i] != ids[i%3] {
			t.Errorf("the key %d gave %s and %s", i%3, ids[i%3], ids[i])
		}
	}
	if n := count(t, conn, "SELECT count(*) FROM reports"); n != 3 {
		t.Errorf("%d reports of 3 keys", n)
	}
	_, again, err := store.AddReport(t.Context(), pothole(""), leads("roads"), geo.Idempotency{Holder: "another", Key: "key1", Body: body})
	check(t, err)
	if again {
		t.Error("a key is of its holder alone")
	}
	_, _, err = store.AddReport(t.Context(), pothole(""), leads("roads"), geo.Idempotency{Holder: "holder", Key: "key1", Body: sha256.Sum256(nil)})
	refused(t, err, geo.Faulty, "key1")
}

func TestAKeyStillAtWorkIsAConflict(t *testing.T) {
	t.Parallel()
	store, conn := open(t)
	tx, err := conn.Begin(t.Context())
	check(t, err)
	_, err = tx.Exec(t.Context(), "SELECT pg_advisory_xact_lock(hashtextextended('slow', hashtextextended('holder', 0)))")
	check(t, err)
	once := geo.Idempotency{Holder: "holder", Key: "slow"}
	_, _, err = store.AddReport(t.Context(), pothole(""), leads("roads"), once)
	refused(t, err, geo.Conflict, "slow")
	check(t, tx.Rollback(t.Context()))
	_, _, err = store.AddReport(t.Context(), pothole(""), leads("roads"), once)
	check(t, err)
}

func TestKeysAreForgottenAfterSevenDays(t *testing.T) {
	t.Parallel()
	store, conn := open(t)
	once := func(i int) geo.Idempotency { return geo.Idempotency{Holder: "holder", Key: fmt.Sprint(i)} }
	first, _, err := store.AddReport(t.Context(), pothole(""), leads("roads"), once(0))
	check(t, err)
	for i := range 5 {
		_, _, err := store.AddReport(t.Context(), pothole(""), leads("roads"), once(i+1))
		check(t, err)
	}
	_, err = conn.Exec(t.Context(), "UPDATE idempotency SET at = at - interval '8 days'")
	check(t, err)
	id, again, err := store.AddReport(t.Context(), pothole(""), leads("roads"), once(0))
	check(t, err)
	if again || id == first {
		t.Error("an old key was taken for a retry")
	}
	for i := range 2 {
		_, _, err = store.AddReport(t.Context(), pothole(""), leads("roads"), once(100+i))
		check(t, err)
	}
	if n := count(t, conn, "SELECT count(*) FROM idempotency"); n != 3 {
		t.Errorf("%d keys are kept, want the 3 that are young", n)
	}
}

func TestTheDescriptionIsInOnePlaceAndCanBeBlanked(t *testing.T) {
	t.Parallel()
	store, conn := open(t)
	id := add(t, store, pothole("P-1"))
	const everywhere = `
SELECT (SELECT count(*) FROM assignments a WHERE a::text LIKE '%13800000000%') + (SELECT count(*) FROM river_job j WHERE j::text LIKE '%13800000000%')
	+ (SELECT count(*) FROM changes c WHERE c::text LIKE '%13800000000%') + (SELECT count(*) FROM idempotency i WHERE i::text LIKE '%13800000000%')`
	if n := count(t, conn, everywhere); n != 0 {
		t.Errorf("%d copies", n)
	}
	before := caseOf(t, store, id)
	check(t, store.BlankDescription(t.Context(), id))
	check(t, store.BlankDescription(t.Context(), id))
	before.Report.Description = ""
	if after := caseOf(t, store, id); !reflect.DeepEqual(after, before) {
		t.Errorf("got  %+v\nwant %+v", after, before)
	}
	refused(t, store.BlankDescription(t.Context(), "nobody's"), geo.NotFound)
}

func TestOpenReportsAreCountedByTheOneDefinition(t *testing.T) {
	t.Parallel()
	store, _ := open(t)
	add(t, store, pothole(""))
	closed := add(t, store, pothole("P-1"))
	_, _, err := store.AddReport(t.Context(), pothole(""), leads(""), geo.Idempotency{})
	check(t, err)
	_, _, err = store.AddReport(t.Context(), &geo.Report{Source: "12345", Address: "?", ReportedAt: noon}, nil, geo.Idempotency{})
	check(t, err)
	_, err = store.AddEvents(t.Context(), []geo.ReportEvent{{Report: closed, Kind: geo.WasClosed, At: noon}})
	check(t, err)
	got, err := store.OpenReports(t.Context())
	check(t, err)
	want := geo.OpenCount{States: map[geo.ReportState]int{geo.Received: 2, geo.Unlocated: 1}, Unrouted: 1}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
	places := map[geo.Coord]int{}
	check(t, store.OpenPlaces(t.Context(), func(at geo.Coord, c geo.CategoryKey) {
		if places[at]++; c != pothole("").Category {
			t.Errorf("an open report is of %v", c)
		}
	}))
	if want := map[geo.Coord]int{*pothole("").Point: 2}; !reflect.DeepEqual(places, want) {
		t.Errorf("open reports are told at %v, want %v", places, want)
	}
}

func TestTheDatabaseCallsOpenWhatGeoCallsOpen(t *testing.T) {
	t.Parallel()
	store, _ := open(t)
	states := []geo.ReportState{
		geo.Received, geo.Filed, geo.Rejected, geo.Dispatched, geo.Accepted, geo.HandledOnSpot, geo.Suspended, geo.Handled, geo.Reworked,
		geo.Closed, geo.Void, geo.Merged,
	}
	h := past("old", len(states))
	want := map[geo.ReportState]int{}
	for i, state := range states {
		if h.reports[i].State = state; state.Open() {
			want[state] = 1
		}
	}
	backfill(t, store, h)
	got, err := store.OpenReports(t.Context())
	check(t, err)
	if !reflect.DeepEqual(got.States, want) {
		t.Errorf("got %v, want %v", got.States, want)
	}
}

func TestRecentReportsComeWithoutTheirWords(t *testing.T) {
	t.Parallel()
	store, _ := open(t)
	var want []geo.ReportID
	for i := range 3 {
		r := pothole("")
		r.ReportedAt = noon.Add(time.Duration(i) * time.Hour)
		want = append(want, add(t, store, r))
	}
	var got []geo.ReportID
	check(t, store.RecentReports(t.Context(), noon.Add(time.Hour), func(r *geo.Report) error {
		got = append(got, r.ID)
		if r.Description != "" || r.Point == nil {
			t.Errorf("%+v", r)
		}
		return nil
	}))
	if !reflect.DeepEqual(got, want[1:]) {
		t.Errorf("got %v, want %v", got, want[1:])
	}
	enough := errors.New("enough")
	if err := store.RecentReports(t.Context(), noon, func(*geo.Report) error { return enough }); !errors.Is(err, enough) {
		t.Error(err)
	}
}

func TestOfTwoWhoRouteAnewOneWins(t *testing.T) {
	t.Parallel()
	store, conn := open(t)
	id := add(t, store, pothole("P-1"))
	var all sync.WaitGroup
	errs := make([]error, 6)
	for i := range errs {
		all.Go(func() {
			errs[i] = store.Reassign(t.Context(), &geo.Reassignment{Report: id, Round: 2, Reason: "corrected", Assignments: leads(geo.DepartmentCode(fmt.Sprint("d", i)))})
		})
	}
	all.Wait()
	won := 0
	for _, err := range errs {
		if err == nil {
			won++
			continue
		}
		refused(t, err, geo.Conflict, "round 2")
	}
	if n := count(t, conn, "SELECT count(*) FROM assignments WHERE round = 2"); won != 1 || n != 3 {
		t.Errorf("%d won, with %d assignments", won, n)
	}
	refused(t, store.Reassign(t.Context(), &geo.Reassignment{Report: "nobody's", Round: 1}), geo.NotFound, "nobody's")
}

func TestACorrectionKeepsEveryAssignment(t *testing.T) {
	t.Parallel()
	store, _ := open(t)
	id := add(t, store, pothole("P-1"))
	was := caseOf(t, store, id)
	corrected := was.Report
	corrected.Point, corrected.Condition, corrected.Answers, corrected.Whistle = nil, "2", nil, nil
	corrected.Source, corrected.Description, corrected.ReportedAt = "forged", "forged", noon.AddDate(1, 0, 0)
	check(t, store.Reassign(t.Context(), &geo.Reassignment{Report: id, Round: 2, Reason: "corrected", Corrected: &corrected}))
	now := caseOf(t, store, id)
	want := was.Report
	want.Point, want.Condition, want.Answers, want.Whistle, want.State = nil, "2", nil, nil, geo.Unlocated
	if !reflect.DeepEqual(now.Report, want) {
		t.Errorf("got  %+v\nwant %+v", now.Report, want)
	}
	if now.Round != 2 || !reflect.DeepEqual(now.Assignments, was.Assignments) {
		t.Errorf("round %d: %+v", now.Round, now.Assignments)
	}
	corrected.Point = was.Report.Point
	check(t, store.Reassign(t.Context(), &geo.Reassignment{Report: id, Round: 3, Reason: "corrected", Assignments: leads("parks"), Corrected: &corrected}))
	now = caseOf(t, store, id)
	if len(now.Assignments) != 6 || now.Assignments[5].Round != 3 || now.Assignments[3].Reason != "corrected" || !strings.HasPrefix(string(now.Assignments[3].Department), "parks") {
		t.Errorf("%+v", now.Assignments)
	}
}

func TestTwoLeadsAreNeverStored(t *testing.T) {
	t.Parallel()
	store, conn := open(t)
	_, _, err := store.AddReport(t.Context(), pothole(""), append(leads("a"), leads("b")...), geo.Idempotency{})
	if geo.KindOf(err) != geo.Internal {
		t.Errorf("two leads: %v", err)
	}
	_, _, err = store.AddReport(t.Context(), pothole(""), leads("a")[1:], geo.Idempotency{})
	if geo.KindOf(err) != geo.Internal {
		t.Errorf("no lead: %v", err)
	}
	if n := count(t, conn, "SELECT count(*) FROM reports"); n != 0 {
		t.Errorf("%d reports", n)
	}
}
