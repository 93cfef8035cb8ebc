package api

import (
	"cmp"
	"encoding/json"
	"net/http"
	"slices"
	"time"

	"gridwarden/geo"
	"gridwarden/geo/cases"
	"gridwarden/geo/routing"
)

// named is a department as answers name it.
type named struct {
	Code geo.DepartmentCode `json:"code"`
	Name string             `json:"name"`
}

// assignmentAnswer is an assignment as it is told.
type assignmentAnswer struct {
	Feed       int64           `json:"feed"`
	Report     geo.ReportID    `json:"report"`
	Source     string          `json:"source,omitempty"`
	ExternalID string          `json:"external_id,omitempty"`
	Round      int             `json:"round"`
	Role       geo.Role        `json:"role"`
	Department *named          `json:"department"` // null: nobody was found, or only a group
	Group      string          `json:"group,omitempty"`
	DueAt      *time.Time      `json:"due_at,omitempty"`
	Rule       string          `json:"rule,omitempty"`
	Row        geo.RuleID      `json:"row,omitempty"`
	Edition    geo.Edition     `json:"edition"`
	At         time.Time       `json:"at"`
	Reason     string          `json:"reason"`
	Backfilled bool            `json:"backfilled,omitempty"`
	State      geo.ReportState `json:"state,omitempty"`       // of this one's part, within a report
	ExtendedTo *time.Time      `json:"extended_to,omitempty"` // the due time that holds instead
}

// describeAssignment tells an assignment with the name its department has now.
func (s *server) describeAssignment(a *geo.Assignment) assignmentAnswer {
	return assignmentAnswer{
		Feed: a.Feed, Report: a.Report, Source: a.Source, ExternalID: a.ExternalID, Round: a.Round, Role: a.Role,
		Department: s.name(a.Department), Group: a.Group, DueAt: s.moment(a.DueAt), Rule: a.Rule, Row: a.Row,
		Edition: a.Edition, At: s.told(a.At), Reason: a.Reason, Backfilled: a.Backfilled,
	}
}

func (s *server) describeAssignments(all []geo.Assignment) []assignmentAnswer {
	answers := make([]assignmentAnswer, len(all))
	for i := range all {
		answers[i] = s.describeAssignment(&all[i])
	}
	return answers
}

// name is a department with its name; nil for no code. One that nobody knows has none.
func (s *server) name(code geo.DepartmentCode) *named {
	if code == "" {
		return nil
	}
	d, _ := s.Live.Load().Department(code)
	return &named{code, d.Name}
}

// told is a time as answers tell it: in the city's zone, to the second.
func (s *server) told(t time.Time) time.Time { return t.In(s.Zone).Truncate(time.Second) }

// moment is a time as it is told, nil for none.
func (s *server) moment(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	t = s.told(t)
	return &t
}

// decided is what became of a report: who it is for, and, where it was routed, all that
// POST /v1/route tells.
func (s *server) decided(c *geo.Case, l geo.Language) ([]byte, error) {
	body, err := json.Marshal(struct {
		ID          geo.ReportID       `json:"id"`
		State       geo.ReportState    `json:"state"`
		Round       int                `json:"round"`
		Assignments []assignmentAnswer `json:"assignments"`
	}{c.Report.ID, c.Report.State, c.Round, s.describeAssignments(present(c))})
	if err != nil {
		return nil, err
	}
	decision, err := decisionOf(c, l)
	if err != nil {
		return nil, err
	}
	if decision == nil {
		decision = []byte(`{"department":null}`)
	}
	body[len(body)-1] = ','
	return append(body, decision[1:]...), nil
}

// sendDecided answers with what became of a report.
func (s *server) sendDecided(w *response, status int, c *geo.Case) error {
	body, err := s.decided(c, w.language)
	if err != nil {
		return err
	}
	if status == http.StatusCreated {
		w.Header().Set("Location", "/v1/reports/"+string(c.Report.ID))
	}
	w.Header().Set("ETag", roundTag(c.Round))
	w.speaks()
	send(w, status, "application/json", append(body, '\n'))
	return nil
}

// present are the assignments of the present round, the lead first.
func present(c *geo.Case) []geo.Assignment {
	var now []geo.Assignment
	for _, a := range c.Assignments {
		if a.Round == c.Round {
			now = append(now, a)
		}
	}
	return now
}

// decisionOf is the decision of the present round in a language; nil when there is none.
func decisionOf(c *geo.Case, l geo.Language) (json.RawMessage, error) {
	record, err := presentRecord(c)
	if err != nil || record == nil {
		return nil, err
	}
	return json.Marshal(record.In(l))
}

// presentRecord is the decision of a case's present round; nil when there is none.
func presentRecord(c *geo.Case) (*routing.Record, error) {
	for _, a := range present(c) {
		if a.Role == geo.Lead && a.Decision != nil {
			return routing.ParseRecord(a.Decision)
		}
	}
	return nil, nil
}

// caseAnswer is a report with all that happened to it.
type caseAnswer struct {
	ID         geo.ReportID    `json:"id"`
	Source     string          `json:"source,omitempty"`
	ExternalID string          `json:"external_id,omitempty"`
	State      geo.ReportState `json:"state"`
	Open       bool            `json:"open"`
	asSent
	Description string             `json:"description,omitempty"`
	ReportedAt  time.Time          `json:"reported_at"`
	ReceivedAt  time.Time          `json:"received_at"`
	Backfilled  bool               `json:"backfilled,omitempty"`
	MergedInto  geo.ReportID       `json:"merged_into,omitempty"`
	Round       int                `json:"round"`
	Assignments []assignmentAnswer `json:"assignments"`
	Events      []eventAnswer      `json:"events"`
	Returns     []returnAnswer     `json:"returns"`
	Decision    json.RawMessage    `json:"decision,omitempty"` // of the present round
}

// describeCase tells a case: the present assignments first, then those of earlier rounds,
// each part with its own state.
func (s *server) describeCase(c *geo.Case, l geo.Language) (answer caseAnswer, err error) {
	r := &c.Report
	life := cases.Of(c)
	answer = caseAnswer{
		ID: r.ID, Source: r.Source, ExternalID: r.ExternalID, State: r.State, Open: r.State.Open(), asSent: sentOf(r),
		Description: r.Description, ReportedAt: s.told(r.ReportedAt), ReceivedAt: s.told(r.ReceivedAt),
		Backfilled: r.Backfilled, MergedInto: life.Into, Round: c.Round, Assignments: []assignmentAnswer{},
		Events: s.describeEvents(c.Events), Returns: s.describeReturns(c.Returns),
	}
	for _, a := range latestFirst(c.Assignments) {
		told := s.describeAssignment(&a)
		if a.Round == c.Round {
			s.tellPart(&told, &a, &life)
		}
		answer.Assignments = append(answer.Assignments, told)
	}
	answer.Decision, err = decisionOf(c, l)
	return answer, err
}

// tellPart adds what became of an assignment of the present round.
func (s *server) tellPart(told *assignmentAnswer, a *geo.Assignment, life *cases.Life) {
	switch a.Role {
	case geo.Lead:
		told.State, told.ExtendedTo = life.State, s.moment(life.ExtendedTo)
	case geo.Helper:
		told.State = geo.Received
		if part := life.Helpers[a.Department]; part != nil {
			told.State, told.ExtendedTo = part.State, s.moment(part.ExtendedTo)
		}
	}
}

// latestFirst is assignments by round, the latest first, within a round as they are.
func latestFirst(all []geo.Assignment) []geo.Assignment {
	return slices.SortedStableFunc(slices.Values(all), func(a, b geo.Assignment) int { return cmp.Compare(b.Round, a.Round) })
}
