package ui_test

import (
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/paulmach/orb"
	"github.com/paulmach/orb/geojson"

	"gridwarden/geo"
	"gridwarden/geo/index"
)

// audits stands before the api and answers for the audit of duty, page by page.
type audits struct {
	asked atomic.Int32
	pages []*geojson.FeatureCollection // none: this server has no audit
}

func (a *audits) before(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/v1/responsibility" {
			next.ServeHTTP(w, r)
			return
		}
		a.asked.Add(1)
		n := 0
		fmt.Sscan(r.FormValue("after"), &n)
		if n >= len(a.pages) {
			w.WriteHeader(http.StatusNotFound)
			return
		}
		w.Header().Set("Content-Type", "application/geo+json")
		text, _ := a.pages[n].MarshalJSON()
		w.Write(text)
	})
}

// page adds a page with one finding about an area, and links the one before to it.
func (a *audits) page(area *geo.Area, finding string) {
	page := geojson.NewFeatureCollection()
	if area != nil {
		f := geojson.NewFeature(polygonOf(area))
		f.Properties = geojson.Properties{"finding": finding, "text": finding + " in " + area.Name}
		page.Append(f)
	}
	if n := len(a.pages); n > 0 {
		href := fmt.Sprintf("http://behind-a-proxy/v1/responsibility?format=geojson&after=%d", n)
		a.pages[n-1].ExtraMembers = geojson.Properties{"links": []map[string]string{{"rel": "next", "href": href}}}
	}
	a.pages = append(a.pages, page)
}

func polygonOf(a *geo.Area) orb.Polygon {
	var polygon orb.Polygon
	for _, ring := range a.Shape.Polygons[0] {
		var r orb.Ring
		for _, c := range ring {
			r = append(r, orb.Point{c.Lon(), c.Lat()})
		}
		polygon = append(polygon, append(r, r[0]))
	}
	return polygon
}

// TestTheHolesOfTheDutyListAreSeenOnTheMap: the audit is asked for only when it is switched
// on, all its pages; what it found is counted, drawn, and told where one clicks.
func TestTheHolesOfTheDutyListAreSeenOnTheMap(t *testing.T) {
	t.Parallel()
	city := demoCity(t)
	found := &audits{}
	hole := communityUnder(t, city, 0)
	found.page(hole, "hole")
	found.page(communityUnder(t, city, 4), "collision")
	p := open(t, city, "en-GB", found.before)
	x, y := p.over(t, hole)
	p.settles(t)
	before := p.picture(t, "audit-off")
	if found.asked.Load() != 0 {
		t.Error("the audit was asked for though nobody switched it on")
	}
	p.do(t, chromedp.Click(chromedp.CSS(`input[name="audit"]`)))
	eventually(t, "both pages in the legend", func() bool {
		return strings.Join(p.texts(t, ".legend p"), "; ") == "holes 1; collisions 1"
	})
	eventually(t, "holes and collisions drawn", func() bool { return differing(before, p.picture(t, "audit-on")) > 2_000 })

	p.do(t, chromedp.MouseClickXY(x, y))
	p.shown(t)
	p.picture(t, "audit-asked")
	if told := p.texts(t, "#answer [data-finding] .reason"); len(told) != 1 || told[0] != "hole in "+hole.Name {
		t.Errorf("a click into the hole in %s tells %q", hole.Name, told)
	}
	p.do(t, chromedp.Click(chromedp.CSS("#panel .close")), chromedp.Click(chromedp.CSS(`input[name="audit"]`)))
	eventually(t, "a map without the audit", func() bool { return differing(before, p.picture(t, "audit-off")) < 250 })
	for _, problem := range p.complaints() {
		t.Error(problem)
	}
}

func TestAnAuditThatIsMissingOrEmptySaysSo(t *testing.T) {
	t.Parallel()
	found := &audits{}
	p := open(t, demoCity(t), "zh-CN", found.before)
	told := func() string { return p.text(t, ".legend") }
	p.do(t, chromedp.Click(chromedp.CSS(`input[name="audit"]`)))
	eventually(t, "a sentence about the missing audit", func() bool { return told() == "本服务没有责任审计。" })
	found.page(nil, "")
	p.do(t, chromedp.Click(chromedp.CSS("#language")))
	eventually(t, "a sentence about an empty audit", func() bool { return told() == "The audit finds nothing wrong on the ground." })
}

// communityUnder is a community of the city, by its number.
func communityUnder(t *testing.T, city *index.Snapshot, n int) *geo.Area {
	t.Helper()
	for a := range city.Areas("communities", "") {
		if n == 0 {
			return a
		}
		n--
	}
	t.Fatal("the city has too few communities")
	return nil
}

// over shows the middle of an area in the middle of the screen, and gives that.
func (p *page) over(t *testing.T, a *geo.Area) (x, y float64) {
	t.Helper()
	box := a.Shape.Box()
	run(t, p, chromedp.Evaluate[string](fmt.Sprintf(`location.hash = "#15.2/%v/%v"`, (box.Min.Lat()+box.Max.Lat())/2, (box.Min.Lon()+box.Max.Lon())/2)))
	middle := run(t, p, chromedp.Evaluate[[]float64](`[innerWidth / 2, innerHeight / 2]`))
	return middle[0], middle[1]
}
