package main

import (
	"cmp"
	"context"
	"encoding/csv"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"
	"time"

	"gridwarden/geo"
	"gridwarden/geo/duty"
	"gridwarden/geo/ingest"
	"gridwarden/geo/propose"
	"gridwarden/geo/routing"
)

// needed is what proposed rows name and nobody has imported yet.
type needed struct {
	categories  []geo.Category
	departments []geo.Department
}

// needs names what is not known yet by its code: people give it better names.
func (p *proposer) needs(proposal *propose.Proposal) needed {
	var n needed
	o := p.flags.read.options
	bodies := map[geo.DepartmentCode]bool{}
	for _, r := range proposal.Rules {
		key := geo.CategoryKey{Standard: o.Standard, Kind: o.Kind, Code: r.Category}
		if _, known := p.view.Category(key); !known && !slices.ContainsFunc(n.categories, func(c geo.Category) bool { return c.CategoryKey == key }) {
			n.categories = append(n.categories, geo.Category{CategoryKey: key, Name: r.Category, Visibility: geo.Protected})
		}
		if a, err := duty.ParseAssign(r.Assign); err == nil && a.To == duty.ToDepartment {
			bodies[a.Department] = true
		}
	}
	for _, code := range slices.Sorted(maps.Keys(bodies)) {
		if _, known := p.view.Department(code); !known {
			n.departments = append(n.departments, geo.Department{Code: code, Name: string(code), Kind: "office"})
		}
	}
	return n
}

// write writes the rows, and what they need beside them.
func (p *proposer) write(proposal *propose.Proposal, n needed) error {
	rules := [][]string{duty.RuleColumns}
	for _, r := range proposal.Rules {
		rules = append(rules, duty.FormatRule(r))
	}
	if err := writeCSV(p.flags.out, rules); err != nil {
		return err
	}
	if len(n.categories) > 0 {
		rows := [][]string{{"standard", "kind", "code", "name"}}
		for _, c := range n.categories {
			rows = append(rows, []string{c.Standard, string(c.Kind), c.Code, c.Name})
		}
		if err := writeCSV(p.beside("categories"), rows); err != nil {
			return err
		}
	}
	if len(n.departments) == 0 {
		return nil
	}
	rows := [][]string{{"code", "name", "kind"}}
	for _, d := range n.departments {
		rows = append(rows, []string{string(d.Code), d.Name, d.Kind})
	}
	return writeCSV(p.beside("departments"), rows)
}

// beside is rules-categories.csv for rules.csv.
func (p *proposer) beside(what string) string {
	return strings.TrimSuffix(p.flags.out, ".csv") + "-" + what + ".csv"
}

// writeCSV writes a table as spreadsheets open it: UTF-8 with a mark.
func writeCSV(path string, rows [][]string) (err error) {
	file, err := os.Create(path)
	if err != nil {
		return usagef("cannot write %s: %v", path, cause(err))
	}
	defer func() {
		if closed := file.Close(); err == nil && closed != nil {
			err = usagef("cannot write %s: %v", path, cause(closed))
		}
	}()
	if _, err := io.WriteString(file, "\ufeff"); err != nil {
		return usagef("cannot write %s: %v", path, cause(err))
	}
	if err := csv.NewWriter(file).WriteAll(rows); err != nil {
		return usagef("cannot write %s: %v", path, cause(err))
	}
	return nil
}

// tellNeeds says what to type to accept the proposal.
func (p *proposer) tellNeeds(n needed) {
	fmt.Fprintf(p.out, "written to %s; read and change it, then type\n", p.flags.out)
	if len(n.departments) > 0 {
		fmt.Fprintf(p.out, "  gridwarden import departments %s   (%s not known yet)\n", p.beside("departments"), counted(len(n.departments), "body", "bodies"))
	}
	if len(n.categories) > 0 {
		fmt.Fprintf(p.out, "  gridwarden import categories %s   (%s not known yet)\n", p.beside("categories"), counted(len(n.categories), "type", "types"))
	}
	fmt.Fprintf(p.out, "  gridwarden import rules --merge %s\n", p.flags.out)
}

// checkAgainst routes other past reports by the proposed rows, with all that is known, and
// tells how many would have gone where they went.
func (p *proposer) checkAgainst(ctx context.Context, proposal *propose.Proposal, n needed) error {
	at := p.view.Position()
	at.Sequence++
	view, err := p.view.Apply(&geo.Changes{
		History: p.view.History(), From: p.view.Position(), To: at, Edition: p.view.Edition(),
		Categories: n.categories, Departments: n.departments, Duty: geo.DutyTables{Rules: p.merged(proposal.Rules)},
	})
	if err != nil {
		return err
	}
	settings, err := p.flags.routing.settings(p.settings.zone)
	if err != nil {
		return err
	}
	seen := map[string]bool{}
	for _, t := range proposal.Types {
		seen[t.Name] = true
	}
	tried := trial{engine: routing.New(view, settings), seen: seen, unseen: map[string]int{}}
	if p.flags.read.options.Subtype != "" {
		p.flags.read.options.Answers = append(p.flags.read.options.Answers, p.flags.read.options.Subtype)
	}
	if err := p.each(ctx, p.flags.check, func(in *ingest.ReportInput) { tried.take(in, p.names.department(in.Department)) }); err != nil {
		return err
	}
	tried.tell(p.out, p.flags.check)
	return nil
}

// merged are the rows there are with the proposed ones, as import rules --merge has them.
func (p *proposer) merged(proposed []geo.DutyRow) []geo.DutyRow {
	all := map[geo.RuleID]geo.DutyRow{}
	for _, r := range slices.Concat(p.view.Duty().Rules, proposed) {
		all[r.ID] = r
	}
	return slices.SortedFunc(maps.Values(all), func(a, b geo.DutyRow) int { return cmp.Compare(a.ID, b.ID) })
}

// trial counts how past reports would have been answered.
type trial struct {
	engine *routing.Engine
	seen   map[string]bool // types that the rows speak of

	reports, right, seenReports, seenRight int
	unlocated                              int
	unseen                                 map[string]int
}

// take routes one report and compares.
func (t *trial) take(in *ingest.ReportInput, who geo.DepartmentCode) {
	if in.ReportedAt.IsZero() {
		in.ReportedAt = time.Now()
	}
	request, located := routing.RequestOf(&in.Report, in.ReportedAt)
	if !located {
		t.unlocated++
		return
	}
	decision := t.engine.Decide(request)
	right := 0
	if decision.Department != nil && decision.Department.Code == who {
		right = 1
	}
	t.reports, t.right = t.reports+1, t.right+right
	if t.seen[in.Category.Code] {
		t.seenReports, t.seenRight = t.seenReports+1, t.seenRight+right
		return
	}
	t.unseen[in.Category.Code]++
}

func (t *trial) tell(w io.Writer, file string) {
	fmt.Fprintf(w, "%s: of %s whose type was seen %d would have gone where they went (%.2f %%); of all %d it is %d (%.2f %%)\n", file,
		counted(t.seenReports, "report", "reports"), t.seenRight, percent(t.seenRight, t.seenReports), t.reports, t.right, percent(t.right, t.reports))
	if t.unlocated > 0 {
		fmt.Fprintf(w, "%s no position and could not be routed\n", counted(t.unlocated, "report has", "reports have"))
	}
	var types []string
	for _, name := range slices.Sorted(maps.Keys(t.unseen)) {
		types = append(types, fmt.Sprintf("%s (%d)", name, t.unseen[name]))
	}
	tellList(w, "types never seen before; nobody is proposed for them", types)
}

func percent(part, whole int) float64 {
	if whole == 0 {
		return 0
	}
	return 100 * float64(part) / float64(whole)
}

// tellList writes one line with a heading, nothing for an empty list.
func tellList(w io.Writer, heading string, list []string) {
	if len(list) > 0 {
		fmt.Fprintf(w, "%s, %d: %s\n", heading, len(list), listed(list, 50))
	}
}
