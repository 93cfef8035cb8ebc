package main

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"maps"
	"math"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/paulmach/orb"

	"gridwarden/api"
	"gridwarden/geo"
	"gridwarden/geo/index"
	"gridwarden/geo/planning"
	"gridwarden/geo/postgis"
	"gridwarden/geo/testsize"
)

// diary is a town that changes while it is asked, and what it answered.
type diary struct {
	*testing.T
	random *rand.Rand
	store  *postgis.Store
	live   *index.Live
	server http.Handler
	rows   int                       // of duty, ever written
	done   map[planning.EditKind]int // edits that could be done
}

// remembered is what was answered at a time.
type remembered struct {
	at            time.Time
	lon, lat      float64
	locate, route string
}

const (
	diarySide = 6 // grids on a side of the town
	diaryCell = 0.001
)

// TestYesterdayIsAnsweredAsItWas publishes ten editions of random edits, with assets and
// duty rows that change in between, asks random points all the while, and asks all of it
// again afterwards, in no order, as of the time it was asked: every answer is the one of
// then, to the letter.
func TestYesterdayIsAnsweredAsItWas(t *testing.T) {
	c := newCity(t)
	seed := uint64(time.Now().UnixNano())
	if given, err := strconv.ParseUint(os.Getenv("GRIDWARDEN_SEED"), 10, 64); err == nil {
		seed = given
	}
	t.Logf("GRIDWARDEN_SEED=%d", seed)
	d := &diary{T: t, random: rand.New(rand.NewPCG(seed, 1)), store: c.store(), live: &index.Live{}, done: map[planning.EditKind]int{}}
	d.settle(c)
	past := newPastViews(d.store, d.live)
	past.most = int64(testsize.N(1<<20, 1<<10)) // in the long run most are read again
	d.server = api.New(api.Config{Live: d.live, Past: past, Editions: d.store, Assets: d.store})
	pairs := testsize.N(300, 10_000)
	var asked []remembered
	for edition := range 10 {
		for range 2 {
			d.changeAssets()
			d.ask(&asked, pairs/30)
		}
		d.publish(edition)
		d.ask(&asked, pairs/30)
	}
	d.random.Shuffle(len(asked), func(i, j int) { asked[i], asked[j] = asked[j], asked[i] })
	wrong := 0
	for _, was := range asked {
		moment := "at=" + url.QueryEscape(was.at.Format(time.RFC3339Nano))
		for what, pair := range map[string][2]string{
			"locate": {was.locate, d.locate(was.lon, was.lat, moment)},
			"route":  {was.route, d.route(was.lon, was.lat, was.at, moment)},
		} {
			if pair[0] != pair[1] && wrong < 5 {
				wrong++
				t.Errorf("%s of %v, %v at %v was\n%s\nand is told as\n%s", what, was.lon, was.lat, was.at, pair[0], pair[1])
			}
		}
	}
	if len(asked) != pairs/30*30 {
		t.Errorf("%d pairs were asked", len(asked))
	}
	d.compareLineage()
	if len(d.done) < 4 {
		t.Errorf("of the kinds of edits only these were done: %v", d.done)
	}
}

// compareLineage holds what is told of the differences between editions, which is worked out
// from the two states, against the lineage that was kept when each was published.
func (d *diary) compareLineage() {
	d.Helper()
	type held struct {
		Code  *string
		Share float64
	}
	newest, told := d.live.Load().Edition().Number, 0
	for n := newest; n > newest-10; n-- {
		var page struct {
			Features []struct {
				Properties struct {
					What, Code string
					From, Into []held
				}
			}
		}
		d.parse(fmt.Sprintf("/v1/editions/%d/differences?layer=grids&limit=1000", n), &page)
		for _, f := range page.Features {
			var h struct {
				From, Into []struct {
					Edition   geo.Edition
					From, To  *string
					ShareFrom float64 `json:"share_from"`
					ShareTo   float64 `json:"share_to"`
				}
			}
			if f.Properties.What != "area" {
				continue
			}
			d.parse("/v1/layers/grids/areas/"+f.Properties.Code+"/history", &h)
			kept := map[string]float64{}
			for _, g := range h.From {
				if g.Edition == n {
					kept["from "+known(g.From)] = g.ShareTo
				}
			}
			for _, g := range h.Into {
				if g.Edition == n {
					kept["into "+known(g.To)] = g.ShareFrom
				}
			}
			now := map[string]float64{}
			for _, g := range f.Properties.From {
				now["from "+known(g.Code)] = g.Share
			}
			for _, g := range f.Properties.Into {
				now["into "+known(g.Code)] = g.Share
			}
			told += len(now)
			if !maps.EqualFunc(kept, now, func(a, b float64) bool { return math.Abs(a-b) < 1e-4 }) {
				d.Errorf("of %s in edition %d there is kept\n%v\nand told\n%v", f.Properties.Code, n, kept, now)
			}
		}
	}
	if told == 0 {
		d.Error("no ground changed hands in ten editions")
	}
}

func known(code *string) string {
	if code == nil {
		return "nobody"
	}
	return *code
}

func (d *diary) parse(path string, into any) {
	d.Helper()
	body := d.answer(httptest.NewRequest("GET", path, nil))
	if err := json.Unmarshal([]byte(body), into); err != nil {
		d.Fatalf("%s: %v in %s", path, err, body)
	}
}

// settle founds the town and follows it.
func (d *diary) settle(c *city) {
	var grids, communities strings.Builder
	feature := func(code string, x0, y0, x1, y1 int) string {
		at := func(x, y int) string {
			return fmt.Sprintf("[%.3f,%.3f]", 120+float64(x)*diaryCell, 30+float64(y)*diaryCell)
		}
		ring := ""
		walk := func(x, y, dx, dy, n int) {
			for i := range n {
				ring += at(x+i*dx, y+i*dy) + ","
			}
		}
		walk(x0, y0, 1, 0, x1-x0)
		walk(x1, y0, 0, 1, y1-y0)
		walk(x1, y1, -1, 0, x1-x0)
		walk(x0, y1, 0, -1, y1-y0)
		return fmt.Sprintf(`{"type":"Feature","properties":{"code":%q,"name":%q,"department":%q},"geometry":{"type":"Polygon","coordinates":[[%s%s]]}}`,
			code, "网格"+code, "D"+code[6:9], ring, at(x0, y0))
	}
	for x := 0; x < diarySide; x += 3 {
		for y := 0; y < diarySide; y += 3 {
			community := fmt.Sprintf("330103%03d001", 1+x/3*2+y/3)
			communities.WriteString(feature(community, x, y, x+3, y+3) + ",")
			for i := range 9 {
				grids.WriteString(feature(fmt.Sprintf("%s%03d", community, i+1), x+i%3, y+i/3, x+i%3+1, y+i/3+1) + ",")
			}
		}
	}
	all := func(features string) string {
		return `{"type":"FeatureCollection","features":[` + strings.TrimSuffix(features, ",") + "]}"
	}
	c.must("import", "departments", c.file("departments.csv", "code,name\nD001,甲\nD002,乙\nD003,丙\nD004,丁\n"))
	c.must("import", "categories", c.file("categories.csv", "standard,kind,code,name\ntown,component,lamp,路灯\ntown,matter,dirt,垃圾\n"))
	c.must("import", "areas", "--layer", "communities", c.file("communities.geojson", all(communities.String())))
	c.must("import", "areas", "--layer", "grids", "--parent", "communities", c.file("grids.geojson", all(grids.String())))
	log := slog.New(slog.DiscardHandler)
	f := &follower{store: d.store, live: d.live, lag: &lag{primary: d.store, live: d.live}, memory: &memory{log: log}, log: log}
	ctx, stop := context.WithCancel(d.Context())
	ended := make(chan error, 1)
	go func() { ended <- f.run(ctx) }()
	d.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			d.Error(err)
		}
	})
	d.reach()
}

// reach waits until the newest state is served.
func (d *diary) reach() {
	d.Helper()
	newest, _, err := d.store.Newest(d.Context(), geo.Position{})
	if err != nil {
		d.Fatal(err)
	}
	if _, err := d.live.Await(d.Context(), func(s *index.Snapshot) bool { return s.Position().Sequence >= newest.Sequence }); err != nil {
		d.Fatal(err)
	}
}

func (d *diary) anywhere() (lon, lat float64) {
	place := func(corner float64) float64 { return corner + (d.random.Float64()*(diarySide+.4)-.2)*diaryCell }
	return place(120), place(30)
}

// changeAssets moves lamps about, and gives them to others.
func (d *diary) changeAssets() {
	d.Helper()
	_, err := d.store.ImportAssets(d.Context(), func(yield func(geo.Asset, error) bool) {
		for id := range 10 {
			lon, lat := d.anywhere()
			at, _ := geo.CoordOf(lon, lat)
			lamp := geo.Asset{
				ID: geo.AssetID(fmt.Sprint(id)), Point: at, Maintainer: geo.DepartmentCode(fmt.Sprintf("D%03d", 1+d.random.IntN(4))),
				Category: geo.CategoryKey{Standard: "town", Kind: geo.Component, Code: "lamp"},
			}
			if d.random.IntN(2) == 0 && !yield(lamp, nil) {
				return
			}
		}
	}, false)
	if err != nil {
		d.Fatal(err)
	}
	d.reach()
}

// publish makes the next edition: of a few random edits, and every other time of duty rows.
func (d *diary) publish(edition int) {
	d.Helper()
	base := d.live.Load()
	after, effects := base, []planning.Effect(nil)
	for tries := 0; len(effects) < 3 && tries < 40; tries++ {
		edit := d.edit(after)
		effect, err := planning.Do(d.Context(), after, edit, planning.Rules{Approved: func(geo.LayerName) bool { return true }})
		if err != nil {
			continue // it drew something that cannot be
		}
		if after, err = planning.After(after, effect); err != nil {
			d.Fatal(err)
		}
		effects = append(effects, *effect)
		d.done[edit.Kind]++
	}
	p, err := planning.Publication(d.Context(), base, after, effects, nil)
	if err != nil {
		d.Fatal(err)
	}
	if len(effects) == 0 {
		d.Fatal("not one edit could be done")
	}
	if edition%2 == 0 {
		d.rows++
		kinds := []string{"layer:grids", fmt.Sprintf("department:D%03d", 1+d.random.IntN(4)), "asset.maintainer"}
		p.Duty.Rules = append(p.Duty.Rules, base.Duty().Rules...)
		p.Duty.Rules = append(p.Duty.Rules, geo.DutyRow{
			ID: geo.RuleID(fmt.Sprintf("R%02d", d.rows)), Priority: 100 - d.rows, Assign: kinds[d.random.IntN(len(kinds))], Basis: "章程",
		})
	}
	if _, _, err := d.store.Publish(d.Context(), p); err != nil {
		d.Fatal(err)
	}
	d.reach()
}

// edit is a random edit of the town.
func (d *diary) edit(view *index.Snapshot) *planning.Edit {
	lon, lat := d.anywhere()
	at, _ := geo.CoordOf(lon, lat)
	e := &planning.Edit{Layer: "grids"}
	for _, hit := range view.Locate(at, "grids").Areas {
		e.Areas = []geo.AreaCode{hit.Area.Code}
	}
	width := (.5 + d.random.Float64()) * diaryCell
	switch d.random.IntN(4) {
	case 0:
		name := fmt.Sprintf("改名%d", d.random.IntN(1000))
		department := geo.DepartmentCode(fmt.Sprintf("D%03d", 1+d.random.IntN(4)))
		e.Kind, e.Name, e.Department = planning.Set, &name, &department
	case 1:
		e.Kind, e.Tolerance, e.Line = planning.Split, 1, orb.LineString{{lon - 2*width, lat - width/3}, {lon, lat}, {lon + 2*width, lat + width/3}}
	case 2:
		beside, _ := geo.CoordOf(lon+diaryCell, lat)
		e.Kind, e.Parents = planning.Merge, planning.FollowParents
		for _, hit := range view.Locate(beside, "grids").Areas {
			e.Areas = append(e.Areas, hit.Area.Code)
		}
	default:
		x, y := 120+float64(d.random.IntN(diarySide+1))*diaryCell, 30+float64(d.random.IntN(diarySide+1))*diaryCell
		e.Kind, e.Parents, e.Tolerance, e.Areas = planning.MoveNode, planning.FollowParents, 1, nil
		e.At, e.To = &orb.Point{x, y}, &orb.Point{x + width/9, y - width/7}
	}
	return e
}

// ask asks points now, and keeps the answers.
func (d *diary) ask(asked *[]remembered, n int) {
	d.Helper()
	for range n {
		lon, lat := d.anywhere()
		r := remembered{at: time.Now(), lon: lon, lat: lat}
		r.locate, r.route = d.locate(lon, lat, ""), d.route(lon, lat, r.at, "")
		*asked = append(*asked, r)
	}
}

func (d *diary) locate(lon, lat float64, moment string) string {
	return d.answer(httptest.NewRequest("GET", fmt.Sprintf("/v1/locate?lon=%.7f&lat=%.7f&%s", lon, lat, moment), nil))
}

// route reports dirt, or a lamp, found at that moment.
func (d *diary) route(lon, lat float64, at time.Time, moment string) string {
	category := `"kind":"matter","code":"dirt"`
	if int64(lon*1e7)%2 == 0 {
		category = `"kind":"component","code":"lamp"`
	}
	body := fmt.Sprintf(`{"lon":%.7f,"lat":%.7f,"accuracy_m":60,"reported_at":%q,"category":{"standard":"town",%s}}`, lon, lat, at.Format(time.RFC3339Nano), category)
	r := httptest.NewRequest("POST", "/v1/route?"+moment, strings.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	return d.answer(r)
}

func (d *diary) answer(r *http.Request) string {
	d.Helper()
	w := httptest.NewRecorder()
	d.server.ServeHTTP(w, r)
	if w.Code != http.StatusOK {
		d.Fatalf("%s: %d %s", r.URL, w.Code, w.Body)
	}
	return w.Body.String()
}
