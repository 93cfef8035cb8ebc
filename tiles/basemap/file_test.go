package basemap_test

import (
	"bytes"
	"compress/gzip"
	"io"
	"path/filepath"
	"testing"

	"github.com/paulmach/orb/maptile"

	"gridwarden/geo"
	"gridwarden/geo/index"
	"gridwarden/tiles"
	"gridwarden/tiles/archive"
	"gridwarden/tiles/basemap"
)

// TestACityCanBeTheBaseMapOfAnother exports a map with this program and lays it beneath.
func TestACityCanBeTheBaseMapOfAnother(t *testing.T) {
	t.Parallel()
	ring := geo.Ring{{X: 1_200_000_000, Y: 300_000_000}, {X: 1_201_000_000, Y: 300_000_000}, {X: 1_201_000_000, Y: 301_000_000}}
	view, err := index.Empty().Apply(&geo.Changes{
		To:     geo.Position{Sequence: 1},
		Layers: []geo.Layer{{Name: "lakes", Kind: geo.Overlay}},
		Areas:  []*geo.Area{{ID: 1, Layer: "lakes", Code: "L1", Name: "西湖", Shape: geo.Shape{Polygons: geo.MultiPolygon{{ring}}}}},
	})
	if err != nil {
		t.Fatal(err)
	}
	j := &archive.Job{View: view, Want: tiles.Want{Layers: []geo.LayerName{"lakes"}}, First: 5, Last: 9, Format: archive.PMTiles}
	path := filepath.Join(t.TempDir(), "lakes.pmtiles")
	w, err := archive.New(path, j)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Draw(t.Context(), func(int64) {}); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Finish(t.Context()); err != nil {
		t.Fatal(err)
	}
	w.Close()
	m, err := basemap.Open(basemap.Settings{Map: path, Attribution: "© 测绘"})
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	l := m.Layers[0]
	if len(m.Layers) != 1 || !l.Vector || l.MinZoom != 5 || l.MaxZoom != 9 || len(l.VectorLayers) != 1 || l.VectorLayers[0] != "lakes" || m.Attribution != "© 测绘" || m.Memory() != 0 {
		t.Errorf("%+v", m)
	}
	at := maptile.At([2]float64{120.05, 30.04}, 9)
	got, err := m.Tile(t.Context(), 0, at)
	if err != nil || !got.Gzip || got.Type != "application/vnd.mapbox-vector-tile" {
		t.Fatalf("%+v %v", got, err)
	}
	z, err := gzip.NewReader(bytes.NewReader(got.Bytes))
	if err != nil {
		t.Fatal(err)
	}
	if plain, err := io.ReadAll(z); err != nil || !bytes.Equal(plain, tiles.Render(view, &j.Want, at)) {
		t.Errorf("the tile is not as it is drawn: %v", err)
	}
	if got, err := m.Tile(t.Context(), 0, maptile.New(0, 0, 9)); err != nil || got.Bytes != nil {
		t.Errorf("there is a tile in the sea: %+v %v", got, err)
	}
	if _, err := m.Tile(t.Context(), 0, maptile.New(0, 0, 4)); geo.KindOf(err) != geo.NotFound {
		t.Error(err)
	}
}
