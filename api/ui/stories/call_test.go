package stories

import (
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// lid is what a caller reports first of all: a manhole cover, whatever it belongs to.
const lid = "井盖"

// speaks is the language of the stories that are pictured, so that there is one of each.
var speaks = map[hands]string{mouse: "zh-CN", keyboard: "en-GB"}

// decided is a report as the service holds it.
type decided struct {
	ID         string
	State      string
	Round      int
	Lon, Lat   float64
	Family     string
	MergedInto string `json:"merged_into"`
	Answers    map[string]string
	Category   *struct{ Kind, Code string }
	Decision   decision
	Returns    []struct{ State string }
}

// decision is who answers, as the service tells it.
type decision struct {
	Department  *struct{ Code, Name string }
	Rule, Row   string
	Explanation []struct {
		Decided bool
		Why     string
	}
	Contested *struct {
		Candidates []struct {
			Department struct{ Code, Name string }
		}
		Question *struct {
			ID, Text string
			Options  []struct{ Value, Text string }
		}
	}
}

// caller counts the inputs of a call: a place, a word, a choice, a button.
type caller struct {
	*visitor
	inputs int
}

func (c *caller) did(input func()) {
	c.inputs++
	input()
}

// callAt takes a call about something at a place, from the empty page to the filed report,
// in four inputs, and gives the report.
func (v *visitor) callAt(lon, lat float64, word, choice string) decided {
	v.Helper()
	v.drawn()
	c := &caller{visitor: v}
	c.did(func() { v.point(lon, lat) })
	v.eventually("the field for what is reported has the focus", func() bool { return js[bool](v, `document.activeElement.id === "subject"`) })
	c.did(func() {
		for _, letter := range word {
			v.keys(string(letter))
		}
	})
	v.shows("#subject-list [role=option]", choice)
	c.did(func() { v.keys(kb.Enter) })
	v.answered()
	c.did(func() { v.press("#file") })
	v.shows("#filed", "")
	if c.inputs != 4 {
		v.Errorf("a call took %d inputs", c.inputs)
	}
	var filed decided
	v.city.ask("GET", "/v1/reports/"+v.attribute("#filed", "data-report"), nil, 200, &filed)
	return filed
}

// answered waits for the service's answer.
func (v *visitor) answered() {
	v.Helper()
	v.eventually("the service has answered", func() bool { return v.attribute("#answer", "data-state") == "answered" })
}

// attribute is an attribute of the first element a selector finds; empty without one.
func (v *visitor) attribute(selector, name string) string {
	v.Helper()
	return js[string](v, "document.querySelector(%q)?.getAttribute(%q) ?? ''", selector, name)
}

// TestACallIsFiledInFourInputs: place, word, choice, button; what the page named is what is
// in the database, and the second caller is told of the first.
func TestACallIsFiledInFourInputs(t *testing.T) {
	everyone(t, func(t *testing.T, h hands) {
		city := newDemoCity(t)
		lon, lat := city.middle("grids")
		v := city.visit(h, speaks[h], fmt.Sprintf("/#/call?map=17/%f/%f", lat, lon))
		v.picture("empty")
		for _, word := range []string{"井", "jing", "jg", "manhole"} {
			v.write("#subject", word)
			v.shows("#subject-list [role=option]:first-child", lid)
		}
		v.keys(kb.Escape)
		filed := v.callAt(lon, lat, "jing", lid)
		v.tells(filed.Decision)
		v.picture("filed")
		if filed.Family != lid || filed.State != "received" || filed.Round != 1 {
			t.Errorf("filed is %+v", filed)
		}

		v.press("#next")
		v.callAgain(filed)
		v.aboutAnAsset()
	})
}

// callAgain takes a second call about what is filed already: it is merged into that.
func (v *visitor) callAgain(filed decided) {
	v.Helper()
	v.point(filed.Lon+0.0002, filed.Lat)
	v.write("#subject", "manhole")
	v.keys(kb.Enter)
	same := fmt.Sprintf("#nearby [data-report=%q]", filed.ID)
	v.shows(same, "")
	v.write("[name=description]", "同一个")
	v.press(same + " .same")
	v.shows("#filed", filed.ID)
	var second decided
	v.city.ask("GET", "/v1/reports/"+v.attribute("#filed", "data-report"), nil, 200, &second)
	if second.MergedInto != filed.ID || second.State != "merged" {
		v.Errorf("the second call is %+v", second)
	}
}

// aboutAnAsset finds an asset with a maintainer by its id: it says what is reported.
func (v *visitor) aboutAnAsset() {
	v.Helper()
	var all struct {
		Features []struct {
			ID         string
			Geometry   struct{ Coordinates [2]float64 }
			Properties struct{ Maintainer string }
		}
	}
	v.city.ask("GET", "/v1/assets?limit=200", nil, 200, &all)
	for _, a := range all.Features {
		if a.Properties.Maintainer == "" {
			continue
		}
		v.press("#next")
		v.find(a.ID)
		v.eventually("the asset is asked about", func() bool { return v.attribute("#around [data-asset]", "data-asset") == a.ID })
		var want decision
		body := map[string]any{"lon": a.Geometry.Coordinates[0], "lat": a.Geometry.Coordinates[1], "asset_id": a.ID}
		v.city.ask("POST", "/v1/route", body, 200, &want)
		v.tells(want)
		return
	}
	v.Error("no asset has a maintainer")
}

// tells compares the decision on the page with the service's.
func (v *visitor) tells(want decision) {
	v.Helper()
	if got := v.text("#answer .who"); want.Department == nil || got != want.Department.Name {
		v.Errorf("the page names %q, the service %+v", got, want.Department)
	}
	if got := v.text("#answer .lead .rule"); want.Row != "" && !strings.HasSuffix(got, want.Row) {
		v.Errorf("the page names %q as what decided, the service row %s", got, want.Row)
	}
	v.alike("explains", "#answer .why li", len(want.Explanation), func(i int) string { return want.Explanation[i].Why })
	if open := want.Contested; open != nil && open.Question != nil {
		v.alike("asks", "#answer .question", 1, func(int) string { return open.Question.Text })
		v.alike("offers", "#answer .option", len(open.Question.Options), func(i int) string { return open.Question.Options[i].Text })
	} else {
		v.alike("asks", "#answer .question", 0, nil)
	}
}

// alike compares texts of the page, folded ones too, with how those of the service begin.
func (v *visitor) alike(does, selector string, n int, want func(i int) string) {
	v.Helper()
	got := js[[]string](v, "[...document.querySelectorAll(%q)].map(e => e.textContent)", selector)
	if len(got) != n {
		v.Errorf("the page %s %q, the service tells %d", does, got, n)
		return
	}
	for i := range n {
		if !strings.HasPrefix(got[i], want(i)) {
			v.Errorf("the page %s %q, the service %q", does, got[i], want(i))
		}
	}
}

// TestACallThatMeetsADeadServiceIsFiledOnce: what was typed stays, the page tells what to do,
// and trying again files one report.
func TestACallThatMeetsADeadServiceIsFiledOnce(t *testing.T) {
	t.Parallel()
	city := newDemoCity(t)
	lon, lat := city.middle("grids")
	v := city.visit(mouse, "zh-CN", fmt.Sprintf("/#/call?map=17/%f/%f&at=%f,%f&about=%s", lat, lon, lon, lat, url.QueryEscape(lid)))
	v.foresees("ERR_|Failed to load|refused with 50")
	v.answered()
	v.write("[name=description]", "井盖松动")
	city.kill()
	v.press("#file")
	v.shows("#filing .fault", "没有应答")
	city.serve()
	v.do(chromedp.Reload())
	v.answered()
	v.eventually("what was typed is still there", func() bool {
		return js[string](v, `document.querySelector("[name=description]")?.value ?? ""`) == "井盖松动"
	})
	v.press("#file")
	v.shows("#filed", "已上报")
	var all struct{ Reports []decided }
	if city.ask("GET", "/v1/reports", nil, 200, &all); len(all.Reports) != 1 || all.Reports[0].Family != lid {
		t.Errorf("filed are %+v", all.Reports)
	}
}

// TestHangzhouTakesACall: the same four inputs in a real city, in one browser by the mouse and
// then by the keyboard, from an empty page each time.
func TestHangzhouTakesACall(t *testing.T) {
	t.Parallel()
	city := newHangzhou(t)
	city.must("import", "departments", city.table("departments.csv", "code,name,parent,kind", "YL,园林中心,,office"))
	city.must("import", "rules", city.table("rules.csv", "编号,优先级,标准,类型,类别,图层,责任单位", "片-1,100,GB/T 47678.5-2026,事项,06017,streets,部门：园林中心"))
	v := city.visit(mouse, "zh-CN", "/#/call?map=16/30.3028/120.1798")
	takes := func() {
		t.Helper()
		if filed := v.callAt(120.1798, 30.3028, "06017", "06017"); filed.Decision.Department == nil || filed.Decision.Department.Code != "YL" {
			t.Errorf("filed is %+v", filed)
		}
	}
	takes()
	v.hands = keyboard
	v.goTo("/?again#/call?map=16/30.3028/120.1798")
	takes()
	v.picture("hangzhou")
}

// table is a CSV file of these lines.
func (c *city) table(name string, lines ...string) string {
	c.Helper()
	path := filepath.Join(c.TempDir(), name)
	if err := os.WriteFile(path, []byte(strings.Join(lines, "\n")+"\n"), 0o600); err != nil {
		c.Fatal(err)
	}
	return path
}

// parking is a matter whose lead depends on where the car stands.
const parking = "09009"

// TestAContestedPlaceIsAskedAboutAndABouncedReportIsRuledUpon: who chases a parked car
// depends on the kerb. The page asks, the answer decides, can be taken back, and is filed.
// Then the report is corrected, returned and ruled upon, and its history tells it all.
func TestAContestedPlaceIsAskedAboutAndABouncedReportIsRuledUpon(t *testing.T) {
	everyone(t, func(t *testing.T, h hands) {
		city := newDemoCity(t)
		lon, lat := city.middle("grids")
		v := city.visit(h, speaks[h], fmt.Sprintf("/#/call?map=17/%f/%f", lat, lon))
		v.drawn()
		v.point(lon, lat)
		v.write("#subject", parking)
		v.keys(kb.Enter)
		v.shows("#answer .question", "")
		asked := city.route(lon, lat, nil)
		v.tells(asked)
		v.drawn()
		v.picture("workplace")
		v.axe("the question")
		v.fitsATelephone()
		first, second := asked.Contested.Question.Options[0].Value, asked.Contested.Question.Options[1].Value
		v.answer(first)
		other := city.route(lon, lat, map[string]string{asked.Contested.Question.ID: first})
		v.tells(other)
		v.press("#answer .again")
		v.answer(second)
		v.tells(city.route(lon, lat, map[string]string{asked.Contested.Question.ID: second}))
		v.press("#file")
		v.shows("#filed", "")
		id := v.attribute("#filed", "data-report")
		v.press("#filed .code")
		v.corrected(id, lon, lat)
		v.follows(id)
		v.bounced(id, other.Department.Code)
	})
}

// fitsATelephone looks at the page 360 pixels wide, and goes back.
func (v *visitor) fitsATelephone() {
	v.Helper()
	v.do(chromedp.EmulateViewport(360, 740))
	if wide := js[int](v, "document.documentElement.scrollWidth"); wide > 360 {
		v.Errorf("on a telephone 360 pixels wide the page is %d wide", wide)
	}
	v.picture("telephone")
	v.do(chromedp.EmulateViewport(1200, 800))
}

// answer presses the button of an answer and waits until it has decided.
func (v *visitor) answer(value string) {
	v.Helper()
	v.press(fmt.Sprintf("#answer .option[data-value=%q]", value))
	v.shows("#answer .given", "")
	v.eventually("the answer decides", func() bool { return v.attribute("#answer", "data-state") == "answered" })
	if !js[bool](v, `document.activeElement.id === "answer"`) {
		v.Error("the answer does not take the focus from the button that is gone")
	}
}

// corrected moves the report that is open to a pin 30 m north.
func (v *visitor) corrected(id string, lon, lat float64) {
	v.Helper()
	v.shows("#case h2", id)
	v.press("#correct")
	v.shows(".correction .at", "")
	v.point(lon, lat+0.0003)
	v.eventually("the new place is taken", func() bool { return js[bool](v, `document.querySelector("#reroute").matches(":enabled")`) })
	v.press("#reroute")
	v.eventually("the report is in its second round", func() bool { return v.attribute("#case", "data-round") == "2" })
	var now decided
	v.city.ask("GET", "/v1/reports/"+id, nil, 200, &now)
	if metres := (now.Lat - lat) * 111_000; now.Round != 2 || metres < 25 || metres > 40 {
		v.Errorf("corrected it is %+v", now)
	}
}

// follows sees what the case system tells of the report that is open.
func (v *visitor) follows(id string) {
	v.Helper()
	v.city.ask("POST", "/v1/reports/"+id+"/events", map[string]string{"kind": "filed", "at": "2026-07-01T08:00:00Z"}, 200, nil)
	v.eventually("the page follows", func() bool { return v.attribute("#case", "data-state") == "filed" })
}

// bounced returns the report as not theirs again and again: that is refused, by another and here, then
// accepted, and then ruled that another department answers, here and on all the ground of the grid.
func (v *visitor) bounced(id, code string) {
	v.Helper()
	v.press("#give-back")
	v.returned("不属我单位")
	v.write(".return [name=note]", "等待现场照片")
	v.decidedByAnother(id)
	v.returned("仍不属我单位")
	v.write(".return [name=note]:enabled", "清单写明由你单位负责")
	v.press(".return .refuse:enabled")
	v.shows(".history", "清单写明由你单位负责")
	v.returned("车已驶离人行道")
	v.press(".return .accept:enabled")
	v.eventually("the report is in its third round", func() bool { return v.attribute("#case", "data-round") == "3" })
	v.returned("也不属我单位")
	v.press("#back")
	v.press("#waiting")
	v.press(".waiting .open")
	v.press(".return .rule-upon")
	v.write("#ruled", code)
	v.keys(kb.Enter)
	v.write("[name=basis]", "市容条例第九条")
	v.pick("[name=scope]", "grids/")
	v.press("#rule")
	v.eventually("the report is in its fourth round", func() bool { return v.attribute("#case", "data-round") == "4" })
	v.shows(".history", "不属我单位")
	v.picture("case")
	var now decided
	v.city.ask("GET", "/v1/reports/"+id, nil, 200, &now)
	states := fmt.Sprint(now.Returns)
	if now.Decision.Department.Code != code || now.Decision.Rule != "ruling" || states != "[{refused} {refused} {accepted} {ruled}]" {
		v.Errorf("ruled upon it is %+v", now)
	}
	v.eventually("the ruling holds for the next call on that ground", func() bool {
		next := v.city.route(now.Lon, now.Lat, nil)
		return next.Rule == "ruling" && next.Department.Code == code
	})
}

// decidedByAnother has a colleague refuse the return about which something is being written.
func (v *visitor) decidedByAnother(id string) {
	v.Helper()
	decision := map[string]string{"decision": "refuse", "by": "王芳"}
	v.city.ask("POST", "/v1/returns/"+v.attribute(".return", "data-return"), decision, 200, nil)
	v.shows(".return[data-state=refused]", "王芳")
	v.picture("meanwhile")
	if kept := js[string](v, `document.querySelector(".return[data-state=refused] [name=note]").value`); kept != "等待现场照片" {
		v.Errorf("of what was written %q is kept", kept)
	}
}

// returned returns the report that is open.
func (v *visitor) returned(reason string) {
	v.Helper()
	v.write("[name=reason]", reason)
	v.press("#return")
	v.shows(".return", reason)
}

// route asks the service itself who answers for a parked car.
func (c *city) route(lon, lat float64, answers map[string]string) (d decision) {
	c.Helper()
	category := map[string]string{"standard": "GB/T 47678.5-2026", "kind": "matter", "code": parking}
	body := map[string]any{"lon": lon, "lat": lat, "source": "pin", "category": category, "answers": answers}
	c.ask("POST", "/v1/route", body, 200, &d)
	return d
}

// middle is a place inside an area near the middle of a layer.
func (c *city) middle(layer string) (lon, lat float64) {
	c.Helper()
	var all struct {
		Layers []struct {
			Name string
			BBox []float64
		}
	}
	c.ask("GET", "/v1/layers", nil, 200, &all)
	for _, l := range all.Layers {
		if l.Name == layer {
			return (l.BBox[0]+l.BBox[2])/2 + 0.0003, (l.BBox[1]+l.BBox[3])/2 + 0.0002
		}
	}
	c.Fatalf("there is no layer %s", layer)
	return 0, 0
}
