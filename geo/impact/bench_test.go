package impact_test

import (
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"gridwarden/geo"
	"gridwarden/geo/impact"
	"gridwarden/geo/index"
	"gridwarden/geo/postgis"
	"gridwarden/geo/postgis/pgtest"
	"gridwarden/geo/routing"
)

// plot is the rectangle of n × n grids with 36 vertices, its east border moved by some
// units.
func plot(i, j, n int, east int32) geo.Shape {
	wide, high := int32(n*cellSide), int32(n*cellSide)
	x, y := int32(west+i*cellSide), int32(south+j*cellSide)
	var ring geo.Ring
	for k := range int32(9) {
		ring = append(ring, geo.Coord{X: x + wide*k/9, Y: y})
	}
	for k := range int32(9) {
		move := int32(0)
		if k > 0 {
			move = east
		}
		ring = append(ring, geo.Coord{X: x + wide + move, Y: y + high*k/9})
	}
	for k := range int32(9) {
		ring = append(ring, geo.Coord{X: x + wide - wide*k/9, Y: y + high})
	}
	for k := range int32(9) {
		ring = append(ring, geo.Coord{X: x, Y: y + high - high*k/9})
	}
	return geo.Shape{Polygons: geo.MultiPolygon{{ring}}}
}

// bigCity is side × side grids in communities, streets and districts.
func bigCity(b *testing.B, side, assets int) *index.Snapshot {
	c := &geo.Changes{To: geo.Position{Sequence: 1}, Edition: geo.EditionInfo{Number: 1}}
	names, sizes := []geo.LayerName{"grids", "communities", "streets", "districts"}, []int{1, 5, 20, 100}
	for level, n := range sizes {
		l := geo.Layer{Name: names[level], Kind: geo.Coverage, Rank: 300 + level}
		if level < 3 {
			l.Parent = names[level+1]
		}
		c.Layers = append(c.Layers, l)
		for i := 0; i < side; i += n {
			for j := 0; j < side; j += n {
				a := &geo.Area{ID: geo.AreaID(len(c.Areas) + 1), Layer: l.Name, Code: plotCode(i, j, n), Shape: plot(i, j, n, 0), Department: geo.DepartmentCode(fmt.Sprint("D", (i+j)%100))}
				if level < 3 {
					a.Parent = plotCode(i, j, sizes[level+1])
				}
				c.Areas = append(c.Areas, a)
			}
		}
	}
	for i := range 100 {
		c.Departments = append(c.Departments, geo.Department{Code: geo.DepartmentCode(fmt.Sprint("D", i))})
	}
	r := rand.New(rand.NewPCG(1, 2))
	for i := range assets {
		c.Assets = append(c.Assets, geo.Asset{
			Version: geo.AssetVersion(i + 1), ID: geo.AssetID(fmt.Sprint(i)), Category: []geo.CategoryKey{lamp, cover}[i%2],
			Point: geo.Coord{X: west + r.Int32N(int32(side*cellSide)), Y: south + r.Int32N(int32(side*cellSide))},
		})
	}
	view, err := index.Empty().Apply(c)
	if err != nil {
		b.Fatal(err)
	}
	return view
}

func plotCode(i, j, n int) geo.AreaCode {
	return geo.AreaCode(fmt.Sprintf("%d-%03d-%03d", n, i/n, j/n))
}

// redrawn is the city after borders between two grids moved by a third.
func redrawn(b *testing.B, before *index.Snapshot, side, edits int) *index.Snapshot {
	c := &geo.Changes{From: before.Position(), Edition: before.Edition()}
	c.To = geo.Position{Sequence: c.From.Sequence + 1}
	for k := range edits {
		i, j := 7*(k%11)*side/100%(side-2)/5*5, k*side/edits
		for d, east := range []int32{cellSide / 3, 0} {
			was := before.Area("grids", plotCode(i+d, j, 1))
			next := *was
			next.ID, next.Shape = geo.AreaID(10_000_000+2*k+d), plot(i+d, j, 1, east)
			if d == 1 {
				for v := range next.Shape.Polygons[0][0] { // its west side is the other's east
					if p := &next.Shape.Polygons[0][0][v]; p.X == was.Shape.Box().Min.X && p.Y != was.Shape.Box().Min.Y && p.Y != was.Shape.Box().Max.Y {
						p.X += cellSide / 3
					}
				}
			}
			c.AreasEnded = append(c.AreasEnded, was.ID)
			c.Areas = append(c.Areas, &next)
		}
	}
	after, err := before.Apply(c)
	if err != nil {
		b.Fatal(err)
	}
	return after
}

// BenchmarkImpact tells the impact of 20 edits on 90,000 grids, 2,000,000 assets and
// 1,000,000 reports in a database (GRIDWARDEN_BENCH=full; else a tenth), beside the plain
// way: to locate and decide every asset of the city in both states, reports left alone.
func BenchmarkImpact(b *testing.B) {
	side, assets, reports := 100, 200_000, 100_000
	if os.Getenv("GRIDWARDEN_BENCH") == "full" {
		side, assets, reports = 300, 2_000_000, 1_000_000
	}
	before := bigCity(b, side, assets)
	after := redrawn(b, before, side, 20)
	store := reported(b, side, reports)
	var took time.Duration
	moved := 0
	for b.Loop() {
		begun := time.Now()
		found, err := impact.Of(b.Context(), before, after, store, impact.Options{Now: now})
		if err != nil {
			b.Fatal(err)
		}
		took, moved = time.Since(begun), found.Assets.Total
		b.ReportMetric(float64(found.Recent.Total), "reports-moved")
	}
	b.ReportMetric(took.Seconds(), "impact_s")
	begun := time.Now()
	if plain := plainImpact(before, after); plain != moved {
		b.Fatalf("%d assets move, plainly %d", moved, plain)
	}
	b.ReportMetric(float64(time.Since(begun))/float64(took), "times-plain")
	b.ReportMetric(float64(moved), "assets-moved")
	b.ReportMetric(0, "ns/op")
}

// plainImpact locates and decides every asset twice.
func plainImpact(before, after *index.Snapshot) (moved int) {
	engines := [2]*routing.Engine{routing.New(before, routing.Settings{}), routing.New(after, routing.Settings{})}
	for a := range after.Assets(geo.AssetKey{}) {
		var said [2]string
		for k, e := range engines {
			place := e.Snapshot().Locate(a.Point)
			o := e.Outcome(&routing.Situation{Place: place, Category: a.Category, Asset: &a, Date: geo.DateOf(now, time.UTC), Moment: e.Calendar().Moment(now)})
			for _, h := range place.Areas {
				said[k] += string(h.Area.Code) + " "
			}
			said[k] += string(o.Department)
		}
		if said[0] != said[1] {
			moved++
		}
	}
	return moved
}

const strewSQL = `
INSERT INTO reports (id, source, external_id, point, address, standard, kind, category, family, condition, asset, accuracy, level, description, reported_at, received_at, backfilled, state, round, lead)
SELECT 'r' || i, 'bench', '', ST_Point(120 + random() * $2, 30 + random() * $2, 4326), '', 'GB', 'matter', '06001', '', '', '', 0, 0, '',
	$3::timestamptz - random() * interval '365 days', now(), false, CASE WHEN i % 20 = 0 THEN 'received' ELSE 'closed' END, 1, 'D1'
FROM generate_series(1, $1::int) AS i`

// reported is a database with reports strewn over the city.
func reported(b *testing.B, side, reports int) *postgis.Store {
	url := pgtest.New(b)
	store, err := postgis.Open(b.Context(), url, slog.New(slog.DiscardHandler))
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(store.Close)
	conn, err := pgx.Connect(b.Context(), url)
	if err != nil {
		b.Fatal(err)
	}
	defer conn.Close(context.Background())
	if _, err := conn.Exec(b.Context(), strewSQL, reports, float64(side*cellSide)/geo.Scale, now); err != nil {
		b.Fatal(err)
	}
	if _, err := conn.Exec(b.Context(), "VACUUM ANALYZE reports"); err != nil {
		b.Fatal(err)
	}
	return store
}
