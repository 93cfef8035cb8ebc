package postgis

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5"

	"gridwarden/geo"
)

// AddMerged stores one more report of what an open one is about, merged into that, in one
// transaction. It is routed to nobody, so that nobody is sent there twice. It is Faulty
// without the report to merge into, and when that is no longer open; of an
// idempotency key and an external id known already see [Store.AddReport].
func (s *Store) AddMerged(ctx context.Context, given *geo.Report, into geo.ReportID, once geo.Idempotency) (id geo.ReportID, again bool, err error) {
	return s.addOnce(ctx, given, once, func(tx pgx.Tx, r geo.Report) error {
		if err := arrive(ctx, tx, r, nil); err != nil {
			return err
		}
		if err := holdOpen(ctx, tx, into); err != nil {
			return err
		}
		merged := geo.ReportEvent{Report: r.ID, Kind: geo.WasMerged, At: r.ReceivedAt, Author: geo.ActorOf(ctx).Name, Into: into}
		told := telling{events: []geo.ReportEvent{merged}, outcomes: []geo.EventOutcome{{Report: r.ID}}}
		if err := told.store(ctx, tx); err != nil {
			return err
		}
		return did(ctx, tx, "add report", string(r.ID), nil, map[string]any{"merged_into": into})
	})
}

// holdOpenSQL reads the state of a report, which stays so until commit.
const holdOpenSQL = `SELECT state FROM reports WHERE id = $1 FOR SHARE`

// holdOpen holds a report that others are merged into: it has to be open, or what they say
// would reach nobody.
func holdOpen(ctx context.Context, tx pgx.Tx, id geo.ReportID) error {
	var state geo.ReportState
	switch err := tx.QueryRow(ctx, holdOpenSQL, id).Scan(&state); {
	case errors.Is(err, pgx.ErrNoRows):
		return geo.Errorf(geo.Faulty, "there is no report %s to merge into", id)
	case err != nil:
		return err
	case !state.Open():
		return geo.Errorf(geo.Faulty, "the report %s is %s and takes no other: file this one by itself, or merge it into one that is open", id, state)
	}
	return nil
}
