package planning

import (
	"fmt"
	"slices"
	"strings"

	"gridwarden/geo"
	"gridwarden/geo/duty"
)

type areaKey struct {
	layer geo.LayerName
	code  geo.AreaCode
}

// checkGroups refuses groups whose members are not there or stand in two groups of a kind,
// and kinds that are named like a layer, which the layer column of a duty row could not
// tell apart.
func (p *tablePlan) checkGroups(given []geo.Group) {
	layers := map[geo.LayerName]bool{}
	for _, l := range p.base.Layers {
		layers[l.Name] = true
	}
	exists := p.areas()
	for i, g := range given {
		name := groups().name(g)
		if layers[geo.LayerName(g.Kind)] {
			p.refused.add(i, name, geo.Errorf(geo.Faulty, "column \"kind\": there is a layer %s, and a kind of group needs a name of its own", g.Kind))
		}
		if !layers[g.Layer] {
			p.refused.add(i, name, geo.Errorf(geo.Faulty, "column \"member_layer\": there is no layer %q: import it first, or correct the cell", g.Layer))
			continue
		}
		var absent []string
		for _, member := range g.Members {
			if exists[areaKey{g.Layer, member}] == nil {
				absent = append(absent, string(member))
			}
		}
		if len(absent) > 0 {
			p.absent(groups().rows, i, name, geo.Errorf(geo.Faulty, "column \"member\": the group %s %s lists areas that %s does not have: %s", g.Kind, g.Code, g.Layer, someOf(absent)))
		}
	}
	p.checkOnce(given)
}

// checkOnce refuses an area in two groups of one kind.
func (p *tablePlan) checkOnce(given []geo.Group) {
	row := rowsOf(groups(), given)
	type place struct {
		kind string
		areaKey
	}
	first := map[place]string{}
	for _, g := range p.after.Groups {
		for _, member := range g.Members {
			at := place{g.Kind, areaKey{g.Layer, member}}
			if other, taken := first[at]; taken {
				p.refused.add(row(g), groups().name(g), geo.Errorf(geo.Faulty, "column \"member\": the area %s is in the %s groups %s and %s: an area is in one group of a kind", member, g.Kind, other, g.Code))
				continue
			}
			first[at] = g.Code
		}
	}
}

func (p *tablePlan) areas() map[areaKey]*geo.Area {
	all := make(map[areaKey]*geo.Area, len(p.base.Areas))
	for _, a := range p.base.Areas {
		all[areaKey{a.Layer, a.Code}] = a
	}
	return all
}

// someOf are the first of some codes.
func someOf(codes []string) geo.Said {
	const few = 10
	if len(codes) <= few {
		return geo.Say("%s", strings.Join(codes, ", "))
	}
	return geo.Say("%s and %d more", strings.Join(codes[:few], ", "), len(codes)-few)
}

// noteGroups tells of the groups given what the standards ask of them: that they lie within
// one community or street, that their members are adjacent, and that no area is left out.
func (p *tablePlan) noteGroups(given []geo.Group) {
	areas := p.areas()
	layers := map[geo.LayerName]geo.Layer{}
	for _, l := range p.base.Layers {
		layers[l.Name] = l
	}
	for _, g := range given {
		p.noteHomes(g, areas, layers)
		if layers[g.Layer].Kind != geo.Coverage {
			continue // only coverages share their borders
		}
		var members []*geo.Area
		for _, code := range g.Members {
			if a := areas[areaKey{g.Layer, code}]; a != nil {
				members = append(members, a)
			}
		}
		if n := pieces(members); n > 1 {
			p.note("the %s group %s is in %d pieces that do not touch along a border", g.Kind, g.Code, n)
		}
	}
	p.noteLeftOut(given)
}

func (p *tablePlan) note(format string, args ...any) {
	p.outcome.Notes = append(p.outcome.Notes, fmt.Sprintf(format, args...))
}

// noteHomes tells of a group that lies in more than one area of the layer above, of an
// evaluation group of the one above that.
func (p *tablePlan) noteHomes(g geo.Group, areas map[areaKey]*geo.Area, layers map[geo.LayerName]geo.Layer) {
	steps := 1
	if g.Kind == geo.EvaluationGroup && layers[layers[g.Layer].Parent].Parent != "" {
		steps = 2
	}
	above := g.Layer
	for range steps {
		above = layers[above].Parent
	}
	if above == "" {
		return
	}
	var homes []string
	for _, code := range g.Members {
		at := areaKey{g.Layer, code}
		for range steps {
			if a := areas[at]; a != nil {
				at = areaKey{layers[at.layer].Parent, a.Parent}
			}
		}
		if at.layer == above && !slices.Contains(homes, string(at.code)) {
			homes = append(homes, string(at.code))
		}
	}
	if len(homes) > 1 {
		p.note("the %s group %s lies in %d areas of %s: %s", g.Kind, g.Code, len(homes), above, someOf(homes))
	}
}

// noteLeftOut tells for each kind of group given the areas of the layer that are in none.
func (p *tablePlan) noteLeftOut(given []geo.Group) {
	type family struct {
		kind  string
		layer geo.LayerName
	}
	var told []family
	grouped := map[family]map[geo.AreaCode]bool{}
	for _, g := range p.after.Groups {
		f := family{g.Kind, g.Layer}
		if grouped[f] == nil {
			grouped[f] = map[geo.AreaCode]bool{}
		}
		for _, m := range g.Members {
			grouped[f][m] = true
		}
	}
	for _, g := range given {
		if f := (family{g.Kind, g.Layer}); !slices.Contains(told, f) {
			told = append(told, f)
		}
	}
	for _, f := range told {
		var out []string
		for _, a := range p.base.Areas {
			if a.Layer == f.layer && !grouped[f][a.Code] {
				out = append(out, string(a.Code))
			}
		}
		if len(out) > 0 {
			slices.Sort(out)
			p.note("%d %s of %s %s in no %s group: %s", len(out), plural(len(out), "area", "areas"), f.layer, plural(len(out), "is", "are"), f.kind, someOf(out))
		}
	}
}

// pieces counts the parts that areas of one coverage fall into when those that share a
// border, more than a corner, hang together.
func pieces(areas []*geo.Area) int {
	type edge struct{ a, b geo.Coord }
	owner := map[edge]int{}
	up := make([]int, len(areas))
	for i := range up {
		up[i] = i
	}
	root := func(i int) int {
		for up[i] != i {
			up[i] = up[up[i]]
			i = up[i]
		}
		return i
	}
	n := len(areas)
	for i, area := range areas {
		for _, polygon := range area.Shape.Polygons {
			for _, ring := range polygon {
				for k, b := range ring {
					a := ring[(k+len(ring)-1)%len(ring)]
					e := edge{a, b}
					if a.Compare(b) > 0 {
						e = edge{b, a}
					}
					if other, shared := owner[e]; !shared {
						owner[e] = i
					} else if x, y := root(i), root(other); x != y {
						up[x] = y
						n--
					}
				}
			}
		}
	}
	return n
}

// noteRules tells of the duty rows in force that name a group which would no longer be
// there.
func (p *tablePlan) noteRules(w duty.World) {
	for _, row := range p.after.Rules {
		if row.Layer == "" || w.Layer(row.Layer) {
			continue
		}
		if !w.GroupKind(row.Layer) || row.Area != "" && !w.Area(row.Layer, duty.ParsePattern(row.Area)) {
			p.note("the duty row %s names %s %s, of which there would be none", row.ID, row.Layer, row.Area)
		}
	}
}
