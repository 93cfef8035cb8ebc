package main

import (
	"compress/gzip"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"gridwarden/geo"
	"gridwarden/geo/index"
	"gridwarden/geo/realdata"
	"gridwarden/geo/testsize"
)

// newYork are the layers of New York with their code fields.
var newYork = []struct {
	layer      geo.LayerName
	file, code string
	invalid    int // polygons that must be named
}{
	{"borough", "boroughs.geojson.gz", "borough_code", 0},
	{"community_district", "community_districts.geojson.gz", "boro_cd", 0},
	{"police_precinct", "police_precincts.geojson.gz", "precinct", 1},
	{"council_2013", "council_districts_2013.geojson.gz", "district_number", 4},
	{"nta_2010", "nta_2010.geojson", "nta2010", 0},
	{"census_tract_2010", "census_tracts_2010.geojson.gz", "boroct2010", 0},
}

// TestNewYorkEqualsItsTruth imports the layers of New York and compares every row of the
// truth files with what GEOS says: they may differ only within the tolerance of a border.
func TestNewYorkEqualsItsTruth(t *testing.T) {
	c := newCity(t)
	for _, l := range newYork {
		out := c.must("import", "areas", "--layer", string(l.layer), "--code", l.code, "--repair", realdata.Path(t, "us-nyc/"+l.file))
		if named := strings.Count(out, "mended invalid-ring"); named != l.invalid {
			t.Errorf("%s: %d invalid polygons mended, want %d:\n%s", l.layer, named, l.invalid, tail(out))
		}
		if gaps := strings.Count(out, "\nnote gap"); l.layer == "community_district" && gaps != 6 {
			t.Errorf("%d enclosed gaps of the community districts listed, want 6:\n%s", gaps, tail(out))
		}
	}
	view := c.view()
	for _, file := range []string{"truth_311_feb2023.csv", "truth_trees.csv", "truth_hydrants.csv"} {
		compareTruth(t, view, file)
	}
}

func compareTruth(t *testing.T, view *index.Snapshot, file string) {
	t.Helper()
	in, err := os.Open(realdata.Path(t, "us-nyc/"+file))
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	rows, err := csv.NewReader(in).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	compared, onEdge := 0, 0
	for column, heading := range rows[0] {
		layer, isTruth := strings.CutSuffix(heading, "_geos")
		if !isTruth {
			continue
		}
		if layer == "police_precinct" || layer == "council_2013" || view.AreaCount(geo.LayerName(layer)) > 0 {
			for _, row := range rows[1:] {
				compared++
				if why := differs(t, view, geo.LayerName(layer), row[1], row[2], row[column]); why != "" {
					onEdge++
					t.Logf("%s %s: %s", file, row[0], why)
				}
			}
			continue
		}
		t.Errorf("%s: no layer %s", file, layer)
	}
	t.Logf("%s: %d answers compared, %d on an edge", file, compared, onEdge)
	if compared == 0 || onEdge > compared/1000 {
		t.Errorf("%s: %d of %d rows are on an edge", file, onEdge, compared)
	}
}

// differs explains why an answer is not the truth: the point lies on a border, within the
// tolerance. Anything else fails. Some truth names boroughs, which are coded by number.
func differs(t *testing.T, view *index.Snapshot, layer geo.LayerName, lon, lat, truth string) string {
	x, _ := strconv.ParseFloat(lon, 64)
	y, _ := strconv.ParseFloat(lat, 64)
	got := string(at(view, layer, x, y))
	if area := view.Area(layer, geo.AreaCode(got)); got == truth || layer == "borough" && area != nil && strings.Contains(string(area.Attributes), `"borough": "`+truth+`"`) {
		return ""
	}
	p, _ := geo.CoordOf(x, y)
	for area := range view.AreasIn(layer, geo.FrameAt(p).Around(2)) {
		if m, near := view.EdgeDistance(area, p, 1.1); near {
			return fmt.Sprintf("%s %s %s: %q, GEOS says %q; %.3f m from the border", layer, lon, lat, got, truth, m)
		}
	}
	t.Errorf("%s at %s %s: %q, GEOS says %q, and no border is within the tolerance", layer, lon, lat, got, truth)
	return ""
}

func TestBoroughsAreMadeOfTractsOrRefusedAsTheirParents(t *testing.T) {
	c := newCity(t)
	tracts := realdata.Path(t, "us-nyc/census_tracts_2010.geojson.gz")
	c.must("import", "areas", "--layer", "tracts", "--code", "boroct2010", tracts)
	c.must("import", "areas", "--layer", "boroughs", "--dissolve", "tracts", "--code", "borough_code", "--name", "borough")
	view := c.view()
	if n := view.AreaCount("boroughs"); n != 5 {
		t.Errorf("%d boroughs, want 5", n)
	}
	if a := view.Area("tracts", "4073900"); a == nil || a.Parent != "4" || view.Area("boroughs", "4").Name != "QUEENS" {
		t.Errorf("tract 4073900 is %+v in %+v", a, view.Area("boroughs", "4"))
	}
	if out := c.must("check"); !strings.Contains(out, " 0 errors") {
		t.Error(out)
	}
}

func TestGivenBoroughsAreRefusedAsParentsOfTheTracts(t *testing.T) {
	c := newCity(t)
	tracts, boroughs, codes := realdata.Path(t, "us-nyc/census_tracts_2010.geojson.gz"), realdata.Path(t, "us-nyc/boroughs.geojson.gz"), "12345"
	if !testsize.Long() { // Staten Island alone
		tracts, boroughs, codes = partOf(c, tracts, "borough_code", "5"), partOf(c, boroughs, "borough_code", "5"), "5"
	}
	plan := c.file("plan.json", `{"layers":[
		{"layer":"tracts","parent":"boroughs","parent-code":"borough_code","code":"boroct2010","files":["`+tracts+`"]},
		{"layer":"boroughs","code":"borough_code","name":"borough","files":["`+boroughs+`"]}]}`)
	out := c.refused(exitFaults, []string{"error nesting", "m²"}, "import", "areas", "--plan", plan)
	for _, borough := range codes {
		if named := fmt.Sprintf("\nboroughs %c ", borough); !strings.Contains(out, named) {
			t.Errorf("borough %c is not named, whose tracts stick out into the water:\n%s", borough, tail(out))
		}
	}
}

func TestTaiwanVillagesAgreeWithPostGIS(t *testing.T) {
	c := newCity(t)
	villages := realdata.Path(t, "tw-villages/villages.geojson.gz")
	if testsize.Long() {
		c.refused(exitFaults, []string{"invalid-ring", "overlap"}, "import", "areas", "--layer", "villages", "--code", "VILLCODE", "--name", "VILLNAME", villages)
	}
	out := c.must("import", "areas", "--layer", "villages", "--code", "VILLCODE", "--name", "VILLNAME", "--repair", villages)
	if n := strings.Count(out, "mended invalid-ring"); n != 7 {
		t.Errorf("%d invalid villages mended, want 7", n)
	}
	compareCovers(c, "villages", testsize.N(20_000, 100_000))

	c.must("import", "areas", "--layer", "towns", "--dissolve", "villages", "--code", "TOWNCODE", "--name", "TOWNNAME")
	c.must("import", "areas", "--layer", "counties", "--dissolve", "towns", "--code", "COUNTYCODE", "--name", "COUNTYNAME")
	view := c.view()
	if view.AreaCount("towns") != 368 || view.AreaCount("counties") != 22 {
		t.Errorf("%d towns and %d counties, want 368 and 22", view.AreaCount("towns"), view.AreaCount("counties"))
	}
	if out := c.must("check"); !strings.Contains(out, " 0 errors") {
		t.Error(tail(out))
	}
}

func TestGivenTownsOfTaiwanAreRefusedAndMended(t *testing.T) {
	c := newCity(t)
	villages, towns, want := realdata.Path(t, "tw-villages/villages.geojson.gz"), realdata.Path(t, "tw-villages/towns.geojson.gz"), 42
	if !testsize.Long() { // 金門縣 alone
		villages, towns, want = partOf(c, villages, "COUNTYCODE", "09020"), partOf(c, towns, "COUNTYCODE", "09020"), 2
	}
	plan := c.file("plan.json", `{"layers":[
		{"layer":"villages","code":"VILLCODE","name":"VILLNAME","parent":"towns","files":["`+villages+`"]},
		{"layer":"towns","code":"TOWNCODE","name":"TOWNNAME","files":["`+towns+`"]}]}`)
	told := c.refused(exitFaults, nil, "import", "areas", "--plan", plan)
	overhangs := regexp.MustCompile(`(?m)^towns \d+ .* stick out by .*$`).FindAllString(told, -1)
	if len(overhangs) != want || !strings.HasPrefix(overhangs[0], "towns 09020030 金湖鎮: 8 areas stick out by 41.88 km²") {
		t.Errorf("%d towns are named whose villages stick out, want %d:\n%s", len(overhangs), want, strings.Join(overhangs, "\n"))
	}
	if out := c.must("import", "areas", "--plan", plan, "--repair"); !strings.Contains(out, "towns 09020030 was extended by 41.88 km²") {
		t.Errorf("what 金湖鎮 gained is not told:\n%s", tail(out))
	}
	if out := c.must("check"); !strings.Contains(out, " 0 errors") {
		t.Error(tail(out))
	}
}

// partOf writes the features of a GeoJSON file whose field has a value.
func partOf(c *city, path, field, value string) string {
	c.Helper()
	in, err := os.Open(path)
	if err != nil {
		c.Fatal(err)
	}
	defer in.Close()
	plain, err := gzip.NewReader(in)
	if err != nil {
		c.Fatal(err)
	}
	var all struct {
		Type     string            `json:"type"`
		Features []json.RawMessage `json:"features"`
	}
	if err := json.NewDecoder(plain).Decode(&all); err != nil {
		c.Fatal(err)
	}
	all.Features = slices.DeleteFunc(all.Features, func(feature json.RawMessage) bool {
		var f struct{ Properties map[string]any }
		return json.Unmarshal(feature, &f) != nil || fmt.Sprint(f.Properties[field]) != value
	})
	part, err := json.Marshal(all)
	if err != nil {
		c.Fatal(err)
	}
	return c.file(field+value+filepath.Base(strings.TrimSuffix(path, ".gz")), string(part))
}

// The points are the inner side of the join, so that PostGIS prepares each area once.
const (
	pointsSQL = `
CREATE TEMPORARY TABLE points AS
SELECT i, ST_SetSRID(ST_Point(x, y), 4326) AS point FROM unnest($1::float8[], $2::float8[]) WITH ORDINALITY AS p (x, y, i)`
	coversSQL = `
SELECT p.i, coalesce(string_agg(c.code, '|' ORDER BY c.code), '')
FROM points p LEFT JOIN (
	SELECT q.i, a.code FROM areas a JOIN points q ON ST_Covers(a.shape, q.point) WHERE a.layer = $1 AND a.ended IS NULL
) c USING (i) GROUP BY p.i ORDER BY p.i`
)

// compareCovers asks PostGIS and the view for random points; they may differ only on edges.
func compareCovers(c *city, layer geo.LayerName, n int) {
	c.Helper()
	view, seed := c.view(), rand.Uint64()
	c.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 0))
	box := view.Bounds(layer)
	points := make([]geo.Coord, n)
	xs, ys := make([]float64, n), make([]float64, n)
	for i := range points {
		points[i] = geo.Coord{
			X: box.Min.X + int32(random.Int64N(int64(box.Max.X)-int64(box.Min.X))),
			Y: box.Min.Y + int32(random.Int64N(int64(box.Max.Y)-int64(box.Min.Y))),
		}
		xs[i], ys[i] = points[i].Lon(), points[i].Lat()
	}
	conn, err := pgx.Connect(c.Context(), c.url)
	if err != nil {
		c.Fatal(err)
	}
	defer conn.Close(c.Context())
	for _, step := range []struct {
		sql  string
		args []any
	}{
		{pointsSQL, []any{xs, ys}},
		{"CREATE INDEX ON points USING gist (point)", nil},
		{"ANALYZE points", nil},
		{"ANALYZE areas", nil},
	} {
		if _, err := conn.Exec(c.Context(), step.sql, step.args...); err != nil {
			c.Fatal(err)
		}
	}
	rows, err := conn.Query(c.Context(), coversSQL, string(layer))
	if err != nil {
		c.Fatal(err)
	}
	found := 0
	var i int
	var codes string
	_, err = pgx.ForEachRow(rows, []any{&i, &codes}, func() error {
		got, edge := "", false
		for _, hit := range view.Locate(points[i-1], layer).Areas {
			got, edge = string(hit.Area.Code), hit.OnEdge
			found++
		}
		if got != codes && !edge {
			c.Errorf("%v: %q, PostGIS says %q", points[i-1], got, codes)
		}
		return nil
	})
	if err != nil {
		c.Fatal(err)
	}
	c.Logf("%d random points, %d in an area", n, found)
	if found == 0 {
		c.Error("no point fell into an area")
	}
}
