package api_test

import (
	"strings"
	"sync"
	"testing"
	"time"
)

type auditJSON struct {
	Edition  int
	At       time.Time
	Sound    bool
	Errors   int
	Places   int
	Next     int
	Findings []struct {
		Number  int
		Kind    string
		Message string
		Mend    []map[string]string
		Rows    []string
	}
	Matrix *struct {
		Layer string
		Areas []struct{ Code string }
	}
}

func TestAHoleIsSeenBeforeAnybodyFallsIntoIt(t *testing.T) {
	t.Parallel()
	d := openDesk(t, nil)
	asJSON := []string{"Content-Type", "application/json"}
	// Two rows for one layer that name two departments.
	for _, id := range []string{"R1", "R2"} {
		body := strings.Replace(`{"layer":"grids","assign":"department:D"}`, ":D", ":D"+id[1:], 1)
		if got := d.do(t, "PUT", "/v1/rules/"+id, body, asJSON...); got.status != 201 {
			t.Fatalf("%d %s", got.status, got.body)
		}
	}
	d.catchUp(t)
	var a auditJSON
	d.get(t, "/v1/responsibility?matrix=1&limit=1").json(t, &a)
	if a.Sound || a.Errors == 0 || len(a.Findings) != 1 || a.Next != 1 || a.Matrix == nil || len(a.Matrix.Areas) == 0 || a.Places == 0 {
		t.Fatalf("%+v", a)
	}
	found := false
	for offset := 0; ; {
		var page auditJSON
		d.get(t, "/v1/responsibility?limit=2&offset="+string(rune('0'+offset))).json(t, &page)
		for _, f := range page.Findings {
			found = found || f.Kind == "collision" && f.Rows[0] == "R1" && f.Rows[1] == "R2" && len(f.Mend) == 1 && f.Mend[0]["id"] == "R2"
		}
		if offset = page.Next; offset == 0 || offset > 9 {
			break
		}
	}
	if !found {
		t.Error("nothing tells of the rows R1 and R2")
	}
	if got := d.get(t, "/v1/responsibility?format=geojson"); got.status != 200 || got.header.Get("Content-Type") != "application/geo+json" || !strings.Contains(got.body, `"MultiPolygon"`) {
		t.Errorf("%d %s", got.status, got.body)
	}
	for _, wrong := range []string{"limit=0", "offset=-1", "format=pdf", "matrix=2", "at=now"} {
		if got := d.get(t, "/v1/responsibility?"+wrong); got.status != 400 {
			t.Errorf("%s: %d %s", wrong, got.status, got.body)
		}
	}
}

func TestTheAuditIsWorkedOutOnceForAllWhoAsk(t *testing.T) {
	t.Parallel()
	d := openDesk(t, nil)
	var mu sync.Mutex
	var group sync.WaitGroup
	times := map[time.Time]bool{}
	for range 8 {
		group.Go(func() {
			var a auditJSON
			d.get(t, "/v1/responsibility").json(t, &a)
			mu.Lock()
			defer mu.Unlock()
			times[a.At] = true
		})
	}
	group.Wait()
	if len(times) != 1 {
		t.Errorf("it was worked out %d times", len(times))
	}
	if got := d.do(t, "PUT", "/v1/rules/R1", parkRow, "Content-Type", "application/json"); got.status != 201 {
		t.Fatalf("%d %s", got.status, got.body)
	}
	d.catchUp(t)
	var a auditJSON
	d.get(t, "/v1/responsibility").json(t, &a)
	if a.Edition != 2 {
		t.Errorf("the audit of edition %d was told for that of now", a.Edition)
	}
}
