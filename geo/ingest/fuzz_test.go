package ingest_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/paulmach/orb"

	"gridwarden/geo"
	"gridwarden/geo/ingest"
)

// seeds are beginnings for the fuzzers of whole files.
func seeds(f *testing.F) {
	for _, s := range []string{
		collection(square(`{"code":"A","name":"甲","n":{"b":[1,2]}}`, 120), square(`{"code":"A","name":"甲"}`, 121)),
		"\x1e" + square(`{"code":1.0e1}`, 1) + "\n\x1e" + square(`{"code":"\u00e9"}`, 2),
		`{"crs":{"properties":{"name":"EPSG:4549"}},"features":[` + metres(500000, 3300000) + `]}`,
		shaped(`{"type":"MultiPolygon","coordinates":[[[[0,0,1],[1,0],[0,1]],[]],[]]}`),
		shaped(`{"type":"LineString","coordinates":[[0,0],[1,0]]}`),
		shaped(`{"type":"Point","coordinates":[0,0]}`),
		"code,name,kind,standard,lon,lat\n1,\"a\"\"b\n\",component,S,120,30\n2,\"x,1,2,3\n",
		"ObjID;DeptCode1;lon;lat\n3205080101000001;;120;30\n",
		"\xff\xfec\x00o\x00d\x00e\x00\n\x00",
		"\x1f\x8b\x08\x00",
		"code,name\n1,\xcf\xc2\xb3\xc7\n",
	} {
		f.Add([]byte(s))
	}
}

// place puts the fuzzer's bytes into a file of this process: each worker is one.
func place(t *testing.T, dir string, content []byte) string {
	path := filepath.Join(dir, "fuzz")
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// sound fails when an error has no kind or does not name its file.
func sound(t *testing.T, err error, path string) {
	if err != nil && (geo.KindOf(err) == geo.Internal || !strings.Contains(err.Error(), path)) {
		t.Errorf("the error has the kind %d: %v", geo.KindOf(err), err)
	}
}

func FuzzAreas(f *testing.F) {
	seeds(f)
	dir := f.TempDir()
	f.Fuzz(func(t *testing.T, content []byte) {
		path := place(t, dir, content)
		for _, kind := range []geo.LayerKind{geo.Coverage, geo.Lines} {
			o := ingest.AreaOptions{Kind: kind, Options: ingest.Options{Transform: &shifter{}}}
			areas, err := ingest.ReadAreas(t.Context(), []string{path}, o)
			sound(t, err, path)
			for _, a := range areas {
				check(t, a, kind)
			}
			again, _ := ingest.ReadAreas(t.Context(), []string{path}, o)
			for i := range again {
				if again[i].Hash != areas[i].Hash {
					t.Errorf("area %s has another hash when read again", areas[i].Code)
				}
			}
		}
	})
}

// check holds an area to what the package promises.
func check(t *testing.T, a geo.AreaInput, kind geo.LayerKind) {
	if a.Code == "" || len(a.Parts) == 0 {
		t.Errorf("an area without code or parts: %+v", a)
	}
	for _, p := range a.Parts {
		switch p.Geometry.(type) {
		case orb.Polygon, orb.MultiPolygon:
			if kind == geo.Lines {
				t.Errorf("a polygon in a line layer: %+v", a)
			}
		case orb.LineString, orb.MultiLineString:
			if kind != geo.Lines {
				t.Errorf("a line in a coverage: %+v", a)
			}
		default:
			t.Errorf("a part of the type %T", p.Geometry)
		}
		if b := p.Geometry.Bound(); b.IsEmpty() || b.Min[0] < -180 || b.Max[0] > 180 || b.Min[1] < -90 || b.Max[1] > 90 {
			t.Errorf("a part within %v", b)
		}
	}
}

func FuzzAssets(f *testing.F) {
	seeds(f)
	dir := f.TempDir()
	f.Fuzz(func(t *testing.T, content []byte) {
		path := place(t, dir, content)
		o := ingest.AssetOptions{CategoryCode: "c", Options: ingest.Options{Transform: &shifter{}}}
		for a, err := range ingest.Assets(t.Context(), []string{path}, o) {
			sound(t, err, path)
			if err == nil && (a.ID == "" || a.Source.File != path) {
				t.Errorf("an asset without id or source: %+v", a)
			}
		}
	})
}

func FuzzTables(f *testing.F) {
	seeds(f)
	dir := f.TempDir()
	f.Fuzz(func(t *testing.T, content []byte) {
		path := place(t, dir, content)
		departments, err := ingest.ReadDepartments(t.Context(), path, "auto")
		sound(t, err, path)
		for _, d := range departments {
			if d.Code == "" || d.Name == "" {
				t.Errorf("a department without code or name: %+v", d)
			}
		}
		_, err = ingest.ReadCategories(t.Context(), path, "gb18030")
		sound(t, err, path)
	})
}

func FuzzRows(f *testing.F) {
	seeds(f)
	f.Add([]byte(`{"lon":120,"lat":30}` + "\n{}\nnull\n" + `{"lon":"1","lat":[]}`))
	f.Fuzz(func(t *testing.T, content []byte) {
		for _, format := range []ingest.Format{ingest.CSV, ingest.NDJSON, ""} {
			r, err := ingest.NewRows(strings.NewReader(string(content)), ingest.RowOptions{Format: format})
			if err != nil {
				continue
			}
			line := 0
			for row, err := range r.All(t.Context()) {
				if err != nil {
					t.Fatalf("a stream from memory broke: %v", err)
				}
				if row.Line <= line {
					t.Errorf("line %d comes after line %d", row.Line, line)
				}
				line = row.Line
				if r.Format == ingest.CSV && row.Err == nil && len(row.Cells) != len(r.Columns) {
					t.Errorf("line %d has %d cells of %d", line, len(row.Cells), len(r.Columns))
				}
			}
		}
	})
}
