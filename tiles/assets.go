package tiles

import (
	"cmp"
	"slices"
	"strings"
	"sync"

	"gridwarden/geo"
	"gridwarden/geo/index"
	"gridwarden/geo/plane"
)

const (
	pointZoom = 14 // the first zoom that shows each asset

	// crowd is how many assets on one unit of the tile are each drawn. More are nothing a
	// map could show, a fault of the data, and are counted as above pointZoom.
	crowd = 100
)

// standing is an asset, its place in the tile and the number of its look.
type standing struct {
	at       plane.Point
	id, name string
	look     int
}

// standings keeps the room of one tile's assets for another's.
var standings = sync.Pool{New: func() any { return new([]standing) }}

// mostStanding is for how many assets room is kept.
const mostStanding = 1 << 15

// drawAssets draws every asset as a point, row by row from the north-west, but those of a
// crowd, which are counted where they stand. With more thrift than to leave attributes out all are
// counted in cells.
func drawAssets(l *layer, s *index.Snapshot, w *Want, f frame) {
	if l.thrift >= merging {
		drawCounts(l, s, w, f)
		return
	}
	kept := standings.Get().(*[]standing)
	all := (*kept)[:0]
	looks := s.DrawAssets(f.box(), w.Filter, func(c geo.Coord, look int, id geo.AssetID, name string) {
		if at := f.point(c); within(at) {
			all = append(all, standing{at, string(id), name, look})
		}
	})
	if *kept = all; cap(all) <= mostStanding {
		defer standings.Put(kept)
	}
	all, crowded := partCrowds(all)
	d := newPortrayer(l, s, w, looks)
	var drawn path
	for _, k := range inRows(all, looks) {
		a := &all[k.at]
		drawn.reset()
		drawn.point(a.at)
		d.describe(a)
		l.feature(d.id(a), typePoint, drawn.bytes)
		if l.full() {
			return
		}
	}
	drawCrowds(&counts{layer: l, frame: f, reduced: l.thrift >= reduced}, crowded, looks, w.shows("categories", false) && l.thrift == lavish)
}

// seat is the place of an asset among others with its unit of the tile as a number.
type seat struct {
	unit uint32 // grows row by row from the north-west
	at   int32
}

// inRows are the places of assets row by row from the north-west, on one unit by id and
// standard.
func inRows(all []standing, looks []index.Look) []seat {
	order := make([]seat, len(all))
	for i := range all {
		at := all[i].at
		order[i] = seat{uint32(at.Y+buffer)<<(extentBits+1) | uint32(at.X+buffer), int32(i)}
	}
	order = byUnit(order)
	for first := 0; first < len(order); {
		end := first + 1
		for end < len(order) && order[end].unit == order[first].unit {
			end++
		}
		if end-first > 1 {
			slices.SortFunc(order[first:end], func(x, y seat) int {
				a, b := &all[x.at], &all[y.at]
				return cmp.Or(strings.Compare(a.id, b.id), cmp.Compare(looks[a.look].Category.Standard, looks[b.look].Category.Standard))
			})
		}
		first = end
	}
	return order
}

// byUnit sorts by the units, byte by byte from the last.
func byUnit(order []seat) []seat {
	const bytes = 4
	var begins [bytes][256]int32
	for _, k := range order {
		for b := range begins {
			begins[b][byte(k.unit>>(8*b))]++
		}
	}
	other := make([]seat, len(order))
	for b := range begins {
		sum := int32(0)
		for v, n := range begins[b] {
			begins[b][v], sum = sum, sum+n
		}
		for _, k := range order {
			to := &begins[b][byte(k.unit>>(8*b))]
			other[*to] = k
			*to++
		}
		order, other = other, order
	}
	return order
}

// portrayer gives features the attributes of assets. Those that a look has are written once
// and then copied.
type portrayer struct {
	*layer
	snapshot *index.Snapshot
	looks    []index.Look
	numbers  []ids    // of the standard of each look
	tags     [][]byte // of each look, nil while none was described

	idColumn, nameColumn *column // the second nil when not wanted
	columns              []attribute
	last                 string // the id described last
	value                uint64 // its number
}

// attribute is one that a look has.
type attribute struct {
	*column
	of func(*index.Look) string
}

func newPortrayer(l *layer, s *index.Snapshot, w *Want, looks []index.Look) *portrayer {
	d := &portrayer{layer: l, snapshot: s, looks: looks, numbers: make([]ids, len(looks)), tags: make([][]byte, len(looks)), idColumn: l.column("id"), last: "\x00"}
	for i := range looks {
		d.numbers[i] = idsOf(looks[i].Category.Standard)
	}
	if l.thrift >= reduced {
		return d
	}
	if w.shows("name", false) {
		d.nameColumn = l.column("name")
	}
	for _, a := range []struct {
		key   string
		usual bool
		of    func(*index.Look) string
	}{
		{"standard", true, func(k *index.Look) string { return k.Category.Standard }},
		{"category", true, func(k *index.Look) string { return k.Category.Code }},
		{"category_name", true, d.categoryName},
		{"state", true, func(k *index.Look) string { return k.State }},
		{"authority", false, func(k *index.Look) string { return string(k.Authority) }},
		{"owner", false, func(k *index.Look) string { return string(k.Owner) }},
		{"maintainer", false, func(k *index.Look) string { return string(k.Maintainer) }},
	} {
		if w.shows(a.key, a.usual) {
			d.columns = append(d.columns, attribute{l.column(a.key), a.of})
		}
	}
	return d
}

func (d *portrayer) categoryName(k *index.Look) string {
	c, _ := d.snapshot.Category(k.Category)
	return c.Name
}

// id is the number of an asset's feature.
func (d *portrayer) id(a *standing) uint64 { return d.numbers[a.look].of(a.id) }

// describe gives the next feature the attributes of an asset; see [assetFields].
func (d *portrayer) describe(a *standing) {
	if a.id == d.last {
		d.tag(d.idColumn, d.value) // of another standard
	} else {
		d.last, d.value = a.id, d.count
		d.unique(d.idColumn, a.id)
	}
	if d.tags[a.look] == nil {
		before := len(d.layer.tags)
		for _, c := range d.columns {
			d.set(c.column, c.of(&d.looks[a.look]))
		}
		if d.thrift >= reduced {
			d.flag("reduced")
		}
		d.tags[a.look] = append([]byte{}, d.layer.tags[before:]...)
	} else {
		d.layer.tags = append(d.layer.tags, d.tags[a.look]...)
	}
	d.set(d.nameColumn, a.name)
}

// partCrowds takes those out that stand on one unit with more than can be drawn.
func partCrowds(all []standing) (drawn, crowded []standing) {
	// More than that on one unit are more than that on any square of many.
	const squareBits, across = 6, (extent+2*buffer)>>6 + 1
	if len(all) <= crowd {
		return all, nil
	}
	square := func(p plane.Point) int64 {
		return (p.Y+buffer)>>squareBits*across + (p.X+buffer)>>squareBits
	}
	var in [across * across]uint32
	for i := range all {
		in[square(all[i].at)]++
	}
	on := map[plane.Point]uint32{}
	for i := range all {
		if at := all[i].at; in[square(at)] > crowd {
			on[at]++
		}
	}
	if len(on) == 0 {
		return all, nil
	}
	drawn = slices.DeleteFunc(all, func(a standing) bool {
		if on[a.at] <= crowd {
			return false
		}
		crowded = append(crowded, a)
		return true
	})
	return drawn, crowded
}

// drawCrowds draws how many assets stand on each unit that holds a crowd, row by row from
// the north-west.
func drawCrowds(d *counts, crowded []standing, looks []index.Look, apart bool) {
	code := func(a *standing) string { return looks[a.look].Category.Code }
	slices.SortFunc(crowded, func(a, b standing) int {
		return cmp.Or(northWestFirst(a.at, b.at), cmp.Compare(code(&a), code(&b)))
	})
	for i := 0; i < len(crowded); {
		first := i
		for i < len(crowded) && crowded[i].at == crowded[first].at {
			alike := i
			for i < len(crowded) && crowded[i].at == crowded[first].at && code(&crowded[i]) == code(&crowded[alike]) {
				i++
			}
			if apart {
				d.number("count."+code(&crowded[alike]), uint64(i-alike))
			}
		}
		d.draw(crowded[first].at, uint64(i-first))
	}
}
