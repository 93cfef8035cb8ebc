package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"gridwarden/api"
	"gridwarden/geo"
	"gridwarden/geo/index"
)

func TestTheServiceAnswersForThePast(t *testing.T) {
	c := newCity(t)
	s := startServer(t, c.url)
	var after []string // each edition
	for i, code := range []string{"A", "B", "C"} {
		c.must("import", "areas", "--layer", "grids", "--allow-end", c.file("a.geojson", fmt.Sprintf(square, code)))
		s.eventually("edition "+fmt.Sprint(i+1), func() bool { return s.locate("grids", 120.005, 30.005) == code })
		after = append(after, time.Now().UTC().Format(time.RFC3339Nano))
	}
	const here = "/v1/locate?lon=120.005&lat=30.005&"
	for moment, want := range map[string]string{
		"edition=1":                     `{"edition":1,"areas":[{"layer":"grids","code":"A"`,
		"edition=2":                     `"code":"B"`,
		"edition=3":                     `"code":"C"`,
		"at=" + after[0]:                `"code":"A"`,
		"at=" + after[1]:                `"code":"B"`,
		"at=" + after[2]:                `"code":"C"`,
		"at=" + after[0] + "&known=now": `"code":"A"`,
		"at=1990-01-01T00:00:00Z":       `{"edition":1,"before_first_edition":true,"areas":[{"layer":"grids","code":"A"`,
	} {
		if status, body := s.get(here + moment); status != http.StatusOK || !strings.Contains(body, want) {
			t.Errorf("%s: %d %s", moment, status, body)
		}
	}
	if status, body := s.get(here + "edition=4"); status != http.StatusNotFound || !strings.Contains(body, "there is no edition 4: they go from 1 to 3") {
		t.Errorf("%d %s", status, body)
	}
}

// TestManyWhoAskOfThePastGetTheirOwn lets many ask at once for more states than are kept,
// while some leave in the middle.
func TestManyWhoAskOfThePastGetTheirOwn(t *testing.T) {
	c := newCity(t)
	const editions = 7
	for i := range editions {
		c.must("import", "areas", "--layer", "grids", "--allow-end", c.file("a.geojson", fmt.Sprintf(square, string(rune('A'+i)))))
	}
	live := &index.Live{}
	live.Store(c.view())
	past := newPastViews(c.store(), live)
	past.most = 1 // so that only the last stays
	var all sync.WaitGroup
	for n := range 200 {
		all.Go(func() {
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			if n%5 == 0 {
				time.AfterFunc(time.Duration(n%20)*time.Millisecond, cancel)
			}
			edition := geo.Edition(1 + n%editions)
			view, beforeFirst, err := past.View(ctx, api.When{Edition: edition})
			switch {
			case err != nil && n%5 == 0 && errors.Is(err, context.Canceled):
			case err != nil:
				t.Errorf("edition %d: %v", edition, err)
			case beforeFirst || view.Edition().Number != edition || view.Area("grids", geo.AreaCode(rune('A'+edition-1))) == nil:
				t.Errorf("edition %d is answered by %d", edition, view.Edition().Number)
			}
		})
	}
	all.Wait()
	if n := len(past.kept); n != 1 {
		t.Errorf("%d views are kept", n)
	}
	if view, _, err := past.View(t.Context(), api.When{At: time.Now().Add(time.Hour)}); err != nil || view != live.Load() {
		t.Errorf("for a time to come: %v", err)
	}
	first := past.kept[0]
	again, _, err := past.View(t.Context(), api.When{Edition: first.Edition().Number})
	if err != nil || again != first.Snapshot {
		t.Errorf("what is kept is made again: %v", err)
	}
}

// TestADutyRowThatAsksAssetsForMoreIsTakenUp publishes a row naming an attribute that the
// view was loaded without: it is loaded again beside the old one.
func TestADutyRowThatAsksAssetsForMoreIsTakenUp(t *testing.T) {
	c := newCity(t)
	c.must("import", "assets", "--category-code", "0118", "--standard", "CJ/T 214-2007", "--id", "id", "--lon", "lon", "--lat", "lat",
		c.file("lids.csv", "id,lon,lat,material\n1,120,30,iron\n2,120,30,stone\n"))
	s := startServer(t, c.url)
	s.eventually("it is ready", func() bool { status, _ := s.get("/readyz"); return status == http.StatusOK })
	rows := []geo.DutyRow{{ID: "1", Asset: "must", AssetWhere: "material=iron", Assign: "fallback"}}
	edition, _, err := c.store().Publish(t.Context(), &geo.Publication{Duty: geo.DutyTables{Rules: rows}})
	if err != nil {
		t.Fatal(err)
	}
	s.eventually("the edition is served", func() bool {
		_, body := s.get("/v1/layers")
		return strings.Contains(body, fmt.Sprintf(`"edition":%d,`, edition.Number))
	})
	if !strings.Contains(s.log.String(), "loading again beside it") {
		t.Errorf("the assets were not loaded again:\n%s", s.log)
	}
	if _, body := s.get("/v1/assets"); strings.Contains(body, "material") {
		t.Errorf("a list tells some of the attributes: %s", body)
	}
	if _, body := s.get("/v1/assets/1"); !strings.Contains(body, `"material": "iron"`) {
		t.Errorf("an asset lacks its attributes: %s", body)
	}
}
