package api_test

import (
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"gridwarden/geo"
	"gridwarden/geo/index"
	"gridwarden/geo/testsize"
)

// collection is a page of features.
type collection struct {
	Type     string
	BBox     []float64 `json:"bbox"`
	Returned int       `json:"numberReturned"`
	Links    []struct{ Rel, Href string }
	Features []struct {
		ID       string
		Geometry struct {
			Type        string
			Coordinates json.RawMessage
		}
		Properties map[string]any
	}
}

func (c collection) next() string {
	for _, l := range c.Links {
		if l.Rel == "next" {
			return l.Href
		}
	}
	return ""
}

func (c collection) ids() (all []string) {
	for _, f := range c.Features {
		all = append(all, f.ID)
	}
	return all
}

// page fetches one page by its path or by the address of a link.
func (s *service) page(t testing.TB, at string) (c collection) {
	t.Helper()
	got := s.get(t, strings.TrimPrefix(at, s.URL))
	if got.status != 200 || got.header.Get("Content-Type") != "application/geo+json" {
		t.Fatalf("%s: %d %s", at, got.status, got.body)
	}
	got.json(t, &c)
	if next := c.next(); (next != "") != strings.Contains(got.header.Get("Link"), `rel="next"`) {
		t.Errorf("the Link header %q does not say what links says", got.header.Get("Link"))
	}
	if c.Returned != len(c.Features) {
		t.Errorf("%d features are told as %d", len(c.Features), c.Returned)
	}
	return c
}

// walk is the ids of every page from a path on, and how many pages there were.
func (s *service) walk(t testing.TB, path string) (ids []string, pages int) {
	t.Helper()
	for at := path; at != ""; pages++ {
		c := s.page(t, at)
		ids = append(ids, c.ids()...)
		at = c.next()
	}
	return ids, pages
}

func TestPagesTogetherAreTheList(t *testing.T) {
	s := start(t)
	grids := strings.Fields("G11 G12 G13 G14 G21 G22 G23 G24")
	lamps := strings.Fields("L001 L001 L002 L003 L004 L005 L006 L007 L008 L009")
	c := at(2, 2)
	half := url.QueryEscape(fmt.Sprintf("120.17,30.28,%v,%v", c.Lon(), c.Lat()))
	for _, l := range []struct {
		path string
		want []string
	}{
		{"/v1/layers/grids/areas?", grids},
		{"/v1/layers/grids/areas?bbox=" + half + "&", strings.Fields("G11 G12 G13 G21 G22 G23")}, // G13 and G23 touch
		{"/v1/assets?", lamps},
		{"/v1/assets?bbox=" + half + "&", strings.Fields("L001 L002 L005 L006 L009")},
		{"/v1/assets?within=grids/G11&", lamps[:1]},
		{"/v1/assets?within=grids/G12&", strings.Fields("L002 L009")}, // L009 is on its border with G11
		{"/v1/assets?within=grids/G24&", strings.Fields("L001 L008")}, // and L001 on that with G23
		{"/v1/assets?standard=CJ/T+214-2007&category=0112&kind=component&department=D3&", lamps[1:]},
		{"/v1/assets?state=%E5%AE%8C%E5%A5%BD&", lamps[:9]},
		{"/v1/assets?department=D1&", nil},
	} {
		for limit := 1; limit <= 11; limit++ {
			got, pages := s.walk(t, l.path+fmt.Sprintf("limit=%d", limit))
			if want := max(1, (len(l.want)+limit-1)/limit); !slices.Equal(got, l.want) || pages != want {
				t.Errorf("%slimit=%d: %v in %d pages", l.path, limit, got, pages)
			}
		}
	}
}

// TestNothingIsSkippedOrRepeatedWhileOthersInsert walks the assets while assets come and
// go: every asset that was there all the time is met exactly once.
func TestNothingIsSkippedOrRepeatedWhileOthersInsert(t *testing.T) {
	s := start(t)
	rapid.Check(t, func(rt *rapid.T) {
		snapshot, next := index.Empty(), 1000
		base := townChanges()
		place := rapid.Custom(func(t *rapid.T) geo.Coord {
			return at(rapid.Float64Range(0, 4).Draw(t, "east"), rapid.Float64Range(0, 2).Draw(t, "north"))
		})
		insert := func(c *geo.Changes, n int) {
			for range n {
				next++
				a := lamp(next, place.Draw(rt, "place"))
				a.ID = geo.AssetID(fmt.Sprintf("%05d-%d", rapid.IntRange(0, 99999).Draw(rt, "id"), next))
				c.Assets = append(c.Assets, a)
			}
		}
		insert(base, 30)
		snapshot = apply(t, snapshot, base)
		s.live.Store(snapshot)
		var fleeting []geo.AssetVersion
		seen := map[string]int{}
		path := fmt.Sprintf("/v1/assets?standard=CJ/T+214-2007&limit=%d", rapid.IntRange(1, 9).Draw(rt, "limit"))
		if rapid.Bool().Draw(rt, "boxed") {
			path += "&bbox=120.17,30.28,120.18,30.29"
		}
		for path != "" {
			c := s.page(t, path)
			for _, id := range c.ids() {
				seen[id]++
			}
			path = c.next()
			change := &geo.Changes{History: history, From: snapshot.Position(), Edition: snapshot.Edition(), AssetsEnded: fleeting}
			change.To = geo.Position{Sequence: change.From.Sequence + 1}
			insert(change, rapid.IntRange(0, 4).Draw(rt, "inserted"))
			fleeting = nil
			for _, a := range change.Assets {
				fleeting = append(fleeting, a.Version)
			}
			snapshot = apply(t, snapshot, change)
			s.live.Store(snapshot)
		}
		for _, a := range base.Assets {
			if a.Category.Standard == lampKey.Standard && seen[string(a.ID)] != 1 {
				rt.Fatalf("%s was met %d times", a.ID, seen[string(a.ID)])
			}
		}
		for id, n := range seen {
			if n > 1 {
				rt.Fatalf("%s was met %d times", id, n)
			}
		}
	})
}

// TestALongWalkLooksAtEachAreaOnce walks page by page through a layer in a box that holds
// nearly all of it.
func TestALongWalkLooksAtEachAreaOnce(t *testing.T) {
	s := start(t)
	c := townChanges()
	n := testsize.N(1000, 5000)
	for i := range n {
		x := float64(i)
		c.Areas = append(c.Areas, &geo.Area{ID: geo.AreaID(1000 + i), Layer: "parks", Code: geo.AreaCode(fmt.Sprintf("Q%05d", i)), Shape: rectangle(x, 10, x+1, 11)})
	}
	s.live.Store(apply(t, index.Empty(), c))
	ids, pages := s.walk(t, "/v1/layers/parks/areas?limit=1&bbox=120,30.285,130,31")
	if len(ids) != n || pages != n || !slices.IsSorted(ids) {
		t.Errorf("%d of %d areas in %d pages", len(ids), n, pages)
	}
}

func TestGeoJSONIsWhatReadersExpect(t *testing.T) {
	s := start(t)
	c := s.page(t, "/v1/layers/communities/areas")
	f := c.Features[1]
	if f.ID != "C2" || f.Properties["name"] != `"新华"社区` || f.Properties["parent"] != nil || f.Geometry.Type != "Polygon" {
		t.Errorf("%+v", f)
	}
	if got := string(f.Geometry.Coordinates); got != "[[[120.172,30.28],[120.1745,30.28],[120.1745,30.282],[120.172,30.282],[120.172,30.28]]]" {
		t.Error("the ring is not closed, or not counter-clockwise: ", got)
	}
	if !slices.Equal(c.BBox, []float64{120.17, 30.28, 120.1745, 30.282}) {
		t.Error(c.BBox)
	}
	var road struct{ Properties map[string]any }
	s.get(t, "/v1/layers/roads/areas/R1").json(t, &road)
	if p := road.Properties; p["class"] != "primary" || p["reach_m"] != 15. || p["side"] != "both" {
		t.Error(p)
	}
	park := s.page(t, "/v1/layers/parks/areas").Features[0]
	if attributes, _ := park.Properties["attributes"].(map[string]any); attributes["trees"] != 12. {
		t.Error(park.Properties)
	}
	empty := s.page(t, "/v1/assets?category=none")
	if empty.Features == nil || empty.BBox != nil {
		t.Errorf("an empty list is not an empty list: %+v", empty)
	}
}

func TestALayerSaysWhoseItsBordersAreAndWhetherTheyAreLocked(t *testing.T) {
	s := start(t)
	for name, want := range map[string]string{
		"parks":       `"visibility":"public","authority":"园林局","locked":false,"smallest_area_m2":0.5,"areas":`,
		"communities": `"locked":true,"areas":`, // another's parent
		"grids":       `"locked":false,"areas":`,
	} {
		if got := s.get(t, "/v1/layers/"+name).body; !strings.Contains(got, want) {
			t.Errorf("%s is told as %s", name, got)
		}
	}
}

func TestACodeWithASlashHasAnAddress(t *testing.T) {
	s := start(t)
	change := &geo.Changes{History: history, From: s.live.Load().Position(), To: geo.Position{Sequence: 6}, Edition: s.live.Load().Edition(),
		Areas: []*geo.Area{{ID: 99, Layer: "parks", Code: "公园/3 #1?", Shape: rectangle(5, 5, 6, 6)}}}
	s.live.Store(apply(t, s.live.Load(), change))
	got := s.get(t, "/v1/layers/parks/areas/"+url.PathEscape("公园/3 #1?"))
	if got.status != 200 || !strings.Contains(got.body, "公园/3 #1?") {
		t.Errorf("%d %s", got.status, got.body)
	}
}

func TestWrongListingsGetASentence(t *testing.T) {
	s := start(t)
	for _, c := range []struct {
		path   string
		status int
		says   string
	}{
		{"/v1/layers/grids/areas?limit=0", 400, "from 1 to 10000"},
		{"/v1/layers/grids/areas?limit=10001", 400, "from 1 to 10000"},
		{"/v1/layers/grids/areas?limit=many", 400, "from 1 to 10000"},
		{"/v1/layers/grids/areas?bbox=1,2,3", 400, "3 numbers"},
		{"/v1/layers/grids/areas?bbox=1,2,3,x", 400, `"x" is not a number`},
		{"/v1/layers/grids/areas?bbox=120,31,121,30", 400, "south 31 is north of"},
		{"/v1/layers/grids/areas?bbox=121,30,120,31", 400, "antimeridian"},
		{"/v1/layers/grids/areas?bbox=30,120,31,121", 400, "swapped"},
		{"/v1/layers/grids/areas?bbox=NaN,0,1,1", 400, "finite"},
		{"/v1/layers/grids/areas?colour=red", 400, "use bbox, crs, limit, after"},
		{"/v1/layers/grids?colour=red", 400, "use at, edition, known"},
		{"/v1/layers/trams/areas", 404, "grids, communities"},
		{"/v1/layers/grids/areas/G99", 404, `"G99"`},
		{"/v1/assets/X?standard=none", 404, "of the standard none"},
		{"/v1/assets?after=L001", 400, "next link"},
		{"/v1/assets?bbox=", 200, ""},
		{"/v1/nothing", 404, "/openapi.json"},
		{"/nothing", 404, "/openapi.json"},
	} {
		got := s.get(t, c.path)
		if got.status != c.status {
			t.Errorf("%s: %d %s", c.path, got.status, got.body)
		} else if c.status != 200 && !strings.Contains(got.detail(t), c.says) {
			t.Errorf("%s: %q does not say %q", c.path, got.detail(t), c.says)
		}
	}
}

func TestAnAssetHasItsAttributesOnlyOfTheSameVersion(t *testing.T) {
	store := &fakeStore{asset: lamp(1, at(.5, .5))}
	store.asset.Attributes = json.RawMessage(`{"height_m":9}`)
	s := start(t, store.serveAssets)
	const path = "/v1/assets/L001?standard=CJ/T+214-2007"
	if got := s.get(t, path); !strings.Contains(got.body, `"attributes":{"height_m":9}`) {
		t.Errorf("%d %s", got.status, got.body)
	}
	store.asset.Version++
	if got := s.get(t, path); got.status != 200 || strings.Contains(got.body, "attributes") {
		t.Errorf("of a newer version: %d %s", got.status, got.body)
	}
	store.err = geo.Errorf(geo.Unavailable, "the database is away")
	if got := s.get(t, path); got.status != 200 || strings.Contains(got.body, "attributes") {
		t.Errorf("with the database away: %d %s", got.status, got.body)
	}
}
