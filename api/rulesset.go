package api

import (
	"cmp"
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"

	"gridwarden/geo"
	"gridwarden/geo/duty"
	"gridwarden/geo/ingest"
)

// maxRulesBody is how many bytes a change of many duty rows may have: as many as a file of
// them.
const maxRulesBody = 64 << 20

// ruleSet is a change of many duty rows, as it was sent.
type ruleSet struct {
	rows     []geo.DutyRow // to make or replace, as far as they could be read
	sources  []geo.Source  // of each
	ended    []geo.RuleID
	whole    bool // the rows are the whole table: others end
	note     string
	problems []ruleProblem
	language geo.Language // in which they are told
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
	c := &ruleSet{whole: true, note: "table of duty", language: w.language}
	body := &pacedReader{s.newStream(w), r.Body}
	rows, sources, err := ingest.RulesFrom(body, geo.Say("the table").In(w.language))
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
	c := &ruleSet{ended: body.Ended, note: cmp.Or(body.Note, "duty rows"), language: w.language}
	for i, fields := range body.Rows {
		cells, err := cellsOf(fields)
		if err != nil {
			return nil, geo.Errorf(geo.Invalid, "row %d: %w", i+1, err)
		}
		row, faults := duty.ParseRule(func(column string) string { return cells[column] })
		for _, f := range faults {
			c.add(ruleProblem{Row: row.ID, Column: f.Column}, f.Err)
		}
		c.rows, c.sources = append(c.rows, row), append(c.sources, geo.Source{File: geo.Say("the rows").In(w.language), Feature: i + 1})
	}
	for _, id := range c.ended {
		if _, found := v.findRule(id); !found {
			c.add(ruleProblem{Row: id}, geo.Errorf(geo.Faulty, "there is no such row to end: /v1/rules lists them"))
		}
		if slices.ContainsFunc(c.rows, func(row geo.DutyRow) bool { return row.ID == id }) {
			c.add(ruleProblem{Row: id}, geo.Errorf(geo.Faulty, "the row is to end and stands among those to make: take it out of one of the two"))
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

// sentence is the problem with where it is.
func (p ruleProblem) sentence() geo.Said {
	var at []geo.Said
	if p.Line > 0 {
		at = append(at, geo.Say("line %d", p.Line))
	}
	if p.Row != "" {
		at = append(at, geo.Say("row %s", p.Row))
	}
	if p.Column != "" {
		at = append(at, geo.Say("column %q", p.Column))
	}
	if len(at) == 0 {
		return geo.Say("%s", p.Message)
	}
	return geo.Say("%s: %s", geo.Joined("%s, %s", at), p.Message)
}

// add tells what is wrong at a place.
func (c *ruleSet) add(p ruleProblem, why error) {
	p.Message = geo.SentenceIn(why, c.language)
	c.problems = append(c.problems, p)
}

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
		var p ruleProblem
		why := one
		var placed *geo.PlacedError
		if errors.As(one, &placed) {
			p.Row, p.Line, why = id[placed.Source], placed.Source.Line, placed.Err
		}
		var cell duty.CellError
		if errors.As(one, &cell) {
			p.Column, _ = duty.Column(cell.Column, duty.RuleColumns)
			why = cell.Err
		}
		c.add(p, why)
	}
	return nil
}

// refusal is all problems as one error, by line.
func (c *ruleSet) refusal() error {
	slices.SortStableFunc(c.problems, func(a, b ruleProblem) int { return cmp.Compare(a.Line, b.Line) })
	lines := make([]string, len(c.problems))
	for i, p := range c.problems {
		lines[i] = p.sentence().In(c.language)
	}
	return geo.Errorf(geo.Faulty, "%s", strings.Join(lines, "\n"))
}
