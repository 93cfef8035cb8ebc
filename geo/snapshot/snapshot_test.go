package snapshot_test

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"gridwarden/geo"
	"gridwarden/geo/index"
	"gridwarden/geo/snapshot"
	"gridwarden/geo/testsize"
)

func uncounted(int64) {}

func anySize(geo.Size) error { return nil }

func write(t testing.TB, view *index.Snapshot, dir string) *snapshot.Manifest {
	t.Helper()
	m, err := snapshot.Write(t.Context(), dir, view, "test", uncounted)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestNothingOfAViewIsLostInFiles(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "city")
	for seed := range testsize.N(12, 500) {
		view := randomCityOf(t, seed)
		write(t, view, dir)
		same(t, view, dir)
	}
}

func same(t testing.TB, view *index.Snapshot, from string) {
	t.Helper()
	read, m, err := snapshot.Read(t.Context(), from, anySize, uncounted)
	if err != nil {
		t.Fatal(err)
	}
	switch {
	case read.ContentHash() != view.ContentHash():
		t.Fatal("another view came back")
	case read.History() != view.History() || read.Position() != view.Position() || read.Edition() != view.Edition():
		t.Fatal("the view came back at another position")
	case !slices.Equal(read.AssetKeys(), view.AssetKeys()):
		t.Fatalf("the assets' attributes are %q, not %q", read.AssetKeys(), view.AssetKeys())
	case m.Assets != int64(view.AssetCount()):
		t.Fatalf("the manifest counts %d assets of %d", m.Assets, view.AssetCount())
	}
}

func TestTheSameViewGivesTheSameBytes(t *testing.T) {
	t.Parallel()
	root, view := t.TempDir(), city(t)
	one, other := filepath.Join(root, "one"), filepath.Join(root, "other")
	write(t, view, one)
	write(t, view, other)
	for _, name := range names(t, one) {
		a, _ := os.ReadFile(filepath.Join(one, name))
		b, err := os.ReadFile(filepath.Join(other, name))
		if err != nil || !slices.Equal(a, b) {
			t.Errorf("%s differs (%v)", name, err)
		}
	}
}

func names(t *testing.T, dir string) (names []string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}
