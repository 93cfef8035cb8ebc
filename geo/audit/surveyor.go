package audit

import (
	"context"
	"reflect"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"

	"gridwarden/geo"
	"gridwarden/geo/duty"
	"gridwarden/geo/index"
)

// surveyor finds the places of a city.
//
// Cells are looked at one by one: the ground of each area of the duty chain's lowest
// layer; what an upper area of the chain has beside its children, where the layer below
// has gaps; and all that lies outside the chain. A cell through which no other border and
// no line's reach runs is one place. Into every other the borders near it are drawn, and
// each face is asked of the snapshot, so that the audit finds what routing finds. Cells
// rely on what every import and edit of areas keeps: neighbours share their nodes, and
// children lie within their parent.
//
// Its limit: where a line of one side turns back more sharply than a right angle, or parts
// of it that do not follow one another come within twice its reach, the side of the ground
// between them may be told wrong for a part of it. Where such parts lie on one another the
// snapshot itself takes one or the other by rounding.
type surveyor struct {
	view     *index.Snapshot
	chain    []geo.LayerName // lowest first
	relevant []geo.LayerName // the layers a decision can depend on, the chain among them
	lines    []lineLayer
	rulings  []geo.Area           // their ground
	borders  borders              // of relevant areas beside the chain, and of rulings
	also     *surveyor            // another state, whose places are to be told apart too; nil: none
	same     func(*geo.Area) bool // areas that the other state tells already; nil: none
}

type lineLayer struct {
	name  geo.LayerName
	usual float64 // metres of reach where a line has none of its own
	reach float64 // the greatest
	named bool    // rows name the department of the nearest line
}

func newSurveyor(view *index.Snapshot, chain, relevant []geo.LayerName) *surveyor {
	s := &surveyor{view: view, chain: chain, relevant: slices.Clone(relevant)}
	for _, name := range chain {
		if !slices.Contains(s.relevant, name) {
			s.relevant = append(s.relevant, name)
		}
	}
	slices.Sort(s.relevant)
	for _, name := range s.relevant {
		l, known := view.Layer(name)
		switch {
		case !known || slices.Contains(chain, name):
		case l.Kind == geo.Lines:
			line := lineLayer{name: name, usual: l.Reach, named: names(view, name)}
			for a := range view.Areas(name, "") {
				line.reach = max(line.reach, reachOf(a, l.Reach))
			}
			s.lines = append(s.lines, line)
		default:
			for a := range view.Areas(name, "") {
				s.borders.add(a)
			}
		}
	}
	for _, r := range view.Duty().Rulings {
		if r.Ground != nil {
			s.rulings = append(s.rulings, geo.Area{Code: geo.AreaCode(r.ID), Shape: *r.Ground})
		}
	}
	for i := range s.rulings {
		s.borders.add(&s.rulings[i])
	}
	s.borders.ready()
	return s
}

// locate asks the snapshot for what a decision can depend on.
func (s *surveyor) locate(p geo.Coord) index.Place {
	if len(s.relevant) == 0 {
		return index.Place{Point: p}
	}
	return s.view.Locate(p, s.relevant...)
}

// gapAt is the lowest layer of the chain when it is missing and one above is there.
func (s *surveyor) gapAt(p *index.Place) geo.LayerName {
	for i, name := range s.chain {
		if areaOf(p, name) != nil {
			if i == 0 {
				return ""
			}
			return s.chain[i-1]
		}
	}
	return ""
}

// lowest is the lowest area of the chain at a place, nil outside it.
func (s *surveyor) lowest(p *index.Place) *geo.Area {
	for _, name := range s.chain {
		if a := areaOf(p, name); a != nil {
			return a
		}
	}
	return nil
}

// places are all places of the city, in a fixed order: by cell, and within it by set.
// Progress is told how many cells are done of how many.
func (s *surveyor) places(ctx context.Context, progress func(done, of int)) ([]Ground, error) {
	cells := s.cells()
	found := make([][]Ground, len(cells))
	var next, done atomic.Int64
	var failed atomic.Pointer[error]
	var group sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		group.Go(func() {
			for i := next.Add(1) - 1; i < int64(len(cells)) && failed.Load() == nil; i = next.Add(1) - 1 {
				grounds, err := cells[i](ctx)
				if err != nil {
					failed.Store(&err)
					return
				}
				found[i] = grounds
				if n := done.Add(1); n%512 == 0 {
					progress(int(n), len(cells))
				}
			}
		})
	}
	group.Wait()
	if err := failed.Load(); err != nil {
		return nil, *err
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	return slices.Concat(found...), nil
}

// cells are the parts of the city, each to be looked at on its own.
func (s *surveyor) cells() []func(context.Context) ([]Ground, error) {
	var cells []func(context.Context) ([]Ground, error)
	if len(s.chain) > 0 {
		for a := range s.view.Areas(s.chain[0], "") {
			cells = append(cells, func(ctx context.Context) ([]Ground, error) { return s.ofArea(ctx, a) })
		}
	}
	for i := 1; i < len(s.chain); i++ {
		children := s.children(i)
		for a := range s.view.Areas(s.chain[i], "") {
			cells = append(cells, func(ctx context.Context) ([]Ground, error) { return s.beside(ctx, a, children[a.Code]) })
		}
	}
	return append(cells, s.outside)
}

// children are the areas of the layer below one of the chain, by parent.
func (s *surveyor) children(i int) map[geo.AreaCode][]*geo.Area {
	children := map[geo.AreaCode][]*geo.Area{}
	for a := range s.view.Areas(s.chain[i-1], "") {
		children[a.Parent] = append(children[a.Parent], a)
	}
	return children
}

// ofArea are the places within an area of the lowest layer.
func (s *surveyor) ofArea(ctx context.Context, a *geo.Area) ([]Ground, error) {
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	box := a.Shape.Box()
	if s.plain(box) {
		g, ok := s.whole(a)
		if !ok {
			return nil, nil
		}
		return []Ground{g}, nil
	}
	return s.cut(ctx, &cell{border: edgesOf(a), box: box, holds: func(p *index.Place) bool { return s.lowest(p) == a }})
}

// plain tells whether nothing but the chain can divide a box.
func (s *surveyor) plain(box geo.Box) bool {
	if len(s.borders.tree.Search(wide(box), nil)) > 0 {
		return false
	}
	for _, l := range s.lines {
		for a := range s.view.AreasIn(l.name, around(box, l.reach)) {
			if s.same == nil || !s.same(a) {
				return false
			}
		}
	}
	return s.also == nil || s.also.plain(box)
}

// but is the same state with only those borders left that another does not have.
func (s *surveyor) but(other *surveyor) *surveyor {
	rest := *s
	rest.borders = borders{}
	rest.same = func(a *geo.Area) bool {
		o := other.view.Area(a.Layer, a.Code)
		return o != nil && o.ID == a.ID
	}
	for _, name := range s.relevant {
		l, known := s.view.Layer(name)
		o, kept := other.view.Layer(name)
		if known && l.Kind == geo.Lines && kept && o.Reach == l.Reach {
			continue // its lines are looked at one by one
		}
		if known && l.Kind == geo.Lines {
			rest.same = func(*geo.Area) bool { return false }
			continue
		}
		for a := range s.view.Areas(name, "") {
			if !rest.same(a) {
				rest.borders.add(a)
			}
		}
	}
	for i := range s.rulings {
		rest.borders.add(&s.rulings[i])
	}
	rest.borders.ready()
	return &rest
}

// finds tells whether another surveyor, of one state, found the places that this one would:
// all that divides ground is the same.
func (s *surveyor) finds(o *surveyor) bool {
	ruling := func(a, b geo.Area) bool {
		return a.Code == b.Code && reflect.DeepEqual(a.Shape, b.Shape)
	}
	if o.also != nil || !slices.Equal(s.chain, o.chain) || !slices.Equal(s.relevant, o.relevant) ||
		!slices.Equal(s.lines, o.lines) || !slices.EqualFunc(s.rulings, o.rulings, ruling) {
		return false
	}
	for _, name := range s.relevant {
		if !slices.Equal(slices.Collect(s.view.Areas(name, "")), slices.Collect(o.view.Areas(name, ""))) {
			return false
		}
	}
	return true
}

// whole is the ground of an area that is one place; ok is false when it is thinner than a
// unit everywhere.
func (s *surveyor) whole(a *geo.Area) (g Ground, ok bool) {
	var sides []side
	for _, e := range edgesOf(a) {
		sides = append(sides, sideOf(fineOf(e.a), fineOf(e.b), false))
	}
	at, off := inside(sides)
	if off <= offBorders {
		return g, false
	}
	east, north := geo.FrameAt(at).Scales()
	area := 0.0
	for _, polygon := range a.Shape.Polygons {
		for _, ring := range polygon {
			area += float64(ring.SignedArea2()) / 2
		}
	}
	return Ground{At: s.locate(at), SquareMetres: area * east * north, area: a}, true
}

// beside are the places within an area of an upper layer where the layer below has none.
func (s *surveyor) beside(ctx context.Context, a *geo.Area, children []*geo.Area) ([]Ground, error) {
	o := outline{}
	o.toggle(a)
	for _, child := range children {
		o.toggle(child)
	}
	edges, box := o.edges()
	if len(edges) == 0 || ctx.Err() != nil {
		return nil, ctx.Err()
	}
	return s.cut(ctx, &cell{border: edges, box: box, holds: func(p *index.Place) bool { return s.lowest(p) == a }})
}

// outside are the places beyond the chain on which anything holds at all.
func (s *surveyor) outside(ctx context.Context) ([]Ground, error) {
	box := s.reached()
	if s.also != nil {
		box = box.Union(s.also.reached())
	}
	o := outline{}
	if len(s.chain) > 0 && !box.IsEmpty() {
		for a := range s.view.Areas(s.chain[len(s.chain)-1], "") {
			o.toggle(a)
		}
	}
	edges, _ := o.edges()
	return s.cut(ctx, &cell{border: edges, box: box, holds: func(p *index.Place) bool { return s.lowest(p) == nil }, wide: true})
}

// names tells whether a row takes its department from the nearest line of a layer.
func names(view *index.Snapshot, layer geo.LayerName) bool {
	return slices.ContainsFunc(view.Duty().Rules, func(r geo.DutyRow) bool {
		a, err := duty.ParseAssign(r.Assign)
		return err == nil && a.To == duty.ToLayer && a.Layer == layer
	})
}

// reached is the box round everything but the chain.
func (s *surveyor) reached() geo.Box {
	box := geo.EmptyBox()
	for _, r := range s.borders.runs {
		box = box.Union(r.box)
	}
	for _, l := range s.lines {
		for a := range s.view.Areas(l.name, "") {
			if b := a.Shape.Box(); !b.IsEmpty() {
				box = box.Union(around(b, reachOf(a, l.usual)))
			}
		}
	}
	return box
}
