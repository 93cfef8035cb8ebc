package ui_test

import (
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"gridwarden/geo"
	"gridwarden/geo/democity"
	"gridwarden/geo/routing"
)

// TestTheHolesOfTheDutyListAreSeenOnTheMap: the audit is asked for only when it is switched
// on; what it found is counted, drawn, and told where one clicks. Two rows here are equal
// and name different departments.
func TestTheHolesOfTheDutyListAreSeenOnTheMap(t *testing.T) {
	t.Parallel()
	row := geo.DutyRow{ID: "甲", Priority: 30, Standard: standard, Kind: geo.Matter, Category: "06017", Layer: "districts", Area: "990101", Assign: "department:YL"}
	rival := row
	rival.ID, rival.Assign = "乙", "department:CG"
	city := cityOf(t, democity.Size{Grids: 60, Assets: 300}, row, rival)
	var asked atomic.Int32
	p := open(t, city, "zh-CN", func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/v1/responsibility" {
				asked.Add(1)
			}
			next.ServeHTTP(w, r)
		})
	})
	p.settles(t)
	before := p.picture(t, "audit-off")
	if asked.Load() != 0 {
		t.Error("the audit was asked for though nobody switched it on")
	}
	p.do(t, chromedp.Click(chromedp.CSS(`input[name="audit"]`)))
	eventually(t, "the collision and holes in the legend", func() bool {
		legend := p.texts(t, ".legend p")
		return slices.Contains(legend, "责任冲突 1") && slices.ContainsFunc(legend, func(s string) bool { return strings.HasPrefix(s, "责任空白：仅属地兜底 ") })
	})
	eventually(t, "holes and collisions drawn", func() bool { return differing(before, p.picture(t, "audit-on")) > 2_000 })

	p.do(t, chromedp.MouseClickXY(600, 330))
	at := p.shown(t)
	p.picture(t, "audit-asked")
	told := strings.Join(p.texts(t, `#answer [data-finding="collision"] .reason`), "")
	if !strings.Contains(told, "“甲”行") || !strings.Contains(told, "“乙”行") {
		t.Errorf("at %s, where two rows are equal, the page tells %q", at, told)
	}
	p.choose(t, "06017", "06017 绿地脏乱")
	p.shown(t)
	request := routing.Request{At: at, Source: "pin", Reported: time.Now(), Category: geo.CategoryKey{Standard: standard, Kind: geo.Matter, Code: row.Category}}
	p.tells(t, city, request, routing.Chinese)

	p.do(t, chromedp.Click(chromedp.CSS("#panel .close")), chromedp.Click(chromedp.CSS(`input[name="audit"]`)))
	eventually(t, "a map without the audit", func() bool {
		return len(p.texts(t, ".legend p")) == 0 && differing(p.picture(t, "audit-off"), before) < 2_000
	})
	for _, problem := range p.complaints() {
		t.Error(problem)
	}
}

// reply is what stands for the audit of a server.
type reply struct {
	status int
	body   string
}

// TestAnAuditThatTakesLongOrIsEmptyOrMissingSaysSo: a server that works it out is asked
// again, every page of the answer is fetched, and what is not there is said.
func TestAnAuditThatTakesLongOrIsEmptyOrMissingSaysSo(t *testing.T) {
	t.Parallel()
	finding := func(kind string) string {
		return fmt.Sprintf(`{"type":"Feature","geometry":{"type":"MultiPolygon","coordinates":[]},"properties":{"kind":%q,"message":""}}`, kind)
	}
	replies := []reply{
		{503, `{"detail":"the audit is being worked out"}`},
		{200, `{"features":[` + finding("hole") + `],"next":50}`},
		{200, `{"features":[` + finding("collision") + `]}`},
		{200, `{"features":[]}`},
		{403, `{"detail":"A key is needed."}`},
	}
	var asked []string
	p := open(t, demoCity(t), "en-GB", func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path != "/v1/responsibility" {
				next.ServeHTTP(w, r)
				return
			}
			now := reply{status: 404}
			if len(asked) < len(replies) {
				now = replies[len(asked)]
			}
			asked = append(asked, r.FormValue("offset"))
			w.WriteHeader(now.status)
			_, _ = io.WriteString(w, now.body)
		})
	})
	for _, want := range []string{
		"Hole: nobody answers 1; Collision 1", "The audit finds nothing wrong on the ground.",
		"A key is needed.", "This server has no audit of duty.",
	} {
		p.do(t, chromedp.Click(chromedp.CSS(`input[name="audit"]`)))
		eventually(t, want, func() bool { return strings.Join(p.texts(t, ".legend p"), "; ") == want })
		p.do(t, chromedp.Click(chromedp.CSS(`input[name="audit"]`)))
	}
	if got := strings.Join(asked[:3], " "); got != "0 0 50" {
		t.Errorf("pages were asked for at %s", got)
	}
}
