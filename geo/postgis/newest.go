package postgis

import (
	"context"

	"github.com/jackc/pgx/v5"

	"gridwarden/geo"
)

// Newest is the place of the newest change, the zero Position before the first, and
// whether a place that a view stands at is in the log, as the zero one always is.
func (s *Store) Newest(ctx context.Context, at geo.Position) (newest geo.Position, there bool, err error) {
	ctx, cancel := context.WithTimeout(ctx, readTimeout)
	defer cancel()
	err = s.read(ctx, "asking for the newest change", func(tx pgx.Tx) error {
		var history [16]byte
		if err := tx.QueryRow(ctx, positionSQL).Scan(&history, &newest.Sequence, (*[16]byte)(&newest.Change)); err != nil {
			return err
		}
		return tx.QueryRow(ctx, thereSQL, at.Sequence, [16]byte(at.Change)).Scan(&there)
	})
	return newest, there, err
}

const thereSQL = `SELECT $1::bigint = 0 OR EXISTS (SELECT FROM changes WHERE sequence = $1 AND id = $2)`
