package main

import (
	"encoding/json"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/geojson"

	"gridwarden/geo"
	"gridwarden/geo/realdata"
)

// importHangzhou imports the three nested layers of the district.
func importHangzhou(c *city) {
	c.Helper()
	c.must("import", "areas", "--layer", "streets", "--title", "街道", "--code", "街道编码", "--name", "街道", realdata.Path(c, "cn-hangzhou-xiacheng/streets.geojson"))
	c.must("import", "areas", "--layer", "communities", "--parent", "streets", "--parent-code", "街道编码", "--title", "社区", "--code", "社区编码", "--name", "社区", realdata.Path(c, "cn-hangzhou-xiacheng/communities.geojson"))
	c.must("import", "areas", "--layer", "grids", "--parent", "communities", "--title", "基础网格", "--code", "网格编号", "--name", "所属组织", "--repair", realdata.Path(c, "cn-hangzhou-xiacheng/grids.geojson"))
}

func features(t testing.TB, file string) []*geojson.Feature {
	t.Helper()
	data, err := os.ReadFile(realdata.Path(t, file))
	if err != nil {
		t.Fatal(err)
	}
	var all geojson.FeatureCollection
	if err := json.Unmarshal(data, &all); err != nil {
		t.Fatal(err)
	}
	return all.Features
}

func TestHangzhouGoesInAsOneChain(t *testing.T) {
	c := newCity(t)
	importHangzhou(c)
	view := c.view()
	for layer, want := range map[geo.LayerName]int{"streets": 8, "communities": 75, "grids": 297} {
		if got := view.AreaCount(layer); got != want {
			t.Errorf("%d %s, want %d", got, layer, want)
		}
	}
	if chain := view.Chain("grids"); len(chain) != 3 || chain[2] != "streets" {
		t.Errorf("the chain is %v", chain)
	}
	out := c.must("check")
	t.Log(out)
	if !strings.Contains(out, " 0 errors") {
		t.Errorf("check says %s", out)
	}
	for _, f := range features(t, "cn-hangzhou-xiacheng/facilities.geojson") {
		p := f.Geometry.(orb.Point)
		if at(view, "grids", p.Lon(), p.Lat()) == "" {
			t.Errorf("facility %v at %v is in no grid", f.Properties["编号"], p)
		}
	}
}

func TestHangzhouEventsLieInTheGridThatReportedThem(t *testing.T) {
	c := newCity(t)
	importHangzhou(c)
	view := c.view()
	named := regexp.MustCompile(`^(.*)(网格\d+)$`)
	right, all := 0, 0
	for _, f := range features(t, "cn-hangzhou-xiacheng/events_redacted.geojson") {
		p, reporter := f.Geometry.(orb.Point), f.Properties.MustString("上报部门")
		parts := named.FindStringSubmatch(reporter)
		all++
		if area := view.Area("grids", at(view, "grids", p.Lon(), p.Lat())); area != nil && strings.HasSuffix(area.Name, parts[1]+"社区"+parts[2]) {
			right++
		} else {
			t.Logf("event %v of %s lies in %+v", f.Properties["id"], reporter, area)
		}
	}
	if right != 226 || all != 228 {
		t.Errorf("%d of %d events lie in the grid they name, want 226 of 228", right, all)
	}
}

func TestTheInvalidGridIsNamedAndNothingIsHalfImported(t *testing.T) {
	c := newCity(t)
	c.refused(exitFaults, []string{"invalid-ring", "grids.geojson, feature", "--repair"},
		"import", "areas", "--layer", "grids", "--code", "网格编号", "--name", "所属组织", realdata.Path(t, "cn-hangzhou-xiacheng/grids.geojson"))
	out := c.must("import", "areas", "--layer", "grids", "--code", "网格编号", "--name", "所属组织", "--repair", realdata.Path(t, "cn-hangzhou-xiacheng/grids.geojson"))
	if !strings.Contains(out, "mended invalid-ring") {
		t.Errorf("the mended ring is not told:\n%s", tail(out))
	}
}

func TestEveryHairlineOfTheRawLayersIsNamed(t *testing.T) {
	c := newCity(t)
	hairline := regexp.MustCompile(`(?m)^(?:error|note) (?:gap|overlap): .* m², (\S+) mm wide, at \d+\.\d+ \d+\.\d+`)
	closed := regexp.MustCompile(`borders matched: (\d+) gaps and overlaps closed, greatest move \S+ mm`)
	named, told := 0, 0
	for _, layer := range [][]string{
		{"--layer", "streets", "--code", "街道编码", "--name", "街道", realdata.Path(t, "cn-hangzhou-xiacheng/streets.geojson")},
		{"--layer", "communities", "--code", "社区编码", "--name", "社区", realdata.Path(t, "cn-hangzhou-xiacheng/communities.geojson")},
	} {
		out, _, _ := c.try(append([]string{"import", "areas", "--dry-run", "--tolerance", "0"}, layer...)...)
		for _, m := range hairline.FindAllStringSubmatch(out, -1) {
			if width, err := strconv.ParseFloat(m[1], 64); err != nil || width >= 1 {
				t.Errorf("not a hairline: %s", m[0])
			}
			named++
		}
		out = c.must(append([]string{"import", "areas"}, layer...)...)
		if m := closed.FindStringSubmatch(out); m != nil {
			n, _ := strconv.Atoi(m[1])
			told += n
		}
	}
	if named != 43 || told != 43 {
		t.Errorf("%d hairlines named, %d told closed, want 43 of each", named, told)
	}
}

func TestTheSameFileAgainMakesNoEdition(t *testing.T) {
	c := newCity(t)
	importHangzhou(c)
	before := c.view()
	out := c.must("import", "areas", "--layer", "communities", "--parent", "streets", "--parent-code", "街道编码", "--code", "社区编码", "--name", "社区", realdata.Path(t, "cn-hangzhou-xiacheng/communities.geojson"))
	if !strings.Contains(out, "nothing changed") {
		t.Errorf("it says %s", out)
	}
	if after := c.view(); after.Position() != before.Position() || after.ContentHash() != before.ContentHash() {
		t.Errorf("from %v to %v", before.Position(), after.Position())
	}
}

func TestAChangedFileMakesOneEditionOfOnlyTheChangedAreas(t *testing.T) {
	c := newCity(t)
	importHangzhou(c)
	before := c.view()
	data, err := os.ReadFile(realdata.Path(t, "cn-hangzhou-xiacheng/communities.geojson"))
	if err != nil {
		t.Fatal(err)
	}
	renamed := c.file("communities.geojson", strings.ReplaceAll(string(data), `"社区":"华丰社区"`, `"社区":"新华丰社区"`))
	out := c.must("import", "areas", "--layer", "communities", "--parent", "streets", "--parent-code", "街道编码", "--code", "社区编码", "--name", "社区", renamed)
	if !strings.Contains(out, "1 changed, 74 untouched") {
		t.Errorf("it says %s", out)
	}
	after := c.view()
	if after.Edition().Number != before.Edition().Number+1 || after.Position().Sequence != before.Position().Sequence+1 {
		t.Errorf("from edition %d to %d", before.Edition().Number, after.Edition().Number)
	}
	changed := 0
	for area := range after.Areas("communities", "") {
		if area.From == after.Edition().Number {
			changed++
		}
	}
	if changed != 1 || after.Area("communities", "SQ-3").Name != "新华丰社区" {
		t.Errorf("%d areas are of the new edition; SQ-3 is %s", changed, after.Area("communities", "SQ-3").Name)
	}
}
