package postgis

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"

	"gridwarden/geo"
)

const (
	changeAtSQL  = `SELECT id FROM changes WHERE sequence = $1`
	historySQL   = `SELECT history FROM state`
	editionAtSQL = `
SELECT e.number, e.published_at, e.effective_from, e.note FROM editions e JOIN changes c ON c.id = e.change
WHERE c.sequence <= $1 ORDER BY e.number DESC LIMIT 1`
)

// Past reads the changes that lead a view at now back to the sequence to, at most that of
// now. It is [ErrHistory] when now is not, or no longer, in the log.
func (s *Store) Past(ctx context.Context, now geo.Position, to geo.Sequence) (*geo.Changes, error) {
	if to < 1 || to > now.Sequence {
		return nil, geo.Errorf(geo.Invalid, "sequence %d is not in the past of %d", to, now.Sequence)
	}
	c := &geo.Changes{From: now, To: geo.Position{Sequence: to}}
	err := s.read(ctx, "reading a past state", func(tx pgx.Tx) (err error) {
		if err := tx.QueryRow(ctx, historySQL).Scan(&c.History); err != nil {
			return err
		}
		here, err := changeAt(ctx, tx, now.Sequence)
		if err != nil {
			return err
		}
		if here != now.Change {
			return ErrHistory
		}
		if c.To.Change, err = changeAt(ctx, tx, to); err != nil {
			return err
		}
		if c.Edition, err = scanEdition(ctx, tx, editionAtSQL, to); err != nil {
			return err
		}
		return readSpan(ctx, tx, span{after: to, until: now.Sequence, back: true}, c, gather(c))
	})
	if err != nil {
		return nil, err
	}
	return c, nil
}

func changeAt(ctx context.Context, tx pgx.Tx, number geo.Sequence) (id geo.ChangeID, err error) {
	err = tx.QueryRow(ctx, changeAtSQL, number).Scan((*[16]byte)(&id))
	if errors.Is(err, pgx.ErrNoRows) {
		err = ErrHistory
	}
	return id, err
}

// PastMoment is the state that answers for a moment.
type PastMoment struct {
	Sequence    geo.Sequence
	Edition     geo.Edition // the newest there
	BeforeFirst bool        // the moment lies before every edition: this is the state of the first
	Newest      bool        // nothing changed since
}

// Moment finds the state that answers for an edition or, with edition 0, for a time. The
// edition that holds at a time is the highest that was published and in effect by then,
// with knownNow the highest in effect by then of all that are published today. The state
// is the last before the next edition, and for a time without knownNow no later than the
// time: of a span of changes what was known then. An edition that is not there is NotFound.
func (s *Store) Moment(ctx context.Context, at time.Time, edition geo.Edition, knownNow bool) (m PastMoment, err error) {
	ctx, cancel := context.WithTimeout(ctx, readTimeout)
	defer cancel()
	err = s.read(ctx, "looking for a past state", func(tx pgx.Tx) error {
		known := &at
		if edition > 0 || knownNow {
			known = nil
		}
		held, err := heldEdition(ctx, tx, at, edition, known)
		if err != nil {
			return err
		}
		return m.find(ctx, tx, held, known)
	})
	return m, err
}

const (
	heldEditionSQL = `
SELECT coalesce(max(number), 0) FROM editions WHERE effective_from <= $1 AND published_at <= coalesce($2::timestamptz, 'infinity')`
	newestEditionSQL = `SELECT coalesce(max(number), 0) FROM editions`
)

// heldEdition is the edition that is in effect, 0 before the first; known is nil for all
// that is known today.
func heldEdition(ctx context.Context, tx pgx.Tx, at time.Time, edition geo.Edition, known *time.Time) (held geo.Edition, err error) {
	if edition == 0 {
		err = tx.QueryRow(ctx, heldEditionSQL, at, known).Scan(&held)
		return held, err
	}
	var newest geo.Edition
	if err := tx.QueryRow(ctx, newestEditionSQL).Scan(&newest); err != nil {
		return 0, err
	}
	switch {
	case newest == 0:
		return 0, geo.Errorf(geo.NotFound, "there is no edition %d, and none at all yet", edition)
	case edition < 1 || edition > newest:
		return 0, geo.Errorf(geo.NotFound, "there is no edition %d: they go from 1 to %d, the newest", edition, newest)
	}
	return edition, nil
}

// boundsSQL tells where the first edition was published, where the one after $1 was, the
// last change known at $2, and the newest.
const boundsSQL = `
SELECT coalesce((SELECT c.sequence FROM editions e JOIN changes c ON c.id = e.change ORDER BY e.number LIMIT 1), 0),
	coalesce((SELECT c.sequence FROM editions e JOIN changes c ON c.id = e.change WHERE e.number > $1 ORDER BY e.number LIMIT 1), s.sequence + 1),
	coalesce((SELECT sequence FROM changes WHERE at <= coalesce($2::timestamptz, 'infinity') ORDER BY at DESC, sequence DESC LIMIT 1), 0),
	s.sequence
FROM state s`

// find is the last state of an edition that was known.
func (m *PastMoment) find(ctx context.Context, tx pgx.Tx, held geo.Edition, known *time.Time) error {
	var first, next, last, newest geo.Sequence
	if err := tx.QueryRow(ctx, boundsSQL, held, known).Scan(&first, &next, &last, &newest); err != nil {
		return err
	}
	switch m.Sequence = min(last, next-1); {
	case first == 0: // nothing was ever published: there is no edition to be before
		m.Sequence = newest
	case m.Sequence < first:
		m.Sequence, m.BeforeFirst = first, true
	}
	m.Newest = m.Sequence == newest
	info, err := scanEdition(ctx, tx, editionAtSQL, m.Sequence)
	m.Edition = info.Number
	return err
}
