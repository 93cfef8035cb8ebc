package stories

import (
	"slices"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"

	"gridwarden/geo/postgis/pgtest"
)

// newWholeCity serves the demo city as `make run` does: 2,500 grids and 250,000 assets.
func newWholeCity(t testing.TB) *city {
	t.Helper()
	c := &city{TB: t, database: pgtest.New(t)}
	c.must("demo", "--seed")
	c.serve()
	return c
}

// firstLook is what it took to show the page to somebody who never saw it.
type firstLook struct {
	Ms       float64 // from the beginning of the navigation until the map is drawn, labels and all
	Requests int
	Script   float64 // bytes of our own, as they came
	All      float64 // bytes of everything
}

// BenchmarkPage opens the page of a whole city, each time with nothing in the browser's
// cache: how long until the map is there, and what was sent for it. The map is drawn by the
// processor: with a graphics card it takes less.
func BenchmarkPage(b *testing.B) {
	v := newWholeCity(b).visit(mouse, "zh-CN", "/")
	v.drawn()
	const loads = 9
	for b.Loop() {
		var looks []firstLook
		for range loads {
			looks = append(looks, v.anew())
		}
		slices.SortFunc(looks, func(a, b firstLook) int { return int(a.Ms - b.Ms) })
		b.ReportMetric(looks[loads/2].Ms, "ms-median")
		b.ReportMetric(looks[loads-1].Ms, "ms-worst")
		b.ReportMetric(float64(looks[loads/2].Requests), "requests")
		b.ReportMetric(looks[loads/2].Script/1000, "KB-own-script")
		b.ReportMetric(looks[loads/2].All/1000, "KB-all")
	}
	b.ReportMetric(0, "ns/op")
}

// anew opens the page as if for the first time.
func (v *visitor) anew() firstLook {
	v.Helper()
	v.do(chromedp.Navigate("about:blank"))
	if _, err := chromedp.Call(v.ctx, network.ClearBrowserCache, cdp.Empty{}); err != nil {
		v.Fatal(err)
	}
	v.do(chromedp.Navigate(v.city.url + "/"))
	v.drawn()
	return js[firstLook](v, `(all => ({
		ms: performance.getEntriesByName("map drawn")[0].startTime,
		requests: all.length,
		script: all.filter(r => /\/assets\/(?!maplibre).*\.js$/.test(r.name)).reduce((sum, r) => sum + r.encodedBodySize, 0),
		all: all.reduce((sum, r) => sum + r.transferSize, 0),
	}))([...performance.getEntriesByType("navigation"), ...performance.getEntriesByType("resource")])`)
}
