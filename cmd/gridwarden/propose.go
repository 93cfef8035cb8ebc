package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"gridwarden/geo"
	"gridwarden/geo/index"
	"gridwarden/geo/ingest"
	"gridwarden/geo/propose"
)

// proposeFlags are the options of a proposal from history.
type proposeFlags struct {
	read       reportFlags
	history    string
	check      string
	layers     string
	minSupport int
	out        string
	routing    routingFlags
}

func (p *proposeFlags) register(c *call) {
	f := c.flags
	f.StringVar(&p.history, "history", "", "the `FILE.csv` of past reports with the department that really got each")
	f.StringVar(&p.read.options.Category, "type", "", "`FIELD` with the type of a report: the code or name of a category, or what becomes one")
	f.StringVar(&p.read.options.Subtype, "subtype", "", "`FIELD` with its subtype, for exceptions: it becomes the answer of that name (where FIELD=VALUE)")
	f.StringVar(&p.read.options.Department, "department", "", "`FIELD` with the department that got it, by code, name or alias")
	f.StringVar(&p.layers, "layers", "", "look for exceptions by the areas of these layers, `NAME[,NAME]`; where the departments that their areas name answer a type as well as any, it is assigned by layer:NAME")
	f.IntVar(&p.minSupport, "min-support", propose.MinSupport, "the fewest reports that an exception must answer rightly; besides it must win clearly, at 5 %: a sign test against the row it takes over from, and Fisher's exact test against the rest of that row's reports, divided by all exceptions that could be tried")
	f.StringVar(&p.out, "o", "rules.csv", "write the rows to this `FILE`; what they need and is not known yet goes to FILE-categories.csv and FILE-departments.csv beside it")
	f.StringVar(&p.check, "check", "", "tell how the rows would have answered this other `FILE.csv` of past reports, with the same columns")
	p.read.registerPlace(c)
	p.routing.register(f)
}

// proposeRules proposes duty rows from what really happened. It changes nothing: a person
// reads the rows and imports them.
func proposeRules(ctx context.Context, c *call) error {
	var p proposeFlags
	p.register(c)
	if err := c.parseAlone(); err != nil {
		return err
	}
	if err := p.complete(c); err != nil {
		return err
	}
	store, view, err := c.openView(ctx)
	if err != nil {
		return err
	}
	defer store.Close()
	p.read.options.Transform = store
	layers, err := layersByRank(view, fields[geo.LayerName](p.layers))
	if err != nil {
		return err
	}
	return (&proposer{call: c, flags: &p, view: view, layers: layers, names: newNames(view)}).run(ctx)
}

func (p *proposeFlags) complete(c *call) error {
	o := &p.read.options
	switch {
	case p.history == "":
		return usagef("--history FILE.csv is missing")
	case o.Category == "" || o.Department == "":
		return usagef("name the columns with --type FIELD and --department FIELD")
	case o.Standard == "":
		return usagef("--standard NAME is missing: the standard that the types are categories of, such as \"NYC 311\"")
	case strings.ContainsAny(o.Subtype, "=;|"):
		return usagef("--subtype becomes the name of an answer and cannot hold = ; or |: rename the column %q", o.Subtype)
	case p.minSupport < 2:
		return usagef("--min-support is 2 at least: one report makes no rule")
	case !strings.HasSuffix(p.out, ".csv"):
		return usagef("-o is a file whose name ends in .csv, not %q", p.out)
	}
	o.Bare, o.Zone = true, c.settings.zone
	return p.read.complete()
}

// layersByRank are the layers asked for in the order in which duty rows look at them.
func layersByRank(view *index.Snapshot, asked []geo.LayerName) ([]geo.LayerName, error) {
	for _, name := range asked {
		if err := hasLayer(view.Layers(), name); err != nil {
			return nil, err
		}
	}
	all := namesOf(view.Layers())
	return slices.DeleteFunc(all, func(n geo.LayerName) bool { return !slices.Contains(asked, n) }), nil
}

// proposer carries one proposal through.
type proposer struct {
	*call
	flags  *proposeFlags
	view   *index.Snapshot
	layers []geo.LayerName
	names  *names
	first  time.Time // of the history
	last   time.Time
}

func (p *proposer) run(ctx context.Context) error {
	past := propose.NewHistory()
	err := p.each(ctx, p.flags.history, func(in *ingest.ReportInput) {
		past.Add(p.caseOf(in))
		p.span(in.ReportedAt)
	})
	if err != nil {
		return err
	}
	o := p.flags.read.options
	proposal := past.Propose(propose.Options{
		Standard: o.Standard, Kind: o.Kind, Subtype: o.Subtype, Layers: p.layers, MinSupport: p.flags.minSupport,
	})
	if len(proposal.Rules) == 0 {
		return geo.Errorf(geo.Invalid, "%s gives no rows: no report in it has a type that can be a code, and a department", p.flags.history)
	}
	needs := p.needs(proposal)
	if err := p.write(proposal, needs); err != nil {
		return err
	}
	p.tell(proposal)
	p.tellNeeds(needs)
	if p.flags.check == "" {
		return nil
	}
	return p.checkAgainst(ctx, proposal, needs)
}

// each reads a file of past reports. Rows that are wrong refuse it, all told at once,
// unless they are to be passed over.
func (p *proposer) each(ctx context.Context, file string, take func(*ingest.ReportInput)) error {
	progress := p.counter("reading "+file, "reports")
	defer progress.done()
	faults := rowFaults{skip: p.flags.read.skipBad}
	for in, err := range ingest.Reports(ctx, file, p.flags.read.options) {
		if stop := faults.take(err); stop != nil {
			return stop
		}
		progress.add(1)
		if err == nil {
			in.Category, _ = p.names.category(in.Category)
			take(&in)
		}
	}
	return faults.end(p.err)
}

func (p *proposer) span(at time.Time) {
	if at.IsZero() {
		return
	}
	if p.first.IsZero() || at.Before(p.first) {
		p.first = at
	}
	if at.After(p.last) {
		p.last = at
	}
}

// caseOf is a report with the areas it lay in.
func (p *proposer) caseOf(in *ingest.ReportInput) propose.Case {
	c := propose.Case{Type: in.Category.Code, Subtype: in.Subtype, Department: p.names.department(in.Department)}
	if in.Point == nil || len(p.layers) == 0 {
		return c
	}
	place := p.view.Locate(*in.Point, p.layers...)
	for _, hit := range place.Areas {
		c.Places = append(c.Places, propose.Place{Layer: hit.Area.Layer, Area: hit.Area.Code, Department: hit.Area.Department})
	}
	for _, hit := range place.Lines {
		c.Places = append(c.Places, propose.Place{Layer: hit.Area.Layer, Area: hit.Area.Code, Department: hit.Area.Department})
	}
	return c
}

// tell says what is proposed and what a person should look at.
func (p *proposer) tell(proposal *propose.Proposal) {
	reports, right := proposal.Cases()
	exceptions, bodies := 0, map[geo.DepartmentCode]bool{}
	var divided, rare []string
	for _, t := range proposal.Types {
		exceptions += t.Exceptions
		for d := range t.Departments {
			bodies[d] = true
		}
		switch {
		case t.Reports < p.flags.minSupport:
			rare = append(rare, t.Name)
		case t.Divided:
			divided = append(divided, fmt.Sprintf("%s (%s)", t.Name, propose.Counts(t.Departments)))
		}
	}
	days := ""
	if !p.first.IsZero() {
		zone := p.settings.zone
		days = fmt.Sprintf(", %s to %s", geo.DateOf(p.first, zone), geo.DateOf(p.last, zone))
	}
	fmt.Fprintf(p.out, "history: %s of %s to %s%s\n", counted(reports, "report", "reports"),
		counted(len(proposal.Types), "type", "types"), counted(len(bodies), "department", "departments"), days)
	fmt.Fprintf(p.out, "proposed: %s for types and %s; they answer %d of the %d as it happened (%.2f %%)\n",
		counted(len(proposal.Types), "row", "rows"), counted(exceptions, "exception", "exceptions"), right, reports, percent(right, reports))
	tellList(p.out, "divided, for a person to decide", divided)
	tellList(p.out, fmt.Sprintf("seen fewer than %d times", p.flags.minSupport), rare)
	tellList(p.out, "types that cannot be codes, passed over", proposal.Unusable)
	tellList(p.out, "known categories that the history never had; nobody is proposed for them", p.unseen(proposal))
}

// unseen are the known categories of the standard that no report had.
func (p *proposer) unseen(proposal *propose.Proposal) []string {
	o := p.flags.read.options
	var never []string
	for _, c := range p.view.Categories() {
		seen := slices.ContainsFunc(proposal.Types, func(t propose.Type) bool { return t.Name == c.Code })
		if c.Standard == o.Standard && c.Kind == o.Kind && !seen {
			never = append(never, c.Code)
		}
	}
	return never
}
