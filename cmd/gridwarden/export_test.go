package main

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/paulmach/orb/geojson"

	"gridwarden/geo"
)

// exportCity has two editions of one square, two lamps with attributes, a camera that is
// restricted, and a report.
func exportCity(t *testing.T) *city {
	c := newCity(t)
	c.must("import", "areas", "--layer", "grids", c.file("a.geojson", fmt.Sprintf(square, "A")))
	c.must("import", "categories", c.file("categories.csv", "standard,kind,code,name\ntown,component,lamp,路灯\ntown,component,camera,监控\ntown,matter,dirt,垃圾\n"))
	c.must("import", "assets", "--standard", "town", "--category", "category", "--id", "id", "--lon", "lon", "--lat", "lat",
		c.file("assets.csv", "id,category,lon,lat,材质\n1,lamp,120.001,30.001,\"铁, 旧\"\n2,lamp,120.5,30.5,\n3,camera,120.002,30.002,\n"))
	c.must("import", "areas", "--layer", "grids", "--allow-end", c.file("b.geojson", fmt.Sprintf(square, "B")))
	c.must("import", "reports", "--source", "s", "--standard", "town", "--description", "words",
		c.file("past.csv", "id,reported_at,category,lon,lat,words\n7,2025-03-01T08:00:00+08:00,dirt,120.003,30.003,打电话给我\n"))
	return c
}

// export writes a file and gives what is in it.
func (c *city) export(args ...string) string {
	c.Helper()
	path := filepath.Join(c.TempDir(), "out")
	c.must(append(append([]string{"export"}, args...), path)...)
	content, err := os.ReadFile(path)
	if err != nil {
		c.Fatal(err)
	}
	if left, err := os.ReadDir(filepath.Dir(path)); err != nil || len(left) != 1 {
		c.Errorf("beside the file there is %v %v", left, err)
	}
	return string(content)
}

func (c *city) table(content string) [][]string {
	c.Helper()
	rows, err := csv.NewReader(strings.NewReader(content)).ReadAll()
	if err != nil {
		c.Fatalf("%v in %s", err, content)
	}
	return rows
}

func TestAnExportOfAPastEditionIsWhatWasPublished(t *testing.T) {
	c := exportCity(t)
	for edition, code := range map[string]string{"1": "A", "2": "B"} {
		features, err := geojson.UnmarshalFeatureCollection([]byte(c.export("areas", "--layer", "grids", "--edition", edition)))
		if err != nil || len(features.Features) != 1 {
			t.Fatal(err, features)
		}
		f := features.Features[0]
		if f.Properties["code"] != code || f.Properties["name"] != "甲" || f.Properties["since_edition"] != json.Number(edition) && fmt.Sprint(f.Properties["since_edition"]) != edition {
			t.Errorf("edition %s: %v", edition, f.Properties)
		}
	}
	// What was exported is imported again as it is.
	path := c.file("again.geojson", c.export("areas", "--layer", "grids"))
	c.must("import", "areas", "--layer", "copies", path)
	view := c.view()
	if a, b := view.Area("grids", "B"), view.Area("copies", "B"); b == nil || fmt.Sprint(a.Shape) != fmt.Sprint(b.Shape) {
		t.Errorf("the copy is another: %v", b)
	}
	sequence := c.export("areas", "--layer", "grids", "--format", "geojsonseq")
	if !strings.HasPrefix(sequence, "\x1e{") || !strings.HasSuffix(sequence, "}\n") || strings.Count(sequence, "\n") != 1 {
		t.Errorf("%q", sequence)
	}
	c.must("import", "areas", "--layer", "copies", c.file("again.geojsonl", sequence))
}

func TestExcelOpensWhatIsExported(t *testing.T) {
	c := exportCity(t)
	content := c.export("areas", "--layer", "grids", "--format", "csv", "--bom", "--wkt")
	if !strings.HasPrefix(content, "\uFEFFlayer,code,name,") || !strings.Contains(content, "POLYGON ((120 30,") {
		t.Errorf("%q", content)
	}
	rows := c.table(c.export("assets", "--format", "csv", "--layer", "grids", "--edition", "2"))
	if want := "[[standard kind category id name state authority owner maintainer grids attributes lon lat]" +
		` [town component lamp 1      B {"材质": "铁, 旧"} 120.001 30.001] [town component lamp 2       ` + "{} 120.5 30.5]"; !strings.HasPrefix(fmt.Sprint(rows), want[:len(want)-14]) {
		t.Errorf("got\n%v\nwant\n%s", rows, want)
	}
	if first := c.table(c.export("assets", "--format", "csv", "--edition", "1")); len(first) != 1+3 {
		t.Errorf("edition 1, in its last state, has the assets: %v", first)
	}
}

func TestAnExportTellsNoWordsAndNothingRestricted(t *testing.T) {
	c := exportCity(t)
	categories := c.view().Categories()
	for i := range categories {
		if categories[i].Code == "camera" {
			categories[i].Visibility = geo.Restricted
		}
	}
	if _, err := c.store().ImportCategories(t.Context(), categories, false); err != nil {
		t.Fatal(err)
	}
	reports := c.export("reports", "--layer", "grids")
	if !strings.Contains(reports, `"external_id":"7"`) || !strings.Contains(reports, `"grids":"B"`) || strings.Contains(reports, "打电话") {
		t.Error(reports)
	}
	if old := c.export("reports", "--layer", "grids", "--edition", "1"); !strings.Contains(old, `"grids":"A"`) {
		t.Error(old)
	}
	if assets := c.export("assets"); strings.Contains(assets, "camera") || strings.Count(assets, `"Feature"`) != 2 {
		t.Error(assets)
	}
	if assets := c.export("assets", "--restricted"); !strings.Contains(assets, "camera") {
		t.Error(assets)
	}
	if _, said, _ := c.try("export", "assets", "-"); !strings.Contains(said, "left out, being restricted: 监控 (1)") {
		t.Error(said)
	}
}

func TestAnExportThatCannotBeSaysWhy(t *testing.T) {
	c := exportCity(t)
	out := filepath.Join(t.TempDir(), "out")
	for says, args := range map[string][]string{
		"--layer NAME is missing":   {"areas", out},
		"there is no layer":         {"areas", "--layer", "trams", out},
		"they go from 1 to 2":       {"areas", "--layer", "grids", "--edition", "3", out},
		"not both":                  {"areas", "--layer", "grids", "--edition", "1", "--at", "2026-01-01", out},
		"still to come":             {"areas", "--layer", "grids", "--at", "2999-01-01", out},
		"not \"shp\"":               {"areas", "--layer", "grids", "--format", "shp", out},
		"are of --format csv":       {"areas", "--layer", "grids", "--bom", out},
		"name the one file":         {"assets"},
		"no such file or directory": {"assets", filepath.Join(out, "deep", "x")},
	} {
		c.refused(exitUsage, []string{says}, append([]string{"export"}, args...)...)
	}
	if _, err := os.Stat(out); err == nil {
		t.Error("a file was left")
	}
}
