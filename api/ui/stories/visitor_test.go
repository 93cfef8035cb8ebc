package stories

import (
	"context"
	"fmt"
	"iter"
	"math"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"gridwarden/api/ui/uitest"
)

// hands is how somebody uses the page.
type hands string

const (
	mouse    hands = "mouse"
	keyboard hands = "keyboard" // and nothing else
)

// everyone plays a story with each kind of hands.
func everyone(t *testing.T, story func(t *testing.T, h hands)) {
	t.Parallel()
	for _, h := range []hands{mouse, keyboard} {
		t.Run(string(h), func(t *testing.T) {
			t.Parallel()
			story(t, h)
		})
	}
}

// visitor is somebody in front of the page, in a browser of their own. When the test ends,
// everything the browser complained of fails it, but for what was foreseen.
type visitor struct {
	testing.TB
	hands
	ctx  context.Context
	city *city

	mu       sync.Mutex
	problems []string // console errors, refused requests, other hosts
	foreseen []*regexp.Regexp
}

// visit opens the page at an address, such as "/#/plan", in a browser of a language.
func (c *city) visit(h hands, language, address string) *visitor {
	c.Helper()
	if _, err := os.Stat("../dist/index.html"); err != nil {
		c.Skip("the page is not built: npm ci && npm run build in api/ui")
	}
	c.language = language
	v := &visitor{TB: c.TB, hands: h, city: c, ctx: uitest.Browser(c.TB, language)}
	if err := chromedp.Listen(v.ctx, v.watch); err != nil {
		c.Fatal(err)
	}
	go v.read(chromedp.Console(v.ctx))
	if _, err := chromedp.Call(v.ctx, network.Enable, network.EnableParams{}); err != nil {
		c.Fatal(err)
	}
	c.Cleanup(func() {
		for _, problem := range v.complaints() {
			c.Error(problem)
		}
	})
	v.goTo(address)
	return v
}

// goTo opens another address of the city.
func (v *visitor) goTo(address string) {
	v.Helper()
	v.do(chromedp.Navigate(v.city.url+address), chromedp.WaitVisible(chromedp.CSS("#panel")))
}

// foresees says what the browser may complain of: a pattern over what is told.
func (v *visitor) foresees(pattern string) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.foreseen = append(v.foreseen, regexp.MustCompile(pattern))
}

func (v *visitor) complaints() []string {
	v.mu.Lock()
	defer v.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(v.problems), func(problem string) bool {
		return slices.ContainsFunc(v.foreseen, func(r *regexp.Regexp) bool { return r.MatchString(problem) })
	})
}

func (v *visitor) complain(problem string) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.problems = append(v.problems, problem)
}

// watch notes requests to other hosts and refused ones.
func (v *visitor) watch(event any) {
	switch e := event.(type) {
	case *network.EventRequestWillBeSent:
		u, err := url.Parse(e.Request.URL)
		if err != nil || "http://"+u.Host != v.city.url && u.Scheme != "data" && u.Scheme != "blob" {
			v.complain("the page asked another host: " + e.Request.URL)
		}
	case *network.EventResponseReceived:
		if e.Response.Status >= 400 {
			v.complain(fmt.Sprintf("refused with %d: %s", e.Response.Status, e.Response.URL))
		}
	}
}

// read notes what the page and the browser wrote to the console as an error.
func (v *visitor) read(console iter.Seq2[chromedp.ConsoleMessage, error]) {
	for m, err := range console {
		if err != nil {
			return
		}
		if m.Type == chromedp.ConsoleError || m.IsException() {
			v.complain("console: " + m.String())
		}
	}
}

func (v *visitor) do(steps ...chromedp.Action[chromedp.Void]) {
	v.Helper()
	if err := chromedp.Do(v.ctx, steps...); err != nil {
		v.picture("failed")
		v.Fatalf("%v; the browser complained of %q; the page says %q", err, v.complaints(), v.texts("#panel, #notices"))
	}
}

// js is the value of an expression on the page.
func js[T any](v *visitor, expression string, args ...any) T {
	v.Helper()
	value, err := chromedp.Run(v.ctx, chromedp.Evaluate[T](fmt.Sprintf(expression, args...)))
	if err != nil {
		v.Fatalf("%s: %v; the browser complained of %q", expression, err, v.complaints())
	}
	return value
}

// texts are the texts of all elements a selector finds.
func (v *visitor) texts(selector string) []string {
	v.Helper()
	return js[[]string](v, "[...document.querySelectorAll(%q)].map(e => e.innerText.trim())", selector)
}

// text is the text of the first of them; empty when there is none.
func (v *visitor) text(selector string) string {
	v.Helper()
	return strings.Join(v.texts(selector)[:min(1, len(v.texts(selector)))], "")
}

// shows waits until an element's text holds a part.
func (v *visitor) shows(selector, part string) {
	v.Helper()
	v.eventually(fmt.Sprintf("%s says %q", selector, part), func() bool {
		return slices.ContainsFunc(v.texts(selector), func(text string) bool { return strings.Contains(text, part) })
	})
}

// eventually waits until something holds, and fails with what the page says.
func (v *visitor) eventually(what string, holds func() bool) {
	v.Helper()
	defer func() {
		if v.Failed() {
			v.picture("failed")
			v.Logf("the page says %q", v.texts("#bar, #panel, #notices"))
		}
	}()
	eventually(v.TB, what, holds)
}

// press presses a button, follows a link or ticks a box: by a click, or by tabbing to it
// and Enter or the space bar.
func (v *visitor) press(selector string) {
	v.Helper()
	v.do(chromedp.WaitVisible(chromedp.CSS(selector)))
	if v.hands == mouse {
		v.click(selector)
		return
	}
	v.tabTo(selector)
	if js[bool](v, `document.activeElement.matches("input, option")`) {
		v.keys(" ")
	} else {
		v.keys(kb.Enter)
	}
}

// click clicks on an element once it stays where it is: what loads above it moves it.
func (v *visitor) click(selector string) {
	v.Helper()
	var place, before string
	v.eventually(selector+" is at rest", func() bool {
		before, place = place, js[string](v, `JSON.stringify(document.querySelector(%q)?.getBoundingClientRect() ?? null)`, selector)
		return place == before
	})
	v.do(chromedp.Click(chromedp.CSS(selector)))
}

// write puts a text into a field in place of what it holds.
func (v *visitor) write(selector, text string) {
	v.Helper()
	v.do(chromedp.WaitVisible(chromedp.CSS(selector)))
	if v.hands == mouse {
		v.click(selector)
	} else {
		v.tabTo(selector)
	}
	js[any](v, `document.activeElement.select?.()`)
	for _, letter := range text {
		v.keys(string(letter))
	}
}

// pick takes the first option of a select whose value begins so, by the arrow keys: the list
// that a click opens is the browser's own, and no test sees it.
func (v *visitor) pick(selector, begins string) {
	v.Helper()
	if v.hands == mouse {
		js[any](v, `document.querySelector(%q).focus()`, selector)
	} else {
		v.tabTo(selector)
	}
	for range js[int](v, `document.activeElement.options.length`) {
		if js[bool](v, `document.activeElement.value.startsWith(%q)`, begins) {
			return
		}
		v.keys(kb.ArrowDown)
	}
	v.Fatalf("%s has no option that begins with %q", selector, begins)
}

// keys presses keys one after the other.
func (v *visitor) keys(keys ...string) {
	v.Helper()
	for _, key := range keys {
		v.do(chromedp.KeyEvent(key))
	}
}

// furthest is how often somebody presses Tab before they give up.
const furthest = 400

// tabTo moves the focus to an element by the Tab key.
func (v *visitor) tabTo(selector string) {
	v.Helper()
	for range furthest {
		if js[bool](v, `document.activeElement?.matches(%q) ?? false`, selector) {
			return
		}
		v.keys(kb.Tab)
	}
	v.picture("unreachable")
	v.Fatalf("%s is not reached by the Tab key", selector)
}

// point takes a place on the map: by a click there, or by writing where it is.
func (v *visitor) point(lon, lat float64) {
	v.Helper()
	if v.hands == keyboard {
		v.find(fmt.Sprintf("%.7f, %.7f", lon, lat))
		return
	}
	x, y := v.pixel(lon, lat)
	v.do(chromedp.MouseClickXY(x, y))
}

// find looks for something in the finding box, and takes the first result.
func (v *visitor) find(text string) {
	v.Helper()
	v.write("#find", text)
	v.do(chromedp.WaitVisible(chromedp.CSS("#found [role=option]")))
	v.keys(kb.Enter)
}

// pixel is where a place is in the window, as the address of the page says what is shown.
func (v *visitor) pixel(lon, lat float64) (x, y float64) {
	v.Helper()
	var zoom, midLat, midLon float64
	v.eventually("the address holds the view", func() bool {
		hash := js[string](v, "decodeURIComponent(location.hash)")
		_, view, _ := strings.Cut(hash, "map=")
		n, _ := fmt.Sscanf(view, "%f/%f/%f", &zoom, &midLat, &midLon)
		return n == 3
	})
	box := js[[]float64](v, `(r => [r.left + r.width / 2, r.top + r.height / 2])(document.querySelector("#map").getBoundingClientRect())`)
	world := 512 * math.Exp2(zoom)
	return box[0] + (mercatorX(lon)-mercatorX(midLon))*world, box[1] + (mercatorY(lat)-mercatorY(midLat))*world
}

func mercatorX(lon float64) float64 { return lon/360 + 0.5 }

func mercatorY(lat float64) float64 {
	return 0.5 - math.Log(math.Tan(math.Pi/4+lat*math.Pi/360))/(2*math.Pi)
}

// picture keeps what the page looks like as NAME.png, where GRIDWARDEN_PICTURES names a
// directory.
func (v *visitor) picture(name string) {
	v.Helper()
	dir := os.Getenv("GRIDWARDEN_PICTURES")
	if dir == "" {
		return
	}
	shot, err := chromedp.Run(v.ctx, chromedp.CaptureScreenshot())
	if err == nil {
		err = os.WriteFile(filepath.Join(dir, strings.ReplaceAll(v.Name(), "/", "-")+"-"+name+".png"), shot, 0o644)
	}
	if err != nil {
		v.Log(err)
	}
}
