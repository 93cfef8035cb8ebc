package ingest_test

import (
	"fmt"
	"strings"
	"testing"

	"gridwarden/geo"
	"gridwarden/geo/ingest"
)

// told fails unless the error says all of this.
func told(t *testing.T, err error, says ...string) {
	t.Helper()
	if err == nil {
		t.Errorf("no error; want one that says %q", says)
		return
	}
	for _, s := range says {
		if !strings.Contains(err.Error(), s) {
			t.Errorf("the error does not say %q: %v", s, err)
		}
	}
	if geo.KindOf(err) == geo.Internal {
		t.Errorf("the error has no kind: %v", err)
	}
}

func TestBadAreasAreNamedWithARemedy(t *testing.T) {
	t.Parallel()
	ok := square(`{"code":"A"}`, 120)
	for name, c := range map[string]struct {
		content string
		says    []string
	}{
		"empty file":           {"", []string{"is empty"}},
		"blank file":           {" \n\n ", []string{"nothing but blanks"}},
		"empty collection":     {collection(), []string{"no features"}},
		"wrong gzip":           {"\x1f\x8b\x08\x00 this is not it", []string{"gzip is damaged"}},
		"zip":                  {"PK\x03\x04....", []string{"ZIP archive", "unpack"}},
		"binary":               {"\x7fELF\x00\x00", []string{"binary"}},
		"GeoPackage":           {"SQLite format 3\x00\x00", []string{"GeoPackage", "ogr2ogr -f GeoJSON"}},
		"Shapefile":            {"\x00\x00\x27\x0a\x00\x00", []string{"is a Shapefile", "ogr2ogr -f GeoJSON"}},
		"workbook":             {"PK\x03\x04\x14\x00\x06\x00\b\x00\x00\x00!\x00bilities, and the name [Content_Types].xml", []string{"spreadsheet", "CSV (UTF-8)"}},
		"old workbook":         {"\xd0\xcf\x11\xe0\xa1\xb1", []string{"spreadsheet", "CSV (UTF-8)"}},
		"no JSON":              {"<html></html>", []string{"not GeoJSON"}},
		"CSV":                  {"code,lon,lat\n1,2,3\n", []string{"not GeoJSON", "FeatureCollection"}},
		"array":                {"[" + ok + "]", []string{"JSON but not GeoJSON"}},
		"other object":         {`{"type":"Topology","objects":{}}`, []string{`"Topology"`, "FeatureCollection"}},
		"bare geometry":        {`{"type":"Point","coordinates":[1,2]}`, []string{`"Point"`, "Feature"}},
		"truncated":            {collection(ok, square(`{"code":"B"}`, 1))[:300], []string{"cut off after feature 1"}},
		"truncated at the end": {strings.TrimSuffix(collection(ok), "]}"), []string{"cut off after feature 1"}},
		"syntax":               {collection(ok, `{"type":"Feature",}`), []string{"feature 2", "not JSON"}},
		"bare NaN":             {shaped(`{"type":"Polygon","coordinates":[[[NaN,0],[1,0],[0,1]]]}`), []string{"feature 1", "NaN"}},
		"bare Infinity":        {shaped(`{"type":"Polygon","coordinates":[[[Infinity,0],[1,0],[0,1]]]}`), []string{"feature 1", "NaN or Infinity"}},
		"NaN as text":          {shaped(`{"type":"Polygon","coordinates":[[["NaN",0],[1,0],[0,1]]]}`), []string{"feature 1", `"NaN"`}},
		"too great a number":   {shaped(`{"type":"Polygon","coordinates":[[[1e999,0],[1,0],[0,1]]]}`), []string{"feature 1", "1e999"}},
		"null coordinate":      {shaped(`{"type":"Polygon","coordinates":[[[null,0],[1,0],[0,1]]]}`), []string{"feature 1", "null"}},
		"no geometry":          {shaped(`null`), []string{"feature 1", "no geometry"}},
		"empty geometry":       {shaped(`{"type":"Polygon","coordinates":[]}`), []string{"feature 1", "geometry is empty"}},
		"empty parts":          {shaped(`{"type":"MultiPolygon","coordinates":[[],[[]]]}`), []string{"feature 1", "geometry is empty"}},
		"no coordinates":       {shaped(`{"type":"Polygon"}`), []string{"feature 1", "not those of a Polygon"}},
		"points":               {shaped(`{"type":"Point","coordinates":[120,30]}`), []string{"feature 1", "is a Point", "Polygon or MultiPolygon"}},
		"lines":                {shaped(`{"type":"LineString","coordinates":[[120,30],[121,30]]}`), []string{"feature 1", "is a LineString"}},
		"nested too little":    {shaped(`{"type":"Polygon","coordinates":[[0,0],[1,0],[0,1]]}`), []string{"feature 1", "nested"}},
		"nested too much":      {shaped(`{"type":"Polygon","coordinates":[[[[0,0],[1,0],[0,1]]]]}`), []string{"feature 1", "nested"}},
		"one number":           {shaped(`{"type":"Polygon","coordinates":[[[0],[1,0],[0,1]]]}`), []string{"feature 1", "one number"}},
		"unknown type":         {shaped(`{"type":"Curve","coordinates":[]}`), []string{"feature 1", `"Curve"`}},
		"collection":           {shaped(`{"type":"GeometryCollection","geometries":[]}`), []string{"feature 1", "GeometryCollection"}},
		"swapped":              {shaped(`{"type":"Polygon","coordinates":[[[30,120],[30,121],[31,120]]]}`), []string{"feature 1", "swapped", "longitude, latitude"}},
		"out of range":         {shaped(`{"type":"Polygon","coordinates":[[[181,0],[1,0],[0,1]]]}`), []string{"feature 1", "181"}},
		"not a feature":        {collection(ok, `5`), []string{"feature 2", "not a Feature"}},
		"odd properties":       {collection(`{"type":"Feature","properties":[1],"geometry":null}`), []string{"feature 1", "properties"}},
		"no code":              {collection(square(`{"name":"x","adcode":1}`, 120)), []string{`no field "code" or "id"`, "--code", "adcode, name"}},
		"blank code":           {collection(ok, square(`{"code":" "}`, 1)), []string{"feature 2", `field "code"`, "blank"}},
		"null code":            {collection(ok, square(`{"code":null}`, 1)), []string{"feature 2", `field "code"`, "blank"}},
		"rounded code":         {collection(square(`{"code":"3.30103E+14"}`, 1)), []string{"feature 1", `field "code"`, "3.30103E+14", "as text"}},
		"rounded number":       {collection(square(`{"code":3.30103e14}`, 1)), []string{"feature 1", `field "code"`, "3.30103E+14"}},
		"code of two lines":    {collection(square(`{"code":"A\nB"}`, 1)), []string{"feature 1", `field "code"`, `"A\nB"`, "cannot be seen"}},
		"NUL in a code":        {collection(square(`{"code":"A\u0000B"}`, 1)), []string{"feature 1", `field "code"`, "NUL"}},
		"zero-width blank":     {collection(square(`{"code":"A\u200b"}`, 1)), []string{"feature 1", `field "code"`, `A\u200b`}},
		"code without an end":  {collection(square(`{"code":"`+strings.Repeat("9", 5000)+`"}`, 1)), []string{"feature 1", `field "code"`, "5000 bytes"}},
		"object as a code":     {collection(square(`{"code":{"a":1}}`, 1)), []string{"feature 1", `field "code"`, "no code"}},
		"NUL in a name":        {collection(square(`{"code":"A","name":"x\u0000"}`, 1)), []string{"feature 1", `field "name"`}},
		"NUL in a value":       {collection(square(`{"code":"A","a":{"b":"x\u0000"}}`, 1)), []string{"feature 1", `field "a"`}},
		"date as number":       {collection(square(`{"code":"A","CSRQ":46203}`, 1)), []string{"feature 1", `field "CSRQ"`, "46203", "2026-07-01"}},
		"broken text":          {collection(ok, square("{\"code\":\"B\",\"name\":\"\xc9\xe7\xc7\xf8\"}", 1), square(`{"code":"C","name":"社区社区社区社区社区社区社区社区"}`, 2)), []string{"feature 2", "encoding", "--encoding gb18030"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			areas, err := ingest.ReadAreas(t.Context(), []string{write(t, "bad.geojson", c.content)}, ingest.AreaOptions{})
			told(t, err, append(c.says, "bad.geojson")...)
			if areas != nil {
				t.Errorf("areas beside an error: %v", areas)
			}
		})
	}
}

func TestABackslashBeforeU0000IsNoNUL(t *testing.T) {
	t.Parallel()
	if areas := mustRead(t, collection(square(`{"code":"A","name":"C:\\u0000"}`, 1)), ingest.AreaOptions{}); areas[0].Name != `C:\u0000` {
		t.Errorf("read %q", areas[0].Name)
	}
}

func TestAFieldThatIsNotThereIsToldWithThoseThatAre(t *testing.T) {
	t.Parallel()
	path := write(t, "x.json", collection(square(`{"code":"A","dept":"D"}`, 1), square(`{"code":"B","extra":1}`, 2)))
	for _, o := range []ingest.AreaOptions{{Code: "grid"}, {Name: "title"}, {Department: "office"}, {Parent: "up"}} {
		_, err := ingest.ReadAreas(t.Context(), []string{path}, o)
		told(t, err, "x.json has no field", o.Code+o.Name+o.Department+o.Parent, "code, dept")
	}
	if _, err := ingest.ReadAreas(t.Context(), []string{path}, ingest.AreaOptions{Name: "extra"}); err != nil {
		t.Errorf("a field that only some features have: %v", err)
	}
}

func TestFilesThatCannotBeOpenedAreTold(t *testing.T) {
	t.Parallel()
	good := write(t, "good.json", collection(square(`{"code":"A"}`, 1)))
	for want, files := range map[string][]string{
		"there is no file":    {good, good + ".not"},
		"is named twice":      {good, good},
		"no file to read":     {},
		"cannot be read":      {t.TempDir()},
		"good.json, feature ": {write(t, "other.json", collection(square(`{"code":"A","name":"x"}`, 1))), good},
	} {
		_, err := ingest.ReadAreas(t.Context(), files, ingest.AreaOptions{})
		told(t, err, want)
	}
}

// A million faults fit no screen and no memory.
func TestManyFaultsAreCounted(t *testing.T) {
	t.Parallel()
	features := []string{square(`{"code":"A"}`, 1)}
	for range ingest.MaxFaults + 7 {
		features = append(features, square(`{"code":""}`, 1))
	}
	_, err := ingest.ReadAreas(t.Context(), []string{write(t, "x.json", collection(features...))}, ingest.AreaOptions{})
	told(t, err, "feature 2:", "and 7 more")
	if n := strings.Count(err.Error(), "\n"); n != ingest.MaxFaults {
		t.Errorf("%d lines", n+1)
	}
}

func TestAProjectedFileIsToldItsLikelySystems(t *testing.T) {
	t.Parallel()
	for want, p := range map[string][2]float64{
		"EPSG:4528": {40519000, 3351000},  // Hangzhou, 3° zone 40
		"EPSG:4525": {37519000, 2551000},  // Guangzhou side, 3° zone 37
		"EPSG:4498": {20500000, 4400000},  // 6° zone 20
		"EPSG:4549": {519000, 3351000},    // 120°E without the zone
		"EPSG:3857": {13375000, 3540000},  // Web Mercator
		"EPSG:2263": {984000, 199000},     // New York
		"swapped":   {3351000, 40519000},  // northing first
		"--crs":     {123456789, 1234567}, // nobody's
	} {
		_, err := ingest.ReadAreas(t.Context(), []string{write(t, "x.json", collection(metres(p[0], p[1])))}, ingest.AreaOptions{})
		told(t, err, "x.json, feature 1", "not in degrees", want)
	}
	_, err := ingest.ReadAreas(t.Context(), []string{write(t, "x.json", collection(metres(-8237642, 4970241)))}, ingest.AreaOptions{})
	told(t, err, "EPSG:3857")
}

// What spreadsheets do to a column can be seen of the column only.
func TestSpreadsheetDamageToAColumnIsNamed(t *testing.T) {
	t.Parallel()
	read := func(codes ...string) error {
		var features []string
		for _, c := range codes {
			features = append(features, square(fmt.Sprintf(`{"code":%q}`, c), 1))
		}
		_, err := ingest.ReadAreas(t.Context(), []string{write(t, "x.json", collection(features...))}, ingest.AreaOptions{})
		return err
	}
	told(t, read("33010300100100100", "33010300100101200"), "x.json, feature 1", `field "code"`, "all 2 codes", "15th digit")
	told(t, read("0101", "0102", "0103", "104", "105"), "x.json, feature 4", `field "code" is 104, and 1 more`, "leading zero")
	for name, codes := range map[string][]string{
		"one of many ends in zeros":  {"33010300100100100", "33010300100100101"},
		"the hundredth of a street":  {"33010300100100100"},
		"fifteen digits":             {"330103001001000", "330103001002000"},
		"running numbers":            {"9", "10", "11", "12"},
		"most have no leading zero":  {"0101", "102", "103", "104"},
		"classes and kinds together": {"01", "0101", "0102", "0103"},
		"letters":                    {"1E5", "SQ-3-2", "2E10"},
	} {
		if err := read(codes...); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}
