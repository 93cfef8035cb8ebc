package stories

import (
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// TestWhoComesFirstIsShownThePage: the tour is offered once and in a corner, covers nothing of
// what it points at, and comes back by the button that lists the keys.
func TestWhoComesFirstIsShownThePage(t *testing.T) {
	everyone(t, func(t *testing.T, h hands) {
		v := newDemoCity(t).visit(h, languageOf(h), "/")
		v.drawn()
		v.picture("offer")
		v.press("#tour-offer [data-tour=start]")
		for range js[int](v, `+document.querySelector("#tour").dataset.steps`) - 1 {
			v.uncovered()
			v.press("#tour [data-tour=next]")
		}
		v.uncovered()
		v.picture("tour")
		v.press("#tour [data-tour=next]")
		v.eventually("the focus is on the button that brings help back", func() bool { return js[bool](v, `document.activeElement.id === "help"`) })

		v.do(chromedp.Navigate(v.city.url+"/?again"), chromedp.WaitVisible(chromedp.CSS("#help")))
		if shown := v.texts("#tour-offer"); len(shown) > 0 {
			t.Errorf("it is offered again: %q", shown)
		}
		v.press("#help")
		v.shows("#keys kbd", "Esc")
		v.axe("help")
		v.picture("keys")
		v.keys(kb.Escape)
		v.eventually("Escape closes it", func() bool { return len(v.texts("#keys")) == 0 })
	})
}

// uncovered checks that the card of the tour lies over nothing of what it points at.
func (v *visitor) uncovered() {
	v.Helper()
	if js[bool](v, `((a, b) => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom)(
		document.querySelector("#tour").getBoundingClientRect(), document.querySelector("#tour-frame").getBoundingClientRect())`) {
		v.picture("covered")
		v.Errorf("the tour covers what it points at: %q", v.text("#tour"))
	}
}
