package main

import (
	"context"
	"fmt"
	"time"

	"gridwarden/geo"
	"gridwarden/geo/ingest"
	"gridwarden/geo/postgis"
)

// backfillFlags are the options of a back-fill.
type backfillFlags struct {
	reportFlags
	answers     string
	skipUnknown bool
	dryRun      bool
	routing     routingFlags
}

func (b *backfillFlags) register(c *call) {
	f, o := c.flags, &b.options
	b.registerPlace(c)
	f.StringVar(&o.Source, "source", "", "`NAME` of the system the reports come from; an id is its own within it")
	f.StringVar(&o.ExternalID, "external-id", "", "`FIELD` with the report's id there; default external_id, id or another usual name")
	f.StringVar(&o.Category, "category", "", "`FIELD` with the category, by code or name; default category or another usual name")
	f.StringVar(&o.KindField, "kind-field", "", "`FIELD` that says component or matter (部件, 事件) of each row; where blank, --kind")
	f.StringVar(&o.Family, "family", "", "`FIELD` with a family such as 井盖, where a row has no category")
	f.StringVar(&o.Condition, "condition", "", "`FIELD` with the condition's code in the filing standard; default condition")
	f.StringVar(&o.Address, "address", "", "`FIELD` with the address; a row with one and without a position is kept as unlocated; default address")
	f.StringVar(&o.Accuracy, "accuracy-field", "", "`FIELD` with the metres to which the position is known; default accuracy or accuracy_m")
	f.StringVar(&o.Asset, "asset", "", "`FIELD` with the id of the asset")
	f.StringVar(&b.answers, "answers", "", "`FIELD[,FIELD]` whose values are answers to the questions of these names")
	f.StringVar(&o.Description, "description", "", "`FIELD` with the free words; kept only when named")
	f.StringVar(&o.State, "state", "", "`FIELD` with the state (received, filed, closed …); default: closed, for the past is over")
	f.StringVar(&o.ClosedAt, "closed-at", "", "`FIELD` with the time it was closed; one without is received")
	f.StringVar(&o.Department, "department", "", "`FIELD` with the department that got it: compared with the decision, not kept")
	f.BoolVar(&b.skipUnknown, "skip-unknown", false, "pass over rows of unknown categories, counting them, instead of refusing the file")
	f.BoolVar(&b.dryRun, "dry-run", false, "route and tell what would happen, and store nothing")
	b.routing.register(f)
}

func (b *backfillFlags) finish(c *call) error {
	o := &b.options
	switch {
	case len(c.args) != 1:
		return usagef("name one CSV file of reports")
	case o.Source == "":
		return usagef("--source NAME is missing: the system the reports come from, such as 12345")
	}
	if o.Standard == "" {
		o.Standard = "GB/T 47678.5-2026"
	}
	o.Answers = fields[string](b.answers)
	o.Zone, o.Now = c.settings.zone, time.Now()
	return b.complete()
}

// importReports back-fills: it routes past reports in bulk, each as of its own time with
// today's knowledge of that day, and stores them in batches, each whole. Nothing is
// delivered. The file is read twice: first for faults, which refuse all of it, then to
// store. Reports that are there already, by source and id, are passed over, so a back-fill
// that was interrupted is taken up by typing it again.
func importReports(ctx context.Context, c *call) error {
	var b backfillFlags
	b.register(c)
	if err := c.parse(); err != nil {
		return err
	}
	if err := b.finish(c); err != nil {
		return err
	}
	set, err := b.routing.settings(c.settings.zone)
	if err != nil {
		return err
	}
	store, view, err := c.openView(ctx)
	if err != nil {
		return err
	}
	defer store.Close()
	if err := set.Check(view); err != nil {
		return usagef("%v", err)
	}
	b.options.Transform = store
	fill := &backfill{call: c, flags: &b, file: c.args[0], store: store, names: newNames(view), engines: newPastEngines(store, view, set)}
	return fill.run(ctx)
}

// backfill carries one back-fill through.
type backfill struct {
	*call
	flags   *backfillFlags
	file    string
	store   *postgis.Store
	names   *names
	engines *pastEngines
	counts  backfillCounts
}

func (b *backfill) run(ctx context.Context) error {
	unknown := map[string]int{}
	if err := b.check(ctx, unknown); err != nil {
		return err
	}
	if err := b.fill(ctx); err != nil {
		return err
	}
	b.counts.tell(b.call, unknown, b.flags.dryRun)
	if b.flags.dryRun {
		fmt.Fprintln(b.out, "dry run: nothing was stored")
	}
	return nil
}

// check reads the whole file for what is wrong, and counts the unknown categories.
func (b *backfill) check(ctx context.Context, unknown map[string]int) error {
	progress := b.counter("reading "+b.file, "reports")
	defer progress.done()
	faults := rowFaults{skip: b.flags.skipBad}
	for in, err := range ingest.Reports(ctx, b.file, b.flags.options) {
		progress.add(1)
		if err == nil {
			err = b.known(&in)
			if err != nil && b.flags.skipUnknown {
				unknown[in.Category.Code+in.Family]++
				err = nil
			}
		}
		if stop := faults.take(err); stop != nil {
			return stop
		}
	}
	return faults.end(b.err)
}

// known gives a report its category by the code, and refuses one that nobody knows: no row
// could speak of it.
func (b *backfill) known(in *ingest.ReportInput) error {
	key, known := b.names.category(in.Category)
	in.Category = key
	if known || key.Code == "" && in.Family != "" && b.names.families[in.Family] {
		return nil
	}
	if key.Code == "" {
		return geo.Errorf(geo.Faulty, "%s: column %q: no category has the family %q", in.Source, b.flags.options.Family, in.Family)
	}
	return geo.Errorf(geo.Faulty, "%s: column %q: the %s %q of %s is not known and no crosswalk leads from it; import it, correct it, or pass over such rows with --skip-unknown",
		in.Source, in.Column, key.Kind, key.Code, key.Standard)
}
