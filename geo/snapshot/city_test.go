package snapshot_test

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"gridwarden/geo"
	"gridwarden/geo/index"
)

// randomCity is a view with something of everything, and with the values that files lose
// most easily: empty texts, texts with quotes and Chinese, coordinates at the ends.
func randomCity(t *rapid.T) *index.Snapshot {
	c := &geo.Changes{
		History: [16]byte{1, 2, 3}, To: geo.Position{Sequence: geo.Sequence(rapid.IntRange(1, 1<<40).Draw(t, "sequence")), Change: geo.ChangeID{9}},
		Edition: geo.EditionInfo{Number: 7, PublishedAt: time.Date(2026, 11, 22, 1, 2, 3, 456000, time.UTC), EffectiveFrom: time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC), Note: text(t, "note")},
		Layers: []geo.Layer{
			{Name: "grids", Title: "单元网格", Kind: geo.Coverage, Parent: "streets", Rank: 1, Visibility: geo.Public},
			{Name: "streets", Kind: geo.Coverage, Rank: 2, Authority: text(t, "authority"), Lock: geo.Unlocked, SmallestArea: 0.1, LargestArea: 1e9},
			{Name: "parks", Kind: geo.Overlay, Rank: 3, Visibility: geo.Restricted},
			{Name: "roads", Kind: geo.Lines, Rank: 4, Reach: 12.5},
		},
		Departments: []geo.Department{{Code: "D1", Name: text(t, "department"), Aliases: []string{"市政", ""}, ValidUntil: geo.Date{Year: 2026, Month: 7, Day: 1}}, {Code: "D2"}},
		Categories:  []geo.Category{{CategoryKey: category, Name: "井盖", Visibility: geo.Protected}},
		AssetKeys:   []string{"material"},
	}
	for i := range rapid.IntRange(0, 40).Draw(t, "areas") {
		c.Areas = append(c.Areas, randomArea(t, i, c.Layers[rapid.IntRange(0, 3).Draw(t, "layer")]))
	}
	for i := range rapid.IntRange(0, 200).Draw(t, "assets") {
		c.Assets = append(c.Assets, randomAsset(t, i))
	}
	c.Duty.Rules = []geo.DutyRow{{ID: "r1", Priority: 3, Helpers: []geo.DepartmentCode{"D2"}, Deadline: 1.1, DeadlineUnit: geo.WorkHour, Note: text(t, "rule")}}
	c.Duty.Rulings = []geo.Ruling{{ID: "u", Ground: &geo.Shape{Polygons: polygons(t)}, Asset: &geo.AssetKey{ID: "a", Standard: "s"}}}
	c.Duty.Groups = []geo.Group{{Kind: geo.DutyGroup, Code: "g", Layer: "grids", Members: []geo.AreaCode{"0", "1"}}}
	view, err := index.Empty().Apply(c)
	if err != nil {
		t.Fatal(err)
	}
	return view
}

var category = geo.CategoryKey{Standard: "GB/T 47678.5-2026", Kind: geo.Component, Code: "01037"}

func text(t *rapid.T, name string) string {
	return rapid.SampledFrom([]string{"", "井盖", `a "b", c`, "line\nbreak", "𝄞\\", "x"}).Draw(t, name)
}

func attributes(t *rapid.T) json.RawMessage {
	return rapid.SampledFrom([]json.RawMessage{nil, json.RawMessage(`{}`), json.RawMessage(`{ "a": 1.50,"b":"\u4e95" }`), json.RawMessage(`{"big":12345678901234567890,"a":null,"a":2}`)}).Draw(t, "attributes")
}

func randomArea(t *rapid.T, i int, l geo.Layer) *geo.Area {
	a := &geo.Area{
		ID: geo.AreaID(1000 - i), Layer: l.Name, Code: geo.AreaCode(fmt.Sprint(i)), Name: text(t, "name"), Department: "D1", Parent: geo.AreaCode(text(t, "parent")),
		Attributes: attributes(t), From: 3, InputHash: geo.InputHash{byte(i), 31: 255},
	}
	if l.Kind != geo.Lines {
		a.Shape.Polygons = polygons(t)
		return a
	}
	a.Side, a.Reach, a.Class = geo.Left, 0.1, "支路"
	for range rapid.IntRange(1, 3).Draw(t, "lines") {
		a.Shape.Lines = append(a.Shape.Lines, geo.Line{coord(t), coord(t)})
	}
	return a
}

func randomAsset(t *rapid.T, i int) geo.Asset {
	a := geo.Asset{
		Version: geo.AssetVersion(5000 - i), ID: geo.AssetID(fmt.Sprint("井", i)), Category: category, Name: text(t, "name"), State: text(t, "state"),
		Authority: "D1", Maintainer: geo.DepartmentCode(text(t, "maintainer")), Point: coord(t),
	}
	if rapid.Bool().Draw(t, "attributed") {
		a.Attributes = json.RawMessage(`{"material":"iron"}`)
	}
	if rapid.IntRange(0, 9).Draw(t, "shaped") == 0 {
		a.Shape = &geo.Shape{Lines: geo.MultiLine{{a.Point, coord(t)}}}
	}
	return a
}

func coord(t *rapid.T) geo.Coord {
	return geo.Coord{
		X: rapid.Int32Range(-900000000, 900000000).Draw(t, "x"),
		Y: rapid.OneOf(rapid.Int32Range(-900000000, 900000000), rapid.SampledFrom([]int32{0, 900000000, -900000000, 1, 303055})).Draw(t, "y"),
	}
}

// polygons are one or more squares, one with a hole.
func polygons(t *rapid.T) (m geo.MultiPolygon) {
	for range rapid.IntRange(1, 3).Draw(t, "parts") {
		c := geo.Coord{X: rapid.Int32Range(0, 1000000000).Draw(t, "x"), Y: rapid.Int32Range(-800000000, 800000000).Draw(t, "y")}
		p := geo.Polygon{square(c, 30)}
		if rapid.Bool().Draw(t, "hole") {
			hole := square(geo.Coord{X: c.X + 10, Y: c.Y + 10}, 10)
			p = append(p, geo.Ring{hole[0], hole[3], hole[2], hole[1]})
		}
		m = append(m, p)
	}
	return m
}

func square(c geo.Coord, side int32) geo.Ring {
	return geo.Ring{c, {X: c.X + side, Y: c.Y}, {X: c.X + side, Y: c.Y + side}, {X: c.X, Y: c.Y + side}}
}

// city is one random city, always the same.
func city(t *testing.T) *index.Snapshot { return randomCityOf(t, 7) }

func randomCityOf(t *testing.T, seed int) *index.Snapshot {
	t.Helper()
	return rapid.Custom(randomCity).Example(seed)
}
