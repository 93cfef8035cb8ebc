package index

import (
	"runtime"
	"slices"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/planar"
	"github.com/tidwall/rtree"

	"gridwarden/geo"
)

// plain is what one would write first: an R-tree over boxes and orb's point in polygon.
type plain struct {
	tree  rtree.RTreeG[int]
	areas []orb.MultiPolygon
}

func newPlain(areas []*geo.Area) *plain {
	p := &plain{}
	for _, a := range areas {
		var m orb.MultiPolygon
		for _, polygon := range a.Shape.Polygons {
			var rings orb.Polygon
			for _, ring := range polygon {
				var r orb.Ring
				for _, v := range append(slices.Clip(ring), ring[0]) {
					r = append(r, orb.Point{v.Lon(), v.Lat()})
				}
				rings = append(rings, r)
			}
			m = append(m, rings)
		}
		p.areas = append(p.areas, m)
	}
	p.build()
	return p
}

// build makes the tree.
func (p *plain) build() {
	p.tree = rtree.RTreeG[int]{}
	for i, m := range p.areas {
		b := m.Bound()
		p.tree.Insert(b.Min, b.Max, i)
	}
}

func (p *plain) locate(c geo.Coord) (found int) {
	at := orb.Point{c.Lon(), c.Lat()}
	found = -1
	p.tree.Search(at, at, func(_, _ [2]float64, i int) bool {
		if planar.MultiPolygonContains(p.areas[i], at) {
			found = i
		}
		return found < 0
	})
	return found
}

// quarry is a layer to be looked up in, both ways, and its points: so many that they do
// not stay in the caches between two rounds.
type quarry struct {
	layer  geo.LayerName
	areas  []*geo.Area // of the layer alone
	view   *Snapshot
	plain  *plain
	points map[string][]geo.Coord // by how they lie
}

const benchPoints = 1 << 20

// coverages are those that the table of speeds names, each made once. Real ones are
// skipped where their files are not.
var coverages = map[string]func(testing.TB) *quarry{
	"city": func() func(testing.TB) *quarry {
		made := sync.OnceValue(func() *quarry {
			city := bench()
			grids := ofLayer(city.areas, "grids")
			return &quarry{"grids", grids, city.view, newPlain(grids), map[string][]geo.Coord{
				"random": questions(city.side, false), "clustered": questions(city.side, true)}}
		})
		return func(testing.TB) *quarry { return made() }
	}(),
	"villages": realCoverage("taiwan", "villages"),
	"tracts":   realCoverage("tracts", "tracts"),
}

func realCoverage(city string, layer geo.LayerName) func(testing.TB) *quarry {
	var k *quarry
	return func(t testing.TB) *quarry {
		if k != nil {
			return k
		}
		c := realCities()[city].cleaned(t)
		areas := ofLayer(c, layer)
		k = &quarry{layer, areas, view(t, c), newPlain(areas), map[string][]geo.Coord{}}
		k.points["random"] = k.onLand()
		return k
	}
}

// onLand is random points where the layer has areas: the sea is told too fast by everyone.
func (k *quarry) onLand() (points []geo.Coord) {
	p := newProbes(3, k.areas)
	for len(points) < benchPoints {
		if c := p.anywhere(); len(k.view.Locate(c, k.layer).Areas) > 0 {
			points = append(points, c)
		}
	}
	return points
}

// ways of asking for one layer: the time for all the points.
func (k *quarry) ways() map[string]func([]geo.Coord) {
	finder, one, many := k.view.Finder(k.layer), make([]*geo.Area, 1), make([]*geo.Area, benchPoints)
	return map[string]func([]geo.Coord){
		"locate": func(points []geo.Coord) {
			for _, p := range points {
				k.view.Locate(p, k.layer)
			}
		},
		"one": func(points []geo.Coord) {
			for _, p := range points {
				finder.At(p, one)
			}
		},
		"batch": func(points []geo.Coord) { finder.All(points, many) },
	}
}

// times is how many times as long one work takes for a point as another, the middle of
// rounds that are taken in turn, so that a busy machine slows both.
func times(points []geo.Coord, slow, fast func([]geo.Coord)) float64 {
	const rounds, few = 7, benchPoints / 32
	each := func(points []geo.Coord, do func([]geo.Coord)) float64 {
		return float64(busy(func() { do(points) })) / float64(len(points))
	}
	var all []float64
	for i := range rounds {
		all = append(all, each(points[i*few:(i+1)*few], slow)/each(points, fast))
	}
	slices.Sort(all)
	return all[rounds/2]
}

// BenchmarkLookUp asks what is at points of one layer, by Locate, by a Finder one by one
// and by a Finder in batches, and tells how many times as fast that is as the plain way.
func BenchmarkLookUp(b *testing.B) {
	for _, name := range []string{"city", "villages", "tracts"} {
		b.Run(name, func(b *testing.B) {
			k := coverages[name](b)
			plainly := func(points []geo.Coord) {
				for _, p := range points {
					k.plain.locate(p)
				}
			}
			for _, how := range []string{"random", "clustered"} {
				points := k.points[how]
				for _, way := range []string{"locate", "one", "batch"} {
					if points == nil {
						continue
					}
					b.Run(how+"/"+way, func(b *testing.B) {
						ask := k.ways()[way]
						b.ReportAllocs()
						perPoint(b, points, ask)
						b.ReportMetric(times(points, plainly, ask), "times-plain")
					})
				}
			}
		})
	}
}

// perPoint tells what one point takes; one operation of the benchmark is a batch of them.
func perPoint(b *testing.B, points []geo.Coord, ask func([]geo.Coord)) {
	const batch = 1 << 12
	n := 0
	spent := busy(func() {
		for b.Loop() {
			from := n * batch % len(points)
			ask(points[from : from+batch])
			n++
		}
	})
	b.ReportMetric(float64(spent)/float64(n*batch), "ns/point")
}

// BenchmarkChain asks for four layers of one chain at once, and tells how much longer that
// takes than to ask for the lowest alone.
func BenchmarkChain(b *testing.B) {
	k := coverages["city"](b)
	all := []geo.LayerName{"grids", "communities", "streets", "districts"}
	four, one := k.view.Finder(all...), k.view.Finder("grids")
	room := make([]*geo.Area, len(all)*benchPoints)
	for _, how := range []string{"random", "clustered"} {
		points := k.points[how]
		singly := func(f *Finder) func([]geo.Coord) {
			return func(points []geo.Coord) {
				for _, p := range points {
					f.At(p, room[:len(all)])
				}
			}
		}
		batch := func(f *Finder) func([]geo.Coord) {
			return func(points []geo.Coord) { f.All(points, room) }
		}
		b.Run(how+"/one", func(b *testing.B) {
			perPoint(b, points, singly(four))
			b.ReportMetric(times(points, singly(four), singly(one)), "times-one-layer")
		})
		b.Run(how+"/batch", func(b *testing.B) {
			perPoint(b, points, batch(four))
			b.ReportMetric(times(points, batch(four), batch(one)), "times-one-layer")
		})
	}
}

// BenchmarkBuild makes the view of one coverage, on one core, and tells how many times as
// long that takes as the plain R-tree, and what it keeps: for each vertex of the input the
// rings, the directory, and all that look-up has beside the rings, the directory included. The records of the areas, their names and
// attributes, are not part of it.
func BenchmarkBuild(b *testing.B) {
	for _, name := range []string{"city", "villages", "tracts"} {
		b.Run(name, func(b *testing.B) {
			k := coverages[name](b)
			defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
			c := &geo.Changes{To: position(1), Layers: []geo.Layer{{Name: k.layer, Kind: geo.Coverage}}, Areas: k.areas}
			for b.Loop() {
				view(b, c)
			}
			b.ReportMetric(middle(func() { view(b, c) })/middle(k.plain.build), "build-times-plain")
			vertices := 0
			for _, a := range k.areas {
				vertices += a.Shape.Vertices()
			}
			rings := kept(func() any { return copies(k.areas) }) / float64(vertices)
			index := kept(func() any { return view(b, c) }) / float64(vertices)
			b.ReportMetric(rings, "rings-B/vertex")
			b.ReportMetric(float64(view(b, c).atlas.layer(k.layer).directory.bytes())/float64(vertices), "directory-B/vertex")
			b.ReportMetric(index, "index-B/vertex")
			b.ReportMetric(rings+index, "B/vertex")
		})
	}
}

// busy is how long the processor works on something: what others take is not counted.
func busy(do func()) time.Duration {
	used := func() time.Duration {
		var u syscall.Rusage
		_ = syscall.Getrusage(syscall.RUSAGE_SELF, &u) // it fails for other processes only
		return time.Duration(u.Utime.Nano() + u.Stime.Nano())
	}
	start := used()
	do()
	return used() - start
}

// middle is how long something takes, of five times the one in the middle.
func middle(do func()) float64 {
	var all []time.Duration
	for range 5 {
		runtime.GC()
		all = append(all, busy(do))
	}
	slices.Sort(all)
	return float64(all[2])
}

// kept is how much memory something holds that is made.
func kept(build func() any) float64 {
	before := heap()
	made := build()
	after := heap()
	runtime.KeepAlive(made)
	return float64(after - before)
}

// copies are the shapes of areas, made anew.
func copies(areas []*geo.Area) (all []geo.MultiPolygon) {
	for _, a := range areas {
		m := make(geo.MultiPolygon, 0, len(a.Shape.Polygons))
		for _, polygon := range a.Shape.Polygons {
			rings := make(geo.Polygon, 0, len(polygon))
			for _, ring := range polygon {
				rings = append(rings, append(make(geo.Ring, 0, len(ring)), ring...))
			}
			m = append(m, rings)
		}
		all = append(all, m)
	}
	return all
}
