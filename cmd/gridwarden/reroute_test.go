package main

import (
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"gridwarden/geo"
	"gridwarden/geo/index"
	"gridwarden/geo/postgis"
	"gridwarden/geo/postgis/pgtest"
	"gridwarden/geo/routing"
	"gridwarden/geo/testsize"
)

// moving is a city of two grids whose border moves, and the reports in it.
//
//	0     5     10    15    20
//	+-----------+-----------+ 10     edition 1: west ends at 10, and is for west
//	|   west    :   east    |        edition 2: west ends at 5
//	+-----------+-----------+ 0
type moving struct {
	*testing.T
	store *postgis.Store
	rand  *rand.Rand
	views []*index.Snapshot // by edition, from 1

	mu      sync.Mutex
	reports []geo.ReportID
}

func newMoving(t *testing.T) *moving {
	t.Helper()
	store, err := postgis.Open(t.Context(), pgtest.New(t), slog.New(slog.DiscardHandler))
	m := &moving{T: t, store: store, rand: rand.New(rand.NewPCG(5, uint64(testsize.N(1, 2))))}
	m.check(err)
	t.Cleanup(store.Close)
	_, err = store.ImportDepartments(t.Context(), []geo.Department{{Code: "west", Name: "西片"}, {Code: "east", Name: "东片"}}, false)
	m.check(err)
	m.publish(10)
	return m
}

func (m *moving) check(err error) {
	m.Helper()
	if err != nil {
		m.Fatal(err)
	}
}

// publish makes the edition in which west ends at a place.
func (m *moving) publish(border int32) {
	m.Helper()
	grid := func(code geo.AreaCode, from, to int32) *geo.Area {
		const unit = 10_000
		return &geo.Area{Layer: "grids", Code: code, Department: geo.DepartmentCode(code), Shape: geo.Shape{Polygons: geo.MultiPolygon{{{
			{X: from * unit}, {X: to * unit}, {X: to * unit, Y: 10 * unit}, {X: from * unit, Y: 10 * unit},
		}}}}}
	}
	p := &geo.Publication{Areas: []*geo.Area{grid("west", 0, border), grid("east", border, 20)}}
	if p.Base = geo.Edition(len(m.views)); p.Base == 0 {
		p.Layers = []geo.Layer{{Name: "grids", Kind: geo.Coverage, Rank: 300}}
	} else {
		for a := range m.views[p.Base-1].Areas("grids", "") {
			p.Ended = append(p.Ended, a.ID)
		}
	}
	_, _, err := m.store.Publish(m.Context(), p)
	m.check(err)
	built := index.NewBuilder()
	changes, err := m.store.Load(m.Context(), built.Asset)
	m.check(err)
	view, err := built.View(changes)
	m.check(err)
	m.views = append(m.views, view)
}

// report takes a report in on a server that shows an edition.
func (m *moving) report(edition int, r *rand.Rand) {
	at := geo.Coord{X: r.Int32N(200_000), Y: r.Int32N(100_000)}
	given := geo.Report{Source: "test", Point: &at, ReportedAt: time.Now().Add(time.Minute), State: geo.Received, Category: geo.CategoryKey{Standard: "s", Kind: geo.Matter, Code: "1"}}
	request, _ := routing.RequestOf(&given, time.Now())
	d := routing.New(m.views[edition-1], routing.Settings{}).Decide(request)
	id, _, err := m.store.AddReport(m.Context(), &given, routing.Assignments(&d, &given, 1, geo.ReasonReported, time.Now()), geo.Idempotency{})
	if err != nil {
		m.Error(err)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.reports = append(m.reports, id)
}

// server is one that shows the newest edition.
func (m *moving) server() *rerouter {
	view := m.views[len(m.views)-1]
	live := &index.Live{}
	live.Store(view)
	return &rerouter{store: m.store, live: live, past: pastOf(m.store, view), engines: routing.NewEngines(routing.Settings{}), log: slog.New(slog.DiscardHandler)}
}

// finish lets a server work until there is nothing more to do.
func (m *moving) finish() {
	m.Helper()
	r := m.server()
	r.view = r.live.Load()
	for more := true; more; {
		var err error
		more, err = m.store.Reroute(m.Context(), r.view.Edition().Number, r)
		m.check(err)
	}
}

// TestHoweverRoutingAgainIsCutOffEachReportMovesOnce cuts two servers off at random moments
// while they route reports again and while a third, which has not heard of the edition, goes
// on to take reports in. In the end each open report is where the newest edition has it,
// moved once if it had to be and else not at all.
func TestHoweverRoutingAgainIsCutOffEachReportMovesOnce(t *testing.T) {
	t.Parallel()
	m := newMoving(t)
	for range testsize.N(60, 700) {
		m.report(1, m.rand)
	}
	closed := map[geo.ReportID]bool{}
	for i, id := range m.reports {
		if i%5 == 0 {
			_, err := m.store.AddEvents(t.Context(), []geo.ReportEvent{{Report: id, Kind: geo.WasClosed, SenderID: "1", At: time.Now()}})
			m.check(err)
			closed[id] = true
		}
	}
	m.publish(5)
	var group sync.WaitGroup
	group.Go(func() { // behind
		r := rand.New(rand.NewPCG(1, 1))
		for range testsize.N(30, 300) {
			m.report(1, r)
		}
	})
	for seed := range uint64(2) {
		server := m.server()
		group.Go(func() {
			r := rand.New(rand.NewPCG(seed, 9))
			for range testsize.N(60, 600) {
				ctx, cut := context.WithTimeout(t.Context(), time.Duration(r.IntN(12_000))*time.Microsecond)
				server.view = server.live.Load()
				_, _ = m.store.Reroute(ctx, 2, server)
				cut()
			}
		})
	}
	group.Wait()
	m.report(1, m.rand) // and it still is
	m.finish()
	m.settled(2, closed)
	m.publish(12)
	now, err := m.store.Rerouting(t.Context())
	if m.check(err); now.Newest != 3 || now.Done != 2 {
		t.Errorf("%+v", now)
	}
	m.run(3)
	m.settled(3, closed)
}

// run lets a server work as it does while serving, until an edition is done with.
func (m *moving) run(edition geo.Edition) {
	m.Helper()
	ctx, stop := context.WithCancel(m.Context())
	var serving sync.WaitGroup
	serving.Go(func() { m.server().run(ctx) })
	for {
		now, err := m.store.Rerouting(m.Context())
		if m.check(err); now == (geo.Rerouting{Newest: edition, Done: edition, Target: edition}) {
			break
		}
		time.Sleep(10 * time.Millisecond)
	}
	stop()
	serving.Wait()
}

// settled compares every report with what the editions so far say of it.
func (m *moving) settled(editions int, closed map[geo.ReportID]bool) {
	m.Helper()
	moved := 0
	for _, id := range m.reports {
		c, err := m.store.Report(m.Context(), id)
		m.check(err)
		var leads []string
		for _, a := range c.Assignments {
			leads = append(leads, fmt.Sprint(a.Department, " ", a.Reason))
		}
		want := []string{}
		for edition := range editions {
			lead := m.views[edition].Locate(*c.Report.Point).Areas[0].Area.Department
			reason := geo.ReasonRepublished
			if edition == 0 {
				reason = geo.ReasonReported
			}
			if said := fmt.Sprint(lead, " ", reason); edition == 0 || !closed[id] && string(lead) != want[len(want)-1][:4] {
				want = append(want, said)
			}
		}
		if fmt.Sprint(leads) != fmt.Sprint(want) || c.Round != len(want) {
			m.Errorf("%s at %v went through %v in %d rounds, not %v", id, c.Report.Point, leads, c.Round, want)
		}
		moved += len(want) - 1
	}
	feed, upTo, err := m.store.Feed(m.Context(), 0, 100_000, true)
	if m.check(err); len(feed) != len(m.reports)+moved || upTo != int64(len(feed)) {
		m.Errorf("the feed tells %d assignments up to %d, not %d", len(feed), upTo, len(m.reports)+moved)
	}
	if moved == 0 {
		m.Error("nothing had to move")
	}
}
