package index

import (
	"cmp"
	"iter"
	"sync"

	"github.com/tidwall/btree"

	"gridwarden/geo"
)

// Zooms tells from which zoom on each vertex of an area of this view is drawn: a byte for
// each, polygon by polygon, ring by ring, line by line, at most [simplify.EveryVertex]. In
// a coverage two neighbours are told the same for the border they share. nil, for an area
// that is not of this view: all from zoom 0 on. It is worked out when first asked for and
// shared: read only.
func (s *Snapshot) Zooms(a *geo.Area) []uint8 {
	if l := s.atlas.layer(a.Layer); l != nil {
		if e := l.find(a.Code); e != nil && e.area == a {
			return l.zooms(e)
		}
	}
	return nil
}

// Drawn are the areas of a layer whose box meets b, in no order, each with its Zooms: it
// spares whoever draws them all asking for each by its code.
func (s *Snapshot) Drawn(n geo.LayerName, b geo.Box) iter.Seq2[*geo.Area, []uint8] {
	return func(yield func(*geo.Area, []uint8) bool) {
		if l := s.atlas.layer(n); l != nil {
			l.boxes.tree.meeting(b, func(e *entry) bool { return yield(e.area, l.zooms(e)) })
		}
	}
}

var tracers = sync.Pool{New: func() any { return &tracer{} }}

// zooms are those of an area of the layer. An entry is held only by views in which its
// neighbours are the same, see renew, so that it does not matter which of them is asked first.
func (l *layer) zooms(e *entry) []uint8 {
	if known := e.zooms.Load(); known != nil {
		return *known
	}
	t := tracers.Get().(*tracer)
	found := t.zooms(l, e)
	tracers.Put(t)
	e.zooms.Store(&found) // another who does so now has found the same
	return found
}

// Redrawn are the areas of a layer that may be drawn otherwise than in a view before, in
// the order of their codes: as they were and as they are, nil for one that was or is not
// there. It names those with a new version, and in a coverage those whose neighbours have,
// for borders change at both sides. Of views that do not follow one another by Apply it
// names all areas. Where the layer is as it was it costs nothing, else a look at each area.
func (s *Snapshot) Redrawn(before *Snapshot, n geo.LayerName) iter.Seq2[*geo.Area, *geo.Area] {
	was, is := before.atlas.layer(n), s.atlas.layer(n)
	return func(yield func(*geo.Area, *geo.Area) bool) {
		if was == is {
			return
		}
		old, now := walkOf(was), walkOf(is)
		for old.there || now.there {
			a, b := old.pair(&now)
			if a != b && !yield(a.areaOrNil(), b.areaOrNil()) {
				return
			}
		}
	}
}

// walk goes through the areas of a layer in the order of their codes.
type walk struct {
	btree.MapIter[geo.AreaCode, *entry]
	there bool
}

// walkOf is at the first area; nowhere in a layer that is not there.
func walkOf(l *layer) (w walk) {
	if l != nil {
		w.MapIter = l.byCode.tree.Iter()
		w.there = w.First()
	}
	return w
}

// next is the entry at hand; the walk goes on.
func (w *walk) next() *entry {
	e := w.Value()
	w.there = w.Next()
	return e
}

// pair are the entries of the next code in either walk, nil where one has none.
func (w *walk) pair(o *walk) (a, b *entry) {
	order := 0
	switch {
	case !o.there:
		order = -1
	case !w.there:
		order = 1
	default:
		order = cmp.Compare(w.Key(), o.Key())
	}
	if order <= 0 {
		a = w.next()
	}
	if order >= 0 {
		b = o.next()
	}
	return a, b
}

func (e *entry) areaOrNil() *geo.Area {
	if e == nil {
		return nil
	}
	return e.area
}
