package postgis

import (
	"context"

	"github.com/jackc/pgx/v5"

	"gridwarden/geo"
)

// The history is not read from the log, which may be pruned. It is another after a
// promotion, too, but then the log goes on from the view by the id of its change.
const continuesSQL = `
SELECT s.history = $1 OR l.there, l.there OR $2 = 0
FROM state s, (SELECT EXISTS (SELECT FROM changes WHERE sequence = $2 AND id = $3) AS there) AS l`

// Continues tells how a view of elsewhere, from a snapshot, stands to this database: whether
// it is of the same city, and whether the log still holds its last change, so that it can
// be followed on.
func (s *Store) Continues(ctx context.Context, history [16]byte, at geo.Position) (city, log bool, err error) {
	ctx, cancel := context.WithTimeout(ctx, readTimeout)
	defer cancel()
	err = s.read(ctx, "asking for the history", func(tx pgx.Tx) error {
		return tx.QueryRow(ctx, continuesSQL, history, int64(at.Sequence), [16]byte(at.Change)).Scan(&city, &log)
	})
	return city, city && log, err
}
