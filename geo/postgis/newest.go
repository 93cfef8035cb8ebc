package postgis

import (
	"context"

	"github.com/jackc/pgx/v5"

	"gridwarden/geo"
)

// Newest is the place of the newest change, the zero Position before the first.
func (s *Store) Newest(ctx context.Context) (at geo.Position, err error) {
	ctx, cancel := context.WithTimeout(ctx, readTimeout)
	defer cancel()
	err = s.read(ctx, "asking for the newest change", func(tx pgx.Tx) error {
		var history [16]byte
		return tx.QueryRow(ctx, positionSQL).Scan(&history, &at.Sequence, (*[16]byte)(&at.Change))
	})
	return at, err
}
