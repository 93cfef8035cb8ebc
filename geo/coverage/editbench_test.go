package coverage_test

import (
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/paulmach/orb"

	"gridwarden/geo"
	"gridwarden/geo/coverage"
	"gridwarden/geo/plane"
)

// wideTown is a wavy city of n × n grids with communities of 4 × 4, streets of 20 × 20 and
// districts of 100 × 100, found by place through a tree as a view finds them.
type wideTown struct {
	*town
	codes [][]geo.AreaCode // of each layer, in order
	trees []*plane.Tree
}

func newWideTown(t testing.TB, n int) *wideTown {
	city := wavyCity(n, 9)
	streets, districts := map[geo.AreaCode]bool{}, map[geo.AreaCode]bool{}
	communities := &city[1]
	for i := range communities.Areas {
		var y, x int
		if _, err := fmt.Sscanf(string(communities.Areas[i].Code), "%3d%3d", &y, &x); err != nil {
			t.Fatal(err)
		}
		street := geo.AreaCode(fmt.Sprintf("S%03d%03d", y/5, x/5))
		streets[street] = true
		communities.Areas[i].Parent = street
	}
	upper := func(name geo.LayerName, codes map[geo.AreaCode]bool) coverage.Layer {
		var all []geo.AreaCode
		for c := range codes {
			all = append(all, c)
		}
		slices.Sort(all)
		return dissolved(name, all...)
	}
	middle := upper("streets", streets)
	for i := range middle.Areas {
		var y, x int
		if _, err := fmt.Sscanf(string(middle.Areas[i].Code), "S%3d%3d", &y, &x); err != nil {
			t.Fatal(err)
		}
		district := geo.AreaCode(fmt.Sprintf("D%03d%03d", y/5, x/5))
		districts[district] = true
		middle.Areas[i].Parent = district
	}
	w := &wideTown{town: townOf(t, city[0], city[1], middle, upper("districts", districts))}
	for i := range w.names {
		codes := slices.Sorted(maps.Keys(w.layers[i]))
		boxes := make([]plane.Box, len(codes))
		for k, code := range codes {
			boxes[k] = planeBox(w.boxes[i][code])
		}
		w.codes, w.trees = append(w.codes, codes), append(w.trees, plane.Pack(boxes))
	}
	return w
}

func planeBox(b geo.Box) plane.Box {
	return plane.Box{MinX: int64(b.Min.X), MinY: int64(b.Min.Y), MaxX: int64(b.Max.X), MaxY: int64(b.Max.Y)}
}

func (w *wideTown) near(box geo.Box) []coverage.Layer {
	out := make([]coverage.Layer, len(w.names))
	for i, name := range w.names {
		out[i].Name = name
		found := w.trees[i].Search(planeBox(box), nil)
		slices.Sort(found)
		for _, k := range found {
			b := w.layers[i][w.codes[i][k]]
			out[i].Areas = append(out[i].Areas, coverage.Area{Code: b.Code, Parent: b.Parent, Shape: b.Shape})
		}
	}
	return out
}

// BenchmarkEdit moves borders, moves nodes and splits areas anywhere in cities of 10,000
// and 90,000 grids, each with the faults near it. It tells the median and the slowest
// hundredth, how many times faster that is than a check of the whole city, which is what an
// edit without [coverage.LocalFaults] takes, and how the median grows with the city.
func BenchmarkEdit(b *testing.B) {
	var small time.Duration
	for _, n := range []int{100, 300} {
		w := newWideTown(b, n)
		start := time.Now()
		if _, err := coverage.Check(b.Context(), w.all()); err != nil {
			b.Fatal(err)
		}
		whole := time.Since(start)
		b.Run(fmt.Sprintf("%d-grids", n*n), func(b *testing.B) {
			p := newPlanner(w.town, 5)
			var took, judged []time.Duration
			for b.Loop() {
				start := time.Now()
				box, err := w.editSomewhere(b, p)
				if err != nil {
					continue
				}
				middle := time.Now()
				if _, err := coverage.LocalFaults(b.Context(), w.near, box); err != nil {
					b.Fatal(err)
				}
				took, judged = append(took, time.Since(start)), append(judged, time.Since(middle))
			}
			if len(took) == 0 {
				return
			}
			slices.Sort(took)
			slices.Sort(judged)
			median := took[len(took)/2]
			b.ReportMetric(median.Seconds()*1000, "ms-median")
			b.ReportMetric(took[len(took)*99/100].Seconds()*1000, "ms-p99")
			b.ReportMetric(judged[len(judged)/2].Seconds()*1000, "ms-faults-median")
			b.ReportMetric(whole.Seconds()/median.Seconds(), "x-check-of-all")
			if n == 100 {
				small = median
			} else {
				b.ReportMetric(median.Seconds()/small.Seconds(), "x-10000-grids")
			}
		})
	}
}

// editSomewhere does one of the edits planners do most, and tells where.
func (w *wideTown) editSomewhere(b *testing.B, p *planner) (geo.Box, error) {
	o := coverage.EditOptions{Tolerance: 1, Parents: coverage.Follow}
	a := w.layers[0][w.codes[0][p.r.IntN(len(w.codes[0]))]]
	var r *coverage.Redrawn
	var err error
	ring := a.Shape[0][0]
	from, to := ring[0], ring[9]
	switch p.r.IntN(3) {
	case 0:
		r, err = coverage.MoveNode(b.Context(), w.near, at(from), p.off(at(from), 4), o)
	case 1:
		_, r, err = coverage.Split(b.Context(), w.near, a.Code, orb.LineString{at(from), at(ring[18])}, o)
	default:
		for _, n := range w.near(w.boxes[0][a.Code])[0].Areas {
			s := shared(a.Shape, n.Shape)
			if n.Code == a.Code || len(s) < 6 {
				continue
			}
			from, to = s[0], s[len(s)-1]
			middle := orb.Point{(from.Lon() + to.Lon()) / 2, (from.Lat() + to.Lat()) / 2}
			r, err = coverage.MoveBorder(b.Context(), w.near, a.Code, n.Code, orb.LineString{at(from), p.off(middle, 20), at(to)}, o)
			break
		}
	}
	if err != nil || r == nil {
		return geo.Box{}, geo.Errorf(geo.Conflict, "refused: %v", err)
	}
	return geo.EmptyBox().Extend(from).Extend(to), nil
}
