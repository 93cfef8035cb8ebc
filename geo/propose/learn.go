package propose

import (
	"cmp"
	"maps"
	"slices"

	"gridwarden/geo"
	"gridwarden/geo/duty"
)

// learner works on the reports of one type.
type learner struct {
	Options
	outcomes []*outcome    // in a fixed order
	standing map[cell]bool // see stands
	cells    int           // places and subtypes that could have been tried
	table    []rule        // in the order in which they are looked at; the last holds everywhere
}

// rule is a duty row in the making.
type rule struct {
	cell
	assign duty.Assign
}

// cell is where a rule holds: in an area or anywhere, for a subtype or any.
type cell struct {
	layer   geo.LayerName
	area    geo.AreaCode
	subtype string
}

func (c cell) holds(o *outcome) bool {
	return (c.subtype == "" || c.subtype == o.Subtype) && (c.layer == "" || slices.ContainsFunc(o.Places, c.at))
}

func (c cell) at(p Place) bool { return p.Layer == c.layer && p.Area == c.area }

// compare is the order of duty rows: a place before none, the smaller rank first, then the
// more conditions.
func (l *learner) compare(a, b cell) int {
	return cmp.Or(
		l.rank(a.layer)-l.rank(b.layer),
		cmp.Compare(filled(b.subtype), filled(a.subtype)),
		cmp.Compare(a.area, b.area),
		cmp.Compare(a.subtype, b.subtype),
	)
}

// rank is a layer's place among those looked at; none comes after all.
func (l *learner) rank(layer geo.LayerName) int {
	if i := slices.Index(l.Layers, layer); i >= 0 {
		return i
	}
	return len(l.Layers)
}

func filled(s string) int {
	if s == "" {
		return 0
	}
	return 1
}

// cellsOf are all cells a report lies in but the one that holds everywhere.
func (l *learner) cellsOf(o *outcome) []cell {
	if o.cells != nil {
		return o.cells
	}
	subtypes := []string{""}
	if l.Subtype != "" && o.Subtype != "" && l.stands(cell{subtype: o.Subtype}) {
		subtypes = append(subtypes, o.Subtype)
		o.cells = append(o.cells, cell{subtype: o.Subtype})
	}
	for _, p := range o.Places {
		if !slices.Contains(l.Layers, p.Layer) || !l.stands(cell{layer: p.Layer, area: p.Area}) {
			continue
		}
		for _, s := range subtypes {
			o.cells = append(o.cells, cell{p.Layer, p.Area, s})
		}
	}
	return o.cells
}

// stands tells whether a subtype or an area can stand in a row as it is. It is asked for
// every report and seldom about another one.
func (l *learner) stands(c cell) bool {
	ok, asked := l.standing[c]
	if !asked {
		ok = c.subtype != "" && l.writable(c.subtype) || c.layer != "" && l.placeable(c)
		l.standing[c] = ok
	}
	return ok
}

// names tells whom an assignment names for a report; empty for nobody.
func names(a duty.Assign, o *outcome) geo.DepartmentCode {
	if a.To == duty.ToDepartment {
		return a.Department
	}
	for _, p := range o.Places {
		if p.Layer == a.Layer {
			return p.Department
		}
	}
	return ""
}

// assigns are all assignments that would have been right for a report: that of a layer
// first, since a body that answers on its own ground does so elsewhere as little as others.
func (l *learner) assigns(o *outcome) []duty.Assign {
	var right []duty.Assign
	for _, layer := range l.Layers {
		if a := (duty.Assign{To: duty.ToLayer, Layer: layer}); names(a, o) == o.Department {
			right = append(right, a)
		}
	}
	return append(right, duty.Assign{To: duty.ToDepartment, Department: o.Department})
}

// decides is the rule that answers a report, by its place in the table, and whether as it
// happened. A rule that names nobody passes on to the next.
func (l *learner) decides(o *outcome) (i int, right bool) {
	for i, r := range l.table {
		if !r.holds(o) {
			continue
		}
		if d := names(r.assign, o); d != "" {
			return i, d == o.Department
		}
	}
	return len(l.table) - 1, false
}

// learn fills the table.
func (l *learner) learn() {
	l.cells = l.countCells()
	everywhere := newTally()
	for _, o := range l.outcomes {
		everywhere.add(l, o, 0, false)
	}
	best, _ := everywhere.best(l)
	l.table = []rule{{assign: best}}
	for more := true; more; more = l.correct() {
		l.except()
		l.prune()
	}
}

// except adds exceptions as long as there are any.
func (l *learner) except() {
	for r, found := l.exception(); found; r, found = l.exception() {
		l.table = append(l.table, r)
		slices.SortFunc(l.table, func(a, b rule) int { return l.compare(a.cell, b.cell) })
	}
}

// correct gives rules the assignment that is right most often for what exceptions left to
// them, and tells whether more reports are answered rightly for it.
func (l *learner) correct() (better bool) {
	for i := range l.table {
		left := newTally()
		for _, o := range l.outcomes {
			if at, right := l.decides(o); at == i {
				left.add(l, o, at, right)
			}
		}
		if left.n == 0 {
			continue
		}
		with, was := l.right(), l.table[i].assign
		if l.table[i].assign, _ = left.best(l); l.right() > with {
			better = true
		} else {
			l.table[i].assign = was
		}
	}
	return better
}

// countCells is how many cells have enough reports to be tried.
func (l *learner) countCells() int {
	size := map[cell]int{}
	for _, o := range l.outcomes {
		for _, c := range l.cellsOf(o) {
			size[c] += o.n
		}
	}
	tried := 0
	for _, n := range size {
		if n >= l.MinSupport {
			tried++
		}
	}
	return tried
}

// exception finds the one that answers most reports more than the table does.
func (l *learner) exception() (best rule, found bool) {
	tallies := l.candidates()
	most := 0
	for _, c := range slices.SortedFunc(maps.Keys(tallies), l.simpler) {
		t := tallies[c]
		assign, right := t.best(l)
		if gain := right - t.right; gain > most && l.wins(t, assign, right) {
			most, best, found = gain, rule{c, assign}, true
		}
	}
	return best, found
}

// simpler orders cells that answer equally many: fewer conditions first, then as in the
// table, the larger areas first.
func (l *learner) simpler(a, b cell) int {
	return cmp.Or(
		filled(string(a.layer))+filled(a.subtype)-filled(string(b.layer))-filled(b.subtype),
		-l.compare(a, b),
	)
}

// candidates are the cells in which enough reports are answered wrongly, with all reports
// that a rule there would answer: those that no rule before it does.
func (l *learner) candidates() map[cell]*tally {
	wrong := map[cell]int{}
	for _, o := range l.outcomes {
		at, right := l.decides(o)
		for _, c := range l.cellsOf(o) {
			if !right && l.compare(c, l.table[at].cell) < 0 {
				wrong[c] += o.n
			}
		}
	}
	maps.DeleteFunc(wrong, func(_ cell, n int) bool { return n < l.MinSupport })
	if len(wrong) == 0 {
		return nil
	}
	tallies := map[cell]*tally{}
	for _, o := range l.outcomes {
		at, right := l.decides(o)
		for _, c := range l.cellsOf(o) {
			if wrong[c] == 0 || l.compare(c, l.table[at].cell) >= 0 {
				continue
			}
			if tallies[c] == nil {
				tallies[c] = newTally()
			}
			tallies[c].add(l, o, at, right)
		}
	}
	return tallies
}

// wins tells whether an exception is clear enough to be a row. Its department must be more
// frequent there than in all that the rules decide from which it takes over: so an
// exception within an exception is measured against that one, not against the whole type.
func (l *learner) wins(t *tally, assign duty.Assign, right int) bool {
	if right < l.MinSupport || signTest(right, t.right) > Level {
		return false
	}
	all, marked := 0, 0
	for _, o := range l.outcomes {
		if at, _ := l.decides(o); !t.rules[at] {
			continue
		}
		all += o.n
		if names(assign, o) == o.Department {
			marked += o.n
		}
	}
	return fisher(right, t.n, marked, all)*float64(l.cells) <= Level
}

// prune takes out exceptions that others made useless: without them no fewer reports would
// be answered rightly.
func (l *learner) prune() {
	for i := 0; i < len(l.table)-1; {
		whole := l.table
		with := l.right()
		l.table = slices.Delete(slices.Clone(whole), i, i+1)
		if l.right() < with {
			l.table = whole
			i++
		}
	}
}

// right is how many reports the table answers as it happened.
func (l *learner) right() int {
	n := 0
	for _, o := range l.outcomes {
		if _, right := l.decides(o); right {
			n += o.n
		}
	}
	return n
}

// tally counts reports of a cell.
type tally struct {
	n       int
	right   int          // answered rightly by the table as it is
	rules   map[int]bool // that answer them now
	assigns map[duty.Assign]int
}

func newTally() *tally { return &tally{rules: map[int]bool{}, assigns: map[duty.Assign]int{}} }

// add takes reports that a rule answers now.
func (t *tally) add(l *learner, o *outcome, rule int, right bool) {
	t.n += o.n
	if right {
		t.right += o.n
	}
	t.rules[rule] = true
	for _, a := range l.assigns(o) {
		t.assigns[a] += o.n
	}
}

// best is the assignment that is right most often: of equal ones that of a layer, the first
// one, else the department with the smaller code.
func (t *tally) best(l *learner) (best duty.Assign, right int) {
	better := func(a, b duty.Assign) int {
		return cmp.Or(t.assigns[b]-t.assigns[a], l.rank(a.Layer)-l.rank(b.Layer), cmp.Compare(a.Department, b.Department))
	}
	best = slices.SortedFunc(maps.Keys(t.assigns), better)[0]
	return best, t.assigns[best]
}
