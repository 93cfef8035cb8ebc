package main

import (
	"bufio"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"time"

	"gridwarden/geo"
	"gridwarden/geo/democity"
	"gridwarden/geo/postgis/pgtest"
	"gridwarden/geo/testsize"
)

// BenchmarkImportReports back-fills reports of a whole city with rows of duty: matters and
// components at random places and times of one year, from a file into PostGIS.
func BenchmarkImportReports(b *testing.B) {
	url, dir := pgtest.New(b), b.TempDir()
	m, err := democity.Write(b.Context(), dir, democity.Size{Grids: testsize.N(9_000, benchGrids), Assets: testsize.N(100_000, benchAssets)})
	if err != nil {
		b.Fatal(err)
	}
	for _, args := range demoImports(m) {
		typed(b, url, args...)
	}
	n := testsize.N(200_000, 1_000_000)
	for b.Loop() {
		file := pastReports(b, loaded(b, url).Bounds("grids"), n)
		took := typed(b, url, "import", "reports", "--source", fmt.Sprint("bench", time.Now().UnixNano()), "--kind-field", "kind", file)
		b.ReportMetric(float64(n)/took.Seconds(), "rows/s")
	}
	b.ReportMetric(0, "ns/op")
}

// pastReports writes a file of reports in the order of time.
func pastReports(b *testing.B, box geo.Box, n int) string {
	b.Helper()
	path := filepath.Join(b.TempDir(), "reports.csv")
	file, err := os.Create(path)
	if err != nil {
		b.Fatal(err)
	}
	defer file.Close()
	w := bufio.NewWriter(file)
	fmt.Fprintln(w, "id,created,kind,category,lon,lat,address")
	random := rand.New(rand.NewPCG(1, 2))
	kinds := [...][2]string{{"matter", "02001"}, {"component", "01001"}, {"matter", "01001"}, {"component", "02001"}}
	for i := range n {
		at := time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC).Add(time.Duration(i) * 365 * 24 * time.Hour / time.Duration(n))
		p := geo.Coord{X: box.Min.X + random.Int32N(box.Max.X-box.Min.X), Y: box.Min.Y + random.Int32N(box.Max.Y-box.Min.Y)}
		kind := kinds[random.IntN(len(kinds))]
		fmt.Fprintf(w, "%d,%s,%s,%s,%.7f,%.7f,幸福路%d号\n", i, at.Format(time.RFC3339), kind[0], kind[1], p.Lon(), p.Lat(), i%500)
	}
	if err := w.Flush(); err != nil {
		b.Fatal(err)
	}
	return path
}
