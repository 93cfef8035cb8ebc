package coverage

import (
	"context"
	"maps"
	"slices"

	"github.com/paulmach/orb"

	"gridwarden/geo"
	"gridwarden/geo/plane"
)

// Fill makes a new area of the lowest layer of the ground in a polygon that no area holds,
// under a parent; with parent empty, the one that holds most of that ground. Within the
// tolerance its border is that of its neighbours, and slivers left between them are its own.
// Of several pieces it is the largest; notes tell of the others.
//
// It fails (Invalid, Conflict) where the code is there already, a ring crosses itself, areas
// hold more than half of the polygon, or no ground of the width of the tolerance is free.
func Fill(ctx context.Context, near Near, code, parent geo.AreaCode, polygon orb.Polygon, o EditOptions) (*Redrawn, error) {
	if len(polygon) == 0 {
		return nil, geo.Errorf(geo.Invalid, "the area has no outline; draw a polygon")
	}
	var rings [][]geo.Coord
	box := geo.EmptyBox()
	for _, r := range polygon {
		ring, err := lineOf(orb.LineString(r))
		if err != nil {
			return nil, err
		}
		if ring[0] != ring[len(ring)-1] {
			return nil, geo.Errorf(geo.Invalid, "a ring of the polygon is not closed; let it end where it begins, %s", ring[0])
		}
		rings = append(rings, ring)
		box = box.Union(boxAlong(ring, o))
	}
	return edit(ctx, near, box, o, func(f *fabric) error { return f.fill(code, parent, rings) })
}

func (f *fabric) fill(code, parent geo.AreaCode, rings [][]geo.Coord) error {
	t := f.tiers[0]
	if _, known := t.index[code]; known {
		return geo.Errorf(geo.Conflict, "%s is there already; give the new area another code", named(t.Name, code))
	}
	snapper, snapped := f.newSnapper(), make([][]geo.Coord, len(rings))
	for i, r := range rings {
		var err error
		if snapped[i], err = snapper.line(r, false); err != nil {
			return err
		}
	}
	var outline int32
	if err := f.drawAll(func(d *plane.Drawing) { outline = f.drawLine(d, snapped...) }); err != nil {
		return err
	}
	in := f.having(outline)
	drawn := func(face plane.Face) bool { return in[f.rounded.Faces[face]] }
	if err := f.judgeHeld(drawn); err != nil {
		return err
	}
	ground, err := f.free(drawn)
	if err != nil {
		return err
	}
	above, err := f.parentOf(parent, ground)
	if err != nil {
		return err
	}
	area := f.begin(t, code, above)
	for _, face := range ground {
		f.next[face] = area
	}
	return f.carryOut(outline)
}

// judgeHeld fails where areas hold more than half of what is drawn.
func (f *fabric) judgeHeld(drawn func(plane.Face) bool) error {
	t := f.tiers[0]
	all, held := 0.0, map[int32]float64{}
	taken := 0.0
	for face, ground := range f.faceAreas() {
		if face == 0 || !drawn(plane.Face(face)) {
			continue
		}
		all += ground
		if owner := t.owners[face]; owner != none {
			held[owner] += ground
			taken += ground
		}
	}
	if taken <= all/2 {
		return nil
	}
	holders := slices.SortedFunc(maps.Keys(held), func(a, b int32) int {
		if held[a] > held[b] || held[a] == held[b] && t.code(a) < t.code(b) {
			return -1
		}
		return 1
	})
	return geo.Errorf(geo.Conflict, "%.0f %% of what is drawn is held already, most of it by %s; draw the gap only, or split what holds the ground", 100*taken/all, named(t.Name, t.code(holders[0])))
}

// free is the ground of the new area: the largest piece of what is drawn that nobody holds,
// and the slivers beside it.
func (f *fabric) free(drawn func(plane.Face) bool) ([]plane.Face, error) {
	t := f.tiers[0]
	pieces := f.regions(func(face plane.Face) int32 {
		if t.owners[face] == none && drawn(face) {
			return 0
		}
		return none
	})
	largest := none
	for i := range pieces.list {
		if !pieces.list[i].narrow(f.options.Tolerance) && (largest == none || pieces.list[i].size().area > pieces.list[largest].size().area) {
			largest = int32(i)
		}
	}
	if largest == none {
		return nil, geo.Errorf(geo.Conflict, "nothing that is drawn is free: areas hold all ground there that is wider than %s; draw a gap, or give a smaller tolerance", geo.InMetres(f.options.Tolerance))
	}
	for i := range pieces.list {
		if r := &pieces.list[i]; int32(i) != largest && !r.narrow(f.options.Tolerance) {
			s := r.size()
			f.out.Notes = append(f.out.Notes, geo.Say("the new area is the largest free piece of what is drawn; one of %s at %s is left free: draw it as an area of its own", geo.InSquareMetres(s.area), place(s.at)))
		}
	}
	return append(slices.Clone(pieces.list[largest].faces), f.slivers(pieces, largest)...), nil
}

// slivers are the narrow gaps that would be left beside a piece of free ground.
func (f *fabric) slivers(pieces *regions, piece int32) []plane.Face {
	t := f.tiers[0]
	gaps := f.regions(func(face plane.Face) int32 {
		if t.owners[face] == none && pieces.of[face] != piece {
			return 0
		}
		return none
	})
	if len(gaps.list) == 0 {
		return nil
	}
	beside := map[int32]bool{}
	for _, e := range f.rounded.Edges {
		switch piece {
		case pieces.of[e.Left]:
			beside[gaps.of[e.Right]] = true
		case pieces.of[e.Right]:
			beside[gaps.of[e.Left]] = true
		}
	}
	var out []plane.Face
	for i := range gaps.list {
		if r := &gaps.list[i]; beside[int32(i)] && r.narrow(f.options.Tolerance) {
			out = append(out, r.faces...)
		}
	}
	return out
}

// parentOf is the parent of a new area: the one named, or who holds most of its ground.
func (f *fabric) parentOf(code geo.AreaCode, ground []plane.Face) (int32, error) {
	t := f.tiers[0].upper
	if t == nil {
		return none, nil
	}
	if code != "" {
		parent, known := t.index[code]
		if !known {
			return none, geo.Errorf(geo.Conflict, "%s does not lie where the new area is drawn; name a parent that is there or beside it", named(t.Name, code))
		}
		return parent, nil
	}
	areas, held := f.faceAreas(), map[int32]float64{}
	for _, face := range ground {
		if owner := t.owners[face]; owner != none {
			held[owner] += areas[face]
		}
	}
	if parent := t.most(held); parent != none {
		return parent, nil
	}
	return none, geo.Errorf(geo.Invalid, "no area of %s holds the ground; name the parent of the new area", t.Name)
}
