package archive_test

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"gridwarden/geo"
	"gridwarden/geo/testsize"
	"gridwarden/tiles"
	"gridwarden/tiles/archive"
)

// TestWhateverAnInterruptionLeavesTheArchiveComesOutTheSame cuts the two files at any place
// and flips bits, as killed processes and lost power do, and lets the export go on.
func TestWhateverAnInterruptionLeavesTheArchiveComesOutTheSame(t *testing.T) {
	t.Parallel()
	s := town(t, 3, 50)
	dir := t.TempDir()
	whole := map[archive.Format][]byte{}
	for _, f := range []archive.Format{archive.PMTiles, archive.MBTiles} {
		out := filepath.Join(dir, "whole."+string(f))
		write(t, out, jobOf(s, f, 0, 14))
		whole[f] = written(t, out)
	}
	for seed := range uint64(testsize.N(14, 500)) {
		random := rand.New(rand.NewPCG(seed, 5))
		f := []archive.Format{archive.PMTiles, archive.MBTiles}[seed%2]
		out := filepath.Join(t.TempDir(), "town."+string(f))
		j := jobOf(s, f, 0, 14)
		drawPart(t, out, j, 1+random.IntN(40))
		said := spoil(t, random, out+".part") + " and " + spoil(t, random, out+".part.log")
		write(t, out, j)
		if got := written(t, out); !bytes.Equal(got, whole[f]) {
			t.Fatalf("%s: %d bytes, not the %d of an export that was never interrupted", said, len(got), len(whole[f]))
		}
		alone(t, out)
	}
}

// spoil cuts a file or changes a byte of it, or lets it be, and says what it did.
func spoil(t *testing.T, random *rand.Rand, path string) string {
	t.Helper()
	b := written(t, path)
	at := random.IntN(len(b) + 1)
	how := []string{"untouched", "cut", "a bit flipped", "zero"}[random.IntN(4)]
	switch how {
	case "cut":
		b = b[:at]
	case "a bit flipped":
		if at < len(b) {
			b[at] ^= 4
		}
	case "zero":
		b = append(b[:at], make([]byte, len(b)-at)...) // the size was kept, the content lost
	}
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf("%s %s at %d", filepath.Ext(path), how, at)
}

// TestOnlyTheSameExportGoesOn: another view or another wish starts over, and says so.
func TestOnlyTheSameExportGoesOn(t *testing.T) {
	t.Parallel()
	s := town(t, 6, 500)
	later, err := s.Apply(&geo.Changes{From: s.Position(), To: geo.Position{Sequence: 2, Change: geo.ChangeID{9}}})
	if err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]func(*archive.Job){
		"the same":    func(*archive.Job) {},
		"view":        func(j *archive.Job) { j.View = later },
		"history":     func(j *archive.Job) { j.View = s.InHistory([16]byte{1}) },
		"layers":      func(j *archive.Job) { j.Want.Layers = []geo.LayerName{"grids"} },
		"frame":       func(j *archive.Job) { j.Want.Frame = tiles.GCJ02 },
		"zooms":       func(j *archive.Job) { j.Last++ },
		"box":         func(j *archive.Job) { b := (square(s, 3)[0]).Bound(1); j.Within = &b },
		"the program": func(j *archive.Job) { j.By = "a later one" },
	} {
		out := filepath.Join(t.TempDir(), "town.pmtiles")
		drawPart(t, out, jobOf(s, archive.PMTiles, 0, 15), 60)
		j := jobOf(s, archive.PMTiles, 0, 15)
		change(j)
		w, err := archive.New(out, j)
		if err != nil {
			t.Fatal(err)
		}
		if goesOn := name == "the same"; (w.Found > 20) != goesOn || w.Other == goesOn {
			t.Errorf("%s: %d tiles found, told as of another: %v", name, w.Found, w.Other)
		}
		w.Close()
	}
}

// TestTwoExportsToOneNameDoNotMix lets a second one begin while the first is drawing.
func TestTwoExportsToOneNameDoNotMix(t *testing.T) {
	t.Parallel()
	j := jobOf(town(t, 2, 0), archive.PMTiles, 0, 10)
	out := filepath.Join(t.TempDir(), "town.pmtiles")
	first, err := archive.New(out, j)
	if err != nil {
		t.Fatal(err)
	}
	defer first.Close()
	if _, err := archive.New(out, j); geo.KindOf(err) != geo.Unavailable || !strings.Contains(err.Error(), "another process") {
		t.Errorf("%v", err)
	}
}

// TestAnOlderArchiveIsReplacedWhole and is there until then.
func TestAnOlderArchiveIsReplacedWhole(t *testing.T) {
	t.Parallel()
	out := filepath.Join(t.TempDir(), "town.pmtiles")
	write(t, out, jobOf(town(t, 2, 0), archive.PMTiles, 0, 12))
	old := written(t, out)
	j := jobOf(town(t, 6, 100), archive.PMTiles, 0, 14)
	drawPart(t, out, j, 10)
	if !slices.Equal(old, written(t, out)) {
		t.Error("the older archive changed before the new one was finished")
	}
	write(t, out, j)
	if slices.Equal(old, written(t, out)) {
		t.Error("the older archive is still there")
	}
	alone(t, out)
}

// TestAFullDiskIsToldAndTheExportGoesOnWhenThereIsRoom writes to a disk of 64 kB.
func TestAFullDiskIsToldAndTheExportGoesOnWhenThereIsRoom(t *testing.T) {
	t.Parallel()
	s := town(t, 8, 3000)
	for _, f := range []archive.Format{archive.PMTiles, archive.MBTiles} {
		j := jobOf(s, f, 0, 15)
		whole := filepath.Join(t.TempDir(), "town")
		write(t, whole, j)
		disk := t.TempDir()
		if err := syscall.Mount("none", disk, "tmpfs", 0, "size=64k"); err != nil {
			t.Skip("only root can make a small disk: ", err)
		}
		t.Cleanup(func() { _ = syscall.Unmount(disk, syscall.MNT_DETACH) })
		out := filepath.Join(disk, "town")
		if err := attempt(t, out, j); !errors.Is(err, syscall.ENOSPC) || !strings.Contains(geo.Sentence(err), "no space left on device") {
			t.Fatalf("the full disk is told as %v", err)
		}
		if err := syscall.Mount("none", disk, "tmpfs", syscall.MS_REMOUNT, "size=64m"); err != nil {
			t.Fatal(err)
		}
		w, err := archive.New(out, j)
		if err != nil || w.Found == 0 {
			t.Fatalf("%d tiles found: %v", w.Found, err)
		}
		w.Close()
		write(t, out, j)
		if !bytes.Equal(written(t, out), written(t, whole)) {
			t.Error("the archive is another than where there was room")
		}
	}
}

func attempt(t *testing.T, out string, j *archive.Job) error {
	t.Helper()
	w, err := archive.New(out, j)
	if err != nil {
		return err
	}
	defer w.Close()
	if err := w.Draw(t.Context(), func(int64) {}); err != nil {
		return err
	}
	_, err = w.Finish(t.Context())
	return err
}
