package main

import (
	"fmt"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"gridwarden/geo/testsize"
)

// newVictimOf is a server of the databases that args name, ready.
func newVictimOf(t *testing.T, args ...string) *victim {
	t.Helper()
	addr := freeAddress(t)
	v := &victim{
		server: &server{T: t, url: "http://" + addr, log: &syncBuffer{}},
		args:   append([]string{"serve", "--addr", addr}, args...),
	}
	t.Cleanup(v.kill)
	v.start()
	return v
}

// TestAPromotedReplicaHasAllThatWasAcknowledged reads from a streaming replica, which is
// synchronous, and makes it the primary after the old one was killed while clients wrote.
// The server finds its way by itself and every write it acknowledged is there.
func TestAPromotedReplicaHasAllThatWasAcknowledged(t *testing.T) {
	primary, replica := newPair(t)
	c := &city{t, urlOf("gridwarden", "read-write", primary, replica)}
	seedGrid(c, "A")
	primary.exec("postgres", "ALTER SYSTEM SET synchronous_standby_names = '*'")
	primary.exec("postgres", "SELECT pg_reload_conf()")
	primary.eventually("the replica is synchronous", func() bool {
		return primary.says("SELECT sync_state FROM pg_stat_replication") == "sync"
	})
	v := newVictimOf(t, "--database", c.url, "--read-database", urlOf("gridwarden", "prefer-standby", primary, replica))
	readsTheReplica(c, v, replica)

	w := writeRows(v)
	w.some(testsize.N(5, 50))
	primary.kill()
	pause(t, 300*time.Millisecond)
	replica.promote()
	w.some(testsize.N(5, 50))
	w.stop()

	view := c.view()
	v.eventually("the server is where the database is", func() bool { return v.readiness().Sequence == int64(view.Position().Sequence) })
	if sequence, content := v.content(); content != fmt.Sprintf("%x", view.ContentHash()) {
		t.Errorf("at %s the server shows other content than the database at %d", sequence, view.Position().Sequence)
	}
	for id, sequence := range w.acknowledged {
		if got, err := v.ask(http.MethodGet, "/v1/rules/"+id, ""); err != nil || got.status != http.StatusOK {
			t.Errorf("%s, acknowledged at sequence %s, is lost: %v %d %s", id, sequence, err, got.status, got.body)
		}
	}
	if n := lostChanges(v); n != 0 {
		t.Errorf("it says that %d changes were lost", n)
	}
	t.Logf("%d writes acknowledged before and after the promotion, %d that failed", len(w.acknowledged), w.failed)
}

// readsTheReplica holds the replica back: what the primary was told is not read until the
// replica has it, and who asks for it is refused.
func readsTheReplica(c *city, v *victim, replica *node) {
	c.Helper()
	replica.exec("postgres", "SELECT pg_wal_replay_pause()")
	before := v.readiness().Sequence
	c.must("import", "areas", "--layer", "grids", "--allow-end", c.file("b.geojson", fmt.Sprintf(square, "B")))
	got, err := v.ask(http.MethodGet, "/v1/layers/grids/areas/B", "", "Gridwarden-Min-Sequence", strconv.FormatInt(before+1, 10))
	if err != nil || got.status != http.StatusServiceUnavailable || got.header.Get("Retry-After") == "" {
		c.Errorf("behind, it answers %v %d %s", err, got.status, got.body)
	}
	if code := v.locate("grids", 120.005, 30.005); code != "A" {
		c.Errorf("the replica was held and the server says %q", code)
	}
	replica.exec("postgres", "SELECT pg_wal_replay_resume()")
	v.eventually("the edit is seen through the replica", func() bool { return v.locate("grids", 120.005, 30.005) == "B" })
}

// TestWhatAPromotionLostIsTold promotes a replica that had not received the last changes,
// which a server shows already: the server tells how many were lost, shows the new
// primary, and never passes its states off for those of the old one.
func TestWhatAPromotionLostIsTold(t *testing.T) {
	primary, replica := newPair(t)
	c := &city{t, urlOf("gridwarden", "read-write", primary, replica)}
	seedGrid(c, "A")
	settle(primary, replica)
	v := newVictimOf(t, "--database", c.url)
	replica.exec("postgres", "ALTER SYSTEM SET primary_conninfo = ''")
	replica.exec("postgres", "SELECT pg_reload_conf()")
	replica.eventually("it receives nothing more", func() bool { return replica.says("SELECT count(*)::text FROM pg_stat_wal_receiver") == "0" })
	kept := v.readiness().Sequence
	for _, code := range []string{"B", "C", "D"} {
		importGrid(c, code)
	}
	v.eventually("the server shows what will be lost", func() bool { return v.locate("grids", 120.005, 30.005) == "D" })
	held, err := v.ask(http.MethodGet, "/v1/layers", "")
	if err != nil || held.header.Get("Gridwarden-Sequence") != strconv.FormatInt(kept+3, 10) {
		t.Fatalf("%v %v", err, held.header)
	}

	primary.kill()
	replica.promote()
	v.eventually("the server shows the new primary", func() bool { return v.locate("grids", 120.005, 30.005) == "A" })
	if n := lostChanges(v); n != 3 {
		t.Errorf("3 changes were lost, the metric says %d", n)
	}
	if !strings.Contains(v.log.String(), "3 changes that were served are not in it") {
		t.Errorf("the log does not tell that 3 changes were lost:\n%s", regexp.MustCompile(`(?m)^.*msg=request.*\n`).ReplaceAllString(v.log.String(), ""))
	}
	for _, code := range []string{"E", "F", "G", "H"} {
		importGrid(c, code)
	}
	v.eventually("the server follows the new primary", func() bool { return v.locate("grids", 120.005, 30.005) == "H" })
	got, err := v.ask(http.MethodGet, "/v1/layers", "", "Gridwarden-Min-Sequence", held.header.Get("Gridwarden-Sequence"), "Gridwarden-History", held.header.Get("Gridwarden-History"))
	if err != nil || got.status != http.StatusConflict {
		t.Errorf("asked for a state that was lost, it answers %v %d %s", err, got.status, got.body)
	}
	view := c.view()
	if sequence, content := v.content(); sequence != fmt.Sprint(view.Position().Sequence) || content != fmt.Sprintf("%x", view.ContentHash()) {
		t.Errorf("at %s the server shows other content than the database at %d", sequence, view.Position().Sequence)
	}
}

func seedGrid(c *city, code string) {
	c.Helper()
	c.must("import", "departments", c.file("departments.csv", "code,name\nD1,局\n"))
	importGrid(c, code)
}

func importGrid(c *city, code string) {
	c.Helper()
	c.must("import", "areas", "--layer", "grids", "--allow-end", c.file("grid.geojson", fmt.Sprintf(square, code)))
}

var lostMetric = regexp.MustCompile(`(?m)^gridwarden_lost_changes_total (\d+)`)

// lostChanges is how many changes that it showed were lost, as a server's metrics tell.
func lostChanges(v *victim) int {
	v.Helper()
	_, body := v.get("/metrics")
	m := lostMetric.FindStringSubmatch(body)
	if m == nil {
		v.Error("there is no metric of lost changes")
		return -1
	}
	n, _ := strconv.Atoi(m[1]) // digits
	return n
}

// rowWriter writes new duty rows at a server, one after the other, whatever becomes of it.
type rowWriter struct {
	*victim
	stop func()

	mu           sync.Mutex
	acknowledged map[string]string // sequences by row
	failed       int
}

func writeRows(v *victim) *rowWriter {
	w := &rowWriter{victim: v, acknowledged: map[string]string{}}
	quit, ended := make(chan struct{}), make(chan struct{})
	w.stop = func() { close(quit); <-ended }
	go func() {
		defer close(ended)
		for i := 0; ; i++ {
			select {
			case <-quit:
				return
			case <-time.After(20 * time.Millisecond):
				w.write(fmt.Sprintf("W%d", i))
			}
		}
	}()
	return w
}

func (w *rowWriter) write(id string) {
	got, err := w.ask(http.MethodPut, "/v1/rules/"+id, `{"priority":9,"assign":"department:D1","basis":"b"}`)
	w.mu.Lock()
	defer w.mu.Unlock()
	if err != nil || got.status != http.StatusCreated {
		w.failed++
		return
	}
	w.acknowledged[id] = got.header.Get("Gridwarden-Sequence")
}

// some waits until so many more are acknowledged.
func (w *rowWriter) some(n int) {
	w.Helper()
	count := func() int {
		w.mu.Lock()
		defer w.mu.Unlock()
		return len(w.acknowledged)
	}
	want := count() + n
	w.eventually(strings.TrimSpace(fmt.Sprintf("%d writes are acknowledged", want)), func() bool { return count() >= want })
}
