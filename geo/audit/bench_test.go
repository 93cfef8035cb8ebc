package audit

import (
	"fmt"
	"math/rand/v2"
	"os"
	"testing"

	"gridwarden/geo"
	"gridwarden/geo/index"
	"gridwarden/geo/routing"
)

const hundred = 10_000 // units, about 100 m

// wave is the border between two neighbouring corners of the bench city, nine edges long,
// the last vertex left out.
func wave(i, j int, upright bool) []geo.Coord {
	r := rand.New(rand.NewPCG(uint64(i)<<32|uint64(j), 7))
	points := make([]geo.Coord, 9)
	for k := range points {
		along, most := k*hundred/9, min(k, 9-k)*hundred/36
		sway := 0
		if most > 0 {
			sway = r.IntN(2*most) - most
		}
		x, y := i*hundred+along, j*hundred+sway
		if upright {
			x, y = i*hundred+sway, j*hundred+along
		}
		points[k] = at(x, y)
	}
	return points
}

// square of n × n grids from i, j.
func ground(i, j, n int) geo.Shape {
	var ring geo.Ring
	back := func(from []geo.Coord, end geo.Coord) {
		ring = append(ring, end)
		for k := len(from) - 1; k > 0; k-- {
			ring = append(ring, from[k])
		}
	}
	for k := range n {
		ring = append(ring, wave(i+k, j, false)...)
	}
	for k := range n {
		ring = append(ring, wave(i+n, j+k, true)...)
	}
	for k := n - 1; k >= 0; k-- {
		back(wave(i+k, j+n, false), at((i+k+1)*hundred, (j+n)*hundred))
	}
	for k := n - 1; k >= 0; k-- {
		back(wave(i, j+k, true), at(i*hundred, (j+k+1)*hundred))
	}
	return geo.Shape{Polygons: geo.MultiPolygon{{ring}}}
}

// metropolis is side × side grids in four layers, most with a department of their own, with
// 403 categories, and with parks, roads and duty rows if so many are wanted.
func metropolis(side, rows, assets int) *index.Snapshot {
	w := newWorld()
	r := rand.New(rand.NewPCG(1, 2))
	names, sizes := []geo.LayerName{"grids", "communities", "streets", "districts"}, []int{1, 5, 20, 100}
	code := func(i, j int) geo.AreaCode { return geo.AreaCode(fmt.Sprintf("330103%04d%05d", i, j)) }
	for level, n := range sizes {
		l := geo.Layer{Name: names[level], Kind: geo.Coverage}
		if level+1 < len(sizes) {
			l.Parent = names[level+1]
		}
		w.layer(l)
		for i := 0; i < side; i += n {
			for j := 0; j < side; j += n {
				a := geo.Area{Layer: l.Name, Code: code(i/n, j/n), Shape: ground(i, j, n)}
				if level+1 < len(sizes) {
					a.Parent = code(i/sizes[level+1], j/sizes[level+1])
				}
				if r.IntN(20) > 0 {
					a.Department = geo.DepartmentCode(fmt.Sprint(l.Name, i, "-", j))
					w.Departments = append(w.Departments, geo.Department{Code: a.Department})
				}
				w.area(a)
			}
		}
	}
	for i := range 403 {
		k := geo.CategoryKey{Standard: "S", Kind: geo.Component, Code: fmt.Sprintf("%02d%03d", i/30+1, i%30)}
		if i%2 == 1 {
			k.Kind = geo.Matter
		}
		w.Categories = append(w.Categories, geo.Category{CategoryKey: k, Parent: k.Code[:2]})
	}
	for i := range 20 {
		w.Departments = append(w.Departments, geo.Department{Code: geo.DepartmentCode(fmt.Sprint("office", i))})
	}
	if rows > 0 {
		w.furnish(r, side, rows)
	}
	for i := range assets {
		w.Assets = append(w.Assets, geo.Asset{
			Version: geo.AssetVersion(i + 1), ID: geo.AssetID(fmt.Sprint("A", i)), Category: w.Categories[r.IntN(60)*2].CategoryKey,
			Point:      at(r.IntN(side*hundred), r.IntN(side*hundred)),
			Maintainer: geo.DepartmentCode(fmt.Sprint("office", r.IntN(20))), Owner: geo.DepartmentCode(fmt.Sprint("office", r.IntN(3))),
		})
	}
	view, err := index.Empty().Apply(&w.Changes)
	if err != nil {
		panic(err)
	}
	return view
}

func (w *world) furnish(r *rand.Rand, side, rows int) {
	w.layer(geo.Layer{Name: "parks", Kind: geo.Overlay})
	for i := range 200 {
		x, y := r.IntN(side*hundred), r.IntN(side*hundred)
		w.area(geo.Area{Layer: "parks", Code: geo.AreaCode(fmt.Sprint("p", i)), Department: "office1", Shape: rectangle(x, y, x+r.IntN(4*hundred)+50, y+r.IntN(4*hundred)+50)})
	}
	w.layer(geo.Layer{Name: "roads", Kind: geo.Lines, Reach: 20})
	for i := range 500 {
		x, y := r.IntN(side*hundred), r.IntN(side*hundred)
		l := geo.Line{at(x, y)}
		for range 8 {
			x, y = x+r.IntN(hundred), y+r.IntN(hundred)-hundred/2
			l = append(l, at(x, y))
		}
		w.area(geo.Area{Layer: "roads", Code: geo.AreaCode(fmt.Sprint("r", i)), Department: geo.DepartmentCode(fmt.Sprint("office", i%5)), Shape: geo.Shape{Lines: geo.MultiLine{l}}})
	}
	for i := range rows {
		k := w.Categories[r.IntN(len(w.Categories))].CategoryKey
		row := geo.DutyRow{ID: geo.RuleID(fmt.Sprint("row", i)), Standard: k.Standard, Kind: k.Kind, Category: k.Code, Assign: fmt.Sprint("department:office", r.IntN(20))}
		if i%10 == 0 {
			row.Category = k.Code[:2] + "*"
		}
		switch i % 6 {
		case 0:
			row.Layer, row.Assign = "parks", "layer:parks"
		case 1:
			row.Layer, row.Assign = "roads", "layer:roads"
		case 2:
			row.Layer, row.Area = "streets", fmt.Sprintf("330103%04d%05d", r.IntN(side/20), r.IntN(side/20))
		case 3:
			row.Layer, row.Area = "communities", fmt.Sprintf("330103%04d%05d", r.IntN(side/5), r.IntN(side/5))
		case 4:
			row.Layer, row.Area = "districts", fmt.Sprintf("330103%04d*", r.IntN(side/100))
		}
		if i%3 == 0 {
			row.Hours = []string{"Mon-Fri 08:00-18:00", "workday 20:00-02:00", "holiday"}[i/3%3]
		}
		if i%7 == 0 {
			row.Condition = fmt.Sprint(i % 4)
		}
		w.Duty.Rules = append(w.Duty.Rules, row)
	}
}

// BenchmarkAudit audits 403 categories × 90,000 grids; the budget is 30 s on two cores.
func BenchmarkAudit(b *testing.B) {
	for _, size := range []struct{ rows, assets int }{{0, 0}, {1000, 0}, {1000, 2_000_000}} {
		if size.assets > 0 && os.Getenv("GRIDWARDEN_BENCH") != "full" {
			size.assets /= 10
		}
		b.Run(fmt.Sprintf("%d rows, %d assets", size.rows, size.assets), func(b *testing.B) {
			view := metropolis(300, size.rows, size.assets)
			for b.Loop() {
				a, err := Run(b.Context(), view, Options{Settings: routing.Settings{}})
				if err != nil {
					b.Fatal(err)
				}
				b.ReportMetric(float64(len(a.Grounds)), "places")
				b.ReportMetric(float64(a.Zones), "zones")
				b.ReportMetric(float64(a.Classes), "classes")
				b.ReportMetric(float64(len(a.Findings)), "findings")
			}
		})
	}
}
