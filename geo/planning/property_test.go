package planning_test

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/paulmach/orb"

	"gridwarden/geo"
	"gridwarden/geo/index"
	"gridwarden/geo/testsize"
)

// plan is what a city should be: which grid holds each cell, and who holds whom.
type plan struct {
	grids     map[cell]geo.AreaCode
	community map[geo.AreaCode]geo.AreaCode // of a grid
	street    map[geo.AreaCode]geo.AreaCode // of a community
	remarks   map[geo.AreaCode]int
	random    *rand.Rand
	hand      hand
	drawings  map[drawing]orb.Polygon // as drawn last
	named     bool                    // the files name the parents
	next      int
}

// drawing is one cell as the files of one layer draw it.
type drawing struct {
	layer geo.LayerName
	cell
}

func newPlan(side int, named bool, random *rand.Rand) *plan {
	p := &plan{
		grids: map[cell]geo.AreaCode{}, community: map[geo.AreaCode]geo.AreaCode{}, street: map[geo.AreaCode]geo.AreaCode{},
		remarks: map[geo.AreaCode]int{}, drawings: map[drawing]orb.Polygon{}, named: named, random: random, hand: hand{shaky: 0.3, random: random},
	}
	for x := range side {
		for y := range side {
			community := geo.AreaCode(fmt.Sprintf("c%d%d", x/2, y/2))
			p.street[community] = geo.AreaCode(fmt.Sprintf("s%d", x/4))
			p.found(cell{x, y}, community)
		}
	}
	return p
}

// found makes a grid of one cell.
func (p *plan) found(c cell, community geo.AreaCode) {
	p.next++
	code := geo.AreaCode(fmt.Sprintf("g%03d", p.next))
	p.grids[c], p.community[code] = code, community
}

func (p *plan) communityAt(c cell) geo.AreaCode { return p.community[p.grids[c]] }
func (p *plan) streetAt(c cell) geo.AreaCode    { return p.street[p.communityAt(c)] }

func (p *plan) cells() []cell {
	return slices.SortedFunc(maps.Keys(p.grids), func(a, b cell) int { return cmp.Or(a.x-b.x, a.y-b.y) })
}

// draw is a layer as its files would give it: each area in a part for each cell.
func (p *plan) draw(layer geo.LayerName) geo.LayerInput {
	holder, parent, above := p.areaAt(layer), p.parentOf(layer), aboveOf(layer)
	areas := map[geo.AreaCode][]orb.Polygon{}
	for _, c := range p.cells() {
		d := drawing{layer, c}
		if p.drawings[d] == nil {
			p.drawings[d] = p.hand.block(c.x, c.y, c.x+1, c.y+1)
		}
		areas[holder(c)] = append(areas[holder(c)], p.drawings[d])
	}
	var list []geo.AreaInput
	for _, code := range slices.Sorted(maps.Keys(areas)) {
		in := drawn(code, areas[code]...)
		in.Attributes = fmt.Appendf(nil, `{"remark":%d}`, p.remarks[code])
		if p.named {
			in.Parent = parent(code)
		}
		list = append(list, in)
	}
	return fabric(layer, above, list...)
}

func aboveOf(layer geo.LayerName) geo.LayerName {
	return map[geo.LayerName]geo.LayerName{"grids": "communities", "communities": "streets"}[layer]
}

func (p *plan) areaAt(layer geo.LayerName) func(cell) geo.AreaCode {
	return map[geo.LayerName]func(cell) geo.AreaCode{
		"grids": func(c cell) geo.AreaCode { return p.grids[c] }, "communities": p.communityAt, "streets": p.streetAt,
	}[layer]
}

func (p *plan) parentOf(layer geo.LayerName) func(geo.AreaCode) geo.AreaCode {
	return map[geo.LayerName]func(geo.AreaCode) geo.AreaCode{
		"grids":       func(c geo.AreaCode) geo.AreaCode { return p.community[c] },
		"communities": func(c geo.AreaCode) geo.AreaCode { return p.street[c] },
		"streets":     func(geo.AreaCode) geo.AreaCode { return "" },
	}[layer]
}

var all = []geo.LayerName{"grids", "communities", "streets"}

// change does one thing a city does to its plan, and tells the layers whose files change.
func (p *plan) change() []geo.LayerName {
	cells := p.cells()
	at, other, layer := pick(p.random, cells), pick(p.random, cells), pick(p.random, all)
	switch what := pick(p.random, []string{
		"remark", "split", "join", "move", "grid to community", "community to street", "new code", "grow", "shrink", "redraw",
	}); what {
	case "remark":
		p.remarks[p.areaAt(layer)(at)]++
		return []geo.LayerName{layer}
	case "split":
		p.found(at, p.communityAt(at))
		return all[:1]
	case "join", "move":
		if p.communityAt(at) != p.communityAt(other) {
			return nil
		}
		old := p.grids[at]
		for _, c := range cells {
			if c == at || what == "join" && p.grids[c] == old {
				p.grids[c] = p.grids[other]
			}
		}
		return all[:1]
	case "grid to community":
		p.community[p.grids[at]] = p.communityAt(other)
		return all
	case "community to street":
		p.street[p.communityAt(at)] = p.streetAt(other)
		return all[1:]
	case "new code":
		p.rename(at)
		return all[1:2]
	case "grow":
		for at = other; p.grids[at] != ""; at.x++ {
		}
		p.found(at, p.communityAt(other))
		return all
	case "shrink":
		if len(cells) > 4 {
			delete(p.grids, at)
		}
		return all
	default:
		maps.DeleteFunc(p.drawings, func(d drawing, _ orb.Polygon) bool { return d.layer == layer && (d.x+d.y)%3 == p.next%3 })
		return []geo.LayerName{layer}
	}
}

// rename gives the community of a cell a new code.
func (p *plan) rename(at cell) {
	p.next++
	old, code := p.communityAt(at), geo.AreaCode(fmt.Sprintf("c%03d", p.next))
	p.street[code] = p.street[old]
	for grid, community := range p.community {
		if community == old {
			p.community[grid] = code
		}
	}
}

// Whatever a city does, however shaky the hand that draws it and whichever layers come in
// one import, the stored fabric stays sound, says what the plan says, and does not depend
// on the way it came.
func TestACityCanBeReplannedForEver(t *testing.T) {
	t.Parallel()
	for seed := range uint64(testsize.N(16, 400)) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			t.Parallel()
			r := random(seed)
			p, s := newPlan(4, seed%2 == 0, r), newStore(t)
			s.options.AllowEnd = true
			s.must(p.draw("grids"), p.draw("communities"), p.draw("streets"))
			for range 1 + r.IntN(testsize.N(5, 12)) {
				p.step(s)
			}
			p.sameAtOnce(s)
		})
	}
}

// step changes the plan and imports the layers that changed, or by chance all.
func (p *plan) step(s *store) {
	s.tb.Helper()
	layers := p.change()
	if p.named || p.random.IntN(4) == 0 {
		layers = all // where files name parents, a new code is in those of the children too
	}
	var inputs []geo.LayerInput
	for _, l := range layers {
		inputs = append(inputs, p.draw(l))
	}
	s.must(inputs...)
	p.holds(s)
	if again := s.must(inputs...); again.Publication != nil {
		s.tb.Errorf("the same again would publish %+v", again.Publication)
	}
	if s.tb.Failed() {
		s.tb.FailNow()
	}
}

func pick[T any](r *rand.Rand, from []T) T { return from[r.IntN(len(from))] }

// holds fails unless what is stored is sound and is what the plan says.
func (p *plan) holds(s *store) {
	s.tb.Helper()
	s.sound()
	for _, layer := range all {
		holder, want := p.areaAt(layer), map[geo.AreaCode]bool{}
		for _, c := range p.cells() {
			want[holder(c)] = true
			hits := s.view.Locate(middle(c), layer).Areas
			if len(hits) != 1 || hits[0].Area.Code != holder(c) {
				s.tb.Errorf("%v lies in %v of %s, want %s", c, hits, layer, holder(c))
			}
		}
		for a := range s.view.Areas(layer, "") {
			if !want[a.Code] {
				s.tb.Errorf("%s %s is stored and not in the plan", layer, a.Code)
			}
			if parent := p.parentOf(layer)(a.Code); a.Parent != parent {
				s.tb.Errorf("%s %s has the parent %q, want %q", layer, a.Code, a.Parent, parent)
			}
		}
	}
}

// sameAtOnce fails unless the plan imported at once gives the same areas within the
// tolerance, and the view of all publications at once is the view after each of them.
func (p *plan) sameAtOnce(s *store) {
	s.tb.Helper()
	once := newStore(s.tb)
	once.must(p.draw("grids"), p.draw("communities"), p.draw("streets"))
	for _, layer := range all {
		for a := range once.view.Areas(layer, "") {
			b := s.area(layer, a.Code)
			cells := 0.0
			for _, c := range p.cells() {
				if p.areaAt(layer)(c) == a.Code {
					cells++
				}
			}
			if difference := math.Abs(squareDegrees(a)-squareDegrees(b)) * 111320 * 96400; difference > cells*4*130*0.6 {
				s.tb.Errorf("%s %s differs by %.1f m² from what it is at once", layer, a.Code, difference)
			}
		}
	}
	var open []*geo.Area
	for _, id := range slices.Sorted(maps.Keys(s.open)) {
		open = append(open, s.open[id])
	}
	view, err := index.Empty().Apply(&geo.Changes{Edition: s.view.Edition(), Layers: s.base.Layers, Areas: open})
	if err != nil {
		s.tb.Fatal(err)
	}
	if view.ContentHash() != s.view.ContentHash() {
		s.tb.Error("the view of everything differs from the view after each publication")
	}
}
