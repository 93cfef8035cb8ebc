package differences_test

import (
	"fmt"
	"reflect"
	"testing"
	"time"

	"gridwarden/geo"
	"gridwarden/geo/differences"
	"gridwarden/geo/index"
	"gridwarden/geo/testsize"
)

// BenchmarkDifferences finds what differs between two editions of a city, of which the
// second moved corners of one area in a hundred, by pages of a hundred, and tells how many
// times as fast a page is as the plain way to know what changed: to compare every shape.
func BenchmarkDifferences(b *testing.B) {
	side := testsize.N(100, 300)
	var c geo.Changes
	c.To = geo.Position{Sequence: 1}
	c.Layers = []geo.Layer{{Name: "grids", Kind: geo.Coverage}}
	for i := range side * side {
		a := square(fmt.Sprintf("%06d", i), float64(i%side), float64(i/side))
		a.ID = geo.AreaID(i + 1)
		c.Areas = append(c.Areas, a)
	}
	before, err := index.Empty().Apply(&c)
	if err != nil {
		b.Fatal(err)
	}
	next := geo.Changes{From: before.Position(), To: geo.Position{Sequence: 2}}
	for i := side + 1; i < side*(side-1); i += 400 {
		at := corner(float64(i%side), float64(i/side))
		for a := range before.AreasIn("grids", geo.Box{Min: at, Max: at}) {
			moved := *a
			moved.ID += 1_000_000
			ring := append(geo.Ring(nil), a.Shape.Polygons[0][0]...)
			for k := range ring {
				if ring[k] == at {
					ring[k] = geo.Coord{X: at.X + 500, Y: at.Y + 700}
				}
			}
			moved.Shape = geo.Shape{Polygons: geo.MultiPolygon{{ring}}}
			next.AreasEnded, next.Areas = append(next.AreasEnded, a.ID), append(next.Areas, &moved)
		}
	}
	after, err := before.Apply(&next)
	if err != nil {
		b.Fatal(err)
	}
	started, unlike := time.Now(), 0
	for a := range before.Areas("grids", "") {
		if o := after.Area("grids", a.Code); o == nil || !reflect.DeepEqual(a.Shape, o.Shape) {
			unlike++
		}
	}
	plain := time.Since(started)
	b.ResetTimer()
	pages, areas := 0, 0
	for b.Loop() {
		q, more := differences.Query{Most: 100}, true
		for areas = 0; more; pages++ {
			var page []differences.Area
			if page, more, err = differences.Between(b.Context(), before, after, q); err != nil {
				b.Fatal(err)
			}
			areas += len(page)
			q.After = differences.Name{Layer: "grids", Code: page[len(page)-1].Code}
		}
	}
	if areas != unlike {
		b.Errorf("%d areas differ, %d are told", unlike, areas)
	}
	page := b.Elapsed().Seconds() / float64(pages)
	b.ReportMetric(page*1000, "ms/page")
	b.ReportMetric(float64(areas), "areas")
	b.ReportMetric(plain.Seconds()/page, "x-as-fast-as-comparing-all")
}
