package stories

import (
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/paulmach/orb/geojson"
	"github.com/paulmach/orb/planar"
)

// TestTheDayBeforeIsLookedAt: a grid was cut in two, and then renamed. On the slider one goes
// back to before: the map, the answer and the card are of that day; the lineage tells the
// cut, and one button leads back to now.
func TestTheDayBeforeIsLookedAt(t *testing.T) {
	everyone(t, func(t *testing.T, h hands) {
		c := newDemoCity(t)
		old, made, cut := c.cutInTwo()
		middle, _ := planar.CentroidArea(made.Geometry)
		v := c.visit(h, languageOf(h), fmt.Sprintf("/#/call?at=%.7f,%.7f&about=GB%%2FT%%2047678.5-2026,component,01037&area=grids/%s", middle[0], middle[1], codeOf(made)))
		v.shows("#area .code", codeOf(made))
		v.shows("#around .code", codeOf(made))
		v.press("#area details[data-lineage] > summary")
		v.shows("#area [data-lineage=origins] [data-code]", codeOf(old))
		v.shows("#area [data-lineage=origins]", strconv.Itoa(cut))
		v.picture("lineage")
		v.press("#area [data-lineage=origins] [data-code]")
		v.shows("#area h2", codeOf(old))
		v.shows("#area .unused", "")
		v.foresees("refused with 404.*/areas/" + codeOf(old))
		v.foresees("console.*404")

		v.press("#time > details > summary")
		v.slideTo(cut-1, cut+1)
		v.shows("#past", strconv.Itoa(cut-1))
		v.eventually("the address holds the day", func() bool { return strings.Contains(v.address(), fmt.Sprintf("edition=%d", cut-1)) })
		v.shows("#area [data-assets] .count", strconv.Itoa(c.assetsWithin("grids/"+codeOf(old), cut-1)))
		v.shows("#area [data-lineage=fates] [data-code]", codeOf(made))
		v.shows("#around .code", codeOf(old))
		v.eventually("the map is of that day", func() bool {
			return js[bool](v, `performance.getEntriesByType("resource").some(r => /tiles\/grids\.json\?edition=%d$/.test(r.name))`, cut-1)
		})
		v.fitsATelephone()
		v.picture("before")
		v.axe("before")

		v.slideTo(cut, cut+1)
		v.press("#differences > summary")
		v.shows("#differences li", codeOf(made))
		v.press("#differences input[name=differences]")
		v.picture("differences")
		v.press("#now")
		v.eventually("it is now again", func() bool { return !strings.Contains(v.address(), "edition=") && len(v.texts("#past")) == 0 })
		if !js[bool](v, `document.activeElement.matches("#time summary")`) {
			t.Error("the focus is lost with the button that led back")
		}
		v.shows("#around .code", codeOf(made))
	})
}

// cutInTwo cuts a grid, and renames one of the two that came of it afterwards. It gives both,
// and the edition of the cut; the one after it is the newest.
func (c *city) cutInTwo() (old, made *geojson.Feature, edition int) {
	c.Helper()
	newest := c.edition()
	d := newDrawing(c)
	before := d.areas()
	for _, f := range before {
		if old == nil || len(ringOf(f)) < len(ringOf(old)) {
			old = f
		}
	}
	d.edit("网格过大", split(old))
	after := d.areas()
	for code, f := range after {
		if before[code] == nil {
			made = f
		}
	}
	d.publish(newest)
	eventually(c, "the server has the edition", func() bool { return c.edition() == newest+1 })
	renamed := newDrawing(c)
	renamed.edit("更名", map[string]any{"edit": "set", "layer": "grids", "areas": []string{codeOf(made)}, "name": "新设网格"})
	renamed.publish(newest + 1)
	return old, made, newest + 1
}

// assetsWithin counts the assets of an area, named as layer/code, in an edition.
func (c *city) assetsWithin(area string, edition int) int {
	c.Helper()
	var page struct{ NumberReturned int }
	c.ask("GET", fmt.Sprintf("/v1/assets?limit=10000&within=%s&edition=%d", url.QueryEscape(area), edition), nil, 200, &page)
	return page.NumberReturned
}

// slideTo moves the slider of editions, of which all up to the newest are on it.
func (v *visitor) slideTo(edition, newest int) {
	v.Helper()
	if v.hands == keyboard {
		v.tabTo("#edition")
		v.keys(kb.End)
		v.keys(slices.Repeat([]string{kb.ArrowLeft}, newest-edition)...)
		return
	}
	const thumb = 16 // pixels of the slider that its thumb takes
	at := js[[]float64](v, `(r => [r.left, r.top + r.height / 2, r.width])(document.querySelector("#edition").getBoundingClientRect())`)
	share := float64(edition-1) / float64(newest-1)
	v.do(chromedp.MouseClickXY(at[0]+thumb/2+share*(at[2]-thumb), at[1]))
}
