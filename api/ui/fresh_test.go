package ui_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/paulmach/orb/maptile"

	"gridwarden/geo"
	"gridwarden/geo/index"
	"gridwarden/tiles"
)

// rename gives the area in the middle of the city another name, as a change that is
// followed does, and tells it to who watches.
func (p *page) rename(t *testing.T, layer geo.LayerName, name string) {
	t.Helper()
	now := p.live.Load()
	box := now.Bounds(layer)
	middle := geo.Coord{X: box.Min.X/2 + box.Max.X/2, Y: box.Min.Y/2 + box.Max.Y/2}
	old := now.Locate(middle, layer).Areas[0].Area
	area := *old
	area.ID, area.Name = old.ID+1_000_000, name
	sequence := now.Position().Sequence + 1
	changes := &geo.Changes{
		History: now.History(), From: now.Position(), To: geo.Position{Sequence: sequence, Change: geo.ChangeID{byte(sequence)}},
		Edition: now.Edition(), AreasEnded: []geo.AreaID{old.ID}, Areas: []*geo.Area{&area},
	}
	next, err := now.Apply(changes)
	if err != nil {
		t.Fatal(err)
	}
	p.live.Step(next, changes)
}

// rests waits until the map is drawn and no tile was asked for in the last second.
func (p *page) rests(t *testing.T) {
	t.Helper()
	before, since := -1, time.Now()
	eventually(t, "the map is drawn and still", func() bool {
		p.mu.Lock()
		now := 0
		for _, n := range p.tiles {
			now += n
		}
		p.mu.Unlock()
		if now != before {
			before, since = now, time.Now()
		}
		return now > 0 && time.Since(since) > time.Second
	})
}

// TestOnlyWhatChangedIsFetchedAgain: an edit somewhere costs the open page a few tiles of
// that layer. A hidden page costs nothing; when it is looked at again it has caught up.
func TestOnlyWhatChangedIsFetchedAgain(t *testing.T) {
	t.Parallel()
	city := demoCity(t)
	p := open(t, city, "zh-CN")
	p.rests(t)
	fetched := func() (streets, others int) {
		for _, l := range city.Layers() {
			if l.Name != "streets" {
				others += p.tilesOf(string(l.Name))
			}
		}
		return p.tilesOf("streets"), others + p.tilesOf("assets")
	}
	streets, others := fetched()
	p.rename(t, "streets", "更名街道")
	eventually(t, "the tiles of the renamed street", func() bool { now, _ := fetched(); return now > streets })
	p.rests(t)
	if now, rest := fetched(); now > streets+8 || rest != others {
		t.Errorf("for one name %d tiles of its layer were fetched and %d of others", now-streets, rest-others)
	}

	hide := func(hidden bool) {
		run(t, p, chromedp.Evaluate[any](fmt.Sprintf(
			`Object.defineProperty(document, "hidden", { configurable: true, get: () => %v }); document.dispatchEvent(new Event("visibilitychange"))`, hidden)))
	}
	hide(true)
	time.Sleep(500 * time.Millisecond)
	streets, _ = fetched()
	p.rename(t, "streets", "又更名街道")
	time.Sleep(time.Second)
	if now, _ := fetched(); now != streets {
		t.Errorf("a page that nobody sees fetched %d tiles", now-streets)
	}
	hide(false)
	eventually(t, "what changed meanwhile", func() bool { now, _ := fetched(); return now > streets })
	for _, problem := range p.complaints() {
		t.Error(problem)
	}
}

// TestMergedAreasAreSaidToBe: where the service draws larger areas in the place of those of
// a layer, the page says so in both languages, and no longer when it does not.
func TestMergedAreasAreSaidToBe(t *testing.T) {
	t.Parallel()
	city := demoCity(t)
	p := open(t, city, "zh-CN", func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			var z, x, y uint32
			if n, _ := fmt.Sscanf(r.URL.Path, "/tiles/grids/%d/%d/%d.mvt", &z, &x, &y); n == 3 && z < 14 {
				w.Header().Set("Content-Type", "application/vnd.mapbox-vector-tile")
				_, _ = w.Write(narrowTile(city, z, x, y))
				return
			}
			next.ServeHTTP(w, r)
		})
	})
	says := func(words string) func() bool {
		return func() bool {
			told := p.texts(t, ".merged")
			return len(told) == 1 && (told[0] == words || words != "" && strings.Contains(told[0], words))
		}
	}
	eventually(t, "that grids are merged", says("单元网格：此处按上级区域合并显示"))
	p.do(t, chromedp.Click(chromedp.CSS("#language")))
	eventually(t, "that grids are merged, in English", says("drawn as larger areas"))
	box := city.Bounds("grids")
	p.over(t, 16, box.Min.Lon()/2+box.Max.Lon()/2, box.Min.Lat()/2+box.Max.Lat()/2)
	eventually(t, "that nothing is merged near by", says(""))
}

// narrowTile is a tile of the grids that may hold little.
func narrowTile(city *index.Snapshot, z, x, y uint32) []byte {
	want := &tiles.Want{Layers: []geo.LayerName{"grids"}, Limit: 2_000}
	return tiles.Render(city, want, maptile.New(x, y, maptile.Zoom(z)))
}
