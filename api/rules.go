package api

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"gridwarden/geo"
	"gridwarden/geo/duty"
	"gridwarden/geo/planning"
)

// ruleAnswer is a duty row as it is told: its cells by the names of their columns, those
// that are blank left out.
func ruleAnswer(row *geo.DutyRow) json.RawMessage {
	b := []byte{'{'}
	for i, cell := range duty.FormatRule(*row) {
		column := duty.RuleColumns[i]
		if cell == "" {
			continue
		}
		if len(b) > 1 {
			b = append(b, ',')
		}
		b = append(appendString(b, column), ':')
		switch column {
		case "priority", "deadline":
			b = append(b, cell...)
		case "helpers":
			b = appendList(b, row.Helpers, func(b []byte, c geo.DepartmentCode) []byte { return appendString(b, string(c)) })
		default:
			b = appendString(b, cell)
		}
	}
	return append(b, '}')
}

// ruleTag is the ETag of a row: it changes with any cell.
func ruleTag(row *geo.DutyRow) string {
	sum := sha256.Sum256(ruleAnswer(row))
	return `"` + hex.EncodeToString(sum[:8]) + `"`
}

// rules lists the duty rows by id.
func (s *server) rules(w *response, r *http.Request, v view) error {
	p, err := readParams(r, "limit", cursorParam, "at", "edition", "known", "draft")
	if err != nil {
		return err
	}
	if v, err = s.when(w, r, v, p); err != nil {
		return err
	}
	page, next, err := pageByID(p, v.Duty().Rules, func(row *geo.DutyRow) string { return string(row.ID) })
	if err != nil {
		return err
	}
	answer := struct {
		Edition geo.Edition       `json:"edition"`
		Rules   []json.RawMessage `json:"rules"`
		Next    string            `json:"next,omitempty"` // after which id the next page begins
	}{v.Edition().Number, make([]json.RawMessage, len(page)), next}
	for i := range page {
		answer.Rules[i] = ruleAnswer(&page[i])
	}
	return sendJSON(w, answer)
}

func (v view) findRule(id geo.RuleID) (int, bool) { return findRule(v.Duty().Rules, id) }

func findRule(rules []geo.DutyRow, id geo.RuleID) (int, bool) {
	return slices.BinarySearchFunc(rules, id, func(row geo.DutyRow, id geo.RuleID) int {
		return strings.Compare(string(row.ID), string(id))
	})
}

// rule is one duty row.
func (s *server) rule(w *response, r *http.Request, v view) error {
	v, err := s.whenAlone(w, r, v)
	if err != nil {
		return err
	}
	row, err := v.ruleInPath(r)
	if err != nil {
		return err
	}
	w.Header().Set("ETag", ruleTag(row))
	return sendJSON(w, ruleAnswer(row))
}

func (v view) ruleInPath(r *http.Request) (*geo.DutyRow, error) {
	id := geo.RuleID(inPath(r, "id"))
	if i, found := v.findRule(id); found {
		return &v.Duty().Rules[i], nil
	}
	return nil, geo.Errorf(geo.NotFound, "there is no duty row %q: /v1/rules lists them", clip(string(id)))
}

// putRule makes a duty row, or a row that is there another, as the next edition. Only a
// new row needs no If-Match.
func (s *server) putRule(w *response, r *http.Request, v view) error {
	cells, err := ruleCells(w, r)
	if err != nil {
		return err
	}
	return s.changeRule(w, r, v, func(row *geo.DutyRow) (map[string]string, error) {
		if row == nil {
			return cells, nil
		}
		return cells, matchRule(r, row)
	})
}

// patchRule changes cells of a duty row, as a merge patch: null blanks a cell.
func (s *server) patchRule(w *response, r *http.Request, v view) error {
	patch, err := ruleCells(w, r)
	if err != nil {
		return err
	}
	return s.changeRule(w, r, v, func(row *geo.DutyRow) (map[string]string, error) {
		if row == nil {
			_, err := v.ruleInPath(r)
			return nil, err
		}
		cells := map[string]string{}
		for i, cell := range duty.FormatRule(*row) {
			cells[duty.RuleColumns[i]] = cell
		}
		for column, cell := range patch {
			cells[column] = cell
		}
		return cells, matchRule(r, row)
	})
}

// deleteRule ends a duty row, as the next edition. Nothing is erased: the past keeps it.
func (s *server) deleteRule(w *response, r *http.Request, v view) error {
	if _, err := readParams(r); err != nil {
		return err
	}
	row, err := v.ruleInPath(r)
	if err == nil {
		err = matchRule(r, row)
	}
	if err != nil {
		return err
	}
	if err := v.mayChange(r, row); err != nil {
		return err
	}
	rest := slices.DeleteFunc(slices.Clone(v.Duty().Rules), func(o geo.DutyRow) bool { return o.ID == row.ID })
	if _, err := s.publishRules(r, v, rest, "duty row "+string(row.ID)+" ended"); err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

// matchRule tells whether a change is of the row as it is.
func matchRule(r *http.Request, row *geo.DutyRow) error {
	return mustMatch(r, ruleTag(row), geo.Say("duty row"),
		refuse(http.StatusPreconditionFailed, "the duty row %s was changed meanwhile: read it again, and change it as it is now", row.ID))
}

// mustMatch tells whether a change is of the thing as its ETag says it is now; else it is
// stale.
func mustMatch(r *http.Request, tag string, thing geo.Said, stale error) error {
	given := r.Header.Get("If-Match")
	if given == "" {
		return refuse(http.StatusPreconditionRequired, "the header If-Match is missing: send the ETag of the %s as you have seen it, so that nobody's change is lost", thing)
	}
	for seen := range strings.SplitSeq(given, ",") {
		if seen = strings.TrimSpace(seen); seen == "*" || seen == tag {
			return nil
		}
	}
	return stale
}

// ruleCells reads the cells of a body: texts, numbers, lists of texts, and null for blank.
func ruleCells(w *response, r *http.Request) (map[string]string, error) {
	if _, err := readParams(r); err != nil {
		return nil, err
	}
	var body map[string]any
	if err := decodeAs(w, r, &body, strings.Join(duty.RuleColumns, ", "), "application/json", "application/merge-patch+json"); err != nil {
		return nil, err
	}
	cells, err := cellsOf(body)
	if err != nil {
		return nil, err
	}
	id := inPath(r, "id")
	if given, there := cells["id"]; there && given != id {
		return nil, geo.Errorf(geo.Invalid, "id is %q and the address names the row %q: an id is for ever", clip(given), clip(id))
	}
	cells["id"] = id
	return cells, nil
}

// cellsOf are the cells of a row as JSON, by column.
func cellsOf(fields map[string]any) (map[string]string, error) {
	cells := make(map[string]string, len(fields))
	for column, value := range fields {
		if !slices.Contains(duty.RuleColumns, column) {
			return nil, geo.Errorf(geo.Invalid, "unknown field %q: a duty row has %s", clip(column), strings.Join(duty.RuleColumns, ", "))
		}
		cell, ok := cellOf(value)
		if !ok {
			return nil, geo.Errorf(geo.Invalid, "%s is neither a text, a number, a list of texts nor null", column)
		}
		cells[column] = cell
	}
	return cells, nil
}

func cellOf(value any) (string, bool) {
	switch v := value.(type) {
	case nil:
		return "", true
	case string:
		return v, true
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64), true
	case []any:
		var parts []string
		for _, p := range v {
			text, ok := p.(string)
			if !ok {
				return "", false
			}
			parts = append(parts, text)
		}
		return strings.Join(parts, ";"), true
	}
	return "", false
}

// changeRule publishes the row that change makes of the one there is, nil for none.
func (s *server) changeRule(w *response, r *http.Request, v view, change func(*geo.DutyRow) (map[string]string, error)) error {
	var was *geo.DutyRow
	i, found := v.findRule(geo.RuleID(inPath(r, "id")))
	if found {
		was = &v.Duty().Rules[i]
	}
	cells, err := change(was)
	if err != nil {
		return err
	}
	row, faults := duty.ParseRule(func(column string) string { return cells[column] })
	if len(faults) > 0 {
		return geo.Errorf(geo.Faulty, "the duty row cannot be taken: %s", geo.Joined("%s; %s", faults))
	}
	if err := v.mayChange(r, was, &row); err != nil {
		return err
	}
	all := slices.Clone(v.Duty().Rules)
	status := http.StatusOK
	if found {
		all[i] = row
	} else {
		all, status = slices.Insert(all, i, row), http.StatusCreated
	}
	after, err := s.publishRules(r, v, all, "duty row "+string(row.ID))
	if err != nil {
		return err
	}
	kept, err := after.ruleInPath(r)
	if err != nil {
		return err
	}
	w.Header().Set("ETag", ruleTag(kept))
	w.tellState(after.Snapshot)
	send(w, status, "application/json", append(ruleAnswer(kept), '\n'))
	return nil
}

// publishRules makes the rows those given, as the next edition, and waits for the view
// that holds them. Nothing is published when they are so already.
func (s *server) publishRules(r *http.Request, v view, rules []geo.DutyRow, note string) (view, error) {
	out, err := s.planRules(v, rules, note, nil)
	if err != nil || out.Publication == nil {
		return v, err
	}
	_, at, err := s.Publisher.Publish(r.Context(), out.Publication)
	if err != nil {
		return v, err
	}
	snapshot, err := s.await(r, at.Sequence, "")
	if err != nil {
		return v, err
	}
	return v.of(snapshot), nil
}

// planRules plans the edition whose rows are those given, some with where they were read.
func (s *server) planRules(v view, rules []geo.DutyRow, note string, sources []geo.Source) (*planning.TablesOutcome, error) {
	given := geo.DutyTables{Rules: rules}
	base := v.base(planning.TableLayers(v.Layers(), given))
	return planning.Tables(base, given, planning.TableOptions{AllowEnd: true, Note: note, Today: geo.DateOf(time.Now(), s.Zone), Sources: sources})
}

// base is the view as planning starts from it, with the areas of some layers.
func (v view) base(layers []geo.LayerName) *geo.Base {
	b := &geo.Base{
		Edition: v.Edition().Number, Layers: v.Layers(), Departments: v.Departments(), Categories: v.Categories(), Duty: *v.Duty(),
	}
	for _, name := range layers {
		b.Areas = slices.AppendSeq(b.Areas, v.Areas(name, ""))
	}
	return b
}
