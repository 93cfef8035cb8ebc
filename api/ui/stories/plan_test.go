package stories

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/paulmach/orb"
	"github.com/paulmach/orb/geojson"
	"github.com/paulmach/orb/planar"
)

// edit does an edit in the draft by the service alone, as a colleague elsewhere does.
func (d *drawing) edit(reason string, edit map[string]any) {
	d.Helper()
	edit["reason"] = reason
	d.ask("POST", d.path("/edits"), edit, 200, nil)
}

func (d *drawing) path(rest string) string { return "/v1/drafts/" + url.PathEscape(d.draft) + rest }

// split cuts a grid in two from south to north, through its middle.
func split(f *geojson.Feature) map[string]any {
	box := f.Geometry.Bound()
	middle, _ := planar.CentroidArea(f.Geometry)
	line := orb.LineString{{middle[0], box.Min[1] - .0002}, {middle[0], box.Max[1] + .0002}}
	return map[string]any{"edit": "split", "layer": "grids", "areas": []string{codeOf(f)}, "line": line}
}

// nobodys takes the department from the community of a grid, for which another answers then.
func nobodys(f *geojson.Feature) map[string]any {
	return map[string]any{"edit": "set", "layer": "communities", "areas": []string{parentOf(f)}, "department": ""}
}

// inForce are the edits of the draft as the service has them.
func (d *drawing) inForce() (kinds []string) {
	d.Helper()
	var all struct {
		Edits []struct {
			InForce bool `json:"in_force"`
			Edit    struct{ Edit string }
		}
	}
	d.ask("GET", d.path("/edits"), nil, 200, &all)
	for _, e := range all.Edits {
		if e.InForce {
			kinds = append(kinds, e.Edit.Edit)
		}
	}
	return kinds
}

// openDraft is the draft that the address of the page names.
func (v *visitor) openDraft() *drawing {
	v.Helper()
	v.do(chromedp.WaitVisible(chromedp.CSS("#draft h2")))
	_, query, _ := strings.Cut(js[string](v, "location.hash"), "?")
	values, err := url.ParseQuery(query)
	if err != nil {
		v.Fatal(err)
	}
	return &drawing{v.city, values.Get("draft")}
}

// shownMoves are the numbers of things that move, as the page shows them.
func (v *visitor) shownMoves(what string) []string {
	v.Helper()
	return v.texts(fmt.Sprintf("#impact [data-moved=%q] td", what))
}

// moves are the same numbers as the service answers them.
func (d *drawing) moves() map[string][]string {
	d.Helper()
	type moved struct {
		Total, Area, Department int
		Lost                    int `json:"lost_department"`
	}
	var all struct {
		Assets moved
		Open   moved `json:"open_reports"`
		Recent moved `json:"recent_reports"`
	}
	d.ask("GET", d.path("/impact"), nil, 200, &all)
	texts := func(m moved) []string {
		return []string{strconv.Itoa(m.Total), strconv.Itoa(m.Area), strconv.Itoa(m.Department), strconv.Itoa(m.Lost)}
	}
	return map[string][]string{"assets": texts(all.Assets), "open_reports": texts(all.Open), "recent_reports": texts(all.Recent)}
}

func (c *city) edition() int {
	c.Helper()
	var ready struct{ Edition int }
	c.ask("GET", "/readyz", nil, 200, &ready)
	return ready.Edition
}

func languageOf(h hands) string {
	if h == keyboard {
		return "en-GB"
	}
	return "zh-CN"
}

func TestADraftIsMendedWeighedPublishedAndTakenBack(t *testing.T) {
	everyone(t, func(t *testing.T, h hands) {
		c := newDemoCity(t)
		newest := c.edition()
		colleague := c.visit(mouse, languageOf(h), "/#/plan")
		v := c.visit(h, languageOf(h), "/#/plan")
		v.write("#draft-name", "秋季网格调整")
		v.press("#begin")
		d := v.openDraft()
		node, codes := d.inner()
		grid := d.area(codes[0])
		v.goTo(fmt.Sprintf("/#/plan?map=17.00/%.6f/%.6f&draft=%s", node.Lat(), node.Lon(), d.draft))

		colleague.goTo("/#/plan?draft=" + d.draft)
		v.do(chromedp.WaitVisible(chromedp.CSS("#others .here")))
		v.tool("split", "s")
		v.line(across(grid))
		v.write("#reason", "网格过大")
		v.press("#keep-edit")
		colleague.shows("#others .news", "网格过大")
		d.edit("职责移交", nobodys(grid)) // a colleague elsewhere
		v.shows("#others .news", "职责移交")
		v.press(`[data-fault="no-department"] .show`)
		v.press(`[data-fault="no-department"] .mend`)
		v.eventually("the fault is mended", func() bool { return len(v.texts("[data-fault]")) == 0 && len(d.inForce()) == 3 })

		want := d.moves()
		for what, numbers := range want {
			v.eventually(fmt.Sprintf("%s: %q", what, numbers), func() bool { return slices.Equal(v.shownMoves(what), numbers) })
		}
		if want["assets"][0] == "0" {
			t.Error("nothing moves, so nothing was weighed")
		}
		v.picture("workplace")
		v.axe("a draft")
		v.compares()

		v.press("#publish")
		v.write("#publish-note", "秋季调整")
		v.picture("publish")
		v.axe("publishing")
		v.press("#publish-do")
		v.shows("#came", strconv.Itoa(newest+1))
		colleague.shows("#over", strconv.Itoa(newest+1))
		colleague.press("#to-drafts")
		colleague.shows(fmt.Sprintf("[data-edition='%d']", newest+1), "秋季调整")

		v.press("#take-back")
		v.press("#take-back-do")
		v.shows("#came", strconv.Itoa(newest+2))
		colleague.shows(fmt.Sprintf("[data-edition='%d']", newest+2), strconv.Itoa(newest+2))
		if now := c.edition(); now != newest+2 {
			t.Errorf("the newest edition is %d, want %d", now, newest+2)
		}
	})
}

// compares moves the divider between before and after.
func (v *visitor) compares() {
	v.Helper()
	v.press("#compare")
	v.do(chromedp.WaitVisible(chromedp.CSS("#swipe canvas")))
	v.tabTo("#swipe [role=slider]")
	v.keys(kb.ArrowLeft, kb.ArrowLeft)
	v.eventually("the divider moved", func() bool {
		return js[string](v, `document.querySelector("#swipe [role=slider]").ariaValueNow`) == "40"
	})
	v.picture("compared")
	v.press("#swipe-off")
}

// border is where two grids of one community meet: the whole line between them.
func (d *drawing) border() (areas []string, line []orb.Point) {
	d.Helper()
	all := d.areas()
	codes := slices.Sorted(maps.Keys(all))
	for i, a := range codes {
		for _, b := range codes[i+1:] {
			if parentOf(all[a]) != parentOf(all[b]) {
				continue
			}
			if line := shared(ringOf(all[a]), all[b]); len(line) >= 5 {
				return []string{a, b}, line
			}
		}
	}
	d.Fatal("no two grids of one community share a longer border")
	return nil, nil
}

// shared are the places of a ring that another area has too, in order from where they begin.
func shared(ring orb.Ring, other *geojson.Feature) (line []orb.Point) {
	n := len(ring) - 1
	for i := range n {
		if !has(other, ring[i]) && has(other, ring[(i+1)%n]) {
			for k := i + 1; has(other, ring[k%n]); k++ {
				line = append(line, ring[k%n])
			}
			return line
		}
	}
	return nil
}

// bend moves the middle of a border to one side of it.
func bend(areas []string, border []orb.Point, share float64) map[string]any {
	a, b := border[1], border[len(border)-2]
	middle := orb.Point{(a[0] + b[0]) / 2, (a[1] + b[1]) / 2}
	aside := orb.Point{middle[0] - (b[1]-a[1])*share, middle[1] + (b[0]-a[0])*share}
	return map[string]any{"edit": "move-border", "layer": "grids", "areas": areas, "line": orb.LineString{a, aside, b}, "tolerance_m": 2}
}

func TestTwoWhoMoveOneBorderAreShownSideBySide(t *testing.T) {
	everyone(t, func(t *testing.T, h hands) {
		c := newDemoCity(t)
		newest := c.edition()
		theirs, ours := newDrawing(c), newDrawing(c)
		areas, border := ours.border()
		theirs.edit("河道改线", bend(areas, border, .3))
		ours.edit("道路改线", bend(areas, border, -.3))
		v := c.visit(h, languageOf(h), "/#/plan?draft="+ours.draft)
		v.shows("#draft", strconv.Itoa(newest))
		theirs.publish(newest)

		v.press("#rebase-do")
		v.foresees("409")
		v.eventually("three drawings side by side", func() bool { return len(v.texts("#conflicts .sketch")) == 3 })
		v.eventually("both changed borders are marked", func() bool {
			return js[int](v, `[...document.querySelectorAll("#conflicts .news")].filter(p => p.getAttribute("d")).length`) == 2
		})
		v.picture("conflict")
		v.axe("a conflict")
		if h == mouse {
			v.press("[data-choice=mine]")
		} else {
			v.tabTo("[data-choice=drop]")
			v.keys(kb.ArrowDown)
		}
		v.press("#rebase-finish")
		v.eventually("the draft is no longer behind", func() bool { return len(v.texts("#rebase")) == 0 })
		v.press("#publish")
		v.press("#publish-do")
		v.shows("#came", strconv.Itoa(newest+2))
	})
}

// publish makes the next edition of the draft, by the service alone.
func (d *drawing) publish(newest int) {
	d.Helper()
	d.askWith(map[string]string{"If-Match": fmt.Sprintf(`"%d"`, newest)}, "POST", d.path("/publish"), map[string]any{}, 201, nil)
}

// discard lets nothing become of the draft any more.
func (d *drawing) discard() {
	d.Helper()
	var now struct{ Version int }
	d.ask("GET", d.path(""), nil, 200, &now)
	d.askWith(map[string]string{"If-Match": fmt.Sprintf(`"%d"`, now.Version)}, "DELETE", d.path(""), nil, 204, nil)
}

// TestNothingDrawnIsLost: the service dies while an edit is sent, the answer is lost, another
// changes or discards the draft meanwhile.
func TestNothingDrawnIsLost(t *testing.T) {
	everyone(t, func(t *testing.T, h hands) {
		c := newDemoCity(t)
		d := newDrawing(c)
		_, codes := d.inner()
		grid := d.area(codes[0])
		d.edit("职责移交", nobodys(grid))
		v := c.visit(h, languageOf(h), "/#/plan?draft="+d.draft)
		v.foresees("ERR_CONNECTION_REFUSED|ERR_INCOMPLETE|ERR_EMPTY|Failed to load|409|412|502|503")
		v.write("#reason", "由街道负责")

		c.kill()
		v.press(".mend")
		v.do(chromedp.WaitVisible(chromedp.CSS(`#waiting[data-stage="waiting"]`)))
		v.picture("not-kept")
		mend := js[string](v, `JSON.stringify(JSON.parse(localStorage.getItem("gridwarden.pending.%s")).edit)`, d.draft)
		c.serve()
		v.do(chromedp.Reload(), chromedp.WaitVisible(chromedp.CSS("#waiting")))
		d.edit("由街道负责", decoded(t, mend)) // it had arrived after all
		v.press("#send")
		v.eventually("nothing waits any more", func() bool { return js[bool](v, `localStorage.getItem("gridwarden.pending.%s") === null`, d.draft) })
		if kinds := d.inForce(); len(kinds) != 2 {
			t.Errorf("the edits are %q: the one sent twice was to be done once", kinds)
		}

		js[any](v, `window.EventSource = class extends EventTarget { close() {} }`) // deaf, as behind a proxy that holds events back
		v.press("#to-drafts")
		v.press(fmt.Sprintf("[data-draft=%q]", d.draft))
		v.do(chromedp.WaitVisible(chromedp.CSS("#plan-undo:enabled")))
		d.edit("职责移交", nobodys(grid))
		v.press("#recheck")
		v.press(".mend")
		v.do(chromedp.WaitVisible(chromedp.CSS(`#waiting[data-stage="overtaken"]`)))
		v.press("#send")
		v.eventually("it is done after all", func() bool { return len(d.inForce()) == 4 })
		d.discard()
		v.press("#plan-undo")
		v.do(chromedp.WaitVisible(chromedp.CSS("#over")))
		v.press("#again")
		v.eventually("another draft is open", func() bool { return v.openDraft().draft != d.draft })
		if again := v.openDraft().inForce(); !slices.Equal(again, d.inForce()) {
			t.Errorf("begun anew it holds %q, want %q", again, d.inForce())
		}
	})
}

func decoded(t *testing.T, text string) (edit map[string]any) {
	t.Helper()
	if err := json.Unmarshal([]byte(text), &edit); err != nil {
		t.Fatal(err)
	}
	return edit
}
