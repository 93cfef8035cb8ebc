package ui_test

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"gridwarden/geo"
	"gridwarden/geo/index"
	"gridwarden/geo/routing"
)

// TestTheMapPageSaysWhoAnswers goes through the page as a newcomer does. The steps build
// on one another.
func TestTheMapPageSaysWhoAnswers(t *testing.T) {
	t.Parallel()
	city := demoCity(t)
	p := open(t, city, "zh-CN")

	eventually(t, "a tile of every layer that is drawn at this zoom", func() bool {
		return p.tilesOf("districts") > 0 && p.tilesOf("grids") > 0 && p.tilesOf("parks") > 0 && p.tilesOf("roads") > 0
	})
	eventually(t, "a map that is not blank", func() bool { return colours(p.picture(t, "page")) > 200 })

	for _, at := range [][2]float64{{600, 420}, {420, 300}, {760, 200}} {
		p.do(t, chromedp.MouseClickXY(at[0], at[1]))
		p.holds(t, city)
	}
	p.picture(t, "answer")

	if got := p.text(t, "#layers summary"); got != "图层" {
		t.Errorf("in a Chinese browser the layers are headed %q", got)
	}
	p.do(t, chromedp.Click(chromedp.CSS("#language")))
	if got := p.text(t, "#layers summary") + " " + p.text(t, "#panel h2"); got != "Layers Who is responsible here?" {
		t.Errorf("switched to English, the page says %q", got)
	}
	p.holds(t, city)

	p.do(t, chromedp.Click(chromedp.CSS("#panel .close")))
	p.settles(t)
	before := p.picture(t, "layers-on")
	p.do(t, chromedp.Click(chromedp.CSS(`input[name="grids"]`)))
	eventually(t, "a map without its grids", func() bool { return differing(before, p.picture(t, "layers-off")) > 1_000 })
	p.do(t, chromedp.Click(chromedp.CSS(`input[name="grids"]`)))
	eventually(t, "the grids again", func() bool { return differing(before, p.picture(t, "layers-on")) < 250 })

	run(t, p, chromedp.Evaluate[any](`document.querySelector("#map canvas").focus()`))
	p.do(t, chromedp.KeyEvent("\r"))
	p.holds(t, city)

	for _, problem := range p.complaints() {
		t.Error(problem)
	}
	p.server.CloseClientConnections() // the page follows the tiles
	p.server.Close()
	p.do(t, chromedp.MouseClickXY(600, 300))
	if got := p.text(t, "#panel .fault"); !strings.Contains(got, "does not answer") {
		t.Errorf("with the service gone the page says %q", got)
	}
}

// holds compares what the panel says with what the engine says of the place it shows.
func (p *page) holds(t *testing.T, city *index.Snapshot) {
	t.Helper()
	at := p.shown(t)
	p.listed(t, city, at)
	decision := routing.New(city, settings()).Decide(routing.Request{At: at, Source: "pin", Reported: time.Now()})
	if who := p.text(t, "#panel .who"); decision.Department == nil || who != decision.Department.Name {
		t.Errorf("at %s the panel names %q, the engine %+v", at, who, decision.Department)
	}
}

// shown is the place the panel speaks of, once it has an answer.
func (p *page) shown(t *testing.T) geo.Coord {
	t.Helper()
	p.do(t, chromedp.WaitVisible(chromedp.CSS(`#panel[data-state="answered"]`)))
	lon, lat, _ := strings.Cut(p.text(t, "#answer .at"), ", ")
	x, _ := strconv.ParseFloat(lon, 64)
	y, _ := strconv.ParseFloat(lat, 64)
	at, err := geo.CoordOf(x, y)
	if err != nil || x == 0 {
		t.Fatalf("the panel shows the place %s, %s", lon, lat)
	}
	return at
}

// listed compares the areas and lines in the panel with those at the place.
func (p *page) listed(t *testing.T, city *index.Snapshot, at geo.Coord) {
	t.Helper()
	want := make(map[string]bool)
	place := city.Locate(at)
	for _, hit := range place.Areas {
		want[string(hit.Area.Layer)+" "+string(hit.Area.Code)] = true
	}
	for _, hit := range place.Lines {
		want[string(hit.Area.Layer)+" "+string(hit.Area.Code)] = true
	}
	got := run(t, p, chromedp.Evaluate[[]string](
		`[...document.querySelectorAll("#panel li[data-layer]")].map(li => li.dataset.layer + " " + li.dataset.code)`))
	for _, shown := range got {
		if !want[shown] {
			t.Errorf("at %s the panel shows %s, which is not there", at, shown)
		}
		delete(want, shown)
	}
	for missing := range want {
		t.Errorf("at %s the panel does not show %s", at, missing)
	}
}

// TestAClickOnALampAsksWhoKeepsTheLamp: an asset that is clicked decides by its own
// bodies, not by the ground it stands on.
func TestAClickOnALampAsksWhoKeepsTheLamp(t *testing.T) {
	t.Parallel()
	city := demoCity(t)
	p := open(t, city, "zh-CN")
	var lamp geo.Asset
	for a := range city.Assets(geo.AssetKey{}) {
		if a.Category.Code == "01037" && a.Maintainer != "" {
			lamp = a
			break
		}
	}
	x, y := p.over(t, 19, lamp.Point.Lon(), lamp.Point.Lat())
	var shown string
	eventually(t, "an asset in the panel", func() bool {
		p.do(t, chromedp.MouseClickXY(x, y))
		p.shown(t)
		shown = run(t, p, chromedp.Evaluate[string](`document.querySelector("#panel [data-asset]")?.dataset.asset ?? ""`))
		return shown != ""
	})
	p.picture(t, "asset")
	asset, ok := city.Asset("", geo.AssetID(shown))
	if !ok || geo.FrameAt(lamp.Point).Distance(asset.Point) > 2 {
		t.Fatalf("a click on %s shows %s", lamp.ID, shown)
	}
	decision := routing.New(city, settings()).Decide(routing.Request{
		At: p.shown(t), Asset: asset.ID, Category: asset.Category, Reported: time.Now(),
	})
	if who := p.text(t, "#panel .who"); decision.Rule != routing.Maintainer || who != decision.Department.Name {
		t.Errorf("the panel names %q for %s, the engine %+v by %s", who, asset.ID, decision.Department, decision.Rule)
	}
	for _, problem := range p.complaints() {
		t.Error(problem)
	}
}

// settles waits until two pictures in a row are the same.
func (p *page) settles(t *testing.T) {
	t.Helper()
	last := p.picture(t, "settling")
	eventually(t, "a map at rest", func() bool {
		now := p.picture(t, "settling")
		same := differing(last, now) == 0
		last = now
		return same
	})
}

func TestThePageIsReadableInTheDarkAndOnATelephone(t *testing.T) {
	t.Parallel()
	city := demoCity(t)
	p := open(t, city, "en-GB")
	if _, err := chromedp.Call(p.ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
		Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: "dark"}},
	}); err != nil {
		t.Fatal(err)
	}
	eventually(t, "a dark map", func() bool {
		red, green, blue, _ := p.picture(t, "dark").At(600, 640).RGBA()
		return red+green+blue < 3*0x4000
	})
	p.do(t, chromedp.EmulateViewport(360, 740))
	eventually(t, "labels and grids on a telephone", func() bool { return colours(p.picture(t, "telephone")) > 200 })
	if wide := run(t, p, chromedp.Evaluate[int](`document.documentElement.scrollWidth`)); wide > 360 {
		t.Errorf("on a telephone 360 pixels wide the page is %d wide", wide)
	}
	p.do(t, chromedp.MouseClickXY(180, 330))
	p.holds(t, city)
	p.picture(t, "telephone")
	for _, problem := range p.complaints() {
		t.Error(problem)
	}
}

// TestAContestedPlaceAsksAndAnAnswerSettlesIt: who chases a parked car depends on the kerb.
// The page asks on which side of it the car stands, and the answer decides.
func TestAContestedPlaceAsksAndAnAnswerSettlesIt(t *testing.T) {
	t.Parallel()
	city := demoCity(t)
	p := open(t, city, "zh-CN")
	p.choose(t, "parking", "09009 机动车乱停放")
	p.do(t, chromedp.MouseClickXY(600, 420))
	at := p.shown(t)
	request := routing.Request{
		At: at, Source: "pin", Reported: time.Now(),
		Category: geo.CategoryKey{Standard: standard, Kind: geo.Matter, Code: "09009"},
	}
	p.tells(t, city, request, routing.Chinese)
	p.settles(t)
	p.picture(t, "question")

	p.answer(t, "车行道")
	request.Answers = map[string]string{"位置": "车行道"}
	p.tells(t, city, request, routing.Chinese)
	if who := p.text(t, "#answer .who"); who != name(city, "JJ") {
		t.Errorf("below the kerb the page names %s", who)
	}
	if !run(t, p, chromedp.Evaluate[bool](`document.activeElement.id === "answer"`)) {
		t.Error("the answer does not take the focus from the button that is gone")
	}

	p.do(t, chromedp.Click(chromedp.CSS("#answer .again")))
	p.shown(t)
	request.Answers = nil
	p.tells(t, city, request, routing.Chinese)
	p.answer(t, "人行道")
	request.Answers = map[string]string{"位置": "人行道"}
	p.tells(t, city, request, routing.Chinese)
	if helper := p.text(t, "#answer .helper"); !strings.Contains(helper, name(city, "JJ")) {
		t.Errorf("above the kerb %s helps", helper)
	}
	p.do(t, chromedp.Click(chromedp.CSS("#language")))
	p.shown(t)
	p.tells(t, city, request, routing.English)
	if due := p.text(t, "#answer .due"); !strings.Contains(due, "20") {
		t.Errorf("it is due %q", due)
	}
	for _, problem := range p.complaints() {
		t.Error(problem)
	}
}

// TestHowThePlaceIsKnownSaysWhatIsOpen: an address is known to 50 m, so near a border it
// could be the neighbour's; a pin on the map leaves nothing open there.
func TestHowThePlaceIsKnownSaysWhatIsOpen(t *testing.T) {
	t.Parallel()
	city := demoCity(t)
	p := open(t, city, "en-GB")
	p.do(t, chromedp.MouseClickXY(598, 420))
	request := routing.Request{At: p.shown(t), Source: "pin", Reported: time.Now()}
	p.tells(t, city, request, routing.English)
	run(t, p, chromedp.Evaluate[any](`{
		const source = document.querySelector("#about select");
		source.value = "address";
		source.dispatchEvent(new Event("change", { bubbles: true }));
	}`))
	p.do(t, chromedp.WaitVisible(chromedp.CSS("#answer .question")))
	request.Source = "address"
	p.tells(t, city, request, routing.English)

	p.choose(t, "井盖", "井盖")
	p.do(t, chromedp.WaitVisible(chromedp.CSS("#answer [data-asset]")))
	request.Family = "井盖"
	p.tells(t, city, request, routing.English)
	for _, problem := range p.complaints() {
		t.Error(problem)
	}
}

// choose looks for what is reported by some of its name and takes the entry of that text.
func (p *page) choose(t *testing.T, part, entry string) {
	t.Helper()
	run(t, p, chromedp.Evaluate[any](`{const field = document.querySelector("#subject"); field.focus(); field.select()}`))
	for _, letter := range part {
		p.do(t, chromedp.KeyEvent(string(letter)))
	}
	listed := run(t, p, chromedp.Evaluate[[]string](`[...document.querySelectorAll("#subjects [role=option]")].map(o => o.firstChild.textContent)`))
	i := slices.Index(listed, entry)
	if i < 0 {
		t.Fatalf("looking for %s the page offers %q, not %s", part, listed, entry)
	}
	for range i + 1 {
		p.do(t, chromedp.KeyEvent(kb.ArrowDown))
	}
	p.do(t, chromedp.KeyEvent("\r"))
	if chosen := run(t, p, chromedp.Evaluate[string](`document.querySelector("#subject").value`)); chosen != entry {
		t.Errorf("chosen is %q, not %q", chosen, entry)
	}
}

// answer presses the button of an option and waits for the decision.
func (p *page) answer(t *testing.T, value string) {
	t.Helper()
	p.do(t, chromedp.Click(chromedp.CSS(fmt.Sprintf("#answer .option[data-value=%q]", value))))
	p.do(t, chromedp.WaitVisible(chromedp.CSS("#answer .given")))
	p.shown(t)
}

// tells compares the whole decision in the panel with the engine's.
func (p *page) tells(t *testing.T, city *index.Snapshot, request routing.Request, language routing.Language) {
	t.Helper()
	decision := routing.New(city, settings()).Decide(request)
	want := routing.NewRecord(&decision).In(language)
	var told struct {
		Who, By             string
		Steps, Others, Says []string
	}
	told.Who = p.text(t, "#answer .who")
	told.By = p.text(t, "#answer .lead .rule")
	told.Steps = p.texts(t, "#answer .why li")
	told.Others = p.texts(t, "#answer [data-candidate] .name")
	told.Says = p.texts(t, "#answer .option")
	if who := want.Department; who == nil || told.Who != who.Name {
		t.Errorf("the panel names %s, the engine %+v", told.Who, who)
	}
	if want.Row != "" && !strings.HasSuffix(told.By, string(want.Row)) {
		t.Errorf("the panel names %s as what decided, the engine row %s", told.By, want.Row)
	}
	var steps []string
	for _, step := range want.Explanation {
		steps = append(steps, step.Sentence)
	}
	if !slices.Equal(told.Steps, steps) {
		t.Errorf("the panel explains %q, the engine %q", told.Steps, steps)
	}
	var others, options, question []string
	if c := want.Contested; c != nil {
		for _, o := range c.Candidates {
			if want.Department == nil || o.Department != *want.Department {
				others = append(others, o.Department.Name)
			}
		}
		if c.Question != nil {
			question = append(question, c.Question.Text)
			for _, o := range c.Question.Options {
				options = append(options, o.Text)
			}
		}
	}
	if asked := p.texts(t, "#answer .question"); !slices.Equal(asked, question) {
		t.Errorf("the panel asks %q, the engine %q", asked, question)
	}
	if !slices.Equal(told.Others, others) {
		t.Errorf("in the panel %q could be right, for the engine %q", told.Others, others)
	}
	if !slices.EqualFunc(told.Says, options, strings.HasPrefix) {
		t.Errorf("the panel offers the answers %q, the engine %q", told.Says, options)
	}
}

func name(city *index.Snapshot, code geo.DepartmentCode) string {
	d, _ := city.Department(code)
	return d.Name
}
