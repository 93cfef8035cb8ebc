package planning

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"time"

	"gridwarden/geo"
	"gridwarden/geo/duty"
)

// TableOptions say how an import of duty tables is done.
type TableOptions struct {
	Merge         bool      // rows that are not given stay
	AllowEnd      bool      // more than EndLimit of a table may end, and what was published from rulings too
	EffectiveFrom time.Time // zero: from the moment of publishing
	Note          string
	Today         geo.Date     // in the city's zone: departments must answer from then on
	Sources       []geo.Source // of the rows of the one table given; nil: a row is named by its key
}

// TablesOutcome is what an import of duty tables would do.
type TablesOutcome struct {
	Publication *geo.Publication // nil when nothing would change
	Tables      []TableReport    // of those given
	Notes       []string         // what a person should look at; none refuses the import
}

// TableReport counts what happens to the rows of one table.
type TableReport struct {
	Table     string // what its rows are called: duty rows, filing standards …
	Read      int
	Added     []string
	Changed   []string
	Ended     []string // by id or by what makes the row the same row
	Kept      []string // rows of rulings that are not in the file; they stay until their end is allowed
	Untouched int
}

// Tables plans the import of the duty tables that are given, which are those that are not
// nil: each is whole afterwards as given, or merged. Departments of duty rows may be written
// by code, name or alias and become codes. A row that was a ruling stays though it is not
// given, unless AllowEnd: who writes the file does not know what was ruled meanwhile.
//
// The base must hold the areas of [TableLayers]. Tables is pure. The error is Faulty when
// rows name what is not there or contradict one another, all of them told, and Conflict
// when too much would end; the outcome with its counts is there in both cases. A row that
// stays as it was and names what is there no longer is only noted: the import does not make
// it worse, and rows that went stale must be mended one by one.
func Tables(base *geo.Base, given geo.DutyTables, o TableOptions) (*TablesOutcome, error) {
	p := newTablePlan(base, o)
	if given.Rules != nil {
		given.Rules = p.withCodes(given.Rules)
	}
	changed := geo.DutyTables{
		Rules:     replaced(p, rules(), base.Duty.Rules, given.Rules, &p.after.Rules),
		Standards: replaced(p, standards(), base.Duty.Standards, given.Standards, &p.after.Standards),
		Calendar:  replaced(p, days(), base.Duty.Calendar, given.Calendar, &p.after.Calendar),
		Groups:    replaced(p, groups(), base.Duty.Groups, given.Groups, &p.after.Groups),
		Crosswalk: replaced(p, crosswalk(), base.Duty.Crosswalk, given.Crosswalk, &p.after.Crosswalk),
	}
	p.check(given)
	if err := p.refused.err(); err != nil {
		return p.outcome, err
	}
	if p.tooMany != nil {
		return p.outcome, p.tooMany
	}
	if changed.Rules != nil || changed.Standards != nil || changed.Calendar != nil || changed.Groups != nil || changed.Crosswalk != nil {
		p.outcome.Publication = &geo.Publication{Base: base.Edition, EffectiveFrom: o.EffectiveFrom, Note: o.Note, Duty: changed}
	}
	return p.outcome, nil
}

// TableLayers names the layers whose areas [Tables] must know to judge the tables given:
// those in which duty rows name areas, and those of the members of groups with the layers
// above them, for which it must know the layers there are. Some may not exist: of them
// there are no areas to know.
func TableLayers(layers []geo.Layer, given geo.DutyTables) []geo.LayerName {
	parent := map[geo.LayerName]geo.LayerName{}
	for _, l := range layers {
		parent[l.Name] = l.Parent
	}
	needed := map[geo.LayerName]bool{}
	for _, row := range given.Rules {
		if row.Area != "" && row.Layer != "" {
			needed[geo.LayerName(row.Layer)] = true
		}
	}
	for _, g := range given.Groups {
		for name := g.Layer; name != "" && !needed[name]; name = parent[name] {
			needed[name] = true
		}
	}
	return slices.Sorted(maps.Keys(needed))
}

// tablePlan carries one import of tables from the base to the publication.
type tablePlan struct {
	base    *geo.Base
	options TableOptions
	after   geo.DutyTables // the tables as they would be
	matcher *Matcher
	near    map[string]error // what was said of names that match no department
	kept    map[keptRow]bool
	refused refusals
	tooMany error
	outcome *TablesOutcome
}

// keptRow is a row given that was there before and says the same.
type keptRow struct {
	rows string
	i    int
}

// absent takes that a row given names what is not there.
func (p *tablePlan) absent(rows string, i int, name any, err error) {
	if p.kept[keptRow{rows, i}] {
		p.note("%s: %s", name, geo.Sentence(err))
		return
	}
	p.refused.add(i, name, err)
}

func newTablePlan(base *geo.Base, o TableOptions) *tablePlan {
	return &tablePlan{
		base: base, options: o, after: base.Duty, matcher: NewMatcher(base.Departments, nil), near: map[string]error{},
		kept: map[keptRow]bool{}, refused: refusals{sources: o.Sources}, outcome: &TablesOutcome{},
	}
}

// check holds the tables given against what exists and against one another.
func (p *tablePlan) check(given geo.DutyTables) {
	w := p.world()
	for _, f := range duty.Check(given.Rules, w) {
		p.absent(rules().rows, f.Index, geo.Say("the duty row %s", f.ID), f.CellError)
	}
	if given.Standards != nil {
		p.checkStandards(given.Standards, w)
	}
	if given.Calendar != nil {
		p.checkCalendar(given.Calendar)
	}
	if given.Crosswalk != nil {
		p.checkCrosswalk(given.Crosswalk, w)
	}
	if given.Groups != nil {
		p.checkGroups(given.Groups)
		p.noteGroups(given.Groups)
		p.noteRules(w)
	}
}

// table says what the rows of a table are.
type table[T any] struct {
	rows  string           // what they are called
	key   func(T) []string // what makes a row the same row
	cells func(T) []string // all it says
	order func(a, b T) int
	ruled func(T) bool // was a ruling; nil: none was
}

// name is a row's key for people.
func (t table[T]) name(row T) string {
	filled := slices.DeleteFunc(t.key(row), func(s string) bool { return s == "" })
	return strings.Join(filled, " ")
}

func (t table[T]) id(row T) string { return strings.Join(t.key(row), "\x00") }

// replaced is the whole table with the rows given in place of the old, and nil when nothing
// changes or none is given. What becomes of each row goes into the report.
func replaced[T any](p *tablePlan, t table[T], was, given []T, after *[]T) []T {
	if given == nil {
		return nil
	}
	r := TableReport{Table: t.rows, Read: len(given)}
	old := make(map[string]T, len(was))
	for _, row := range was {
		old[t.id(row)] = row
	}
	place := make(map[string]int, len(given))
	is := make([]T, 0, len(given))
	for i, row := range given {
		id := t.id(row)
		if first, twice := place[id]; twice && t.name(row) != "" { // a blank key was told by who read it
			p.refused.add(i, geo.Say("row %s", t.name(row)), geo.Errorf(geo.Faulty, "the same row, %s, stands already in %s: keep one of the two", t.name(row), p.refused.place(first)))
			continue
		}
		place[id] = i
		is = append(is, row)
		switch before, known := old[id]; {
		case !known:
			r.Added = append(r.Added, t.name(row))
		case !slices.Equal(t.cells(before), t.cells(row)):
			r.Changed = append(r.Changed, t.name(row))
		default:
			r.Untouched++
			p.kept[keptRow{t.rows, i}] = true
		}
	}
	for _, row := range was {
		if _, stays := place[t.id(row)]; stays {
			continue
		}
		switch {
		case p.options.Merge:
			is = append(is, row)
			r.Untouched++
		case !p.options.AllowEnd && t.ruled != nil && t.ruled(row):
			is = append(is, row)
			r.Kept = append(r.Kept, t.name(row))
		default:
			r.Ended = append(r.Ended, t.name(row))
		}
	}
	slices.SortFunc(is, t.order)
	*after = is
	p.outcome.Tables = append(p.outcome.Tables, r)
	if ends := len(r.Ended); !p.options.AllowEnd && float64(ends) > EndLimit*float64(len(was)) {
		p.tooMany = geo.Errorf(geo.Conflict, "%d of the %d %s are not in the file and would end; give --allow-end if that is meant, or --merge to keep them", ends, len(was), t.rows)
	}
	if len(r.Added)+len(r.Changed)+len(r.Ended) == 0 {
		return nil
	}
	return is
}

func rules() table[geo.DutyRow] {
	return table[geo.DutyRow]{
		rows: "duty rows", cells: duty.FormatRule,
		key:   func(r geo.DutyRow) []string { return []string{string(r.ID)} },
		order: func(a, b geo.DutyRow) int { return cmp.Compare(a.ID, b.ID) },
		ruled: func(r geo.DutyRow) bool { _, was := r.ID.Ruling(); return was },
	}
}

func standards() table[geo.FilingStandard] {
	return table[geo.FilingStandard]{
		rows: "filing standards", cells: duty.FormatStandard,
		key: func(s geo.FilingStandard) []string {
			return []string{s.Standard, string(s.Kind), s.Code, s.Condition, s.Class, s.ValidFrom.String()}
		},
		order: func(a, b geo.FilingStandard) int {
			return cmp.Or(compareKeys(a.CategoryKey, b.CategoryKey), cmp.Compare(a.Condition, b.Condition),
				cmp.Compare(a.Class, b.Class), compareDates(a.ValidFrom, b.ValidFrom))
		},
	}
}

func days() table[geo.CalendarRow] {
	return table[geo.CalendarRow]{
		rows: "calendar rows", cells: duty.FormatCalendarRow,
		key: func(c geo.CalendarRow) []string { return []string{string(c.Kind), c.From.String(), c.Until.String()} },
		order: func(a, b geo.CalendarRow) int {
			return cmp.Or(compareDates(a.From, b.From), compareDates(a.Until, b.Until), cmp.Compare(a.Kind, b.Kind))
		},
	}
}

func groups() table[geo.Group] {
	return table[geo.Group]{
		rows: "groups",
		cells: func(g geo.Group) []string {
			return slices.Concat([]string{g.Name}, slices.Concat(duty.FormatGroup(g)...))
		},
		key:   func(g geo.Group) []string { return []string{g.Kind, g.Code} },
		order: func(a, b geo.Group) int { return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Code, b.Code)) },
	}
}

func crosswalk() table[geo.Crosswalk] {
	return table[geo.Crosswalk]{
		rows: "crosswalk rows", cells: duty.FormatCrosswalk,
		key:   func(c geo.Crosswalk) []string { return []string{c.From.Standard, string(c.From.Kind), c.From.Code} },
		order: func(a, b geo.Crosswalk) int { return compareKeys(a.From, b.From) },
	}
}

func compareKeys(a, b geo.CategoryKey) int {
	return cmp.Or(cmp.Compare(a.Standard, b.Standard), cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Code, b.Code))
}

func compareDates(a, b geo.Date) int {
	switch {
	case a.Before(b):
		return -1
	case b.Before(a):
		return 1
	}
	return 0
}
