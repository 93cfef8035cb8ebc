package postgis

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"gridwarden/geo"
)

// Backfill stores reports of the past, each with its one round, in one transaction: whole
// or not at all. Those that are here under their external id are left as they are and
// counted as known, so that a back-fill can be taken up again. Nobody is told of them by
// message; in the feed they come only when asked for. Each report has its id, which its
// assignments name, a source and an external id.
//
// A state of a report beyond received is kept as an event of the moment it was reported.
func (s *Store) Backfill(ctx context.Context, reports []geo.Report, routed []geo.Assignment) (added, known int, err error) {
	given, sorted, err := pastRounds(reports, routed)
	if err != nil {
		return 0, 0, err
	}
	err = s.write(ctx, "back-filling reports", false, func(tx pgx.Tx) error {
		arrived, err := insertReports(ctx, tx, sorted, given)
		if err != nil {
			return err
		}
		added = len(arrived)
		if err := settleIn(ctx, tx, sorted, given, arrived); err != nil {
			return err
		}
		if added == 0 {
			return nil
		}
		var last pgx.Batch
		queueFeed(&last, roundsOf(given, arrived))
		if err := queueDeed(ctx, &last, "back-fill reports", sorted[0].Source, nil, map[string]any{"added": added, "known": len(reports) - added}); err != nil {
			return err
		}
		return tx.SendBatch(ctx, &last).Close()
	})
	if err != nil {
		return 0, 0, err
	}
	return added, len(reports) - added, nil
}

// pastRounds brings reports and assignments together. The reports are sorted, so that two
// back-fills cannot wait for one another.
func pastRounds(reports []geo.Report, routed []geo.Assignment) (rounds, []geo.Report, error) {
	sorted := slices.Clone(reports)
	slices.SortStableFunc(sorted, func(a, b geo.Report) int {
		return cmp.Or(cmp.Compare(a.Source, b.Source), cmp.Compare(a.ExternalID, b.ExternalID))
	})
	of := make(map[geo.ReportID]*geo.Report, len(sorted))
	given := make(rounds, len(sorted))
	for i := range sorted {
		r := &sorted[i]
		if r.ID == "" || r.ExternalID == "" {
			return nil, nil, geo.Errorf(geo.Invalid, "a report of the past needs its own id at its source, %q, so that it is not stored twice", r.Source)
		}
		r.Backfilled, r.ReceivedAt = true, orNow(r.ReceivedAt)
		of[r.ID], given[r.ID] = r, nil
	}
	for _, a := range routed {
		r := of[a.Report]
		if r == nil {
			return nil, nil, geo.Errorf(geo.Internal, "an assignment names the report %q, which is not stored with it", a.Report)
		}
		given[r.ID] = append(given[r.ID], assignedTo(r, 1, []geo.Assignment{a})...)
	}
	return given, sorted, nil
}

// roundsOf is the assignments of some reports, in that order.
func roundsOf(given rounds, reports []geo.ReportID) []geo.Assignment {
	out := make([]geo.Assignment, 0, len(reports))
	for _, id := range reports {
		out = append(out, given[id]...)
	}
	return out
}

// foretold is the event that a report of the past brings with it, if any.
func foretold(r *geo.Report) []geo.ReportEvent {
	if !r.Backfilled || r.State == "" || r.State == geo.Received || r.State == geo.Unlocated {
		return nil
	}
	return []geo.ReportEvent{{Report: r.ID, Kind: geo.EventKind(r.State), SenderID: "backfill", At: r.ReportedAt}}
}

const foretoldSQL = `
INSERT INTO report_events (report, sender_id, kind, at, received_at, author, note, department, until, into_report)
SELECT report, sender_id, kind, at, now(), '', '', '', NULL, ''
FROM unnest($1::text[], $2::text[], $3::text[], $4::timestamptz[]) AS given (report, sender_id, kind, at)`

// settleIn writes the events that reports brought with them, and those that waited.
func settleIn(ctx context.Context, tx pgx.Tx, reports []geo.Report, given rounds, arrived []geo.ReportID) error {
	fresh := make(map[geo.ReportID]bool, len(arrived))
	for _, id := range arrived {
		fresh[id] = true
	}
	var events []geo.ReportEvent
	for i := range reports {
		if fresh[reports[i].ID] {
			events = append(events, foretold(&reports[i])...)
		}
	}
	if len(events) > 0 {
		_, err := tx.Exec(ctx, foretoldSQL,
			column(events, func(e *geo.ReportEvent) geo.ReportID { return e.Report }),
			column(events, func(e *geo.ReportEvent) string { return e.SenderID }),
			column(events, func(e *geo.ReportEvent) string { return string(e.Kind) }),
			column(events, func(e *geo.ReportEvent) time.Time { return e.At }))
		if err != nil {
			return err
		}
	}
	return adoptEvents(ctx, tx, arrived, given)
}
