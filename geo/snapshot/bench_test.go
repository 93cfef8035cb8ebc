package snapshot_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"runtime/debug"
	"strconv"
	"syscall"
	"testing"
	"time"

	"gridwarden/geo"
	"gridwarden/geo/index"
	"gridwarden/geo/snapshot"
)

// The city of the benchmark: with GRIDWARDEN_BENCH=full 1,000,000 grids in four nested
// layers and 10,000,000 assets, else a hundredth.
func benchSide() int {
	if os.Getenv("GRIDWARDEN_BENCH") == "full" {
		return 1000
	}
	return 100
}

const (
	cell     = 10_000 // units, about 100 m
	perCell  = 10     // assets
	sections = 9      // edges of one side of a grid
)

func corner(i, j int) geo.Coord {
	return geo.Coord{X: 1_000_000_000 + int32(i*cell), Y: 250_000_000 + int32(j*cell)}
}

// side is the crooked line from a corner to the next one east or north, without its end.
func side(i, j int, north bool) (line []geo.Coord) {
	r := rand.New(rand.NewPCG(uint64(i)<<32|uint64(j), 7))
	for k := range sections {
		along, most := int32(k*cell/sections), min(k, sections-k)*cell/sections/4
		sway := int32(r.IntN(2*most+1) - most)
		c := corner(i, j)
		if north {
			line = append(line, geo.Coord{X: c.X + sway, Y: c.Y + along})
		} else {
			line = append(line, geo.Coord{X: c.X + along, Y: c.Y + sway})
		}
	}
	return line
}

// block is the area of n × n grids from i, j.
func block(i, j, n int) geo.Shape {
	var ring geo.Ring
	back := func(line []geo.Coord, end geo.Coord) {
		ring = append(ring, end)
		for k := len(line) - 1; k > 0; k-- {
			ring = append(ring, line[k])
		}
	}
	for k := range n {
		ring = append(ring, side(i+k, j, false)...)
	}
	for k := range n {
		ring = append(ring, side(i+n, j+k, true)...)
	}
	for k := n - 1; k >= 0; k-- {
		back(side(i+k, j+n, false), corner(i+k+1, j+n))
	}
	for k := n - 1; k >= 0; k-- {
		back(side(i, j+k, true), corner(i, j+k+1))
	}
	return geo.Shape{Polygons: geo.MultiPolygon{{ring}}}
}

// benchCity is the view of a generated city.
func benchCity(tb testing.TB, n int) *index.Snapshot {
	tb.Helper()
	c := &geo.Changes{History: [16]byte{1}, To: geo.Position{Sequence: 1}}
	names, sizes := []geo.LayerName{"grids", "communities", "streets", "districts"}, []int{1, 5, 20, 100}
	for level, size := range sizes {
		l := geo.Layer{Name: names[level], Kind: geo.Coverage, Rank: level}
		if level+1 < len(sizes) {
			l.Parent = names[level+1]
		}
		c.Layers = append(c.Layers, l)
		for i := 0; i < n; i += size {
			for j := 0; j < n; j += size {
				a := &geo.Area{ID: geo.AreaID(len(c.Areas) + 1), Layer: l.Name, Code: gridCode(i/size, j/size), Name: fmt.Sprint("第", i, "-", j), Shape: block(i, j, size), InputHash: geo.InputHash{byte(i), byte(j)}}
				if level+1 < len(sizes) {
					a.Parent = gridCode(i/sizes[level+1], j/sizes[level+1])
				}
				c.Areas = append(c.Areas, a)
			}
		}
	}
	c.Assets = benchAssets(n)
	view, err := index.Empty().Apply(c)
	if err != nil {
		tb.Fatal(err)
	}
	return view
}

func gridCode(i, j int) geo.AreaCode { return geo.AreaCode(fmt.Sprintf("330103%04d%05d", i, j)) }

func benchAssets(n int) []geo.Asset {
	r := rand.New(rand.NewPCG(9, 9))
	assets := make([]geo.Asset, perCell*n*n)
	from := corner(0, 0)
	for i := range assets {
		k, quarter := r.IntN(60), r.IntN(10)
		assets[i] = geo.Asset{
			Version: geo.AssetVersion(i + 1), ID: geo.AssetID(fmt.Sprintf("330103%04d%07d", k, i)), Name: fmt.Sprintf("路灯%d号", i), State: "完好",
			Category:  geo.CategoryKey{Standard: "GB/T 47678.5-2026", Kind: geo.Component, Code: fmt.Sprintf("0%04d", k)},
			Authority: "11330103MB0001", Owner: geo.DepartmentCode(fmt.Sprint("O", k/2)), Maintainer: geo.DepartmentCode(fmt.Sprint("M", k/4, "-", quarter)),
			Point: geo.Coord{X: from.X + r.Int32N(int32(n*cell)), Y: from.Y + r.Int32N(int32(n*cell))},
		}
	}
	return assets
}

// BenchmarkStart is a server's start from a snapshot, on all cores: rows a second, the time
// in all, the most memory the process had meanwhile, and what the files take.
func BenchmarkStart(b *testing.B) {
	dir := os.Getenv("GRIDWARDEN_BENCH_SNAPSHOT") // of an earlier run, else made here
	if dir == "" {
		dir = filepath.Join(b.TempDir(), "city")
		write(b, benchCity(b, benchSide()), dir)
	}
	debug.FreeOSMemory()
	resetPeak()
	var m *snapshot.Manifest
	before := cpu()
	b.ResetTimer()
	for b.Loop() {
		view, read, err := snapshot.Read(b.Context(), dir, anySize, uncounted)
		if err != nil {
			b.Fatal(err)
		}
		m = read
		b.ReportMetric(cpu()-before, "cpu-s")
		b.ReportMetric(float64(peak())/1e6, "peakMB")
		runtime.GC()
		var held runtime.MemStats
		runtime.ReadMemStats(&held)
		b.ReportMetric(float64(held.HeapAlloc)/1e6, "viewMB")
		runtime.KeepAlive(view)
	}
	b.ReportMetric(float64(m.Areas+m.Assets)*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
	b.ReportMetric(float64(m.Bytes())/float64(m.Areas+m.Assets), "B/row")
	b.ReportMetric(float64(m.Bytes())/1e6, "fileMB")
}

// BenchmarkWrite is the writing of a snapshot.
func BenchmarkWrite(b *testing.B) {
	view, dir := benchCity(b, benchSide()), filepath.Join(b.TempDir(), "city")
	var m *snapshot.Manifest
	for b.Loop() {
		m = write(b, view, dir)
	}
	b.ReportMetric(float64(m.Areas+m.Assets)*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
}

// cpu is the time of all cores that the process used, in seconds: what a start takes where
// nothing else runs is between half of it and all of it on two cores.
func cpu() float64 {
	var used syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &used)
	return time.Duration(used.Utime.Nano() + used.Stime.Nano()).Seconds()
}

// resetPeak begins the measuring of [peak] anew, where the system can.
func resetPeak() { _ = os.WriteFile("/proc/self/clear_refs", []byte("5"), 0) }

// peak is the most resident memory the process had, in bytes; 0 where nobody tells.
func peak() int64 {
	status, _ := os.ReadFile("/proc/self/status")
	if found := regexp.MustCompile(`VmHWM:\s+(\d+) kB`).FindSubmatch(status); found != nil {
		n, _ := strconv.ParseInt(string(found[1]), 10, 64)
		return n << 10
	}
	return 0
}
