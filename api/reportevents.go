package api

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"time"

	"gridwarden/geo"
	"gridwarden/geo/cases"
)

// eventRequest is what a case system tells of a report.
type eventRequest struct {
	Report     geo.ReportID       `json:"report"`
	Source     string             `json:"source"`
	ExternalID string             `json:"external_id"`
	ID         string             `json:"id"`
	Kind       geo.EventKind      `json:"kind"`
	At         string             `json:"at"`
	Author     string             `json:"author"`
	Note       string             `json:"note"`
	Department geo.DepartmentCode `json:"department"`
	Until      string             `json:"until"`
	Into       geo.ReportID       `json:"into"`
}

const eventFields = "id, kind, at, author, note, department, until, into, report, source, external_id"

// Limits of a stream of events.
const (
	maxEventLine = 64 << 10
	eventBatch   = 500 // stored as one
	maxNote      = 2000
)

// event checks what was sent. Of is the report in the address, empty for none.
func (q *eventRequest) event(v view, of geo.ReportID, now time.Time) (geo.ReportEvent, error) {
	e := geo.ReportEvent{
		Report: q.Report, Source: q.Source, ExternalID: q.ExternalID, Kind: q.Kind, SenderID: q.ID, ReceivedAt: now,
		Author: q.Author, Note: q.Note, Department: q.Department, Into: q.Into,
	}
	switch {
	case of != "" && (q.Report != "" || q.Source != "" || q.ExternalID != ""):
		return e, geo.Errorf(geo.Invalid, "the address names the report already: leave out report, source and external_id, or send the event to /v1/events")
	case of != "":
		e.Report = of
	case q.Report != "" && (q.Source != "" || q.ExternalID != ""):
		return e, geo.Errorf(geo.Invalid, "the event names its report twice: give report, or source and external_id")
	}
	var err error
	if e.At, err = readTime("at", q.At); err == nil {
		e.Until, err = readTime("until", q.Until)
	}
	if err == nil {
		err = q.checkTexts()
	}
	switch {
	case err != nil:
		return e, err
	case e.At.After(now.Add(maxAhead)):
		return e, geo.Errorf(geo.Invalid, "at is %s, which is still to come: an event is told when it has happened", q.At)
	}
	if _, known := v.Department(q.Department); !known && q.Department != "" {
		return e, geo.Errorf(geo.Faulty, "there is no department %q: /v1/departments lists them", clip(string(q.Department)))
	}
	return e, cases.CheckEvent(e)
}

func (q *eventRequest) checkTexts() error {
	return checkTexts([]sentText{
		{"id", q.ID, maxName}, {"source", q.Source, maxName}, {"external_id", q.ExternalID, maxName}, {"author", q.Author, maxName},
		{"department", string(q.Department), maxName}, {"report", string(q.Report), maxName}, {"into", string(q.Into), maxName}, {"note", q.Note, maxNote},
	})
}

// outcomeAnswer is what became of an event that was sent.
type outcomeAnswer struct {
	Line   int             `json:"line,omitempty"` // of a stream
	Report geo.ReportID    `json:"report,omitempty"`
	Fate   geo.EventFate   `json:"fate,omitempty"`
	State  geo.ReportState `json:"state,omitempty"` // of the report after it
	Told   string          `json:"told,omitempty"`  // what is odd about it
	Error  string          `json:"error,omitempty"`
}

// reportEvents takes the events of one report.
func (s *server) reportEvents(w *response, r *http.Request, v view) error {
	return s.takeEvents(w, r, v, reportInPath(r))
}

// events takes events that name their reports.
func (s *server) events(w *response, r *http.Request, v view) error { return s.takeEvents(w, r, v, "") }

// takeEvents takes one event as JSON, or many as NDJSON.
func (s *server) takeEvents(w *response, r *http.Request, v view, of geo.ReportID) error {
	if _, err := readParams(r); err != nil {
		return err
	}
	if isType(r, ndjsonType) {
		return s.streamEvents(w, r, of)
	}
	var q eventRequest
	if err := decode(w, r, &q, eventFields); err != nil {
		return err
	}
	event, err := q.event(v, of, time.Now())
	if err != nil {
		return err
	}
	outcomes, err := s.Reports.AddEvents(r.Context(), []geo.ReportEvent{event})
	if err != nil {
		return err
	}
	if o := outcomes[0]; o.Fate == geo.EventRefused {
		kind := geo.Faulty
		if of != "" && o.Report == "" {
			kind = geo.NotFound
		}
		return geo.Errorf(kind, "%s", o.Told)
	}
	return sendJSON(w, describeOutcome(outcomes[0], w.language))
}

func describeOutcome(o geo.EventOutcome, l geo.Language) outcomeAnswer {
	a := outcomeAnswer{Report: o.Report, Fate: o.Fate, State: o.State, Told: o.Told.In(l)}
	if o.Fate == geo.EventRefused {
		a.Told, a.Error = "", a.Told
	}
	return a
}

// streamEvents takes a line for each event and answers a line for each, in order, while
// the lines still come. A line that cannot be taken is answered by an error on its own
// line and the others are taken. What is answered is stored.
func (s *server) streamEvents(w *response, r *http.Request, of geo.ReportID) error {
	if err := takes(r, ndjsonType); err != nil {
		return err
	}
	out := s.newStream(w)
	leave, err := s.converse(out)
	if err != nil {
		return err
	}
	defer leave()
	w.speaks()
	w.Header().Set("Content-Type", ndjsonType)
	t := &eventTaker{stream: out, server: s, of: of}
	lines := bufio.NewReaderSize(&pacedReader{out, r.Body}, maxEventLine)
	for {
		line, err := lines.ReadSlice('\n')
		if errors.Is(err, bufio.ErrBufferFull) {
			err = geo.Errorf(geo.TooLarge, "line %d is longer than %d bytes", t.line+1, maxEventLine)
		}
		if err != nil && !errors.Is(err, io.EOF) {
			return t.breakOff(r.Context(), err)
		}
		t.add(line)
		if done := errors.Is(err, io.EOF); done || len(t.answers) >= eventBatch || lines.Buffered() == 0 {
			if err := t.store(r.Context()); err != nil {
				return err
			}
			if done {
				return t.send()
			}
		}
	}
}

// eventTaker gathers lines and stores them in batches.
type eventTaker struct {
	*stream
	server  *server
	of      geo.ReportID
	line    int
	answers []outcomeAnswer // of the lines not answered yet
	events  []geo.ReportEvent
	at      []int // which answer each event is for
}

// add takes one line in. An empty line is none.
func (t *eventTaker) add(line []byte) {
	t.line++
	if line = bytes.TrimSpace(line); len(line) == 0 {
		return
	}
	t.answers = append(t.answers, outcomeAnswer{Line: t.line})
	event, err := readEvent(line, view{Snapshot: t.server.Live.Load()}, t.of)
	if err != nil {
		t.answers[len(t.answers)-1].Error = sentence(err, t.w.language)
		return
	}
	t.events, t.at = append(t.events, event), append(t.at, len(t.answers)-1)
}

func readEvent(line []byte, v view, of geo.ReportID) (geo.ReportEvent, error) {
	var q eventRequest
	if err := decodeLine(line, &q, eventFields); err != nil {
		return geo.ReportEvent{}, err
	}
	return q.event(v, of, time.Now())
}

// store keeps what was gathered and answers it.
func (t *eventTaker) store(ctx context.Context) error {
	if len(t.events) > 0 {
		outcomes, err := t.server.Reports.AddEvents(ctx, t.events)
		if err != nil {
			return err
		}
		for i, o := range outcomes {
			answer := &t.answers[t.at[i]]
			line := answer.Line
			*answer = describeOutcome(o, t.w.language)
			answer.Line = line
		}
	}
	for _, a := range t.answers {
		line, err := json.Marshal(a)
		if err != nil {
			return err
		}
		t.buf = append(append(t.buf, line...), '\n')
	}
	t.answers, t.events, t.at = t.answers[:0], t.events[:0], t.at[:0]
	return t.full()
}

// breakOff stores what came whole, tells on a last line why the stream cannot be read on,
// and then cuts the connection: not every line was answered.
func (t *eventTaker) breakOff(ctx context.Context, err error) error {
	if statusOf(err) == statusClientGone {
		return err
	}
	if stored := t.store(ctx); stored != nil {
		return stored
	}
	line, _ := json.Marshal(outcomeAnswer{Line: t.line + 1, Error: sentence(err, t.w.language)}) // always marshals
	t.buf = append(append(t.buf, line...), '\n')
	t.lastWord()
	return err
}

// eventAnswer is an event as it was told.
type eventAnswer struct {
	ID         string             `json:"id,omitempty"`
	Kind       geo.EventKind      `json:"kind"`
	At         time.Time          `json:"at"`
	ReceivedAt time.Time          `json:"received_at"`
	Author     string             `json:"author,omitempty"`
	Note       string             `json:"note,omitempty"`
	Department geo.DepartmentCode `json:"department,omitempty"`
	Until      *time.Time         `json:"until,omitempty"`
	Into       geo.ReportID       `json:"into,omitempty"`
}

func (s *server) describeEvents(all []geo.ReportEvent) []eventAnswer {
	answers := make([]eventAnswer, len(all))
	for i, e := range all {
		answers[i] = eventAnswer{
			ID: e.SenderID, Kind: e.Kind, At: e.At.In(s.Zone), ReceivedAt: s.told(e.ReceivedAt), Author: e.Author,
			Note: e.Note, Department: e.Department, Until: s.moment(e.Until), Into: e.Into,
		}
	}
	return answers
}
