package postgis

import (
	"context"

	"github.com/jackc/pgx/v5"

	"gridwarden/geo"
)

// Since reads what came after a position, as a follower does.
func (s *Store) Since(ctx context.Context, from geo.Position) (c *geo.Changes, err error) {
	err = s.read(ctx, "following", func(tx pgx.Tx) error {
		c, err = readChanges(ctx, tx, from)
		return err
	})
	return c, err
}

// AddRuling makes a ruling in a transaction of its own.
func (s *Store) AddRuling(ctx context.Context, r geo.Ruling) error {
	return s.write(ctx, "ruling", false, func(tx pgx.Tx) error {
		change := newChange()
		if err := addRuling(ctx, tx, r, change); err != nil {
			return err
		}
		_, err := recordRuling(ctx, tx, change, "")
		return err
	})
}
