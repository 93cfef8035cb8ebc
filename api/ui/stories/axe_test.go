package stories

import (
	"fmt"
	"net/http"
	"os"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// finding is what axe-core found wrong on a page.
type finding struct {
	ID, Impact, Help string
	Where            []string
}

// axe fails where axe-core finds something serious or critical on the page as it is now.
func (v *visitor) axe(where string) {
	v.Helper()
	for _, f := range v.barriers("") {
		v.Errorf("%s: %s %s: %s at %s", where, f.Impact, f.ID, f.Help, strings.Join(f.Where, "; "))
	}
}

// barriers are the serious and critical findings of axe-core, of one of its rules or all.
func (v *visitor) barriers(rule string) []finding {
	v.Helper()
	if !js[bool](v, `typeof axe === "object"`) {
		source, err := os.ReadFile("../node_modules/axe-core/axe.min.js")
		if err != nil {
			v.Fatal(err)
		}
		js[any](v, "%s", source) // the page's policy is for what the page loads, not for who drives it
	}
	found, err := chromedp.Run(v.ctx, chromedp.Evaluate[[]finding](fmt.Sprintf(`axe.run({resultTypes: ["violations"], ...(%[1]q && {runOnly: %[1]q})}).then(({violations}) => violations
		.filter(({impact}) => impact === "serious" || impact === "critical")
		.map(({id, impact, help, nodes}) => ({id, impact, help, where: nodes.map(n => n.target.join(" ") + " (" + n.any.concat(n.all).map(c => c.message).join(", ") + ")")})))`, rule), chromedp.EvalAwaitPromise))
	if err != nil {
		v.Fatal(err)
	}
	return found
}

// likes has the browser say that its visitor likes pages light or dark.
func (v *visitor) likes(scheme string) {
	v.Helper()
	feature := []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}}
	if _, err := chromedp.Call(v.ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: feature}); err != nil {
		v.Fatal(err)
	}
}

// stop is a place of the page where axe-core looks.
type stop struct {
	address, press string // what is opened, and pressed there
	ready          string // is to be seen then
}

// TestNobodyMeetsABarrier: axe-core looks at the workplaces, the page for other screens
// and the sheet to print; once more, for contrast alone, at all of them in the dark.
func TestNobodyMeetsABarrier(t *testing.T) {
	t.Parallel()
	c := newDemoCity(t)
	lon, lat := c.middle("grids")
	var draft struct{ ID string }
	c.ask("POST", "/v1/drafts", map[string]string{"name": "改线"}, http.StatusCreated, &draft)
	at := fmt.Sprintf("%f,%f", lon, lat)
	stops := []stop{
		{address: "/#/call?about=井盖&at=" + at, ready: "#answer"},
		{press: "#help", ready: "#keys"},
		{address: "/#/plan", ready: "#drafts"},
		{address: "/#/plan?draft=" + draft.ID, ready: "#draft h2"},
		{address: "/#/duty", ready: "#rules-count"},
		{press: "#duty-tab-audit", ready: "#duty-matrix"},
		{press: "#duty-tab-returns", ready: "#duty-tab-returns[aria-selected=true]"},
		{address: "/embed?at=" + at, ready: "#subject"},
		{address: "/print.html?area=streets/" + street, ready: "h1"},
	}
	v := c.visit(mouse, "zh-CN", stops[0].address)
	for _, look := range [][2]string{{"light", ""}, {"dark", "color-contrast"}} {
		scheme, rule := look[0], look[1]
		v.likes(scheme)
		for _, s := range stops {
			if s.press != "" {
				v.press(s.press)
			} else {
				v.do(chromedp.Navigate(c.url + s.address))
			}
			v.do(chromedp.WaitVisible(chromedp.CSS(s.ready)))
			for _, f := range v.barriers(rule) {
				t.Errorf("%s%s in %s: %s %s: %s at %s", s.address, s.press, scheme, f.Impact, f.ID, f.Help, strings.Join(f.Where, "; "))
			}
		}
	}
}
