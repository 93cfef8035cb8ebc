package snapshot

import (
	"bytes"
	"os"
	"path/filepath"
	"reflect"
	"testing"

	"gridwarden/geo"
	"gridwarden/geo/index"
)

// smallCity has two assets, one with a shape, and an area.
func smallCity(tb testing.TB) *index.Snapshot {
	tb.Helper()
	ring := geo.Ring{{X: 0, Y: 0}, {X: 10, Y: 0}, {X: 10, Y: 10}, {X: 0, Y: 10}}
	view, err := index.Empty().Apply(&geo.Changes{
		History: [16]byte{1}, To: geo.Position{Sequence: 3},
		Layers: []geo.Layer{{Name: "grids", Kind: geo.Coverage}},
		Areas:  []*geo.Area{{ID: 1, Layer: "grids", Code: "A", Name: "甲", Attributes: []byte(`{"a":1}`), Shape: geo.Shape{Polygons: geo.MultiPolygon{{ring}}}}},
		Assets: []geo.Asset{
			{Version: 1, ID: "1", Category: geo.CategoryKey{Standard: "S", Kind: geo.Component, Code: "01"}, Point: geo.Coord{X: 1, Y: 1}, Attributes: []byte(`{"m":"x"}`)},
			{Version: 2, ID: "2", Point: geo.Coord{X: 2, Y: 2}, Shape: &geo.Shape{Lines: geo.MultiLine{{{X: 2, Y: 2}, {X: 3, Y: 3}}}}},
		},
	})
	if err != nil {
		tb.Fatal(err)
	}
	return view
}

func fileOf(tb testing.TB, name string) []byte {
	tb.Helper()
	dir := filepath.Join(tb.TempDir(), "city")
	if _, err := Write(tb.Context(), dir, smallCity(tb), "test", func(int64) {}); err != nil {
		tb.Fatal(err)
	}
	body, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil {
		tb.Fatal(err)
	}
	return body
}

// A manifest is taken only byte for byte as it was sealed.
func FuzzManifest(f *testing.F) {
	f.Add(fileOf(f, manifestName))
	f.Add([]byte(`{"format":"gridwarden-snapshot","version":2}`))
	f.Add([]byte(`null`))
	f.Fuzz(func(t *testing.T, body []byte) {
		m, err := parseManifest(body)
		if err != nil {
			return
		}
		if again, err := m.encode(); err != nil || !bytes.Equal(again, body) {
			t.Fatalf("taken, and not what would be written (%v)", err)
		}
	})
}

// What is taken as a shape could have come through any door, and is written as it was read.
func FuzzShape(f *testing.F) {
	for _, s := range []geo.Shape{
		{Polygons: geo.MultiPolygon{{{{X: 0, Y: 0}, {X: 10, Y: 0}, {X: 0, Y: 10}}}}},
		{Polygons: geo.MultiPolygon{{{{X: 0, Y: 0}, {X: 10, Y: 0}, {X: 0, Y: 10}}}, {{{X: 20, Y: 0}, {X: 30, Y: 0}, {X: 20, Y: 10}}}}},
		{Lines: geo.MultiLine{{{X: 0, Y: 0}, {X: 10, Y: -900_000_000}}}},
		{Lines: geo.MultiLine{{{X: 0, Y: 0}, {X: 1, Y: 1}}, {{X: 5, Y: 0}, {X: 1, Y: 1}}}},
	} {
		f.Add(appendShape(nil, &s))
	}
	f.Add([]byte{1, 6, 0, 0, 0, 255, 255, 255, 255})
	f.Fuzz(func(t *testing.T, b []byte) {
		s, err := parseShape(b)
		if err != nil {
			return
		}
		again, err := parseShape(appendShape(nil, &s))
		if err != nil || !reflect.DeepEqual(again, s) {
			t.Fatalf("%v became %v (%v)", s, again, err)
		}
	})
}

// A Parquet file that passed its checksum and is hostile all the same ends in an error or
// in rows, as many as it says, and in no panic.
func FuzzParquet(f *testing.F) {
	for _, name := range []string{assetsName, "grids.parquet"} {
		body := fileOf(f, name)
		f.Add(body, int64(2))
		for at := 4; at < len(body); at += len(body) / 40 {
			broken := bytes.Clone(body)
			broken[at] ^= 0x41
			f.Add(broken, int64(2))
		}
	}
	f.Fuzz(func(t *testing.T, body []byte, rows int64) {
		file, err := os.CreateTemp(t.TempDir(), "")
		if err != nil {
			t.Fatal(err)
		}
		defer file.Close()
		if _, err := file.Write(body); err != nil {
			t.Fatal(err)
		}
		groups, err := rowGroups(file, File{Bytes: int64(len(body)), Rows: rows}, assetRow{})
		if err != nil {
			return
		}
		n := int64(0)
		err = inOrder(t.Context(), groups, assetsOf, func(assets []geo.Asset) error { n += int64(len(assets)); return nil })
		if err == nil && n != rows {
			t.Fatalf("%d rows instead of %d", n, rows)
		}
	})
}
