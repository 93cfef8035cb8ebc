package tiles_test

import (
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"math"
	"net/http"
	"net/http/httptest"
	"os"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/klauspost/compress/gzip"
	"github.com/paulmach/orb/maptile"

	"gridwarden/geo"
	"gridwarden/geo/postgis/pgtest"
	"gridwarden/tiles"
)

// rivalQuery draws what Render draws of the city: areas with their attributes, and assets
// as points from zoom 14, below as counts by the same 64 by 64 cells. $1 is the zoom, $2
// the column, $3 the row.
const (
	rivalAreas = `SELECT ST_AsMVT(q, 'grids', 4096, 'g', 'id') FROM (
		SELECT id, code, name, department, department_name, ST_AsMVTGeom(geom, ST_TileEnvelope($1, $2, $3), 4096, 64, true) g
		FROM rival_areas WHERE geom && ST_TileEnvelope($1, $2, $3, margin => 64.0 / 4096)) q WHERE g IS NOT NULL`
	rivalPoints = `SELECT ST_AsMVT(q, 'assets', 4096, 'g', 'number') FROM (
		SELECT number, id, standard, category, category_name, state, ST_AsMVTGeom(geom, ST_TileEnvelope($1, $2, $3), 4096, 64, true) g
		FROM rival_assets WHERE geom && ST_TileEnvelope($1, $2, $3, margin => 64.0 / 4096)) q WHERE g IS NOT NULL`
	rivalCounts = `SELECT ST_AsMVT(q, 'assets', 4096, 'g') FROM (
		SELECT count(*), ST_AsMVTGeom(ST_SetSRID(ST_MakePoint((x + 0.5) * width - w.half, w.half - (y + 0.5) * width), 3857), ST_TileEnvelope($1, $2, $3), 4096, 64, true) g
		FROM (SELECT 20037508.342789244::float8 half, 40075016.685578488 / (64::float8 * 2 ^ $1::int) width) w,
		LATERAL (SELECT floor((ST_X(geom) + w.half) / w.width) x, floor((w.half - ST_Y(geom)) / w.width) y
			FROM rival_assets WHERE geom && ST_TileEnvelope($1, $2, $3)) c
		GROUP BY x, y, width, half) q WHERE g IS NOT NULL`
)

// BenchmarkAgainstPostGIS asks four connections for the tiles over a city, uncached, from
// Render and from ST_AsMVT, both behind the same few lines of HTTP, with and without gzip,
// and tells how many times as many tiles Render gives in the same time. The whole city,
// 90,000 grids and two million assets, is for GRIDWARDEN_BENCH=full; else it is a small part.
func BenchmarkAgainstPostGIS(b *testing.B) {
	n, assets, span := 30, 5000, 300*time.Millisecond
	if os.Getenv("GRIDWARDEN_BENCH") == "full" {
		n, assets, span = 300, 2_000_000, 8*time.Second
	}
	shapes := wavyCity(n)
	box := boxOf(shapes)
	areas, things := layerOf("grids", shapes...), strewn(assets, box)
	view := coverage(b, areas, things)
	pool := rivalCity(b, areas, things)
	want := &tiles.Want{Layers: []geo.LayerName{"grids", tiles.AssetsLayer}, Limit: math.MaxInt}
	ours := func(_ context.Context, t maptile.Tile) ([]byte, error) { return tiles.Render(view, want, t), nil }
	theirs := func(ctx context.Context, t maptile.Tile) (tile []byte, err error) {
		points := rivalPoints
		if t.Z < 14 {
			points = rivalCounts
		}
		query := "SELECT (" + rivalAreas + ") || (" + points + ")"
		return tile, pool.QueryRow(ctx, query, int(t.Z), int(t.X), int(t.Y)).Scan(&tile)
	}
	for _, zoom := range []maptile.Zoom{10, 12, 14, 16} {
		over := covering(box, zoom)
		for _, level := range []int{gzip.NoCompression, 2} {
			b.Run(fmt.Sprintf("z%d/gzip%d", zoom, level), func(b *testing.B) {
				var us, them outcome
				for b.Loop() {
					us, them = ask4(b, ours, level, over, span), ask4(b, theirs, level, over, span)
				}
				b.ReportMetric(us.rate, "tiles/s")
				b.ReportMetric(them.rate, "rival-tiles/s")
				b.ReportMetric(us.rate/them.rate, "x")
				b.ReportMetric(us.size, "B/tile")
				b.ReportMetric(them.size, "rival-B/tile")
			})
		}
	}
}

// outcome is what came of asking: tiles a second and bytes a tile.
type outcome struct{ rate, size float64 }

// ask4 asks for tiles in turn over four connections, for a span and until each had an answer.
func ask4(b *testing.B, draw func(context.Context, maptile.Tile) ([]byte, error), level int, over []maptile.Tile, span time.Duration) outcome {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var t maptile.Tile
		if _, err := fmt.Sscanf(r.URL.Path, "/%d/%d/%d", &t.Z, &t.X, &t.Y); err != nil {
			http.Error(w, err.Error(), http.StatusNotFound)
			return
		}
		tile, err := draw(r.Context(), t)
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		if level == gzip.NoCompression {
			_, _ = w.Write(tile)
			return
		}
		w.Header().Set("Content-Encoding", "gzip")
		packer := packers.Get().(*gzip.Writer)
		defer packers.Put(packer)
		packer.Reset(w)
		_, _ = packer.Write(tile)
		_ = packer.Close()
	}))
	defer server.Close()
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 4, DisableCompression: true}}
	var next, answers, bytes atomic.Int64
	var wait sync.WaitGroup
	start := time.Now()
	for range 4 {
		wait.Go(func() {
			for first := true; first || time.Since(start) < span; first = false {
				t := over[int(next.Add(1))*7919%len(over)]
				answer, err := client.Get(fmt.Sprintf("%s/%d/%d/%d", server.URL, t.Z, t.X, t.Y))
				if err != nil {
					b.Error(err)
					return
				}
				n, err := io.Copy(io.Discard, answer.Body)
				_ = answer.Body.Close()
				if err != nil || answer.StatusCode != http.StatusOK || n == 0 {
					b.Errorf("%v: status %d, %d bytes, %v", t, answer.StatusCode, n, err)
					return
				}
				answers.Add(1)
				bytes.Add(n)
			}
		})
	}
	wait.Wait()
	return outcome{float64(answers.Load()) / time.Since(start).Seconds(), float64(bytes.Load()) / float64(max(1, answers.Load()))}
}

var packers = sync.Pool{New: func() any {
	w, _ := gzip.NewWriterLevel(nil, 2)
	return w
}}

// rivalCity is the city in PostGIS as a tile server wants it: projected once, indexed and
// clustered. The pool has four connections, which prepare each query once.
func rivalCity(b *testing.B, areas []*geo.Area, assets []geo.Asset) *pgxpool.Pool {
	config, err := pgxpool.ParseConfig(pgtest.New(b))
	if err != nil {
		b.Fatal(err)
	}
	config.MaxConns = 4
	pool, err := pgxpool.NewWithConfig(b.Context(), config)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(pool.Close)
	run := func(sql string) {
		if _, err := pool.Exec(b.Context(), sql); err != nil {
			b.Fatal(err)
		}
	}
	fill := func(table string, columns []string, n int, row func(int) ([]any, error)) {
		if _, err := pool.CopyFrom(b.Context(), pgx.Identifier{table}, columns, pgx.CopyFromSlice(n, row)); err != nil {
			b.Fatal(err)
		}
	}
	run(`CREATE UNLOGGED TABLE raw_areas (id bigint, code text, name text, department text, wkb bytea)`)
	fill("raw_areas", []string{"id", "code", "name", "department", "wkb"}, len(areas), func(i int) ([]any, error) {
		a := areas[i]
		return []any{int64(tiles.FeatureID("grids", string(a.Code))), string(a.Code), a.Name, string(a.Department), wkb(a.Shape.Polygons)}, nil
	})
	run(`CREATE TABLE rival_areas AS SELECT id, code, name, department, '城管一大队'::text department_name,
		ST_Transform(ST_GeomFromWKB(wkb, 4326), 3857)::geometry(MultiPolygon, 3857) geom FROM raw_areas`)
	run(`CREATE UNLOGGED TABLE raw_assets (number bigint, id text, x float8, y float8)`)
	fill("raw_assets", []string{"number", "id", "x", "y"}, len(assets), func(i int) ([]any, error) {
		a := assets[i]
		return []any{int64(tiles.FeatureID(a.Category.Standard, string(a.ID))), string(a.ID), a.Point.Lon(), a.Point.Lat()}, nil
	})
	run(`CREATE TABLE rival_assets AS SELECT number, id, 'GB/T 47678.5-2026'::text standard, '01001'::text category, '上水井盖'::text category_name,
		'完好'::text state, ST_Transform(ST_SetSRID(ST_MakePoint(x, y), 4326), 3857)::geometry(Point, 3857) geom FROM raw_assets`)
	for _, table := range []string{"rival_areas", "rival_assets"} {
		run(fmt.Sprintf(`CREATE INDEX %[1]s_geom ON %[1]s USING gist (geom)`, table))
		run(fmt.Sprintf(`CLUSTER %[1]s USING %[1]s_geom`, table))
		run(fmt.Sprintf(`VACUUM ANALYZE %s`, table))
	}
	return pool
}

// wkb is a multipolygon as PostGIS reads it.
func wkb(m geo.MultiPolygon) []byte {
	head := func(b []byte, kind, n int) []byte {
		return binary.LittleEndian.AppendUint32(binary.LittleEndian.AppendUint32(append(b, 1), uint32(kind)), uint32(n))
	}
	b := head(nil, 6, len(m))
	for _, p := range m {
		b = head(b, 3, len(p))
		for _, r := range p {
			b = binary.LittleEndian.AppendUint32(b, uint32(len(r)+1))
			for i := range len(r) + 1 {
				c := r[i%len(r)]
				b = binary.LittleEndian.AppendUint64(b, math.Float64bits(c.Lon()))
				b = binary.LittleEndian.AppendUint64(b, math.Float64bits(c.Lat()))
			}
		}
	}
	return b
}
