package stories

import (
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
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
