package archive_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"github.com/paulmach/orb/maptile"

	"gridwarden/geo"
	"gridwarden/geo/index"
	"gridwarden/tiles"
	"gridwarden/tiles/archive"
)

var manhole = geo.CategoryKey{Standard: "GB/T 47678.5-2026", Kind: geo.Component, Code: "01001"}

// town is n by n cells of about 100 m near Hangzhou with so many assets among them, in one
// block half as large again, and a lake of an area round all.
func town(t testing.TB, n, assets int) *index.Snapshot {
	t.Helper()
	const west, south, side = 1_200_870_000, 302_040_000, 9500
	box := func(layer geo.LayerName, code string, x, y, side int32) *geo.Area {
		ring := geo.Ring{{X: x, Y: y}, {X: x + side/2, Y: y + side/9}, {X: x + side, Y: y}, {X: x + side, Y: y + side}, {X: x + side/2, Y: y + side/9 + side}, {X: x, Y: y + side}}
		return &geo.Area{Layer: layer, Code: geo.AreaCode(code), Name: "区 " + code, Shape: geo.Shape{Polygons: geo.MultiPolygon{{ring}}}}
	}
	c := &geo.Changes{
		To:         geo.Position{Sequence: 1, Change: geo.ChangeID{byte(n)}},
		Edition:    geo.EditionInfo{Number: 7},
		Layers:     []geo.Layer{{Name: "grids", Title: "网格", Kind: geo.Coverage, Parent: "blocks", Rank: 1}, {Name: "blocks", Kind: geo.Coverage, Rank: 2}, {Name: "lake", Kind: geo.Overlay, Rank: 3}},
		Categories: []geo.Category{{CategoryKey: manhole, Name: "上水井盖"}},
		Areas:      []*geo.Area{box("lake", "L", west-30*side, south-30*side, int32(n+60)*side), box("blocks", "B", west, south, int32(n+n/2)*side)},
	}
	for i := range n * n {
		c.Areas = append(c.Areas, box("grids", fmt.Sprintf("G%05d", i), west+int32(i%n)*side, south+int32(i/n)*side, side))
	}
	for i, a := range c.Areas {
		a.ID = geo.AreaID(i + 1)
		if a.Layer == "grids" {
			a.Parent = "B"
		}
	}
	random := rand.New(rand.NewPCG(1, 2))
	for i := range assets {
		c.Assets = append(c.Assets, geo.Asset{
			Version: geo.AssetVersion(i + 1), ID: geo.AssetID(fmt.Sprintf("33010301001%06d", i)), Category: manhole,
			Point: geo.Coord{X: west + random.Int32N(int32(n)*side), Y: south + random.Int32N(int32(n)*side)},
		})
	}
	s, err := index.Empty().Apply(c)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// jobOf asks for everything of a view.
func jobOf(s *index.Snapshot, f archive.Format, first, last maptile.Zoom) *archive.Job {
	return &archive.Job{
		View: s, Want: tiles.Want{Layers: []geo.LayerName{"assets", "grids", "lake"}}, First: first, Last: last, Format: f, By: "a test",
	}
}

// write writes an archive and is what the writer reports of it.
func write(t testing.TB, out string, j *archive.Job) *archive.Report {
	t.Helper()
	w, err := archive.New(out, j)
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	if err := w.Draw(t.Context(), func(int64) {}); err != nil {
		t.Fatal(err)
	}
	report, err := w.Finish(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return report
}

// drawPart draws about so many tiles of an archive and leaves the rest to another time.
func drawPart(t testing.TB, out string, j *archive.Job, n int) {
	t.Helper()
	w, err := archive.New(out, j)
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	err = w.Draw(ctx, func(int64) {
		if n--; n == 0 {
			cancel()
		}
	})
	if err != nil && !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
}

// written is the content of a file.
func written(t testing.TB, path string) []byte {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// alone fails when a file is in the folder of another beside it.
func alone(t testing.TB, path string) {
	t.Helper()
	files, err := os.ReadDir(filepath.Dir(path))
	if err != nil || len(files) != 1 {
		t.Errorf("beside %s there are %v (%v)", path, files, err)
	}
}

// square is every tile round the town at a zoom, those beside it as well.
func square(s *index.Snapshot, z maptile.Zoom) (all []maptile.Tile) {
	b := s.Bounds("lake")
	nw := maptile.At([2]float64{b.Min.Lon(), b.Max.Lat()}, z)
	se := maptile.At([2]float64{b.Max.Lon(), b.Min.Lat()}, z)
	for x := max(nw.X, 1) - 1; x <= min(se.X+1, 1<<z-1); x++ {
		for y := max(nw.Y, 1) - 1; y <= min(se.Y+1, 1<<z-1); y++ {
			all = append(all, maptile.New(x, y, z))
		}
	}
	return all
}
