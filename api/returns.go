package api

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"gridwarden/geo"
	"gridwarden/geo/cases"
	"gridwarden/geo/routing"
)

// Returns keeps what departments said is not theirs.
type Returns interface {
	// AddReturn stores a return that waits for a dispatcher; geo.Conflict when the
	// department has asked already.
	AddReturn(ctx context.Context, r geo.Return) (geo.Return, error)
	// Return is one return; geo.NotFound when there is none.
	Return(ctx context.Context, id int64) (geo.Return, error)
	// DecideReturn refuses one: what is accepted or ruled upon routes the report anew.
	DecideReturn(ctx context.Context, r geo.Return) (geo.Return, error)
	// Returns are those a filter picks, the oldest first, going on after an id.
	Returns(ctx context.Context, filter geo.ReturnFilter, after int64, limit int) ([]geo.Return, error)
	// ReturnCounts says where reports bounced since a moment.
	ReturnCounts(ctx context.Context, since time.Time) (geo.ReturnCounts, error)
}

// returnRequest is "not mine".
type returnRequest struct {
	Department geo.DepartmentCode `json:"department"`
	Reason     string             `json:"reason"`
}

// addReturn takes a return in. It waits for a dispatcher, unless the setting lets the
// report be routed anew without that department at once, which it is only the first time.
func (s *server) addReturn(w *response, r *http.Request, v view) error {
	if _, err := readParams(r); err != nil {
		return err
	}
	var q returnRequest
	if err := decode(w, r, &q, "department, reason"); err != nil {
		return err
	}
	c, err := s.Reports.Report(r.Context(), reportInPath(r))
	if err != nil {
		return err
	}
	now := time.Now()
	given, err := s.returned(q, v, c, now)
	if err != nil {
		return err
	}
	if cases.MayRouteItself(s.ReturnPolicy, append(slices.Clone(c.Returns), given)) {
		given.State, given.DecidedAt, given.DecidedBy = geo.Granted, now, string(cases.Automatic)
		return s.settle(w, r, http.StatusCreated, v, c, given, nil)
	}
	if given, err = s.Reports.AddReturn(r.Context(), given); err != nil {
		return err
	}
	return sendStatusJSON(w, http.StatusCreated, struct {
		Return returnAnswer `json:"return"`
	}{s.describeReturn(&given)})
}

// returned checks a return against the report: only who has it can return it.
func (s *server) returned(q returnRequest, v view, c *geo.Case, now time.Time) (geo.Return, error) {
	none := geo.Return{}
	if strings.TrimSpace(q.Reason) == "" {
		return none, geo.Errorf(geo.Invalid, "reason is missing: say why it is not theirs, for the one who decides")
	}
	if err := checkTexts([]sentText{{"reason", q.Reason, maxNote}}); err != nil {
		return none, err
	}
	if !c.Report.State.Open() {
		return none, geo.Errorf(geo.Conflict, "the report is %s and cannot be returned any more", c.Report.State)
	}
	mine, has := heldBy(c, q.Department)
	if !has {
		return none, geo.Errorf(geo.Faulty, "the report is not with %s: it can be returned by %s", orNobody(q.Department), holders(c))
	}
	given := geo.Return{
		Report: c.Report.ID, Round: c.Round, Department: mine.Department, Reason: q.Reason, At: now, State: geo.Asked, Row: mine.Row,
	}
	if c.Report.Point != nil {
		given.Area, given.Neighbour = s.border(v, &c.Report)
	}
	return given, nil
}

// heldBy is the present assignment of a department; of none named the lead's.
func heldBy(c *geo.Case, code geo.DepartmentCode) (geo.Assignment, bool) {
	for _, a := range present(c) {
		if a.Department != "" && (a.Department == code || code == "" && a.Role == geo.Lead) {
			return a, true
		}
	}
	return geo.Assignment{}, false
}

func holders(c *geo.Case) geo.Said {
	var names []geo.DepartmentCode
	for _, a := range present(c) {
		if a.Department != "" {
			names = append(names, a.Department)
		}
	}
	if len(names) == 0 {
		return geo.Say("nobody, for nobody has it")
	}
	return geo.Joined("%s, %s", names)
}

func orNobody(code geo.DepartmentCode) geo.Said {
	if code == "" {
		return geo.Say("anybody")
	}
	return geo.Say("%s", clip(string(code)))
}

// border is the area of the duty chain's lowest layer that a report lies in, and the one
// across the nearest border within the report's accuracy: where it bounces, planners look.
func (s *server) border(v view, r *geo.Report) (own, neighbour geo.AreaCode) {
	chain := s.engines.For(v.whole).Chain()
	if len(chain) == 0 {
		return "", ""
	}
	lowest := chain[0]
	for _, hit := range v.Locate(*r.Point, lowest).Areas {
		own = hit.Area.Code
	}
	within := s.accuracyOf(r)
	nearest := within
	for a := range v.AreasIn(lowest, geo.FrameAt(*r.Point).Around(within)) {
		if a.Code == own {
			continue
		}
		metres, near := v.EdgeDistance(a, *r.Point, within)
		if near && (metres < nearest || metres == nearest && (neighbour == "" || a.Code < neighbour)) {
			nearest, neighbour = metres, a.Code
		}
	}
	return own, neighbour
}

// accuracyOf is how well the place of a report is known, in metres.
func (s *server) accuracyOf(r *geo.Report) float64 {
	if r.Accuracy > 0 {
		return r.Accuracy
	}
	usual := s.Routing.Accuracy
	if usual == nil {
		usual = routing.Accuracies()
	}
	if metres, known := usual[r.Source]; known {
		return metres
	}
	return usual[""]
}

// decisionRequest is what a dispatcher decides on a return.
type decisionRequest struct {
	Decision string `json:"decision"`
	By       string `json:"by"`
	Note     string `json:"note"`
	rulingRequest
}

const decisionFields = "decision, by, note, department, basis, scope, ground, until"

// decideReturn settles a return: accepted, the report is routed anew without that
// department, but not a second time; refused, it stays; ruled upon, the one named answers,
// as far as the ruling says.
func (s *server) decideReturn(w *response, r *http.Request, v view) error {
	if _, err := readParams(r); err != nil {
		return err
	}
	id, err := strconv.ParseInt(inPath(r, "id"), 10, 64)
	if err != nil {
		return geo.Errorf(geo.NotFound, "there is no return %s: their ids are numbers", clip(inPath(r, "id")))
	}
	var q decisionRequest
	if err := decode(w, r, &q, decisionFields); err != nil {
		return err
	}
	given, err := s.Reports.Return(r.Context(), id)
	if err != nil {
		return err
	}
	if given.State != geo.Asked {
		return geo.Errorf(geo.Conflict, "return %d was decided already: it is %s", id, given.State)
	}
	now := time.Now()
	if err := q.apply(&given, now); err != nil {
		return err
	}
	if given.State == geo.Refused {
		if given, err = s.Reports.DecideReturn(r.Context(), given); err != nil {
			return err
		}
		return sendJSON(w, struct {
			Return returnAnswer `json:"return"`
		}{s.describeReturn(&given)})
	}
	c, err := s.Reports.Report(r.Context(), given.Report)
	if err != nil {
		return err
	}
	switch {
	case !c.Report.State.Open():
		return geo.Errorf(geo.Conflict, "the report is %s and is not routed anew: refuse the return", c.Report.State)
	case given.State == geo.Granted && cases.Bounced(c.Returns):
		return geo.Errorf(geo.Conflict, "the report was returned twice and is not routed by itself again: write decision rule and name the department that shall answer, or refuse the return")
	}
	var ruling *geo.Ruling
	if given.State == geo.RuledUpon {
		if ruling, err = q.ruling(v, c, now, s.Zone); err != nil {
			return err
		}
	}
	return s.settle(w, r, http.StatusOK, v, c, given, ruling)
}

// apply notes what was decided, by whom.
func (q *decisionRequest) apply(given *geo.Return, now time.Time) error {
	states := map[string]geo.ReturnState{"accept": geo.Granted, "refuse": geo.Refused, "rule": geo.RuledUpon}
	state, known := states[q.Decision]
	switch {
	case !known:
		return geo.Errorf(geo.Invalid, "decision is %q: write accept, refuse or rule", clip(q.Decision))
	case state != geo.RuledUpon && !q.rulingRequest.empty():
		return geo.Errorf(geo.Invalid, "department, basis, scope, ground and until belong to a ruling: write decision rule, or leave them out")
	}
	if err := checkTexts([]sentText{{"by", q.By, maxNote}, {"note", q.Note, maxNote}}); err != nil {
		return err
	}
	given.State, given.DecidedAt, given.DecidedBy, given.Note = state, now, q.By, q.Note
	return nil
}

// settle routes a report anew by what was decided on a return, and answers with both.
func (s *server) settle(w *response, r *http.Request, status int, v view, c *geo.Case, given geo.Return, ruling *geo.Ruling) error {
	next := &geo.Reassignment{Report: c.Report.ID, Round: c.Round + 1, Reason: geo.ReasonReturned, Return: &given, Ruling: ruling}
	decided := *c
	decided.Returns = append(slices.DeleteFunc(slices.Clone(c.Returns), func(o geo.Return) bool { return o.ID == given.ID }), given)
	var rulings []geo.Ruling
	if ruling != nil {
		next.Reason, rulings = geo.ReasonRuled, []geo.Ruling{*ruling}
	}
	var err error
	if next.Assignments, err = s.assign(r.Context(), v, &decided, next.Reason, given.DecidedAt, rulings...); err != nil {
		return err
	}
	if err := s.Reports.Reassign(r.Context(), next); err != nil {
		return err
	}
	after, err := s.Reports.Report(r.Context(), c.Report.ID)
	if err != nil {
		return err
	}
	if given.ID == 0 { // it was new: now it is the last
		given = after.Returns[len(after.Returns)-1]
	}
	return s.sendSettled(w, status, v, after, &given, ruling)
}
