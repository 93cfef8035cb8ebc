package impact

import (
	"iter"
	"reflect"
	"slices"
	"strings"

	"gridwarden/geo"
	"gridwarden/geo/duty"
	"gridwarden/geo/index"
	"gridwarden/geo/routing"
)

// tables adds the ground on which the tables of duty, and what stands beside them, may let
// another answer. Deadlines are no such thing.
func (g *ground) tables(before, after *index.Snapshot) {
	was, is := before.Duty(), after.Duty()
	g.everywhere = g.everywhere || !sameLayers(before, after) ||
		!slices.EqualFunc(before.Departments(), after.Departments(), sameDepartment) ||
		!slices.EqualFunc(before.Categories(), after.Categories(), sameCategory) ||
		!slices.Equal(was.Calendar, is.Calendar) || !slices.Equal(was.Crosswalk, is.Crosswalk)
	g.groups(before, after)
	g.rows(before, after)
	g.rulings(was.Rulings, is.Rulings)
}

// sameLayers tells whether the layers of both views answer in one order and by one chain.
func sameLayers(before, after *index.Snapshot) bool {
	for _, l := range before.Layers() {
		o, known := after.Layer(l.Name)
		if known && (l.Kind != o.Kind || l.Rank != o.Rank || l.Reach != o.Reach || !slices.Equal(before.Chain(l.Name), after.Chain(l.Name))) {
			return false
		}
	}
	return slices.Equal(routing.DutyChain(before, ""), routing.DutyChain(after, ""))
}

func sameDepartment(a, b geo.Department) bool {
	return a.Code == b.Code && a.Parent == b.Parent && a.Successor == b.Successor && a.ValidUntil == b.ValidUntil
}

func sameCategory(a, b geo.Category) bool {
	return a.CategoryKey == b.CategoryKey && a.Family == b.Family
}

// groups touches the areas that are in another group of a kind than before.
func (g *ground) groups(before, after *index.Snapshot) {
	was, is := groupsOf(before), groupsOf(after)
	for _, way := range [][2]map[membership]string{{was, is}, {is, was}} {
		for m, code := range way[0] {
			if other, known := way[1][m]; !known || other != code {
				g.touch(before, before.Area(m.layer, m.code))
				g.touch(after, after.Area(m.layer, m.code))
			}
		}
	}
}

// membership is an area's place in a kind of group.
type membership struct {
	kind  string
	layer geo.LayerName
	code  geo.AreaCode
}

func groupsOf(view *index.Snapshot) map[membership]string {
	of := map[membership]string{}
	for _, group := range view.Duty().Groups {
		for _, code := range group.Members {
			of[membership{group.Kind, group.Layer, code}] = group.Code
		}
	}
	return of
}

// touch notes an area of a view that answers otherwise though it is the same; nil is none.
func (g *ground) touch(view *index.Snapshot, a *geo.Area) {
	switch {
	case a == nil:
	case isCoverage(view, a.Layer):
		g.touched[a] = true
	default:
		g.other = append(g.other, grown(a.Shape.Box(), view.Reach(a.Layer)))
	}
}

// rows touches the areas that rows name which are not in both tables.
func (g *ground) rows(before, after *index.Snapshot) {
	for _, row := range lone(before.Duty().Rules, after.Duty().Rules, func(r *geo.DutyRow) string { return string(r.ID) }) {
		if row.Layer == "" {
			g.everywhere = true
			return
		}
		for _, view := range []*index.Snapshot{before, after} {
			for a := range named(view, row.Layer, duty.ParsePattern(row.Area)) {
				g.touch(view, a)
			}
		}
	}
}

// lone are the items of two tables, each in the order of ids, that the other does not have
// so.
func lone[T any](was, is []T, id func(*T) string) []T {
	var out []T
	for _, way := range [][2][]T{{was, is}, {is, was}} {
		for k := range way[0] {
			i, found := slices.BinarySearchFunc(way[1], id(&way[0][k]), func(o T, id2 string) int { return strings.Compare(id(&o), id2) })
			if !found || !reflect.DeepEqual(way[0][k], way[1][i]) {
				out = append(out, way[0][k])
			}
		}
	}
	return out
}

// named are the areas of a view that the cells of a row name: those of a layer, or the
// members of groups of a kind.
func named(view *index.Snapshot, layer string, pattern duty.Pattern) iter.Seq[*geo.Area] {
	return func(yield func(*geo.Area) bool) {
		if _, known := view.Layer(geo.LayerName(layer)); known {
			for a := range matching(view, geo.LayerName(layer), pattern) {
				if !yield(a) {
					return
				}
			}
			return
		}
		for _, group := range view.Duty().Groups {
			if group.Kind != layer || !pattern.Matches(group.Code) {
				continue
			}
			for _, code := range group.Members {
				if a := view.Area(group.Layer, code); a != nil && !yield(a) {
					return
				}
			}
		}
	}
}

// matching are the areas of a layer whose codes fit a pattern, by code.
func matching(view *index.Snapshot, layer geo.LayerName, pattern duty.Pattern) iter.Seq[*geo.Area] {
	return func(yield func(*geo.Area) bool) {
		if a := view.Area(layer, geo.AreaCode(pattern.Text)); a != nil && !yield(a) || !pattern.Prefix {
			return
		}
		for a := range view.Areas(layer, geo.AreaCode(pattern.Text)) {
			if !pattern.Matches(string(a.Code)) || !yield(a) {
				return
			}
		}
	}
}

// rulings adds the ground of rulings that are in one view alone; one for an asset may be
// meant by reports from anywhere near it.
func (g *ground) rulings(was, is []geo.Ruling) {
	for _, r := range lone(was, is, func(r *geo.Ruling) string { return string(r.ID) }) {
		if r.Ground == nil {
			g.everywhere = true
		} else {
			g.other = append(g.other, r.Ground.Box())
		}
	}
}
