package stories

import (
	"fmt"
	"slices"
	"strconv"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/paulmach/orb/geojson"
)

// TestHangzhouIsRedrawnAuditedAndLookedBackAt: in a real district a node is dragged and a
// grid is cut, what that moves is weighed and published, the duty officer sees in the matrix
// who answers and nobody does, and the slider leads back to before.
func TestHangzhouIsRedrawnAuditedAndLookedBackAt(t *testing.T) {
	everyone(t, func(t *testing.T, h hands) {
		c := newHangzhou(t)
		c.must("import", "departments", c.table("departments.csv", "code,name,parent,kind", "YL,园林中心,,office"))
		c.must("import", "rules", c.table("rules.csv", "编号,优先级,标准,类型,类别,图层,责任单位", "片-1,100,GB/T 47678.5-2026,事项,06017,streets,部门：园林中心"))
		const newest = 4 // three layers and the table
		eventually(c, "the server has the table", func() bool { return c.edition() == newest })
		d := newDrawing(c)
		node, codes := d.inner()
		before := d.areas()
		old := before[codes[0]]

		v := d.open(h, node, 16)
		v.choose(old)
		v.tool("node", "e")
		if h == mouse {
			v.drag(node, 24, 18, 6)
		} else {
			v.toMap()
			v.keys(slices.Repeat([]string{"n"}, slices.Index(ringOf(old), node)+1)...)
			v.do(chromedp.KeyEvent(kb.ArrowRight, chromedp.KeyModifiers(chromedp.ModifierAlt, chromedp.ModifierShift)))
			v.shows("#plan-said", "10")
			v.keys(kb.Enter)
		}
		d.becomes(v, "the node moved in every grid that met there", func(all map[string]*geojson.Feature) bool {
			return !slices.ContainsFunc(codes, func(code string) bool { return has(all[code], node) })
		})
		v.tool("split", "s")
		v.line(across(old))
		d.becomes(v, "the grid is cut in two", func(all map[string]*geojson.Feature) bool { return len(all) == len(before)+1 })
		for what, numbers := range d.moves() {
			v.eventually(fmt.Sprintf("%s: %q", what, numbers), func() bool { return slices.Equal(v.shownMoves(what), numbers) })
		}
		v.picture("drawn")
		v.press("#publish")
		v.press("#publish-do")
		v.shows("#came", strconv.Itoa(newest+1))

		v.foresees("503") // while the audit is worked out
		v.goTo("/#/duty")
		v.part("audit")
		v.press("#matrix-wrong")
		v.actOn("#duty-matrix", "GB/T 47678.5-2026|matter|06017", firstParent(before))
		v.shows("#matrix-cell", "园林中心")
		v.picture("matrix")

		v.foresees("refused with 404.*/areas/" + codeOf(old) + "|console.*404") // there is none any more
		v.goTo("/#/call?area=grids/" + codeOf(old))
		v.press("#time > details > summary")
		v.slideTo(newest, newest+1)
		v.shows("#past", strconv.Itoa(newest))
		v.shows("#area h2", old.Properties.MustString("name"))
		v.picture("before")
	})
}

// firstParent is the parent of areas that comes first.
func firstParent(areas map[string]*geojson.Feature) string {
	var parents []string
	for _, f := range areas {
		parents = append(parents, parentOf(f))
	}
	return slices.Min(parents)
}
