package democity_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"
	"time"

	"pgregory.net/rapid"

	"gridwarden/geo"
	"gridwarden/geo/democity"
	"gridwarden/geo/testsize"
)

func TestTheSameSizeGivesTheSameBytes(t *testing.T) {
	t.Parallel()
	const want = "d38da7a81b83c60f6718b728039c195f083c4a217f2a1e7cc9d9f7a79cb63c93"
	dir, _ := write(t, democity.Size{Grids: 300, Assets: 3_000})
	if got := hash(t, dir); got != want {
		t.Errorf("the city changed: its files hash to %s, they used to hash to %s", got, want)
	}
}

func hash(t *testing.T, dir string) string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	h := sha256.New()
	for _, e := range entries {
		f, err := os.Open(filepath.Join(dir, e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.Copy(h, f); err != nil {
			t.Fatal(err)
		}
		f.Close()
	}
	return hex.EncodeToString(h.Sum(nil))
}

func TestTheManifestCountsWhatIsInTheFiles(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		size := democity.Size{
			Grids:  rapid.IntRange(1, testsize.N(900, 5_000)).Draw(r, "grids"),
			Assets: rapid.IntRange(0, 2_000).Draw(r, "assets"),
		}
		dir, m := write(t, size)
		for name, want := range map[string]int{
			"districts": m.Districts, "streets": m.Streets, "communities": m.Communities, "grids": m.Grids,
			"parks": m.Parks, "roads": m.Roads,
		} {
			if got := len(readFeatures(t, dir, name)); got != want {
				r.Errorf("%s has %d features, the manifest says %d", name, got, want)
			}
		}
		if got := len(readRows(t, m.Departments)); got != m.Units {
			r.Errorf("%d units, the manifest says %d", got, m.Units)
		}
		if got := len(readRows(t, m.Assets)); got != m.AssetCount || got != size.Assets {
			r.Errorf("%d assets, the manifest says %d, asked for %d", got, m.AssetCount, size.Assets)
		}
		if m.Grids != size.Grids {
			r.Errorf("%d grids, asked for %d", m.Grids, size.Grids)
		}
	})
}

func TestThePlanNamesFilesThatAreThere(t *testing.T) {
	t.Parallel()
	dir, m := write(t, democity.Size{Grids: 100})
	text, err := os.ReadFile(m.Plan)
	if err != nil {
		t.Fatal(err)
	}
	var plan struct {
		Layers []struct {
			Layer, Kind, Parent, Code string
			Files                     []string
		}
	}
	if err := json.Unmarshal(text, &plan); err != nil {
		t.Fatal(err)
	}
	known := map[string]bool{"": true}
	for _, l := range plan.Layers {
		if err := geo.LayerName(l.Layer).Check(); err != nil {
			t.Error(err)
		}
		if !known[l.Parent] {
			t.Errorf("%s: its parent %s is not named before it", l.Layer, l.Parent)
		}
		known[l.Layer] = true
		for _, name := range l.Files {
			if _, err := os.Stat(filepath.Join(dir, name)); err != nil {
				t.Error(err)
			}
		}
	}
	if len(plan.Layers) != 6 {
		t.Errorf("%d layers", len(plan.Layers))
	}
}

func TestImpossibleSizesAreRefusedInWords(t *testing.T) {
	t.Parallel()
	for _, size := range []democity.Size{{}, {Grids: -1}, {Grids: 2_000_000}, {Grids: 10, Assets: -1}, {Grids: 10, Assets: 5_000_000}} {
		dir := filepath.Join(t.TempDir(), "city")
		_, err := democity.Write(context.Background(), dir, size)
		if geo.KindOf(err) != geo.Invalid {
			t.Errorf("%+v: %v", size, err)
		}
		if _, err := os.Stat(dir); err == nil {
			t.Errorf("%+v: something was written", size)
		}
	}
}

func TestWritingStopsWhenNobodyWaits(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Millisecond)
	defer cancel()
	_, err := democity.Write(ctx, t.TempDir(), democity.Size{Grids: 2_500, Assets: 9_000_000})
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v", err)
	}
}

func TestADirectoryThatCannotBeMadeIsToldPlainly(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := democity.Write(context.Background(), filepath.Join(file, "city"), democity.Default()); geo.KindOf(err) != geo.Invalid {
		t.Errorf("got %v", err)
	}
}

// TestTheCityOfTheBenchmarksIsMadeInOnePass writes the large one of `make bench` when the
// long tests run, else one of a twentieth.
func TestTheCityOfTheBenchmarksIsMadeInOnePass(t *testing.T) {
	t.Parallel()
	size := democity.Size{Grids: testsize.N(4_500, 90_000), Assets: testsize.N(100_000, 2_000_000)}
	_, m := write(t, size)
	if m.Misplaced == 0 || m.Misplaced > size.Assets/1_000 {
		t.Errorf("%d of %d assets name a wrong grid", m.Misplaced, size.Assets)
	}
}
