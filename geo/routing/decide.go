package routing

import (
	"slices"
	"strconv"
	"sync"

	"gridwarden/geo"
)

// Decide routes one report.
func (e *Engine) Decide(r Request) Decision {
	d := deciders.Get().(*decider)
	defer d.done()
	d.Engine, d.request, d.accuracy = e, r, e.accuracy(&r)
	d.decide()
	return d.decision
}

// decider carries one decision from what was reported to the answer.
type decider struct {
	*Engine
	request   Request
	accuracy  float64
	situation Situation
	known     *category // nil: nothing is known of the category
	rows      []int32   // the candidates of the situation
	verdict   verdict
	decision  Decision
	trace     trace
	fixed     bool // the asset is no question any more
	contest   contest
}

// deciders are at rest, with room for the next decision.
var deciders = sync.Pool{New: func() any { return &decider{} }}

// done puts the decider to rest. It keeps its room and nothing of what was decided.
func (d *decider) done() {
	clear(d.trace.steps)
	clear(d.trace.asks)
	*d = decider{
		rows: d.rows[:0], trace: trace{steps: d.trace.steps[:0], asks: d.trace.asks[:0]},
		contest: d.contest.done(),
	}
	deciders.Put(d)
}

// decide works the decision out, from the place to the contest.
func (d *decider) decide() {
	e, r := d.Engine, &d.request
	d.situation = Situation{
		Place: e.snapshot.Locate(r.At), Category: r.Category, Family: r.Family, Condition: r.Condition, Answers: r.Answers,
		Date: geo.DateOf(r.Reported, e.settings.Zone), Moment: e.calendar.Moment(r.Reported),
		Without: r.Without, Level: r.Level, Rulings: r.Rulings,
	}
	if r.Dispatched.After(r.Reported) {
		d.situation.Office = geo.DateOf(r.Dispatched, e.settings.Zone)
	}
	d.decision = Decision{Edition: e.snapshot.Edition().Number, BeforeFirst: r.BeforeFirst}
	if r.BeforeFirst {
		d.trace.note(Step{Reason: beforeFirst})
	}
	d.recode()
	if len(r.Answers) > 0 {
		d.answerPlace()
	}
	d.findAsset()
	d.known = d.categories[d.situation.Category]
	d.rows = e.candidates(&d.situation, d.known, d.rows)
	d.verdict = e.judgeBy(d.rows, &d.situation, &d.trace)
	d.trace.morePassed()
	d.settle()
	if !d.ruledItself() { // a dispute decided once is not opened again
		d.contest.decider = d
		d.decision.Contested = d.contest.held()
	}
	d.decision.Explanation = slices.Clone(d.trace.steps)
}

// accuracy is how well the point is known, in metres.
func (e *Engine) accuracy(r *Request) float64 {
	if r.Accuracy > 0 {
		return r.Accuracy
	}
	if metres, known := e.settings.Accuracy[r.Source]; known {
		return metres
	}
	return e.settings.Accuracy[""]
}

// recode takes an old code for its new one.
func (d *decider) recode() {
	s := &d.situation
	if to, old := d.crosswalk[s.Category]; old {
		d.trace.note(Step{Reason: recoded, Args: []string{s.Category.Standard + " " + s.Category.Code, to.Standard + " " + to.Code}})
		s.Category = to
	}
	if s.Category.Code == "" && s.Family != "" {
		s.Category = geo.CategoryKey{Kind: geo.Component}
	}
}

// settle works out what goes with the lead.
func (d *decider) settle() {
	v, s, out := &d.verdict, &d.situation, &d.decision
	out.Category, out.Place, out.Rule, out.Ruling = s.Category, s.Place, v.rule, v.ruling
	if d.known != nil {
		out.Known = d.known.Category
	}
	if s.Category.Code == "" {
		out.Family = s.Family
	}
	if v.row != nil {
		out.Row = v.row.DutyRow
	}
	if v.department != nil {
		out.Department = v.department
		out.Path = d.departments[v.department.Code].path
		d.raise()
		out.Deadline = d.deadline() // nobody's has none
	}
	d.addHelpers()
	out.Verifier = d.groups.at(geo.DutyGroup, s)
}

// raise sends it to the body of the lead's path at the level asked for.
func (d *decider) raise() {
	level := d.request.Level
	if level == 0 || len(d.decision.Path) == level {
		return
	}
	to := d.atLevel(d.decision.Department, &d.situation)
	d.decision.Department, d.decision.Path = to, d.departments[to.Code].path
	step := Step{Department: to.Code, Reason: raised, Args: []string{strconv.Itoa(level), to.Name}}
	if len(d.decision.Path) != level {
		step.Reason = noSuchLevel
	}
	d.trace.note(step)
}

// addHelpers are those of the row and those a street called, each once and never the lead.
func (d *decider) addHelpers() {
	out := &d.decision
	if (out.Row == nil || len(out.Row.Helpers) == 0) && len(d.request.Whistle) == 0 {
		return
	}
	place := Situation{Date: d.situation.office(), Without: d.situation.Without} // a helper is called itself, whatever the level
	add := func(code geo.DepartmentCode, why Reason) {
		helper := d.named(&place, nil, Step{}, code)
		switch {
		case helper == nil && slices.Contains(place.Without, code):
			d.trace.note(Step{Department: code, Reason: returnedHelper, Args: []string{string(code)}})
			return
		case helper == nil:
			d.trace.note(Step{Department: code, Reason: unknownHelper, Args: []string{string(code)}})
			return
		case out.Department != nil && helper.Code == out.Department.Code:
			return
		case slices.ContainsFunc(out.Helpers, func(o geo.Department) bool { return o.Code == helper.Code }):
			return
		}
		out.Helpers = append(out.Helpers, *helper)
		if why != "" {
			d.trace.note(Step{Department: helper.Code, Reason: why, Args: []string{helper.Name}})
		}
	}
	if out.Row != nil {
		for _, code := range out.Row.Helpers {
			add(code, "")
		}
	}
	for _, code := range d.request.Whistle {
		add(code, calledBy)
	}
}

// ruledItself tells whether a ruling about this very report decided. A wider one leaves
// open whether this is the asset it is about.
func (d *decider) ruledItself() bool {
	return d.verdict.ruling != nil && slices.ContainsFunc(d.request.Rulings, func(r geo.Ruling) bool { return r.ID == d.verdict.ruling.ID })
}
