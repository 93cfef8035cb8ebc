package archive_test

import (
	"bytes"
	"encoding/binary"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/paulmach/orb/maptile"

	"gridwarden/geo"
	"gridwarden/tiles"
	"gridwarden/tiles/archive"
)

// exported is an archive of a small town, with leaves.
func exported(t testing.TB) (path string, j *archive.Job) {
	t.Helper()
	j = jobOf(town(t, 6, 300), archive.PMTiles, 8, 17)
	path = filepath.Join(t.TempDir(), "town.pmtiles")
	write(t, path, j)
	return path, j
}

func TestWhatIsWrittenIsReadAgain(t *testing.T) {
	t.Parallel()
	path, j := exported(t)
	r, err := archive.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if r.Content != archive.Vector || !r.Gzipped || r.MinZoom != 8 || r.MaxZoom != 17 || strings.Join(r.Layers, " ") != "assets grids lake" {
		t.Errorf("%+v", r.Description)
	}
	judge, found := reader{t, written(t, path)}, 0
	for z := range maptile.Zoom(19) {
		for _, tile := range square(j.View, z) {
			got, err := r.Tile(tile)
			if err != nil {
				t.Fatal(err)
			}
			want := judge.tile(hilbert(tile))
			if !bytes.Equal(got, want) {
				t.Fatalf("%v has %d bytes, not %d", tile, len(got), len(want))
			}
			if len(got) > 0 {
				found++
				if drawn := tiles.Render(j.View, &j.Want, tile); !bytes.Equal(judge.unzip(got), drawn) {
					t.Fatalf("%v is not as it is drawn", tile)
				}
			}
		}
	}
	if found == 0 {
		t.Error("no tile was there")
	}
}

// TestTilesAreReadThroughLeaves is about zoom 8, whose list does not fit into the root.
func TestTilesAreReadThroughLeaves(t *testing.T) {
	t.Parallel()
	const first = 21_845 // tiles are at the zooms above
	random := rand.New(rand.NewPCG(5, 6))
	contents := make([][]byte, 40_000)
	for i := range contents {
		contents[i] = binary.LittleEndian.AppendUint64(nil, random.Uint64N(9)*random.Uint64())[:random.IntN(9)]
	}
	path := filepath.Join(t.TempDir(), "leaves.pmtiles")
	archive.Put(t, path, first, contents)
	file := written(t, path)
	file[101] = 8 // the deepest zoom: what is put says none
	if err := os.WriteFile(path, file, 0o600); err != nil {
		t.Fatal(err)
	}
	r, err := archive.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if (reader{t, file}).number(48) == 0 {
		t.Fatal("there are no leaves")
	}
	for range 5000 {
		tile := maptile.New(random.Uint32N(256), random.Uint32N(256), 8)
		var want []byte
		if i := hilbert(tile) - first; i < uint64(len(contents)) {
			want = contents[i]
		}
		got, err := r.Tile(tile)
		if err != nil || !bytes.Equal(got, want) {
			t.Fatalf("%v: %x, %v; want %x", tile, got, err, want)
		}
	}
}

func TestWhatIsNoArchiveIsRefusedInWords(t *testing.T) {
	t.Parallel()
	path, _ := exported(t)
	good := written(t, path)
	with := func(at int, value byte) []byte {
		b := bytes.Clone(good)
		b[at] = value
		return b
	}
	for name, c := range map[string]struct {
		file []byte
		say  string
	}{
		"nothing":        {nil, "no PMTiles"},
		"a page":         {bytes.Repeat([]byte("<html>"), 100), "no PMTiles"},
		"cut off":        {good[:len(good)-1], "cut off"},
		"version 2":      {with(7, 2), "version 2"},
		"brotli inside":  {with(97, 3), "gzip"},
		"zstd tiles":     {with(98, 4), "gzip"},
		"AVIF":           {with(99, 5), "type 5"},
		"zooms":          {with(100, 31), "cannot be"},
		"a root nowhere": {with(15, 0xff), "cut off"},
		"a root of text": {with(127, 0), "no gzip"},
	} {
		at := filepath.Join(t.TempDir(), "x.pmtiles")
		if err := os.WriteFile(at, c.file, 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := archive.Open(at); geo.KindOf(err) != geo.Invalid || !strings.Contains(err.Error(), c.say) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := archive.Open(filepath.Join(t.TempDir(), "none")); geo.KindOf(err) != geo.Invalid {
		t.Error(err)
	}
}

// FuzzAnyFileIsReadOrRefused changes bytes of an archive: it may be refused, or miss tiles, and
// never more.
func FuzzAnyFileIsReadOrRefused(f *testing.F) {
	path, j := exported(f)
	good := written(f, path)
	f.Add(uint32(8), []byte{0xff, 0xff}, uint32(0))
	f.Add(uint32(130), []byte{1}, uint32(1))
	f.Add(uint32(len(good)-200), []byte{9, 9, 9}, uint32(0))
	some := square(j.View, 15)
	f.Fuzz(func(t *testing.T, at uint32, with []byte, cut uint32) {
		b := bytes.Clone(good)
		copy(b[int(at)%len(b):], with)
		b = b[:len(b)-int(cut)%len(b)]
		file := filepath.Join(t.TempDir(), "x.pmtiles")
		if err := os.WriteFile(file, b, 0o600); err != nil {
			t.Fatal(err)
		}
		r, err := archive.Open(file)
		if err != nil {
			return
		}
		defer r.Close()
		for _, tile := range some {
			if _, err := r.Tile(tile); err != nil && geo.KindOf(err) != geo.Faulty {
				t.Errorf("%v: %v", tile, err)
			}
		}
	})
}
