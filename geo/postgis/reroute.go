package postgis

import (
	"context"
	"errors"
	"math"
	"slices"

	"github.com/jackc/pgx/v5"

	"gridwarden/geo"
)

// Rerouter says what publishing means for reports.
type Rerouter interface {
	// Ground is where reports may be answered otherwise by the edition to than by from.
	Ground(ctx context.Context, from, to geo.Edition) ([]geo.Box, error)
	// Reroute is the next round of a report that was routed by from, or a later edition; nil
	// leaves it where it is.
	Reroute(ctx context.Context, c *geo.Case, from geo.Edition) (*geo.Reassignment, error)
}

// reroutePage is how many reports are looked at in one step.
const reroutePage = 500

const holdReroutingSQL = `
SELECT (SELECT coalesce(max(number), 0) FROM editions), edition, target, pending, report, feed
FROM rerouting FOR UPDATE SKIP LOCKED`

// Reroute does the next step of routing open reports again: of an edition that was
// published, those on its ground, page by page; and when that is done, those that a server
// which had not heard of it yet took in meanwhile. It tells whether there is more to do at
// once. Every server may call it: one at a time works, the others are told there is nothing.
// A view that r decides by must show every edition up to upTo; while the reports are further
// on, nothing is done.
//
// Each report is moved in a transaction of its own before the step is, so that a step cut
// off anywhere is done again: reports that were moved are found where they belong and get no
// other round. Back-filled reports, and those from before the first edition, stay with what
// was decided by the edition of their day.
func (s *Store) Reroute(ctx context.Context, upTo geo.Edition, r Rerouter) (more bool, err error) {
	err = s.write(ctx, "routing reports again", false, func(tx pgx.Tx) error {
		w := rerouting{store: s, tx: tx, by: r}
		switch err := w.hold(ctx); {
		case errors.Is(err, pgx.ErrNoRows): // another server is at it
			return nil
		case err != nil:
			return err
		}
		if w.now.Target == w.now.Done && w.now.Newest > w.now.Done {
			w.now.Target, w.report = w.now.Newest, ""
		}
		if upTo < w.now.Target {
			return nil
		}
		if w.now.Target > w.now.Done {
			more = true
			return w.page(ctx)
		}
		more, err = w.late(ctx)
		return err
	})
	return more && err == nil, err
}

// rerouting is one step.
type rerouting struct {
	store  *Store
	tx     pgx.Tx
	by     Rerouter
	now    geo.Rerouting
	report geo.ReportID
	feed   int64
}

func (w *rerouting) hold(ctx context.Context) error {
	n := &w.now
	return w.tx.QueryRow(ctx, holdReroutingSQL).Scan(&n.Newest, &n.Done, &n.Target, &n.Pending, &w.report, &w.feed)
}

const keepReroutingSQL = `UPDATE rerouting SET edition = $1, target = $2, pending = $3, report = $4, feed = $5`

func (w *rerouting) keep(ctx context.Context) error {
	_, err := w.tx.Exec(ctx, keepReroutingSQL, w.now.Done, w.now.Target, w.now.Pending, w.report, w.feed)
	return err
}

// reroutableSQL is told of the reports that publishing may move.
const reroutableSQL = isOpenSQL + ` AND NOT backfilled AND point IS NOT NULL
	AND (reports.lead = '' OR reported_at >= (SELECT min(effective_from) FROM editions))`

const (
	reroutePageSQL = withinSQL + `
SELECT id FROM reports JOIN within USING (id) WHERE id > $9 AND ` + reroutableSQL + ` ORDER BY id LIMIT $10`
	reroutePendingSQL = withinSQL + `
SELECT count(*) FROM reports JOIN within USING (id) WHERE id > $9 AND ` + reroutableSQL

	rerouteAllSQL        = `SELECT id FROM reports WHERE id > $1 AND ` + reroutableSQL + ` ORDER BY id LIMIT $2`
	rerouteAllPendingSQL = `SELECT count(*) FROM reports WHERE id > $1 AND ` + reroutableSQL
)

// reroutable are the statements for a page of reports on some ground and for their number,
// and what they take.
func (w *rerouting) reroutable(boxes []geo.Box) (page, pending string, args []any) {
	earth := onEarth(geo.Box{Min: geo.Coord{X: math.MinInt32, Y: math.MinInt32}, Max: geo.Coord{X: math.MaxInt32, Y: math.MaxInt32}})
	if slices.Contains(boxes, earth) {
		return rerouteAllSQL, rerouteAllPendingSQL, []any{w.report}
	}
	return reroutePageSQL, reroutePendingSQL, append(within(boxes, around(boxes)), w.report)
}

// page looks at the next reports on the ground of the edition.
func (w *rerouting) page(ctx context.Context) error {
	boxes, err := w.by.Ground(ctx, w.now.Done, w.now.Target)
	if err != nil {
		return err
	}
	page, pending, args := w.reroutable(boxes)
	if w.report == "" {
		if err := w.tx.QueryRow(ctx, pending, args...).Scan(&w.now.Pending); err != nil {
			return err
		}
	}
	ids, err := rowsOf(ctx, w.tx, pgx.RowTo[geo.ReportID], page, append(args, reroutePage)...)
	if err != nil {
		return err
	}
	if err := w.look(ctx, ids, func(geo.ReportID) geo.Edition { return w.now.Done }); err != nil {
		return err
	}
	if w.now.Pending = max(w.now.Pending-int64(len(ids)), 0); len(ids) > 0 {
		w.report = ids[len(ids)-1]
	}
	if len(ids) < reroutePage {
		w.now.Done, w.now.Pending, w.report = w.now.Target, 0, ""
	}
	return w.keep(ctx)
}

// look routes reports again and moves those that have to go elsewhere.
func (w *rerouting) look(ctx context.Context, ids []geo.ReportID, from func(geo.ReportID) geo.Edition) error {
	if len(ids) == 0 {
		return nil
	}
	all, err := assignedCases(ctx, w.tx, ids)
	if err != nil {
		return err
	}
	for i := range all {
		next, err := w.by.Reroute(ctx, &all[i], from(all[i].Report.ID))
		if err != nil {
			return err
		}
		if next == nil {
			continue
		}
		// In a Conflict somebody moved the report meanwhile, or closed it: the one stays as
		// it is, the other comes by again in the feed.
		if err := w.store.Reassign(ctx, next); err != nil && geo.KindOf(err) != geo.Conflict {
			return err
		}
	}
	return nil
}

// The present assignments of reports, but for their decisions.
const presentSQL = `
SELECT a.report, a.round, a.role, a.department, a.duty_group, a.edition, a.at
FROM reports r JOIN assignments a ON a.report = r.id AND a.round = r.round WHERE r.id = ANY($1) ORDER BY a.feed`

// assignedCases is casesOf with the present assignments.
func assignedCases(ctx context.Context, tx pgx.Tx, ids []geo.ReportID) ([]geo.Case, error) {
	all, err := casesOf(ctx, tx, ids)
	if err != nil {
		return nil, err
	}
	present, err := rowsOf(ctx, tx, func(row pgx.CollectableRow) (a geo.Assignment, err error) {
		err = row.Scan(&a.Report, &a.Round, &a.Role, &a.Department, &a.Group, &a.Edition, &a.At)
		return a, err
	}, presentSQL, ids)
	of := rounds{}
	for _, a := range present {
		of[a.Report] = append(of[a.Report], a)
	}
	for i := range all {
		all[i].Assignments = of[all[i].Report.ID]
	}
	return all, err
}

// lateSQL reads on in the feed: how far, and the reports whose present lead was found by an
// edition that was done with.
const lateSQL = `
WITH page AS (
	SELECT feed, report, round, edition FROM assignments WHERE feed > $1 AND role = 'lead' ORDER BY feed LIMIT $3
), upto AS (
	SELECT CASE WHEN count(*) = $3 THEN max(feed) ELSE (SELECT head FROM feed) END AS feed FROM page
)
SELECT upto.feed, coalesce(late.id, ''), coalesce(late.edition, 0) FROM upto LEFT JOIN (
	SELECT reports.id, page.edition FROM page JOIN reports ON reports.id = page.report AND reports.round = page.round
	WHERE page.edition < $2 AND ` + reroutableSQL + `
) AS late ON true ORDER BY 2`

// latePage is how many assignments are read on at once.
const latePage = 1000

// late looks at what came in by the feed. An assignment by the edition done with, or a newer
// one, is passed for good: what is published next finds its report on the ground.
func (w *rerouting) late(ctx context.Context) (more bool, err error) {
	type row struct {
		feed    int64
		id      geo.ReportID
		edition geo.Edition
	}
	page, err := rowsOf(ctx, w.tx, func(r pgx.CollectableRow) (p row, err error) {
		err = r.Scan(&p.feed, &p.id, &p.edition)
		return p, err
	}, lateSQL, w.feed, w.now.Done, latePage)
	if err != nil || page[0].feed == w.feed {
		return false, err
	}
	var ids []geo.ReportID
	by := map[geo.ReportID]geo.Edition{}
	for _, p := range page {
		if p.id != "" {
			ids = append(ids, p.id)
			by[p.id] = p.edition
		}
	}
	if err := w.look(ctx, ids, func(id geo.ReportID) geo.Edition { return by[id] }); err != nil {
		return false, err
	}
	w.feed = page[0].feed
	return true, w.keep(ctx)
}

const reroutingSQL = `SELECT (SELECT coalesce(max(number), 0) FROM editions), edition, target, pending FROM rerouting`

// Rerouting tells how far open reports were routed again.
func (s *Store) Rerouting(ctx context.Context) (now geo.Rerouting, err error) {
	ctx, cancel := context.WithTimeout(ctx, readTimeout)
	defer cancel()
	err = s.pool.QueryRow(ctx, reroutingSQL).Scan(&now.Newest, &now.Done, &now.Target, &now.Pending)
	return now, fault(err, "asking how far reports were routed again")
}
