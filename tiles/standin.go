package tiles

import (
	"cmp"
	"encoding/binary"
	"math"
	"slices"
	"strings"

	"github.com/paulmach/orb/maptile"

	"gridwarden/geo"
	"gridwarden/geo/index"
)

// standIn is what is drawn of a layer at a zoom: the lowest layer of its chain from there
// upwards whose areas typically are a pixel or more wide, the top one when none is.
type standIn struct {
	of, layer geo.LayerName
	above     []geo.LayerName // those above layer, the next first
}

func standInAt(s *index.Snapshot, n geo.LayerName, z maptile.Zoom) standIn {
	chain := s.Chain(n)
	in := standIn{n, n, chain[slices.Index(chain, n)+1:]}
	for len(in.above) > 0 && isFine(s, in.layer, z) {
		in.layer, in.above = in.above[0], in.above[1:]
	}
	return in
}

// isFine tells whether the areas of a layer are typically less than a pixel wide.
func isFine(s *index.Snapshot, n geo.LayerName, z maptile.Zoom) bool {
	typical := s.TypicalSide(n)
	return typical > 0 && typical/(360*geo.Scale)*math.Exp2(extentBits+float64(z)) < pixel
}

// drawnArea is an area of a tile on its way to be drawn.
type drawnArea struct {
	*geo.Area
	from   []uint8 // see [index.Snapshot.Zooms]
	merged uint64  // how many areas it stands for; 0: itself
}

// gather are the areas to be drawn that may meet a box, by code.
func (in *standIn) gather(s *index.Snapshot, w *Want, p *pen) []drawnArea {
	all := p.areas[:0]
	defer func() { p.areas = all }()
	if in.layer == in.of {
		for a, from := range s.Drawn(in.of, p.reach) {
			if w.Filter.Area(a) {
				all = append(all, drawnArea{a, from, 0})
			}
		}
		p.sortByCode(all)
		return all
	}
	counts, loose := s.Beneath(in.of, in.layer, w.picked())
	for a, from := range s.Drawn(in.layer, p.reach) {
		if n := counts[a.Code]; n > 0 {
			all = append(all, drawnArea{a, from, n})
		}
	}
	for _, a := range loose {
		if p.reach.Intersects(a.Shape.Box()) {
			all = append(all, drawnArea{a, s.Zooms(a), 0})
		}
	}
	p.sortByCode(all)
	return all
}

// sortByCode orders areas by code, those of several layers with the same code by layer.
func (d *pen) sortByCode(areas []drawnArea) {
	if len(areas) == 0 {
		return
	}
	skip := sharedPrefix(areas)
	d.ranks = d.ranks[:0]
	for i := range areas {
		d.ranks = append(d.ranks, rank{head(areas[i].Code[skip:]), i})
	}
	slices.SortFunc(d.ranks, func(p, q rank) int {
		if p.head != q.head {
			return cmp.Compare(p.head, q.head)
		}
		a, b := &areas[p.at], &areas[q.at]
		return cmp.Or(strings.Compare(string(a.Code), string(b.Code)), strings.Compare(string(a.Layer), string(b.Layer)))
	})
	d.sorted = append(d.sorted[:0], areas...)
	for i, r := range d.ranks {
		areas[i] = d.sorted[r.at]
	}
}

// rank is the place of an area, and what comes first in its code: most are told apart by it.
type rank struct {
	head uint64
	at   int
}

// head is the first eight bytes of a code as a number that is in the same order.
func head(code geo.AreaCode) uint64 {
	var b [8]byte
	copy(b[:], code)
	return binary.BigEndian.Uint64(b[:])
}

// sharedPrefix is how many bytes all codes begin with in common.
func sharedPrefix(areas []drawnArea) int {
	first := areas[0].Code
	n := len(first)
	for i := range areas {
		code := areas[i].Code
		n = min(n, len(code))
		for code[:n] != first[:n] {
			n--
		}
	}
	return n
}

// climb puts in the place of areas those of a layer above that hold them, each for as many
// as are drawn in the tile. Areas without one stay.
func climb(s *index.Snapshot, p *pen, areas []drawnArea, to geo.LayerName) []drawnArea {
	var all []drawnArea
	places := map[*geo.Area]int{}
	for i := range areas {
		a := &areas[i]
		if _, drawn := p.draw(&a.Shape, a.from); len(drawn) == 0 {
			continue
		}
		up := ancestor(s, a.Area, to)
		if up == nil {
			all = append(all, *a)
			continue
		}
		at, known := places[up]
		if !known {
			at = len(all)
			places[up], all = at, append(all, drawnArea{up, s.Zooms(up), 0})
		}
		all[at].merged += max(1, a.merged)
	}
	p.sortByCode(all)
	return all
}

// ancestor is the area of a layer above that holds a; nil where there is none.
func ancestor(s *index.Snapshot, a *geo.Area, to geo.LayerName) *geo.Area {
	for a != nil && a.Layer != to {
		l, _ := s.Layer(a.Layer)
		a = s.Area(l.Parent, a.Parent)
	}
	return a
}
