package stories

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// hostile is the name of an area that runs where a name is taken for markup.
const hostile = `<script>document.title="ran"</script><img src=x onerror='document.title="ran"'>`

// TestWhatGoesWrongIsToldAndNothingIsLost: a session that ends in the middle of a search, a
// key that is wrong, a hostile name, a server that stalls and one that dies, a right that is
// missing.
func TestWhatGoesWrongIsToldAndNothingIsLost(t *testing.T) {
	everyone(t, func(t *testing.T, h hands) {
		closed := []string{"--keys", "--public", "districts,streets,communities,grids,parks,roads,sites,assets"}
		c := newDemoCity(t, closed...)
		c.must("import", "areas", "--layer", "sites", "--kind", "overlay", c.hostileArea())
		v := c.visit(h, "zh-CN", "/#/call")
		v.foresees(`40[13]|503|ERR_|Failed to load`)

		v.drawn()
		v.sessionEnds()
		v.write("#find", "井")
		v.write("#door [name=key]", "gw_wrong_key")
		v.keys(kb.Enter)
		v.shows("#door [role=alert]", "密钥")
		v.picture("door")
		v.signIn(c.newKey("陈静", "dispatcher"))
		v.shows("#found [role=option]", "井盖") // which nobody asked for again
		v.shows("#who", "陈静")

		v.find("<script>")
		v.shows("#panel", hostile)
		if title := js[string](v, "document.title"); title == "ran" {
			t.Error("the name of an area ran as a script")
		}

		v.stalls(func() {
			v.write("#find", "云")
			v.shows("[data-notice=slow]", "")
		})
		v.shows("#found [role=option]", "云")

		c.kill()
		v.shows("[data-notice=away]", "")
		v.press("[data-workplace=plan]") // whose code is here already
		v.shows("#panel.plan", "草案")
		v.press("[data-workplace=call]")
		v.write("#find", "路灯")
		v.picture("away")
		c.serve(closed...)
		v.shows("#found [role=option]", "路灯")
		v.eventually("the notice goes by itself", func() bool { return len(v.texts("[data-notice=away]")) == 0 })

		v.press("#sign-out")
		v.press("#sign-in")
		v.signIn(c.newKey("王芳", "security"))
		v.shows("#notices [data-notice=loading]", "没有“查看内部信息”权限，需要 viewer") // the service says it in the language of the page
	})
}

// TestWithoutWebGLPeopleAreAnsweredAllTheSame: the map is missing, and says so.
func TestWithoutWebGLPeopleAreAnsweredAllTheSame(t *testing.T) {
	everyone(t, func(t *testing.T, h hands) {
		c := newDemoCity(t)
		v := c.visit(h, "zh-CN", "/#/duty")
		v.foresees("WebGL")
		if _, err := chromedp.Call(v.ctx, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{
			Source: `HTMLCanvasElement.prototype.getContext = () => null`,
		}); err != nil {
			t.Fatal(err)
		}
		v.goTo("/?blind#/call")
		v.shows("[data-notice=map]", "WebGL")
		lon, lat := c.middle("communities")
		v.find("路灯")
		v.find(fmt.Sprintf("%.7f, %.7f", lon, lat))
		v.shows("#answer .who", "")
		v.picture("blind")
	})
}

// hostileArea is a file with one area, at the middle of the city.
func (c *city) hostileArea() string {
	c.Helper()
	lon, lat := c.middle("communities")
	corner := func(x, y float64) string { return fmt.Sprintf("[%.7f,%.7f]", lon+x, lat+y) }
	ring := strings.Join([]string{corner(0, 0), corner(.001, 0), corner(.001, .001), corner(0, .001), corner(0, 0)}, ",")
	text := fmt.Sprintf(`{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"code":"X1","name":%q},"geometry":{"type":"Polygon","coordinates":[[%s]]}}]}`, hostile, ring)
	path := filepath.Join(c.TempDir(), "hostile.geojson")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		c.Fatal(err)
	}
	return path
}

// newKey makes a key and gives its token.
func (c *city) newKey(name, roles string, scope ...string) string {
	c.Helper()
	for word := range strings.FieldsSeq(c.must("key", "create", "--name", name, "--roles", roles, "--scope", strings.Join(scope, ","))) {
		if strings.HasPrefix(word, "gw_") {
			return word
		}
	}
	c.Fatal("no key was shown")
	return ""
}

// signIn shows a key at the door.
func (v *visitor) signIn(key string) {
	v.Helper()
	v.write("#door [name=key]", key)
	v.keys(kb.Enter)
	v.eventually("the door closes", func() bool { return len(v.texts("#door")) == 0 })
}

// sessionEnds has the server not know the session any more.
func (v *visitor) sessionEnds() {
	v.Helper()
	_, err := chromedp.Call(v.ctx, network.SetCookie, network.SetCookieParams{Name: "gridwarden_session", Value: "gw_aaaa_aaaa", URL: v.city.url})
	if err != nil {
		v.Fatal(err)
	}
}

// stalls has the server stand still while something is done.
func (v *visitor) stalls(meanwhile func()) {
	v.Helper()
	server := v.city.server.Process
	if err := server.Signal(syscall.SIGSTOP); err != nil {
		v.Fatal(err)
	}
	defer func() { _ = server.Signal(syscall.SIGCONT) }()
	meanwhile()
}
