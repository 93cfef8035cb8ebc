package stories

import (
	"fmt"
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

// renamed gives a grid another name.
func renamed(code, name string) map[string]any {
	return map[string]any{"edit": "set", "layer": "grids", "areas": []string{code}, "name": name}
}

// TestTwoWhoMoveOneBorderAreShownSideBySide: and who named one grid otherwise, too. The border
// is taken from this draft, the name from what was published.
func TestTwoWhoMoveOneBorderAreShownSideBySide(t *testing.T) {
	everyone(t, func(t *testing.T, h hands) {
		c := newDemoCity(t)
		newest := c.edition()
		theirs, ours := newDrawing(c), newDrawing(c)
		areas, border := ours.border()
		theirs.edit("河道改线", bend(areas, border, .3))
		theirs.edit("更名", renamed(areas[0], "河东网格"))
		ours.edit("道路改线", bend(areas, border, -.3))
		ours.edit("更名", renamed(areas[0], "河西网格"))
		moved := ours.area(areas[0])
		v := c.visit(h, languageOf(h), "/#/plan?draft="+ours.draft)
		v.shows("#draft", strconv.Itoa(newest))
		theirs.publish(newest)

		v.press("#rebase-do")
		v.foresees("409")
		v.eventually("two conflicts, three drawings side by side of each", func() bool { return len(v.texts("#conflicts .sketch")) == 6 })
		v.eventually("both changed borders are marked", func() bool {
			return js[int](v, `[...document.querySelectorAll("[data-conflict='1'] .news")].filter(p => p.getAttribute("d")).length`) == 2
		})
		if found := v.texts("#conflicts [data-border] .code"); !slices.Equal(found, []string{areas[0] + " | " + areas[1]}) {
			t.Errorf("disputed are %q, want the border between %q", found, areas)
		}
		for _, name := range []string{"河东网格", "河西网格"} {
			v.shows("#conflicts [data-saying=name]", name)
		}
		v.takes(1, "mine")
		v.takes(2, "drop")
		v.press("#conflicts [data-border] .show")
		v.picture("conflict")
		v.axe("a conflict")
		v.press("#rebase-finish")
		v.eventually("the draft is no longer behind", func() bool { return len(v.texts("#rebase")) == 0 })
		if now := ours.area(areas[0]); now.Properties.MustString("name") != "河东网格" || !orb.Equal(now.Geometry, moved.Geometry) {
			t.Errorf("chosen were the other's name and the own border: %s %v, want %v", now.Properties["name"], now.Geometry, moved.Geometry)
		}
		v.press("#publish")
		v.press("#publish-do")
		v.shows("#came", strconv.Itoa(newest+2))
	})
}

// takes chooses what becomes of an edit that conflicts.
func (v *visitor) takes(number int, choice string) {
	v.Helper()
	of := fmt.Sprintf("[data-conflict='%d'] ", number)
	if v.hands == mouse {
		v.press(fmt.Sprintf("%s[data-choice=%s]", of, choice))
		return
	}
	v.tabTo(of + "[data-choice=drop]")
	v.keys(" ")
	if choice == "mine" {
		v.keys(kb.ArrowDown)
	}
}
