package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"gridwarden/geo/postgis/localdb"
	"gridwarden/geo/testsize"
)

// TestKillingAnythingLosesNoReportAndDoublesNone streams reports from several clients while
// the server and the database are killed (SIGKILL) and started again, and the receiver of a
// webhook answers with errors and goes away. Clients do what clients should: they try again
// under the same Idempotency-Key until they are answered. In the end every report is there
// once, every assignment is once in the feed, without a gap, and was received.
func TestKillingAnythingLosesNoReportAndDoublesNone(t *testing.T) {
	db := newCluster(t)
	c := &city{t, db.url}
	c.must("migrate")
	c.must("import", "departments", c.file("departments.csv", "code,name\nchengguan,城管局\n"))
	c.must("import", "areas", "--layer", "grids", "--department", "dept", c.file("grids.geojson", strings.Replace(fmt.Sprintf(square, "A"), `"name"`, `"dept":"chengguan","name"`, 1)))
	hook := newReceiver(t)
	s := newVictim(t, db.url, hook.url)
	hook.secret = s.addWebhook(hook.url + "/hook")

	clients := newClients(t, s.url, 4)
	for round := range testsize.N(2, 10) {
		pause(t, 500*time.Millisecond)
		s.kill()
		pause(t, 200*time.Millisecond)
		s.start()
		pause(t, 700*time.Millisecond)
		db.kill()
		pause(t, 300*time.Millisecond)
		db.start()
		pause(t, 700*time.Millisecond)
		hook.fail(true)
		pause(t, 500*time.Millisecond)
		hook.fail(false)
		hook.stop()
		pause(t, 500*time.Millisecond)
		hook.start()
		t.Logf("round %d: %d reports accepted, %d messages received", round, clients.accepted(), hook.count())
	}
	clients.stop()

	want := clients.told
	db.holds(want)
	feed := s.feed()
	assigned := onceEach(t, feed, want)
	s.eventually("the receiver has every assignment", func() bool { return hook.missing(assigned) == 0 })
	hook.mu.Lock()
	defer hook.mu.Unlock()
	t.Logf("%d reports, %d assignments, %d messages, %d of them again, %d retries of clients", len(want), len(feed), hook.messages, hook.messages-len(hook.got), clients.retries)
	if len(hook.wrong) > 0 {
		t.Errorf("%d messages were wrong: %s", len(hook.wrong), hook.wrong[0])
	}
}

// onceEach holds the feed to the reports accepted: numbers without a gap, one lead each.
func onceEach(t *testing.T, feed []feedEntry, want map[string]string) map[feedEntry]bool {
	t.Helper()
	leads, all := map[string]int{}, map[feedEntry]bool{}
	for i, a := range feed {
		if a.Feed != int64(i+1) {
			t.Fatalf("place %d of the feed holds number %d", i+1, a.Feed)
		}
		if want[a.ExternalID] != a.Report {
			t.Errorf("the feed has %+v, the client was told %s", a, want[a.ExternalID])
		}
		if a.Role == "lead" {
			leads[a.Report]++
		}
		all[a] = true
	}
	for external, id := range want {
		if leads[id] != 1 {
			t.Errorf("%s has %d leads in the feed", external, leads[id])
		}
	}
	return all
}

// feedEntry is what is looked at of an assignment.
type feedEntry struct {
	Feed       int64
	Report     string
	ExternalID string `json:"external_id"`
	Round      int
	Role       string
}

func pause(t *testing.T, d time.Duration) {
	t.Helper()
	select {
	case <-t.Context().Done():
		t.Fatal(t.Context().Err())
	case <-time.After(d):
	}
}

// self runs this test binary as a command of its own process (see TestMain).
func self(t *testing.T, name string, args ...string) *exec.Cmd {
	t.Helper()
	cmd := exec.CommandContext(context.WithoutCancel(t.Context()), "/proc/self/exe", args...)
	cmd.Args[0] = name
	return cmd
}

// privateDB is the command that brings up a cluster of its own in a folder.
func privateDB() {
	url, _, err := localdb.Up(context.Background(), os.Args[1], os.Stderr)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Print(url)
}

// cluster is a PostgreSQL of the test's own, which may be killed.
type cluster struct {
	*testing.T
	root, url string
}

func newCluster(t *testing.T) *cluster {
	t.Helper()
	t.Parallel()
	c := &cluster{T: t, root: t.TempDir()}
	t.Cleanup(func() {
		if err := localdb.Remove(context.Background(), c.root); err != nil {
			t.Error(err)
		}
	})
	c.start()
	return c
}

// start brings it up in another process, so that none of ours waits for it. After a kill
// the sessions of the server take a moment to notice, and no other starts before.
func (c *cluster) start() {
	c.Helper()
	for begun := time.Now(); ; time.Sleep(100 * time.Millisecond) {
		up := self(c.T, "privatedb", c.root)
		up.Env = slices.DeleteFunc(up.Environ(), func(v string) bool { return strings.HasPrefix(v, localdb.Env+"=") })
		var errs bytes.Buffer
		up.Stderr = &errs
		out, err := up.Output()
		if err == nil {
			c.url = string(out)
			return
		}
		if time.Since(begun) > time.Minute {
			c.Fatalf("the cluster does not start: %v\n%s", err, errs.String())
		}
	}
}

// kill ends the server at once, as the kernel does that needs memory.
func (c *cluster) kill() {
	c.Helper()
	var pid int
	c.ask("SELECT split_part(pg_read_file('postmaster.pid'), E'\\n', 1)::int", &pid)
	if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
		c.Fatal(err)
	}
}

func (c *cluster) ask(sql string, to any) {
	c.Helper()
	conn, err := pgx.Connect(c.Context(), c.url)
	if err != nil {
		c.Fatal(err)
	}
	defer conn.Close(c.Context())
	if err := conn.QueryRow(c.Context(), sql).Scan(to); err != nil {
		c.Fatal(err)
	}
}

// holds fails unless exactly the reports that clients were told of are stored.
func (c *cluster) holds(want map[string]string) {
	c.Helper()
	var stored map[string]string
	var n int
	c.ask("SELECT jsonb_object_agg(external_id, id) FROM reports", &stored)
	c.ask("SELECT count(*) FROM reports", &n)
	if n != len(want) {
		c.Errorf("%d reports are stored, %d were accepted", n, len(want))
	}
	for external, id := range want {
		if stored[external] != id {
			c.Errorf("%s is stored as %q, its client was told %s", external, stored[external], id)
		}
	}
}

// victim is the real command in a process of its own, which may be killed. It comes back
// at the same address.
type victim struct {
	*server
	args []string
	cmd  *exec.Cmd
}

func newVictim(t *testing.T, database, hooks string) *victim {
	t.Helper()
	addr := freeAddress(t)
	v := &victim{server: &server{T: t, url: "http://" + addr, log: &syncBuffer{}}, args: []string{
		"serve", "--addr", addr, "--database", database, "--webhook-hosts", hooks, "--webhook-timeout", "1s", "--webhook-attempts", "1000",
	}}
	t.Cleanup(v.kill)
	v.start()
	return v
}

func (v *victim) start() {
	v.Helper()
	v.launch()
	v.eventually("it is ready", func() bool {
		r, err := http.Get(v.url + "/readyz")
		if err != nil {
			return false
		}
		defer r.Body.Close()
		return r.StatusCode == http.StatusOK
	})
}

// launch starts the process and waits for nothing.
func (v *victim) launch() {
	v.Helper()
	v.cmd = self(v.T, "gridwarden", v.args...)
	v.cmd.Stderr = v.log
	if err := v.cmd.Start(); err != nil {
		v.Fatal(err)
	}
}

// kill ends the process at once. One that has ended is left.
func (v *victim) kill() {
	_ = v.cmd.Process.Kill()
	_ = v.cmd.Wait() // tells that it was killed
}

func (v *victim) addWebhook(url string) (secret string) {
	v.Helper()
	r, err := http.Post(v.url+"/v1/webhooks", "application/json", strings.NewReader(fmt.Sprintf(`{"url":%q}`, url)))
	if err != nil {
		v.Fatal(err)
	}
	defer r.Body.Close()
	var made struct{ Secret string }
	if err := json.NewDecoder(r.Body).Decode(&made); err != nil || r.StatusCode != http.StatusCreated {
		v.Fatal(r.Status, err)
	}
	return made.Secret
}

// feed is all of it, page by page, as a client reads it.
func (v *victim) feed() (all []feedEntry) {
	v.Helper()
	for after := int64(0); ; {
		status, body := v.get(fmt.Sprintf("/v1/assignments?limit=50&after=%d", after))
		var page struct {
			After       int64
			Assignments []feedEntry
		}
		if err := json.Unmarshal([]byte(body), &page); err != nil || status != http.StatusOK {
			v.Fatalf("the feed answers %d: %s", status, body)
		}
		if len(page.Assignments) == 0 {
			return all
		}
		all, after = append(all, page.Assignments...), page.After
	}
}

// clients send reports, one after the other each, until they are stopped.
type clients struct {
	*testing.T
	url  string
	quit chan struct{}
	wg   sync.WaitGroup

	mu      sync.Mutex
	told    map[string]string // the id by external id
	retries int
}

func newClients(t *testing.T, url string, n int) *clients {
	t.Helper()
	c := &clients{T: t, url: url, quit: make(chan struct{}), told: map[string]string{}}
	for i := range n {
		c.wg.Go(func() {
			for report := 0; ; report++ {
				select {
				case <-c.quit:
					return
				case <-time.After(10 * time.Millisecond):
				}
				c.insist(fmt.Sprintf("%d-%d", i, report))
			}
		})
	}
	return c
}

// insist sends one report until it is answered.
func (c *clients) insist(external string) {
	deadline := time.Now().Add(time.Minute)
	for {
		id, err := c.send(external)
		if err == nil {
			c.mu.Lock()
			defer c.mu.Unlock()
			c.told[external] = id
			return
		}
		if time.Now().After(deadline) || c.Context().Err() != nil {
			c.Errorf("the report %s is not taken: %v", external, err)
			return
		}
		c.mu.Lock()
		c.retries++
		c.mu.Unlock()
		time.Sleep(50 * time.Millisecond)
	}
}

func (c *clients) send(external string) (id string, err error) {
	ctx, cancel := context.WithTimeout(c.Context(), 5*time.Second)
	defer cancel()
	body := fmt.Sprintf(`{"lon":120.005,"lat":30.005,"source":"12345","external_id":%q,"category":{"standard":"CJ/T 214-2007","kind":"matter","code":"0102"},"description":"hush"}`, external)
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, c.url+"/v1/reports", strings.NewReader(body))
	if err != nil {
		return "", err
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Idempotency-Key", "key-"+external)
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return "", err
	}
	defer answer.Body.Close()
	var made struct{ ID, Detail string }
	if err := json.NewDecoder(answer.Body).Decode(&made); err != nil {
		return "", err
	}
	if answer.StatusCode != http.StatusCreated || made.ID == "" {
		return "", fmt.Errorf("%s: %s", answer.Status, made.Detail)
	}
	return made.ID, nil
}

func (c *clients) stop() {
	close(c.quit)
	c.wg.Wait()
}

func (c *clients) accepted() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.told)
}
