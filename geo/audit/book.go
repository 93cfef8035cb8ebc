package audit

import (
	"encoding/binary"
	"slices"

	"gridwarden/geo"
	"gridwarden/geo/calendar"
	"gridwarden/geo/duty"
	"gridwarden/geo/index"
	"gridwarden/geo/routing"
)

// book is one state of the duty tables: the engine that decides by them, and for each row
// where and for what it can possibly matter. That is only used to leave out what a row
// cannot touch; whether it holds is for the engine.
type book struct {
	engine *routing.Engine
	view   *index.Snapshot
	rows   []row
	cells  map[cellOf]int32
	byCell map[rowsAt][]int32 // rows by cell and class of categories
	groups map[areaOfLayer][]geo.Group
	recode map[geo.CategoryKey]geo.CategoryKey
}

// row is a duty row as far as the audit looks into it.
type row struct {
	*geo.DutyRow
	readable bool
	cell     int32
	where    duty.Where
	asset    duty.Where
	hours    calendar.Hours
	assign   duty.Assign
}

// cellOf is what a row says of the place.
type cellOf struct{ layer, area string }

type areaOfLayer struct {
	layer geo.LayerName
	code  geo.AreaCode
}

type rowsAt struct{ cell, class int32 }

func newBook(engine *routing.Engine) *book {
	view := engine.Snapshot()
	tables := view.Duty()
	b := &book{
		engine: engine, view: view, cells: map[cellOf]int32{}, byCell: map[rowsAt][]int32{},
		groups: map[areaOfLayer][]geo.Group{}, recode: map[geo.CategoryKey]geo.CategoryKey{},
	}
	for _, c := range tables.Crosswalk {
		b.recode[c.From] = c.To
	}
	for _, g := range tables.Groups {
		for _, code := range g.Members {
			at := areaOfLayer{g.Layer, code}
			b.groups[at] = append(b.groups[at], g)
		}
	}
	for i := range tables.Rules {
		b.rows = append(b.rows, b.read(&tables.Rules[i]))
	}
	return b
}

// read reads the cells of a row. One that cannot be read is never looked at by the engine.
func (b *book) read(d *geo.DutyRow) row {
	r := row{DutyRow: d}
	var errs [4]error
	r.where, errs[0] = duty.ParseWhere(d.Where)
	r.asset, errs[1] = duty.ParseWhere(d.AssetWhere)
	r.hours, errs[2] = calendar.ParseHours(d.Hours)
	r.assign, errs[3] = duty.ParseAssign(d.Assign)
	r.readable = errs == [4]error{}
	at := cellOf{d.Layer, d.Area}
	cell, known := b.cells[at]
	if !known {
		cell = int32(len(b.cells))
		b.cells[at] = cell
	}
	r.cell = cell
	return r
}

// today is the category that an old one is decided as.
func (b *book) today(k geo.CategoryKey) geo.CategoryKey {
	if to, old := b.recode[k]; old {
		return to
	}
	return k
}

// about tells whether a row can be about a category.
func (b *book) about(r *row, k geo.CategoryKey) bool {
	switch {
	case r.Standard != "" && r.Standard != k.Standard, r.Kind != "" && r.Kind != k.Kind:
		return false
	case duty.ParsePattern(r.Category).Matches(k.Code):
		return true
	}
	c, known := b.view.Category(k)
	return known && c.Family == r.Category
}

// sort files the rows under the classes of categories.
func (b *book) sort(classes []class) {
	for i := range b.rows {
		for n := range classes {
			if r := &b.rows[i]; r.readable && b.about(r, b.today(classes[n].Categories[0])) {
				at := rowsAt{r.cell, int32(n)}
				b.byCell[at] = append(b.byCell[at], int32(i))
			}
		}
	}
}

// cellsAt are the cells of rows that a place fits.
func (b *book) cellsAt(p *index.Place) []int32 {
	var found []int32
	areas := make([]*geo.Area, 0, len(p.Areas)+len(p.Lines))
	for i := range p.Areas {
		areas = append(areas, p.Areas[i].Area)
	}
	for i := range p.Lines {
		areas = append(areas, p.Lines[i].Area)
	}
	for at, cell := range b.cells {
		fits := at.layer == ""
		for _, a := range areas {
			fits = fits || b.fits(at, a)
		}
		if fits {
			found = append(found, cell)
		}
	}
	slices.Sort(found)
	return found
}

func (b *book) fits(at cellOf, a *geo.Area) bool {
	pattern := duty.ParsePattern(at.area)
	if at.layer == string(a.Layer) {
		return pattern.Matches(string(a.Code))
	}
	return slices.ContainsFunc(b.groups[areaOfLayer{a.Layer, a.Code}], func(g geo.Group) bool {
		return g.Kind == at.layer && pattern.Matches(g.Code)
	})
}

// rowsFor are the rows that can matter to a class of categories where some cells fit, in
// the order of the table.
func (b *book) rowsFor(cells []int32, class int32) []int32 {
	var rows []int32
	for _, c := range cells {
		rows = append(rows, b.byCell[rowsAt{c, class}]...)
	}
	slices.Sort(rows)
	return rows
}

// class is categories that nothing but their assets tells apart.
type class struct {
	Categories []geo.CategoryKey
	assets     bool // some asset is of one of them
}

// classesOf divides the categories in force so that none of the books tells those of one
// class apart, a ruling about one category included.
func classesOf(books []*book) []class {
	keys := map[geo.CategoryKey][]byte{}
	var order []geo.CategoryKey
	for n, b := range books {
		for i, categories := range b.engine.CategoryClasses() {
			for _, k := range categories {
				if n == 0 {
					order = append(order, k)
				}
				if _, known := keys[k]; known || n == 0 {
					keys[k] = binary.AppendUvarint(keys[k], uint64(i))
				}
			}
		}
		for i, r := range b.view.Duty().Rulings {
			for k := range keys {
				if b.today(k) == r.Category {
					keys[k] = binary.AppendUvarint(append(keys[k], 'r'), uint64(i))
				}
			}
		}
	}
	var classes []class
	at := map[string]int{}
	slices.SortFunc(order, compareKeys)
	for _, k := range order {
		i, known := at[string(keys[k])]
		if !known {
			i = len(classes)
			at[string(keys[k])] = i
			classes = append(classes, class{})
		}
		classes[i].Categories = append(classes[i].Categories, k)
	}
	return classes
}
