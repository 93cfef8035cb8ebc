package postgis_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"gridwarden/geo"
	"gridwarden/geo/postgis"
	"gridwarden/geo/testsize"
	"gridwarden/migrations"
)

// hook makes a webhook.
func hook(t *testing.T, store *postgis.Store, id geo.WebhookID) geo.Webhook {
	t.Helper()
	w, err := store.CreateWebhook(t.Context(), geo.Webhook{ID: id, URL: "https://hooks.example.org/" + string(id), Secret: "whsec_c2VjcmV0"})
	check(t, err)
	return w
}

// reported stores a report with a lead and a helper.
func reported(t *testing.T, store *postgis.Store, external string) geo.ReportID {
	t.Helper()
	id, err := tryReport(t.Context(), store, external)
	check(t, err)
	return id
}

func tryReport(ctx context.Context, store *postgis.Store, external string) (geo.ReportID, error) {
	r := geo.Report{Source: "12345", ExternalID: external, Point: &geo.Coord{X: 1200000000, Y: 300000000}, ReportedAt: time.Now()}
	id, _, err := store.AddReport(ctx, &r, []geo.Assignment{
		{Role: geo.Lead, Department: "chengguan", Rule: "territory", Reason: "reported", At: time.Now()},
		{Role: geo.Helper, Department: "jiaojing", Rule: "territory", Reason: "reported", At: time.Now()},
	}, geo.Idempotency{})
	return id, err
}

// mailbox takes deliveries, answering as it is told.
type mailbox struct {
	mu     sync.Mutex
	got    map[geo.WebhookID]map[geo.ReportID]int
	answer func(*geo.Delivery) error
}

func (m *mailbox) send(_ context.Context, d *geo.Delivery) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.got[d.Webhook.ID] == nil {
		m.got[d.Webhook.ID] = map[geo.ReportID]int{}
	}
	m.got[d.Webhook.ID][d.Report]++
	if m.answer != nil {
		return m.answer(d)
	}
	return nil
}

func (m *mailbox) reports(id geo.WebhookID) []geo.ReportID {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Sorted(maps.Keys(m.got[id]))
}

// deliver runs Deliver until the test ends or stop is called.
func deliver(t *testing.T, store *postgis.Store, attempts int, answer func(*geo.Delivery) error) (m *mailbox, stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	m, ended := &mailbox{got: map[geo.WebhookID]map[geo.ReportID]int{}, answer: answer}, make(chan struct{})
	go func() {
		defer close(ended)
		store.Deliver(ctx, postgis.DeliverySettings{Attempts: attempts, Timeout: time.Second}, m.send)
	}()
	stop = func() { cancel(); <-ended }
	t.Cleanup(stop)
	return m, stop
}

func eventually(t *testing.T, what string, true func() bool) {
	t.Helper()
	for deadline := time.Now().Add(30 * time.Second); !true(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("not in time: " + what)
		}
	}
}

func TestAWebhookIsToldOfWhatComesAfterItAndOfNothingBefore(t *testing.T) {
	t.Parallel()
	store, _ := open(t)
	reported(t, store, "before")
	w := hook(t, store, "a")
	head, err := store.FeedHead(t.Context())
	check(t, err)
	if w.After != head || w.CreatedAt.IsZero() {
		t.Errorf("%+v, the feed is at %d", w, head)
	}
	want := []geo.ReportID{reported(t, store, "1"), reported(t, store, "2")}
	slices.Sort(want)
	m, _ := deliver(t, store, 3, func(d *geo.Delivery) error {
		if d.Round != 1 || d.Webhook.Secret != "whsec_c2VjcmV0" || len(d.Assignments) != 2 || d.Assignments[0].Role != geo.Lead ||
			d.Assignments[0].Feed <= w.After || d.Assignments[1].Feed != d.Assignments[0].Feed+1 {
			t.Errorf("%+v", d)
		}
		return nil
	})
	eventually(t, "both are delivered", func() bool { return slices.Equal(m.reports("a"), want) })
}

func TestAReportThatIsNotStoredIsNotDelivered(t *testing.T) {
	t.Parallel()
	store, conn := open(t)
	hook(t, store, "a")
	reported(t, store, "1")
	_, err := tryReport(t.Context(), store, "1")
	refused(t, err, geo.Conflict)
	if n := count(t, conn, "SELECT count(*) FROM river_job"); n != 1 {
		t.Errorf("%d jobs for one report", n)
	}
}

func TestABackfilledReportIsDeliveredToNobody(t *testing.T) {
	t.Parallel()
	store, conn := open(t)
	hook(t, store, "a")
	id := geo.NewReportID(time.Now().AddDate(-1, 0, 0))
	past := geo.Report{ID: id, Source: "311", ExternalID: "1", Point: &geo.Coord{X: 1200000000, Y: 300000000}, ReportedAt: time.Now().AddDate(-1, 0, 0), ReceivedAt: time.Now(), Backfilled: true}
	added, _, err := store.Backfill(t.Context(), []geo.Report{past}, []geo.Assignment{{Report: id, Round: 1, Role: geo.Lead, Department: "chengguan", Rule: "territory", Reason: "backfilled", At: past.ReportedAt, Backfilled: true}})
	check(t, err)
	check(t, store.Reassign(t.Context(), &geo.Reassignment{Report: id, Round: 2, Assignments: []geo.Assignment{{Role: geo.Lead, Department: "jiaojing", Rule: "territory", Reason: "corrected", At: time.Now()}}}))
	if n := count(t, conn, "SELECT count(*) FROM river_job"); added != 1 || n != 0 {
		t.Errorf("%d added, %d jobs", added, n)
	}
}

func TestADatabaseThatIsAwayIsWaitedForAndToldOnce(t *testing.T) {
	t.Parallel()
	var log syncLog
	store, err := postgis.Open(t.Context(), "postgres:///nowhere?host=/nowhere", slog.New(slog.NewTextHandler(&log, nil)))
	check(t, err)
	t.Cleanup(store.Close)
	_, stop := deliver(t, store, 3, nil)
	told := func() int { return strings.Count(log.String(), "deliveries wait") }
	eventually(t, "a word that the database is away", func() bool { return told() > 0 })
	time.Sleep(3 * time.Second) // for more attempts
	stop()
	if told() != 1 {
		t.Errorf("it says %s", log.String())
	}
}

// syncLog is a log that may be read while it is written.
type syncLog struct {
	mu  sync.Mutex
	buf strings.Builder
}

func (l *syncLog) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.Write(p)
}

func (l *syncLog) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.String()
}

func TestAWebhookMadeAmongReportsMissesNone(t *testing.T) {
	t.Parallel()
	store, _ := open(t)
	each := testsize.N(60, 600)
	var writers sync.WaitGroup
	for w := range 4 {
		writers.Go(func() {
			for i := range each {
				if _, err := tryReport(t.Context(), store, fmt.Sprint(w, "-", i)); err != nil {
					t.Error(err)
				}
			}
		})
	}
	time.Sleep(20 * time.Millisecond)
	made := hook(t, store, "a")
	writers.Wait()
	feed, _, err := store.Feed(t.Context(), made.After, 10000, false)
	check(t, err)
	want := map[geo.ReportID]bool{}
	for _, a := range feed {
		want[a.Report] = true
	}
	m, _ := deliver(t, store, 3, nil)
	eventually(t, "what came after is delivered", func() bool { return slices.Equal(m.reports("a"), slices.Sorted(maps.Keys(want))) })
	t.Logf("%d of %d reports came after the webhook", len(want), 4*each)
}

func TestADeadLetterIsSeenAndSentAgain(t *testing.T) {
	t.Parallel()
	store, _ := open(t)
	hook(t, store, "a")
	report := reported(t, store, "1")
	down := make(chan error, 1)
	down <- errors.New("the receiver answered with 500")
	m, _ := deliver(t, store, 2, func(*geo.Delivery) error {
		err := <-down
		if err != nil {
			down <- err
		}
		return err
	})
	letters := func() []geo.DeadLetter {
		got, err := store.DeadLetters(t.Context(), "a", 0, 10)
		check(t, err)
		return got
	}
	eventually(t, "it is given up", func() bool { return len(letters()) == 1 })
	dead := letters()[0]
	if dead.Report != report || dead.Round != 1 || dead.Attempts != 2 || dead.Reason != "the receiver answered with 500" || time.Since(dead.At) > time.Minute {
		t.Errorf("%+v", dead)
	}
	if after, err := store.DeadLetters(t.Context(), "a", dead.ID, 10); err != nil || len(after) > 0 {
		t.Errorf("after it: %v %v", after, err)
	}
	refused(t, store.Resend(t.Context(), "b", dead.ID), geo.NotFound, "no dead letter")
	check(t, store.Resend(t.Context(), "a", dead.ID))
	eventually(t, "it is tried once more and given up again", func() bool { l := letters(); return len(l) == 1 && l[0].Attempts == 3 })
	if err := <-down; err == nil {
		t.Error("the receiver was up")
	}
	close(down) // up
	if n, err := store.ResendAll(t.Context(), "a"); err != nil || n != 1 {
		t.Errorf("%d sent again, %v", n, err)
	}
	eventually(t, "it arrives", func() bool { m.mu.Lock(); defer m.mu.Unlock(); return m.got["a"][report] == 4 })
	eventually(t, "no letter is left", func() bool { return len(letters()) == 0 })
	refused(t, store.Resend(t.Context(), "a", dead.ID), geo.NotFound, "no dead letter")
	if n, err := store.ResendAll(t.Context(), "a"); err != nil || n != 0 {
		t.Errorf("%d sent again, %v", n, err)
	}
}

func TestASlowReceiverHoldsUpNoOther(t *testing.T) {
	t.Parallel()
	store, _ := open(t)
	hook(t, store, "slow")
	hook(t, store, "quick")
	for i := range 40 {
		reported(t, store, fmt.Sprint(i))
	}
	var mu sync.Mutex
	quick := 0
	release := make(chan struct{})
	ctx, cancel := context.WithCancel(t.Context())
	var worker sync.WaitGroup
	worker.Go(func() {
		store.Deliver(ctx, postgis.DeliverySettings{Attempts: 3, Timeout: time.Minute}, func(_ context.Context, d *geo.Delivery) error {
			if d.Webhook.ID == "slow" {
				<-release
				return nil
			}
			mu.Lock()
			defer mu.Unlock()
			quick++
			return nil
		})
	})
	defer worker.Wait()
	defer cancel()
	defer close(release)
	eventually(t, "the quick one has all", func() bool { mu.Lock(); defer mu.Unlock(); return quick == 40 })
}

func TestAnEndedWebhookIsToldNothingMore(t *testing.T) {
	t.Parallel()
	store, conn := open(t)
	hook(t, store, "a")
	reported(t, store, "1")
	check(t, store.EndWebhook(t.Context(), "a"))
	reported(t, store, "2")
	if n := count(t, conn, "SELECT count(*) FROM river_job"); n != 0 {
		t.Errorf("%d jobs wait for nobody", n)
	}
	refused(t, store.EndWebhook(t.Context(), "a"), geo.NotFound, "no webhook a")
	_, err := store.DeadLetters(t.Context(), "a", 0, 10)
	refused(t, err, geo.NotFound, "no webhook a")
	_, err = store.ResendAll(t.Context(), "a")
	refused(t, err, geo.NotFound, "no webhook a")
	again, err := store.CreateWebhook(t.Context(), geo.Webhook{ID: "c", URL: "https://hooks.example.org/a", Secret: "whsec_eA=="})
	check(t, err)
	_, err = store.CreateWebhook(t.Context(), geo.Webhook{ID: "d", URL: again.URL, Secret: "whsec_eA=="})
	refused(t, err, geo.Conflict, "already")
	if all, err := store.Webhooks(t.Context()); err != nil || len(all) != 1 || all[0] != again {
		t.Errorf("%+v %v", all, err)
	}
}

func TestDeliveriesOutliveTheirConnections(t *testing.T) {
	t.Parallel()
	store, conn := open(t)
	hook(t, store, "a")
	m, _ := deliver(t, store, 10, nil)
	var want []geo.ReportID
	for i := range testsize.N(6, 30) {
		for j := range 10 {
			if id, err := tryReport(t.Context(), store, fmt.Sprint(i, "-", j)); err == nil {
				want = append(want, id)
			}
		}
		count(t, conn, "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()")
		time.Sleep(50 * time.Millisecond)
	}
	slices.Sort(want)
	eventually(t, "all are delivered", func() bool {
		got := m.reports("a")
		return !slices.ContainsFunc(want, func(id geo.ReportID) bool { _, found := slices.BinarySearch(got, id); return !found })
	})
}

func TestWaitsGrowAndAreNotAllTheSame(t *testing.T) {
	t.Parallel()
	total := time.Duration(0)
	for attempt := 1; attempt < 24; attempt++ {
		shortest, longest := time.Duration(1<<62), time.Duration(0)
		for range 100 {
			wait := postgis.RetryAfter(attempt)
			shortest, longest = min(shortest, wait), max(longest, wait)
		}
		middle := min(2*time.Second<<(attempt-1), 2*time.Hour)
		if shortest < middle*7/10 || longest > middle*13/10 || longest-shortest < middle/10 {
			t.Errorf("attempt %d waits %v to %v", attempt, shortest, longest)
		}
		total += middle
	}
	if total < 20*time.Hour || total > 30*time.Hour {
		t.Errorf("24 attempts take %v", total)
	}
}

func TestTheQueueHasTheTablesItsLibraryKnows(t *testing.T) {
	t.Parallel()
	store, conn := open(t)
	newest, err := store.NewestJobs()
	check(t, err)
	if newest != migrations.Jobs {
		t.Errorf("the library comes with version %d, migrations.Jobs says %d", newest, migrations.Jobs)
	}
	if n := count(t, conn, "SELECT max(version) FROM river_migration"); n != migrations.Jobs {
		t.Errorf("the database has version %d", n)
	}
	check(t, store.Migrate(t.Context()))
}
