package stories

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// desk is another screen, on a site of its own, which frames what its ?frame= says, keeps what
// it is told and hands over its ?key= when it is asked for one.
const desk = `<!doctype html><title>desk</title><iframe id="answer" width="400" height="600"></iframe><script>
	const query = new URLSearchParams(location.search), key = query.get("key"), told = [];
	addEventListener("message", ({source, origin, data}) => {
		told.push({origin, ...data});
		if (key && data.type === "gridwarden.key-wanted") source.postMessage({type: "gridwarden.key", key}, origin);
	});
	document.getElementById("answer").src = query.get("frame");
</script>`

// newDesk serves a desk and gives its origin. Browsers send no cookie of the city's, which is
// of another site, to what is within it.
func newDesk(t *testing.T) string {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		fmt.Fprint(w, desk)
	}))
	t.Cleanup(s.Close)
	return strings.Replace(s.URL, "127.0.0.1", "localhost", 1)
}

// embedded is the address of the question about a parked car, handed back to an origin.
func (c *city) embedded(lon, lat float64, origin string) string {
	query := url.Values{
		"category": {"matter/" + parking}, "lon": {fmt.Sprint(lon)}, "lat": {fmt.Sprint(lat)}, "origin": {origin},
	}
	return c.url + "/embed?" + query.Encode()
}

// TestADecisionIsHandedToTheScreenAround: only to the origin that is named, and only a
// screen that is among the parents has the page in it at all. Where keys are asked for, the
// page is let in by the one the screen hands over, or by one that is typed into it.
func TestADecisionIsHandedToTheScreenAround(t *testing.T) {
	t.Parallel()
	known, stranger := newDesk(t), newDesk(t)
	city := newDemoCity(t, "--keys", "--embed-parents", known)
	city.key = city.newKey("陈静", "dispatcher")
	lon, lat := city.middle("grids")
	v := city.visit(keyboard, "zh-CN", "/embed?origin="+url.QueryEscape(city.url))
	v.foresees("another host: (" + known + "|" + stranger + ")")
	v.foresees("frame-ancestors|favicon|401")
	framing := func(by, origin, key string) {
		query := url.Values{"frame": {city.embedded(lon, lat, origin)}, "key": {key}}
		v.do(chromedp.Navigate(by + "/?" + query.Encode()))
	}
	isTold := func(what string) {
		t.Helper()
		v.eventually("the desk is told: "+what, func() bool { return js[string](v, "told.at(-1)?.type ?? ''") == "gridwarden."+what })
	}
	asked := city.route(lon, lat, nil)
	decides := func() {
		t.Helper()
		isTold("decision")
		if origin, who := js[string](v, "told.at(-1).origin"), js[string](v, "told.at(-1).decision.department.code"); origin != city.url || who != asked.Department.Code {
			t.Errorf("told by %s it is %s, the service says %+v", origin, who, asked.Department)
		}
	}

	framing(known, known, city.key)
	decides()

	framing(known, known, "") // nothing is kept of the key before
	isTold("key-wanted")
	v.keys(kb.Tab) // into the frame, past the field for a key, which has the focus in there
	v.do(chromedp.KeyEvent(kb.Tab, chromedp.KeyModifiers(chromedp.ModifierShift)))
	for _, letter := range city.key {
		v.keys(string(letter))
	}
	v.picture("door")
	v.keys(kb.Enter)
	decides()

	framing(stranger, stranger, city.key)
	v.eventually("the browser refuses to frame it", func() bool { return v.complainedOf("frame-ancestors") })
	if n := js[int](v, "told.length"); n != 0 {
		t.Errorf("a stranger was told %d times", n)
	}
}

// TestTheQuestionIsAnsweredInsideAnotherScreen: the answer decides there as it does on the
// page, and each decision is handed on.
func TestTheQuestionIsAnsweredInsideAnotherScreen(t *testing.T) {
	everyone(t, func(t *testing.T, h hands) {
		city := newDemoCity(t)
		lon, lat := city.middle("grids")
		v := city.visit(h, "zh-CN", strings.TrimPrefix(city.embedded(lon, lat, city.url), city.url))
		js[any](v, `{ window.told = []; addEventListener("message", e => told.push(e.data)) }`)
		question := city.route(lon, lat, nil).Contested.Question
		v.answer(question.Options[0].Value)
		settled := city.route(lon, lat, map[string]string{question.ID: question.Options[0].Value})
		v.tells(settled)
		v.eventually("the decision is handed on", func() bool {
			return js[string](v, "told.at(-1)?.decision.department?.code ?? ''") == settled.Department.Code
		})
		v.axe("the question inside another screen")
		v.picture("embed")
	})
}

// complainedOf tells whether the browser complained of something, foreseen or not.
func (v *visitor) complainedOf(part string) bool {
	v.mu.Lock()
	defer v.mu.Unlock()
	return slices.ContainsFunc(v.problems, func(problem string) bool { return strings.Contains(problem, part) })
}
