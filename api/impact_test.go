package api_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/getkin/kin-openapi/routers/gorillamux"

	"gridwarden/api"
	"gridwarden/geo"
	"gridwarden/geo/index"
	"gridwarden/geo/postgis"
)

// recorded lets what changes do be told with reports and posts.
func recorded(c *api.Config) { c.Records = c.Reports.(*postgis.Store) }

// movedJSON is what moves, as it is told.
type movedJSON struct {
	Total, Area, Department int
	LostAreas               int `json:"lost_areas"`
	Directions              []struct {
		From, To string
		Count    int
	}
	Listed []struct {
		ID, From, To string
		Areas        []struct{ Layer string }
	}
}

type impactJSON struct {
	Draft  string
	Layers []struct {
		Layer                 string
		Changed, Begun, Ended int
		Areas                 []struct {
			What    string
			Was, Is *struct {
				Code         string
				SquareMetres float64 `json:"area_m2"`
			}
		}
	}
	Assets   movedJSON
	Open     movedJSON `json:"open_reports"`
	Recent   movedJSON `json:"recent_reports"`
	Workload struct {
		Grids, Parents *struct {
			Layer string
			Areas []struct {
				Code          string
				Before, After *struct {
					Assets int
					Open   int `json:"open_reports"`
				}
			}
		}
	}
	Retired struct {
		Posts []struct{ Code, Role string }
	}
}

// The border between G11 and G12 moves half a grid to the east: the lamp in the middle of
// G12 stays on its border's east side, reports between pass from the second team to the
// first.
func TestAPlannerSeesWhatTheDraftDoesBeforeItIsPublished(t *testing.T) {
	t.Parallel()
	d := openPlanning(t, recorded)
	var between []string
	for _, x := range []float64{1.1, 1.2, 1.3, 1.7, .5} {
		c := d.report(t, report(x, .25, dirtJSON))
		if x > 1 && x < 1.4 {
			between = append(between, c.ID)
		}
	}
	draft := d.draft(t)
	line := func(x, y float64) string { return fmt.Sprintf("[%v,%v]", at(x, y).Lon(), at(x, y).Lat()) }
	d.edit(t, draft, fmt.Sprintf(`{"edit":"move-border","layer":"grids","areas":["G11","G12"],"line":[%s,%s,%s,%s],"tolerance_m":3,"reason":"沿河改线"}`, line(1, 0), line(1.4, .1), line(1.4, .9), line(1, 1)))

	got := d.get(t, draft.path("/impact?days=30"))
	if got.status != 200 {
		t.Fatalf("%d %s", got.status, got.body)
	}
	var told impactJSON
	got.json(t, &told)
	if len(told.Layers) != 1 || told.Layers[0].Layer != "grids" || told.Layers[0].Changed != 2 {
		t.Errorf("%+v", told.Layers)
	}
	var was, is float64
	for _, a := range told.Layers[0].Areas {
		was, is = was+a.Was.SquareMetres, is+a.Is.SquareMetres
	}
	if was < 10_000 || was-is > 3e-3 || is-was > 3e-3 { // each is told to a thousandth
		t.Errorf("the two have %v m² and then %v", was, is)
	}
	if told.Open.Total != len(between) || told.Open.Department != len(between) || told.Recent.Total != len(between) ||
		len(told.Open.Directions) != 1 || told.Open.Directions[0].From != "D11" || told.Open.Directions[0].To != "D10" || told.Open.Directions[0].Count != len(between) {
		t.Errorf("%+v", told.Open)
	}
	for i, l := range told.Open.Listed {
		if i < len(between) && (l.ID != between[i] || l.Areas[0].Layer != "grids") {
			t.Errorf("%+v", l)
		}
	}
	grids := map[string][4]int{}
	for _, a := range told.Workload.Grids.Areas {
		grids[a.Code] = [4]int{a.Before.Open, a.After.Open, a.Before.Assets, a.After.Assets}
	}
	if want := map[string][4]int{"G11": {1, 4, 1, 1}, "G12": {4, 1, 1, 1}}; grids["G11"][0] != want["G11"][0] || grids["G11"][1] != want["G11"][1] || grids["G12"][0] != want["G12"][0] || grids["G12"][1] != want["G12"][1] {
		t.Errorf("%v", grids)
	}
	features := d.get(t, draft.path("/impact?format=geojson&limit=2"))
	if features.status != 200 || strings.Count(features.body, `"what":"area"`) != 2 || strings.Count(features.body, `"what":"report"`) != 2 {
		t.Errorf("%d %s", features.status, features.body)
	}
	var page impactJSON
	d.get(t, draft.path("/impact?limit=2&skip=2")).json(t, &page)
	if page.Open.Total != len(between) || len(page.Open.Listed) != 1 || page.Open.Listed[0].ID != between[2] {
		t.Errorf("%+v", page.Open)
	}
	d.specced(t, draft.path("/impact"), draft.path("/impact?format=geojson"))
}

// specced holds answers to the spec.
func (d *desk) specced(t *testing.T, paths ...string) {
	t.Helper()
	router, err := gorillamux.NewRouter(spec(t, d.service))
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range paths {
		validate(t, router, "GET", path, "", "", d.get(t, path))
	}
}

// storedPast shows past states of a database.
type storedPast struct {
	store *postgis.Store
	live  *index.Live
}

func (p storedPast) View(ctx context.Context, w api.When) (*index.Snapshot, bool, error) {
	m, err := p.store.Moment(ctx, w.At, w.Edition, w.KnownNow)
	if err != nil {
		return nil, false, err
	}
	now := p.live.Load()
	if m.Sequence == now.Position().Sequence {
		return now, m.BeforeFirst, nil
	}
	back, err := p.store.Past(ctx, now.Position(), m.Sequence)
	if err != nil {
		return nil, false, err
	}
	view, err := now.InHistory(back.History).Apply(back)
	return view, m.BeforeFirst, err
}

// An edition that holds from before it was published would have answered for reports that
// came in between: they are listed, and stay where they are.
func TestReportsFromBeforeARetroactiveEditionAreListed(t *testing.T) {
	t.Parallel()
	d := openDesk(t, nil, recorded, func(c *api.Config) {
		store := c.Reports.(*postgis.Store)
		c.Past, c.Editions = storedPast{store, c.Live}, store
	})
	ago := func(hours int) string {
		return fmt.Sprintf(`,"reported_at":%q`, time.Now().Add(-time.Duration(hours)*time.Hour).Format(time.RFC3339))
	}
	d.report(t, report(1.2, .25, dirtJSON+ago(30))) // before it holds
	between := d.report(t, report(1.2, .25, dirtJSON+ago(2)))
	d.report(t, report(1.8, .25, dirtJSON+ago(2))) // stays in its grid
	p := &geo.Publication{Base: 1, EffectiveFrom: time.Now().Add(-24 * time.Hour), Document: "杭政函〔2026〕3号"}
	for code, shape := range map[geo.AreaCode]geo.Shape{"G11": rectangle(0, 0, 1.5, 1), "G12": rectangle(1.5, 0, 2, 1)} {
		next := *d.live.Load().Area("grids", code)
		p.Ended = append(p.Ended, next.ID)
		next.ID, next.Shape = 0, shape
		p.Areas = append(p.Areas, &next)
	}
	_, _, err := d.store.Publish(t.Context(), p)
	must(t, err)
	d.catchUp(t)
	var told struct{ Reports movedJSON }
	got := d.get(t, "/v1/editions/2/affected")
	if got.json(t, &told); told.Reports.Total != 1 || told.Reports.Listed[0].ID != between.ID || told.Reports.Listed[0].From != "D11" || told.Reports.Listed[0].To != "D10" {
		t.Errorf("%d %s", got.status, got.body)
	}
	d.specced(t, "/v1/editions/2/affected", "/v1/editions/2/affected?format=geojson", "/v1/editions/2/impact")
}

func TestWhatAnEditionDidIsToldAfterwardsToo(t *testing.T) {
	t.Parallel()
	s := openDesk(t, nil, recorded, func(c *api.Config) { c.Past = twoStates{c.Live, youngTown(t)} })
	s.specced(t, "/v1/editions/2/impact", "/v1/editions/2/impact?format=geojson", "/v1/editions/2/affected", "/v1/editions/3/affected")
	var told impactJSON
	if s.get(t, "/v1/editions/2/impact").json(t, &told); len(told.Layers) == 0 {
		t.Error("nothing is told of the edition")
	}
	for path, says := range map[string]string{
		"/v1/editions/1/impact":              "edition 1 is the first",
		"/v1/editions/2/impact?days=0":       "from 1 to 3650",
		"/v1/editions/2/impact?format=shape": "it is json or geojson",
		"/v1/editions/2/affected?days=3":     "unknown parameter",
		"/v1/editions/x/affected":            "x is no edition",
	} {
		if got := s.get(t, path); got.status < 400 || !strings.Contains(got.detail(t), says) {
			t.Errorf("%s: %d %s", path, got.status, got.body)
		}
	}
}
