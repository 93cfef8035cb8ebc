package api_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/paulmach/orb/encoding/mvt"
	"github.com/paulmach/orb/maptile"

	"gridwarden/api"
	"gridwarden/geo"
	"gridwarden/geo/access"
	"gridwarden/geo/postgis"
)

var cameraKey = geo.CategoryKey{Standard: lampKey.Standard, Kind: geo.Component, Code: "0136"}

const secretCameras = 3

// secretTown is a town with a layer and a category that are restricted. All that is in them
// is called SECRET. It comes with keys on, and without one the parks and assets are read.
func secretTown(t *testing.T) (*desk, func(roles ...string) string) {
	t.Helper()
	d, bearer := keyed(t, planningDesk, func(c *api.Config) {
		c.Public, c.Editions, c.Past = []geo.LayerName{"parks", "assets", "beats"}, c.Reports.(*postgis.Store), twoStates{c.Live, youngTown(t)}
	})
	_, err := d.store.ImportCategories(t.Context(), []geo.Category{{CategoryKey: cameraKey, Name: "监控电子眼", Visibility: geo.Restricted}}, false)
	must(t, err)
	beats := geo.Layer{Name: "beats", Kind: geo.Coverage, Rank: 8, Visibility: geo.Restricted}
	_, _, err = d.store.Publish(t.Context(), &geo.Publication{
		Base: 1, Layers: []geo.Layer{beats},
		Areas: []*geo.Area{{Layer: "beats", Code: "SECRET-B1", Name: "SECRET 警区", Department: "D2", Shape: rectangle(0, 0, 4, 2)}},
		Duty: geo.DutyTables{
			Rules: []geo.DutyRow{parkDuty, {ID: "SECRET-row", Priority: 1, Standard: dirtKey.Standard, Kind: geo.Matter, Category: dirtKey.Code, Layer: "beats", Assign: "department:D2", Basis: "SECRET"}},
			Groups: []geo.Group{
				{Kind: geo.DutyGroup, Code: "W1", Name: "巡查一组", Layer: "communities", Members: []geo.AreaCode{"C1"}},
				{Kind: "watch", Code: "SECRET-W", Name: "SECRET", Layer: "beats", Members: []geo.AreaCode{"SECRET-B1"}},
			},
		},
	})
	must(t, err)
	_, err = d.store.ImportAssets(t.Context(), func(yield func(geo.Asset, error) bool) {
		for i := range secretCameras {
			a := lamp(i+1, at(float64(i)+.4, .4))
			a.ID, a.Name, a.Category = geo.AssetID(fmt.Sprintf("SECRET-%d", i)), "SECRET", cameraKey
			if !yield(a, nil) {
				return
			}
		}
	}, false)
	must(t, err)
	d.catchUp(t)
	return d, bearer
}

// everyAnswer asks all that reads, by whatever name a reader may have heard.
func everyAnswer(t *testing.T, d *desk, filed, draft string, headers ...string) map[string]answer {
	t.Helper()
	camera := `"category":{"standard":"` + cameraKey.Standard + `","kind":"component","code":"0136"}`
	gets := append(everyRead(t), "/v1/layers/beats", "/v1/layers/beats/areas", "/v1/layers/beats/areas/SECRET-B1", "/v1/assets?category=0136",
		"/v1/assets/SECRET-0", "/v1/locate?layers=beats&"+query(.5, .5), "/v1/rules", "/v1/rules/SECRET-row", "/v1/responsibility?matrix=1",
		"/v1/duty?"+query(.4, .4), "/v1/reports/"+filed, "/v1/rulings", "/v1/returns", "/v1/editions", "/v1/assignments",
		"/tiles/beats.json", "/tiles/assets,grids.json", "/v1/assets?bbox=120,30,121,31", "/v1/assets?at=2020-01-01T00:00:00Z")
	for z := range 19 {
		gets = append(gets, tilePath("assets", maptile.Zoom(z)), tilePath("assets,grids", maptile.Zoom(z))+"?fields=id,name,categories,assets,category_name")
	}
	gets = append(gets, tilePath("beats", 14), "/v1/editions/2/differences?from=1", "/v1/layers/beats/areas/SECRET-B1/history", "/v1/editions/2/impact",
		"/v1/drafts", "/v1/drafts/"+draft, "/v1/drafts/"+draft+"/edits", "/v1/drafts/"+draft+"/impact", "/v1/drafts/"+draft+"/faults",
		"/v1/locate?"+query(.4, .4)+"&draft="+draft, "/v1/layers/beats/areas?draft="+draft, "/v1/rules?draft="+draft, "/v1/groups?draft="+draft, tilePath("beats", 14)+"?draft="+draft,
		tilePath("assets", 16)+"?fields=id,name&draft="+draft, "/v1/search?q=SECRET", "/v1/search?q=SECRET&draft="+draft, "/v1/responsibility?draft="+draft, "/v1/rules?edition=2", "/v1/layers?edition=2")
	all := map[string]answer{}
	for _, path := range gets {
		all["GET "+path] = d.get(t, path, headers...)
	}
	for name, body := range map[string]string{
		"dirt": dirtJSON, "camera": "," + camera, "named": "," + camera + `,"asset_id":"SECRET-1"`, "other": lampJSON + `,"asset_id":"SECRET-2"`,
		"asked": "," + camera + `,"accuracy_m":200`, "answered": "," + camera + `,"accuracy_m":200,"answers":{"asset":"SECRET-0"}`,
	} {
		all["route "+name] = d.post(t, "/v1/route", report(.4, .4, body), headers...)
		all["routes "+name] = d.do(t, "POST", "/v1/route", report(.4, .4, body)+"\n", append([]string{"Content-Type", ndjson}, headers...)...)
	}
	all["points"] = d.do(t, "POST", "/v1/locate", point(.4, .4), append([]string{"Content-Type", ndjson}, headers...)...)
	all["table"] = d.do(t, "POST", "/v1/locate", "lon,lat\n120.1704,30.2804\n", append([]string{"Content-Type", "text/csv"}, headers...)...)
	return all
}

func TestWhatIsRestrictedIsInNoAnswerToWhoMayNotSeeIt(t *testing.T) {
	t.Parallel()
	d, bearer := secretTown(t)
	dispatcher, reporter := bearer(access.Dispatcher), bearer(access.Reporter)
	camera := `,"category":{"standard":"` + cameraKey.Standard + `","kind":"component","code":"0136"},"asset_id":"SECRET-1"`
	filed := d.post(t, "/v1/reports", report(1.4, .4, camera), "Authorization", reporter)
	if filed.status != 201 || strings.Contains(filed.body, "SECRET") {
		t.Errorf("a reporter files what is wrong with a camera: %d %s", filed.status, filed.body)
	}
	var kept struct{ ID string }
	filed.json(t, &kept)
	planner := bearer(access.Planner)
	var drafted struct{ ID string }
	d.post(t, "/v1/drafts", `{"name":"SECRET"}`, "Authorization", planner).json(t, &drafted)
	if got := d.post(t, "/v1/drafts/"+drafted.ID+"/edits", `{"reason":"x","edit":"set","layer":"beats","areas":["SECRET-B1"],"name":"SECRET 2"}`, "Authorization", planner, "If-Match", `"1"`); got.status != 200 && got.status != 201 {
		t.Errorf("%d %s", got.status, got.body)
	}
	for name, headers := range map[string][]string{
		"nobody": nil, "viewer": {"Authorization", bearer(access.Viewer)}, "reporter": {"Authorization", reporter},
		"system": {"Authorization", bearer(access.System)}, "security": {"Authorization", bearer(access.Security, access.Viewer)},
	} {
		for what, got := range everyAnswer(t, d, kept.ID, drafted.ID, headers...) {
			if i := strings.Index(got.body, "SECRET"); i >= 0 && !quoted(what, got) {
				t.Errorf("%s: %s: %d …%s…", name, what, got.status, got.body[max(0, i-120):min(len(got.body), i+60)])
			}
		}
	}
	told := 0
	for _, got := range everyAnswer(t, d, kept.ID, drafted.ID, "Authorization", dispatcher) {
		if strings.Contains(got.body, "SECRET") {
			told++
		}
	}
	if told < 35 {
		t.Errorf("who may see it is told of it in %d answers only", told)
	}
}

// quoted tells whether an answer only says back, as not there, what the question named.
func quoted(what string, got answer) bool {
	return got.status == 404 && strings.Contains(what, "SECRET") || got.status == 200 && strings.Contains(got.body, "is not known here") && strings.Contains(what, "named")
}

// TestEveryReaderCountsWhatItSees: tiles of every zoom count as many assets as the listing
// has, for each reader.
func TestEveryReaderCountsWhatItSees(t *testing.T) {
	t.Parallel()
	d, bearer := secretTown(t)
	all := len(townChanges().Assets)
	for _, c := range []struct {
		name    string
		headers []string
		want    int
	}{
		{"nobody", nil, all},
		{"viewer", []string{"Authorization", bearer(access.Viewer)}, all},
		{"dispatcher", []string{"Authorization", bearer(access.Dispatcher)}, all + secretCameras},
		{"admin", []string{"Authorization", bearer(access.Admin)}, all + secretCameras},
	} {
		var page struct{ Features []struct{} }
		d.get(t, "/v1/assets", c.headers...).json(t, &page)
		if len(page.Features) != c.want {
			t.Errorf("%s lists %d assets, want %d", c.name, len(page.Features), c.want)
		}
		for z := range maptile.Zoom(8) {
			layers, err := mvt.Unmarshal([]byte(d.get(t, tilePath("assets", z), c.headers...).body))
			must(t, err)
			n := 0
			for _, f := range layers[0].Features {
				n += int(f.Properties["count"].(float64))
			}
			if n != c.want {
				t.Errorf("%s counts %d assets at zoom %d, want %d", c.name, n, z, c.want)
			}
		}
	}
}

func TestReadingIsClosedOpenOrByName(t *testing.T) {
	t.Parallel()
	marked := func(open bool) *service {
		return start(t, func(c *api.Config) { c.KeysOn, c.Open = true, open })
	}
	closed, open := marked(false), marked(true)
	for path, want := range map[string]int{
		"/v1/layers": 200, "/v1/layers/parks": 200, "/v1/layers/grids": 401, "/v1/assets": 401, tilePath("parks", 14): 200, tilePath("parks,grids", 14): 401,
		"/v1/locate?layers=roads&" + query(.5, .5): 200, "/v1/rules": 401,
	} {
		if got := closed.get(t, path); got.status != 401 {
			t.Errorf("closed: %s: %d", path, got.status)
		}
		if got := open.get(t, path); got.status != want || strings.Contains(got.body, "communities") {
			t.Errorf("open: %s: %d %s", path, got.status, got.body)
		}
	}
}
