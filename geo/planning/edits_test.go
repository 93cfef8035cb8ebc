package planning_test

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/paulmach/orb"

	"gridwarden/geo"
	"gridwarden/geo/ingest"
	"gridwarden/geo/planning"
	"gridwarden/geo/realdata"
	"gridwarden/geo/testsize"
)

// planner makes edits at random.
type planner struct {
	*drafting
	*rand.Rand
	chain []geo.LayerName // lowest first
	ruled bool            // every code begins with its parent's
	whole bool            // there are no gaps, and no edit leaves any
	done  map[planning.EditKind]int
	told  map[planning.EditKind]error
}

func newPlanner(d *drafting, seed uint64) *planner {
	return &planner{
		drafting: d, Rand: random(seed), chain: d.view.Chain(d.view.Layers()[0].Name),
		done: map[planning.EditKind]int{}, told: map[planning.EditKind]error{},
	}
}

// area is an area of a layer.
func (p *planner) area(layer geo.LayerName) *geo.Area {
	all := slices.Collect(p.view.Areas(layer, ""))
	return all[p.IntN(len(all))]
}

// beside is another area of the layer near one.
func (p *planner) beside(a *geo.Area) *geo.Area {
	var near []*geo.Area
	for b := range p.view.AreasIn(a.Layer, a.Shape.Box()) {
		if b.Code != a.Code {
			near = append(near, b)
		}
	}
	if len(near) == 0 {
		return a
	}
	slices.SortFunc(near, func(a, b *geo.Area) int { return cmp.Compare(a.Code, b.Code) })
	return near[p.IntN(len(near))]
}

// vertex is one of an area, and the one after it.
func (p *planner) vertex(a *geo.Area) (at, next orb.Point) {
	polygon := a.Shape.Polygons[p.IntN(len(a.Shape.Polygons))]
	ring := polygon[p.IntN(len(polygon))]
	i := p.IntN(len(ring))
	return degree(ring[i]), degree(ring[(i+1)%len(ring)])
}

// across are the areas on both sides of a piece of an area's border.
func (p *planner) across(a *geo.Area, from, to orb.Point) []geo.AreaCode {
	for b := range p.view.AreasIn(a.Layer, a.Shape.Box()) {
		for _, polygon := range b.Shape.Polygons {
			for _, ring := range polygon {
				for i, c := range ring {
					if degree(c) == to && degree(ring[(i+1)%len(ring)]) == from {
						return codes(a.Code, b.Code)
					}
				}
			}
		}
	}
	return codes(a.Code)
}

func degree(c geo.Coord) orb.Point { return orb.Point{c.Lon(), c.Lat()} }

// near is a place up to some cells away.
func (p *planner) near(at orb.Point, cells float64) orb.Point {
	return aside(at, cells*(2*p.Float64()-1), cells*(2*p.Float64()-1))
}

// through is a line over an area and beyond.
func (p *planner) through(a *geo.Area) orb.LineString {
	box := a.Shape.Box()
	x, y := float64(box.Max.X-box.Min.X)/1e7, float64(box.Max.Y-box.Min.Y)/1e7
	middle := orb.Point{degree(box.Min)[0] + x*(0.3+0.4*p.Float64()), degree(box.Min)[1] + y*(0.3+0.4*p.Float64())}
	sin, cos := math.Sincos(2 * math.Pi * p.Float64())
	line := orb.LineString{{middle[0] - x*cos, middle[1] - y*sin}, middle, {middle[0] + x*cos, middle[1] + y*sin}}
	if p.IntN(2) == 0 {
		line[1] = p.near(line[1], 0.1)
	}
	return line
}

// edit is any edit.
func (p *planner) edit() planning.Edit {
	lowest, layer := p.chain[0], p.chain[0]
	if p.IntN(6) == 0 {
		layer = p.chain[p.IntN(len(p.chain))]
	}
	a, up := p.area(lowest), p.area(layer)
	e := planning.Edit{Layer: lowest, Tolerance: []float64{0, 0.5, 3}[p.IntN(3)], Parents: []planning.Parents{"", "follow", "follow", "keep"}[p.IntN(4)]}
	at, next := p.vertex(a)
	half := orb.Point{(at[0] + next[0]) / 2, (at[1] + next[1]) / 2}
	switch p.IntN(12) {
	case 0:
		e.Kind, e.Areas, e.Line = planning.MoveBorder, p.across(a, at, next), orb.LineString{at, p.near(half, 0.3), next}
	case 1:
		to := p.near(at, 0.3)
		e.Kind, e.At, e.To = planning.MoveNode, &at, &to
	case 2:
		e.Kind, e.At = planning.InsertNode, &half
	case 3:
		e.Kind, e.At = planning.DeleteNode, &at
	case 4, 5:
		e = planning.Edit{Kind: planning.Split, Layer: layer, Areas: codes(up.Code), Line: p.through(up), Tolerance: e.Tolerance}
	case 6, 7:
		e = planning.Edit{Kind: planning.Merge, Layer: layer, Areas: codes(up.Code, p.beside(up).Code), Parents: e.Parents}
		if p.IntN(2) == 0 {
			e.Into = e.Areas[p.IntN(2)]
		}
	case 8:
		e = planning.Edit{Kind: planning.Reparent, Layer: layer, Areas: codes(up.Code), Parent: p.beside(up).Parent, Parents: e.Parents}
	case 9:
		e = planning.Edit{Kind: planning.Close, Layer: layer, Areas: codes(up.Code), Parents: e.Parents}
	case 10:
		e = planning.Edit{Kind: planning.Set, Layer: layer, Areas: codes(up.Code), Name: text(fmt.Sprint("name ", p.IntN(9)))}
		if p.IntN(2) == 0 {
			e.Codes = codes(up.Parent + geo.AreaCode(fmt.Sprintf("%03d", 500+p.IntN(500))))
		}
	default:
		b := p.beside(a)
		file := exported(p.view, lowest, a.Code, b.Code)
		file.move(at, p.near(at, 0.2))
		e = file.replaces()
		e.Layer = lowest
		e.Tolerance, e.Parents = 1, planning.FollowParents
	}
	return e
}

// step does an edit at random, takes some back at random, and mends what it can.
func (p *planner) step() {
	p.tb.Helper()
	e := p.edit()
	before := p.used
	p.used = maps.Clone(before)
	if _, err := p.try(e); err != nil {
		if geo.KindOf(err) == geo.Internal {
			p.tb.Fatalf("%+v: %v", e, err)
		}
		p.told[e.Kind] = err
		return
	}
	p.done[e.Kind]++
	for _, f := range p.faults() {
		if f.Error {
			p.tb.Fatalf("%s leaves: %s", described(e), f.Sentence())
		}
		if p.whole && f.Kind == geo.FaultGap {
			if e.Kind != planning.Replace { // a file may leave ground out
				p.tb.Fatalf("%s leaves: %s", described(e), f.Sentence())
			}
			p.whole = false
		}
		if f.Mend != nil && p.IntN(3) == 0 {
			p.mend(f)
			return
		}
	}
	if p.IntN(6) == 0 {
		p.takeBack()
	}
}

// mend does what is proposed against a fault, which has to be there no longer.
func (p *planner) mend(f planning.Fault) {
	p.tb.Helper()
	if _, err := p.try(*f.Mend); err != nil {
		p.tb.Fatalf("%s: the mend %s fails: %v", f.Sentence(), described(*f.Mend), err)
	}
	p.done[f.Mend.Kind+" as a mend"]++
	for _, left := range p.faults() {
		if left.Kind == f.Kind && left.Layer == f.Layer && slices.Equal(left.Areas, f.Areas) && left.At == f.At {
			p.tb.Fatalf("still there after %s: %s", described(*f.Mend), left.Sentence())
		}
	}
}

// takeBack undoes the last edit.
func (p *planner) takeBack() {
	last := len(p.effects) - 1
	view, err := planning.After(p.views[0], planning.Fold(p.views[0], p.effects[:last]))
	if err != nil {
		p.tb.Fatal(err)
	}
	p.view, p.views, p.effects = view, p.views[:last], p.effects[:last]
}

// fits fails unless every parent is exactly what its children are, and every code begins
// with its parent's.
func (p *planner) fits() {
	p.tb.Helper()
	p.sound()
	for i, layer := range p.chain[:len(p.chain)-1] {
		ground := map[geo.AreaCode]int64{}
		for a := range p.view.Areas(layer, "") {
			ground[a.Parent] += units(a)
			if p.ruled && !strings.HasPrefix(string(a.Code), string(a.Parent)) {
				p.tb.Errorf("%s %s lies in %s", layer, a.Code, a.Parent)
			}
		}
		for up := range p.view.Areas(p.chain[i+1], "") {
			if whole, below := units(up), ground[up.Code]; p.whole && whole != below || whole < below {
				p.tb.Errorf("%s %s has %d square units, what is in it %d", p.chain[i+1], up.Code, whole, below)
			}
		}
	}
	if p.tb.Failed() {
		p.tb.FailNow()
	}
}

// units is twice the ground of an area in square units.
func units(a *geo.Area) (sum int64) {
	for _, polygon := range a.Shape.Polygons {
		for _, ring := range polygon {
			sum += ring.SignedArea2()
		}
	}
	return sum
}

// work does a number of edits and looks at the whole after each so many; in the end it takes
// all back.
func (p *planner) work(edits, each int) {
	p.tb.Helper()
	for i := range edits {
		if p.step(); (i+1)%each == 0 {
			p.fits()
		}
	}
	p.fits()
	p.undone()
	p.tb.Log(p.done)
	for kind, err := range p.told {
		p.tb.Logf("%s: %v", kind, err)
	}
}

// Whatever planners do, in whatever order, the fabric stays whole, codes are never given
// again, and taking everything back gives the base, byte for byte.
func TestNoSequenceOfEditsTearsTheCity(t *testing.T) {
	t.Parallel()
	for seed := range uint64(testsize.N(4, 60)) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			t.Parallel()
			var gone []cell
			if seed%2 == 1 {
				gone = []cell{{1, 1}, {2, 5}, {7, 7}}
			}
			p := newPlanner(ruled(t, gone...), seed)
			p.ruled, p.whole = true, gone == nil
			p.work(testsize.N(60, 500), 10)
		})
	}
}

// described is an edit without the text of its file.
func described(e planning.Edit) string {
	e.Features = nil
	return fmt.Sprintf("%+v", e)
}

func TestNoSequenceOfEditsTearsHangzhou(t *testing.T) {
	t.Parallel()
	read := func(layer, parent geo.LayerName, file string, o ingest.AreaOptions) geo.LayerInput {
		areas, err := ingest.ReadAreas(t.Context(), []string{realdata.Path(t, "cn-hangzhou-xiacheng/"+file)}, o)
		if err != nil {
			t.Fatal(err)
		}
		return geo.LayerInput{Layer: geo.Layer{Name: layer, Kind: geo.Coverage, Parent: parent}, Areas: areas}
	}
	s := newStore(t)
	s.options.Repair = true
	s.must(
		read("grids", "communities", "grids.geojson", ingest.AreaOptions{Code: "网格编号"}),
		read("communities", "streets", "communities.geojson", ingest.AreaOptions{Code: "社区编码", Parent: "街道编码"}),
		read("streets", "", "streets.geojson", ingest.AreaOptions{Code: "街道编码"}),
	)
	p := newPlanner(draftOf(t, s.view), 1)
	p.work(testsize.N(30, 500), testsize.N(30, 50))
}
