package stories

import (
	"bytes"
	"fmt"
	"image/png"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"golang.org/x/text/encoding/simplifiedchinese"
)

// roadDamage is a category that in the demo city only the fallback answers for, away from
// the roads of its street.
const roadDamage, street = "06013", "990101001"

// TestARuleIsImportedAndAHoleIsFilled: a file as an old spreadsheet writes it has a cell that
// cannot be read, which is mended where it stands; a hole found in the matrix becomes a row
// that fills it; what both change is seen before they are published, and afterwards the
// hole is gone and reports go to whom the row names.
func TestARuleIsImportedAndAHoleIsFilled(t *testing.T) {
	everyone(t, func(t *testing.T, h hands) {
		c := newDemoCity(t)
		v := c.visit(h, "zh-CN", "/#/duty")
		v.foresees("503") // while it is worked out
		v.shows("#rules-count", "共 8 行")
		v.write("#rules-sought", "交警 停车")
		v.shows("#rules-count", "1 / 共 8 行")
		v.write("#rules-sought", " ")

		v.upload("#rules-file", v.file("清单.csv", gbk(t, "编号,标准,类型,类别,责任单位,时限,时限单位,备注\r\n夜市,GB/T 47678.5-2026,事项,08001,CG,三,工作日,\"夜市，含流动摊\"\r\n")))
		v.shows("#imported", "读取 1 行")
		v.shows("#rule-problems", "第 2 行 · 夜市")
		v.picture("problem")
		v.press(`[data-problem="夜市"]`)
		v.shows("#duty-cell", "⚠")
		v.writeCell("夜市", "assign", "department:CG")
		v.press(`[data-problem="夜市"]`)
		v.writeCell("夜市", "deadline", "3")
		v.press("#what-if")
		v.shows("#effects", "责任空白")
		v.axe("the duty table")

		v.part("audit")
		v.shows("#duty-matrix", "道路破损")
		holes := v.count(`[data-kind="fallback"] b`)
		v.actOn("#duty-matrix", "GB/T 47678.5-2026|matter|"+roadDamage, street)
		v.shows("#matrix-cell", "仅属地兜底")
		v.press("#fill-cell")
		v.do(chromedp.WaitVisible(chromedp.CSS(`[data-editor="assign"]`)))
		v.rewrite("云栖区城市管理局")
		v.shows("#duty-suggestions", "department:CG-990101")
		v.picture("suggestions")
		v.keys(kb.ArrowDown, kb.Enter)
		v.press("#what-if")
		v.shows("#effects", "道路破损")
		before, after := v.count(`[data-pair="holes"] td:nth-of-type(1)`), v.count(`[data-pair="holes"] td:nth-of-type(2)`)
		if after >= before {
			t.Errorf("%d holes before and %d after", before, after)
		}
		v.picture("effects")
		v.write("#rules-note", "补道路破损")
		v.press("#rules-publish")
		v.shows("#proposal-said", "已发布为版次 6")
		v.shows("#rules-count", "共 10 行")
		v.shows("#time summary", "第 6 版")

		v.part("audit")
		v.eventually("the hole is gone", func() bool { return v.count(`[data-kind="fallback"] b`) < holes })
		var answer struct {
			Assignments []struct{ Department struct{ Code string } }
			Department  struct{ Code string }
		}
		c.ask("POST", "/v1/route", map[string]any{
			"lon": 120.1988413, "lat": 30.3072319, "category": map[string]string{"standard": "GB/T 47678.5-2026", "kind": "matter", "code": roadDamage},
		}, 200, &answer)
		if got := fmt.Sprint(answer); !strings.Contains(got, "CG-990101") {
			t.Errorf("a report of it goes to %s", got)
		}
		v.hatched()
		v.axe("the audit")
		v.picture("workplace")
		v.press("#findings [data-fill]")
		v.do(chromedp.WaitVisible(chromedp.CSS(`[data-editor="assign"]`)))
		v.shows("#change-counts", "新增")
		v.picture("mended")
	})
}

// TestTwoChangeTheDutyTable: what somebody else publishes meanwhile is told, and neither is
// lost; what one wrote outlives a reload; a file too large to be a table is not read.
func TestTwoChangeTheDutyTable(t *testing.T) {
	everyone(t, func(t *testing.T, h hands) {
		c := newDemoCity(t)
		var filed struct{ ID string }
		c.ask("POST", "/v1/reports", map[string]any{
			"lon": 120.1988413, "lat": 30.3072319, "category": map[string]string{"standard": "GB/T 47678.5-2026", "kind": "matter", "code": "06012"},
		}, 201, &filed)
		c.ask("POST", "/v1/reports/"+filed.ID+"/returns", map[string]string{"reason": "not ours"}, 201, nil)
		v := c.visit(h, "en-GB", "/#/duty")
		v.shows("#rules-count", "8 rows")
		large := v.file("100mb.csv", nil)
		if err := os.Truncate(large, 100<<20); err != nil {
			t.Fatal(err)
		}
		v.upload("#rules-file", large)
		v.shows("#imported", "100 MB")

		v.actOn("#duty-grid", "公园", "note")
		v.writeCell("公园", "note", "mine")
		v.shows("#change-counts", "1 changed")
		v.do(chromedp.Reload())
		v.shows("#change-counts", "1 changed")
		v.press("#what-if")
		v.do(chromedp.WaitEnabled(chromedp.CSS("#rules-publish")))

		v.foresees("412|503")
		c.askWith(map[string]string{"If-Match": "*"}, "PATCH", "/v1/rules/"+url.PathEscape("公园"), map[string]string{"note": "theirs"}, 200, nil)
		v.shows("#proposal-said", "Somebody else published edition")
		v.shows("#rule-conflicts", "公园")
		v.picture("conflict")
		v.press(`[data-mine="公园"]`)
		v.press("#what-if")
		v.do(chromedp.WaitEnabled(chromedp.CSS("#rules-publish")))
		v.press("#rules-publish")
		v.shows("#proposal-said", "Published as edition")
		var row struct{ Note string }
		c.ask("GET", "/v1/rules/"+url.PathEscape("公园"), nil, 200, &row)
		if row.Note != "mine" {
			t.Errorf("the note is %q", row.Note)
		}
		v.part("returns")
		v.shows("#by-row", "保洁-990101")
		v.press("#by-row button")
		v.shows("#duty-cell", "Row")
		v.picture("workplace")
		v.goTo("/#/duty?edition=5")
		v.shows("#duty-past", "read only")
	})
}

func gbk(t *testing.T, text string) []byte {
	t.Helper()
	coded, err := simplifiedchinese.GBK.NewEncoder().Bytes([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return coded
}

// file is the path of a file that holds something.
func (v *visitor) file(name string, content []byte) string {
	v.Helper()
	path := filepath.Join(v.TempDir(), name)
	if err := os.WriteFile(path, content, 0o600); err != nil {
		v.Fatal(err)
	}
	return path
}

// upload gives a file to the page. The system's window of files is no part of a page, so the
// keyboard only goes to the field that would open it.
func (v *visitor) upload(selector, path string) {
	v.Helper()
	if v.hands == keyboard {
		v.tabTo(selector)
	}
	v.do(chromedp.SetUploadFiles(chromedp.CSS(selector), []string{path}))
}

// part goes to a part of the duty officer's room.
func (v *visitor) part(name string) {
	v.Helper()
	tab := "#duty-tab-" + name
	if v.hands == mouse {
		v.press(tab)
		return
	}
	v.tabTo(`[role="tab"]`)
	for range 3 {
		if js[bool](v, `document.activeElement.matches(%q)`, tab) {
			return
		}
		v.keys(kb.ArrowRight)
	}
	v.Fatalf("the arrow keys do not lead to %s", tab)
}

// actOn acts on a cell of a sheet: by a click, or by the arrow keys and Enter.
func (v *visitor) actOn(sheet, row, column string) {
	v.Helper()
	cell := fmt.Sprintf(`%s [data-row="%s"] [data-column="%s"]`, sheet, row, column)
	if v.hands == mouse {
		v.do(chromedp.Click(chromedp.CSS(cell)))
		return
	}
	v.tabTo(sheet)
	active := func(attribute string) bool {
		return js[bool](v, `document.querySelector(%q)?.%s ?? false`, sheet+" .active", attribute)
	}
	v.keys(kb.Home)
	for range furthest {
		if active(fmt.Sprintf(`closest("[data-row=\"%s\"]") !== null`, row)) {
			break
		}
		v.keys(kb.ArrowDown)
	}
	for range furthest {
		if active(fmt.Sprintf(`matches("[data-column=\"%s\"]")`, column)) {
			break
		}
		v.keys(kb.ArrowRight)
	}
	v.keys(kb.Enter)
}

// writeCell writes the cell of the duty table that one is at.
func (v *visitor) writeCell(row, column, text string) {
	v.Helper()
	editor := fmt.Sprintf(`[data-row="%s"] [data-editor="%s"]`, row, column)
	if !js[bool](v, `document.querySelector(%q) !== null`, editor) {
		if v.hands == mouse {
			v.do(chromedp.Click(chromedp.CSS(fmt.Sprintf(`[data-row="%s"] [data-column="%s"]`, row, column))))
		} else {
			v.keys(kb.Enter)
		}
	}
	v.do(chromedp.WaitVisible(chromedp.CSS(editor)))
	v.rewrite(text)
	v.keys(kb.Enter)
}

// rewrite writes a text in place of what the field holds that has the focus.
func (v *visitor) rewrite(text string) {
	v.Helper()
	js[any](v, `document.activeElement.select()`)
	for _, letter := range text {
		v.keys(string(letter))
	}
}

// count is the number that an element shows.
func (v *visitor) count(selector string) int {
	v.Helper()
	n, err := strconv.Atoi(strings.Fields(v.text(selector) + " 0")[0])
	if err != nil {
		v.Fatalf("%s: %v", selector, err)
	}
	return n
}

// hatched waits until the map shows holes: red lines.
func (v *visitor) hatched() {
	v.Helper()
	v.eventually("the holes are hatched", func() bool {
		shot, err := chromedp.Run(v.ctx, chromedp.CaptureScreenshot())
		if err != nil {
			v.Fatal(err)
		}
		picture, err := png.Decode(bytes.NewReader(shot))
		if err != nil {
			v.Fatal(err)
		}
		red := 0
		for y := range picture.Bounds().Dy() {
			for x := range picture.Bounds().Dx() / 3 { // the map
				if r, g, b, _ := picture.At(x, y).RGBA(); r > 2*g && r > 2*b && r > 0x8000 {
					red++
				}
			}
		}
		return red > 200
	})
}
