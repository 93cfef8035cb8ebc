package api

import (
	"encoding/json"
	"net/http"
	"time"

	"gridwarden/geo"
)

// returnAnswer is a return as it is told.
type returnAnswer struct {
	ID         int64           `json:"id"`
	Report     geo.ReportID    `json:"report"`
	Round      int             `json:"round"`
	Department *named          `json:"department"`
	Reason     string          `json:"reason"`
	At         time.Time       `json:"at"`
	State      geo.ReturnState `json:"state"`
	DecidedAt  *time.Time      `json:"decided_at,omitempty"`
	DecidedBy  string          `json:"decided_by,omitempty"`
	Note       string          `json:"note,omitempty"`
	Row        geo.RuleID      `json:"row,omitempty"`
	Area       geo.AreaCode    `json:"area,omitempty"`
	Neighbour  geo.AreaCode    `json:"neighbour,omitempty"`
}

func (s *server) describeReturn(r *geo.Return) returnAnswer {
	return returnAnswer{
		ID: r.ID, Report: r.Report, Round: r.Round, Department: s.name(r.Department), Reason: r.Reason, At: s.told(r.At),
		State: r.State, DecidedAt: s.moment(r.DecidedAt), DecidedBy: r.DecidedBy, Note: r.Note, Row: r.Row, Area: r.Area, Neighbour: r.Neighbour,
	}
}

func (s *server) describeReturns(all []geo.Return) []returnAnswer {
	answers := make([]returnAnswer, len(all))
	for i := range all {
		answers[i] = s.describeReturn(&all[i])
	}
	return answers
}

// sendSettled answers with a return that was decided, the ruling made on it, and the
// report as it was routed anew.
func (s *server) sendSettled(w *response, status int, v view, c *geo.Case, given *geo.Return, ruling *geo.Ruling) error {
	report, err := s.decided(c, w.language)
	if err != nil {
		return err
	}
	answer := struct {
		Return returnAnswer    `json:"return"`
		Ruling *rulingAnswer   `json:"ruling,omitempty"`
		Report json.RawMessage `json:"report"`
	}{Return: s.describeReturn(given), Report: report}
	if ruling != nil {
		told := s.describeRuling(v, ruling)
		answer.Ruling = &told
	}
	return sendStatusJSON(w, status, answer)
}

// returns lists the returns, the oldest first.
func (s *server) returns(w *response, r *http.Request, _ view) error {
	p, err := readParams(r, "state", "report", "department", "row", cursorParam, "limit")
	if err != nil {
		return err
	}
	filter := geo.ReturnFilter{
		State: geo.ReturnState(p.Get("state")), Report: geo.ReportID(p.Get("report")),
		Department: geo.DepartmentCode(p.Get("department")), Row: geo.RuleID(p.Get("row")),
	}
	switch filter.State {
	case "", geo.Asked, geo.Granted, geo.Refused, geo.RuledUpon:
	default:
		return geo.Errorf(geo.Invalid, "state=%s is not known: write %s, %s, %s or %s", clip(p.Get("state")), geo.Asked, geo.Granted, geo.Refused, geo.RuledUpon)
	}
	after, limit, err := p.after()
	if err != nil {
		return err
	}
	found, err := s.Reports.Returns(r.Context(), filter, after, limit)
	if err != nil {
		return err
	}
	answer := struct {
		Returns []returnAnswer `json:"returns"`
		After   *int64         `json:"after,omitempty"` // for the next page; absent on the last
	}{Returns: s.describeReturns(found)}
	if len(found) == limit {
		answer.After = &found[len(found)-1].ID
	}
	return sendJSON(w, answer)
}

// countAnswer counts returns by what became of them.
type countAnswer struct {
	Asked    int `json:"asked"`
	Accepted int `json:"accepted"`
	Refused  int `json:"refused"`
	Ruled    int `json:"ruled"`
}

type rowCount struct {
	Row geo.RuleID `json:"row"`
	countAnswer
}

type borderCount struct {
	Area      geo.AreaCode `json:"area"`
	Neighbour geo.AreaCode `json:"neighbour"`
	countAnswer
}

// returnCounts tells planners where reports bounce: at which borders, by which rows; since a moment, or ever.
func (s *server) returnCounts(w *response, r *http.Request, _ view) error {
	p, err := readParams(r, "since")
	if err != nil {
		return err
	}
	since, err := p.time("since", time.Time{})
	if err != nil {
		return err
	}
	counts, err := s.Reports.ReturnCounts(r.Context(), since)
	if err != nil {
		return err
	}
	answer := struct {
		Rows    []rowCount    `json:"rows"`
		Borders []borderCount `json:"borders"`
	}{[]rowCount{}, []borderCount{}}
	for _, c := range counts.Rows {
		answer.Rows = append(answer.Rows, rowCount{c.Row, countAnswer(c.ReturnCount)})
	}
	for _, c := range counts.Borders {
		answer.Borders = append(answer.Borders, borderCount{c.Area, c.Neighbour, countAnswer(c.ReturnCount)})
	}
	return sendJSON(w, answer)
}
