package ui_test

import (
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/chromedp/chromedp"
)

// reply is what stands for the audit of a server.
type reply struct {
	status int
	body   string
}

// TestAnAuditThatTakesLongOrIsRefusedSaysSo: a server that works it out is asked again, every
// page of the answer is fetched, and a refusal is told with a way to try again.
func TestAnAuditThatTakesLongOrIsRefusedSaysSo(t *testing.T) {
	t.Parallel()
	findings := func(kind string, more string) string {
		return fmt.Sprintf(`{"edition":1,"places":2,"categories":3,"assets":4,"counts":{},"findings":[{"number":1,"kind":%q,"rule":"unrouted","message":"told","places":1,"area_m2":1,"assets":0}]%s}`, kind, more)
	}
	replies := []reply{
		{http.StatusForbidden, `{"detail":"A key is needed."}`},
		{http.StatusServiceUnavailable, `{"detail":"the audit is being worked out"}`},
		{http.StatusOK, findings("hole", `,"next":50`)},
		{http.StatusOK, findings("collision", "")},
		{http.StatusOK, `{"features":[]}`},
	}
	var mu sync.Mutex
	var asked []string
	p := open(t, demoCity(t), "en-GB", func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path != "/v1/responsibility" {
				next.ServeHTTP(w, r)
				return
			}
			mu.Lock()
			defer mu.Unlock()
			now := replies[min(len(asked), len(replies)-1)]
			asked = append(asked, r.FormValue("offset"))
			w.Header().Set("Content-Type", "application/json")
			w.WriteHeader(now.status)
			_, _ = io.WriteString(w, now.body)
		})
	})
	p.do(t, chromedp.Click(chromedp.CSS(`[data-workplace="duty"]`)))
	eventually(t, "the table", func() bool { return strings.Contains(strings.Join(p.texts(t, "#rules-count"), ""), "row") })
	p.do(t, chromedp.Click(chromedp.CSS("#duty-tab-audit")))
	eventually(t, "the refusal", func() bool { return slices.Contains(p.texts(t, "#duty-audit .fault"), "A key is needed. Try again") })
	p.do(t, chromedp.Click(chromedp.CSS("#duty-audit .fault button")))
	eventually(t, "both pages", func() bool {
		return strings.Contains(strings.Join(p.texts(t, "#duty-audit .kinds"), ""), "Collision") && len(p.texts(t, "[data-finding]")) == 2
	})
	mu.Lock()
	defer mu.Unlock()
	if got := strings.Join(asked, " "); got != "   50 0" {
		t.Errorf("pages were asked for at %q", got)
	}
}
