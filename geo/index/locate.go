package index

import (
	"cmp"
	"slices"
	"strings"

	"gridwarden/geo"
)

// Place is everything that lies at one point.
type Place struct {
	Point geo.Coord
	Areas []Hit     // in the order of [Snapshot.Layers], within an overlay by code
	Lines []LineHit // nearest first
}

// Hit is an area that holds or touches a point.
type Hit struct {
	Area       *geo.Area
	OnEdge     bool        // the point is exactly on its border
	Neighbours []*geo.Area // coverages: the others whose border the point is exactly on, by code
}

// Locate tells what is at p in the layers named; without names, in all. Unknown layers
// are passed over.
//
// In a coverage at most one area answers: the one that holds the point moved by (+ε, +ε²),
// else of those that touch p the one with the smallest code. Layers of one chain agree:
// the lowest is asked even when only an upper one is named, the layers above follow by
// Parent, and a layer is asked by geometry only where none below it gave an answer.
//
// In an overlay every area answers that holds or touches p. In a line layer every line
// answers that has p within its reach and on its side.
func (s *Snapshot) Locate(p geo.Coord, layers ...geo.LayerName) Place {
	place := Place{Point: p}
	var room [8]answer
	answers := s.atlas.answers(room[:0], layers)
	if held := s.atlas.climbAt(p, answers); held > 0 {
		place.Areas = make([]Hit, 0, held)
	}
	for i, l := range s.atlas.layers {
		a := &answers[i]
		switch {
		case !a.wanted:
		case l.Kind == geo.Coverage:
			if a.area != nil {
				place.Areas = append(place.Areas, a.hit())
			}
		case l.Kind == geo.Overlay:
			place.Areas = append(place.Areas, l.holding(p)...)
		case l.Kind == geo.Lines:
			place.Lines = append(place.Lines, l.linesNear(p)...)
		}
	}
	slices.SortStableFunc(place.Lines, func(a, b LineHit) int { return cmp.Compare(a.Distance, b.Distance) })
	return place
}

// answer is what a layer says about a point.
type answer struct {
	wanted   bool   // by the caller
	needed   bool   // wanted, or below one that is
	slot     uint32 // of the area that answers; 0 for none
	area     *geo.Area
	onEdge   bool
	touching []*entry // all whose border the point is exactly on
}

// answers is one answer of each layer, marked with what is wanted; room is used if it is
// enough.
func (a *atlas) answers(room []answer, layers []geo.LayerName) []answer {
	answers := slices.Grow(room, len(a.layers))[:len(a.layers)]
	for i := range answers {
		answers[i].wanted = len(layers) == 0
	}
	for _, name := range layers {
		if i, known := a.index[name]; known {
			answers[i].wanted = true
		}
	}
	for _, i := range slices.Backward(a.climb) {
		up := a.up[i]
		answers[i].needed = answers[i].wanted || up >= 0 && answers[up].needed
	}
	return answers
}

// climbAt answers for the coverages, each chain from below, and tells how many of those
// wanted have an area at p.
func (a *atlas) climbAt(p geo.Coord, answers []answer) (held int) {
	for _, i := range a.climb {
		at := &answers[i]
		if !at.needed {
			continue
		}
		l := a.layers[i]
		if at.slot == 0 {
			at.slot, at.touching = l.cover(p)
			at.onEdge = slices.ContainsFunc(at.touching, func(e *entry) bool { return e.slot == at.slot })
		}
		if at.slot == 0 {
			continue
		}
		at.area = l.slots[at.slot].area
		if at.wanted {
			held++
		}
		if up := a.up[i]; up >= 0 && answers[up].needed && answers[up].slot == 0 {
			a.layers[up].follow(p, l.slots[at.slot].parent, at.onEdge, &answers[up])
		}
	}
	return held
}

// follow answers for the layer above by the parent of the area below. An area can have p
// on its border only where its child has, so only then is its own border looked at.
func (l *layer) follow(p geo.Coord, parent uint32, onEdge bool, up *answer) {
	up.slot = parent
	if parent == 0 || !onEdge {
		return
	}
	if _, up.onEdge = l.find(l.slots[parent].area.Code).locate(p); up.onEdge {
		_, up.touching = l.coverSlowly(p)
	}
}

// cover is the slot of the area of a coverage that answers for p, 0 for none, and all areas
// whose border p is exactly on.
func (l *layer) cover(p geo.Coord) (slot uint32, touching []*entry) {
	if slot, known := l.directory.find(p); known {
		return slot, nil
	}
	holder, touching := l.coverSlowly(p)
	if holder != nil {
		slot = holder.slot
	}
	return slot, touching
}

// coverSlowly is cover by the areas themselves; nil for none.
func (l *layer) coverSlowly(p geo.Coord) (holder *entry, touching []*entry) {
	l.boxes.tree.meeting(geo.Box{Min: p, Max: p}, func(e *entry) bool {
		inside, onEdge := e.locate(p)
		if inside && (holder == nil || e.area.Code < holder.area.Code) {
			holder = e
		}
		if onEdge {
			touching = append(touching, e)
		}
		return true
	})
	slices.SortFunc(touching, byCode)
	if holder == nil && len(touching) > 0 {
		holder = touching[0]
	}
	return holder, touching
}

func byCode(a, b *entry) int { return strings.Compare(string(a.area.Code), string(b.area.Code)) }

// hit is the answer as it is told.
func (a *answer) hit() Hit {
	h := Hit{Area: a.area, OnEdge: a.onEdge}
	for _, e := range a.touching {
		if e.slot != a.slot {
			h.Neighbours = append(h.Neighbours, e.area)
		}
	}
	return h
}

// holding are the areas of an overlay that hold or touch p, by code.
func (l *layer) holding(p geo.Coord) []Hit {
	var hits []Hit
	l.boxes.tree.meeting(geo.Box{Min: p, Max: p}, func(e *entry) bool {
		if inside, onEdge := e.locate(p); inside || onEdge {
			hits = append(hits, Hit{Area: e.area, OnEdge: onEdge})
		}
		return true
	})
	slices.SortFunc(hits, func(a, b Hit) int { return strings.Compare(string(a.Area.Code), string(b.Area.Code)) })
	return hits
}
