package archive_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/paulmach/orb/maptile"

	"gridwarden/geo"
	"gridwarden/geo/filter"
	"gridwarden/geo/index"
	"gridwarden/geo/testsize"
	"gridwarden/tiles"
	"gridwarden/tiles/archive"
)

// TestTheArchiveHasExactlyTheTilesThatAreDrawn: every tile on and beside the ground is in
// the archive as it is drawn, or absent where nothing is drawn. That goes for grids as well
// that are so small that their block is drawn instead, which is larger.
func TestTheArchiveHasExactlyTheTilesThatAreDrawn(t *testing.T) {
	t.Parallel()
	s := town(t, 12, 2000)
	some, err := filter.Parse("code = 'G00001' OR category = '01001'")
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]tiles.Want{
		"lake":     {Layers: []geo.LayerName{"lake"}},
		"grids":    {Layers: []geo.LayerName{"grids"}},
		"GCJ-02":   {Layers: []geo.LayerName{"assets", "grids"}, Frame: tiles.GCJ02},
		"filtered": {Layers: []geo.LayerName{"grids", "assets"}, Filter: some},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			j := jobOf(s, archive.PMTiles, 0, maptile.Zoom(testsize.N(15, 18)))
			j.Want = want
			out := filepath.Join(t.TempDir(), "town.pmtiles")
			report := write(t, out, j)
			alone(t, out)
			holdsExactly(t, reader{t, written(t, out)}, j, report.Tiles)
			if name == "lake" && report.Contents*3 > report.Tiles*2 {
				t.Errorf("%d of %d tiles are kept: in the lake they are all alike", report.Contents, report.Tiles)
			}
		})
	}
}

func holdsExactly(t *testing.T, r reader, j *archive.Job, tell int64) {
	t.Helper()
	r.verify()
	for z := range j.Last + 1 {
		for _, tile := range square(j.View, z) {
			want := tiles.Render(j.View, &j.Want, tile)
			got := r.tile(hilbert(tile))
			if got != nil {
				got = r.unzip(got)
				tell--
			}
			if !bytes.Equal(got, want) {
				t.Fatalf("the tile %v has %d bytes, not %d", tile, len(got), len(want))
			}
		}
	}
	if tell != 0 {
		t.Errorf("%d tiles more than round the town", tell)
	}
}

func TestTheArchiveTellsWhatIsInIt(t *testing.T) {
	t.Parallel()
	s := town(t, 4, 10)
	out := filepath.Join(t.TempDir(), "town.pmtiles")
	write(t, out, jobOf(s, archive.PMTiles, 9, 12))
	r := reader{t, written(t, out)}
	if got := r.file[96:102]; !bytes.Equal(got, []byte{1, 2, 2, 1, 9, 12}) {
		t.Errorf("clustered, compressions, type and zooms are %v", got)
	}
	b := s.Bounds("lake")
	var box [4]int32
	for i := range box {
		box[i] = int32(r.number(102+4*i) & 0xffffffff)
	}
	if want := [4]int32{b.Min.X, b.Min.Y, b.Max.X, b.Max.Y}; box != want {
		t.Errorf("the bounds are %v, not %v", box, want)
	}
	told := fmt.Sprint(r.metadata())
	for _, part := range []string{"vector_layers", "id:grids", "description:网格", "maxzoom:12 minzoom:9", "version:7", "edition 7"} {
		if !strings.Contains(told, part) {
			t.Errorf("the metadata does not hold %q: %s", part, told)
		}
	}
}

// TestABoxHoldsTheTilesThatReachIntoIt asks for the ground of one tile.
func TestABoxHoldsTheTilesThatReachIntoIt(t *testing.T) {
	t.Parallel()
	s := town(t, 12, 0)
	b := s.Bounds("grids")
	one := maptile.At([2]float64{b.Min.Lon(), b.Min.Lat()}, 14)
	inside := one.Bound(-0.01)
	j := jobOf(s, archive.PMTiles, 12, 15)
	j.Within = &inside
	out := filepath.Join(t.TempDir(), "town.pmtiles")
	if report := write(t, out, j); report.Tiles != 1+1+1+4 {
		t.Errorf("%d tiles over one", report.Tiles)
	}
	if r := (reader{t, written(t, out)}); r.tile(hilbert(one)) == nil {
		t.Error("the tile is not there")
	}
}

// TestWebPagesReadTheArchiveFromAnyFileServer reads tiles with the package web pages read
// them with, by ranges over HTTP.
func TestWebPagesReadTheArchiveFromAnyFileServer(t *testing.T) {
	t.Parallel()
	const npm = "../../api/ui"
	if _, err := os.Stat(filepath.Join(npm, "node_modules/pmtiles")); err != nil {
		t.Skip("the npm packages are not installed: npm ci in api/ui")
	}
	s := town(t, 12, 2000)
	j := jobOf(s, archive.PMTiles, 0, 15)
	dir := t.TempDir()
	write(t, filepath.Join(dir, "town.pmtiles"), j)
	server := httptest.NewServer(http.FileServer(http.Dir(dir)))
	t.Cleanup(server.Close)

	var asked []maptile.Tile
	for z := range j.Last + 1 {
		asked = append(asked, square(s, z)...)
	}
	answers := byPMTiles(t, npm, server.URL+"/town.pmtiles", asked)
	var told struct {
		Header struct {
			MinZoom, MaxZoom, TileType int
			Clustered                  bool
		}
		Metadata struct {
			VectorLayers []struct{ ID string } `json:"vector_layers"`
		}
	}
	if err := json.Unmarshal([]byte(answers[0]), &told); err != nil || told.Header.MaxZoom != 15 || told.Header.TileType != 1 || len(told.Metadata.VectorLayers) != 3 {
		t.Errorf("%v: %s", err, answers[0])
	}
	for i, tile := range asked {
		got, err := base64.StdEncoding.DecodeString(answers[i+1])
		if want := tiles.Render(s, &j.Want, tile); err != nil || !bytes.Equal(got, want) {
			t.Fatalf("%v is read as %d bytes, not %d: %v", tile, len(got), len(want), err)
		}
	}
}

// byPMTiles is what the npm package pmtiles reads; see testdata/pmtiles.mjs.
func byPMTiles(t *testing.T, npm, url string, asked []maptile.Tile) []string {
	t.Helper()
	script, err := os.ReadFile("testdata/pmtiles.mjs")
	if err != nil {
		t.Fatal(err)
	}
	var in strings.Builder
	for _, a := range asked {
		fmt.Fprintf(&in, "%d/%d/%d\n", a.Z, a.X, a.Y)
	}
	node := exec.CommandContext(t.Context(), "node", "--input-type=module", "--eval", string(script))
	node.Dir, node.Env, node.Stdin, node.Stderr = npm, append(os.Environ(), "ARCHIVE="+url), strings.NewReader(in.String()), os.Stderr
	out, err := node.Output()
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for line := range bytes.Lines(out) {
		lines = append(lines, string(bytes.TrimSpace(line)))
	}
	if len(lines) != len(asked)+1 {
		t.Fatalf("%d answers to %d questions", len(lines), len(asked))
	}
	return lines
}

// TestWhatCannotBeAnArchiveIsRefused with a sentence, before anything is written.
func TestWhatCannotBeAnArchiveIsRefused(t *testing.T) {
	t.Parallel()
	s := town(t, 2, 0)
	dir := t.TempDir()
	other := filepath.Join(dir, "letter.txt")
	if err := os.WriteFile(other, []byte("Dear Sir"), 0o600); err != nil {
		t.Fatal(err)
	}
	with := func(change func(*archive.Job)) *archive.Job {
		j := jobOf(s, archive.PMTiles, 0, 10)
		change(j)
		return j
	}
	good := with(func(*archive.Job) {})
	for _, c := range []struct {
		out, say string
		job      *archive.Job
	}{
		{"a", `not "zip"`, with(func(j *archive.Job) { j.Format = "zip" })},
		{"a", "from 5 to 3", with(func(j *archive.Job) { j.First, j.Last = 5, 3 })},
		{"a", "from 0 to 23", with(func(j *archive.Job) { j.Last = 23 })},
		{"a", "EPSG:4490", with(func(j *archive.Job) { j.Want.Frame = tiles.Geographic })},
		{"letter.txt", "is not an archive", good},
		{"", "is not an archive", good},
		{"nowhere/a", "no such file or directory", good},
		{"letter.txt/a", "not a directory", good},
	} {
		w, err := archive.New(filepath.Join(dir, c.out), c.job)
		if err == nil {
			w.Close()
			t.Errorf("%q is taken", c.out)
		} else if geo.KindOf(err) == geo.Internal || !strings.Contains(geo.Sentence(err), c.say) {
			t.Errorf("%q is refused with %q", c.out, err)
		}
	}
	if files, _ := os.ReadDir(dir); len(files) != 1 {
		t.Errorf("there are %v", files)
	}
}

func TestTooManyTilesAreToldBeforeAnyIsDrawn(t *testing.T) {
	t.Parallel()
	j := jobOf(town(t, 4, 0), archive.PMTiles, 0, 14)
	all, err := j.CountTo(t.Context(), 1000)
	if err != nil || all < 10 {
		t.Fatalf("%d tiles: %v", all, err)
	}
	if _, err := j.CountTo(t.Context(), all-1); geo.KindOf(err) != geo.TooLarge {
		t.Errorf("%v", err)
	}
}

func TestNothingToDrawIsNoArchive(t *testing.T) {
	t.Parallel()
	j := jobOf(index.Empty(), archive.PMTiles, 0, 3)
	dir := t.TempDir()
	w, err := archive.New(filepath.Join(dir, "none.pmtiles"), j)
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	if err := w.Draw(t.Context(), func(int64) {}); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Finish(t.Context()); geo.KindOf(err) != geo.NotFound {
		t.Errorf("%v", err)
	}
	if files, _ := os.ReadDir(dir); len(files) != 0 {
		t.Errorf("there are %v", files)
	}
}
