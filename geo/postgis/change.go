package postgis

import (
	"context"
	"crypto/rand"

	"github.com/jackc/pgx/v5"

	"gridwarden/geo"
)

// channel carries a notice for each change. A notice is only a hint; the log is the truth.
const channel = "gridwarden"

// The writers of one kind of thing wait for one another on an advisory lock, which they
// take before looking at what is there. It is not the counter's lock: that one is held
// only from record to commit.
const (
	lockAreas = 1 + iota
	lockAssets
	lockBodies // departments and categories
	lockDue    // drafts whose time has come
)

const lockSQL = `SELECT pg_advisory_xact_lock(1735551860, $1)`

// recordSQL numbers a change. The update holds the counter's row until commit, so numbers
// are given in the order of commits. The first change on another server than before begins
// another history: what the old one had beyond this log never comes back, and its numbers
// are given again.
const recordSQL = `
WITH counted AS (
	UPDATE state SET sequence = sequence + 1, server = coalesce(nullif(here, ''), server),
		history = CASE WHEN here = '' OR server IN (here, '') THEN history ELSE gen_random_uuid() END
	FROM this_server() AS here
	RETURNING sequence
), logged AS (
	INSERT INTO changes (sequence, id, kind, note) SELECT sequence, $1, $2, $3 FROM counted RETURNING sequence
)
SELECT sequence, pg_notify('` + channel + `', sequence::text)::text FROM logged`

// newChange makes up the id that the rows of a change carry before it has a number.
func newChange() geo.ChangeID {
	var id geo.ChangeID
	rand.Read(id[:]) // never fails
	return id
}

// takeTurn waits for the other writers of the same kind of thing.
func takeTurn(ctx context.Context, tx pgx.Tx, what int) error {
	_, err := tx.Exec(ctx, lockSQL, what)
	return err
}

// record gives a change its number. It is the last thing before commit: whatever the
// database still has to check is checked first, so that nobody waits for that.
func record(ctx context.Context, tx pgx.Tx, id geo.ChangeID, kind, note string) (geo.Position, error) {
	if _, err := tx.Exec(ctx, "SET CONSTRAINTS departments_tree, layers_parent_fkey IMMEDIATE"); err != nil {
		return geo.Position{}, err
	}
	position := geo.Position{Change: id}
	var notified string
	err := tx.QueryRow(ctx, recordSQL, [16]byte(id), kind, note).Scan(&position.Sequence, &notified)
	return position, err
}
