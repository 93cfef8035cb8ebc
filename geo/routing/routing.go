// Package routing decides who answers for a report: one report in, one lead department
// out, with every step that led there. It is pure and total: the same snapshot and
// request give the same decision, and there is always one, "unrouted" included.
//
// The standing order is the trade's own. A component (部件) goes to its owner before the
// territory (先属主后属地): maintainer, owner, authority, then the territory. A matter
// (事项) goes to the territory first (先属地后属主): territory, then owner, maintainer and
// authority of the asset at hand. Last comes the fallback (属地兜底). Territory is the
// department named by the area of the duty chain's lowest layer at the point; fallback is
// the nearest of that area's parents that names one.
package routing

import (
	"gridwarden/geo"
	"gridwarden/geo/index"
)

// DefaultAccuracy is how far in metres an asset may stand from the reported point to be
// taken for the one meant, when the report does not say how accurate it is.
const DefaultAccuracy = 20.0

// Request is a report as far as routing needs it.
type Request struct {
	At       geo.Coord
	Category geo.CategoryKey
	Asset    geo.AssetID // the asset the report names; empty when it names none
	Accuracy float64     // metres; 0 is [DefaultAccuracy]
	Today    geo.Date    // the day the departments must be in office
}

// Rule names what decided.
type Rule string

// The rules of the standing order, and the two ways no department is found.
const (
	Maintainer Rule = "asset.maintainer"
	Owner      Rule = "asset.owner"
	Authority  Rule = "asset.authority"
	Territory  Rule = "territory"
	Fallback   Rule = "fallback"
	Unrouted   Rule = "unrouted" // nobody is named: kept for a person
)

var (
	componentOrder = []Rule{Maintainer, Owner, Authority, Territory, Fallback}
	matterOrder    = []Rule{Territory, Owner, Maintainer, Authority, Fallback}
)

// Step is one thing that was looked at, in order, and what came of it.
type Step struct {
	Rule       Rule
	Subject    string             // what was looked at: "asset 9901010100000001", "grids 990101001001001"
	Department geo.DepartmentCode // whom it names; empty for nobody
	Decided    bool
	Why        string // one sentence
}

// Decision is the answer. Department is nil when the report is unrouted.
type Decision struct {
	Department  *geo.Department
	Rule        Rule
	Path        []geo.Department // the department and those above it, the lead first
	Place       index.Place      // every layer at the point
	Asset       *index.Near      // the asset at hand, if any
	Explanation []Step
	Edition     geo.Edition
}

// Decide routes one report on one snapshot.
func Decide(s *index.Snapshot, r Request) Decision {
	d := decider{snapshot: s, request: r, decision: Decision{
		Rule:    Unrouted,
		Place:   s.Locate(r.At),
		Edition: s.Edition().Number,
	}}
	d.findAsset()
	order := componentOrder
	if r.Category.Kind == geo.Matter {
		order = matterOrder
	}
	for _, rule := range order {
		if d.try(rule) {
			return d.decision
		}
	}
	d.note(Step{Rule: Unrouted, Why: "Nobody is named for this place and thing; the report is kept for a person to decide."})
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
