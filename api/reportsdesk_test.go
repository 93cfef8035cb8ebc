package api_test

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"gridwarden/api"
	"gridwarden/geo"
	"gridwarden/geo/index"
	"gridwarden/geo/postgis"
	"gridwarden/geo/postgis/pgtest"
)

// desk is the service of the town over a real database.
type desk struct {
	*service
	store *postgis.Store
	head  *api.FeedHead
}

// openDesk publishes the town with some duty rows and serves it from a database of the
// test's own.
func openDesk(t testing.TB, rules []geo.DutyRow, settings ...func(*api.Config)) *desk {
	t.Helper()
	d := &desk{store: townStore(t, rules), head: &api.FeedHead{}}
	live := d.follow(t)
	d.service = start(t, append([]func(*api.Config){func(c *api.Config) {
		c.Live, c.Reports, c.Feed, c.FeedHead, c.Publisher, c.Posts = live, d.store, d.store, d.head, d.store, d.store
		c.Past = nil
		c.Zone = time.FixedZone("CST", 8*60*60)
	}}, settings...)...)
	d.live = live
	return d
}

// townStore is the town in a database.
func townStore(t testing.TB, rules []geo.DutyRow) *postgis.Store {
	t.Helper()
	store, err := postgis.Open(t.Context(), pgtest.New(t), slog.New(slog.DiscardHandler))
	must(t, err)
	t.Cleanup(store.Close)
	town := townChanges()
	_, err = store.ImportDepartments(t.Context(), town.Departments, false)
	must(t, err)
	_, err = store.ImportCategories(t.Context(), town.Categories, false)
	must(t, err)
	for _, a := range town.Areas {
		a.ID, a.From = 0, 0
	}
	p := &geo.Publication{Layers: town.Layers, Areas: town.Areas}
	p.Duty.Rules = rules
	p.Duty.Groups = []geo.Group{{Kind: geo.DutyGroup, Code: "W1", Name: "巡查一组", Layer: "communities", Members: []geo.AreaCode{"C1"}}}
	_, _, err = store.Publish(t.Context(), p)
	must(t, err)
	_, err = store.ImportAssets(t.Context(), func(yield func(geo.Asset, error) bool) {
		for _, a := range town.Assets {
			if !yield(a, nil) {
				return
			}
		}
	}, false)
	must(t, err)
	return store
}

// follow keeps a view and the head of the feed equal to the database until the test ends.
func (d *desk) follow(t testing.TB) *index.Live {
	t.Helper()
	live := &index.Live{}
	d.load(t, live)
	ctx, stop := context.WithCancel(context.Background())
	var both sync.WaitGroup
	both.Go(func() {
		for ctx.Err() == nil {
			err := d.store.Follow(ctx, live.Load().Position(), func(c *geo.Changes) error {
				next, err := live.Load().Apply(c)
				if err == nil {
					live.Store(next)
				}
				return err
			})
			if geo.KindOf(err) == geo.Conflict { // the view has to be loaded anew
				d.load(t, live)
			}
		}
	})
	both.Go(func() {
		defer d.head.End()
		_ = d.store.FollowFeed(ctx, d.head.Advance)
	})
	t.Cleanup(func() { stop(); both.Wait() })
	return live
}

func (d *desk) load(t testing.TB, live *index.Live) {
	built := index.NewBuilder()
	changes, err := d.store.Load(context.WithoutCancel(t.Context()), built.Asset)
	if err == nil {
		var view *index.Snapshot
		if view, err = built.View(changes); err == nil {
			live.Store(view)
		}
	}
	if err != nil {
		t.Errorf("loading the town: %v", err)
	}
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// caseJSON is a report as the service tells it.
type caseJSON struct {
	ID, Source, State, Address, Description, Family string
	ExternalID                                      string `json:"external_id"`
	Open                                            bool
	Lon, Lat                                        *float64
	Department                                      *struct{ Code, Name string }
	Rule, Paragraph                                 string
	Round                                           int
	Answers                                         map[string]string
	Assignments                                     []assignmentJSON
	Events                                          []struct{ ID, Kind string }
	Returns                                         []returnJSON
	Decision                                        *struct{ Rule, Paragraph, Ruling, Row string }
	MergedInto                                      string `json:"merged_into"`
}

type assignmentJSON struct {
	Feed       int64
	Report     string
	ExternalID string `json:"external_id"`
	Round      int
	Role       string
	Department *struct{ Code, Name string }
	Group      string
	Rule, Row  string
	Reason     string
	State      string
	ExtendedTo string `json:"extended_to"`
	Backfilled bool
}

type returnJSON struct {
	ID                                    int64
	Report, Reason, State, Row, DecidedBy string
	Area, Neighbour                       string
	Round                                 int
	Department                            struct{ Code string }
}

// parts is the assignments as role:department round, in their order.
func (c caseJSON) parts() string {
	var parts []string
	for _, a := range c.Assignments {
		who := a.Group
		if a.Department != nil {
			who = a.Department.Code
		}
		parts = append(parts, fmt.Sprintf("%d:%s:%s", a.Round, a.Role, who))
	}
	return strings.Join(parts, " ")
}

// report takes a report in and gives it as answered.
func (d *desk) report(t testing.TB, body string, headers ...string) (c caseJSON) {
	t.Helper()
	got := d.post(t, "/v1/reports", body, headers...)
	if got.status != 201 {
		t.Fatalf("%s: %d %s", body, got.status, got.body)
	}
	got.json(t, &c)
	if got.header.Get("Location") != "/v1/reports/"+c.ID || c.ID == "" {
		t.Errorf("Location is %q for %q", got.header.Get("Location"), c.ID)
	}
	return c
}

// read is a report as it is told now.
func (d *desk) read(t testing.TB, id string, headers ...string) (c caseJSON) {
	t.Helper()
	got := d.get(t, "/v1/reports/"+id, headers...)
	if got.status != 200 {
		t.Fatalf("%s: %d %s", id, got.status, got.body)
	}
	got.json(t, &c)
	return c
}

// patch corrects a report seen in a round.
func (d *desk) patch(t testing.TB, id, etag, body string) answer {
	t.Helper()
	headers := []string{"Content-Type", "application/merge-patch+json"}
	if etag != "" {
		headers = append(headers, "If-Match", etag)
	}
	return d.do(t, "PATCH", "/v1/reports/"+id, body, headers...)
}

// catchUp waits until the view has reached what the database has.
func (d *desk) catchUp(t testing.TB) {
	t.Helper()
	newest, _, err := d.store.Newest(t.Context(), geo.Position{})
	must(t, err)
	for range 400 {
		if d.live.Load().Position().Sequence >= newest.Sequence {
			return
		}
		time.Sleep(5 * time.Millisecond)
	}
	t.Fatal("the view does not follow")
}

// refusals asks for what must not be taken, and for the sentences.
func (d *desk) refusals(t *testing.T, method, path string, cases []refusal, headers ...string) {
	t.Helper()
	for _, c := range cases {
		got := d.do(t, method, path, c.body, append([]string{"Content-Type", "application/json"}, headers...)...)
		if got.status != c.status || !strings.Contains(got.detail(t), c.says) {
			t.Errorf("%s %s %.100s: %d %.300s, want %d and %q", method, path, c.body, got.status, got.body, c.status, c.says)
		}
		if slices.ContainsFunc([]string{"SQLSTATE", "geo.", "float64", "api."}, func(w string) bool { return strings.Contains(got.body, w) }) {
			t.Errorf("%.100s: the sentence speaks Go or SQL: %s", c.body, got.body)
		}
	}
}

type refusal struct {
	body   string
	status int
	says   string
}
