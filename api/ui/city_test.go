package ui_test

import (
	"context"
	"encoding/csv"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/geojson"

	"gridwarden/geo"
	"gridwarden/geo/democity"
	"gridwarden/geo/index"
)

// demoCity is a view of a small demo city.
func demoCity(t *testing.T) *index.Snapshot {
	t.Helper()
	return cityOf(t, democity.Size{Grids: 700, Assets: 7_000})
}

// cityOf is a view of a demo city with more duty rows. Its files are on the coordinate grid
// already and its borders match, so they need no import to become one.
func cityOf(t *testing.T, size democity.Size, rows ...geo.DutyRow) *index.Snapshot {
	t.Helper()
	dir := t.TempDir()
	m, err := democity.Write(context.Background(), dir, size)
	if err != nil {
		t.Fatal(err)
	}
	c := &geo.Changes{
		History: [16]byte{1},
		To:      geo.Position{Sequence: 1, Change: geo.ChangeID{1}},
		Edition: geo.EditionInfo{Number: 1},
		Layers: []geo.Layer{
			{Name: "districts", Title: "区", Kind: geo.Coverage, Rank: 0},
			{Name: "streets", Title: "街道", Kind: geo.Coverage, Parent: "districts", Rank: 1},
			{Name: "communities", Title: "社区", Kind: geo.Coverage, Parent: "streets", Rank: 2},
			{Name: "grids", Title: "单元网格", Kind: geo.Coverage, Parent: "communities", Rank: 3},
			{Name: "parks", Title: "公园绿地", Kind: geo.Overlay, Rank: 4},
			{Name: "roads", Title: "道路", Kind: geo.Lines, Rank: 5, Reach: 20},
		},
		Departments: readDepartments(t, m.Departments),
	}
	for _, l := range c.Layers {
		c.Areas = append(c.Areas, readAreas(t, dir, l.Name, len(c.Areas))...)
	}
	c.Assets, c.Categories = readAssets(t, m.Assets, c.Departments)
	c.Categories = append(c.Categories, matters()...)
	c.Duty = readDuty(t, m.Tables, rows)
	s, err := index.Empty().Apply(c)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func readAreas(t *testing.T, dir string, layer geo.LayerName, numbered int) []*geo.Area {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, string(layer)+".geojson"))
	if err != nil {
		t.Fatal(err)
	}
	collection, err := geojson.UnmarshalFeatureCollection(text)
	if err != nil {
		t.Fatal(err)
	}
	var areas []*geo.Area
	for i, f := range collection.Features {
		p := f.Properties
		a := &geo.Area{
			ID:         geo.AreaID(numbered + i + 1),
			Layer:      layer,
			Code:       geo.AreaCode(p.MustString("code")),
			Name:       p.MustString("name"),
			Department: geo.DepartmentCode(p.MustString("department")),
			Parent:     geo.AreaCode(p.MustString("parent", "")),
			Class:      p.MustString("class", ""),
			Side:       geo.Side(p.MustString("side", "")),
			Reach:      p.MustFloat64("reach", 0),
			From:       1,
		}
		switch g := f.Geometry.(type) {
		case orb.Polygon:
			polygon := make(geo.Polygon, len(g))
			for j, ring := range g {
				polygon[j] = geo.Ring(coords(t, ring[1:]))
			}
			a.Shape.Polygons = geo.MultiPolygon{polygon}
		case orb.LineString:
			a.Shape.Lines = geo.MultiLine{geo.Line(coords(t, g))}
		}
		areas = append(areas, a)
	}
	return areas
}

func coords[P ~[]orb.Point](t *testing.T, points P) []geo.Coord {
	t.Helper()
	out := make([]geo.Coord, len(points))
	for i, p := range points {
		c, err := geo.CoordOf(p[0], p[1])
		if err != nil {
			t.Fatal(err)
		}
		out[i] = c
	}
	return out
}

func readRows(t *testing.T, path string) [][]string {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return rows[1:]
}

func readDepartments(t *testing.T, path string) []geo.Department {
	t.Helper()
	var units []geo.Department
	for _, row := range readRows(t, path) {
		until, err := geo.ParseDate(row[6])
		if err != nil {
			t.Fatal(err)
		}
		units = append(units, geo.Department{
			Code: geo.DepartmentCode(row[0]), Name: row[1], Parent: geo.DepartmentCode(row[2]), Kind: row[3],
			Aliases: strings.Split(row[4], ";"), Successor: geo.DepartmentCode(row[5]), ValidUntil: until,
		})
	}
	return units
}

// readAssets gives the assets, with those of their bodies that are written by code or
// name, and their categories.
func readAssets(t *testing.T, path string, units []geo.Department) (assets []geo.Asset, categories []geo.Category) {
	t.Helper()
	body := make(map[string]geo.DepartmentCode)
	for _, u := range units {
		body[string(u.Code)], body[u.Name] = u.Code, u.Code
	}
	seen := make(map[string]bool)
	for i, row := range readRows(t, path) {
		lon, _ := strconv.ParseFloat(row[3], 64)
		lat, _ := strconv.ParseFloat(row[4], 64)
		key := geo.CategoryKey{Standard: standard, Kind: geo.Component, Code: row[1]}
		assets = append(assets, geo.Asset{
			Version: geo.AssetVersion(i + 1), ID: geo.AssetID(row[0]), Category: key,
			Name: row[2], State: row[5], Point: coords(t, orb.LineString{{lon, lat}})[0],
			Authority: body[row[6]], Owner: body[row[7]], Maintainer: body[row[8]],
		})
		if !seen[row[1]] {
			seen[row[1]] = true
			categories = append(categories, geo.Category{CategoryKey: key, Name: row[2], Family: familyOf(row[2])})
		}
	}
	return assets, categories
}
