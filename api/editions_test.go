package api_test

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"gridwarden/api"
	"gridwarden/geo"
	"gridwarden/geo/index"
)

// fakeEditions are the editions of the town: of the first its parks, of the last its grids.
type fakeEditions struct{}

func (fakeEditions) Editions(_ context.Context, below geo.Edition, most int) (all []geo.EditionRecord, _ error) {
	for n := min(below-1, 3); n > 0 && len(all) < most; n-- {
		all = append(all, geo.EditionRecord{
			EditionInfo: geo.EditionInfo{Number: n, PublishedAt: published.AddDate(0, int(n)-3, 0), EffectiveFrom: published.AddDate(0, int(n)-3, 0), Note: "调整边界"},
			Author:      "王规划", Document: "杭政函〔2026〕3号", Draft: "d7", Begun: 12, Ended: 3,
		})
	}
	return all, nil
}

func (f fakeEditions) Edition(ctx context.Context, number geo.Edition) (geo.EditionRecord, error) {
	if number > 3 {
		return geo.EditionRecord{}, geo.Errorf(geo.NotFound, "there is no edition %d: they go from 1 to 3, the newest", number)
	}
	all, err := f.Editions(ctx, number+1, 1)
	return all[0], err
}

func (fakeEditions) AreaVersions(_ context.Context, layer geo.LayerName, code geo.AreaCode, _ int) ([]geo.AreaVersion, error) {
	for _, a := range townAreas() {
		if a.Layer == layer && a.Code == code {
			return []geo.AreaVersion{{Area: a}, {Area: &geo.Area{Layer: layer, Code: code, Name: "旧" + a.Name, Shape: a.Shape, From: 1}, Until: 3}}, nil
		}
	}
	if code == "G10" { // retired
		return []geo.AreaVersion{{Area: &geo.Area{Layer: layer, Code: code, Department: "D1", Parent: "C1", Shape: rectangle(0, 0, 2, 1), From: 1}, Until: 3}}, nil
	}
	return nil, nil
}

// History is of G10, which was merged from G08 and G09 in edition 2 and cut into G11 and G12
// in edition 3.
func (fakeEditions) History(_ context.Context, _ geo.LayerName, code geo.AreaCode) ([]geo.Descent, bool, error) {
	if code != "G10" && code != "G11" {
		return nil, false, nil
	}
	return []geo.Descent{
		{Edition: 2, Layer: "grids", From: "G08", To: "G10", SquareMetres: 100, ShareFrom: 1, ShareTo: .5},
		{Edition: 2, Layer: "grids", From: "G09", To: "G10", SquareMetres: 100, ShareFrom: 1, ShareTo: .5},
		{Edition: 3, Layer: "grids", From: "G10", To: "G11", SquareMetres: 150, ShareFrom: .75, ShareTo: 1, Approval: "杭政函〔2026〕3号"},
		{Edition: 3, Layer: "grids", From: "G10", To: "G12", SquareMetres: 50, ShareFrom: .25, ShareTo: 1},
	}, false, nil
}

// twoStates shows the town when it was young for edition 1, and as it is for all else.
type twoStates struct {
	live *index.Live
	then *index.Snapshot
}

func (p twoStates) View(_ context.Context, w api.When) (*index.Snapshot, bool, error) {
	if w.Edition == 1 {
		return p.then, false, nil
	}
	return p.live.Load(), false, nil
}

// editionAsks asks everything about editions well, for the spec.
func editionAsks() []specAsk {
	return []specAsk{
		{"GET", "/v1/editions", "", "", 200},
		{"GET", "/v1/editions?limit=2&after=3", "", "", 200},
		{"GET", "/v1/editions/3", "", "", 200},
		{"GET", "/v1/editions/99", "", "", 404},
		{"GET", "/v1/editions/3/differences?from=1", "", "", 200},
		{"GET", "/v1/editions/1/differences?from=3&layer=parks", "", "", 200},
		{"GET", "/v1/editions/3/differences?from=3", "", "", 400},
		{"GET", "/v1/layers/grids/areas/G10/history?depth=3", "", "", 200},
		{"GET", "/v1/layers/roads/areas/R1/history", "", "", 200},
		{"GET", "/v1/layers/grids/areas/G99/history", "", "", 404},
	}
}

func TestEditionsAreListedFromTheNewest(t *testing.T) {
	t.Parallel()
	s := start(t)
	var page struct {
		Editions []struct {
			Number      int
			PublishedAt string `json:"published_at"`
			Document    string
		}
		Next int
	}
	s.get(t, "/v1/editions?limit=2").json(t, &page)
	if len(page.Editions) != 2 || page.Editions[0].Number != 3 || page.Next != 2 || page.Editions[0].Document != "杭政函〔2026〕3号" {
		t.Errorf("%+v", page)
	}
	page.Next = 0
	if s.get(t, "/v1/editions?after=2").json(t, &page); len(page.Editions) != 1 || page.Editions[0].Number != 1 || page.Next != 0 {
		t.Errorf("%+v", page)
	}
}

func TestWhoMayNotSeeEverythingIsNotToldWhatWasNoted(t *testing.T) {
	t.Parallel()
	s, _, key := locked(t, []geo.LayerName{"parks"}, "viewer")
	if got := s.get(t, "/v1/editions/3"); got.status != 200 || strings.Contains(got.body, "王规划") || strings.Contains(got.body, "调整") {
		t.Errorf("%d %s", got.status, got.body)
	}
	if got := s.get(t, "/v1/editions/3", "Authorization", key); got.status != 200 || !strings.Contains(got.body, "王规划") {
		t.Errorf("%d %s", got.status, got.body)
	}
	if got := s.get(t, "/v1/editions/3/differences?from=1"); got.status != 200 || strings.Contains(got.body, `"grids"`) || !strings.Contains(got.body, "renamed") {
		t.Errorf("%d %s", got.status, got.body)
	}
	if got := s.get(t, "/v1/editions/3/differences?from=1&layer=grids"); got.status != http.StatusNotFound {
		t.Errorf("%d %s", got.status, got.body)
	}
}

func TestDifferencesComeInPages(t *testing.T) {
	t.Parallel()
	s := start(t)
	whole := s.get(t, "/v1/editions/3/differences?from=1")
	if whole.status != 200 || strings.Count(whole.body, `"what":"area"`) != 10 || strings.Count(whole.body, `"what":"border"`) != 18 {
		t.Errorf("%d %s", whole.status, whole.body)
	}
	if !strings.Contains(whole.body, `"code":"P1","changes":["renamed"],"before":{"name":"荒地"`) {
		t.Errorf("the park is not renamed: %s", whole.body)
	}
	path, areas := "/v1/editions/3/differences?from=1&limit=2", 0
	for range 9 {
		var page struct {
			Features []struct{ Properties struct{ What string } }
			Links    []struct{ Rel, Href string }
		}
		s.get(t, path).json(t, &page)
		path = ""
		for _, f := range page.Features {
			if f.Properties.What == "area" {
				areas++
			}
		}
		for _, l := range page.Links {
			if l.Rel == "next" {
				path = strings.TrimPrefix(l.Href, s.URL)
			}
		}
		if path == "" {
			break
		}
	}
	if areas != 10 || path != "" {
		t.Errorf("%d areas on the pages, then %s", areas, path)
	}
	if back := s.get(t, "/v1/editions/1/differences?from=3&layer=grids"); back.status != 200 || strings.Count(back.body, `"what":"area"`) != 8 || strings.Count(back.body, `"after":{"name"`) != 0 {
		t.Errorf("the other way round: %d %s", back.status, back.body)
	}
	near := s.get(t, "/v1/editions/3/differences?from=1&layer=grids&bbox=120.1701,30.2801,120.1705,30.2805")
	if near.status != 200 || strings.Count(near.body, `"what":"area"`) != 1 || !strings.Contains(near.body, `"code":"G11"`) {
		t.Errorf("%d %s", near.status, near.body)
	}
}

// The history of an area goes on to areas that went before those it came from, and so on.
func TestTheHistoryOfAnAreaGoesAsDeepAsAskedFor(t *testing.T) {
	t.Parallel()
	s := start(t)
	for path, want := range map[string][2]int{
		"grids/areas/G10/history":          {2, 2},
		"grids/areas/G10/history?depth=0":  {0, 0},
		"grids/areas/G11/history":          {1, 0},
		"grids/areas/G11/history?depth=2":  {3, 0},
		"grids/areas/G11/history?depth=99": {3, 0},
		"grids/areas/G12/history":          {0, 0},
	} {
		var h struct {
			Versions   []struct{ Name string }
			From, Into []struct {
				From, To  *string
				ShareFrom float64 `json:"share_from"`
			}
		}
		got := s.get(t, "/v1/layers/"+path)
		if got.status != 200 {
			t.Fatalf("%s: %d %s", path, got.status, got.body)
		}
		if got.json(t, &h); len(h.Versions) == 0 || len(h.From) != want[0] || len(h.Into) != want[1] {
			t.Errorf("%s: %s", path, got.body)
		}
	}
}

func TestWhatIsWrongAboutEditionsIsSaid(t *testing.T) {
	t.Parallel()
	s := start(t)
	for path, want := range map[string]struct {
		status int
		says   string
	}{
		"/v1/editions/4":                                {404, "they go from 1 to 3"},
		"/v1/editions/0":                                {404, "numbered from 1"},
		"/v1/editions/first":                            {404, "numbered from 1"},
		"/v1/editions?limit=0":                          {400, "from 1 to 100"},
		"/v1/editions?after=x":                          {400, "whole number"},
		"/v1/editions/3/differences?from=3":             {400, "does not differ from itself"},
		"/v1/editions/1/differences":                    {400, "the first"},
		"/v1/editions/3/differences?from=9":             {404, "no such past"},
		"/v1/editions/9/differences?from=1":             {404, "no such past"},
		"/v1/editions/3/differences?from=1&layer=x":     {404, "there is no layer"},
		"/v1/editions/3/differences?from=1&after=x":     {400, "no place in this list"},
		"/v1/editions/3/differences?from=1&after=x/y":   {400, "to go on in"},
		"/v1/editions/3/differences?from=1&bbox=1":      {400, "four"},
		"/v1/editions/3/differences?from=1&limit=1001":  {400, "1000"},
		"/v1/layers/grids/areas/G99/history":            {404, "never used"},
		"/v1/layers/x/areas/G99/history":                {404, "there is no layer"},
		"/v1/layers/grids/areas/G11/history?depth=-1":   {400, "from 0 to 100"},
		"/v1/layers/grids/areas/G11/history?edition=1":  {400, "unknown parameter"},
		"/v1/layers?at=2999-01-01T00:00:00Z":            {400, "still to come"},
		"/v1/locate?lon=1&lat=1&edition=99":             {404, "no such past"},
		"/v1/locate?lon=1&lat=1&at=2999-01-01T00:00:0Z": {400, "not a time"},
	} {
		if got := s.get(t, path); got.status != want.status || !strings.Contains(got.detail(t), want.says) {
			t.Errorf("%s: %d %s", path, got.status, got.body)
		}
	}
	alone := start(t, func(c *api.Config) { c.Editions, c.Past = nil, nil })
	for _, path := range []string{"/v1/editions", "/v1/editions/3", "/v1/editions/3/differences", "/v1/layers/grids/areas/G11/history"} {
		if got := alone.get(t, path); got.status != http.StatusServiceUnavailable || !strings.Contains(got.detail(t), "no database") {
			t.Errorf("%s: %d %s", path, got.status, got.body)
		}
	}
}
