package api_test

import (
	"fmt"
	"net/url"
	"strings"
	"testing"

	"gridwarden/api"
	"gridwarden/geo"
	"gridwarden/geo/index"
)

// wholeEarth has a coverage of two halves from pole to pole, which meet at 0 and end at
// ±180, and a lamp at each corner.
func wholeEarth(t *testing.T) *service {
	t.Helper()
	const w, n = 180 * geo.Scale, 90 * geo.Scale
	half := func(id int, code string, west, east int32) *geo.Area {
		return &geo.Area{ID: geo.AreaID(id), Layer: "halves", Code: geo.AreaCode(code), From: 1, Shape: geo.Shape{
			Polygons: geo.MultiPolygon{{{{X: west, Y: -n}, {X: east, Y: -n}, {X: east, Y: n}, {X: west, Y: n}}}}}}
	}
	c := &geo.Changes{
		History: history, To: geo.Position{Sequence: 1, Change: geo.ChangeID{1}}, Edition: geo.EditionInfo{Number: 1, PublishedAt: published},
		Layers:     []geo.Layer{{Name: "halves", Kind: geo.Coverage, Visibility: geo.Public}},
		Areas:      []*geo.Area{half(1, "W", -w, 0), half(2, "E", 0, w)},
		Assets:     []geo.Asset{lamp(1, geo.Coord{X: w, Y: n}), lamp(2, geo.Coord{X: -w, Y: -n}), lamp(3, geo.Coord{X: w}), lamp(4, geo.Coord{X: -w})},
		Categories: []geo.Category{{CategoryKey: lampKey, Name: "路灯"}},
	}
	return start(t, func(set *api.Config) {
		set.Live = &index.Live{}
		set.Live.Store(apply(t, index.Empty(), c))
	})
}

// doors ask for the area at a position written so, at every door that takes one: what is
// answered, "" for a refusal.
func doors(t *testing.T, s *service, lon, lat, system string) map[string]string {
	t.Helper()
	answers := map[string]string{}
	note := func(door string, status int, body string) {
		switch {
		case status >= 500:
			t.Errorf("%s at %s, %s: %d %.200s", door, lon, lat, status, body)
		case status != 200:
			answers[door] = ""
		case strings.HasSuffix(body, ",W,\n"), strings.Contains(neighboursLeftOut(body), `"W"`):
			answers[door] = "W"
		case strings.HasSuffix(body, ",E,\n"), strings.Contains(body, `"E"`):
			answers[door] = "E"
		case strings.Contains(body, "error"):
			answers[door] = ""
		default:
			t.Errorf("%s at %s, %s: %.200s", door, lon, lat, body)
		}
	}
	in := "&crs=" + system
	ask := func(door, path, body, kind string) {
		got := s.do(t, "POST", path, body, "Content-Type", kind)
		note(door, got.status, got.body)
	}
	got := s.get(t, "/v1/locate?lon="+url.QueryEscape(lon)+"&lat="+url.QueryEscape(lat)+in)
	note("GET locate", got.status, got.body)
	ask("CSV", "/v1/locate?layers=halves"+in, "lon,lat\n"+lon+","+lat+"\n", "text/csv")
	ask("NDJSON", "/v1/locate?layers=halves"+in, fmt.Sprintf(`{"lon":%s,"lat":%s}`, lon, lat), "application/x-ndjson")
	ask("NDJSON of texts", "/v1/locate?layers=halves"+in, fmt.Sprintf(`{"lon":%q,"lat":%q}`, lon, lat), "application/x-ndjson")
	for _, accuracy := range []string{"0", "500"} {
		ask("route within "+accuracy+" m", "/v1/route", fmt.Sprintf(`{"lon":%s,"lat":%s,"crs":%q,"accuracy_m":%s,"category":{"standard":%q,"kind":"component","code":"0112"}}`, lon, lat, system, accuracy, lampKey.Standard), "application/json")
	}
	return answers
}

func neighboursLeftOut(body string) string {
	before, _, _ := strings.Cut(body, `"neighbours"`)
	return before
}

// TestAtTheEndsOfTheEarthEveryDoorAnswersTheSame: the poles, both sides of the
// antimeridian, a zero with a sign and numbers too small to matter are places like others.
func TestAtTheEndsOfTheEarthEveryDoorAnswersTheSame(t *testing.T) {
	s := wholeEarth(t)
	for _, lat := range []string{"0", "-0.0", "90", "-90", "5e-324", "-1e-320", "89.99999999"} {
		for lon, want := range map[string]string{
			"180": "E", "-180": "W", "0": "E", "-0": "E", "5e-324": "E", "-4.9e-324": "E", "-0.00000004": "E", "-1e-7": "W",
			"179.99999999": "E", "-179.99999999": "W", "1.8e2": "E", "0.000000000000000000000000000000000000001": "E",
		} {
			for door, got := range doors(t, s, lon, lat, "OGC:CRS84") {
				if got != want {
					t.Errorf("%s at %s, %s: %q, want %q", door, lon, lat, got, want)
				}
			}
			for _, system := range []string{"GCJ-02", "BD-09"} {
				doors(t, s, lon, lat, system) // answers or refuses, and never fails
			}
		}
	}
}

// TestWhatIsNoPlaceIsRefusedAtEveryDoor, with a sentence, and spoils no other line.
func TestWhatIsNoPlaceIsRefusedAtEveryDoor(t *testing.T) {
	s := wholeEarth(t)
	for _, bad := range []string{"NaN", "nan", "-NaN", "Inf", "-Inf", "+Infinity", "1e308", "1e309", "-1e999", "180.0000001", "-180.00000000001", "181", "null", "true", "[1]", "1,5", "", " ", "０", "--1", "1e", "0x"} {
		for door, got := range doors(t, s, bad, "1", "OGC:CRS84") {
			if got != "" {
				t.Errorf("%s takes the longitude %q and answers %q", door, bad, got)
			}
		}
		for door, got := range doors(t, s, "1", bad, "OGC:CRS84") {
			if got != "" {
				t.Errorf("%s takes the latitude %q and answers %q", door, bad, got)
			}
		}
		for _, box := range []string{bad + ",0,1,1", "0,0,1," + bad} {
			if got := s.get(t, "/v1/assets?bbox="+url.QueryEscape(box)); got.status != 400 {
				t.Errorf("the box %q: %d", box, got.status)
			}
		}
	}
	got := s.do(t, "POST", "/v1/locate?layers=halves", "lon,lat\nNaN,1\n1,1\n1,Inf\n-1,-0\n", "Content-Type", "text/csv")
	lines := strings.Split(got.body, "\n")
	if len(lines) != 6 || !strings.HasSuffix(lines[2], ",E,") || !strings.HasSuffix(lines[4], ",W,") {
		t.Errorf("among bad lines: %s", got.body)
	}
}

// TestTheAntimeridianIsAskedForInTwoHalves: a box across it is refused with that advice,
// and each half holds what lies on its side.
func TestTheAntimeridianIsAskedForInTwoHalves(t *testing.T) {
	s := wholeEarth(t)
	if got := s.get(t, "/v1/assets?bbox=179,-1,-179,1"); got.status != 400 || !strings.Contains(got.detail(t), "two halves") {
		t.Errorf("%d %s", got.status, got.body)
	}
	for box, want := range map[string]string{"179,-1,180,1": "L003", "-180,-1,-179,1": "L004", "180,90,180,90": "L001", "-180,-90,-180,-90": "L002"} {
		if got := s.get(t, "/v1/assets?bbox="+box); strings.Count(got.body, `"type":"Feature"`) != 1 || !strings.Contains(got.body, want) {
			t.Errorf("in %s: %d %s", box, got.status, got.body)
		}
	}
	for _, tile := range []string{"14/0/8191", "14/16383/8191", "0/0/0", "22/0/0", "22/4194303/4194303"} {
		if got := s.get(t, "/tiles/assets,halves/"+tile+".mvt"); got.status != 200 && got.status != 204 {
			t.Errorf("tile %s: %d %s", tile, got.status, got.body)
		}
	}
}
