package routing

import (
	"slices"

	"gridwarden/geo"
	"gridwarden/geo/duty"
)

var (
	componentOrder = []Rule{Maintainer, Owner, Authority, Territory, Fallback}
	matterOrder    = []Rule{Territory, Owner, Maintainer, Authority, Fallback}
)

// standing looks at one rule of the standing order; nil when it finds nobody.
func (e *Engine) standing(rule Rule, s *Situation, t *trace) *geo.Department {
	switch rule {
	case Territory:
		lowest := e.lowest(s)
		if lowest == nil {
			t.note(Step{Rule: Territory, Reason: outside})
			return nil
		}
		return e.ofArea(s, t, Territory, lowest)
	case Fallback:
		return e.fallback(s, t, Step{Rule: Fallback})
	}
	if s.Asset == nil {
		return nil
	}
	return e.named(s, t, Step{Rule: rule, Subject: "asset " + string(s.Asset.ID)}, body(s.Asset, rule))
}

// body is the department an asset names for a rule.
func body(a *geo.Asset, rule Rule) geo.DepartmentCode {
	switch rule {
	case Maintainer:
		return a.Maintainer
	case Owner:
		return a.Owner
	}
	return a.Authority
}

// leadOf is whom a row names, in office; nil for nobody: the next row is looked at.
func (e *Engine) leadOf(r *row, s *Situation, t *trace) *geo.Department {
	step := Step{Rule: ByRow, Row: r.ID}
	switch r.assign.To {
	case duty.ToDepartment:
		return e.named(s, t, step, r.assign.Department)
	case duty.ToLayer:
		return e.ofLayer(r, s, t, step)
	case duty.ToFallback:
		return e.fallback(s, t, step)
	}
	if s.Asset == nil {
		step.Reason = noAsset
		t.note(step)
		return nil
	}
	step.Subject = "asset " + string(s.Asset.ID)
	return e.named(s, t, step, body(s.Asset, Rule(r.assign.To)))
}

// ofLayer is the department of the area or the nearest line of a layer at the place, of
// several the first that names one in office; of those only that the row itself is about,
// when it is about areas of the same layer.
func (e *Engine) ofLayer(r *row, s *Situation, t *trace, step Step) *geo.Department {
	own := duty.Pattern{Prefix: true}
	if r.Layer == string(r.assign.Layer) {
		own = duty.ParsePattern(r.Area)
	}
	found := false
	try := func(a *geo.Area) *geo.Department {
		if a.Layer != r.assign.Layer || !own.Matches(string(a.Code)) {
			return nil
		}
		found = true
		step.Subject, step.Name = subject(t, a), a.Name
		return e.named(s, t, step, a.Department)
	}
	for i := range s.Place.Areas {
		if d := try(s.Place.Areas[i].Area); d != nil {
			return d
		}
	}
	for i := range s.Place.Lines {
		if d := try(s.Place.Lines[i].Area); d != nil {
			return d
		}
	}
	if !found {
		step.Reason, step.Args = notInLayer, t.args(string(r.assign.Layer))
		t.note(step)
	}
	return nil
}

// lowest is the area of the duty chain's lowest layer at the place that has one.
func (e *Engine) lowest(s *Situation) *geo.Area {
	for _, layer := range e.chain {
		if a := s.area(layer); a != nil {
			return a
		}
	}
	return nil
}

// fallback is the nearest parent of the lowest area that names somebody (属地兜底).
func (e *Engine) fallback(s *Situation, t *trace, step Step) *geo.Department {
	lowest := e.lowest(s)
	if lowest == nil {
		if step.Rule == ByRow { // the standing order has told so by the territory
			step.Reason = outside
			t.note(step)
		}
		return nil
	}
	for _, layer := range e.chain[slices.Index(e.chain, lowest.Layer)+1:] {
		if a := s.area(layer); a != nil {
			step.Subject, step.Name = subject(t, a), a.Name
			if d := e.named(s, t, step, a.Department); d != nil {
				return d
			}
		}
	}
	return nil
}

// area is the first area of a layer at the place.
func (s *Situation) area(layer geo.LayerName) *geo.Area {
	for i := range s.Place.Areas {
		if a := s.Place.Areas[i].Area; a.Layer == layer {
			return a
		}
	}
	return nil
}

func (e *Engine) ofArea(s *Situation, t *trace, rule Rule, a *geo.Area) *geo.Department {
	return e.named(s, t, Step{Rule: rule, Subject: subject(t, a), Name: a.Name}, a.Department)
}

// subject names an area in an explanation, when one is wanted.
func subject(t *trace, a *geo.Area) string {
	if t == nil {
		return ""
	}
	return string(a.Layer) + " " + string(a.Code)
}

// named follows successors from a code to the body that answers on the day, and notes
// what came of it; nil when that is nobody, or one that has returned the report. A ring of
// successors, or an end without one, finds nobody.
func (e *Engine) named(s *Situation, t *trace, step Step, code geo.DepartmentCode) *geo.Department {
	step.Department = code
	if code == "" {
		step.Reason = namesNobody
		t.note(step)
		return nil
	}
	ended := 0
	for ; ; ended++ {
		known := e.departments[code]
		if known == nil {
			step.Reason, step.Args = unknownDepartment, t.args(string(code))
			break
		}
		d := &known.path[0]
		if !ends(d, s.office()) {
			step.Department = d.Code
			if by := e.returned(d, s); by != nil {
				step.Reason, step.Args = returnedIt, t.args(by.Name)
				break
			}
			step.Decided, step.Reason, step.Args = true, answers, known.name
			if ended > 0 {
				step.Reason = succeeds
			}
			t.note(step)
			return d
		}
		if d.Successor == "" {
			step.Reason, step.Args = endedWithout, t.args(d.Name, d.ValidUntil.String())
			break
		}
		if ended > len(e.departments) {
			step.Reason = ringOfSuccessors
			break
		}
		code = d.Successor
	}
	t.note(step)
	return nil
}

// returned is who has returned the report: the department, or its body at the level asked
// for; nil when neither has.
func (e *Engine) returned(d *geo.Department, s *Situation) *geo.Department {
	if len(s.Without) == 0 {
		return nil
	}
	for _, by := range []*geo.Department{d, e.atLevel(d, s)} {
		if slices.Contains(s.Without, by.Code) {
			return by
		}
	}
	return nil
}

// atLevel is the body of a department's path at the level asked for; where that is not in
// office, or not above the department, the next one down to the department itself.
func (e *Engine) atLevel(d *geo.Department, s *Situation) *geo.Department {
	if s.Level <= 0 {
		return d
	}
	path := e.departments[d.Code].path
	for at := len(path) - s.Level; at > 0; at-- {
		if !ends(&path[at], s.office()) {
			return &path[at]
		}
	}
	return d
}

// office is the day on which a department must be in office.
func (s *Situation) office() geo.Date {
	if s.Office.IsZero() {
		return s.Date
	}
	return s.Office
}

// ends tells whether a department no longer answers on a day.
func ends(d *geo.Department, day geo.Date) bool {
	return !d.ValidUntil.IsZero() && d.ValidUntil.Before(day)
}
