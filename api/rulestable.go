package api

import (
	"bytes"
	"cmp"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"gridwarden/geo"
	"gridwarden/geo/duty"
	"gridwarden/geo/ingest"
	"gridwarden/geo/planning"
)

// maxRulesBody is how many bytes a change of many duty rows may have: as many as a file of
// them.
const maxRulesBody = 64 << 20

// rulesTable is the whole table as the file that an import reads.
func (s *server) rulesTable(w *response, r *http.Request, v view) error {
	p, err := readParams(r, "at", "edition", "known", "draft")
	if err != nil {
		return err
	}
	if v, err = s.when(w, r, v, p); err != nil {
		return err
	}
	body := bytes.NewBufferString("\ufeff") // by which spreadsheets know UTF-8
	table := csv.NewWriter(body)
	_ = table.Write(duty.RuleColumns) // a buffer takes everything
	for _, row := range v.Duty().Rules {
		_ = table.Write(duty.FormatRule(row))
	}
	table.Flush()
	w.Header().Set("ETag", editionTag(v.Edition().Number))
	w.Header().Set("Content-Disposition", `attachment; filename="rules.csv"`)
	send(w, http.StatusOK, csvType+"; charset=utf-8", body.Bytes())
	return nil
}

// ruleChanges is what a change of many duty rows does or did.
type ruleChanges struct {
	Edition  geo.Edition   `json:"edition"`
	Added    []string      `json:"added"`
	Changed  []string      `json:"changed"`
	Ended    []string      `json:"ended"`
	Problems []ruleProblem `json:"problems"`
	Impact   *ruleImpact   `json:"impact,omitempty"`
	Untold   string        `json:"untold,omitempty"` // why the impact is not told
}

// changeRules makes many duty rows others as one edition, or tells what that would do.
// Nothing is written while anything is wrong with any row.
func (s *server) changeRules(w *response, r *http.Request, v view) error {
	p, err := readParams(r, "dry_run", "impact")
	if err != nil {
		return err
	}
	dry, err := p.flag("dry_run", false)
	if err != nil {
		return err
	}
	weighed, err := p.flag("impact", dry)
	if err != nil {
		return err
	}
	if !dry || r.Header.Get("If-Match") != "" {
		now := v.Edition().Number
		if err := mustMatch(r, editionTag(now), "table of duty", refuse(http.StatusPreconditionFailed, "edition %d was published meanwhile: read the table again, and change it as it is now", now)); err != nil {
			return err
		}
	}
	c, err := s.readRuleSet(w, r, v)
	if err != nil {
		return err
	}
	outcome, err := s.planRules(v, c.table(v.Duty().Rules), c.note, c.sources)
	if err := c.told(err); err != nil {
		return err
	}
	if err := v.mayChangeAll(r, outcome); err != nil {
		return err
	}
	if len(c.problems) > 0 && !dry {
		return c.refusal()
	}
	answer := ruleChanges{Edition: v.Edition().Number, Problems: orEmpty(c.problems)}
	report := &outcome.Tables[0]
	answer.Added, answer.Changed, answer.Ended = orEmpty(report.Added), orEmpty(report.Changed), orEmpty(report.Ended)
	switch next := outcome.Publication; {
	case next == nil || len(c.problems) > 0:
	case !dry:
		edition, at, err := s.Publisher.Publish(r.Context(), next)
		if err != nil {
			return err
		}
		answer.Edition = edition.Number
		w.Header().Set("Gridwarden-Sequence", strconv.FormatInt(int64(at.Sequence), 10))
		_, _ = s.await(r, at.Sequence, "") // it is done, however long this server takes to follow
	case weighed:
		if err := s.tellRuleImpact(&answer, r, v, next.Duty.Rules); err != nil {
			return err
		}
	}
	return sendJSON(w, answer)
}

// ruleSet is a change of many duty rows, as it was sent.
type ruleSet struct {
	rows     []geo.DutyRow // to make or replace, as far as they could be read
	sources  []geo.Source  // of each
	ended    []geo.RuleID
	whole    bool // the rows are the whole table: others end
	note     string
	problems []ruleProblem
}

// readRuleSet reads a table or a list of changes. What is wrong with rows is not an error:
// it is among the problems.
func (s *server) readRuleSet(w *response, r *http.Request, v view) (c *ruleSet, err error) {
	if isType(r, csvType) {
		c, err = s.readRulesTable(w, r)
	} else {
		c, err = readRulesJSON(w, r, v)
	}
	unhurried(w) // it may have taken its time to come, and may take some to be worked out
	return c, err
}

// readRulesTable reads the whole table, as an import does. Of one that is too long the rest
// is thrown away, for a browser reads no answer before it has sent everything.
func (s *server) readRulesTable(w *response, r *http.Request) (*ruleSet, error) {
	if err := takes(r, csvType); err != nil {
		return nil, err
	}
	c := &ruleSet{whole: true, note: "table of duty"}
	body := &pacedReader{s.newStream(w), r.Body}
	rows, sources, err := ingest.RulesFrom(body, "the table")
	if geo.KindOf(err) == geo.TooLarge {
		_, _ = io.CopyN(io.Discard, body, 4*maxRulesBody)
	}
	c.rows, c.sources = rows, sources
	return c, c.told(err)
}

// readRulesJSON reads rows and ids of rows.
func readRulesJSON(w *response, r *http.Request, v view) (*ruleSet, error) {
	var body struct {
		Rows  []map[string]any `json:"rows"`
		Ended []geo.RuleID     `json:"ended"`
		Note  string           `json:"note"`
	}
	if err := decodeUpTo(w, r, maxRulesBody, &body, "rows, ended, note", "application/json", csvType); err != nil {
		return nil, err
	}
	if err := checkTexts([]sentText{{"note", body.Note, maxNote}}); err != nil {
		return nil, err
	}
	c := &ruleSet{ended: body.Ended, note: cmp.Or(body.Note, "duty rows")}
	for i, fields := range body.Rows {
		cells, err := cellsOf(fields)
		if err != nil {
			return nil, geo.Errorf(geo.Invalid, "row %d: %w", i+1, err)
		}
		row, faults := duty.ParseRule(func(column string) string { return cells[column] })
		for _, f := range faults {
			c.add(ruleProblem{Row: row.ID, Column: f.Column, Message: geo.Sentence(f.Err)})
		}
		c.rows, c.sources = append(c.rows, row), append(c.sources, geo.Source{File: "the rows", Feature: i + 1})
	}
	for _, id := range c.ended {
		if _, found := v.findRule(id); !found {
			c.add(ruleProblem{Row: id, Message: "there is no such row to end: /v1/rules lists them"})
		}
		if slices.ContainsFunc(c.rows, func(row geo.DutyRow) bool { return row.ID == id }) {
			c.add(ruleProblem{Row: id, Message: "the row is to end and stands among those to make: take it out of one of the two"})
		}
	}
	return c, nil
}

// table is the whole table as it would be: the rows sent, and of those there are the ones
// that stay.
func (c *ruleSet) table(was []geo.DutyRow) []geo.DutyRow {
	all := append(make([]geo.DutyRow, 0, len(c.rows)+len(was)), c.rows...)
	if c.whole {
		return all
	}
	gone := map[geo.RuleID]bool{}
	for _, id := range c.ended {
		gone[id] = true
	}
	for i := range c.rows {
		gone[c.rows[i].ID] = true
	}
	for i := range was {
		if !gone[was[i].ID] {
			all = append(all, was[i])
		}
	}
	return all
}

// ruleProblem is what keeps a row from being taken.
type ruleProblem struct {
	Row     geo.RuleID `json:"row,omitempty"`
	Line    int        `json:"line,omitempty"` // of a file
	Column  string     `json:"column,omitempty"`
	Message string     `json:"message"`
}

func (p ruleProblem) String() string {
	var at []string
	if p.Line > 0 {
		at = append(at, fmt.Sprint("line ", p.Line))
	}
	if p.Row != "" {
		at = append(at, "row "+string(p.Row))
	}
	if p.Column != "" {
		at = append(at, fmt.Sprintf("column %q", p.Column))
	}
	if len(at) == 0 {
		return p.Message
	}
	return strings.Join(at, ", ") + ": " + p.Message
}

func (c *ruleSet) add(p ruleProblem) { c.problems = append(c.problems, p) }

// told takes what an error says of rows; one that says nothing of them stays an error.
func (c *ruleSet) told(err error) error {
	if err == nil || geo.KindOf(err) != geo.Faulty {
		return err
	}
	id := make(map[geo.Source]geo.RuleID, len(c.rows))
	for i := range c.rows {
		id[c.sources[i]] = c.rows[i].ID
	}
	for _, one := range geo.Each(err) {
		p := ruleProblem{Message: geo.Sentence(one)}
		var placed *geo.PlacedError
		if errors.As(one, &placed) {
			p.Row, p.Line, p.Message = id[placed.Source], placed.Source.Line, geo.Sentence(placed.Err)
		}
		var cell duty.CellError
		if errors.As(one, &cell) {
			p.Column, _ = duty.Column(cell.Column, duty.RuleColumns)
			p.Message = geo.Sentence(cell.Err)
		}
		c.add(p)
	}
	return nil
}

// refusal is all problems as one error, by line.
func (c *ruleSet) refusal() error {
	slices.SortStableFunc(c.problems, func(a, b ruleProblem) int { return cmp.Compare(a.Line, b.Line) })
	said := make([]string, len(c.problems))
	for i, p := range c.problems {
		said[i] = p.String()
	}
	return geo.Errorf(geo.Faulty, "%s", strings.Join(said, "\n"))
}

// mayChangeAll is mayChange of every row that is made, changed or ended.
func (v view) mayChangeAll(r *http.Request, o *planning.TablesOutcome) error {
	if len(geo.ActorOf(r.Context()).Scope) == 0 || o.Publication == nil {
		return nil
	}
	report := &o.Tables[0]
	for _, id := range slices.Concat(report.Added, report.Changed, report.Ended) {
		var rows []*geo.DutyRow
		for _, table := range [][]geo.DutyRow{v.Duty().Rules, o.Publication.Duty.Rules} {
			if i, found := findRule(table, geo.RuleID(id)); found {
				rows = append(rows, &table[i])
			}
		}
		if err := v.mayChange(r, rows...); err != nil {
			return err
		}
	}
	return nil
}
