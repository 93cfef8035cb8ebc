package tiles

import (
	"slices"

	"github.com/paulmach/orb/maptile"

	"gridwarden/geo"
	"gridwarden/geo/index"
)

// frames is how many there are.
const frames = int(Geographic) + 1

// Dirty are the tiles whose bytes a step from one view to the next can have changed. All
// others are as they were, to the byte. It does not change.
type Dirty struct {
	From, Position geo.Position // of the views before and after
	Edition        geo.Edition  // that the step published, the newest of several; 0: none
	frames         [frames]bool // that were worked out
	all            bool         // everything may be otherwise
	sets           map[ground]*Set
}

// ground is what a set of tiles is told of: a layer in a frame. asked are those that differ
// besides only for who asks for other attributes than the usual ones, or with a filter.
type ground struct {
	frame Frame
	layer geo.LayerName
	asked bool
}

// Changed works out what the changes c, which lead from one view to the next, do to the
// tiles of some frames; of other frames it says that everything may have changed, and so it
// does without c.
//
// Of an area that is drawn otherwise than before these are the tiles along the pieces of its
// border that differ on the grid of the zoom, and those inside that change hands; all its
// tiles when what is said of it is otherwise. Of an asset it is its tile with the
// neighbours whose buffer it stands in, and where assets are counted the one tile that
// counts it. Where more than a few thousand tiles of a zoom are touched, and of large
// imports, tiles further up are named with all below. A department or a category with
// another name, and a layer joined otherwise, are every tile of the layers they show in.
func Changed(before, after *index.Snapshot, c *geo.Changes, frames ...Frame) *Dirty {
	d := &Dirty{From: before.Position(), Position: after.Position(), sets: map[ground]*Set{}}
	if now := after.Edition().Number; now != before.Edition().Number {
		d.Edition = now
	}
	if c == nil || before.Position() == (geo.Position{}) {
		d.all = true
		return d
	}
	for _, f := range frames {
		d.frames[f] = true
	}
	x := newStep(before, after, c)
	for _, f := range frames {
		d.areas(x, f)
		d.assets(x, f)
	}
	return d
}

// Of are the tiles of a layer in a frame: those that everybody has to fetch anew, or when
// asked is true those of who asks for attributes or with a filter.
func (d *Dirty) Of(f Frame, layer geo.LayerName, asked bool) *Set {
	if d.all || !d.frames[f] {
		return everything
	}
	usual, more := d.sets[ground{f, layer, false}], d.sets[ground{f, layer, true}]
	switch {
	case !asked || more.Empty():
		return usual
	case usual.Empty():
		return more
	}
	return union([]*Set{usual, more})
}

// touches tells whether a tile that shows something is among them.
func (d *Dirty) touches(w scope, t maptile.Tile) bool {
	if d.all || !d.frames[w.frame] {
		return true
	}
	return slices.ContainsFunc(w.layers, func(l geo.LayerName) bool {
		return d.sets[ground{w.frame, l, false}].Has(t) || w.asked && d.sets[ground{w.frame, l, true}].Has(t)
	})
}

// scope is of a want what tells which changes it shows.
type scope struct {
	layers []geo.LayerName
	frame  Frame
	asked  bool
}

// scope is that of a view; where something is hidden, what else differs may be hidden or not.
func (w *Want) scope(hides bool) scope {
	return scope{canonical(w.Layers), w.Frame, w.Fields != nil || w.Filter != nil || hides}
}

// Layers are those that have dirty tiles in a frame, by name; known is false where all may.
func (d *Dirty) Layers(f Frame) (names []geo.LayerName, known bool) {
	if d.all || !d.frames[f] {
		return nil, false
	}
	for g := range d.sets {
		if g.frame == f {
			names = append(names, g.layer)
		}
	}
	slices.Sort(names)
	return slices.Compact(names), true
}

func (d *Dirty) add(g ground, s *Set) {
	if !s.Empty() {
		d.sets[g] = s
	}
}

// bytes is about what it takes.
func (d *Dirty) bytes() int {
	n := 256
	for _, s := range d.sets {
		n += 128 + s.bytes()
	}
	return n
}

// together are the tiles dirtied by any of some steps that follow one another.
func together(steps []*Dirty) *Dirty {
	all := &Dirty{sets: map[ground]*Set{}}
	for f := range all.frames {
		all.frames[f] = !slices.ContainsFunc(steps, func(d *Dirty) bool { return !d.frames[f] })
	}
	sets := map[ground][]*Set{}
	for _, d := range steps {
		all.all = all.all || d.all
		for g, s := range d.sets {
			sets[g] = append(sets[g], s)
		}
	}
	for g, s := range sets {
		all.sets[g] = union(s)
	}
	return all
}

// step is a change of the view, and what is looked up of it once for all frames.
type step struct {
	before, after *index.Snapshot
	changes       *geo.Changes
	layers        []geo.LayerName // of either view, by name
	redrawn       map[geo.LayerName]redrawn
	moved         []moved
}

func newStep(before, after *index.Snapshot, c *geo.Changes) *step {
	x := &step{before: before, after: after, changes: c, redrawn: map[geo.LayerName]redrawn{}}
	for _, l := range append(before.Layers(), after.Layers()...) {
		x.layers = append(x.layers, l.Name)
	}
	slices.Sort(x.layers)
	x.layers = slices.Compact(x.layers)
	for _, n := range x.layers {
		x.redrawn[n] = x.look(n)
	}
	x.moved = x.assets()
	return x
}
