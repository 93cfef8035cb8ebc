package coverage_test

import (
	"context"
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/paulmach/orb"

	"gridwarden/geo"
	"gridwarden/geo/coverage"
	"gridwarden/geo/postgis/pgtest"
	"gridwarden/geo/testsize"
)

// planner edits a town at random.
type planner struct {
	*town
	r     *rand.Rand
	o     coverage.EditOptions
	gaps  bool // it also changes what nobody holds
	fresh int
	done  map[string]int
}

func newPlanner(w *town, seed uint64) *planner {
	return &planner{town: w, r: rand.New(rand.NewPCG(seed, 99)), done: map[string]int{}}
}

// some is a random area of a layer.
func (p *planner) some(layer int) coverage.Built {
	codes := slices.Sorted(maps.Keys(p.layers[layer]))
	return p.layers[layer][codes[p.r.IntN(len(codes))]]
}

func (p *planner) box(layer int, codes ...geo.AreaCode) geo.Box {
	b := geo.EmptyBox()
	for _, c := range codes {
		b = b.Union(p.boxes[layer][c])
	}
	return b
}

// shared is the border between two areas, node by node, in no order.
func shared(a, b geo.MultiPolygon) []geo.Coord {
	of := map[[2]geo.Coord]bool{}
	eachEdge(b, func(p, q geo.Coord) { of[[2]geo.Coord{q, p}] = true })
	var out []geo.Coord
	eachEdge(a, func(p, q geo.Coord) {
		if of[[2]geo.Coord{p, q}] {
			out = append(out, p, q)
		}
	})
	return out
}

func eachEdge(m geo.MultiPolygon, do func(p, q geo.Coord)) {
	for _, polygon := range m {
		for _, r := range polygon {
			for i := range r {
				do(r[(i+len(r)-1)%len(r)], r[i])
			}
		}
	}
}

// neighbour is an area of the layer that shares an edge with another, and that border.
func (p *planner) neighbour(layer int, a coverage.Built) (coverage.Built, []geo.Coord) {
	near := p.near(p.boxes[layer][a.Code])[layer].Areas
	for _, i := range p.r.Perm(len(near)) {
		if near[i].Code != a.Code {
			if s := shared(a.Shape, near[i].Shape); len(s) > 0 {
				return p.layers[layer][near[i].Code], s
			}
		}
	}
	return coverage.Built{}, nil
}

func at(c geo.Coord) orb.Point { return orb.Point{c.Lon(), c.Lat()} }

// off is a place some metres off another.
func (p *planner) off(c orb.Point, metres float64) orb.Point {
	return orb.Point{c[0] + metres*metre*(2*p.r.Float64()-1), c[1] + metres*metre*(2*p.r.Float64()-1)}
}

// width is about how wide an area is, in metres.
func (p *planner) width(layer int, code geo.AreaCode) float64 {
	b := p.boxes[layer][code]
	return float64(min(b.Max.X-b.Min.X, b.Max.Y-b.Min.Y)) / geo.Scale / metre
}

func (p *planner) node(a coverage.Built) geo.Coord {
	r := a.Shape[p.r.IntN(len(a.Shape))][0]
	return r[p.r.IntN(len(r))]
}

// edit does one random edit of the lowest layer. What is refused leaves no trace.
func (p *planner) edit(ctx context.Context) (string, *coverage.Redrawn, error) {
	p.o = coverage.EditOptions{Tolerance: []float64{0, 0.5, 2, 20}[p.r.IntN(4)], Parents: coverage.Parents(p.r.IntN(3))}
	a := p.some(0)
	wide := p.width(0, a.Code)
	sorts := 9
	if p.gaps {
		sorts = 12
	}
	switch p.r.IntN(sorts) {
	case 9, 10:
		border := p.free(a)
		if border == nil {
			return "none", nil, nil
		}
		from, to := at(border[p.r.IntN(len(border))]), at(border[p.r.IntN(len(border))])
		middle := orb.Point{(from[0] + to[0]) / 2, (from[1] + to[1]) / 2}
		r, err := coverage.MoveBorder(ctx, p.near, a.Code, "", orb.LineString{from, p.off(middle, wide/5), to}, p.o)
		return "move outer border", r, err
	case 11:
		r, err := p.fill(ctx, wide)
		return "fill", r, err
	case 0, 1, 2:
		b, border := p.neighbour(0, a)
		if border == nil {
			return "none", nil, nil
		}
		from, to := at(border[p.r.IntN(len(border))]), at(border[p.r.IntN(len(border))])
		line := orb.LineString{p.off(from, p.o.Tolerance/2)}
		for i := range 1 + p.r.IntN(6) {
			t := float64(i+1) / 8
			line = append(line, p.off(orb.Point{from[0] + t*(to[0]-from[0]), from[1] + t*(to[1]-from[1])}, wide/4))
		}
		r, err := coverage.MoveBorder(ctx, p.near, a.Code, b.Code, append(line, p.off(to, p.o.Tolerance/2)), p.o)
		return "move border", r, err
	case 3:
		n := at(p.node(a))
		r, err := coverage.MoveNode(ctx, p.near, n, p.off(n, wide/10), p.o)
		return "move node", r, err
	case 4:
		n, m := p.node(a), p.node(a)
		r, err := coverage.InsertNode(ctx, p.near, p.off(orb.Point{(n.Lon() + m.Lon()) / 2, (n.Lat() + m.Lat()) / 2}, 1), p.o)
		return "insert node", r, err
	case 5:
		r, err := coverage.DeleteNode(ctx, p.near, at(p.node(a)), p.o)
		return "delete node", r, err
	case 6:
		r, err := p.split(ctx, a, wide)
		return "split", r, err
	case 7:
		b, border := p.neighbour(0, a)
		if border == nil {
			return "none", nil, nil
		}
		if p.r.IntN(2) == 0 {
			r, err := coverage.Close(ctx, p.near, 0, p.box(0, a.Code), a.Code, "", p.o)
			return "close", r, err
		}
		r, err := coverage.Merge(ctx, p.near, 0, p.box(0, a.Code, b.Code), []geo.AreaCode{a.Code, b.Code}, a.Code, p.o)
		return "merge", r, err
	}
	b, border := p.neighbour(0, a)
	if border == nil || len(p.names) < 2 {
		return "none", nil, nil
	}
	r, err := coverage.Reparent(ctx, p.near, 0, p.box(0, a.Code), map[geo.AreaCode]geo.AreaCode{a.Code: b.Parent}, nil, p.o)
	return "reparent", r, err
}

// free is the border of an area to what nobody holds, node by node.
func (p *planner) free(a coverage.Built) []geo.Coord {
	held := map[[2]geo.Coord]bool{}
	for _, n := range p.near(p.boxes[0][a.Code])[0].Areas {
		eachEdge(n.Shape, func(c, d geo.Coord) { held[[2]geo.Coord{d, c}] = true })
	}
	var out []geo.Coord
	eachEdge(a.Shape, func(c, d geo.Coord) {
		if !held[[2]geo.Coord{c, d}] {
			out = append(out, c, d)
		}
	})
	return out
}

// fill draws a rough square over a gap.
func (p *planner) fill(ctx context.Context, wide float64) (*coverage.Redrawn, error) {
	var gaps []geo.Fault
	faults, err := coverage.Check(ctx, p.all())
	if err != nil {
		return nil, err
	}
	for _, f := range faults {
		if f.Kind == geo.FaultGap && f.Layer == p.names[0] {
			gaps = append(gaps, f)
		}
	}
	if len(gaps) == 0 {
		return nil, nil
	}
	gap := gaps[p.r.IntN(len(gaps))]
	ring := orb.Ring{}
	for i := range 5 {
		sin, cos := math.Sincos(float64(i) * math.Pi / 2)
		ring = append(ring, orb.Point{gap.At[0] + gap.Width*metre*cos, gap.At[1] + gap.Width*metre*sin})
	}
	if p.r.IntN(2) == 0 {
		ring = gap.Outline[0][0]
		for i := range ring[1:] {
			ring[i] = p.off(ring[i], p.o.Tolerance/3)
		}
	}
	ring[len(ring)-1] = ring[0]
	p.fresh++
	return coverage.Fill(ctx, p.near, geo.AreaCode(fmt.Sprintf("F%d", p.fresh)), "", orb.Polygon{ring}, p.o)
}

// split cuts an area and gives the parts codes.
func (p *planner) split(ctx context.Context, a coverage.Built, wide float64) (*coverage.Redrawn, error) {
	b := p.boxes[0][a.Code]
	middle := orb.Point{(b.Min.Lon() + b.Max.Lon()) / 2, (b.Min.Lat() + b.Max.Lat()) / 2}
	sin, cos := math.Sincos(p.r.Float64() * math.Pi)
	reach := (b.Max.Lon() - b.Min.Lon() + b.Max.Lat() - b.Min.Lat()) / 2
	line := orb.LineString{
		{middle[0] - reach*cos, middle[1] - reach*sin}, p.off(middle, wide/10), {middle[0] + reach*cos, middle[1] + reach*sin},
	}
	parts, r, err := coverage.Split(ctx, p.near, a.Code, line, p.o)
	if err != nil {
		return nil, err
	}
	for _, part := range parts {
		p.fresh++
		r.Layers[0] = append(r.Layers[0], coverage.Built{Code: geo.AreaCode(fmt.Sprintf("%s/%d", a.Code, p.fresh)), Parent: a.Parent, Shape: part})
	}
	return r, nil
}

// work does random edits and fails when one breaks the town.
func (p *planner) work(t *testing.T, edits int) {
	t.Helper()
	for i := range edits {
		before := p.ground(0)
		kind, r, err := p.edit(t.Context())
		if err != nil {
			if k := geo.KindOf(err); k != geo.Conflict && k != geo.Invalid && k != geo.NotFound {
				t.Fatalf("%d, %s: %v", i, kind, err)
			}
			p.done[kind+" refused"]++
			continue
		}
		if r == nil {
			continue
		}
		p.done[kind]++
		if p.apply(t, r); i%50 == 49 || edits < 50 && i%10 == 9 {
			p.sound(t)
		}
		if won := p.ground(0) - before; slices.Contains([]string{"move border", "split", "merge", "close", "reparent"}, kind) && max(won, -won) > p.slack() {
			t.Errorf("%s won %d square units", kind, won)
		}
		if t.Failed() {
			t.Fatalf("after edit %d, %s", i, kind)
		}
	}
	p.sound(t)
	if !p.gaps {
		p.united(t)
	}
	t.Log(p.done)
}

// slack is what ground a town may win or lose because nodes put into its outer border lie
// on the grid: half a unit along a few edges.
func (p *planner) slack() int64 {
	longest := 0.0
	for _, b := range p.layers[0] {
		eachEdge(b.Shape, func(c, d geo.Coord) {
			longest = max(longest, math.Hypot(float64(c.X)-float64(d.X), float64(c.Y)-float64(d.Y)))
		})
	}
	return int64(8 * longest)
}

// united fails unless every parent has exactly the ground of its children.
func (p *planner) united(t *testing.T) {
	t.Helper()
	for i := range p.names[1:] {
		sum := map[geo.AreaCode]int64{}
		for _, b := range p.layers[i] {
			sum[b.Parent] += unitsOf(b.Shape)
		}
		for code, b := range p.layers[i+1] {
			if sum[code] != unitsOf(b.Shape) {
				t.Errorf("%s has %d square units, its children %d", code, unitsOf(b.Shape), sum[code])
			}
		}
	}
}

func TestAnyEditsLeaveACityWithoutGapAndOverlap(t *testing.T) {
	t.Parallel()
	for seed := range uint64(testsize.N(6, 60)) {
		r := rand.New(rand.NewPCG(seed, 1))
		w := townOf(t, wavyCity(4+r.IntN(6), 1+r.IntN(6))...)
		t.Log("seed ", seed)
		newPlanner(w, seed).work(t, testsize.N(60, 500))
		if seed%20 == 0 {
			w.judged(t)
		}
	}
}

// judged fails unless PostGIS finds every area valid and none over another.
func (w *town) judged(t *testing.T) {
	t.Helper()
	r := &coverage.Result{}
	for _, l := range w.layers {
		r.Layers = append(r.Layers, slices.Collect(maps.Values(l)))
	}
	conn := pgtest.Connect(t)
	allValid(t, conn, r)
	noOverlaps(t, conn, r)
}

// Gaps inside a parent and at the outer border: ground that nobody holds is won and lost.
func TestAnyEditsOfATownWithGapsKeepItWhole(t *testing.T) {
	t.Parallel()
	for seed := range uint64(testsize.N(6, 60)) {
		r := rand.New(rand.NewPCG(seed, 2))
		w := townOf(t, wavyCity(5+r.IntN(5), 1+r.IntN(4))...)
		for range 4 {
			codes := slices.Sorted(maps.Keys(w.layers[0]))
			code := codes[r.IntN(len(codes))]
			delete(w.layers[0], code)
			delete(w.boxes[0], code)
		}
		t.Log("seed ", seed)
		p := newPlanner(w, seed)
		p.gaps = true
		p.work(t, testsize.N(60, 500))
		if seed%20 == 10 {
			w.judged(t)
		}
	}
}

// Areas a few units wide, where rounding bends everything.
func TestAnyEditsOfASpeckOfACityKeepItWhole(t *testing.T) {
	t.Parallel()
	for seed := range uint64(testsize.N(6, 60)) {
		r := rand.New(rand.NewPCG(seed, 3))
		city := wavyCity(4+r.IntN(5), 1+r.IntN(4))
		scale := []float64{1000, 300, 100}[seed%3]
		for _, a := range city[0].Areas {
			ring := a.Parts[0].Geometry.(orb.Polygon)[0]
			for i, p := range ring {
				ring[i] = orb.Point{120 + (p[0]-120)/scale, 30 + (p[1]-30)/scale}
			}
		}
		w := townOf(t, city...)
		t.Log("seed ", seed)
		p := newPlanner(w, seed)
		p.gaps = true
		p.work(t, testsize.N(40, 500))
	}
}

// Streets and a district whose borders are nowhere near most edits.
func TestAnyEditsDeepInsideADistrictKeepItWhole(t *testing.T) {
	t.Parallel()
	w := newWideTown(t, 24)
	newPlanner(w.town, 8).work(t, testsize.N(60, 500))
}

// The new street is a hole in another one, whose border is nowhere near.
func TestAStreetBegunInsideAnotherLeavesAHole(t *testing.T) {
	t.Parallel()
	w := newWideTown(t, 24)
	middle := geo.AreaCode("002002")
	if w.layers[1][middle].Parent != "S000000" {
		t.Fatal(w.layers[1][middle].Parent)
	}
	r, err := coverage.Reparent(t.Context(), w.near, 1, w.boxOf(1, middle), map[geo.AreaCode]geo.AreaCode{middle: "N"}, map[geo.AreaCode]geo.AreaCode{"N": "D000000"}, within)
	if err != nil || len(r.Layers[2]) != 2 || len(r.Layers[3]) != 0 {
		t.Fatalf("%v, %v", r, err)
	}
	w.apply(t, r)
	w.sound(t)
	if s := w.layers[2]["S000000"]; len(s.Shape) != 1 || len(s.Shape[0]) != 2 {
		t.Errorf("the street has %d polygons", len(s.Shape))
	}
}
