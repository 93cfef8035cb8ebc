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
)

// desk is another screen, at an origin of its own, which frames what its ?frame= says and
// keeps what it is told.
const desk = `<!doctype html><title>desk</title><iframe id="answer" width="400" height="600"></iframe><script>
	const told = [];
	addEventListener("message", ({origin, data}) => told.push({origin, ...data}));
	document.getElementById("answer").src = new URLSearchParams(location.search).get("frame");
</script>`

func newDesk(t *testing.T) *httptest.Server {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		fmt.Fprint(w, desk)
	}))
	t.Cleanup(s.Close)
	return s
}

// embedded is the address of the question about a parked car, handed back to an origin.
func (c *city) embedded(lon, lat float64, origin string) string {
	query := url.Values{
		"category": {"matter/" + parking}, "lon": {fmt.Sprint(lon)}, "lat": {fmt.Sprint(lat)}, "origin": {origin},
	}
	return c.url + "/embed?" + query.Encode()
}

// TestADecisionIsHandedToTheScreenAround: only to the origin that is named, and only a
// screen that is among the parents has the page in it at all.
func TestADecisionIsHandedToTheScreenAround(t *testing.T) {
	t.Parallel()
	known, stranger := newDesk(t), newDesk(t)
	city := newDemoCity(t, "--embed-parents", known.URL)
	lon, lat := city.middle("grids")
	v := city.visit(mouse, "zh-CN", "/embed?origin="+url.QueryEscape(city.url))
	v.foresees("another host: (" + known.URL + "|" + stranger.URL + ")")
	v.foresees("frame-ancestors|favicon")
	framing := func(by *httptest.Server, origin string) {
		v.do(chromedp.Navigate(by.URL + "/?frame=" + url.QueryEscape(city.embedded(lon, lat, origin))))
	}

	framing(known, known.URL)
	v.eventually("the desk is told", func() bool { return js[int](v, "told.length") > 0 })
	asked := city.route(lon, lat, nil)
	if origin, who := js[string](v, "told.at(-1).origin"), js[string](v, "told.at(-1).decision.department.code"); origin != city.url || who != asked.Department.Code {
		t.Errorf("told by %s it is %s, the service says %+v", origin, who, asked.Department)
	}

	framing(stranger, stranger.URL)
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
