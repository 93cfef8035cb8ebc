package archive_test

import (
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"gridwarden/geo"
	"gridwarden/geo/testsize"
	"gridwarden/tiles"
	"gridwarden/tiles/archive"
)

// BenchmarkArchive writes zoom 10 to 14 of a generated city; the long size is 90,000 grids
// and two million assets. Beside it the same tiles are drawn and compressed one after the
// other, and kept nowhere.
func BenchmarkArchive(b *testing.B) {
	s := town(b, testsize.N(100, 300), testsize.N(200_000, 2_000_000))
	oneByOne(b, jobOf(s, archive.PMTiles, 10, 14)) // what the view works out once
	for _, format := range []archive.Format{archive.PMTiles, archive.MBTiles} {
		b.Run(string(format), func(b *testing.B) {
			j := jobOf(s, format, 10, 14)
			var report *archive.Report
			var plain time.Duration
			for b.Loop() {
				report = write(b, filepath.Join(b.TempDir(), "city"), j)
				b.StopTimer()
				plain += oneByOne(b, j)
				b.StartTimer()
			}
			b.ReportMetric(float64(int64(b.N)*report.Tiles)/b.Elapsed().Seconds(), "tiles/s")
			b.ReportMetric(float64(report.Bytes)/float64(report.Tiles), "B/tile")
			b.ReportMetric(float64(report.Bytes), "B")
			b.ReportMetric(plain.Seconds()/b.Elapsed().Seconds(), "x-one-by-one")
			b.ReportMetric(float64(runtime.GOMAXPROCS(0)), "cores")
		})
	}
}

func oneByOne(b *testing.B, j *archive.Job) time.Duration {
	started := time.Now()
	var packer tiles.Packer
	for z := j.First; z <= j.Last; z++ {
		for _, t := range square(j.View, z) {
			if raw := tiles.Render(j.View, &j.Want, t); raw != nil {
				if _, err := packer.Gzip(raw); err != nil {
					b.Fatal(err)
				}
			}
		}
	}
	return time.Since(started)
}

// BenchmarkCount counts the tiles of a generated city down to a deep zoom: the way through
// the tiles without drawing them.
func BenchmarkCount(b *testing.B) {
	s := town(b, 100, 0)
	j := jobOf(s, archive.PMTiles, 0, 18)
	j.Want.Layers = []geo.LayerName{"grids"}
	n := int64(0)
	for b.Loop() {
		var err error
		if n, err = j.Count(b.Context()); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(n*int64(b.N))/b.Elapsed().Seconds(), "tiles/s")
}
