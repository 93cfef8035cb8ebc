package ingest_test

import (
	"bufio"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gridwarden/geo/ingest"
)

// assetFile writes a file of n assets in Hangzhou.
func assetFile(t testing.TB, name string, n int) (path string, size int64) {
	t.Helper()
	path = filepath.Join(t.TempDir(), name)
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	w := bufio.NewWriter(f)
	defer w.Flush()
	json := strings.HasSuffix(name, "json")
	if json {
		fmt.Fprint(w, `{"type":"FeatureCollection","features":[`)
	} else {
		fmt.Fprintln(w, "GLBJBSM,GLBJMC,ZGBMDM,ZGBMMC,QSDWDM,QSDWMC,YHDWDM,YHDWMC,SZDYWGBSM,GLBJZT,CSRQ,SJLY,lon,lat")
	}
	for i := range n {
		lon, lat := 120+float64(i%1000)/5000, 30+float64(i/1000)/5000
		if json {
			if i > 0 {
				fmt.Fprint(w, ",\n")
			}
			fmt.Fprintf(w, `{"type":"Feature","properties":{"GLBJBSM":"33010301001%06d","GLBJMC":"供水井盖","ZGBMDM":"1133010300000001A","ZGBMMC":"下城区城市管理局","QSDWDM":"","QSDWMC":"","YHDWDM":"","YHDWMC":"杭州水务集团","SZDYWGBSM":"330103001001001","GLBJZT":"完好","CSRQ":"20260701","SJLY":"实测"},"geometry":{"type":"Point","coordinates":[%.7f,%.7f]}}`, i, lon, lat)
		} else {
			fmt.Fprintf(w, "33010301001%06d,供水井盖,1133010300000001A,下城区城市管理局,,,,杭州水务集团,330103001001001,完好,20260701,实测,%.7f,%.7f\n", i, lon, lat)
		}
	}
	if json {
		fmt.Fprint(w, "]}")
	}
	w.Flush()
	info, err := f.Stat()
	if err != nil {
		t.Fatal(err)
	}
	return path, info.Size()
}

func BenchmarkAssets(b *testing.B) {
	for _, name := range []string{"assets.geojson", "assets.csv"} {
		b.Run(name, func(b *testing.B) {
			const n = 50_000
			path, size := assetFile(b, name, n)
			b.SetBytes(size)
			for b.Loop() {
				for _, err := range ingest.Assets(b.Context(), []string{path}, ingest.AssetOptions{}) {
					if err != nil {
						b.Fatal(err)
					}
				}
			}
			b.ReportMetric(float64(n*b.N)/b.Elapsed().Seconds(), "assets/s")
		})
	}
}
