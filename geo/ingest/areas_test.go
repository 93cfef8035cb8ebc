package ingest_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/paulmach/orb"

	"gridwarden/geo"
	"gridwarden/geo/ingest"
)

// write makes a file of the test's own.
func write(t testing.TB, name, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// square is a feature whose shape is a square of a thousandth of a degree.
func square(properties string, lon float64) string {
	return fmt.Sprintf(`{"type":"Feature","properties":%s,"geometry":{"type":"Polygon","coordinates":[[[%[2]v,30],[%[3]v,30],[%[3]v,30.001],[%[2]v,30.001],[%[2]v,30]]]}}`, properties, lon, lon+0.001)
}

func collection(features ...string) string {
	return `{"type":"FeatureCollection","features":[` + strings.Join(features, ",") + `]}`
}

func shaped(geometry string) string {
	return collection(`{"type":"Feature","properties":{"code":"A"},"geometry":` + geometry + `}`)
}

func mustRead(t *testing.T, content string, o ingest.AreaOptions) []geo.AreaInput {
	t.Helper()
	areas, err := ingest.ReadAreas(t.Context(), []string{write(t, "areas.geojson", content)}, o)
	if err != nil {
		t.Fatal(err)
	}
	return areas
}

func TestAFileIsReadInWhateverFormItComes(t *testing.T) {
	t.Parallel()
	a, b := square(`{"code":"A","name":"甲"}`, 120), square(`{"name":"乙","code":"B"}`, 120.001)
	backwards := `{"features":[{"geometry":{"coordinates":[[[120,30],[120.001,30],[120.001,30.001],[120,30.001],[120,30]]],"type":"Polygon"},"properties":{"name":"甲","code":"A"},"type":"Feature"},` + b + `],"name":{"type":"x"},"type":"FeatureCollection"}`
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	_, _ = z.Write([]byte(collection(a, b)))
	_ = z.Close()
	want := mustRead(t, collection(a, b), ingest.AreaOptions{})
	if len(want) != 2 || want[0].Name != "甲" || want[1].Code != "B" {
		t.Fatalf("read %+v", want)
	}
	for name, content := range map[string]string{
		"members in another order": backwards,
		"gzip by content":          packed.String(),
		"text sequence":            "\x1e" + a + "\n\x1e" + b + "\n",
		"features on lines":        a + "\n" + b + "\n",
		"features without lines":   b + a,
		"two collections":          collection(b) + "\n" + collection(a),
		"with a mark":              "\ufeff" + collection(a, b),
	} {
		got := mustRead(t, content, ingest.AreaOptions{})
		if len(got) != 2 || got[0].Hash != want[0].Hash || got[1].Hash != want[1].Hash {
			t.Errorf("%s: read %+v", name, got)
		}
	}
}

func TestPartsOfOneCodeBecomeOneArea(t *testing.T) {
	t.Parallel()
	areas := mustRead(t, collection(
		square(`{"code":"A","name":"甲","use":"park","m2":1}`, 120),
		square(`{"code":"B","m2":2}`, 121),
		square(`{"code":"A","name":"甲","use":"park","m2":3}`, 122),
	), ingest.AreaOptions{})
	if len(areas) != 2 || len(areas[0].Parts) != 2 || areas[0].Parts[1].Source.Feature != 3 {
		t.Fatalf("read %+v", areas)
	}
	if got, want := string(areas[0].Attributes), `{"parts":[{"m2":1},{"m2":3}],"use":"park"}`; got != want {
		t.Errorf("attributes %s, want %s", got, want)
	}
	if got, want := string(areas[1].Attributes), `{"m2":2}`; got != want {
		t.Errorf("attributes %s, want %s", got, want)
	}
}

func TestPartsThatDisagreeAreBothNamed(t *testing.T) {
	t.Parallel()
	_, err := ingest.ReadAreas(t.Context(), []string{write(t, "x.geojson", collection(
		square(`{"code":"A","name":"甲","up":"1"}`, 120),
		square(`{"code":"A","name":"乙","up":"1"}`, 121),
		square(`{"code":"A","name":"甲","up":"2"}`, 122),
	))}, ingest.AreaOptions{Parent: "up"})
	told(t, err, "x.geojson, feature 2", `"乙" here and "甲" in`, "x.geojson, feature 1")
	told(t, err, "x.geojson, feature 3", `parent "2" here and "1" in`)
}

func TestACodeIsTextHoweverItIsWritten(t *testing.T) {
	t.Parallel()
	for written, want := range map[string]geo.AreaCode{
		`101`: "101", `101.0`: "101", `1.01e2`: "101", `-7`: "-7", `33010300100100101`: "33010300100100101",
		`" 07 "`: "07", `"a\u00e9\n"`: "aé", `true`: "true", `1.5`: "1.5", `0`: "0", `1.5e1`: "15", `15.25e1`: "152.5",
	} {
		areas := mustRead(t, collection(square(`{"code":`+written+`}`, 120)), ingest.AreaOptions{})
		if areas[0].Code != want {
			t.Errorf("%s is read as %q, want %q", written, areas[0].Code, want)
		}
	}
}

func TestTheFeaturesOwnIDIsACode(t *testing.T) {
	t.Parallel()
	areas := mustRead(t, `{"type":"Feature","id":64000,"geometry":{"type":"Polygon","coordinates":[[[0,0],[1,0],[0,1]]]}}`, ingest.AreaOptions{})
	ring := areas[0].Parts[0].Geometry.(orb.Polygon)[0]
	if areas[0].Code != "64000" || areas[0].Attributes != nil || len(ring) != 4 || !ring.Closed() {
		t.Errorf("read %+v", areas)
	}
}

func TestHeightsAndEmptyPartsAreLeftOut(t *testing.T) {
	t.Parallel()
	areas := mustRead(t, shaped(`{"type":"MultiPolygon","coordinates":[[],[[]],[[[0,0,5],[1,0,null],[0,1,5,7],[0,0]],[]]]}`), ingest.AreaOptions{})
	want := orb.MultiPolygon{{{{0, 0}, {1, 0}, {0, 1}, {0, 0}}}}
	if got := areas[0].Parts[0].Geometry; !orb.Equal(got, want) {
		t.Errorf("read %v, want %v", got, want)
	}
}

// A file read again is untouched only when nothing in it changed.
func TestTheHashKnowsEveryChange(t *testing.T) {
	t.Parallel()
	read := func(o ingest.AreaOptions, features ...string) [32]byte {
		return mustRead(t, collection(features...), o)[0].Hash
	}
	one, two := square(`{"code":"A","name":"x","n":{"b":1,"a":2}}`, 120), square(`{"code":"A","name":"x"}`, 121)
	want := read(ingest.AreaOptions{}, one, two)
	for name, same := range map[string][32]byte{
		"order of keys": read(ingest.AreaOptions{}, square(`{ "n" : {"a": 2, "b":1}, "name":"x", "code":"A"}`, 120), two),
		"other areas":   read(ingest.AreaOptions{}, one, square(`{"code":"B"}`, 3), two),
		"CRS said":      read(ingest.AreaOptions{Options: ingest.Options{CRS: "EPSG:4326"}}, one, two),
	} {
		if same != want {
			t.Errorf("%s: the hash changed", name)
		}
	}
	for name, other := range map[string][32]byte{
		"order of parts": read(ingest.AreaOptions{}, two, one),
		"a part less":    read(ingest.AreaOptions{}, one),
		"attribute":      read(ingest.AreaOptions{}, square(`{"code":"A","name":"x","n":{"b":1,"a":3}}`, 120), two),
		"coordinate":     read(ingest.AreaOptions{}, square(`{"code":"A","name":"x","n":{"b":1,"a":2}}`, 120.000000000001), two),
		"system":         read(ingest.AreaOptions{Options: ingest.Options{CRS: "GCJ-02"}}, one, two),
		"meaning":        read(ingest.AreaOptions{Department: "name"}, one, two),
	} {
		if other == want {
			t.Errorf("%s: the hash did not change", name)
		}
	}
}

func TestLinesHaveSideReachAndClass(t *testing.T) {
	t.Parallel()
	line := func(properties string) string {
		return collection(`{"type":"Feature","properties":` + properties + `,"geometry":{"type":"LineString","coordinates":[[120,30],[120.1,30]]}}`)
	}
	o := ingest.AreaOptions{Kind: geo.Lines}
	a := mustRead(t, line(`{"code":"L1","side":"Left","reach":12.5,"class":"支路","width":7}`), o)[0]
	if a.Side != geo.Left || a.Reach != 12.5 || a.Class != "支路" || string(a.Attributes) != `{"width":7}` {
		t.Errorf("read %+v", a)
	}
	if a := mustRead(t, line(`{"code":"L1"}`), o)[0]; a.Side != geo.Both || a.Reach != 0 {
		t.Errorf("read %+v", a)
	}
	for properties, want := range map[string]string{
		`{"code":"L1","side":"north"}`: `field "side" is "north"`,
		`{"code":"L1","reach":"-3"}`:   `field "reach" is "-3"`,
		`{"code":"L1","reach":"NaN"}`:  `field "reach" is "NaN"`,
	} {
		_, err := ingest.ReadAreas(t.Context(), []string{write(t, "x.json", line(properties))}, o)
		told(t, err, "x.json, feature 1", want)
	}
}

func TestTheCRSMemberOfOldGeoJSONIsHeard(t *testing.T) {
	t.Parallel()
	named := func(crs string, features string) string {
		return `{"type":"FeatureCollection","crs":{"type":"name","properties":{"name":"` + crs + `"}},"features":[` + features + `]}`
	}
	at := func(content string, o ingest.Options) orb.Point {
		return mustRead(t, content, ingest.AreaOptions{Options: o})[0].Parts[0].Geometry.(orb.Polygon)[0][0]
	}
	degrees := square(`{"code":"A"}`, 120)
	for _, crs := range []string{"urn:ogc:def:crs:OGC:1.3:CRS84", "urn:ogc:def:crs:EPSG::4326", "EPSG:4490"} {
		if p := at(named(crs, degrees), ingest.Options{}); p != (orb.Point{120, 30}) {
			t.Errorf("%s: %v", crs, p)
		}
	}
	shift := ingest.Options{Transform: &shifter{}}
	if p := at(named("urn:ogc:def:crs:EPSG::4549", metres(500000, 3300000)), shift); p != (orb.Point{120, 33}) {
		t.Errorf("EPSG:4549 in the file: %v", p)
	}
	if p := at(named("EPSG:2263", degrees), ingest.Options{CRS: "OGC:CRS84"}); p != (orb.Point{120, 30}) {
		t.Errorf("--crs did not beat the file: %v", p)
	}
	behind := `{"features":[` + degrees + `],"crs":{"type":"name","properties":{"name":"EPSG:4549"}}}`
	_, err := ingest.ReadAreas(t.Context(), []string{write(t, "x.json", behind)}, ingest.AreaOptions{Options: shift})
	told(t, err, "x.json", "behind the features", "--crs EPSG:4549")
	_, err = ingest.ReadAreas(t.Context(), []string{write(t, "x.json", named("Xian 1980", degrees))}, ingest.AreaOptions{})
	told(t, err, "x.json", "Xian 1980", "--crs EPSG:N")
}

// metres is a triangle far outside degrees.
func metres(x, y float64) string {
	return fmt.Sprintf(`{"type":"Feature","properties":{"code":"A"},"geometry":{"type":"Polygon","coordinates":[[[%f,%f],[%f,%f],[%f,%f]]]}}`, x, y, x+100, y, x, y+100)
}

// shifter stands in for PostGIS: 500 km is 120°, a hundred km north a degree.
type shifter struct{ asked, points int }

func (s *shifter) Transform(_ context.Context, epsg int, points []orb.Point) error {
	s.asked++
	s.points += len(points)
	for i, p := range points {
		switch {
		case epsg == 99999:
			return geo.Errorf(geo.Invalid, "EPSG:99999 is not known")
		case epsg == 50000:
			return geo.Errorf(geo.Unavailable, "the database is away")
		case p[0] > 1e6:
			return geo.Errorf(geo.Invalid, "the coordinate %v has no place", p)
		}
		points[i] = orb.Point{120 + (p[0]-500000)/100000, p[1] / 100000}
	}
	return nil
}

func TestOneQuestionToTheDatabaseServesManyFeatures(t *testing.T) {
	t.Parallel()
	var features []string
	for i := range 500 {
		features = append(features, strings.Replace(metres(500000+float64(i), 3300000), `"A"`, fmt.Sprintf(`"%03d"`, i), 1))
	}
	s := &shifter{}
	areas := mustRead(t, collection(features...), ingest.AreaOptions{Options: ingest.Options{CRS: "EPSG:4549", Transform: s}})
	if len(areas) != 500 || s.asked > 2 || s.points != 2000 {
		t.Errorf("%d areas, asked %d times for %d points", len(areas), s.asked, s.points)
	}
	if p := areas[499].Parts[0].Geometry.(orb.Polygon)[0][0]; p != (orb.Point{120.00499, 33}) {
		t.Errorf("the last area is at %v", p)
	}
}

func TestTheDatabasesRefusalNamesTheFeature(t *testing.T) {
	t.Parallel()
	read := func(epsg string) error {
		content := collection(metres(500000, 3300000), metres(40500000, 3300000), metres(500100, 3300000))
		_, err := ingest.ReadAreas(t.Context(), []string{write(t, "x.json", content)},
			ingest.AreaOptions{Options: ingest.Options{CRS: epsg, Transform: &shifter{}}})
		return err
	}
	told(t, read("EPSG:4549"), "x.json, feature 2", "has no place", "EPSG:4528")
	if n := strings.Count(read("EPSG:99999").Error(), "99999"); n != 1 {
		t.Errorf("an unknown system is told %d times", n)
	}
	told(t, read("EPSG:50000"), "the database is away")
}

func TestACancelledReadEnds(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := ingest.ReadAreas(ctx, []string{write(t, "x.json", collection(square(`{"code":"A"}`, 1)))}, ingest.AreaOptions{})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}
