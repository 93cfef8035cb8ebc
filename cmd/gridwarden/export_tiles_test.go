package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// large is one square of half a degree, over which most tiles are alike and quick to draw.
const large = `{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"code":"A","name":"A"},"geometry":{"type":"Polygon","coordinates":[[[120,30],[120.5,30],[120.5,30.5],[120,30.5],[120,30]]]}}]}`

// TestAnExportThatWasKilledGoesOnWhereItWas kills the command (SIGKILL, then Ctrl-C) while
// it draws and types it again: the archive is that of an export nobody disturbed.
func TestAnExportThatWasKilledGoesOnWhereItWas(t *testing.T) {
	c := newCity(t)
	c.must("import", "areas", "--layer", "grids", c.file("large.geojson", large))
	snapshot := snapshotOf(c)
	dir := t.TempDir()
	out, undisturbed := filepath.Join(dir, "city.pmtiles"), filepath.Join(dir, "undisturbed.pmtiles")
	args := []string{"export", "tiles", "--snapshot", snapshot, "--database", "none", "--zoom", "4-15"}
	for _, how := range []os.Signal{syscall.SIGKILL, os.Interrupt} {
		said := interruptExport(t, append(args, out), out, how)
		if how == os.Interrupt && !strings.Contains(said, "the same command goes on from there") {
			t.Errorf("Ctrl-C says %q", said)
		}
		if lengthOf(out) > 0 {
			t.Fatal("it was finished too soon")
		}
	}
	if _, said, code := c.try(append(args, out)...); code != exitDone || !strings.Contains(said, "going on after the ") {
		t.Errorf("exit %d: %s", code, said)
	}
	if _, said, code := c.try(append(args, undisturbed)...); code != exitDone {
		t.Fatal(said)
	}
	if !bytes.Equal(contentOf(t, out), contentOf(t, undisturbed)) {
		t.Error("the archive is another than that of an export that was never disturbed")
	}
	if files, err := os.ReadDir(dir); err != nil || len(files) != 2 {
		t.Errorf("beside it there are %v (%v)", files, err)
	}
}

// interruptExport runs the command until it has drawn some tiles more and ends it. It is
// what the command said.
func interruptExport(t *testing.T, args []string, out string, how os.Signal) string {
	t.Helper()
	log := out + ".part.log"
	before := lengthOf(log)
	var said bytes.Buffer
	cmd := self(t, "gridwarden", args...)
	cmd.Stderr = &said
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	for started := time.Now(); lengthOf(log) < before+10_000 && time.Since(started) < time.Minute; time.Sleep(time.Millisecond) {
	}
	if err := cmd.Process.Signal(how); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait() // it was ended
	return said.String()
}

func lengthOf(path string) int64 {
	info, err := os.Stat(path)
	if err != nil {
		return 0
	}
	return info.Size()
}

func contentOf(t *testing.T, path string) []byte {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return b
}
