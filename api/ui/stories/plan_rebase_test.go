package stories

import (
	"maps"
	"slices"
	"strconv"
	"testing"

	"github.com/chromedp/chromedp/kb"
	"github.com/paulmach/orb"
	"github.com/paulmach/orb/geojson"
)

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
