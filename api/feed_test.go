package api_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"gridwarden/api"
	"gridwarden/geo"
)

// feedJSON is a page of the feed.
type feedJSON struct {
	After       int64
	Assignments []assignmentJSON
}

func (d *desk) feed(t testing.TB, query string) (page feedJSON) {
	t.Helper()
	got := d.get(t, "/v1/assignments?"+query)
	if got.status != 200 {
		t.Fatalf("%s: %d %s", query, got.status, got.body)
	}
	got.json(t, &page)
	return page
}

func TestTheFeedMissesNothingAndDoublesNothing(t *testing.T) {
	t.Parallel()
	d := openDesk(t, nil)
	const writers, each = 4, 15
	var writing, reading sync.WaitGroup
	for range writers {
		writing.Go(func() {
			for range each {
				d.report(t, report(.5, .5, dirtJSON))
			}
		})
	}
	done := make(chan struct{})
	seen := make([]map[int64]bool, 2)
	for i := range seen {
		reading.Go(func() {
			seen[i] = map[int64]bool{}
			after, last := int64(0), false
			for !last {
				select {
				case <-done:
					last = true
				default:
				}
				page := d.feed(t, fmt.Sprintf("after=%d&limit=7&wait=1s", after))
				for _, a := range page.Assignments {
					if a.Feed <= after || seen[i][a.Feed] {
						t.Errorf("%d comes after %d", a.Feed, after)
					}
					seen[i][a.Feed], after = true, a.Feed
				}
				after = max(after, page.After)
				last = last && len(page.Assignments) == 0
			}
		})
	}
	writing.Wait()
	close(done)
	reading.Wait()
	for i := range seen {
		if len(seen[i]) != 2*writers*each { // a lead and a verifier each
			t.Errorf("reader %d saw %d of %d", i, len(seen[i]), 2*writers*each)
		}
	}
}

func TestALongPollAnswersAsSoonAsThereIsSomething(t *testing.T) {
	t.Parallel()
	d := openDesk(t, nil)
	begun := time.Now()
	if page := d.feed(t, "wait=300ms"); len(page.Assignments) != 0 || time.Since(begun) < 300*time.Millisecond {
		t.Errorf("nothing is there, and %+v came after %v", page, time.Since(begun))
	}
	time.AfterFunc(200*time.Millisecond, func() { d.report(t, report(.5, .5, dirtJSON)) })
	begun = time.Now()
	page := d.feed(t, "wait=30s")
	if took := time.Since(begun); len(page.Assignments) != 2 || took >= 30*time.Second || page.After != 2 {
		t.Errorf("%+v after %v", page, took)
	}
	if page := d.feed(t, "after=1&limit=1"); len(page.Assignments) != 1 || page.Assignments[0].Role != "verifier" || page.After != 2 {
		t.Errorf("%+v", page)
	}
	for query, says := range map[string]string{
		"wait=2h": "up to 1m0s", "wait=x": "wait=x", "after=-1": "after", "limit=0": "limit", "include=all": "include=backfill", "since=1": "unknown parameter",
	} {
		if got := d.get(t, "/v1/assignments?"+query); got.status != 400 || !strings.Contains(got.detail(t), strings.ReplaceAll(says, "up to ", "")) {
			t.Errorf("%s: %d %s", query, got.status, got.body)
		}
	}
	if got := d.get(t, "/v1/assignments?after=99"); got.status != 409 || !strings.Contains(got.detail(t), "restored") {
		t.Errorf("a number of another history: %d %s", got.status, got.body)
	}
}

func TestBackfilledReportsAreInTheFeedOnlyWhenAskedFor(t *testing.T) {
	t.Parallel()
	d := openDesk(t, nil)
	d.report(t, report(.5, .5, dirtJSON))
	old := geo.Report{ID: geo.NewReportID(time.Now()), Source: "old", ExternalID: "1", State: geo.Received, ReportedAt: published, ReceivedAt: time.Now(), Backfilled: true}
	old.Point = new(geo.Coord)
	lead := geo.Assignment{Report: old.ID, Source: "old", ExternalID: "1", Round: 1, Role: geo.Lead, Department: "D1", Rule: "territory", Edition: 1, At: published, Reason: "reported", Backfilled: true}
	_, _, err := d.store.Backfill(t.Context(), []geo.Report{old}, []geo.Assignment{lead})
	must(t, err)
	d.report(t, report(.5, .5, dirtJSON))
	if page := d.feed(t, ""); len(page.Assignments) != 4 || page.After != 5 {
		t.Errorf("without back-fill: %+v", page)
	}
	if page := d.feed(t, "include=backfill"); len(page.Assignments) != 5 || !page.Assignments[2].Backfilled {
		t.Errorf("with back-fill: %+v", page)
	}
}

// sse is an event stream being read.
type sse struct {
	t     testing.TB
	lines *bufio.Scanner
	close func()
}

func (d *desk) stream(t testing.TB, path string, headers ...string) *sse {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	r, err := http.NewRequestWithContext(ctx, "GET", d.URL+path, http.NoBody)
	must(t, err)
	r.Header.Set("Accept", "text/event-stream")
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	got, err := d.Client().Transport.RoundTrip(r)
	must(t, err)
	if got.StatusCode != 200 || got.Header.Get("Content-Type") != "text/event-stream" {
		t.Fatalf("%s %v", got.Status, got.Header)
	}
	s := &sse{t, bufio.NewScanner(got.Body), func() { cancel(); got.Body.Close() }}
	t.Cleanup(s.close)
	return s
}

// next is the next assignment and its id; ok is false at the end of the stream.
func (s *sse) next() (id int64, a assignmentJSON, ok bool) {
	for s.lines.Scan() {
		line := s.lines.Text()
		if text, is := strings.CutPrefix(line, "id: "); is {
			id, _ = strconv.ParseInt(text, 10, 64)
		}
		if text, is := strings.CutPrefix(line, "data: "); is {
			must(s.t, json.Unmarshal([]byte(text), &a))
			return id, a, true
		}
	}
	return 0, a, false
}

func TestAnEventStreamGoesOnWhereItBroke(t *testing.T) {
	t.Parallel()
	d := openDesk(t, nil)
	first := d.report(t, report(.5, .5, dirtJSON))
	s := d.stream(t, "/v1/assignments")
	for want := range int64(2) {
		if id, a, ok := s.next(); !ok || id != want+1 || a.Feed != id || a.Report != first.ID {
			t.Fatalf("event %d: %d %+v", want+1, id, a)
		}
	}
	second := d.report(t, report(1.5, .5, dirtJSON))
	if id, a, ok := s.next(); !ok || id != 3 || a.Report != second.ID || a.Department.Code != "D11" {
		t.Fatalf("what comes later: %d %+v", id, a)
	}
	s.close()
	again := d.stream(t, "/v1/assignments?after=1", "Last-Event-ID", "3")
	if id, a, ok := again.next(); !ok || id != 4 || a.Role != "verifier" {
		t.Errorf("after the break: %d %+v", id, a)
	}
	if got := d.get(t, "/v1/assignments", "Accept", "text/event-stream", "Last-Event-ID", "x"); got.status != 400 || !strings.Contains(got.detail(t), "Last-Event-ID") {
		t.Errorf("%d %s", got.status, got.body)
	}
	if got := d.get(t, "/v1/assignments", "Accept", "text/event-stream", "Last-Event-ID", "99"); got.status != 409 {
		t.Errorf("%d %s", got.status, got.body)
	}
}

func TestAQuietStreamShowsThatItLives(t *testing.T) {
	t.Parallel()
	d := openDesk(t, nil, func(c *api.Config) { c.Stall = 100 * time.Millisecond })
	s := d.stream(t, "/v1/assignments")
	beats := 0
	for s.lines.Scan() && beats < 3 {
		if strings.HasPrefix(s.lines.Text(), ": still") {
			beats++
		}
	}
	if beats < 3 {
		t.Errorf("%d heartbeats", beats)
	}
	d.report(t, report(.5, .5, dirtJSON))
	if id, _, ok := s.next(); !ok || id != 1 {
		t.Errorf("after the silence: %d", id)
	}
}

func TestNoMoreWaitForTheFeedThanTheServerHolds(t *testing.T) {
	t.Parallel()
	d := openDesk(t, nil)
	for range 256 {
		d.stream(t, "/v1/assignments")
	}
	for _, headers := range [][]string{{"Accept", "text/event-stream"}, nil} {
		if got := d.get(t, "/v1/assignments?wait=1s", headers...); got.status != 503 || !strings.Contains(got.detail(t), "without wait") {
			t.Errorf("one more: %d %s", got.status, got.body)
		}
	}
	if page := d.feed(t, ""); page.After != 0 {
		t.Errorf("without waiting: %+v", page)
	}
	d.report(t, report(.5, .5, dirtJSON))
	if page := d.feed(t, ""); len(page.Assignments) != 2 {
		t.Errorf("%+v", page)
	}
}

func TestWhoWaitsIsSentHomeWhenTheServerStops(t *testing.T) {
	t.Parallel()
	d := openDesk(t, nil)
	polled := make(chan feedJSON, 1)
	go func() { polled <- d.feed(t, "wait=50s") }()
	s := d.stream(t, "/v1/assignments")
	time.Sleep(100 * time.Millisecond)
	d.head.End()
	if _, _, ok := s.next(); ok {
		t.Error("the stream goes on")
	}
	select {
	case <-polled:
	case <-time.After(40 * time.Second):
		t.Error("the long poll goes on")
	}
}
