package main

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"gridwarden/geo/testsize"
)

// TestWhateverIsKilledEveryServerShowsTheDatabase lets writers edit a city and readers read
// it from two servers while servers and PostgreSQL are killed (SIGKILL), sessions ended or
// frozen, transactions held open, the change log pruned under a server that is behind, and
// the database's clock stepped. Whenever it is quiet, the view of each server has the
// content hash of the database at the same sequence, and everything that was acknowledged
// is there. No answer ever mixes two states: see [witness].
//
// GRIDWARDEN_SEED=N repeats what is done, though not when the machine does it.
func TestWhateverIsKilledEveryServerShowsTheDatabase(t *testing.T) {
	modes := map[string][2][]string{"one with notices and one that polls": {nil, deaf()}}
	if testsize.Long() {
		modes["with notices"], modes["polling alone"] = [2][]string{nil, nil}, [2][]string{deaf(), deaf()}
	}
	for name, args := range modes {
		t.Run(name, func(t *testing.T) { newChaos(t, args).run(testsize.N(1, 40)) })
	}
}

// deaf are the arguments of a server that does not LISTEN.
func deaf() []string { return []string{"--listen=false"} }

// chaos is a city with servers, writers and readers, and what happens to them.
type chaos struct {
	*testing.T
	db      *cluster
	town    *town
	servers []*victim
	witness *witness
	rand    *rand.Rand
	frozen  []int // sessions of the database that were stopped
}

func newChaos(t *testing.T, args [2][]string) *chaos {
	t.Helper()
	seed := seedOf(t)
	c := &chaos{T: t, db: newCluster(t), witness: newWitness(t), rand: rand.New(rand.NewPCG(seed, 0))}
	t.Cleanup(c.thaw) // before the cluster is removed
	for i := range args {
		addr := freeAddress(t)
		v := &victim{server: &server{T: t, url: "http://" + addr, log: &syncBuffer{}}, args: append([]string{
			"serve", "--addr", addr, "--database", c.db.url,
		}, args[i]...)}
		t.Cleanup(v.kill)
		c.servers = append(c.servers, v)
	}
	c.town = newTown(t, c.db.url, seed, c.servers)
	c.exec(clockSQL)
	for _, v := range c.servers {
		v.start()
	}
	return c
}

func seedOf(t *testing.T) uint64 {
	t.Helper()
	seed := uint64(time.Now().UnixNano())
	if given, err := strconv.ParseUint(os.Getenv("GRIDWARDEN_SEED"), 10, 64); err == nil {
		seed = given
	}
	t.Logf("GRIDWARDEN_SEED=%d", seed)
	return seed
}

// run lets things happen in rounds, each of them once before any of them again.
func (c *chaos) run(rounds int) {
	stop := c.town.live(c.town.everybody())
	defer stop()
	defer c.witness.watch(c.servers)()
	c.quiet("at first")
	events := c.events()
	var order []int
	for round := range rounds {
		var told []string
		for range (len(events) + 1) / 2 {
			if len(order) == 0 {
				order = c.rand.Perm(len(events))
			}
			e := events[order[0]]
			order = order[1:]
			told = append(told, e.name)
			undo := e.happen()
			c.pause(testsize.N(150, 1000))
			undo()
			c.pause(testsize.N(50, 1000))
		}
		c.quiet(fmt.Sprintf("round %d (%s)", round, strings.Join(told, ", ")))
	}
}

// pause lets up to so many milliseconds pass.
func (c *chaos) pause(ms int) {
	c.Helper()
	pause(c.T, time.Duration(c.rand.IntN(ms))*time.Millisecond)
}

// quiet holds the writers still and the servers to the database.
func (c *chaos) quiet(when string) {
	c.Helper()
	defer c.town.still()()
	c.compare(when)
}

// compare holds the servers and all that they said to the database, which nobody writes to.
func (c *chaos) compare(when string) {
	c.Helper()
	view := (&city{c.T, c.db.url}).view()
	c.town.holds(view)
	for i, v := range c.servers {
		v.shows(view, fmt.Sprintf("%s: server %d", when, i))
	}
	c.witness.confirm(c.notes())
	c.Logf("%s: sequence %d, edition %d, %d assets; %d writes, %s; %s; %s", when, view.Position().Sequence, view.Edition().Number, view.AssetCount(), c.town.writes.Load(), c.witness, c.servers[0].did(), c.servers[1].did())
}

// notes are the stamps that editions were published with, by sequence.
func (c *chaos) notes() map[int64]string {
	c.Helper()
	conn := c.connect()
	defer conn.Close(c.Context())
	rows, err := conn.Query(c.Context(), "SELECT sequence, note FROM changes WHERE note LIKE '%#%'")
	if err != nil {
		c.Fatal(err)
	}
	noted, log, note := int64(0), map[int64]string{}, ""
	if _, err := pgx.ForEachRow(rows, []any{&noted, &note}, func() error { log[noted] = note; return nil }); err != nil {
		c.Fatal(err)
	}
	return log
}

// did counts what the server did to its view.
func (v *victim) did() string {
	log := v.log.String()
	return fmt.Sprintf("followed %d, loaded %d, packed %d", strings.Count(log, "msg=followed"), strings.Count(log, "msg=loaded"), strings.Count(log, "msg=packed"))
}

// readiness is what readyz tells, ready or not; zero when it does not answer.
func (v *victim) readiness() (told struct {
	Ready    bool
	Sequence int64
}) {
	r, err := http.Get(v.url + "/readyz")
	if err != nil {
		return told
	}
	defer r.Body.Close()
	_ = json.NewDecoder(r.Body).Decode(&told) // zero then
	return told
}

var toldView = regexp.MustCompile(`msg=view sequence=(\d+) history=\w+ content=(\w+)`)

// content asks the server for the hash of its view.
func (v *victim) content() (sequence, hash string) {
	v.Helper()
	before := len(v.log.String())
	v.signal(sigTellView)
	v.eventually("the server tells its view", func() bool {
		m := toldView.FindStringSubmatch(v.log.String()[before:])
		if m != nil {
			sequence, hash = m[1], m[2]
		}
		return m != nil
	})
	return sequence, hash
}

// exec runs a statement as somebody at the database's own console.
func (c *chaos) exec(sql string, args ...any) {
	c.Helper()
	if err := c.tryExec(sql, args...); err != nil {
		c.Fatal(err)
	}
}

func (c *chaos) tryExec(sql string, args ...any) error {
	conn, err := pgx.Connect(c.Context(), c.db.url)
	if err != nil {
		return err
	}
	defer conn.Close(context.WithoutCancel(c.Context()))
	_, err = conn.Exec(c.Context(), sql, args...)
	return err
}
