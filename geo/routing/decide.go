package routing

import (
	"fmt"
	"slices"
	"time"

	"gridwarden/geo"
	"gridwarden/geo/index"
)

// decider carries one decision through the standing order.
type decider struct {
	snapshot *index.Snapshot
	request  Request
	decision Decision
}

func (d *decider) note(s Step) { d.decision.Explanation = append(d.decision.Explanation, s) }

// findAsset takes the asset the report names, else, for a component, the nearest of its
// category within the report's accuracy.
func (d *decider) findAsset() {
	r := d.request
	if r.Asset != "" {
		if a, ok := d.snapshot.Asset(r.Category.Standard, r.Asset); ok {
			d.decision.Asset = &index.Near{Asset: a, Metres: geo.FrameAt(r.At).Distance(a.Point)}
		} else {
			d.note(Step{Subject: "asset " + string(r.Asset), Reason: "The report names an asset that is not known here; it is passed over."})
		}
		return
	}
	if r.Category.Kind != geo.Component {
		return
	}
	within := r.Accuracy
	if within <= 0 {
		within = Accuracies()[""]
	}
	if near := d.snapshot.NearestAssets(r.At, r.Category, within, 1); len(near) > 0 {
		d.decision.Asset = &near[0]
		return
	}
	d.note(Step{Reason: sentence("No asset of category %s stands within %g m of the point.", r.Category.Code, within)})
}

// try looks at one rule and tells whether it decided.
func (d *decider) try(rule Rule) bool {
	switch rule {
	case Territory:
		return d.tryTerritory()
	case Fallback:
		return d.tryFallback()
	}
	if d.decision.Asset == nil {
		return false
	}
	a := &d.decision.Asset.Asset
	body := map[Rule]geo.DepartmentCode{Maintainer: a.Maintainer, Owner: a.Owner, Authority: a.Authority}[rule]
	return d.decide(rule, "asset "+string(a.ID), body)
}

// chainAreas are the areas of the duty chain at the point, lowest first.
func (d *decider) chainAreas() []*geo.Area {
	chain := DutyChain(d.snapshot)
	areas := make([]*geo.Area, 0, len(chain))
	for _, layer := range chain {
		i := slices.IndexFunc(d.decision.Place.Areas, func(h index.Hit) bool { return h.Area.Layer == layer })
		if i >= 0 {
			areas = append(areas, d.decision.Place.Areas[i].Area)
		}
	}
	return areas
}

func (d *decider) tryTerritory() bool {
	areas := d.chainAreas()
	if len(areas) == 0 {
		d.note(Step{Rule: Territory, Reason: "The point lies outside every area of the duty chain."})
		return false
	}
	return d.decide(Territory, subject(areas[0]), areas[0].Department)
}

func (d *decider) tryFallback() bool {
	areas := d.chainAreas()
	for _, a := range areas[min(1, len(areas)):] {
		if d.decide(Fallback, subject(a), a.Department) {
			return true
		}
	}
	return false
}

func subject(a *geo.Area) string { return string(a.Layer) + " " + string(a.Code) }

// decide notes whom a subject names and settles on it when it is a body in office, or has
// a successor in office.
func (d *decider) decide(rule Rule, subject string, code geo.DepartmentCode) bool {
	step := Step{Rule: rule, Subject: subject, Department: code}
	if code == "" {
		step.Reason = "It names no department."
		d.note(step)
		return false
	}
	department, why := d.inOffice(code)
	step.Reason = Reason(why)
	if department != nil {
		step.Decided = true
		step.Department = department.Code
		d.decision.Department, d.decision.Rule = department, rule
		d.decision.Path = d.path(*department)
	}
	d.note(step)
	return step.Decided
}

// inOffice follows successors to the body that answers today. A ring of successors, or an
// end without one, finds nobody.
func (d *decider) inOffice(code geo.DepartmentCode) (*geo.Department, string) {
	why := ""
	for seen := map[geo.DepartmentCode]bool{}; !seen[code]; {
		seen[code] = true
		department, known := d.snapshot.Department(code)
		switch {
		case !known:
			return nil, fmt.Sprintf("Department %s is not known here.", code)
		case department.ValidUntil.IsZero() || !department.ValidUntil.Before(geo.DateOf(d.request.Reported, time.UTC)):
			return &department, why + fmt.Sprintf("%s (%s) answers for it.", department.Name, code)
		case department.Successor == "":
			return nil, fmt.Sprintf("%s (%s) ended on %s and names no successor.", department.Name, code, department.ValidUntil)
		}
		why += fmt.Sprintf("%s (%s) ended on %s. ", department.Name, code, department.ValidUntil)
		code = department.Successor
	}
	return nil, why + "Its successors name one another in a ring."
}

// path is the department and those above it, the lead first.
func (d *decider) path(lead geo.Department) []geo.Department {
	path := []geo.Department{lead}
	for up := lead; up.Parent != "" && len(path) < 8; {
		next, known := d.snapshot.Department(up.Parent)
		if !known {
			break
		}
		path = append(path, next)
		up = next
	}
	return path
}

func sentence(format string, args ...any) Reason { return Reason(fmt.Sprintf(format, args...)) }

// Decide routes one report on one snapshot.
func Decide(s *index.Snapshot, r Request) Decision {
	d := decider{snapshot: s, request: r, decision: Decision{
		Rule:    Unrouted,
		Place:   s.Locate(r.At),
		Edition: s.Edition().Number,
	}}
	d.findAsset()
	order := []Rule{Maintainer, Owner, Authority, Territory, Fallback}
	if r.Category.Kind == geo.Matter {
		order = []Rule{Territory, Owner, Maintainer, Authority, Fallback}
	}
	for _, rule := range order {
		if d.try(rule) {
			return d.decision
		}
	}
	d.note(Step{Rule: Unrouted, Reason: "Nobody is named for this place and thing; the report is kept for a person to decide."})
	return d.decision
}

// DutyChain is the chain of layers that territory and fallback follow, lowest first: the
// deepest; between equally deep ones that whose lowest layer comes first by rank and name.
// Empty when there is no coverage.
func DutyChain(s *index.Snapshot) []geo.LayerName {
	var deepest []geo.LayerName
	for _, l := range s.Layers() {
		if l.Kind != geo.Coverage {
			continue
		}
		if chain := s.Chain(l.Name); len(chain) > len(deepest) {
			deepest = chain
		}
	}
	return deepest
}
