package main

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"runtime"
	"slices"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"gridwarden/geo"
	"gridwarden/geo/ingest"
	"gridwarden/geo/routing"
)

// backfillBatch is how many reports are stored at once.
const backfillBatch = 5000

// dated is a past report and the engine of its own time.
type dated struct {
	ingest.ReportInput
	engine      *routing.Engine
	beforeFirst bool
}

// fill reads the file again and routes and stores it in batches, on all cores.
func (b *backfill) fill(ctx context.Context) error {
	progress := b.counter("routing and storing", "reports")
	defer progress.done()
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(2 * runtime.GOMAXPROCS(0)) // half of them wait for the database
	err := b.batches(ctx, func(batch []dated) {
		group.Go(func() error {
			defer progress.add(int64(len(batch)))
			return b.settle(ctx, batch)
		})
	})
	return cmp.Or(group.Wait(), err)
}

// batches gives the reports of the file that are sound, in batches, each with its engine.
func (b *backfill) batches(ctx context.Context, take func([]dated)) error {
	batch := make([]dated, 0, backfillBatch)
	flush := func() error {
		if err := b.engines.assign(ctx, batch); err != nil {
			return err
		}
		take(batch)
		batch = make([]dated, 0, backfillBatch)
		return ctx.Err()
	}
	for in, err := range ingest.Reports(ctx, b.file, b.flags.options) {
		if err == nil {
			err = b.known(&in)
		}
		switch {
		case err != nil && geo.KindOf(err) != geo.Faulty:
			return err
		case err != nil: // told before
			continue
		}
		if in.Department != "" {
			in.Department = string(b.names.department(in.Department))
		}
		if batch = append(batch, dated{ReportInput: in}); len(batch) == backfillBatch {
			if err := flush(); err != nil {
				return err
			}
		}
	}
	return flush()
}

// decided is a report and how it was decided.
type decided struct {
	assignments []geo.Assignment
	unlocated   bool
	lead        geo.DepartmentCode
	contested   bool
	beforeFirst bool
	compared    bool // the file says who got it
	agrees      bool // and that is the lead
}

// decide routes one report.
func decide(d *dated) decided {
	out := decided{beforeFirst: d.beforeFirst}
	request, located := routing.RequestOf(&d.Report, d.ReportedAt)
	if !located {
		out.unlocated = true
		return out
	}
	request.BeforeFirst = d.beforeFirst
	decision := d.engine.Decide(request)
	out.assignments = routing.Assignments(&decision, &d.Report, 1, geo.ReasonReported, d.ReportedAt)
	out.contested = decision.Contested != nil
	if decision.Department != nil {
		out.lead = decision.Department.Code
	}
	out.compared = d.Department != ""
	out.agrees = out.compared && string(out.lead) == d.Department
	return out
}

// settle routes and stores one batch, whole or not at all, and counts it. The times of
// closing follow as events: typed again, they are sent again and change nothing.
func (b *backfill) settle(ctx context.Context, batch []dated) error {
	now := time.Now()
	decisions := make([]decided, len(batch))
	reports := make([]geo.Report, len(batch))
	assignments := make([]geo.Assignment, 0, 2*len(batch))
	var closings []geo.ReportEvent
	for i := range batch {
		if err := ctx.Err(); err != nil {
			return err
		}
		d := &batch[i]
		d.ID, d.ReceivedAt = geo.NewReportID(now), now
		decisions[i] = decide(d)
		if e, told := closing(d); told {
			closings = append(closings, e)
			d.State = geo.Received
		}
		reports[i] = d.Report
		assignments = append(assignments, decisions[i].assignments...)
	}
	added := 0
	if !b.flags.dryRun {
		var err error
		if added, _, err = b.store.Backfill(ctx, reports, assignments); err != nil {
			return err
		}
	}
	if len(closings) > 0 && !b.flags.dryRun {
		if _, err := b.store.AddEvents(ctx, closings); err != nil {
			return err
		}
	}
	b.counts.add(decisions, added)
	return nil
}

// closing is how a report ended, when the file says when; merged also needs into what.
func closing(d *dated) (geo.ReportEvent, bool) {
	if d.ClosedAt.IsZero() || d.State.Open() || d.State == geo.Merged {
		return geo.ReportEvent{}, false
	}
	return geo.ReportEvent{
		Source: d.Report.Source, ExternalID: d.ExternalID, Kind: geo.EventKind(d.State), SenderID: "backfill", At: d.ClosedAt,
	}, true
}

// backfillCounts are what a back-fill did, counted from all goroutines.
type backfillCounts struct {
	mu sync.Mutex

	read, stored, unlocated, unrouted, contested, beforeFirst int
	compared, agrees                                          int
	departments                                               map[geo.DepartmentCode]int
}

// add counts a batch, of which some were stored now and the others before.
func (c *backfillCounts) add(batch []decided, stored int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.stored += stored
	if c.departments == nil {
		c.departments = map[geo.DepartmentCode]int{}
	}
	for i := range batch {
		d := &batch[i]
		c.read++
		switch {
		case d.unlocated:
			c.unlocated++
		case d.lead == "":
			c.unrouted++
		default:
			c.departments[d.lead]++
		}
		c.contested += one(d.contested)
		c.beforeFirst += one(d.beforeFirst)
		c.compared += one(d.compared)
		c.agrees += one(d.agrees)
	}
}

func one(b bool) int {
	if b {
		return 1
	}
	return 0
}

// tell prints the counts.
func (c *backfillCounts) tell(to *call, unknown map[string]int, dryRun bool) {
	fmt.Fprintf(to.out, "reports: %d read", c.read)
	if dryRun {
		fmt.Fprintln(to.out)
	} else {
		fmt.Fprintf(to.out, ": %d stored, %d were there already\n", c.stored, c.read-c.stored)
	}
	for _, line := range []struct {
		n    int
		what string
	}{
		{c.unrouted, "unrouted, kept for a person"},
		{c.contested, "contested: another department could be right"},
		{c.beforeFirst, "older than the first edition, routed by it (import with --effective DATE what held then)"},
		{c.unlocated, "unlocated: they have an address and no position"},
	} {
		if line.n > 0 {
			fmt.Fprintf(to.out, "%8d %s\n", line.n, line.what)
		}
	}
	most := func(a, b geo.DepartmentCode) int {
		return cmp.Or(c.departments[b]-c.departments[a], cmp.Compare(a, b))
	}
	for _, code := range slices.SortedFunc(maps.Keys(c.departments), most) {
		fmt.Fprintf(to.out, "%8d to %s\n", c.departments[code], code)
	}
	if c.compared > 0 {
		fmt.Fprintf(to.out, "%d of %d were decided as it happened (%.2f %%)\n", c.agrees, c.compared, percent(c.agrees, c.compared))
	}
	var list []string
	for _, code := range slices.Sorted(maps.Keys(unknown)) {
		list = append(list, fmt.Sprintf("%s (%d)", code, unknown[code]))
	}
	tellList(to.out, "unknown categories, passed over", list)
}
