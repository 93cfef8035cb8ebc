package routing

import (
	"encoding/json"
	"slices"

	"gridwarden/geo"
	"gridwarden/geo/calendar"
	"gridwarden/geo/duty"
	"gridwarden/geo/index"
)

// Situation is everything a decision depends on, already found.
type Situation struct {
	Place     index.Place     // areas and lines that hold, as Locate gives them
	Category  geo.CategoryKey // of today, after the crosswalk; zero where only a family is named
	Family    string
	Condition string
	Asset     *geo.Asset // nil: none
	Answers   map[string]string
	Date      geo.Date        // validity
	Office    geo.Date        // on which a department must be in office; zero: Date
	Moment    calendar.Moment // hours
	Without   []geo.DepartmentCode
	Level     int          // the lead's body at this level of the tree is asked for; 0: itself
	Rulings   []geo.Ruling // of this very report

	supposed answer
}

// answer is one supposed to be given beside those that were; none without a key.
type answer struct{ key, value string }

// answered is the answer given, or supposed to be, to what rows ask.
func (s *Situation) answered(key string) (value string, given bool) {
	if s.supposed.key == key && key != "" {
		return s.supposed.value, true
	}
	value, given = s.Answers[key]
	return value, given
}

// Outcome is who would answer in a situation, without the reasons.
type Outcome struct {
	Department geo.DepartmentCode // empty: nobody
	Rule       Rule
	Row        int32 // which of Duty().Rules decided; -1 for none
	Collision  int32 // the row that equals it up to id and names another; -1 for none
}

// Outcome is who answers in a situation.
func (e *Engine) Outcome(s *Situation) Outcome {
	v := e.judge(s, nil)
	o := Outcome{Rule: v.rule, Row: -1, Collision: -1}
	if v.department != nil {
		o.Department = v.department.Code
	}
	if v.row != nil {
		o.Row = v.row.index
	}
	if v.rival != nil {
		o.Collision = v.rival.index
	}
	return o
}

// verdict is what was decided.
type verdict struct {
	department *geo.Department // nil: nobody
	rule       Rule
	row        *row
	ruling     *geo.Ruling
	rival      *row // holds here and now too, equal up to id, and names another
	rivalLead  *geo.Department
}

// ask is a row that would decide otherwise, were what nobody answered so.
type ask struct {
	row        *row
	department *geo.Department
}

// judge goes through rulings, rows and the standing order. Trace takes the reasons; nil
// wants neither them nor what is open.
func (e *Engine) judge(s *Situation, t *trace) verdict {
	var buffer [64]int32
	return e.judgeBy(e.candidates(s, e.categories[s.Category], buffer[:0]), s, t)
}

// judgeBy judges by rows that are known to be the candidates of the situation.
func (e *Engine) judgeBy(candidates []int32, s *Situation, t *trace) verdict {
	var v verdict
	if e.judgeRulings(s, t, &v) || e.judgeRows(candidates, s, t, &v) {
		return v
	}
	order := componentOrder
	if s.Category.Kind == geo.Matter {
		order = matterOrder
	}
	for _, rule := range order {
		if v.department = e.standing(rule, s, t); v.department != nil {
			v.rule = rule
			return v
		}
	}
	v.rule = Unrouted
	t.note(Step{Rule: Unrouted, Reason: nobody})
	return v
}

// judgeRulings tells whether a ruling decided: one of the report itself, the last first,
// else a wider one. One whose department answers no more is passed over.
func (e *Engine) judgeRulings(s *Situation, t *trace, v *verdict) bool {
	decides := func(r *geo.Ruling) bool {
		if !binds(r, s) {
			return false
		}
		v.department = e.named(s, t, Step{Rule: ByRuling, Subject: string(r.ID), Name: r.Basis}, r.Department)
		if v.department != nil {
			v.rule, v.ruling = ByRuling, r
		}
		return v.department != nil
	}
	for i := len(s.Rulings) - 1; i >= 0; i-- {
		if decides(&s.Rulings[i]) {
			return true
		}
	}
	return e.rulings.any() && e.rulings.holds(s, decides)
}

// judgeRows goes through the rows that can match, in their order, and tells whether one
// decided.
func (e *Engine) judgeRows(candidates []int32, s *Situation, t *trace, v *verdict) bool {
	for n, i := range candidates {
		r := &e.table.rows[i]
		truth, reason := r.holds(s)
		if truth != duty.True {
			if truth == duty.Unknown && t != nil {
				if lead := e.leadOf(r, s, nil); lead != nil {
					t.asks = append(t.asks, ask{r, lead})
				}
			}
			t.passed(r, reason)
			continue
		}
		if v.department = e.leadOf(r, s, t); v.department == nil {
			continue
		}
		v.rule, v.row = ByRow, r
		v.rival, v.rivalLead = e.rivalOf(r, v.department, candidates[n+1:], s)
		return true
	}
	return false
}

// rivalOf is the first later row of the same order that holds too and names another.
func (e *Engine) rivalOf(r *row, lead *geo.Department, later []int32, s *Situation) (*row, *geo.Department) {
	for _, i := range later {
		o := &e.table.rows[i]
		if o.order != r.order {
			break
		}
		if truth, _ := o.holds(s); truth == duty.True {
			if other := e.leadOf(o, s, nil); other != nil && other.Code != lead.Code {
				return o, other
			}
		}
	}
	return nil, nil
}

// candidates adds the rows whose place and category match, in their order; known is what is
// known of the category.
func (e *Engine) candidates(s *Situation, known *category, rows []int32) []int32 {
	if len(e.table.rows) == 0 {
		return rows
	}
	var placeBuffer, kindBuffer [32]int32
	places := e.placePatterns(s, placeBuffer[:0])
	for _, k := range e.kindPatterns(s, known, kindBuffer[:0]) {
		reached := &e.table.reached[k]
		rows = append(rows, reached.everywhere...)
		if reached.at != nil {
			for _, p := range places {
				rows = append(rows, reached.at[p]...)
			}
		}
	}
	slices.Sort(rows)
	return rows
}

// placePatterns adds the place patterns that match, each once.
func (e *Engine) placePatterns(s *Situation, ids []int32) []int32 {
	for i := range s.Place.Areas {
		ids = e.patternsOf(s.Place.Areas[i].Area, ids)
	}
	for i := range s.Place.Lines {
		ids = e.patternsOf(s.Place.Lines[i].Area, ids)
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

// patternsOf adds the patterns that an area matches, by its own code and by those of the
// groups it is in.
func (e *Engine) patternsOf(a *geo.Area, ids []int32) []int32 {
	if l := e.table.layers[string(a.Layer)]; l != nil {
		ids = l.appendMatching(ids, string(a.Code))
	}
	for _, k := range e.grouped {
		if g := k.of[areaRef{a.Layer, a.Code}]; g != nil {
			ids = k.appendMatching(ids, g.Code)
		}
	}
	return ids
}

// kindPatterns are the category patterns that match. Where only a family is named, rows
// for the family match and rows for any component.
func (e *Engine) kindPatterns(s *Situation, known *category, ids []int32) []int32 {
	if known != nil && s.Family == "" {
		return known.kinds
	}
	return append(ids, e.table.matchingKinds(s.Category, s.Family)...)
}

// holds tells whether a row that matches by place and category holds here and now; for
// one that does not, why.
func (r *row) holds(s *Situation) (duty.Truth, Reason) {
	switch {
	case r.Condition != "" && r.Condition != s.Condition:
		return duty.False, otherCondition
	case !r.ValidFrom.IsZero() && s.Date.Before(r.ValidFrom):
		return duty.False, notYetValid
	case !r.ValidUntil.IsZero() && r.ValidUntil.Before(s.Date):
		return duty.False, noLongerValid
	case !r.hours.Holds(s.Moment):
		return duty.False, otherHours
	case r.Asset == "must" && s.Asset == nil:
		return duty.False, noAsset
	case r.Asset == "no" && s.Asset != nil:
		return duty.False, anAsset
	case len(r.assetWhere) > 0 && r.assetWhere.Eval(attributesOf(s.Asset)) != duty.True:
		return duty.False, otherAsset
	case len(r.where) > 0:
		switch r.where.Eval(s.answered) {
		case duty.False:
			return duty.False, otherAnswer
		case duty.Unknown:
			return duty.Unknown, notAnswered
		}
	}
	return duty.True, ""
}

// attributesOf looks up what rows may ask of an asset: its own words and the attributes
// that rows name. What it does not have is not answered, and no row holds by it.
func attributesOf(a *geo.Asset) func(key string) (string, bool) {
	var parsed map[string]string
	return func(key string) (string, bool) {
		if a == nil {
			return "", false
		}
		if value, own := a.Own(key); own {
			return value, true
		}
		if parsed == nil {
			parsed = map[string]string{}
			if len(a.Attributes) > 0 {
				_ = json.Unmarshal(a.Attributes, &parsed) // what is no object of texts has none
			}
		}
		value, has := parsed[key]
		return value, has
	}
}
