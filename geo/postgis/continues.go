package postgis

import (
	"context"

	"github.com/jackc/pgx/v5"

	"gridwarden/geo"
)

// A change's id is random, so who has it has this log, whatever server the history is of;
// only where the log was pruned the history must tell.
const continuesSQL = `
SELECT coalesce(c.id = $3, s.history = $1 AND $2 <= s.sequence), coalesce(c.id = $3, $2 = 0)
FROM state s LEFT JOIN changes c ON c.sequence = $2`

// Continues tells how a view that was made elsewhere, from a snapshot, stands to this
// database: whether it is an older or the present state of it, and whether the log still
// holds its last change, so that it can be followed on. A state that this database never
// had, of another city or of this one before it was restored, is neither.
func (s *Store) Continues(ctx context.Context, history [16]byte, at geo.Position) (ours, logged bool, err error) {
	ctx, cancel := context.WithTimeout(ctx, readTimeout)
	defer cancel()
	err = s.read(ctx, "comparing a snapshot with the change log", func(tx pgx.Tx) error {
		return tx.QueryRow(ctx, continuesSQL, history, int64(at.Sequence), [16]byte(at.Change)).Scan(&ours, &logged)
	})
	return ours, ours && logged, err
}
