package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"gridwarden/geo"
	"gridwarden/geo/ingest"
	"gridwarden/geo/planning"
	"gridwarden/geo/postgis"
)

// dutyFlags are the options of an import of one table of duty.
type dutyFlags struct {
	encoding, effective, note string
	dryRun, merge, allowEnd   bool
}

func (f *dutyFlags) register(c *call) {
	c.flags.StringVar(&f.encoding, "encoding", "auto", "auto, utf-8, gbk or gb18030")
	c.flags.StringVar(&f.effective, "effective", "", "`DATE`, today or before, from which the edition holds; default now")
	c.flags.StringVar(&f.note, "note", "", "`TEXT` for the record")
	c.flags.BoolVar(&f.dryRun, "dry-run", false, "report what would happen and change nothing")
	c.flags.BoolVar(&f.merge, "merge", false, "rows that are not in the file stay")
	c.flags.BoolVar(&f.allowEnd, "allow-end", false, "allow more than 5 % of the table to end, and duty rows of rulings that are not in the file")
}

func (f *dutyFlags) options(zone *time.Location, now time.Time) (planning.TableOptions, error) {
	edition, err := (&importFlags{effective: f.effective}).options(zone, now)
	return planning.TableOptions{
		Merge: f.merge, AllowEnd: f.allowEnd, Note: f.note,
		EffectiveFrom: edition.EffectiveFrom, Today: geo.DateOf(now, zone),
	}, err
}

// readTable reads one table of a file, the sound rows beside the faults of the others.
type readTable func(ctx context.Context, file, encoding string) (geo.DutyTables, []geo.Source, error)

// importDuty imports one table of duty: it reads, holds the rows against what exists,
// prints what would change, and publishes it as an edition.
func importDuty(ctx context.Context, c *call, read readTable) error {
	var f dutyFlags
	f.register(c)
	if err := c.parse(); err != nil {
		return err
	}
	if len(c.args) != 1 {
		return usagef("name one CSV file; see gridwarden %s -h", c.flags.Name())
	}
	options, err := f.options(c.settings.zone, time.Now())
	if err != nil {
		return err
	}
	given, sources, wrong := read(ctx, c.args[0], f.encoding)
	if wrong != nil && len(sources) == 0 {
		return wrong
	}
	store, err := c.open(ctx)
	if err != nil {
		return errors.Join(wrong, err)
	}
	defer store.Close()
	options.Sources = sources
	outcome, err := planTables(ctx, store, given, options)
	if wrong != nil {
		return bothFaults(c.args[0], wrong, err)
	}
	if outcome != nil {
		printTables(c.out, outcome)
	}
	if err != nil {
		return err
	}
	return c.publishTables(ctx, store, outcome.Publication, f.dryRun)
}

// planTables plans the import over what is open, with the areas it needs. Only groups ask
// for layers that the rows do not name: those above their members'.
func planTables(ctx context.Context, store *postgis.Store, given geo.DutyTables, o planning.TableOptions) (*planning.TablesOutcome, error) {
	var layers []geo.Layer
	if given.Groups != nil {
		base, err := store.Base(ctx)
		if err != nil {
			return nil, err
		}
		layers = base.Layers
	}
	base, err := store.Base(ctx, planning.TableLayers(layers, given)...)
	if err != nil {
		return nil, err
	}
	return planning.Tables(base, given, o)
}

// bothFaults joins what is wrong with the rows themselves and with what they name, by line;
// other errors wait until the rows are mended.
func bothFaults(file string, wrong, named error) error {
	if geo.KindOf(named) != geo.Faulty {
		return wrong
	}
	all := append(sentences(wrong), sentences(named)...)
	slices.SortStableFunc(all, func(a, b string) int { return cmp.Compare(lineOf(file, a), lineOf(file, b)) })
	return geo.Errorf(geo.Faulty, "%s", strings.Join(all, "\n"))
}

// sentences are those of an error that joins several.
func sentences(err error) []string { return strings.Split(geo.Sentence(err), "\n") }

// lineOf is the line of a file that a sentence begins with; after all lines when it begins
// with none.
func lineOf(file, sentence string) int {
	rest, _ := strings.CutPrefix(sentence, file+", line ")
	digits, _, _ := strings.Cut(rest, ":")
	if line, err := strconv.Atoi(digits); err == nil {
		return line
	}
	return math.MaxInt
}

// publishTables publishes what the import of tables changes, if anything.
func (c *call) publishTables(ctx context.Context, store *postgis.Store, p *geo.Publication, dryRun bool) error {
	switch {
	case p == nil:
		fmt.Fprintln(c.out, "nothing changed; no edition was made")
		return nil
	case dryRun:
		fmt.Fprintln(c.out, "dry run: nothing was written")
		return nil
	}
	done := c.progress("publishing")
	edition, position, err := store.Publish(ctx, p)
	done()
	if err != nil {
		return err
	}
	fmt.Fprintf(c.out, "published edition %d, effective from %s (sequence %d)\n",
		edition.Number, edition.EffectiveFrom.In(c.settings.zone).Format(time.RFC3339), position.Sequence)
	return nil
}

// notesTold is how many notes of an import are printed.
const notesTold = 50

// printTables tells what an import does to each table, and what a person should look at.
func printTables(w io.Writer, o *planning.TablesOutcome) {
	for _, t := range o.Tables {
		fmt.Fprintf(w, "%s: %d read: %s\n", t.Table, t.Read, tableLine(t))
		if len(t.Ended) > 0 {
			fmt.Fprintf(w, "  ended: %s\n", listed(t.Ended, 50))
		}
		if len(t.Kept) > 0 {
			fmt.Fprintf(w, "  kept %d %s of rulings that are not in the file: %s\n", len(t.Kept), t.Table, listed(t.Kept, 50))
		}
	}
	for _, note := range o.Notes[:min(len(o.Notes), notesTold)] {
		fmt.Fprintf(w, "note: %s\n", note)
	}
	if more := len(o.Notes) - notesTold; more > 0 {
		fmt.Fprintf(w, "note: and %d more\n", more)
	}
}

func tableLine(t planning.TableReport) string {
	var parts []string
	for _, p := range []struct {
		n    int
		what string
	}{
		{len(t.Added), "new"}, {len(t.Changed), "changed"}, {len(t.Ended), "ended"}, {len(t.Kept), "kept"}, {t.Untouched, "untouched"},
	} {
		if p.n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", p.n, p.what))
		}
	}
	return strings.Join(parts, ", ")
}

func importRules(ctx context.Context, c *call) error {
	return importDuty(ctx, c, into(ingest.ReadRules, func(t *geo.DutyTables) *[]geo.DutyRow { return &t.Rules }))
}

func importStandards(ctx context.Context, c *call) error {
	return importDuty(ctx, c, into(ingest.ReadStandards, func(t *geo.DutyTables) *[]geo.FilingStandard { return &t.Standards }))
}

func importCalendar(ctx context.Context, c *call) error {
	return importDuty(ctx, c, into(ingest.ReadCalendar, func(t *geo.DutyTables) *[]geo.CalendarRow { return &t.Calendar }))
}

func importGroups(ctx context.Context, c *call) error {
	return importDuty(ctx, c, into(ingest.ReadGroups, func(t *geo.DutyTables) *[]geo.Group { return &t.Groups }))
}

func importCrosswalk(ctx context.Context, c *call) error {
	return importDuty(ctx, c, into(ingest.ReadCrosswalk, func(t *geo.DutyTables) *[]geo.Crosswalk { return &t.Crosswalk }))
}

// into reads the rows of one table into its place among the others.
func into[T any](read func(ctx context.Context, file, encoding string) ([]T, []geo.Source, error), place func(*geo.DutyTables) *[]T) readTable {
	return func(ctx context.Context, file, encoding string) (t geo.DutyTables, sources []geo.Source, err error) {
		*place(&t), sources, err = read(ctx, file, encoding)
		return t, sources, err
	}
}

// importPosts imports who is on duty where. A change of person makes no edition.
func importPosts(ctx context.Context, c *call) error {
	encoding := c.flags.String("encoding", "auto", "auto, utf-8, gbk or gb18030")
	dryRun := c.flags.Bool("dry-run", false, "report what would happen and change nothing")
	if err := c.parse(); err != nil {
		return err
	}
	if len(c.args) != 1 {
		return usagef("name one CSV file; see gridwarden %s -h", c.flags.Name())
	}
	posts, sources, wrong := ingest.ReadPosts(ctx, c.args[0], *encoding)
	if wrong != nil && len(sources) == 0 {
		return wrong
	}
	store, err := c.open(ctx)
	if err != nil {
		return errors.Join(wrong, err)
	}
	defer store.Close()
	err = checkPosts(ctx, store, posts, sources)
	if wrong != nil {
		return bothFaults(c.args[0], wrong, err)
	}
	if err != nil {
		return err
	}
	o, err := store.ImportPosts(ctx, posts, *dryRun)
	if err != nil {
		return err
	}
	fmt.Fprintf(c.out, "posts: %d read: %d new, %d ended, %d untouched\n", o.Read, o.Added, o.Ended, o.Unchanged)
	if *dryRun {
		fmt.Fprintln(c.out, "dry run: nothing was written")
	}
	return nil
}

// checkPosts sees that the places of the posts exist.
func checkPosts(ctx context.Context, store *postgis.Store, posts []geo.Post, sources []geo.Source) error {
	base, err := store.Base(ctx, planning.PostLayers(posts)...)
	if err != nil {
		return err
	}
	return planning.CheckPosts(base, posts, sources)
}
