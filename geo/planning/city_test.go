package planning_test

import (
	"crypto/sha256"
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/paulmach/orb"

	"gridwarden/geo"
	"gridwarden/geo/index"
	"gridwarden/geo/planning"
)

// store is the database of these tests: it keeps the open state and applies publications
// by the rules that the real one holds them to.
type store struct {
	tb      testing.TB
	base    geo.Base
	open    map[geo.AreaID]*geo.Area
	view    *index.Snapshot // moved by every publication
	newest  geo.AreaID
	options planning.Options // of the imports that name none
}

func newStore(tb testing.TB, departments ...geo.Department) *store {
	return &store{
		tb: tb, open: map[geo.AreaID]*geo.Area{}, view: index.Empty(),
		base:    geo.Base{Departments: departments},
		options: planning.Options{Tolerance: 1},
	}
}

// load is the base that an import of these layers starts from.
func (s *store) load(inputs []geo.LayerInput) *geo.Base {
	base := s.base
	needed := planning.Needed(base.Layers, inputs)
	base.Areas = nil
	for _, id := range slices.Sorted(maps.Keys(s.open)) {
		if a := s.open[id]; slices.Contains(needed, a.Layer) {
			base.Areas = append(base.Areas, a)
		}
	}
	return &base
}

// try imports layers and publishes what comes of it.
func (s *store) try(o planning.Options, inputs ...geo.LayerInput) (*planning.Outcome, error) {
	s.tb.Helper()
	out, err := planning.Import(s.tb.Context(), s.load(inputs), inputs, o)
	if err == nil && out.Publication != nil && !o.Examine {
		s.publish(out.Publication)
	}
	return out, err
}

// must imports layers, which has to succeed.
func (s *store) must(inputs ...geo.LayerInput) *planning.Outcome {
	s.tb.Helper()
	out, err := s.try(s.options, inputs...)
	if err != nil {
		s.tb.Fatalf("%v\n%s", err, messages(out))
	}
	return out
}

// refused imports layers, which has to fail with the kind and a report or sentence that
// holds every part.
func (s *store) refused(kind geo.Kind, parts []string, inputs ...geo.LayerInput) *planning.Outcome {
	s.tb.Helper()
	out, err := s.try(s.options, inputs...)
	if err == nil || geo.KindOf(err) != kind {
		s.tb.Fatalf("error %v of kind %d, want kind %d\n%s", err, geo.KindOf(err), kind, messages(out))
	}
	for _, part := range parts {
		if all := err.Error() + messages(out); !strings.Contains(all, part) {
			s.tb.Errorf("it does not say %q: %s", part, all)
		}
	}
	return out
}

// refusedWith is refused with options of its own.
func (s *store) refusedWith(o planning.Options, kind geo.Kind, part string, inputs ...geo.LayerInput) {
	s.tb.Helper()
	usual := s.options
	s.options = o
	s.refused(kind, []string{part}, inputs...)
	s.options = usual
}

func sameShape(a, b *geo.Area) bool { return reflect.DeepEqual(a.Shape, b.Shape) }

func messages(out *planning.Outcome) string {
	if out == nil {
		return ""
	}
	var b strings.Builder
	for _, f := range out.Faults {
		fmt.Fprintf(&b, "%s (error %v, mended %v): %s\n", f.Kind, f.Error, f.Mended, f.Sentence())
	}
	return b.String()
}

// publish applies a publication, refusing what the database would refuse.
func (s *store) publish(p *geo.Publication) {
	s.tb.Helper()
	if p.Base != s.base.Edition {
		s.tb.Fatalf("made from edition %d, the newest is %d", p.Base, s.base.Edition)
	}
	s.base.Edition++
	for _, l := range p.Layers {
		s.base.Layers = slices.DeleteFunc(slices.Clone(s.base.Layers), func(o geo.Layer) bool { return o.Name == l.Name })
		s.base.Layers = append(s.base.Layers, l)
	}
	for _, id := range p.Ended {
		if s.open[id] == nil {
			s.tb.Fatalf("area number %d ends and is not open", id)
		}
		delete(s.open, id)
	}
	taken := map[geo.LayerName]map[geo.AreaCode]bool{}
	for _, a := range s.open {
		take(taken, a)
	}
	begun := make([]*geo.Area, len(p.Areas))
	for i, a := range p.Areas {
		if !take(taken, a) {
			s.tb.Fatalf("%s %s would be open twice", a.Layer, a.Code)
		}
		if err := a.Shape.Check(); err != nil {
			s.tb.Fatalf("%s %s: %v", a.Layer, a.Code, err)
		}
		next := *a
		s.newest++
		next.ID, next.From = s.newest, s.base.Edition
		s.open[next.ID], begun[i] = &next, &next
	}
	s.show(&geo.Changes{From: s.view.Position(), Layers: p.Layers, AreasEnded: p.Ended, Areas: begun})
}

func take(taken map[geo.LayerName]map[geo.AreaCode]bool, a *geo.Area) bool {
	if taken[a.Layer] == nil {
		taken[a.Layer] = map[geo.AreaCode]bool{}
	}
	if taken[a.Layer][a.Code] {
		return false
	}
	taken[a.Layer][a.Code] = true
	return true
}

// show moves the view.
func (s *store) show(c *geo.Changes) {
	s.tb.Helper()
	c.To.Sequence = c.From.Sequence + 1
	c.Edition.Number = s.base.Edition
	view, err := s.view.Apply(c)
	if err != nil {
		s.tb.Fatal(err)
	}
	s.view = view
}

// layer is the stored layer of a name.
func (s *store) layer(name geo.LayerName) geo.Layer {
	l, _ := s.view.Layer(name)
	return l
}

// area is the open area of a code, which has to be there.
func (s *store) area(layer geo.LayerName, code geo.AreaCode) *geo.Area {
	s.tb.Helper()
	a := s.view.Area(layer, code)
	if a == nil {
		s.tb.Fatalf("%s has no %s", layer, code)
	}
	return a
}

// sound fails unless the stored areas have no error and every one has the parent its
// layer asks for.
func (s *store) sound() {
	s.tb.Helper()
	base := s.base
	for _, id := range slices.Sorted(maps.Keys(s.open)) {
		base.Areas = append(base.Areas, s.open[id])
	}
	faults, err := planning.Check(s.tb.Context(), &base, "")
	if err != nil {
		s.tb.Fatal(err)
	}
	for _, f := range faults {
		if f.Error {
			s.tb.Errorf("stored: %s", f.Sentence())
		}
	}
	for _, a := range base.Areas {
		switch above := s.layer(a.Layer).Parent; {
		case above == "" && a.Parent != "":
			s.tb.Errorf("%s %s has the parent %s, its layer none", a.Layer, a.Code, a.Parent)
		case above != "" && s.view.Area(above, a.Parent) == nil:
			s.tb.Errorf("%s %s has the parent %q, which %s does not have", a.Layer, a.Code, a.Parent, above)
		}
	}
}

// unit is the side of one cell of the drawing board, in degrees: about 100 metres.
const unit = 0.001

// cell is a square of the drawing board.
type cell struct{ x, y int }

// corner is a corner of the board with what the hand adds: a wobble all drawings share.
func corner(x, y int) orb.Point {
	r := rand.New(rand.NewPCG(uint64(x+1000), uint64(y+1000)))
	return orb.Point{
		120 + unit*(float64(x)+0.3*(r.Float64()-0.5)),
		30 + unit*(float64(y)+0.3*(r.Float64()-0.5)),
	}
}

// hand draws cells. A shaky one misses every corner by up to some metres.
type hand struct {
	shaky  float64 // metres
	random *rand.Rand
}

func (h *hand) point(x, y int) orb.Point {
	p := corner(x, y)
	if h.shaky > 0 {
		angle, far := 2*math.Pi*h.random.Float64(), h.shaky*h.random.Float64()/111320
		p[0] += far * math.Cos(angle)
		p[1] += far * math.Sin(angle)
	}
	return p
}

// block is the rectangle of cells from (x0, y0) to (x1, y1), with every corner of the
// board along its border as a vertex.
func (h *hand) block(x0, y0, x1, y1 int) orb.Polygon {
	var ring orb.Ring
	for x := x0; x < x1; x++ {
		ring = append(ring, h.point(x, y0))
	}
	for y := y0; y < y1; y++ {
		ring = append(ring, h.point(x1, y))
	}
	for x := x1; x > x0; x-- {
		ring = append(ring, h.point(x, y1))
	}
	for y := y1; y > y0; y-- {
		ring = append(ring, h.point(x0, y))
	}
	return orb.Polygon{append(ring, ring[0])}
}

// block draws with a firm hand.
func block(x0, y0, x1, y1 int) orb.Polygon { return new(hand).block(x0, y0, x1, y1) }

func random(seed uint64) *rand.Rand { return rand.New(rand.NewPCG(seed, seed)) }

// road is a line from corner to corner that answers on its left.
func road(code geo.AreaCode, x0, y0, x1, y1 int) geo.AreaInput {
	return geo.AreaInput{Code: code, Side: geo.Left, Parts: []geo.AreaPart{{
		Source: geo.Source{File: "file", Feature: 1}, Geometry: orb.LineString{corner(x0, y0), corner(x1, y1)},
	}}}
}

// middle is a place well inside a cell.
func middle(c cell) geo.Coord {
	p, err := geo.CoordOf(120+unit*(float64(c.x)+0.5), 30+unit*(float64(c.y)+0.5))
	if err != nil {
		panic(err)
	}
	return p
}

// drawn is an area as read from a file, a part for each geometry.
func drawn(code geo.AreaCode, parts ...orb.Polygon) geo.AreaInput {
	in := geo.AreaInput{Code: code, Name: "the " + string(code)}
	for i, p := range parts {
		in.Parts = append(in.Parts, geo.AreaPart{Source: geo.Source{File: "file", Feature: i + 1}, Geometry: p})
	}
	return in
}

// under gives an area the parent that its file names.
func under(parent geo.AreaCode, in geo.AreaInput) geo.AreaInput {
	in.Parent = parent
	return in
}

// having gives an area attributes.
func having(attributes string, in geo.AreaInput) geo.AreaInput {
	in.Attributes = []byte(attributes)
	return in
}

// layerOf is a layer as an import gives it, its areas hashed as a reader hashes them.
func layerOf(l geo.Layer, areas ...geo.AreaInput) geo.LayerInput {
	in := geo.LayerInput{Layer: l, Areas: slices.Clone(areas)}
	for i := range in.Areas {
		a := &in.Areas[i]
		words := sha256.Sum256(fmt.Appendf(nil, "%q %q %q %q %s %q %v %q", a.Code, a.Name, a.Department, a.Parent, a.Attributes, a.Side, a.Reach, a.Class))
		drawing := sha256.New()
		for _, p := range a.Parts {
			fmt.Fprintf(drawing, "%v", p.Geometry)
		}
		copy(a.Hash[:16], words[:])
		copy(a.Hash[16:], drawing.Sum(nil))
	}
	slices.SortFunc(in.Areas, func(a, b geo.AreaInput) int { return strings.Compare(string(a.Code), string(b.Code)) })
	return in
}

// fabric is a coverage as an import gives it.
func fabric(name, parent geo.LayerName, areas ...geo.AreaInput) geo.LayerInput {
	return layerOf(geo.Layer{Name: name, Kind: geo.Coverage, Parent: parent}, areas...)
}

func merged(in geo.LayerInput) geo.LayerInput {
	in.Merge = true
	return in
}

func dissolved(name, from geo.LayerName, field string) geo.LayerInput {
	return geo.LayerInput{
		Layer:    geo.Layer{Name: name, Kind: geo.Coverage},
		Dissolve: &geo.Dissolve{From: from, Code: field, Name: field + "name", Department: "office"},
	}
}

// the small town: two streets side by side, west and east, with two grids each.
func smallTown() (streets, grids geo.LayerInput) {
	return fabric("streets", "", drawn("W", block(0, 0, 1, 2)), drawn("E", block(1, 0, 2, 2))),
		fabric("grids", "streets",
			drawn("W1", block(0, 0, 1, 1)), drawn("W2", block(0, 1, 1, 2)),
			drawn("E1", block(1, 0, 2, 1)), drawn("E2", block(1, 1, 2, 2)))
}
