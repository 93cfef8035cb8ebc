package main

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/maptile"

	"gridwarden/geo"
	"gridwarden/geo/democity"
	"gridwarden/geo/index"
	"gridwarden/geo/postgis"
	"gridwarden/geo/postgis/pgtest"
	"gridwarden/tiles"
)

// The generated city of the benchmark: a large Chinese city with unit grids everywhere.
const (
	benchGrids  = 90_000
	benchAssets = 2_000_000
)

// BenchmarkCity takes a whole city from files to answers, once: import, load, look-up,
// tiles, HTTP. Each figure is printed by name.
func BenchmarkCity(b *testing.B) {
	url, dir := pgtest.New(b), b.TempDir()
	m, err := democity.Write(b.Context(), dir, democity.Size{Grids: benchGrids, Assets: benchAssets})
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		b.ReportMetric(typed(b, url, demoImports(m)[0]...).Seconds(), "departments_s")
		areas := typed(b, url, demoImports(m)[1]...)
		b.ReportMetric(areas.Seconds(), "import_areas_s")
		assets := typed(b, url, demoImports(m)[2]...)
		b.ReportMetric(assets.Seconds(), "import_assets_s")
		b.ReportMetric(float64(m.AssetCount)/assets.Seconds(), "asset_rows/s")
		for _, args := range demoImports(m)[3:] {
			typed(b, url, args...)
		}
		view := loaded(b, url)
		b.ReportMetric(lookups(view), "locate/s_1core")
		for _, zoom := range []maptile.Zoom{12, 14, 16} {
			b.ReportMetric(rendered(view, zoom), fmt.Sprintf("tiles_z%d/s_1core", zoom))
		}
		address, stop := serving(b, url)
		b.ReportMetric(loadOf(b, address, luaLocate(view)), "http_locate/s")
		b.ReportMetric(loadOf(b, address, luaRoute(view)), "http_route/s")
		stop()
	}
	b.ReportMetric(0, "ns/op")
}

// typed runs one command that must succeed and tells how long it took.
func typed(b *testing.B, url string, args ...string) time.Duration {
	b.Helper()
	var out bytes.Buffer
	started := time.Now()
	if code := run(b.Context(), append(args, "--database", url), strings.NewReader(""), &out, &out); code != exitDone {
		b.Fatalf("gridwarden %v: exit %d\n%s", args, code, tail(out.String()))
	}
	b.Log(tail(out.String()))
	return time.Since(started)
}

// loaded loads the view and reports time and memory.
func loaded(b *testing.B, url string) *index.Snapshot {
	b.Helper()
	store, err := postgis.Open(b.Context(), url, (&settings{}).logger(os.Stderr))
	if err != nil {
		b.Fatal(err)
	}
	defer store.Close()
	before := heap()
	started := time.Now()
	built := index.NewBuilder()
	changes, err := store.Load(b.Context(), built.Asset)
	if err != nil {
		b.Fatal(err)
	}
	view, err := built.View(changes)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(time.Since(started).Seconds(), "load_s")
	used := heap() - before
	b.ReportMetric(used/(1<<20), "view_MB")
	runtime.KeepAlive(view)
	b.ReportMetric(peak(), "process_peak_MB")
	return view
}

func heap() float64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	return float64(m.HeapAlloc)
}

// peak is the most memory this process ever held, in MB.
func peak() float64 {
	status, _ := os.ReadFile("/proc/self/status")
	if m := regexp.MustCompile(`VmHWM:\s+(\d+) kB`).FindSubmatch(status); m != nil {
		kb, _ := strconv.ParseFloat(string(m[1]), 64)
		return kb / 1024
	}
	return 0
}

func randomPoint(view *index.Snapshot, random *rand.Rand) geo.Coord {
	box := view.Bounds("grids")
	return geo.Coord{
		X: box.Min.X + random.Int32N(box.Max.X-box.Min.X),
		Y: box.Min.Y + random.Int32N(box.Max.Y-box.Min.Y),
	}
}

// lookups is how many random points a second one core finds in all layers.
func lookups(view *index.Snapshot) float64 {
	random := rand.New(rand.NewPCG(1, 2))
	const n = 200_000
	started := time.Now()
	for range n {
		view.Locate(randomPoint(view, random))
	}
	return n / time.Since(started).Seconds()
}

// rendered is how many tiles a second one core draws, uncached, with all layers.
func rendered(view *index.Snapshot, zoom maptile.Zoom) float64 {
	random := rand.New(rand.NewPCG(3, 4))
	layers := []geo.LayerName{"grids", "communities", "streets", "districts", "assets"}
	n, started := 0, time.Now()
	for ; time.Since(started) < 3*time.Second; n++ {
		p := randomPoint(view, random)
		tiles.Render(view, &tiles.Want{Layers: layers}, maptile.At(orb.Point{p.Lon(), p.Lat()}, zoom))
	}
	return float64(n) / time.Since(started).Seconds()
}

// serving starts the server and waits until it is ready.
func serving(b *testing.B, url string) (address string, stop func()) {
	b.Helper()
	log := &syncBuffer{}
	ctx, cancel := context.WithCancel(b.Context())
	ended := make(chan int)
	go func() {
		ended <- run(ctx, []string{"serve", "--addr", "127.0.0.1:0", "--database", url}, strings.NewReader(""), log, log)
	}()
	for address == "" || !ready(address) {
		time.Sleep(100 * time.Millisecond)
		if m := listening.FindStringSubmatch(log.String()); m != nil {
			address = m[1]
		}
	}
	return address, func() { cancel(); <-ended }
}

// loadOf is how many requests a second the server answers with wrk beside it.
func loadOf(b *testing.B, address, script string) float64 {
	b.Helper()
	wrk, err := exec.LookPath("wrk")
	if err != nil {
		b.Fatal("wrk is not installed: apt-get install wrk")
	}
	file := filepath.Join(b.TempDir(), "load.lua")
	if err := os.WriteFile(file, []byte(script), 0o600); err != nil {
		b.Fatal(err)
	}
	out, err := exec.CommandContext(b.Context(), wrk, "-t1", "-c16", "-d10s", "--latency", "-s", file, address).CombinedOutput()
	if err != nil {
		b.Fatalf("wrk: %v\n%s", err, out)
	}
	b.Logf("%s", out)
	rate := regexp.MustCompile(`Requests/sec:\s+([\d.]+)`).FindSubmatch(out)
	if rate == nil || bytes.Contains(out, []byte("Non-2xx")) {
		b.Fatalf("wrk said\n%s", out)
	}
	perSecond, _ := strconv.ParseFloat(string(rate[1]), 64)
	return perSecond
}

func ready(address string) bool {
	r, err := http.Get(address + "/readyz")
	if err != nil {
		return false
	}
	r.Body.Close()
	return r.StatusCode == http.StatusOK
}

// luaLocate makes wrk ask what is at random points of the city.
func luaLocate(view *index.Snapshot) string {
	return luaPoint(view) + `
request = function()
  local lon, lat = point()
  return wrk.format("GET", string.format("/v1/locate?lon=%.7f&lat=%.7f", lon, lat))
end`
}

// luaRoute makes wrk report street lamps at random points of the city.
func luaRoute(view *index.Snapshot) string {
	return luaPoint(view) + `
request = function()
  local lon, lat = point()
  return wrk.format("POST", "/v1/route", {["Content-Type"] = "application/json"}, string.format(
    '{"lon":%.7f,"lat":%.7f,"source":"phone","category":{"standard":"GB/T 47678.5-2026","kind":"component","code":"01037"}}', lon, lat))
end`
}

func luaPoint(view *index.Snapshot) string {
	box := view.Bounds("grids")
	return fmt.Sprintf(`point = function()
  return %.7f + math.random() * %.7f, %.7f + math.random() * %.7f
end`, box.Min.Lon(), box.Max.Lon()-box.Min.Lon(), box.Min.Lat(), box.Max.Lat()-box.Min.Lat())
}
