package ingest_test

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"

	"gridwarden/geo/ingest"
	"gridwarden/geo/testsize"
)

// pipe is a file that is written while it is read, and takes no place on the disk.
func pipe(t *testing.T, write func(w io.Writer)) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "pipe")
	if err := syscall.Mkfifo(path, 0o600); err != nil {
		t.Fatal(err)
	}
	go func() {
		f, err := os.OpenFile(path, os.O_WRONLY, 0)
		if err != nil {
			t.Error(err)
			return
		}
		defer f.Close()
		w := bufio.NewWriter(f)
		write(w)
		_ = w.Flush() // the reader may have had enough
	}()
	return path
}

// live is the memory in use after a collection.
func live() int {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int(m.HeapAlloc)
}

// A city's file of a gigabyte is read in the memory of one feature. Not parallel: it
// measures the memory of the process.
func TestAFileOfAnySizeTakesTheSameMemory(t *testing.T) {
	const one = `{"type":"Feature","properties":{"GLBJBSM":"33010301001%06d","GLBJMC":"供水井盖","YHDWMC":"杭州水务集团"},"geometry":{"type":"Point","coordinates":[120.1,30.2]}}`
	n := testsize.N(30_000, 6_000_000)
	for name, form := range map[string][4]string{
		"collection": {`{"type":"FeatureCollection","features":[`, one, ",", "]}"},
		"sequence":   {"", "\x1e" + one, "\n", ""},
		"table":      {"GLBJBSM,GLBJMC,YHDWMC,lon,lat\n", "33010301001%06d,供水井盖,杭州水务集团,120.1,30.2", "\n", ""},
	} {
		path := pipe(t, func(w io.Writer) {
			_, _ = io.WriteString(w, form[0])
			for i := range n {
				if i > 0 {
					_, _ = io.WriteString(w, form[2])
				}
				if _, err := fmt.Fprintf(w, form[1], i%1_000_000); err != nil {
					return
				}
			}
			_, _ = io.WriteString(w, form[3])
		})
		before, most, read, total := live(), 0, 0, 0
		o := ingest.AssetOptions{Options: ingest.Options{Read: func(bytes int) { total += bytes }}}
		for _, err := range ingest.Assets(t.Context(), []string{path}, o) {
			if err != nil {
				t.Fatal(err)
			}
			if read++; read%(n/4) == n/8 {
				most = max(most, live()-before)
			}
		}
		if read != n || most > 4<<20 {
			t.Errorf("%s: %d assets took %d KB", name, read, most>>10)
		}
		t.Logf("%s: %d assets, %d MB read in %d KB", name, read, total>>20, most>>10)
	}
}

// A blank file must not be read again with every block of it.
func TestBlanksCostNothing(t *testing.T) {
	t.Parallel()
	path := pipe(t, func(w io.Writer) {
		_, _ = io.WriteString(w, square(`{"code":"A"}`, 1))
		for range testsize.N(4, 400) << 20 / 4096 {
			_, _ = io.WriteString(w, strings.Repeat(" \n", 2048))
		}
	})
	if areas, err := ingest.ReadAreas(t.Context(), []string{path}, ingest.AreaOptions{}); err != nil || len(areas) != 1 {
		t.Errorf("read %d areas, %v", len(areas), err)
	}
}

// One feature of 200 MB is refused after the first 64.
func TestAFeatureThatIsTooLargeIsRefused(t *testing.T) {
	forms := map[string][2]string{
		"geometry":   {`{"type":"FeatureCollection","features":[` + square(`{"code":"A"}`, 1) + `,{"type":"Feature","properties":{"code":"B"},"geometry":{"type":"Polygon","coordinates":[[`, "[120.1234567,30.1234567],"},
		"attribute":  {`{"type":"FeatureCollection","features":[` + square(`{"code":"A"}`, 1) + `,{"type":"Feature","properties":{"code":"`, "0123456789"},
		"its member": {`{"type":"Feature","bbox":[`, "1,2,3,4,"},
	}
	if !testsize.Long() {
		delete(forms, "attribute")
		delete(forms, "its member")
	}
	for name, form := range forms {
		total := 0
		path := pipe(t, func(w io.Writer) {
			_, _ = io.WriteString(w, form[0])
			chunk := strings.Repeat(form[1], 4096)
			for written := 0; written < 200<<20; written += len(chunk) {
				if _, err := io.WriteString(w, chunk); err != nil {
					return
				}
			}
		})
		_, err := ingest.ReadAreas(t.Context(), []string{path}, ingest.AreaOptions{Options: ingest.Options{Read: func(bytes int) { total += bytes }}})
		told(t, err, path, "feature", "64 MB")
		if total > 70<<20 {
			t.Errorf("%s: %d MB were read", name, total>>20)
		}
	}
}
