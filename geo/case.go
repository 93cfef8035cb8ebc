package geo

import (
	"crypto/rand"
	"encoding/binary"
	"encoding/hex"
	"time"
)

// NewReportID makes up an id, a UUID of version 7 (RFC 9562): ids of later milliseconds
// are greater.
func NewReportID(now time.Time) ReportID {
	var u [16]byte
	rand.Read(u[:]) // never fails
	var ms [8]byte
	binary.BigEndian.PutUint64(ms[:], uint64(now.UnixMilli()))
	copy(u[:6], ms[2:])
	u[6], u[8] = 0x70|u[6]&0x0f, 0x80|u[8]&0x3f
	h := hex.EncodeToString(u[:])
	return ReportID(h[:8] + "-" + h[8:12] + "-" + h[12:16] + "-" + h[16:20] + "-" + h[20:])
}

// Idempotency is what a retry is known by. Without a Key nothing is.
type Idempotency struct {
	Holder string // whose key it is
	Key    string
	Body   [32]byte // hash of the request: another one under the same key is refused
}

// Existing tells that the source sent this report before. It comes within a Conflict;
// [errors.As] finds it.
type Existing struct {
	Source     string
	ExternalID string
	ID         ReportID // the one that is there
}

func (e *Existing) Error() string { return e.said().String() }

// In is the sentence in a language.
func (e *Existing) In(l Language) string { return e.said().In(l) }

func (e *Existing) said() Said {
	return Say("the report %s of %s is here already, as %s: correct that one", e.ExternalID, e.Source, e.ID)
}

// Case is all there is about one report.
type Case struct {
	Report      Report
	Round       int           // the present one; 0: never routed
	Assignments []Assignment  // of all rounds, in feed order
	Events      []ReportEvent // in the order of a life: see cases
	Returns     []Return      // the oldest first
	Rulings     []Ruling      // made about it, the newest last; those for it alone are here and nowhere else
}

// Reassignment routes a report anew: a later round takes the place of the present one,
// together with what led to it.
type Reassignment struct {
	Report      ReportID
	Round       int // the one that begins, one more than the present: another one there is a Conflict
	Reason      string
	Assignments []Assignment // none: the report has lost its place
	Corrected   *Report      // the report as it is now, by a correction; its ID, source, description and times stay
	Return      *Return      // settled by it, as accepted or ruled; one without an ID is new
	Ruling      *Ruling      // made with it; with neither asset nor ground it holds for the report alone
}

// EventOutcome says what became of one event that was told.
type EventOutcome struct {
	Report ReportID // empty: not here yet
	Fate   EventFate
	State  ReportState // of the report after it; empty for an event that waits or was refused
	Told   Said        // what is odd about it, or why it was refused
}

// EventFate is what became of an event.
type EventFate string

const (
	EventStored   EventFate = "stored"
	EventRepeated EventFate = "repeated" // it was here before; nothing changed
	EventWaiting  EventFate = "waiting"  // for a report that is not here yet
	EventRefused  EventFate = "refused"  // no report has that id, or the event cannot be read
)

// ReturnFilter picks returns; what is empty picks all.
type ReturnFilter struct {
	State      ReturnState
	Report     ReportID
	Department DepartmentCode
	Row        RuleID
}

// ReturnCounts says where reports bounce, most first.
type ReturnCounts struct {
	Rows    []RowReturns
	Borders []BorderReturns
}

// RowReturns counts the returns of what one duty row gave out.
type RowReturns struct {
	Row RuleID // empty: no row had decided
	ReturnCount
}

// BorderReturns counts the returns at the border of two areas.
type BorderReturns struct {
	Area, Neighbour AreaCode // the smaller code first; Neighbour is empty where no border was near
	ReturnCount
}

// ReturnCount counts returns by what became of them.
type ReturnCount struct{ Asked, Accepted, Refused, Ruled int }

// OpenCount counts the reports that wait for somebody.
type OpenCount struct {
	States   map[ReportState]int
	Unrouted int // of them, without a lead
}

// Rerouting is how far open reports were routed again after publishing.
type Rerouting struct {
	Newest  Edition // published
	Done    Edition // up to this one, all were looked at
	Target  Edition // the one being worked on; Done: none is
	Pending int64   // reports still to be looked at for it
}
