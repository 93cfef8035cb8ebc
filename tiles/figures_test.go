package tiles_test

import (
	"testing"

	"gridwarden/geo"
	"gridwarden/geo/index"
	"gridwarden/tiles"
)

// TestNumbersOfAreasAreThoseOfLookUps: a map coloured by other numbers than dispatch counts
// would be argued about.
func TestNumbersOfAreasAreThoseOfLookUps(t *testing.T) {
	t.Parallel()
	cell := func(x, y int32) geo.Ring {
		const w = 10_000
		return geo.Ring{{X: x * w, Y: y * w}, {X: x*w + w, Y: y * w}, {X: x*w + w, Y: y*w + w}, {X: x * w, Y: y*w + w}}
	}
	c := &geo.Changes{To: geo.Position{Sequence: 1, Change: geo.ChangeID{1}}, Layers: []geo.Layer{
		{Name: "cells", Kind: geo.Coverage, Parent: "rows", Rank: 1}, {Name: "rows", Kind: geo.Coverage, Rank: 2},
	}}
	for y := range int32(3) {
		row := geo.AreaCode('a' + y)
		first, last := cell(0, y), cell(3, y)
		c.Areas = append(c.Areas, &geo.Area{ID: geo.AreaID(100 + y), Layer: "rows", Code: row,
			Shape: geo.Shape{Polygons: geo.MultiPolygon{{{first[0], last[1], last[2], first[3]}}}}})
		for x := range int32(4) {
			c.Areas = append(c.Areas, &geo.Area{ID: geo.AreaID(1 + y*4 + x), Layer: "cells", Code: row + geo.AreaCode('0'+x), Parent: row,
				Shape: geo.Shape{Polygons: geo.MultiPolygon{{cell(x, y)}}}})
		}
	}
	kinds := []geo.CategoryKey{{Standard: "s", Kind: geo.Component, Code: "0112"}, {Standard: "s", Kind: geo.Component, Code: "0101"}}
	var reports []tiles.Spot
	for i := range int32(200) {
		at := geo.Coord{X: i * 211 % 45_000, Y: i * 5_000 % 35_000} // on borders and outside too
		c.Assets = append(c.Assets, geo.Asset{Version: geo.AssetVersion(i + 1), ID: geo.AssetID('A' + i), Category: kinds[i%2], Point: at})
		if i%3 == 0 {
			reports = append(reports, tiles.Spot{At: at, Category: kinds[1]})
		}
	}
	s, err := index.Empty().Apply(c)
	if err != nil {
		t.Fatal(err)
	}
	f := tiles.NewFigures(s, reports)
	for _, layer := range []geo.LayerName{"cells", "rows"} {
		for a := range s.Areas(layer, "") {
			var want [3]uint64 // assets of each kind, reports
			holds := func(p geo.Coord) bool {
				hits := s.Locate(p, layer).Areas
				return len(hits) > 0 && hits[0].Area.Code == a.Code
			}
			for i := range c.Assets {
				if holds(c.Assets[i].Point) {
					want[i%2]++
				}
			}
			for _, r := range reports {
				if holds(r.At) {
					want[2]++
				}
			}
			got := f.Of(layer, a.Code)
			if got == nil {
				t.Fatalf("%s %s has no numbers, want %v", layer, a.Code, want)
			}
			of := map[geo.CategoryKey]uint64{}
			for _, n := range got.Assets.Of {
				of[n.Category] = n.Count
			}
			if got.Assets.All != want[0]+want[1] || of[kinds[0]] != want[0] || of[kinds[1]] != want[1] || got.Reports.All != want[2] {
				t.Errorf("%s %s: %+v, want %v", layer, a.Code, got, want)
			}
		}
	}
	if again := tiles.NewFigures(s, reports); again.Version() != f.Version() {
		t.Error("the same numbers have two versions")
	}
	if fewer := tiles.NewFigures(s, reports[1:]); fewer.Version() == f.Version() {
		t.Error("other numbers have the same version")
	}
}
