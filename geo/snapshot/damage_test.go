package snapshot_test

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gridwarden/geo"
	"gridwarden/geo/snapshot"
	"gridwarden/geo/testsize"
)

// written is a snapshot in a directory of its own.
func written(t *testing.T) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "city")
	write(t, city(t), dir)
	return dir
}

// refused reads what must not be served and is the sentence that says why.
func refused(t *testing.T, from string, words ...string) {
	t.Helper()
	view, _, err := snapshot.Read(t.Context(), from, anySize, uncounted)
	switch {
	case err == nil:
		t.Fatal("it was taken")
	case view != nil:
		t.Fatal("a view came with the error")
	case geo.KindOf(err) == geo.Internal:
		t.Fatalf("it was told as our own mistake: %v", err)
	}
	for _, word := range words {
		if !strings.Contains(geo.Sentence(err), word) {
			t.Errorf("%q does not say %q", geo.Sentence(err), word)
		}
	}
}

func TestOneFlippedBitIsNeverServed(t *testing.T) {
	t.Parallel()
	dir := written(t)
	for _, name := range names(t, dir) {
		path := filepath.Join(dir, name)
		body, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for at := 0; at < len(body); at += 1 + len(body)/testsize.N(12, 300) {
			body[at] ^= 1 << (at % 8)
			overwrite(t, path, body)
			refused(t, dir, name)
			body[at] ^= 1 << (at % 8)
		}
		overwrite(t, path, body)
	}
	if _, err := snapshot.Check(t.Context(), dir, anySize, uncounted); err != nil {
		t.Fatalf("as it was written again: %v", err)
	}
}

func TestAHalfCopiedSnapshotIsTold(t *testing.T) {
	t.Parallel()
	dir := written(t)
	for _, name := range names(t, dir) {
		path := filepath.Join(dir, name)
		body, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for _, n := range []int{0, 1, len(body) / 2, len(body) - 1} {
			overwrite(t, path, body[:n])
			refused(t, dir, name, "copied half")
		}
		overwrite(t, path, append(bytes.Clone(body), ' '))
		refused(t, dir, name)
		if err := os.Remove(path); err != nil {
			t.Fatal(err)
		}
		refused(t, dir, name)
		overwrite(t, path, body)
	}
}

func TestFilesOfAnotherCityDoNotMix(t *testing.T) {
	t.Parallel()
	dir, other := written(t), filepath.Join(t.TempDir(), "other")
	write(t, randomCityOf(t, 8), other)
	for _, name := range names(t, dir) {
		if name == "manifest.json" {
			continue
		}
		ours, _ := os.ReadFile(filepath.Join(dir, name))
		theirs, err := os.ReadFile(filepath.Join(other, name))
		if err != nil || bytes.Equal(ours, theirs) {
			continue
		}
		overwrite(t, filepath.Join(dir, name), theirs)
		refused(t, dir, name)
		overwrite(t, filepath.Join(dir, name), ours)
	}
}

func TestAnotherVersionIsNamed(t *testing.T) {
	t.Parallel()
	dir := written(t)
	path := filepath.Join(dir, "manifest.json")
	body, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	overwrite(t, path, bytes.Replace(body, []byte(`"version": 2`), []byte(`"version": 99`), 1))
	refused(t, dir, "version 99", "reads version 2", "write it anew")
	overwrite(t, path, []byte(`{"type":"FeatureCollection"}`))
	refused(t, dir, "not the manifest of a gridwarden snapshot")
	refused(t, t.TempDir(), "no manifest.json", "gridwarden snapshot write")
}

func overwrite(t *testing.T, path string, body []byte) {
	t.Helper()
	if err := os.WriteFile(path, body, 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestASnapshotIsReplacedAsAWholeOrNotAtAll(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	dir := filepath.Join(root, "city")
	if err := os.Mkdir(dir, 0o750); err != nil {
		t.Fatal(err)
	}
	write(t, city(t), dir)
	second := randomCityOf(t, 8)
	write(t, second, dir)
	same(t, second, dir)

	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := snapshot.Write(ctx, dir, city(t), "test", uncounted); err == nil {
		t.Fatal("a cancelled write was done")
	}
	same(t, second, dir)
	if left := names(t, root); len(left) != 1 {
		t.Errorf("left behind: %v", left)
	}
	_, err := snapshot.Write(t.Context(), root, second, "test", uncounted)
	if geo.KindOf(err) != geo.Conflict {
		t.Errorf("a directory of other things was replaced: %v", err)
	}
	same(t, second, dir)
}

func TestAnyNumberOfReadersStartFromOneObjectStore(t *testing.T) {
	t.Parallel()
	dir := written(t)
	store := httptest.NewServer(http.StripPrefix("/bucket/city", http.FileServer(http.Dir(dir))))
	defer store.Close()
	same(t, city(t), store.URL+"/bucket/city/")
	same(t, city(t), store.URL+"/bucket/city")
	refused(t, store.URL+"/bucket/town", "/bucket/town/manifest.json", "404")
	refused(t, "http://127.0.0.1:1/city", "127.0.0.1:1/city/manifest.json", "does not answer")

	overwrite(t, filepath.Join(dir, "assets.parquet"), []byte("PAR1"))
	refused(t, store.URL+"/bucket/city", "assets.parquet", "4 bytes")
}

// A store that sends without end is cut off at the size the manifest tells.
func TestAnEndlessAnswerIsCutOff(t *testing.T) {
	t.Parallel()
	dir := written(t)
	for _, endless := range []string{"manifest.json", "tables.json"} {
		store := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if !strings.HasSuffix(r.URL.Path, endless) {
				http.FileServer(http.Dir(dir)).ServeHTTP(w, r)
				return
			}
			for r.Context().Err() == nil {
				fmt.Fprint(w, strings.Repeat(" ", 1<<16))
			}
		}))
		refused(t, store.URL, endless)
		store.Close()
	}
}
