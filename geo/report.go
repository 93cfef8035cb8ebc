package geo

import (
	"encoding/json"
	"time"
)

// ReportID identifies a report here, for ever.
type ReportID string

// Report is one observation to act on (上报). It becomes a case (案件) only when filed. It
// has no field for the person who called.
type Report struct {
	ID          ReportID
	Source      string // where it came from: patrol, 12345, pin, phone, address …
	ExternalID  string // its id there; unique for each source; may be empty
	Point       *Coord // nil: unlocated
	Address     string
	Category    CategoryKey // zero where only a family is known
	Family      string
	Condition   string
	Asset       AssetID
	Accuracy    float64 // metres; 0: as usual for the source
	Answers     map[string]string
	Level       int              // asks for the body at that level of the tree, 1 at the top; 0: the lead itself
	Whistle     []DepartmentCode // whom a street calls (街道吹哨 部门报到)
	Description string           // never in tiles, logs and explanations; may be blanked
	ReportedAt  time.Time
	ReceivedAt  time.Time
	Backfilled  bool
	State       ReportState
}

// MaxAccuracy is as far as the place of a report may be off, in metres.
const MaxAccuracy = 1000

// ReportState is where a report stands in its life, as the city's case system told.
type ReportState string

const (
	Received      ReportState = "received"  // and nothing told since
	Unlocated     ReportState = "unlocated" // has no point yet
	Filed         ReportState = "filed"
	Rejected      ReportState = "rejected"
	Dispatched    ReportState = "dispatched"
	Accepted      ReportState = "accepted"
	HandledOnSpot ReportState = "handled_on_spot"
	Suspended     ReportState = "suspended"
	Handled       ReportState = "handled"
	Reworked      ReportState = "reworked"
	Closed        ReportState = "closed"
	Void          ReportState = "void"
	Merged        ReportState = "merged"
)

// In is the state in a language.
func (s ReportState) In(l Language) string { return NameIn(l, "ReportState", string(s)) }

// Open tells whether a report still waits for somebody: it is not closed, rejected, void,
// merged or handled on the spot. Every count uses this one definition.
func (s ReportState) Open() bool {
	switch s {
	case Closed, Rejected, Void, Merged, HandledOnSpot:
		return false
	}
	return true
}

// ReportEvent is what the city's case system tells of a report.
type ReportEvent struct {
	Report     ReportID // or else Source and ExternalID
	Source     string   // of a report named by its sender's id
	ExternalID string
	Kind       EventKind
	SenderID   string // the sender's id of the event: a repeat changes nothing; empty: its kind and time stand for it
	At         time.Time
	ReceivedAt time.Time
	Author     string
	Note       string
	Department DepartmentCode // of the assignment it is about; empty: the lead's
	Until      time.Time      // extended: the new due time
	Into       ReportID       // merged: into which report
}

// EventKind is what happened to a report.
type EventKind string

const (
	WasFiled         EventKind = "filed" // 立案
	WasRejected      EventKind = "rejected"
	WasDispatched    EventKind = "dispatched"
	WasAccepted      EventKind = "accepted"
	WasHandledOnSpot EventKind = "handled_on_spot"
	WasExtended      EventKind = "extended"  // 延期: changes the due time, not the state
	WasSuspended     EventKind = "suspended" // 挂账: the clock stands
	WasResumed       EventKind = "resumed"
	WasHandled       EventKind = "handled"
	WasReworked      EventKind = "reworked" // 返工: checked, not done
	WasClosed        EventKind = "closed"   // 结案
	WasVoided        EventKind = "void"     // 作废
	WasMerged        EventKind = "merged"
)

// In is what happened in a language.
func (k EventKind) In(l Language) string { return NameIn(l, "EventKind", string(k)) }

// Role is a part in handling a report.
type Role string

const (
	Lead     Role = "lead"     // the one who answers
	Helper   Role = "helper"   // 配合单位
	Verifier Role = "verifier" // who walks the duty grid there
)

// Assignment gives a report to a department in a role. Assignments are kept for ever; a
// later round of the same report takes the place of the earlier.
type Assignment struct {
	Feed       int64 // place in the feed, in commit order; 0 before it is stored
	Report     ReportID
	Source     string // the report's
	ExternalID string
	Round      int // 1 for the first routing of the report
	Role       Role
	Department DepartmentCode // empty: unrouted (lead), or a verifier known only by group
	Group      string         // the verifier's duty grid
	DueAt      time.Time      // zero: no deadline is set
	Rule       string         // what decided: duty-row, asset.maintainer, territory, ruling …
	Row        RuleID         // the duty row, when one decided
	Edition    Edition
	At         time.Time
	Reason     string          // why this round: see ReasonReported and those after it
	Decision   json.RawMessage // of the lead: the whole decision as it was told
	Backfilled bool
}

// Why a report was routed.
const (
	ReasonReported    = "reported"
	ReasonCorrected   = "corrected"
	ReasonReturned    = "returned"
	ReasonRuled       = "ruled"
	ReasonRepublished = "republished" // an edition gave the ground, or the duty, to another
)

// Return is "not mine" (回退), a request with a reason.
type Return struct {
	ID         int64
	Feed       int64 // of what was last done to it
	Report     ReportID
	Round      int // the assignment that is returned
	Department DepartmentCode
	Reason     string
	At         time.Time
	State      ReturnState
	DecidedAt  time.Time
	DecidedBy  string
	Note       string
	Row        RuleID   // the duty row that had decided
	Area       AreaCode // the area of the lowest layer it was in
	Neighbour  AreaCode // the one across the nearest border within the accuracy
}

// ReturnState is what became of a return.
type ReturnState string

const (
	Asked     ReturnState = "asked"    // waits for a dispatcher
	Granted   ReturnState = "accepted" // routed anew without that department
	Refused   ReturnState = "refused"
	RuledUpon ReturnState = "ruled"
)

// In is what became of it in a language.
func (s ReturnState) In(l Language) string { return NameIn(l, "ReturnState", string(s)) }

// PostPlace is where a post may be: an area of a layer, or a group of a kind.
type PostPlace struct {
	Layer string
	Code  string
}

// Post is a person's place in the duty of a group, an area or a line.
type Post struct {
	Layer      string // a layer, or a kind of group
	Code       string // an area of that layer, or a group of that kind
	Role       string // 网格员, 采集员 …
	Person     string // only for keys with that right
	Phone      string // only for keys with that right
	Shift      string // hours as in duty rows; empty: always
	ValidFrom  Date
	ValidUntil Date
}
