package main

import (
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"gridwarden/geo"
	"gridwarden/geo/index"
	"gridwarden/geo/testsize"
)

// village makes changes of assets, one after the other, and is the view that they lead to.
type village struct {
	*testing.T
	random *rand.Rand
	now    *index.Snapshot
	open   []geo.AssetVersion
	next   geo.AssetVersion
}

func newVillage(t *testing.T, assets int) *village {
	t.Helper()
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	w := &village{T: t, random: rand.New(rand.NewPCG(seed, 0)), now: index.Empty()}
	w.change(0, assets)
	return w
}

// change ends some assets and begins others.
func (w *village) change(ended, begun int) *geo.Changes {
	w.Helper()
	c := &geo.Changes{From: w.now.Position(), To: geo.Position{Sequence: w.now.Position().Sequence + 1}}
	w.random.Shuffle(len(w.open), func(i, j int) { w.open[i], w.open[j] = w.open[j], w.open[i] })
	c.AssetsEnded = slices.Clone(w.open[:ended])
	w.open = w.open[ended:]
	for range begun {
		w.next++
		w.open = append(w.open, w.next)
		c.Assets = append(c.Assets, geo.Asset{Version: w.next, ID: geo.AssetID(fmt.Sprint(w.next)), Point: geo.Coord{X: w.random.Int32N(1000), Y: w.random.Int32N(1000)}})
	}
	var err error
	if w.now, err = w.now.Apply(c); err != nil {
		w.Fatal(err)
	}
	return c
}

// watch reads until done: the view never goes back, and its assets are as many as there
// always are.
func (w *village) watch(live *index.Live, done <-chan struct{}) {
	for last, assets := geo.Sequence(0), live.Load().AssetCount(); ; {
		select {
		case <-done:
			return
		default:
		}
		view := live.Load()
		if at := view.Position().Sequence; at < last || view.AssetCount() != assets {
			w.Errorf("the view at %d with %d assets comes after %d with %d", at, view.AssetCount(), last, assets)
			return
		}
		last = view.Position().Sequence
	}
}

// TestNothingIsLostWhileTheAssetsArePacked edits while views are packed beside, once with
// a view that is loaded anew meanwhile.
func TestNothingIsLostWhileTheAssetsArePacked(t *testing.T) {
	t.Parallel()
	w := newVillage(t, 20000)
	log := &syncBuffer{}
	f := &follower{live: &index.Live{}, log: slog.New(slog.NewTextHandler(log, &slog.HandlerOptions{Level: slog.LevelInfo}))}
	f.replace(w.now)
	done := make(chan struct{})
	var reader sync.WaitGroup
	reader.Go(func() { w.watch(f.live, done) })
	for i := range testsize.N(400, 4000) {
		if err := f.apply(t.Context(), w.change(20, 20)); err != nil {
			t.Fatal(err)
		}
		if i%150 == 149 {
			f.replace(w.now)
		}
	}
	for f.live.Load().Unpacked() { // edits that come later have it packed, too
		f.beside.Wait()
		if err := f.apply(t.Context(), w.change(1, 1)); err != nil {
			t.Fatal(err)
		}
	}
	f.beside.Wait()
	close(done)
	reader.Wait()
	if got := f.live.Load(); got.Position() != w.now.Position() || got.ContentHash() != w.now.ContentHash() {
		t.Errorf("the view at %d is not the town at %d", got.Position().Sequence, w.now.Position().Sequence)
	}
	if f.packing != nil || !strings.Contains(log.String(), "msg=packed") {
		t.Error("nothing was packed, or something still is")
	}
}

// TestTwoViewsAreNeverPackedAtOnce holds the packed view to the end of the edits.
func TestTwoViewsAreNeverPackedAtOnce(t *testing.T) {
	t.Parallel()
	w := newVillage(t, 2000)
	for !w.now.Unpacked() {
		w.change(20, 20)
	}
	f := &follower{live: &index.Live{}, log: slog.New(slog.DiscardHandler), packing: &packing{}} // one is under way
	f.replace(w.now)
	if !f.packing.void {
		t.Fatal("what is packed of a view that is not served is wanted")
	}
	p := &packing{}
	f.packing = p
	for range 100 {
		if err := f.apply(t.Context(), w.change(20, 20)); err != nil {
			t.Fatal(err)
		}
	}
	if f.packing != p || !f.live.Load().Unpacked() || len(p.since) != 100 || p.kept != 2000 {
		t.Errorf("%d changes with %d assets are kept", len(p.since), p.kept)
	}
	p.kept = maxKept
	if err := f.apply(t.Context(), w.change(1, 1)); err != nil || !p.void || p.since != nil {
		t.Errorf("more and more is kept: %v", err)
	}
}

// TestLagIsTheAgeOfWhatIsMissing: not the time since nothing changed.
func TestLagIsTheAgeOfWhatIsMissing(t *testing.T) {
	c := newCity(t)
	l := &lag{primary: c.store(), live: &index.Live{}}
	l.ask(t.Context())
	if h := l.health(); !h.Database || !h.Current.IsZero() {
		t.Errorf("nothing is loaded: %+v", h)
	}
	l.live.Store(c.view())
	l.ask(t.Context())
	first := l.health()
	if first.Current.IsZero() || first.Behind != 0 {
		t.Errorf("the view is the newest: %+v", first)
	}
	imported := func() {
		c.must("import", "departments", c.file("d.csv", fmt.Sprintf("code,name\n%s,局\n", time.Now().Format("150405.000000"))))
	}
	imported()
	asked := time.Now()
	l.ask(t.Context())
	if h := l.health(); h.Behind != 1 || h.Current != first.Current {
		t.Errorf("the view lacks one change: %+v", h)
	}
	view := c.view()
	imported()
	l.ask(t.Context())
	l.live.Store(view) // as under a steady load: it never is the newest at the moment of asking
	if h := l.health(); h.Behind != 1 || h.Current.Before(asked) {
		t.Errorf("the view had all there was at %v: %+v", asked, h)
	}
	store := c.store()
	store.Close()
	l.primary = store
	before := l.health().Current
	if l.ask(t.Context()); l.health().Database || l.health().Current != before {
		t.Errorf("the database is away: %+v", l.health())
	}
}

func TestAViewOfAnotherHistoryIsNeverTheNewest(t *testing.T) {
	c := newCity(t)
	l := &lag{primary: c.store(), live: &index.Live{}}
	l.live.Store(c.view())
	c.sql("UPDATE changes SET id = gen_random_uuid()")
	l.ask(t.Context())
	if h := l.health(); !h.Current.IsZero() {
		t.Errorf("%+v", h)
	}
}

func TestWhatAnOutageLostIsToldAndNumbersAreOfAnotherHistory(t *testing.T) {
	for name, args := range map[string][]string{"listening": nil, "looking": {"--listen=false"}} {
		t.Run(name, func(t *testing.T) {
			c := newCity(t)
			area := func(code string) string { return c.file("a.geojson", fmt.Sprintf(square, code)) }
			c.must("import", "areas", "--layer", "grids", area("A"))
			s := startServer(t, c.url, args...)
			served := func(code string) {
				t.Helper()
				s.eventually(code+" is there", func() bool { return s.locate("grids", 120.005, 30.005) == code })
			}
			served("A")
			c.must("import", "areas", "--layer", "grids", "--allow-end", area("B"))
			served("B")
			c.must("import", "departments", c.file("d.csv", "code,name\na,局\n"))
			var sequence, history string
			s.eventually("the department is there", func() bool { sequence, history = s.state(); return sequence == "4" })
			// Another server took over, where the last change is another one.
			c.sql("UPDATE changes SET id = gen_random_uuid() WHERE sequence = (SELECT max(sequence) FROM changes)")
			c.sql("UPDATE state SET server = 'the old primary'")
			s.eventually("the loss is told", func() bool {
				_, metrics := s.get("/metrics")
				return strings.Contains(metrics, "gridwarden_lost_changes_total 1\n") && strings.Contains(s.log.String(), "1 changes that were served are not in it")
			})
			c.must("import", "departments", c.file("d.csv", "code,name\nb,局\n"))
			s.eventually("the first change there begins another history", func() bool { _, h := s.state(); return h != history })
			if got := s.answer("Gridwarden-Min-Sequence", sequence, "Gridwarden-History", history); got.StatusCode != http.StatusConflict {
				t.Errorf("a number of the old history is answered with %s", got.Status)
			}
			sequence, history = s.state()
			if got := s.answer("Gridwarden-Min-Sequence", sequence, "Gridwarden-History", history); got.StatusCode != http.StatusOK {
				t.Errorf("a number of this history is answered with %s", got.Status)
			}
		})
	}
}

func TestAReadOnlyDatabaseIsFollowedAndTakesNoReports(t *testing.T) {
	c := newCity(t)
	s := startServer(t, c.url+"&default_transaction_read_only=on")
	s.eventually("it is ready", func() bool { status, _ := s.get("/readyz"); return status == http.StatusOK })
	c.must("import", "areas", "--layer", "grids", c.file("a.geojson", fmt.Sprintf(square, "A")))
	s.eventually("the import is seen", func() bool { return s.locate("grids", 120.005, 30.005) == "A" })
	got, err := http.Post(s.url+"/v1/reports", "application/json", strings.NewReader(`{"lon":120.005,"lat":30.005,"source":"12345","category":{"standard":"CJ/T 214-2007","kind":"matter","code":"0102"}}`))
	if err != nil {
		t.Fatal(err)
	}
	defer got.Body.Close()
	if got.StatusCode != http.StatusServiceUnavailable || got.Header.Get("Retry-After") == "" {
		t.Errorf("%s %v\n%s", got.Status, got.Header, s.log)
	}
}

// answer asks for the layers.
func (s *server) answer(headers ...string) *http.Response {
	s.Helper()
	r, err := http.NewRequestWithContext(s.Context(), http.MethodGet, s.url+"/v1/layers", nil)
	if err != nil {
		s.Fatal(err)
	}
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		s.Fatal(err)
	}
	answer.Body.Close()
	return answer
}

// state is what answers say they are of.
func (s *server) state() (sequence, history string) {
	s.Helper()
	answer := s.answer()
	return answer.Header.Get("Gridwarden-Sequence"), answer.Header.Get("Gridwarden-History")
}

// sql does to the database what no command does.
func (c *city) sql(text string) {
	c.Helper()
	conn, err := pgx.Connect(c.Context(), c.url)
	if err != nil {
		c.Fatal(err)
	}
	defer conn.Close(c.Context())
	if _, err := conn.Exec(c.Context(), text); err != nil {
		c.Fatal(err)
	}
}
