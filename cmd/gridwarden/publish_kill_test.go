package main

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"gridwarden/geo"
	"gridwarden/geo/index"
	"gridwarden/geo/testsize"
)

// TestKillingAnythingWhilePublishingLeavesTheOldEditionOrTheNew kills (SIGKILL) the server
// that publishes, PostgreSQL, or both, at random moments of a publication. Afterwards there
// is all of it or nothing, in the database and in every server, and the draft says which.
func TestKillingAnythingWhilePublishingLeavesTheOldEditionOrTheNew(t *testing.T) {
	seed := seedOf(t)
	p := newPublishers(t, rand.New(rand.NewPCG(seed, 0)))
	made := 0
	for round := range testsize.N(4, 100) {
		before := p.edition()
		p.draw(fmt.Sprintf("round %d", round))
		answered := p.publishAndKill()
		p.settle()
		now := p.looks()
		switch {
		case now == before+1:
			made++
		case now != before || answered:
			t.Fatalf("edition %d became %d, published as answered: %t", before, now, answered)
		default:
			p.mustPublish()
			p.looks()
		}
	}
	t.Logf("%d publications were made before anything died", made)
}

// publishers are two servers over one database, and the draft that one of them publishes.
type publishers struct {
	*testing.T
	db      *cluster
	rand    *rand.Rand
	servers [2]*victim
	draft   string
	drawn   int           // drafts so far
	names   [2]string     // of all areas, by the edition before the draft and by the draft
	takes   time.Duration // what the last publication took that nothing disturbed
}

func newPublishers(t *testing.T, r *rand.Rand) *publishers {
	t.Helper()
	p := &publishers{T: t, db: newCluster(t), rand: r, names: [2]string{"", "区 first"}, takes: 50 * time.Millisecond}
	c := &city{t, p.db.url}
	c.must("migrate")
	c.must("import", "departments", c.file("departments.csv", "code,name\nD1,城管局\n"))
	var areas []string
	for i := range 4 {
		areas = append(areas, feature(fmt.Sprint("G", i), "first", 120+float64(i)*0.01, 30, 120.01+float64(i)*0.01, 30.01))
	}
	c.must("import", "areas", "--layer", "grids", c.file("grids.geojson", `{"type":"FeatureCollection","features":[`+strings.Join(areas, ",")+`]}`))
	for i := range p.servers {
		addr := freeAddress(t)
		p.servers[i] = &victim{server: &server{T: t, url: "http://" + addr, log: &syncBuffer{}}, args: []string{"serve", "--addr", addr, "--database", p.db.url}}
		t.Cleanup(p.servers[i].kill)
		p.servers[i].start()
	}
	return p
}

// draw makes a draft that moves a border and names every area.
func (p *publishers) draw(name string) {
	p.Helper()
	p.names = [2]string{p.names[1], name}
	made := p.must(http.StatusCreated, "POST", "/v1/drafts", `{"name":"draft"}`)
	p.draft = made.ID
	p.drawn++
	x := 120.0103 + 0.00001*float64(p.drawn*37%100) // some metres from where it was
	p.must(http.StatusOK, "POST", "/v1/drafts/"+p.draft+"/edits",
		fmt.Sprintf(`{"edit":"move-border","reason":"test","layer":"grids","areas":["G0","G1"],"tolerance_m":1,"line":[[120.01,30.002],[%.7f,30.005],[120.01,30.008]]}`, x))
	for i := range 4 {
		p.must(http.StatusOK, "POST", "/v1/drafts/"+p.draft+"/edits", fmt.Sprintf(`{"edit":"set","reason":"test","layer":"grids","areas":["G%d"],"name":%q}`, i, name))
	}
}

type draftTold struct {
	ID    string `json:"id"`
	State string `json:"state"`
}

func (p *publishers) must(status int, method, path, body string) (told draftTold) {
	p.Helper()
	a, err := p.patiently(func() (answer, error) { return p.servers[0].ask(method, path, body) })
	if err != nil || a.status != status {
		p.Fatalf("%s %s: %v %d %s", method, path, err, a.status, a.body)
	}
	if err := json.Unmarshal([]byte(a.body), &told); err != nil {
		p.Fatal(err)
	}
	return told
}

// patiently asks again while the server finds that its connections died with the database.
func (p *publishers) patiently(ask func() (answer, error)) (a answer, err error) {
	for begun := time.Now(); time.Since(begun) < 20*time.Second; time.Sleep(50 * time.Millisecond) {
		if a, err = ask(); err != nil || a.status != http.StatusServiceUnavailable {
			return a, err
		}
	}
	return a, err
}

func (p *publishers) publish() (answer, error) {
	return p.servers[0].ask("POST", "/v1/drafts/"+p.draft+"/publish", `{"note":"killed"}`, "If-Match", strconv.Quote(fmt.Sprint(p.edition())))
}

func (p *publishers) mustPublish() {
	p.Helper()
	begun := time.Now()
	a, err := p.patiently(p.publish)
	p.takes = time.Since(begun)
	if err != nil || a.status/100 != 2 {
		p.Fatalf("it cannot be published afterwards: %v %d %s\n%s", err, a.status, a.body, p.servers[0].log)
	}
}

// publishAndKill tells whether the publisher was told of the new edition before it died.
func (p *publishers) publishAndKill() (answered bool) {
	p.Helper()
	ended := make(chan bool)
	go func() {
		a, err := p.publish()
		ended <- err == nil && a.status/100 == 2
	}()
	pause(p.T, time.Duration(p.rand.Int64N(2*int64(p.takes))))
	whom := 1 + p.rand.IntN(3)
	if whom&1 > 0 {
		p.servers[0].kill()
	}
	if whom&2 > 0 {
		p.db.kill()
	}
	answered = <-ended
	if whom&2 > 0 {
		p.db.start()
	}
	if whom&1 > 0 {
		p.servers[0].start()
	}
	return answered
}

// settle waits for both servers to be at the newest sequence of the database.
func (p *publishers) settle() {
	p.Helper()
	for _, v := range p.servers {
		v.eventually("it is ready again", func() bool { return v.readiness().Ready })
	}
}

// looks holds the database, the draft and both servers to one edition, and tells which.
func (p *publishers) looks() geo.Edition {
	p.Helper()
	view := (&city{p.T, p.db.url}).view()
	first := view.Area("grids", "G0").Name
	for a := range view.Areas("grids", "") {
		if a.Name != first {
			p.Fatalf("half an edition: %s is %q and G0 %q", a.Code, a.Name, first)
		}
	}
	state := "open"
	if first == p.names[1] {
		state = "published"
	} else if first != p.names[0] {
		p.Fatalf("the areas are named %q, which is neither %q", first, p.names)
	}
	if told := p.must(http.StatusOK, "GET", "/v1/drafts/"+p.draft, ""); told.State != state {
		p.Fatalf("the areas are named %q and the draft is %s", first, told.State)
	}
	for i, v := range p.servers {
		v.shows(view, fmt.Sprint("server ", i))
	}
	return view.Edition().Number
}

// shows fails unless the server comes to show a view of the database, which nobody writes to.
func (v *victim) shows(view *index.Snapshot, who string) {
	v.Helper()
	at, content := view.Position().Sequence, fmt.Sprintf("%x", view.ContentHash())
	v.eventually(fmt.Sprintf("%s is at sequence %d", who, at), func() bool {
		return v.readiness().Sequence == int64(at)
	})
	if sequence, got := v.content(); sequence != strconv.Itoa(int(at)) || got != content {
		v.Fatalf("%s is at %s and shows %s, the database at %d %s\n%s", who, sequence, got, at, content, v.log)
	}
}

// edition is the newest in the database; 0 while it does not answer.
func (p *publishers) edition() (number geo.Edition) {
	conn, err := pgx.Connect(p.Context(), p.db.url)
	if err != nil {
		return 0
	}
	defer conn.Close(context.WithoutCancel(p.Context()))
	_ = conn.QueryRow(p.Context(), "SELECT coalesce(max(number), 0) FROM editions").Scan(&number) // 0 then
	return number
}
