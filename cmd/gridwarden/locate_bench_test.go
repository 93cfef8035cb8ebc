package main

import (
	"bufio"
	"encoding/csv"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"
	"time"

	"gridwarden/geo"
	"gridwarden/geo/index"
	"gridwarden/geo/ingest"
	"gridwarden/geo/testsize"
)

// pitch is the size of a unit grid of the benchmark in coordinate units, about 100 m.
const pitch = 10_000

// gridsView is a city of side × side unit grids of 36 vertices; neighbours share crooked
// borders.
func gridsView(tb testing.TB, side int) *index.Snapshot {
	tb.Helper()
	// node is the k-th of nine steps along the border that begins at a corner and runs east
	// or north.
	node := func(x, y, k int, north bool) geo.Coord {
		r := rand.New(rand.NewPCG(uint64(x)<<32|uint64(y), uint64(k)))
		along, off := int32(k*pitch/9), int32(0)
		if k > 0 {
			off = r.Int32N(pitch/10) - pitch/20
		}
		c := geo.Coord{X: 1_200_000_000 + int32(x*pitch), Y: 300_000_000 + int32(y*pitch)}
		if north {
			return geo.Coord{X: c.X + off, Y: c.Y + along}
		}
		return geo.Coord{X: c.X + along, Y: c.Y + off}
	}
	c := &geo.Changes{History: [16]byte{1}, To: geo.Position{Sequence: 1}, Layers: []geo.Layer{{Name: "grids", Kind: geo.Coverage, Rank: 1}}}
	for i := range side * side {
		x, y := i%side, i/side
		var ring []geo.Coord
		for k := range 9 {
			ring = append(ring, node(x, y, k, false))
		}
		for k := range 9 {
			ring = append(ring, node(x+1, y, k, true))
		}
		for k := range 9 {
			ring = append(ring, node(x, y+1, 9-k, false))
		}
		for k := range 9 {
			ring = append(ring, node(x, y, 9-k, true))
		}
		ring[18], ring[27] = node(x+1, y+1, 0, false), node(x, y+1, 0, false)
		c.Areas = append(c.Areas, &geo.Area{ID: geo.AreaID(i + 1), Layer: "grids", Code: geo.AreaCode(fmt.Sprintf("330103%09d", i)), Shape: geo.Shape{Polygons: geo.MultiPolygon{{ring}}}})
	}
	view, err := index.Empty().Apply(c)
	if err != nil {
		tb.Fatal(err)
	}
	return view
}

// pointsFile is a CSV of n points all over the city.
func pointsFile(b *testing.B, side, n int) string {
	path := filepath.Join(b.TempDir(), "points.csv")
	f, err := os.Create(path)
	if err != nil {
		b.Fatal(err)
	}
	defer f.Close()
	w := bufio.NewWriter(f)
	fmt.Fprintln(w, "id,lon,lat,what")
	r := rand.New(rand.NewPCG(1, 2))
	for i := range n {
		c := geo.Coord{X: 1_200_000_000 + r.Int32N(int32(side*pitch)), Y: 300_000_000 + r.Int32N(int32(side*pitch))}
		fmt.Fprintf(w, "R%08d,%.7f,%.7f,路灯不亮\n", i, c.Lon(), c.Lat())
	}
	if err := w.Flush(); err != nil {
		b.Fatal(err)
	}
	return path
}

// BenchmarkLocateCSV is the command from file to file on all cores, once the view is there.
// Its rows/s and the processor's time for a row stand beside those of the plain way, which
// reads with encoding/csv, looks up one by one, and writes with encoding/csv on one core.
func BenchmarkLocateCSV(b *testing.B) {
	side, n := testsize.N(100, 300), testsize.N(200_000, 4_000_000)
	view, in := gridsView(b, side), pointsFile(b, side, n)
	out, err := os.Create(filepath.Join(b.TempDir(), "out.csv"))
	if err != nil {
		b.Fatal(err)
	}
	defer out.Close()
	measure := func(do func(in io.Reader, out io.Writer)) (wall, processor float64) {
		f, err := ingest.Open(in)
		if err != nil {
			b.Fatal(err)
		}
		defer f.Close()
		if err := out.Truncate(0); err != nil {
			b.Fatal(err)
		}
		_, _ = out.Seek(0, io.SeekStart)
		started, used := time.Now(), processorTime()
		do(f, out)
		return time.Since(started).Seconds() / float64(n), (processorTime() - used).Seconds() / float64(n)
	}
	plainWall, plainUsed := measure(func(in io.Reader, out io.Writer) { locatePlainly(b, view, in, out) })
	var wall, used float64
	for b.Loop() {
		wall, used = measure(func(in io.Reader, out io.Writer) {
			rows, err := ingest.NewRows(in, ingest.RowOptions{})
			if err == nil {
				err = newLocator(&call{out: out, err: io.Discard}, view, []geo.LayerName{"grids"}, rows).run(b.Context(), func() {})
			}
			if err != nil {
				b.Fatal(err)
			}
		})
	}
	b.ReportMetric(1/wall, "rows/s")
	b.ReportMetric(used*1e9, "cpu-ns/row")
	b.ReportMetric(plainWall/wall, "x-plain")
	b.ReportMetric(plainUsed/used, "x-plain-cpu")
	b.ReportMetric(0, "ns/op")
}

// locatePlainly is the command as anyone would write it.
func locatePlainly(b *testing.B, view *index.Snapshot, in io.Reader, out io.Writer) {
	r, w := csv.NewReader(in), csv.NewWriter(out)
	head, err := r.Read()
	if err != nil {
		b.Fatal(err)
	}
	_ = w.Write(append(head, "grids"))
	for {
		row, err := r.Read()
		if err != nil {
			break
		}
		lon, _ := strconv.ParseFloat(row[1], 64)
		lat, _ := strconv.ParseFloat(row[2], 64)
		at, err := geo.CoordOf(lon, lat)
		if err != nil {
			b.Fatal(err)
		}
		code := ""
		for _, hit := range view.Locate(at, "grids").Areas {
			code = string(hit.Area.Code)
		}
		_ = w.Write(append(row, code))
	}
	w.Flush()
}

// processorTime is what all cores have spent on this process.
func processorTime() time.Duration {
	var u syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &u)
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
