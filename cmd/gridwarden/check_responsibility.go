package main

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"time"

	"gridwarden/api"
	"gridwarden/geo"
	"gridwarden/geo/audit"
	"gridwarden/geo/duty"
	"gridwarden/geo/index"
	"gridwarden/geo/ingest"
	"gridwarden/geo/planning"
	"gridwarden/geo/postgis"
)

// recentDays is of which reports a comparison says where they would have gone.
const recentDays = 90

// responsibilityFlags say what is audited and how it is told.
type responsibilityFlags struct {
	format, at, category, rules, encoding string
	against                               int64
	limit                                 int
	matrix                                bool
	routing                               routingFlags
}

func (f *responsibilityFlags) register(c *call) {
	c.flags.StringVar(&f.format, "format", "text", "text, json or geojson")
	c.flags.StringVar(&f.at, "at", "", "the `TIME` at which rows and departments are looked at, and later days on which one begins or ends; 2026-07-01 or 2026-07-01T08:00:00+08:00; default now")
	c.flags.StringVar(&f.category, "category", "", "only categories of this `CODE`, or prefix such as 01*; rows that never decide are then not told")
	c.flags.StringVar(&f.rules, "rules", "", "audit these duty rows as if they were published, and say what they would change: `FILE.csv` as for import rules, the whole table")
	c.flags.StringVar(&f.encoding, "encoding", "auto", "of --rules: auto, utf-8, gbk or gb18030")
	c.flags.Int64Var(&f.against, "against", 0, "say what changed for whom since this `EDITION`")
	c.flags.IntVar(&f.limit, "limit", 200, "tell at most `N` findings, and changes; what is left off is counted")
	c.flags.BoolVar(&f.matrix, "matrix", false, "tell who answers for each category in each district, too")
	f.routing.register(c.flags)
}

// options checks what was typed.
func (f *responsibilityFlags) options(c *call) (o audit.Options, err error) {
	switch {
	case f.format != "text" && f.format != "json" && f.format != "geojson":
		return o, usagef("--format is text, json or geojson, not %q", f.format)
	case f.against < 0:
		return o, usagef("--against is the number of an edition, not %d", f.against)
	case f.limit < 1:
		return o, usagef("--limit is 1 at least")
	}
	if o.Settings, err = f.routing.settings(c.settings.zone); err != nil {
		return o, err
	}
	if o.At, err = parseMoment(f.at, c.settings.zone); err != nil {
		return o, err
	}
	if f.category != "" {
		pattern := duty.ParsePattern(f.category)
		o.Categories = func(k geo.CategoryKey) bool { return pattern.Matches(k.Code) }
	}
	return o, nil
}

// parseMoment reads a day, which is its beginning, or a time; empty is now.
func parseMoment(text string, zone *time.Location) (time.Time, error) {
	if text == "" {
		return time.Now(), nil
	}
	if day, err := geo.ParseDate(text); err == nil {
		return day.Time(zone), nil
	}
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return at, usagef("--at is a day such as 2026-07-01 or a time such as 2026-07-01T08:00:00+08:00, not %q", text)
	}
	return at, nil
}

// checkResponsibility audits who would answer for everything, everywhere, at any time. Its
// exit code is the answer: 0 sound, 1 somebody is missing or two are named, 2 it could not
// run. Ground where only the fallback answers, rows that never decide and gaps are notes.
func checkResponsibility(ctx context.Context, c *call) error {
	var f responsibilityFlags
	f.register(c)
	if err := c.parseAlone(); err != nil {
		return err
	}
	o, err := f.options(c)
	if err != nil {
		return err
	}
	store, now, err := c.openView(ctx)
	if err != nil {
		return err
	}
	defer store.Close()
	if err := o.Settings.Check(now); err != nil {
		return usagef("%v", err)
	}
	r := &responsibility{call: c, flags: &f, options: o, store: store, before: now, after: now}
	if err := r.states(ctx); err != nil {
		return err
	}
	return r.run(ctx)
}

// responsibility carries one audit through.
type responsibility struct {
	*call
	flags         *responsibilityFlags
	options       audit.Options
	store         *postgis.Store
	before, after *index.Snapshot // what is audited, and what it is compared with: itself when not asked for
}

// states finds what is compared: the edition asked for, and the rows proposed.
func (r *responsibility) states(ctx context.Context) (err error) {
	if r.flags.against > 0 {
		if r.before, _, err = pastOf(r.store, r.after).View(ctx, api.When{Edition: geo.Edition(r.flags.against)}); err != nil {
			return err
		}
	}
	if r.flags.rules != "" {
		r.after, err = r.proposed(ctx)
	}
	return err
}

// proposed is the newest state with the rows of a file in place of its own.
func (r *responsibility) proposed(ctx context.Context) (*index.Snapshot, error) {
	rows, sources, wrong := ingest.ReadRules(ctx, r.flags.rules, r.flags.encoding)
	if wrong != nil && len(sources) == 0 {
		return nil, wrong
	}
	now := time.Now()
	outcome, err := planTables(ctx, r.store, geo.DutyTables{Rules: rows}, planning.TableOptions{
		AllowEnd: true, Today: geo.DateOf(now, r.settings.zone), EffectiveFrom: now, Sources: sources,
	})
	if wrong != nil {
		return nil, bothFaults(r.flags.rules, wrong, err)
	}
	if err != nil || outcome.Publication == nil {
		return r.after, err
	}
	view := r.after
	return view.Apply(&geo.Changes{
		History: view.History(), From: view.Position(), To: view.Position(), Edition: view.Edition(), Duty: outcome.Publication.Duty,
	})
}

func (r *responsibility) run(ctx context.Context) error {
	p := r.stages()
	r.options.Progress = p.tell
	a, err := audit.Run(ctx, r.after, r.options)
	var compared *audit.Comparison
	if err == nil && r.before != r.after {
		compared, err = audit.Compare(ctx, r.before, r.after, r.recent, r.options)
	}
	p.done()
	if err != nil {
		return err
	}
	switch r.flags.format {
	case "json":
		err = r.tellJSON(a, compared)
	case "geojson":
		err = json.NewEncoder(r.out).Encode(a.Features(0, r.flags.limit, geo.English))
	default:
		err = r.tellText(a, compared)
	}
	if errs := a.Errors(); err == nil && errs > 0 {
		err = geo.Errorf(geo.Faulty, "responsibility has %s", counted(errs, "error", "errors"))
	}
	return err
}

// recent reads the reports of the last days.
func (r *responsibility) recent(ctx context.Context, each func(*geo.Report) error) error {
	return r.store.RecentReports(ctx, r.options.At.AddDate(0, 0, -recentDays), each)
}

func (r *responsibility) tellJSON(a *audit.Audit, compared *audit.Comparison) error {
	whole := struct {
		audit.Document
		Changes *audit.ComparisonDocument `json:"changes,omitempty"`
	}{Document: a.Page(0, r.flags.limit, geo.English)}
	matrix, err := a.MatrixDocument("", 0)
	if err != nil {
		return err
	}
	whole.Matrix = matrix
	if compared != nil {
		d := compared.Document(r.flags.limit)
		whole.Changes = &d
	}
	e := json.NewEncoder(r.out)
	e.SetIndent("", " ")
	return e.Encode(whole)
}

func (r *responsibility) tellText(a *audit.Audit, compared *audit.Comparison) error {
	for i := range a.Findings {
		if i == r.flags.limit {
			fmt.Fprintf(r.out, "and %d more; --limit tells them\n", len(a.Findings)-i)
			break
		}
		f := &a.Findings[i]
		word := "note"
		if f.Error {
			word = "error"
		}
		fmt.Fprintf(r.out, "%s %s: %s\n", word, f.Kind, f.Message)
		if f.Error {
			r.tellMend(f)
		}
	}
	if r.flags.matrix {
		matrix, err := a.Matrix("", 0)
		if err != nil {
			return err
		}
		r.tellMatrix(&matrix)
	}
	if compared != nil {
		r.tellChanges(compared)
	}
	if a.Truncated > 0 {
		fmt.Fprintf(r.out, "rows ask so many questions at %s that not every combination of answers was tried\n", counted(a.Truncated, "place", "places"))
	}
	fmt.Fprintf(r.out, "checked %s × %s: %s, %s\n", counted(len(a.Grounds), "place", "places"), counted(a.Categories, "category", "categories"),
		counted(a.Errors(), "error", "errors"), counted(len(a.Findings)-a.Errors(), "note", "notes"))
	return nil
}

// tellMend tells the rows that would mend a finding.
func (r *responsibility) tellMend(f *audit.Finding) {
	for i := range f.Mend {
		fmt.Fprintf(r.out, "  to mend it: %s\n", cells(&f.Mend[i]))
	}
	if f.MendMore > 0 {
		fmt.Fprintf(r.out, "  and %d more rows like these\n", f.MendMore)
	}
}

// cells writes a duty row as the cells that are filled.
func cells(row *geo.DutyRow) string {
	var parts []string
	for i, cell := range duty.FormatRule(*row) {
		if cell != "" && duty.RuleColumns[i] != "note" {
			parts = append(parts, duty.RuleColumns[i]+" "+cell)
		}
	}
	return strings.Join(parts, ", ")
}

func (r *responsibility) tellMatrix(m *audit.Matrix) {
	for i, row := range m.Rows {
		if i == r.flags.limit {
			fmt.Fprintf(r.out, "and %d more rows of the matrix; --limit tells them\n", len(m.Rows)-i)
			return
		}
		codes := make([]string, len(row.Categories))
		for n, k := range row.Categories {
			codes[n] = string(k.Kind) + " " + k.Code
		}
		for n, cell := range row.Cells {
			who := string(cell.Department)
			switch {
			case cell.Departments == 0:
				who = "nobody"
			case cell.Departments > 1:
				who += fmt.Sprintf(" and %d more", cell.Departments-1)
			}
			if cell.Departments > 0 && cell.Nobody > 0 {
				who += ", nobody on " + geo.InSquareMetres(cell.Nobody)
			}
			if cell.Fallback > 0 {
				who += ", only the fallback on " + geo.InSquareMetres(cell.Fallback)
			}
			fmt.Fprintf(r.out, "%s %s: %s: %s\n", m.Layer, m.Areas[n].Code, listed(codes, 5), who)
		}
	}
}

func (r *responsibility) tellChanges(c *audit.Comparison) {
	if len(c.Changes) == 0 {
		fmt.Fprintln(r.out, "nothing changes for anybody")
	}
	for i, change := range c.Changes {
		if i == r.flags.limit {
			fmt.Fprintf(r.out, "and %d more changes; --limit tells them\n", len(c.Changes)-i)
			break
		}
		fmt.Fprintf(r.out, "change: from %s to %s: %s, %s, %s, %s of the last %d days\n", orNobody(change.From), orNobody(change.To),
			codesOf(change.Categories), geo.InSquareMetres(change.Metres2),
			counted(change.Assets, "asset", "assets"), counted(change.Reports, "report", "reports"), recentDays)
	}
}

// codesOf counts categories and names the first of them.
func codesOf(keys []geo.CategoryKey) string {
	const named = 5
	var codes []string
	for _, k := range keys[:min(len(keys), named)] {
		codes = append(codes, k.Code)
	}
	if len(keys) > named {
		codes = append(codes, "…")
	}
	return counted(len(keys), "category", "categories") + " (" + strings.Join(codes, ", ") + ")"
}

func orNobody(d geo.DepartmentCode) string {
	if d == "" {
		return "nobody"
	}
	return string(d)
}

// stages shows the progress of work in several steps.
type stages struct {
	call *call
	what string
	now  *progress
	last int
	turn sync.Mutex
}

func (r *responsibility) stages() *stages { return &stages{call: r.call} }

// tell may be called from any goroutine.
func (s *stages) tell(what string, done, _ int) {
	s.turn.Lock()
	defer s.turn.Unlock()
	if what != s.what {
		s.end()
		s.what, s.last = what, 0
		s.now = s.call.counter(what, "steps")
	}
	if done > s.last {
		s.now.add(int64(done - s.last))
		s.last = done
	}
}

func (s *stages) end() {
	if s.now != nil {
		s.now.done()
		s.now = nil
	}
}

func (s *stages) done() {
	s.turn.Lock()
	defer s.turn.Unlock()
	s.end()
}
