package api_test

import (
	"fmt"
	"net/url"
	"strings"
	"testing"

	"gridwarden/api"
	"gridwarden/geo"
	"gridwarden/geo/access"
)

// foundJSON is one thing found.
type foundJSON struct {
	Kind, Code, Name, Layer, Within, Standard, Category, Family, CRS string

	CategoryKind string `json:"category_kind"`
	Lon, Lat     float64
	BBox         []float64
}

// find is what a text finds, and that in short.
func (s *service) find(t testing.TB, text, more string, headers ...string) (all []foundJSON, told string) {
	t.Helper()
	got := s.get(t, "/v1/search?q="+url.QueryEscape(text)+more, headers...)
	if got.status != 200 {
		t.Fatalf("%q: %d %s", text, got.status, got.body)
	}
	var answer struct{ Results []foundJSON }
	got.json(t, &answer)
	for _, f := range answer.Results {
		told += " " + f.Kind + ":" + f.Code
	}
	return answer.Results, strings.TrimSpace(told)
}

func TestOneBoxFindsWhatIsMeant(t *testing.T) {
	t.Parallel()
	s := start(t)
	for text, want := range map[string]string{
		"g1":              "area:G11 area:G12 area:G13 area:G14",
		"G13":             "area:G13",
		"长庆":              "area:C1 department:D1 department:D10 department:D11",
		"社区":              "area:C1 area:C2 department:D10 department:D11",
		"潮鸣":              "department:D2",
		"ludeng":          "category:0112 category:0112",
		"ljlj":            "",
		"bllj":            "category:0201",
		"street LAMP":     "category:0112",
		"l001":            "asset:L001 asset:L001",
		"120.1705,30.285": "point: point: point:",
	} {
		if _, got := s.find(t, text, ""); got != want {
			t.Errorf("%q finds %q, want %q", text, got, want)
		}
	}
	all, _ := s.find(t, "网格2-3", "")
	if len(all) != 1 || all[0].Layer != "grids" || all[0].Within != `"新华"社区` || len(all[0].BBox) != 4 ||
		all[0].Lon < all[0].BBox[0] || all[0].Lon > all[0].BBox[2] || all[0].Lat < all[0].BBox[1] || all[0].Lat > all[0].BBox[3] {
		t.Errorf("%+v", all)
	}
	c := at(.4, .4)
	all, _ = s.find(t, fmt.Sprintf("北纬%.6f 东经%.6f", c.Lat(), c.Lon()), "")
	if len(all) != 1 || all[0].Name != "网格1-1 · 长庆社区" || all[0].CRS != "OGC:CRS84" {
		t.Errorf("%+v", all)
	}
}

func TestASearchSaysWhatItCannotTake(t *testing.T) {
	t.Parallel()
	s := start(t)
	for _, query := range []string{"", "?q=", "?q=" + strings.Repeat("x", 201), "?q=a&limit=0", "?q=a&limit=101", "?q=a&kind=area", "?q=a&edition=x"} {
		if got := s.get(t, "/v1/search"+query); got.status != 400 || got.detail(t) == "" {
			t.Errorf("%s: %d %s", query, got.status, got.body)
		}
	}
	if got := s.get(t, "/v1/search?q=G&limit=3"); !strings.Contains(got.body, `"more":true`) || strings.Count(got.body, `"kind"`) != 3 {
		t.Error(got.body)
	}
}

func TestASearchIsOfTheStateAskedFor(t *testing.T) {
	t.Parallel()
	s := start(t)
	if all, _ := s.find(t, "网格1-1", "&at=2020-01-01T00:00:00Z"); len(all) != 0 {
		t.Errorf("what was not there then is found: %+v", all)
	}
}

func TestAReportIsFoundByItsIDByWhoMayReadIt(t *testing.T) {
	t.Parallel()
	d, bearer := keyed(t, planningDesk, func(c *api.Config) { c.Public = []geo.LayerName{"parks"} })
	id := d.report(t, report(.5, .5, dirtJSON+`,"address":"庆春路 1 号"`), "Authorization", bearer(string(access.Reporter))).ID
	all, told := d.find(t, " "+strings.ToUpper(id)+" ", "", "Authorization", bearer(string(access.Viewer)))
	if told != "report:"+id || all[0].Name != "庆春路 1 号" || all[0].Lon != at(.5, .5).Lon() || all[0].Category != dirtKey.Code {
		t.Errorf("%+v", all)
	}
	if _, told := d.find(t, id, ""); told != "" {
		t.Errorf("without a key one finds %s", told)
	}
	if _, told := d.find(t, "公园", ""); told != "area:P1" {
		t.Errorf("what is public is not found without a key: %s", told)
	}
}
