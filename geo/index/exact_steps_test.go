package index

import (
	"maps"
	"reflect"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"gridwarden/geo"
)

// fabric is a small city whose borders, areas, parents and layers change. Every state it
// was in is kept, with the view that showed it.
type fabric struct {
	mesh   *mesh
	group  int // labels to a block
	beats  bool
	loose  bool // the grids have no parent layer
	scale  int32
	corner geo.Coord
	lastID geo.AreaID
	states []state
}

// state is the city at one position.
type state struct {
	at     geo.Position
	layers map[geo.LayerName]geo.Layer
	areas  map[string]*geo.Area // by layer and code
	view   *Snapshot
}

// draw is the state that the city is in now: areas that are as they were before are the same.
func (f *fabric) draw(before state) state {
	now := state{at: position(len(f.states) + 1), layers: map[geo.LayerName]geo.Layer{}, areas: map[string]*geo.Area{}}
	m := *f.mesh
	m.corners = slices.Clone(m.corners)
	for i := range m.corners {
		m.corners[i] = slices.Clone(m.corners[i])
	}
	m.stretch(f.scale, f.scale, f.corner)
	c := m.chain(f.group)
	if f.beats {
		c.Layers = append(c.Layers, geo.Layer{Name: "beats", Kind: geo.Coverage, Rank: 0})
		for label := range 4 {
			if shape := m.outline(func(i, j int) bool { return (i*3+j+m.label[0][0])%4 == label }); shape != nil {
				c.Areas = append(c.Areas, &geo.Area{Layer: "beats", Code: geo.AreaCode(rune('z' - label)), Shape: geo.Shape{Polygons: shape}})
			}
		}
	}
	for _, l := range c.Layers {
		if f.loose {
			l.Parent = ""
		}
		now.layers[l.Name] = l
	}
	for _, a := range c.Areas {
		key := string(a.Layer) + " " + string(a.Code)
		if old := before.areas[key]; old != nil && old.Parent == a.Parent && reflect.DeepEqual(old.Shape, a.Shape) {
			now.areas[key] = old
			continue
		}
		f.lastID++
		a.ID = f.lastID
		now.areas[key] = a
	}
	return now
}

// changes lead from one state to another.
func (s state) changes(to state) *geo.Changes {
	c := &geo.Changes{From: s.at, To: to.at}
	for n, l := range to.layers {
		if old, known := s.layers[n]; !known || old != l {
			c.Layers = append(c.Layers, l)
		}
	}
	for n := range s.layers {
		if _, stays := to.layers[n]; !stays {
			c.LayersEnded = append(c.LayersEnded, n)
		}
	}
	for key, a := range s.areas {
		if to.areas[key] != a {
			c.AreasEnded = append(c.AreasEnded, a.ID)
		}
	}
	for key, a := range to.areas {
		if s.areas[key] != a {
			c.Areas = append(c.Areas, a)
		}
	}
	return c
}

// edit changes the city as people do: cells go to another area, a corner is moved, parents
// are dealt anew, layers come and are cut loose.
func (f *fabric) edit(t *rapid.T) {
	m := f.mesh
	cell := func() (i, j int) {
		return rapid.IntRange(0, m.w-1).Draw(t, "i"), rapid.IntRange(0, m.h-1).Draw(t, "j")
	}
	switch rapid.SampledFrom([]string{"cells", "cells", "corner", "corner", "parents", "beats", "loose", "nothing", "all"}).Draw(t, "edit") {
	case "cells":
		for range rapid.IntRange(1, 3).Draw(t, "cells") {
			i, j := cell()
			m.label[i][j] = rapid.IntRange(-1, 9).Draw(t, "label")
		}
	case "corner":
		i, j := cell()
		m.corners[i][j] = geo.Coord{X: int32(4*i) + rapid.Int32Range(-1, 1).Draw(t, "x"), Y: int32(4*j) + rapid.Int32Range(-1, 1).Draw(t, "y")}
	case "parents":
		f.group = rapid.IntRange(1, 5).Draw(t, "group")
	case "beats":
		f.beats = true
	case "loose":
		f.loose = !f.loose
	case "all":
		label := rapid.IntRange(-1, 3).Draw(t, "label")
		for i := range m.label {
			for j := range m.label[i] {
				m.label[i][j] = label
			}
		}
	}
}

// touched are the areas that a change ends and begins.
func (s state) touched(c *geo.Changes) (areas []*geo.Area) {
	for _, a := range s.areas {
		if slices.Contains(c.AreasEnded, a.ID) {
			areas = append(areas, a)
		}
	}
	return append(areas, c.Areas...)
}

// check asks the view of a state, most of all where it was touched.
func (s state) check(t *rapid.T, touched []*geo.Area) {
	areas := slices.Collect(maps.Values(s.areas))
	if len(areas) == 0 {
		return
	}
	whole := begun(t, state{layers: map[geo.LayerName]geo.Layer{}}.changes(s))
	if s.view.ContentHash() != whole.ContentHash() {
		t.Fatal("the content differs from one load of everything")
	}
	for name := range s.layers {
		if s.view.Bounds(name) != whole.Bounds(name) || s.view.AreaCount(name) != whole.AreaCount(name) {
			t.Fatalf("layer %s has other bounds or another count than one load of everything", name)
		}
	}
	x := newExam(t, s.view, areas, true)
	x.sit(newProbes(rapid.Uint64().Draw(t, "seed"), areas), sizes{anywhere: 40, vertices: 20, borders: 20, lines: 20})
	if len(touched) > 0 {
		x.sit(newProbes(rapid.Uint64().Draw(t, "seed"), touched), sizes{anywhere: 60, vertices: 20, borders: 20, lines: 20})
	}
}

func begun(t *rapid.T, c *geo.Changes) *Snapshot {
	s, err := Empty().Apply(c)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestAfterAnyChangesEveryLookUpIsAsInAViewMadeAnew(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		r := random(rapid.Uint64().Draw(t, "city"))
		f := &fabric{mesh: newMesh(r, 1+r.IntN(16), 1+r.IntN(16), 9), group: 2,
			scale:  rapid.SampledFrom([]int32{1, 50, 1 << 12, 1 << 20}).Draw(t, "scale"),
			corner: geo.Coord{X: r.Int32N(2_000_000) - 1_000_000, Y: r.Int32N(2_000_000) - 1_000_000}}
		first := f.draw(state{})
		empty := state{layers: map[geo.LayerName]geo.Layer{}}
		first.view = begun(t, empty.changes(first))
		f.states = append(f.states, first)
		now := first
		for range rapid.IntRange(1, 8).Draw(t, "steps") {
			next := rapid.SampledFrom(f.states).Draw(t, "back to")
			if rapid.IntRange(0, 4).Draw(t, "forward") > 0 {
				f.edit(t)
				next = f.draw(now)
			}
			c := now.changes(next)
			var err error
			if next.view, err = now.view.Apply(c); err != nil {
				t.Fatal(err)
			}
			if next.at == position(len(f.states)+1) {
				f.states = append(f.states, next)
			}
			next.check(t, now.touched(c))
			now = next
		}
		rapid.SampledFrom(f.states).Draw(t, "earlier view").check(t, nil)
	})
}
