package postgis

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"gridwarden/geo"
)

const tryTurnSQL = `SELECT pg_try_advisory_xact_lock(1735551860, $1)`

const dueSQL = `
SELECT ` + draftColumns + ` FROM drafts
WHERE state = 'scheduled' AND publish_at <= $1 AND publish_at <= clock_timestamp() ORDER BY publish_at, id LIMIT 100`

// DueDraft hands the scheduled draft whose time came first to publish, and where that fails
// the next one, until one succeeds, unless another server is at it; found tells whether
// there was one. Where all fail it is the first's error. The time must have come by now and by
// the database's clock, which dates editions.
//
// One server at a time works on what is due: it holds a lock in a transaction of its own,
// which goes with the process or the connection, and looks at the drafts under it. That
// publishing happens once does not hang on the lock: [Store.Publish] takes the draft out of
// its state in the transaction that makes the edition. A draft that publish leaves
// scheduled is handed out again.
func (s *Store) DueDraft(ctx context.Context, now time.Time, publish func(context.Context, geo.Draft) error) (found bool, err error) {
	err = s.write(ctx, "publishing what is due", false, func(tx pgx.Tx) error {
		var mine bool
		if err := tx.QueryRow(ctx, tryTurnSQL, lockDue).Scan(&mine); err != nil || !mine {
			return err
		}
		due, err := collect(ctx, tx, dueSQL, []any{now}, scanDraft)
		if found = len(due) > 0; err != nil || !found {
			return err
		}
		return untilOne(ctx, due, publish)
	})
	return found, err
}

// untilOne does one of the drafts, the first that succeeds; the error is that of the first.
func untilOne(ctx context.Context, drafts []geo.Draft, do func(context.Context, geo.Draft) error) (failed error) {
	for _, d := range drafts {
		err := do(ctx, d)
		if err == nil {
			return nil
		}
		if failed == nil {
			failed = err
		}
		if ctx.Err() != nil {
			break
		}
	}
	return failed
}

const lockDraftSQL = draftSQL + ` AND version = $2 AND ` + isLive + ` FOR UPDATE`

// lockDraft is the draft of a publication, which nobody changes until it is through; nil
// when it is of none.
func lockDraft(ctx context.Context, tx pgx.Tx, p *geo.Publication) (*geo.Draft, error) {
	if p.Draft == "" {
		return nil, nil
	}
	drafts, err := collect(ctx, tx, lockDraftSQL, []any{p.Draft, p.DraftVersion}, scanDraft)
	if err == nil && len(drafts) == 0 {
		err = draftConflict(ctx, tx, p.Draft, p.DraftVersion)
	}
	if err != nil {
		return nil, err
	}
	return &drafts[0], nil
}

const endDraftSQL = `
UPDATE drafts SET version = version + 1, changed_at = clock_timestamp(), changed_by = $2, state = 'published', published = $3,
	publish_at = NULL, publish_from = NULL
WHERE id = $1`

// endDraft lets a draft be published as an edition.
func endDraft(ctx context.Context, tx pgx.Tx, d *geo.Draft, edition geo.Edition) error {
	if d == nil {
		return nil
	}
	_, err := tx.Exec(ctx, endDraftSQL, d.ID, geo.ActorOf(ctx).Name, edition)
	return err
}
