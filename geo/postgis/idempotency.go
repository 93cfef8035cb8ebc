package postgis

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5"

	"gridwarden/geo"
)

// tryKeySQL locks a key for the one transaction that works under it.
const tryKeySQL = `SELECT pg_try_advisory_xact_lock(hashtextextended($2, hashtextextended($1, 0)))`

// claimSQL keeps a key for seven days; a key that is older is taken over. With each it
// removes two that are past their time, so that they do not pile up.
const claimSQL = `
WITH past AS (
	DELETE FROM idempotency WHERE (holder, key) IN (
		SELECT holder, key FROM idempotency WHERE at < now() - interval '7 days' AND (holder, key) <> ($1, $2)
		ORDER BY at LIMIT 2 FOR UPDATE SKIP LOCKED)
)
INSERT INTO idempotency AS kept (holder, key, body, report) VALUES ($1, $2, $3, $4)
ON CONFLICT (holder, key) DO UPDATE SET body = excluded.body, report = excluded.report, at = excluded.at
	WHERE kept.at < now() - interval '7 days'
RETURNING report`

const claimedSQL = `SELECT body, report FROM idempotency WHERE holder = $1 AND key = $2`

// claim takes a key for a new report and gives its id, or that of the report which was
// stored under the key before.
func claim(ctx context.Context, tx pgx.Tx, key geo.Idempotency, id geo.ReportID) (geo.ReportID, error) {
	if key.Key == "" {
		return id, nil
	}
	var mine bool
	if err := tx.QueryRow(ctx, tryKeySQL, key.Holder, key.Key).Scan(&mine); err != nil {
		return "", err
	}
	if !mine {
		return "", geo.Errorf(geo.Conflict, "the request with the key %q still runs: wait for its answer", key.Key)
	}
	err := tx.QueryRow(ctx, claimSQL, key.Holder, key.Key, key.Body[:], id).Scan(&id)
	if !errors.Is(err, pgx.ErrNoRows) {
		return id, err
	}
	var body []byte
	if err := tx.QueryRow(ctx, claimedSQL, key.Holder, key.Key).Scan(&body, &id); err != nil {
		return "", err
	}
	if [32]byte(body) != key.Body {
		return "", geo.Errorf(geo.Faulty, "the key %q was used for another request: take a new key for each, and the same one only to repeat it", key.Key)
	}
	return id, nil
}
