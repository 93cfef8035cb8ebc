// Package routing decides who answers for a report: one report in, one lead department
// out, with every step that led there. It is pure and total: the same snapshot and
// request give the same decision, and there is always one, "unrouted" included.
//
// Rulings come first, then the duty rows (责任清单) in their order, then the standing order
// of the trade. A component (部件) goes to its owner before the territory (先属主后属地):
// maintainer, owner, authority, then the territory. A matter (事项) goes to the territory
// first (先属地后属主): territory, then owner, maintainer and authority of the asset at hand.
// Last comes the fallback (属地兜底). Territory is the department named by the area of the
// duty chain's lowest layer at the point; fallback is the nearest of that area's parents
// that names one.
package routing

import (
	"time"

	"gridwarden/geo"
	"gridwarden/geo/index"
)

// Settings are what a city sets once for all decisions.
type Settings struct {
	Chain      geo.LayerName      // a layer of the duty chain; empty: the deepest chain
	Accuracy   map[string]float64 // metres, by source; "" for all others
	ClassLayer geo.LayerName      // whose areas say the class of a place; empty: none do
	ClassField string             // the attribute that says it
	FromReport bool               // the clock starts at the report, not at dispatch
	Zone       *time.Location     // of days and hours; nil: UTC
}

// Accuracies are the usual ones by source in metres; "" is for any other source.
func Accuracies() map[string]float64 {
	return map[string]float64{"pin": 5, "phone": 20, "address": 50, "": 20}
}

// Request is a report as far as routing needs it.
type Request struct {
	At          geo.Coord
	Category    geo.CategoryKey // zero where only a family is named
	Family      string          // a kind of thing citizens name: 井盖
	Condition   string          // the code in the filing standard
	Asset       geo.AssetID     // the asset the report names; empty when it names none
	Accuracy    float64         // metres; 0: as usual for the source
	Source      string          // pin, phone, address, or a system's name
	Answers     map[string]string
	Reported    time.Time            // hours and validity are looked at as of then
	Dispatched  time.Time            // the clock of deadlines starts here, and who answers is in office then; zero: Reported
	Without     []geo.DepartmentCode // have returned it: passed over
	Level       int                  // the lead is the body of its path at this level, 1 at the top; 0: itself
	Whistle     []geo.DepartmentCode // called as helpers
	Rulings     []geo.Ruling         // of this very report
	BeforeFirst bool                 // reported before the first edition, by which it is decided
}

// Rule names what decided.
type Rule string

// What can decide, and the two ways nobody is found.
const (
	ByRuling   Rule = "ruling"
	ByRow      Rule = "duty-row"
	Maintainer Rule = "asset.maintainer"
	Owner      Rule = "asset.owner"
	Authority  Rule = "asset.authority"
	Territory  Rule = "territory"
	Fallback   Rule = "fallback"
	Unrouted   Rule = "unrouted" // nobody is named: kept for a person
)

// Decision is the answer. Department is nil when the report is unrouted.
type Decision struct {
	Department  *geo.Department // the lead
	Rule        Rule
	Row         *geo.DutyRow     // the duty row that decided, if one did
	Ruling      *geo.Ruling      // the ruling that decided, if one did
	Path        []geo.Department // the lead and those above it
	Helpers     []geo.Department
	Verifier    *geo.Group // the duty grid at the point, where groups are loaded
	Deadline    *Deadline  // nil where neither the row nor a filing standard sets one
	Category    geo.CategoryKey
	Known       geo.Category // the category with its names, where it is known
	Family      string       // where the report names no more than that
	Place       index.Place  // every layer at the point
	Asset       *index.Near  // the asset at hand, if any
	Candidates  []index.Near // all assets that could be the one meant, nearest first
	Contested   *Contested   // another department could be right
	Explanation []Step
	Edition     geo.Edition
	BeforeFirst bool
}

// Deadline is until when the lead must have acted.
type Deadline struct {
	DueAt     time.Time
	From      time.Time // when the clock started
	Limit     float64
	Unit      geo.TimeUnit
	Class     string // of the place, where the filing standard asks
	Condition string // its text
	Basis     string
}

// Contested says that another department could be right, and what would tell.
type Contested struct {
	Candidates []Candidate // the lead first
	Question   *Question   // nil where no answer of the reporter's could tell: a collision of rows
}

// Candidate is a department that could be right, and why.
type Candidate struct {
	Department *geo.Department
	Why        Step
}

// Question is one that a person at the place can answer.
type Question struct {
	ID      string // the key of its answer: area:grids, line:roads, asset, position …
	Subject string // what it is about, for people: the layer's title, the area's or line's name
	Options []Option
}

// Option is an answer and who would be the lead.
type Option struct {
	Value      string
	Name       string              // of the area, line or asset; the category's where the asset has none
	Metres     *float64            // how far an asset is
	Department *geo.DepartmentCode // nil: unrouted
}

// Step is one thing that was looked at, in order, and what came of it. Words are made of
// it by [Step.Why].
type Step struct {
	Rule       Rule               `json:"rule,omitempty"`
	Row        geo.RuleID         `json:"row,omitempty"`
	Subject    string             `json:"subject,omitempty"`    // what was looked at: "asset 9901010100000001", "grids 990101001001001"
	Name       string             `json:"name,omitempty"`       // of what was looked at, where it has one
	Department geo.DepartmentCode `json:"department,omitempty"` // whom it names; empty for nobody
	Decided    bool               `json:"decided"`
	Reason     Reason             `json:"reason"`
	Args       []string           `json:"args,omitempty"` // what the sentence names
}
