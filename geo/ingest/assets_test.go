package ingest_test

import (
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"gridwarden/geo"
	"gridwarden/geo/ingest"
)

// assets reads files of assets to the end or the first error.
func assets(t testing.TB, o ingest.AssetOptions, files ...string) ([]geo.AssetInput, error) {
	t.Helper()
	var all []geo.AssetInput
	for a, err := range ingest.Assets(t.Context(), files, o) {
		if err != nil {
			return all, err
		}
		all = append(all, a)
	}
	return all, nil
}

func mustAssets(t testing.TB, o ingest.AssetOptions, name, content string) []geo.AssetInput {
	t.Helper()
	all, err := assets(t, o, write(t, name, content))
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func thing(properties, geometry string) string {
	return collection(`{"type":"Feature","properties":` + properties + `,"geometry":` + geometry + `}`)
}

func TestAFileOfTheStandardNeedsNoFlags(t *testing.T) {
	t.Parallel()
	key := geo.CategoryKey{Standard: "GB/T 47678.5-2026", Kind: geo.Component, Code: "01001"}
	for name, content := range map[string]string{
		"new.csv": "GLBJBSM,GLBJMC,ZGBMDM,ZGBMMC,QSDWDM,QSDWMC,YHDWMC,SZDYWGBSM,GLBJZT,BZ,lon,lat\n" +
			"33010301001000001,供水井盖,A1,城管局,,水务集团,养护所,330103001001001,完好,x,120.15,30.27\n",
		"new.geojson": thing(`{"glbjbsm":"33010301001000001","GLBJMC":"供水井盖","ZGBMDM":"A1","ZGBMMC":"城管局","QSDWDM":null,"QSDWMC":"水务集团","YHDWMC":"养护所","SZDYWGBSM":"330103001001001","GLBJZT":"完好","BZ":"x"}`,
			`{"type":"Point","coordinates":[120.15,30.27,8]}`),
	} {
		a := mustAssets(t, ingest.AssetOptions{Standard: key.Standard}, name, content)[0]
		if a.ID != "33010301001000001" || a.Category != key || a.Name != "供水井盖" || a.Authority != "A1" || a.Owner != "水务集团" ||
			a.Maintainer != "养护所" || a.Grid != "330103001001001" || a.State != "完好" || a.Point != (geo.Coord{X: 1201500000, Y: 302700000}) || a.Shape != nil {
			t.Errorf("%s: %+v", name, a)
		}
		if !strings.Contains(string(a.Attributes), `"BZ":"x"`) || strings.Contains(string(a.Attributes), "GLBJBSM") {
			t.Errorf("%s: attributes %s", name, a.Attributes)
		}
	}
	old := mustAssets(t, ingest.AssetOptions{}, "old.csv", "OBJID;ObjName;DeptCode1;DeptName3;BGID;PointX;PointY\n3205080101000001;上水井盖;D1;养护所;32050800100101;120.6;31.3\n")[0]
	if old.ID != "3205080101000001" || old.Category.Code != "0101" || old.Authority != "D1" || old.Maintainer != "养护所" || old.Grid != "32050800100101" {
		t.Errorf("old: %+v", old)
	}
}

func TestFlagsBeatTheStandardsNames(t *testing.T) {
	t.Parallel()
	o := ingest.AssetOptions{CategoryCode: "03001", ID: "no", Owner: "boss", Lon: "x", Lat: "y"}
	a := mustAssets(t, o, "x.csv", "no,ObjID,boss,QSDWDM,x,y,lon,lat\n7,3205080101000001,B,Q,120,30,1,2\n")[0]
	if a.ID != "7" || a.Category.Code != "03001" || a.Owner != "B" || a.Point != (geo.Coord{X: 1200000000, Y: 300000000}) {
		t.Errorf("%+v", a)
	}
}

func TestADerivedIDIsTheSameEveryTime(t *testing.T) {
	t.Parallel()
	o := ingest.AssetOptions{Standard: "S", Category: "kind"}
	first := mustAssets(t, o, "x.csv", "kind,lon,lat,note\na,120,30,1\nb,120,30,2\na,120,30.0000001,3\na,120.00000001,30,4\n")
	if !ingest.IsDerived(first[0].ID) || first[0].ID == first[1].ID || first[0].ID == first[2].ID || first[0].ID != first[3].ID {
		t.Errorf("ids %s %s %s %s", first[0].ID, first[1].ID, first[2].ID, first[3].ID)
	}
	again := mustAssets(t, o, "y.geojson", thing(`{"kind":"a"}`, `{"type":"Point","coordinates":[120,30]}`))
	if again[0].ID != first[0].ID {
		t.Errorf("%s in another file is %s", first[0].ID, again[0].ID)
	}
	if ingest.IsDerived("33010301001000001") || ingest.IsDerived("at-") {
		t.Error("an id of the city's own counts as derived")
	}
}

func TestAnAssetMayBeALineOrAPatch(t *testing.T) {
	t.Parallel()
	o := ingest.AssetOptions{CategoryCode: "c"}
	read := func(geometry string) geo.AssetInput { return mustAssets(t, o, "x.json", thing(`{}`, geometry))[0] }

	rail := read(`{"type":"LineString","coordinates":[[120,30],[120,30],[120.00000001,30],[120.001,30],[120.003,30]]}`)
	if len(rail.Shape.Lines) != 1 || len(rail.Shape.Lines[0]) != 3 || rail.Point != (geo.Coord{X: 1200015000, Y: 300000000}) {
		t.Errorf("railing: %v at %v", rail.Shape, rail.Point)
	}
	two := read(`{"type":"MultiLineString","coordinates":[[[120,30],[120.001,30]],[[120,31],[120.003,31]]]}`)
	if two.Point.Y != 310000000 || two.Point.X < 1200009900 || two.Point.X > 1200010100 {
		t.Errorf("the middle of two lines: %v", two.Point)
	}
	lawn := read(`{"type":"Polygon","coordinates":[[[120,30],[120,30.01],[120.01,30.01],[120.01,30],[120,30]],[[120.001,30.001],[120.009,30.001],[120.009,30.009],[120.001,30.009],[120.001,30.001]]]}`)
	p := lawn.Shape.Polygons[0]
	if len(p) != 2 || len(p[0]) != 4 || p[0].SignedArea2() <= 0 || p[1].SignedArea2() >= 0 {
		t.Errorf("the lawn's rings: %v", p)
	}
	if in, on := lawn.Shape.Polygons.Locate(lawn.Point); !in || on {
		t.Errorf("the lawn's point %v is not inside", lawn.Point)
	}
	for _, g := range []string{
		`{"type":"LineString","coordinates":[[120,30],[120.00000001,30]]}`,
		`{"type":"Polygon","coordinates":[[[120,30],[120.00000001,30],[120,30.00000001],[120,30]]]}`,
	} {
		if dot := read(g); dot.Shape != nil || dot.Point != (geo.Coord{X: 1200000000, Y: 300000000}) {
			t.Errorf("smaller than the grid: %v at %v", dot.Shape, dot.Point)
		}
	}
}

func TestAPatchThatCrossesItselfIsMendedAndTold(t *testing.T) {
	t.Parallel()
	o := ingest.AssetOptions{CategoryCode: "c"}
	for name, c := range map[string]struct {
		geometry string
		polygons int
		mended   bool
	}{
		"a square":            {`{"type":"Polygon","coordinates":[[[120,30],[120.01,30],[120.01,30.01],[120,30.01],[120,30]]]}`, 1, false},
		"a bow tie":           {`{"type":"Polygon","coordinates":[[[120,30],[120.01,30.01],[120.01,30],[120,30.01],[120,30]]]}`, 2, true},
		"a spike":             {`{"type":"Polygon","coordinates":[[[120,30],[120.01,30],[120.02,30],[120.01,30],[120.01,30.01],[120,30]]]}`, 1, false},
		"overlapping parts":   {`{"type":"MultiPolygon","coordinates":[[[[120,30],[120.01,30],[120.01,30.01],[120,30.01],[120,30]]],[[[120.005,30],[120.015,30],[120.015,30.01],[120.005,30.01],[120.005,30]]]]}`, 2, true},
		"parts with a border": {`{"type":"MultiPolygon","coordinates":[[[[120,30],[120.01,30],[120.01,30.01],[120,30.01],[120,30]]],[[[120.01,30],[120.02,30],[120.02,30.01],[120.01,30.01],[120.01,30]]]]}`, 1, false},
	} {
		a := mustAssets(t, o, "x.json", thing(`{}`, c.geometry))[0]
		if a.Shape == nil || len(a.Shape.Polygons) != c.polygons || a.Mended != c.mended {
			t.Errorf("%s: mended %v, %+v", name, a.Mended, a.Shape)
		}
		if again, _ := a.Shape.Polygons.Locate(a.Point); !again {
			t.Errorf("%s: its point %v is outside", name, a.Point)
		}
	}
}

// A point inside must be inside, whatever the patch looks like: a star with a hole.
func TestThePointOfAPatchLiesInIt(t *testing.T) {
	t.Parallel()
	o := ingest.AssetOptions{CategoryCode: "c"}
	rapid.Check(t, func(r *rapid.T) {
		rings := make([]string, 2)
		spikes := rapid.IntRange(3, 12).Draw(r, "spikes")
		for k := range rings {
			var ring []string
			for i := range spikes {
				x, y := unit(i, spikes)
				far := rapid.IntRange(20, 20_000).Draw(r, "far") >> (4 * k)
				ring = append(ring, fmt.Sprintf("[%.7f,%.7f]", 120+x*float64(far+5)/1e7, 30+y*float64(far+5)/1e7))
			}
			rings[k] = "[" + strings.Join(append(ring, ring[0]), ",") + "]"
		}
		a := mustAssets(t, o, "x.json", thing(`{}`, `{"type":"Polygon","coordinates":[`+rings[0]+`,`+rings[1]+`]}`))[0]
		if a.Shape == nil {
			return
		}
		if in, on := a.Shape.Polygons.Locate(a.Point); !in || on {
			r.Fatalf("%v is not in %v", a.Point, a.Shape.Polygons)
		}
	})
}

func TestBadAssetsAreNamedWithARemedy(t *testing.T) {
	t.Parallel()
	category := ingest.AssetOptions{CategoryCode: "c"}
	for name, c := range map[string]struct {
		options ingest.AssetOptions
		content string
		says    []string
	}{
		"no header":        {category, "\n\n", []string{"nothing but blanks"}},
		"only a header":    {category, "lon,lat\n", []string{"no features or rows"}},
		"no position":      {category, "id,name,east,north\n1,a,2,3\n", []string{"--lon", "east, id, name, north"}},
		"unknown position": {ingest.AssetOptions{CategoryCode: "c", Lon: "X", Lat: "Y"}, "x,y\n1,2\n", []string{`no field "X"`, "x, y"}},
		"blank position":   {category, "lon,lat\n120,30\n120,\n", []string{"line 3", `"lat" is blank`}},
		"NaN":              {category, "lon,lat\nNaN,30\n", []string{"line 2", `"lon" is "NaN"`}},
		"Inf":              {category, "lon,lat\n120,-Inf\n", []string{"line 2", `"lat" is "-Inf"`}},
		"degrees":          {category, "lon,lat\n120°9′,30\n", []string{"line 2", "120°9′", "120.1527"}},
		"swapped":          {category, "lon,lat\n30,120\n", []string{"line 2", "swapped"}},
		"projected":        {category, "lon,lat\n519000,3351000\n", []string{"line 2", "EPSG:4549"}},
		"no category":      {ingest.AssetOptions{}, "lon,lat\n120,30\n", []string{"line 2", "--category FIELD", "--category-code"}},
		"blank category":   {ingest.AssetOptions{Category: "k"}, "k,lon,lat\na,120,30\n,120,30\n", []string{"line 3", `field "k"`}},
		"unknown category": {ingest.AssetOptions{Category: "kk"}, "k,lon,lat\na,120,30\n", []string{"line 2", `field "kk"`, "k, lat, lon"}},
		"unknown owner":    {ingest.AssetOptions{CategoryCode: "c", Owner: "boss"}, "lon,lat\n120,30\n", []string{`no field "boss"`, "lat, lon"}},
		"rounded id":       {category, "ObjID,lon,lat\n3.2051E+15,120,30\n", []string{"line 2", `field "ObjID"`, "3.2051E+15"}},
		"zeroed ids":       {category, "GLBJBSM,lon,lat\n33010301001000000,120,30\n33010301002000000,120,30\n", []string{"line 2", `field "GLBJBSM"`, "15th digit"}},
		"lost zero":        {ingest.AssetOptions{Category: "k"}, "k,lon,lat\n01001,120,30\n01002,120,30\n1003,120,30\n", []string{"line 4", `field "k" is 1003`, "leading zero"}},
		"serial date":      {category, "CSRQ,lon,lat\n20260701,120,30\n46203,120,30\n", []string{"line 3", `field "CSRQ" is 46203`}},
		"ragged":           {category, "a,lon,lat\n1,120,30\n1,120\n1,120,30,x\n", []string{"line 3", "2 cells, the header 3", "line 4", "4 cells"}},
		"many points":      {category, thing(`{}`, `{"type":"MultiPoint","coordinates":[[120,30],[121,30]]}`), []string{"feature 1", "2 points"}},
		"no geometry":      {category, thing(`{}`, `null`), []string{"feature 1", "no geometry"}},
		"too wide":         {category, thing(`{}`, `{"type":"LineString","coordinates":[[-170,0],[170,0]]}`), []string{"feature 1", "214 degrees"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := assets(t, c.options, write(t, "bad.file", c.content))
			told(t, err, append(c.says, "bad.file")...)
		})
	}
}

func TestAllFaultsOfAssetsComeAtOnce(t *testing.T) {
	t.Parallel()
	content := "lon,lat,ObjID\n" + strings.Repeat("120,30,1\n120,x,2\n", ingest.MaxFaults/2+10)
	got, err := assets(t, ingest.AssetOptions{CategoryCode: "c"}, write(t, "a.csv", content), write(t, "b.csv", content))
	told(t, err, "a.csv, line 3:", "b.csv, line 3:")
	if n := strings.Count(err.Error(), "\n") + 1; n != ingest.MaxFaults || len(got) != 1 {
		t.Errorf("%d faults after %d assets", n, len(got))
	}
	for a, err := range ingest.Assets(t.Context(), []string{write(t, "c.csv", content)}, ingest.AssetOptions{CategoryCode: "c"}) {
		if a.ID != "1" || err != nil {
			t.Errorf("first came %+v, %v", a, err)
		}
		break // a consumer may stop
	}
}

func TestThePositionOfATableIsNoAttribute(t *testing.T) {
	t.Parallel()
	file := write(t, "x.csv", "lon,lat,材质\n120,30,铸铁\n")
	for a, err := range ingest.Assets(t.Context(), []string{file}, ingest.AssetOptions{Standard: "s", CategoryCode: "01001"}) {
		if err != nil || string(a.Attributes) != `{"材质":"铸铁"}` {
			t.Errorf("%s %v", a.Attributes, err)
		}
	}
}
