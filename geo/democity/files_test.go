package democity_test

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"gridwarden/geo"
	"gridwarden/geo/democity"
)

// The helpers read a written city back the way a stranger would: from its files alone.

func write(t *testing.T, size democity.Size) (string, democity.Manifest) {
	t.Helper()
	dir := t.TempDir()
	m, err := democity.Write(context.Background(), dir, size)
	if err != nil {
		t.Fatal(err)
	}
	return dir, m
}

type feature struct {
	Properties struct {
		Code, Name, Department, Parent, Class, Side string
		Reach                                       float64
	}
	Geometry struct {
		Type        string
		Coordinates json.RawMessage
	}
}

func readFeatures(t *testing.T, dir, name string) []feature {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, name+".geojson"))
	if err != nil {
		t.Fatal(err)
	}
	var collection struct{ Features []feature }
	if err := json.Unmarshal(text, &collection); err != nil {
		t.Fatalf("%s is not JSON: %v", name, err)
	}
	return collection.Features
}

func (f feature) polygon(t *testing.T) geo.Polygon {
	t.Helper()
	var rings [][][2]float64
	if err := json.Unmarshal(f.Geometry.Coordinates, &rings); err != nil {
		t.Fatalf("%s: %v", f.Properties.Code, err)
	}
	var polygon geo.Polygon
	for _, positions := range rings {
		if positions[0] != positions[len(positions)-1] {
			t.Fatalf("%s: a ring is not closed", f.Properties.Code)
		}
		var ring geo.Ring
		for _, p := range positions[1:] {
			ring = append(ring, coord(t, p[0], p[1]))
		}
		polygon = append(polygon, ring)
	}
	return polygon
}

func (f feature) line(t *testing.T) geo.Line {
	t.Helper()
	var positions [][2]float64
	if err := json.Unmarshal(f.Geometry.Coordinates, &positions); err != nil {
		t.Fatalf("%s: %v", f.Properties.Code, err)
	}
	var line geo.Line
	for _, p := range positions {
		line = append(line, coord(t, p[0], p[1]))
	}
	return line
}

func coord(t *testing.T, lon, lat float64) geo.Coord {
	t.Helper()
	c, err := geo.CoordOf(lon, lat)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// readRows gives the rows of a CSV file, each by column name.
func readRows(t *testing.T, path string) []map[string]string {
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
	var named []map[string]string
	for _, row := range rows[1:] {
		m := make(map[string]string, len(row))
		for i, column := range rows[0] {
			m[column] = row[i]
		}
		named = append(named, m)
	}
	return named
}
