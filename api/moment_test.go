package api_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"gridwarden/api"
	"gridwarden/geo"
	"gridwarden/geo/index"
)

// fakePast knows the newest state and one that was before it, if any.
type fakePast struct {
	live  *index.Live
	then  *index.Snapshot
	asked api.When
}

func (f *fakePast) View(_ context.Context, w api.When) (*index.Snapshot, bool, error) {
	f.asked = w
	newest := f.live.Load().Edition()
	switch {
	case w.Edition == newest.Number || !w.At.IsZero() && !w.At.Before(newest.PublishedAt):
		return f.live.Load(), false, nil
	case f.then != nil && w.Edition <= 1:
		return f.then, w.Edition == 0 && w.At.Before(f.then.Edition().PublishedAt), nil
	}
	return nil, false, geo.Errorf(geo.NotFound, "there is no such past")
}

// youngTown is the town before it had grids and lamps, when a park was called otherwise.
func youngTown(t testing.TB) *index.Snapshot {
	c := townChanges()
	c.To = geo.Position{Sequence: 2, Change: geo.ChangeID{2}}
	c.Edition = geo.EditionInfo{Number: 1, PublishedAt: published.AddDate(-1, 0, 0), EffectiveFrom: published.AddDate(-1, 0, 0)}
	c.Layers, c.Assets, c.Departments, c.Categories = c.Layers[1:], c.Assets[:1], c.Departments[:1], c.Categories[:1]
	areas := c.Areas[:3:3]
	park := *areas[2]
	park.ID, park.Name = 100, "荒地"
	areas[2] = &park
	c.Areas = areas
	return apply(t, index.Empty(), c)
}

func TestEveryReadCanBeAskedOfThePast(t *testing.T) {
	t.Parallel()
	var past *fakePast
	s := start(t, func(c *api.Config) {
		past = &fakePast{live: c.Live, then: youngTown(t)}
		c.Past = past
	})
	const then = "at=2025-08-01T00:00:00Z"
	for path, want := range map[string]string{
		"/v1/locate?" + query(.6, .6) + "&":                         "荒地",
		"/v1/layers?":                                               `"edition":1,"layers":[{"name":"communities"`,
		"/v1/layers/communities?":                                   `"edition":1`,
		"/v1/layers/parks/areas?":                                   "荒地",
		"/v1/layers/parks/areas/P1?":                                "荒地",
		"/v1/assets?":                                               `"numberReturned":1,`,
		"/v1/assets/L001?standard=CJ%2FT+214-2007&":                 "L001",
		"/v1/departments?":                                          `{"departments":[{"code":"D0","name":"区城管局","parent":null}]}`,
		"/v1/categories?kind=component&":                            "street lamp",
		"/v1/layers/parks/areas?limit=1&after=&bbox=120,30,121,31&": "荒地",
	} {
		got := s.get(t, path+then)
		if got.status != 200 || !strings.Contains(got.body, want) || strings.Contains(got.body, "before_first") {
			t.Errorf("%s: %d %s", path, got.status, got.body)
		}
		if sequence, cache := got.header.Get("Gridwarden-Sequence"), got.header.Get("Cache-Control"); sequence != "2" || cache != "max-age=31536000, immutable" {
			t.Errorf("%s: sequence %s, %s", path, sequence, cache)
		}
		// An edition that is closed is what it is; what is known of a day may be another tomorrow.
		cache := map[string]string{"edition=1": "max-age=31536000, immutable", then + "&known=now": "no-cache"}
		for moment := range cache {
			got := s.get(t, path+moment)
			if got.status != 200 || !strings.Contains(got.body, want) || got.header.Get("Cache-Control") != cache[moment] {
				t.Errorf("%s%s: %d %s %v", path, moment, got.status, got.body, got.header)
			}
		}
		if want := (api.When{At: time.Date(2025, 8, 1, 0, 0, 0, 0, time.UTC), KnownNow: true}); past.asked != want && past.asked.Edition != 1 {
			t.Errorf("%s: asked for %+v", path, past.asked)
		}
	}
	for _, path := range []string{"/v1/layers/grids?", "/v1/layers/grids/areas/G11?", "/v1/assets/L002?", "/v1/locate?" + query(1, 1) + "&layers=grids&"} {
		if got := s.get(t, path+then); got.status != http.StatusNotFound || got.header.Get("Cache-Control") != "no-store" {
			t.Errorf("%s: %d %s %v", path, got.status, got.body, got.header)
		}
	}
	if got := s.post(t, "/v1/locate?edition=1", `{"lon":120.1706,"lat":30.2806}`+"\n", "Content-Type", ndjson); got.status != 200 || !strings.Contains(got.body, "荒地") {
		t.Errorf("in bulk: %d %s", got.status, got.body)
	}
}

func TestATimeBeforeEveryEditionIsMarked(t *testing.T) {
	t.Parallel()
	s := start(t, func(c *api.Config) { c.Past = &fakePast{live: c.Live, then: youngTown(t)} })
	for _, path := range []string{"/v1/locate?" + query(1, 1) + "&", "/v1/layers?", "/v1/assets?", "/v1/layers/parks/areas?"} {
		if got := s.get(t, path+"at=1990-01-01T00:00:00Z"); got.status != 200 || !strings.Contains(got.body, `"edition":1,"before_first_edition":true,`) {
			t.Errorf("%s: %d %s", path, got.status, got.body)
		}
	}
}

func TestAMomentThatIsNoneIsRefused(t *testing.T) {
	t.Parallel()
	s := start(t)
	for moment, says := range map[string]string{
		"known=then":                        "can only be now",
		"known=now":                         "give at",
		"edition=3&known=now":               "one of them",
		"edition=0":                         "from 1",
		"at=2026-08-01":                     "not a time",
		"at=2026-08-01T00:00:00Z&known=NOW": "can only be now",
	} {
		if got := s.get(t, "/v1/layers?"+moment); got.status != http.StatusBadRequest || !strings.Contains(got.detail(t), says) {
			t.Errorf("%s: %d %s", moment, got.status, got.body)
		}
	}
	without := start(t, func(c *api.Config) { c.Past = nil })
	if got := without.get(t, "/v1/layers?edition=3"); got.status != http.StatusNotFound || !strings.Contains(got.detail(t), "keeps no past") {
		t.Errorf("%d %s", got.status, got.body)
	}
}

func TestAnAnswerForJustNowMayStillChange(t *testing.T) {
	t.Parallel()
	s := start(t)
	for ago, want := range map[time.Duration]string{time.Second: "no-cache", time.Hour: "max-age=31536000, immutable"} {
		at := time.Now().Add(-ago).UTC().Format(time.RFC3339)
		if got := s.get(t, "/v1/layers?at="+at); got.status != 200 || got.header.Get("Cache-Control") != want {
			t.Errorf("%v ago: %d %v", ago, got.status, got.header)
		}
	}
}

func TestThePastIsKeptPrivateLikeThePresent(t *testing.T) {
	t.Parallel()
	s, _, key := locked(t, []geo.LayerName{"parks"}, "viewer")
	const moment = "?at=2026-08-01T00:00:00Z"
	if got := s.get(t, "/v1/layers/grids"+moment); got.status != http.StatusUnauthorized || got.header.Get("Cache-Control") != "no-store" {
		t.Errorf("without a key: %d %v", got.status, got.header)
	}
	for path, want := range map[string]string{"/v1/layers/grids": "private, max-age=31536000, immutable", "/v1/layers/parks": "private, max-age=31536000, immutable"} {
		if got := s.get(t, path+moment, "Authorization", key); got.status != 200 || got.header.Get("Cache-Control") != want || got.header.Get("Vary") == "" {
			t.Errorf("%s: %d %v", path, got.status, got.header)
		}
	}
	if got := s.get(t, "/v1/layers/parks"+moment); got.status != 200 || got.header.Get("Cache-Control") != "max-age=31536000, immutable" {
		t.Errorf("what is public: %d %v", got.status, got.header)
	}
}
