package postgis

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"gridwarden/geo"
)

// ErrHistory tells a follower that the database does not continue what it has: it was
// restored, promoted, pruned or made anew. The follower loads again beside its old view.
var ErrHistory = errors.New("the database has another history")

// LostError is an [ErrHistory] of a database that lacks changes it had when they were
// followed: those that a primary had not sent when another took over, or those since a
// backup.
type LostError struct {
	Changes int
	More    bool // that is all of them the follower remembered; there may be more
}

func (e *LostError) Error() string {
	least := ""
	if e.More {
		least = "at least "
	}
	return fmt.Sprintf("%v: %s%d changes that were served are not in it", ErrHistory, least, e.Changes)
}

// Is says that it is an [ErrHistory].
func (e *LostError) Is(target error) bool { return target == ErrHistory }

// remembered bounds how many changes a follower can tell to be lost.
const remembered = 1000

const (
	trailSQL = `
SELECT sequence, id FROM changes WHERE sequence > $1 AND sequence <= $2 ORDER BY sequence DESC LIMIT $3`
	newestNumberSQL = `SELECT coalesce(max(sequence), 0) FROM changes`
)

// trail is the last changes up to where a follower is, in order.
type trail []geo.Position

// extend adds the changes of the log up to a number.
func (t *trail) extend(ctx context.Context, db querier, to geo.Sequence) error {
	from := geo.Sequence(0)
	if len(*t) > 0 {
		from = (*t)[len(*t)-1].Sequence
	}
	newer, err := readTrail(ctx, db, from, to)
	if err != nil {
		return err
	}
	all := append(*t, newer...)
	*t = append(trail(nil), all[max(0, len(all)-remembered):]...)
	return nil
}

// readTrail is the changes after one number up to another, the last if they are many.
func readTrail(ctx context.Context, db querier, after, to geo.Sequence) (trail, error) {
	rows, err := db.Query(ctx, trailSQL, after, to, remembered)
	if err != nil {
		return nil, err
	}
	newestFirst, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (p geo.Position, err error) {
		err = row.Scan(&p.Sequence, (*[16]byte)(&p.Change))
		return p, err
	})
	t := make(trail, len(newestFirst))
	for i, p := range newestFirst {
		t[len(t)-1-i] = p
	}
	return t, err
}

// lost says what of the trail a log lacks. A number that is missing but not newer than all
// of the log tells nothing: the log may have been pruned.
func (t trail) lost(ctx context.Context, db querier) error {
	var newest geo.Sequence
	if err := db.QueryRow(ctx, newestNumberSQL).Scan(&newest); err != nil {
		return err
	}
	now, err := readTrail(ctx, db, t[0].Sequence-1, t[len(t)-1].Sequence)
	if err != nil {
		return err
	}
	ids := map[geo.Sequence]geo.ChangeID{}
	for _, p := range now {
		ids[p.Sequence] = p.Change
	}
	lost := &LostError{}
	for _, p := range t {
		if id, numbered := ids[p.Sequence]; p.Sequence > newest || numbered && id != p.Change {
			lost.Changes++
		}
	}
	if lost.Changes == 0 {
		return ErrHistory
	}
	lost.More = lost.Changes == len(t) && t[0].Sequence > 1
	return lost
}
