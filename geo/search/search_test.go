package search_test

import (
	"fmt"
	"strings"
	"testing"

	"gridwarden/geo"
	"gridwarden/geo/crs"
	"gridwarden/geo/index"
	"gridwarden/geo/search"
)

func square(column, row, n int32) geo.Shape {
	at := func(x, y int32) geo.Coord { return geo.Coord{X: 1_201_700_000 + x*10_000, Y: 302_800_000 + y*10_000} }
	return geo.Shape{Polygons: geo.MultiPolygon{{{at(column, row), at(column+n, row), at(column+n, row+n), at(column, row+n)}}}}
}

// town has a district of two by two grids under its street, and a few things in it.
func town(t *testing.T) *index.Snapshot {
	t.Helper()
	lid := geo.CategoryKey{Standard: "GB/T 47678.5-2026", Kind: geo.Component, Code: "01001"}
	broken := geo.CategoryKey{Standard: lid.Standard, Kind: geo.Matter, Code: "01001"}
	c := &geo.Changes{
		To: geo.Position{Sequence: 1},
		Layers: []geo.Layer{
			{Name: "grids", Kind: geo.Coverage, Parent: "streets", Rank: 1},
			{Name: "streets", Kind: geo.Coverage, Rank: 2},
		},
		Areas: []*geo.Area{{ID: 1, Layer: "streets", Code: "330103001", Name: "荷池街道", Shape: square(0, 0, 2)}},
		Departments: []geo.Department{
			{Code: "SW", Name: "水务集团", Aliases: []string{"自来水公司"}}, {Code: "JD", Name: "荷池街道办事处"},
		},
		Categories: []geo.Category{
			{CategoryKey: lid, Name: "上水井盖", NameEN: "Water manhole cover", Family: "井盖"},
			{CategoryKey: broken, Name: "井盖破损", Family: "井盖"},
		},
	}
	for i := range int32(4) {
		code := geo.AreaCode(fmt.Sprintf("33010300100%d", i+1))
		name := fmt.Sprintf("小荷池第%d网格", i+1)
		c.Areas = append(c.Areas, &geo.Area{ID: geo.AreaID(i + 2), Layer: "grids", Code: code, Name: name, Parent: "330103001", Shape: square(i%2, i/2, 1)})
	}
	for i, id := range []geo.AssetID{"3301030010001", "3301030010002", "WX-7"} {
		c.Assets = append(c.Assets, geo.Asset{Version: geo.AssetVersion(i + 1), ID: id, Category: lid, Point: geo.Coord{X: 1_201_705_000, Y: 302_805_000}})
	}
	s, err := index.Empty().Apply(c)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// told are hits in short.
func told(hits []search.Hit) string {
	var words []string
	for _, h := range hits {
		switch {
		case h.Area != nil:
			words = append(words, string(h.Area.Code))
		case h.Department != nil:
			words = append(words, string(h.Department.Code))
		case h.Category != nil:
			words = append(words, string(h.Category.Kind)+"/"+h.Category.Code)
		case h.Asset != nil:
			words = append(words, "asset:"+string(h.Asset.ID))
		case h.Point != nil:
			words = append(words, fmt.Sprintf("%s:%d", h.Point.Read, len(h.Point.Areas)))
		}
	}
	return strings.Join(words, " ")
}

func TestTheBestComesFirstAndTheWiderBeforeTheNarrower(t *testing.T) {
	t.Parallel()
	s := town(t)
	const grids = "330103001001 330103001002 330103001003 330103001004"
	for text, want := range map[string]string{
		"330103001":            "330103001 " + grids + " asset:3301030010001 asset:3301030010002",
		"330103001002":         "330103001002",
		"3301030010002":        "asset:3301030010002",
		"wx-7":                 "asset:WX-7",
		"荷池":                   "330103001 JD " + grids,
		"荷池街道":                 "330103001 JD",
		"第２网格":                 "330103001002",
		"井盖":                   "component/01001 matter/01001",
		"jing":                 "component/01001 matter/01001",
		"JGPS":                 "matter/01001",
		"shangshuijing":        "component/01001",
		"MANHOLE":              "component/01001",
		"01001":                "component/01001 matter/01001",
		"自来水":                  "SW",
		"sw":                   "SW",
		"nothing like it":      "",
		"  ":                   "",
		"120.1705,30.2805":     "OGC:CRS84:2 GCJ-02:0 BD-09:0",
		"N30.2805 E120.1705":   "OGC:CRS84:2",
		"东经120.1705，北纬10.2805": "OGC:CRS84:0",
	} {
		hits, more := search.Find(s, search.Asked{Text: text, Limit: 20, Catalogue: true})
		if got := told(hits); got != want || more {
			t.Errorf("%q finds %q, more %v; want %q", text, got, more, want)
		}
	}
}

func TestAHitSaysWhatItLiesIn(t *testing.T) {
	t.Parallel()
	hits, _ := search.Find(town(t), search.Asked{Text: "330103001003", Limit: 1})
	if len(hits) != 1 || len(hits[0].Above) != 1 || hits[0].Above[0].Name != "荷池街道" {
		t.Fatalf("%+v", hits)
	}
}

func TestNoMoreIsToldThanAskedFor(t *testing.T) {
	t.Parallel()
	s := town(t)
	for limit, want := range map[int]string{1: "330103001", 2: "330103001 330103001001"} {
		hits, more := search.Find(s, search.Asked{Text: "330103001", Limit: limit, Catalogue: true})
		if got := told(hits); got != want || !more {
			t.Errorf("%d: %q, more %v", limit, got, more)
		}
	}
	if hits, _ := search.Find(s, search.Asked{Text: "井盖", Limit: 5}); len(hits) != 0 {
		t.Errorf("the catalogue is told to who may not see it: %s", told(hits))
	}
}

// TestAPlaceCopiedOffAnyMapIsAmongThoseGiven, to 10 cm.
func TestAPlaceCopiedOffAnyMapIsAmongThoseGiven(t *testing.T) {
	t.Parallel()
	s := town(t)
	for _, system := range []crs.CRS{crs.CRS84, crs.GCJ02, crs.BD09} {
		lon, lat, _ := system.FromWGS84(120.1705, 30.2805)
		hits, _ := search.Find(s, search.Asked{Text: fmt.Sprintf("%.7f %.7f", lat, lon), Limit: 9})
		if len(hits) != 3 || hits[0].Point.Read != system || len(hits[0].Point.Areas) != 2 {
			t.Errorf("%s: %s", system, told(hits))
		}
	}
}

func TestNamesAreSaidAsPeopleSayThem(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"井盖": "jinggai jg", "绿化垃圾": "lvhualaji lhlj", "5G基站（旧）": "5gjizhanjiu 5gjzj", "单元网格": "danyuanwangge dywg", "人行天桥": "renxingtianqiao rxtq",
		"空调室外机": "kongtiaoshiwaiji ktswj", "给水井盖": "jishuijinggai jsjg",
		"Lamp": "", "": "",
	} {
		if got := search.Pinyin(name); got != want {
			t.Errorf("%s is said %q, want %q", name, got, want)
		}
	}
}

func TestNoCharacterIsSaidWithATone(t *testing.T) {
	t.Parallel()
	for r := range rune(0x2FA20) {
		for _, letter := range search.Pinyin(string(r)) {
			if letter != ' ' && !(letter >= 'a' && letter <= 'z') {
				t.Errorf("%c (%U) is said %q", r, r, search.Pinyin(string(r)))
				break
			}
		}
	}
}
