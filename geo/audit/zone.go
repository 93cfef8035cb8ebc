package audit

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"gridwarden/geo"
	"gridwarden/geo/duty"
	"gridwarden/geo/index"
)

// zone is places that no decision tells apart but for the names of departments: where one
// decides for the street office of its street, the other decides for that of its own. So
// ninety thousand grids, each with a department, are decided once.
type zone struct {
	places  []index.Place // the first of them, in the view of each book
	cells   [][]int32     // of rows that it fits, by book
	grounds []int32
	names   []geo.DepartmentCode // what stands for the departments of the first place
	fixed   []geo.DepartmentCode // departments of it that keep their name
	assets  map[geo.CategoryKey][]profileCount
}

// namer finds the zones. A department keeps its name when something beside the areas
// speaks of it: a row, an asset, a ruling, a successor or an end.
type namer struct {
	books []*book
	fixed map[geo.DepartmentCode]bool
	known map[geo.DepartmentCode]bool
	zones map[string]int32
	list  []*zone
}

func newNamer(books []*book, assets *inventory) *namer {
	n := &namer{books: books, fixed: map[geo.DepartmentCode]bool{}, known: map[geo.DepartmentCode]bool{}, zones: map[string]int32{}}
	for _, b := range books {
		for _, d := range b.view.Departments() {
			n.known[d.Code] = true
			if !d.ValidUntil.IsZero() || d.Successor != "" {
				n.fixed[d.Code], n.fixed[d.Successor] = true, true
			}
		}
		for i := range b.rows {
			if a := b.rows[i].assign; a.To == duty.ToDepartment {
				n.fixed[a.Department] = true
			}
		}
		for _, r := range b.view.Duty().Rulings {
			n.fixed[r.Department] = true
		}
	}
	for i := range assets.profiles {
		p := &assets.profiles[i]
		n.fixed[p.Authority], n.fixed[p.Owner], n.fixed[p.Maintainer] = true, true, true
	}
	for _, b := range books { // a department that only one book knows is told apart
		for code := range n.known {
			if _, here := b.view.Department(code); !here {
				n.fixed[code] = true
			}
		}
	}
	return n
}

// renamed is places with the departments that do not keep their names numbered instead, in
// the order they are met, and what the numbers stand for.
func (n *namer) renamed(places []index.Place) (out []index.Place, names []geo.DepartmentCode) {
	rename := func(a *geo.Area) *geo.Area {
		code := a.Department
		if code == "" || n.fixed[code] || !n.known[code] {
			return a
		}
		i := slices.Index(names, code)
		if i < 0 {
			i = len(names)
			names = append(names, code)
		}
		copied := *a
		copied.Department = geo.DepartmentCode("\x00" + strconv.Itoa(i))
		return &copied
	}
	for _, p := range places {
		p.Areas, p.Lines = slices.Clone(p.Areas), slices.Clone(p.Lines)
		for i := range p.Areas {
			p.Areas[i].Area = rename(p.Areas[i].Area)
		}
		for i := range p.Lines {
			p.Lines[i].Area = rename(p.Lines[i].Area)
		}
		out = append(out, p)
	}
	return out, names
}

// keyOf is equal for places of one zone.
func (n *namer) keyOf(places []index.Place) (key string, names []geo.DepartmentCode) {
	renamed, names := n.renamed(places)
	parts := make([]string, len(renamed))
	for i := range renamed {
		parts[i] = n.books[i].engine.PlaceKey(&renamed[i])
	}
	return strings.Join(parts, "\x01\x02"), names
}

// add puts a ground into its zone.
func (n *namer) add(ground int32, key string, names []geo.DepartmentCode, places []index.Place) int32 {
	i, known := n.zones[key]
	if !known {
		i = int32(len(n.list))
		n.zones[key] = i
		z := &zone{places: places, names: names, assets: map[geo.CategoryKey][]profileCount{}}
		for k, b := range n.books {
			z.cells = append(z.cells, b.cellsAt(&places[k]))
			for _, h := range places[k].Areas {
				z.fixed = append(z.fixed, h.Area.Department)
			}
			for _, h := range places[k].Lines {
				z.fixed = append(z.fixed, h.Area.Department)
			}
		}
		n.list = append(n.list, z)
	}
	n.list[i].grounds = append(n.list[i].grounds, ground)
	return i
}

// finder finds the zone of a point.
type finder struct {
	namer     *namer
	surveyors []*surveyor
	main      *surveyor
	whole     map[*geo.Area]int32
	sets      map[string]int32 // of the other places
}

func newFinder(n *namer, grounds []Ground, surveyors []*surveyor) *finder {
	f := &finder{n, surveyors, surveyors[len(surveyors)-1], map[*geo.Area]int32{}, map[string]int32{}}
	for i := range grounds {
		if g := &grounds[i]; g.area != nil {
			f.whole[g.area] = g.zone
		} else {
			f.sets[f.main.setOf(&g.At)] = g.zone
		}
	}
	return f
}

// zoneAt is the zone of a point, also of one in a place thinner than a unit; -1 where no
// other place decides like that.
func (f *finder) zoneAt(p geo.Coord) int32 {
	if len(f.main.chain) > 0 {
		if low := f.main.view.Locate(p, f.main.chain[0]); len(low.Areas) > 0 {
			if zone, known := f.whole[low.Areas[0].Area]; known {
				return zone
			}
		}
	}
	at := f.main.locate(p)
	if zone, known := f.sets[f.main.setOf(&at)]; known {
		return zone
	}
	key, _ := f.namer.keyOf(placesOf(&at, f.surveyors))
	if zone, known := f.namer.zones[key]; known {
		return zone
	}
	return -1
}

func compareKeys(a, b geo.CategoryKey) int {
	return cmp.Or(cmp.Compare(a.Standard, b.Standard), cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Code, b.Code))
}
