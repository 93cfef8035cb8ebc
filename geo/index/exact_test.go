package index

import (
	"sync"
	"testing"

	"gridwarden/geo"
	"gridwarden/geo/testsize"
)

func TestLookUpIsExactInCitiesMadeToBeHard(t *testing.T) {
	t.Parallel()
	for name, makeCity := range madeCities() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			city := makeCity()
			x := newExam(t, view(t, city.changes), city.changes.Areas, city.clean)
			x.sit(newProbes(11, city.changes.Areas), sizes{
				anywhere: testsize.N(1000, 300_000), vertices: testsize.N(500, 1<<30),
				borders: testsize.N(700, 200_000), lines: testsize.N(1000, 300_000),
			})
		})
	}
}

func TestABoxWithinOneAreaAnswersThatAreaEverywhere(t *testing.T) {
	t.Parallel()
	for name, makeCity := range madeCities() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			city := makeCity()
			s, court := view(t, city.changes), newCourt(city.changes.Layers, city.changes.Areas)
			p := newProbes(12, city.changes.Areas)
			for range testsize.N(500, 50_000) {
				b := p.smallBox()
				for k, l := range court.layers {
					a := s.Within(l.Name, b)
					if a == nil {
						continue
					}
					if a.Layer != l.Name {
						t.Fatalf("%v: %s of layer %s answers for layer %s", b, a.Code, a.Layer, l.Name)
					}
					eachEdge(a, func(e stretch) {
						border := geo.Shape{Lines: geo.MultiLine{{e.a, e.b}}}
						if border.Meets(b) {
							t.Fatalf("%v: its border %v touches the box", b, e)
						}
					})
					for _, c := range []geo.Coord{b.Min, b.Max, {X: b.Min.X, Y: b.Max.Y}, {X: b.Max.X, Y: b.Min.Y}, p.in(b), p.in(b)} {
						if v := court.judges[k].at(c); v.area != a {
							t.Fatalf("%v: %s is said to hold it, but at %v not", b, a.Code, c)
						}
					}
				}
			}
		})
	}
}

// smallBox is a box of any size at a place that matters.
func (p *probes) smallBox() geo.Box {
	at := []func() geo.Coord{p.anywhere, p.nearBorder, p.onCellLine}[p.random.IntN(3)]()
	side := int64(1) << p.random.IntN(20)
	return geo.EmptyBox().Extend(at).Extend(world(int64(at.X)+p.random.Int64N(side), int64(at.Y)+p.random.Int64N(side)))
}

func (p *probes) in(b geo.Box) geo.Coord {
	return world(p.between(b.Min.X, b.Max.X), p.between(b.Min.Y, b.Max.Y))
}

func TestOnlyCoveragesAnswerAFinder(t *testing.T) {
	t.Parallel()
	s := view(t, &geo.Changes{
		Layers: []geo.Layer{{Name: "parks", Kind: geo.Overlay}, {Name: "grids", Kind: geo.Coverage}},
		Areas:  []*geo.Area{squareArea(1, "parks", "p", 0, 0, 10), squareArea(2, "grids", "g", 0, 0, 10)},
	})
	p := geo.Coord{X: 5, Y: 5}
	for _, names := range [][]geo.LayerName{{"parks", "grids", "nowhere"}, {"parks"}, {}} {
		areas := []*geo.Area{s.Area("parks", "p"), s.Area("parks", "p"), s.Area("parks", "p")}[:len(names)]
		s.Finder(names...).At(p, areas)
		for k, a := range areas {
			if is := names[k] == "grids"; is != (a != nil) {
				t.Errorf("asked for %v, %s answers %v", names, names[k], a)
			}
		}
	}
	if s.Within("parks", geo.Box{Min: p, Max: p}) != nil || s.Within("nowhere", geo.Box{Min: p, Max: p}) != nil {
		t.Error("a box is said to be within an area of no coverage")
	}
}

func TestOneFinderMayBeAskedByManyAtOnce(t *testing.T) {
	t.Parallel()
	city := benchCity(10)
	f := view(t, city).Finder("grids", "districts")
	p := newProbes(13, city.Areas)
	points := make([]geo.Coord, testsize.N(2000, 100_000))
	for i := range points {
		points[i] = p.nearBorder()
	}
	want := make([]*geo.Area, 2*len(points))
	f.All(points, want)
	var askers sync.WaitGroup
	for range 4 {
		askers.Go(func() {
			got, one := make([]*geo.Area, 2*len(points)), make([]*geo.Area, 2)
			f.All(points, got)
			for i, p := range points {
				if f.At(p, one); got[2*i] != want[2*i] || got[2*i+1] != want[2*i+1] || one[0] != want[2*i] || one[1] != want[2*i+1] {
					t.Errorf("at %v another answer when asked by many", p)
					return
				}
			}
		})
	}
	askers.Wait()
}
