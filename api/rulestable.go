package api

import (
	"bytes"
	"encoding/csv"
	"errors"
	"net/http"
	"slices"
	"strconv"

	"gridwarden/geo"
	"gridwarden/geo/duty"
	"gridwarden/geo/planning"
)

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
		if err := mustMatch(r, editionTag(v.Edition().Number), geo.Say("table of duty"), overtaken()); err != nil {
			return err
		}
	}
	c, err := s.readRuleSet(w, r, v)
	if err != nil {
		return err
	}
	outcome, err := s.planRules(v, c.table(v.Duty().Rules), c.note, c.sources)
	if err = c.told(err); err != nil {
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
		answer.Edition, err = s.publishTable(w, r, next)
	case weighed:
		err = s.tellRuleImpact(&answer, r, v, next.Duty.Rules)
	}
	if err != nil {
		return err
	}
	return sendJSON(w, answer)
}

// publishTable makes the next edition. It is done then, however long this server takes to
// follow.
func (s *server) publishTable(w *response, r *http.Request, p *geo.Publication) (geo.Edition, error) {
	edition, at, err := s.Publisher.Publish(r.Context(), p)
	if errors.Is(err, geo.ErrPassedOver) {
		return 0, overtaken()
	}
	if err != nil {
		return 0, err
	}
	w.Header().Set("Gridwarden-Sequence", strconv.FormatInt(int64(at.Sequence), 10))
	_, _ = s.await(r, at.Sequence, "") // a moment: who reads next mostly finds it
	return edition.Number, nil
}

func overtaken() error {
	return refuse(http.StatusPreconditionFailed, "another edition was published meanwhile: read the table again, and change it as it is now")
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
