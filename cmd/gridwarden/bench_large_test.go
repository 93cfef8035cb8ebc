package main

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"gridwarden/geo"
	"gridwarden/geo/postgis/pgtest"
)

// BenchmarkLargeCity is as large as a city gets: a million areas of 36 vertices and ten
// million assets (GRIDWARDEN_BENCH=full; else a hundredth). It is written straight into the
// tables; then a server of its own is started from the database, and one from a snapshot
// alone, and each tells when it was ready and the most memory it ever held.
func BenchmarkLargeCity(b *testing.B) {
	city := largeCity{side: 100, assets: 100_000}
	if os.Getenv("GRIDWARDEN_BENCH") == "full" {
		city = largeCity{side: 1000, assets: 10_000_000}
	}
	url, dir := pgtest.New(b), filepath.Join(b.TempDir(), "snapshot")
	for b.Loop() {
		b.ReportMetric(took(func() { city.fill(b, url) }), "fill_s")
		started, server := time.Now(), launch(b, "serve", "--addr", "127.0.0.1:0", "--database", url)
		city.ask(b, server.ready())
		b.ReportMetric(time.Since(started).Seconds(), "load_s")
		b.ReportMetric(server.memory("VmHWM"), "load_peak_MB")
		b.ReportMetric(server.memory("VmRSS"), "loaded_MB")
		b.ReportMetric(server.view(), "view_MB")
		server.stop()

		b.ReportMetric(took(func() { typed(b, url, "snapshot", "write", dir) }), "snapshot_write_s")
		b.ReportMetric(sizeOf(b, dir), "snapshot_MB")
		started, server = time.Now(), launch(b, "serve", "--addr", "127.0.0.1:0", "--database", "none", "--snapshot", dir)
		city.ask(b, server.ready())
		b.ReportMetric(time.Since(started).Seconds(), "start_s")
		b.ReportMetric(server.memory("VmHWM"), "start_peak_MB")
		b.ReportMetric(server.memory("VmRSS"), "started_MB")
		server.stop()
	}
	b.ReportMetric(0, "ns/op")
}

func took(do func()) float64 {
	started := time.Now()
	do()
	return time.Since(started).Seconds()
}

// sizeOf is how large all files of a directory are.
func sizeOf(b *testing.B, dir string) (megabytes float64) {
	b.Helper()
	files, err := os.ReadDir(dir)
	if err != nil {
		b.Fatal(err)
	}
	for _, f := range files {
		if info, err := f.Info(); err == nil {
			megabytes += float64(info.Size()) / (1 << 20)
		}
	}
	return megabytes
}

// process is a gridwarden beside the benchmark.
type process struct {
	*testing.B
	cmd *exec.Cmd
	log *syncBuffer
}

func launch(b *testing.B, args ...string) *process {
	b.Helper()
	p := &process{b, exec.CommandContext(b.Context(), "/proc/self/exe", args...), &syncBuffer{}}
	p.cmd.Args[0] = "gridwarden" // which the test binary answers to, see TestMain
	p.cmd.Stderr = p.log
	if err := p.cmd.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = p.cmd.Process.Kill() })
	return p
}

// ready waits until it serves, and tells where.
func (p *process) ready() (address string) {
	p.Helper()
	for started := time.Now(); address == "" || !ready(address); time.Sleep(20 * time.Millisecond) {
		if m := listening.FindStringSubmatch(p.log.String()); m != nil {
			address = m[1]
		}
		if time.Since(started) > 20*time.Minute {
			p.Fatalf("not ready:\n%s", tail(p.log.String()))
		}
	}
	return address
}

// memory is a line of the process's status in MB.
func (p *process) memory(line string) float64 {
	status, _ := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.cmd.Process.Pid))
	return number(p.B, line+`:\s+(\d+) kB`, string(status)) / 1024
}

// view is what it says its view takes, in MB.
func (p *process) view() float64 { return number(p.B, `view="(\d+) MB"`, p.log.String()) }

func number(b *testing.B, pattern, in string) float64 {
	b.Helper()
	m := regexp.MustCompile(pattern).FindStringSubmatch(in)
	if m == nil {
		b.Fatalf("no %s in %s", pattern, tail(in))
	}
	n, _ := strconv.ParseFloat(m[1], 64)
	return n
}

func (p *process) stop() {
	p.Helper()
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		p.Fatal(err)
	}
	if err := p.cmd.Wait(); err != nil {
		p.Fatalf("%v\n%s", err, tail(p.log.String()))
	}
}

// largeCity is side × side unit grids with wavy borders, and assets strewn over them.
type largeCity struct{ side, assets int }

const largeCell = 5_000 // units, about 50 m

func largeCorner(i, j int) geo.Coord {
	return geo.Coord{X: 1_195_000_000 + int32(i*largeCell), Y: 300_000_000 + int32(j*largeCell)}
}

// ask looks up the middle of a grid.
func (c largeCity) ask(b *testing.B, address string) {
	b.Helper()
	p := largeCorner(c.side/2, c.side/2)
	r, err := http.Get(fmt.Sprintf("%s/v1/locate?lon=%.7f&lat=%.7f", address, p.Lon()+largeCell/2e7, p.Lat()+largeCell/2e7))
	if err != nil {
		b.Fatal(err)
	}
	defer r.Body.Close()
	if body, _ := io.ReadAll(r.Body); !bytes.Contains(body, fmt.Appendf(nil, `"G%04d%04d"`, c.side/2, c.side/2)) {
		b.Fatalf("the grid is not there: %s", body)
	}
}

// fill writes the city as one change.
func (c largeCity) fill(b *testing.B, url string) {
	b.Helper()
	db, err := pgx.Connect(b.Context(), url)
	if err != nil {
		b.Fatal(err)
	}
	defer db.Close(b.Context())
	exec := func(sql string) {
		if _, err := db.Exec(b.Context(), sql); err != nil {
			b.Fatal(err)
		}
	}
	exec(`BEGIN`)
	exec(`WITH c AS (UPDATE state SET sequence = sequence + 1 RETURNING sequence)
		INSERT INTO changes (sequence, id, kind) SELECT sequence, '` + largeChange + `', 'areas' FROM c`)
	exec(`INSERT INTO editions (number, published_at, effective_from, change) VALUES (1, now(), now(), '` + largeChange + `')`)
	exec(`INSERT INTO layers (name, kind, title, changed) VALUES ('grids', 'coverage', '单元网格', '` + largeChange + `')`)
	c.copyIn(b, db, `COPY areas (layer, kind, code, name, department, shape, from_edition, input_hash, begun) FROM STDIN`, c.areaRows)
	c.copyIn(b, db, `COPY assets (standard, id, kind, category, name, state, authority, owner, maintainer, point, content, begun) FROM STDIN`, c.assetRows)
	exec(`COMMIT`)
	exec(`ANALYZE`)
}

const (
	largeChange = "00000000-0000-4000-8000-000000000001"
	anyHash     = `\\x0000000000000000000000000000000000000000000000000000000000000000`
)

func (c largeCity) copyIn(b *testing.B, db *pgx.Conn, sql string, rows func(io.Writer)) {
	b.Helper()
	in, out := io.Pipe()
	go func() {
		w := bufio.NewWriterSize(out, 1<<20)
		rows(w)
		_ = out.CloseWithError(w.Flush()) // nil ends the rows
	}()
	if _, err := db.PgConn().CopyFrom(b.Context(), in, sql); err != nil {
		b.Fatal(err)
	}
}

func (c largeCity) areaRows(w io.Writer) {
	for i := range c.side {
		for j := range c.side {
			fmt.Fprintf(w, "grids\tcoverage\tG%04d%04d\t第%d网格\tD%d\t%s\t1\t%s\t%s\n", i, j, i*c.side+j, (i/100)*100+j/100,
				polygonHex(largeGrid(i, j)), anyHash, largeChange)
		}
	}
}

func (c largeCity) assetRows(w io.Writer) {
	random := rand.New(rand.NewPCG(1, 2))
	size := int32(c.side * largeCell)
	o := largeCorner(0, 0)
	for i := range c.assets {
		kind := random.IntN(60)
		p := geo.Coord{X: o.X + random.Int32N(size), Y: o.Y + random.Int32N(size)}
		fmt.Fprintf(w, "GB/T 47678.5-2026\t330103%010d\tcomponent\t01%03d\t路灯%d号\t完好\tA%d\tO%d\tM%d\t%s\t%s\t%s\n",
			i, 1+kind, i, kind/6, kind/2, int(p.X-o.X)/(100*largeCell)*100+int(p.Y-o.Y)/(100*largeCell), pointHex(p), anyHash, largeChange)
	}
}

// largeGrid is the ring of a grid, each side of nine edges, wavy as its neighbour has it.
func largeGrid(i, j int) (ring []geo.Coord) {
	reversed := func(path []geo.Coord, from geo.Coord) {
		ring = append(ring, from)
		for k := len(path) - 1; k > 0; k-- {
			ring = append(ring, path[k])
		}
	}
	ring = append(ring, largeBorder(i, j, false)...)
	ring = append(ring, largeBorder(i+1, j, true)...)
	reversed(largeBorder(i, j+1, false), largeCorner(i+1, j+1))
	reversed(largeBorder(i, j, true), largeCorner(i, j+1))
	return ring
}

// largeBorder goes east or north from a corner; the last vertex is left out.
func largeBorder(i, j int, upright bool) []geo.Coord {
	random := rand.New(rand.NewPCG(uint64(i)<<32|uint64(j), 7))
	path := make([]geo.Coord, 9)
	for k := range path {
		along, sway := int32(k*largeCell/9), int32(0)
		if most := int32(min(k, 9-k) * largeCell / 36); most > 0 {
			sway = random.Int32N(2*most) - most
		}
		path[k] = largeCorner(i, j)
		if upright {
			path[k].X, path[k].Y = path[k].X+sway, path[k].Y+along
		} else {
			path[k].X, path[k].Y = path[k].X+along, path[k].Y+sway
		}
	}
	return path
}

// Shapes as PostGIS reads them: EWKB in hexadecimal.

func polygonHex(ring []geo.Coord) string {
	b := append(words(0x20000006, 4326, 1), words(3, 1, uint32(len(ring)+1))...)
	for _, c := range append(ring, ring[0]) {
		b = doubles(b, c)
	}
	return hex.EncodeToString(b)
}

func pointHex(c geo.Coord) string {
	return hex.EncodeToString(doubles(words(0x20000001, 4326), c))
}

// words begin a shape: least byte first.
func words(all ...uint32) []byte {
	b := []byte{1}
	for _, w := range all {
		b = binary.LittleEndian.AppendUint32(b, w)
	}
	return b
}

func doubles(b []byte, c geo.Coord) []byte {
	b = binary.LittleEndian.AppendUint64(b, math.Float64bits(c.Lon()))
	return binary.LittleEndian.AppendUint64(b, math.Float64bits(c.Lat()))
}
