package postgis

import (
	"context"

	"github.com/jackc/pgx/v5"

	"gridwarden/geo"
)

const areasSizeSQL = `
SELECT count(*), coalesce(sum(ST_NPoints(shape)), 0),
	coalesce(sum(octet_length(code) + octet_length(name) + coalesce(octet_length(attributes::text), 0)), 0)
FROM areas WHERE ended IS NULL`

const assetsSizeSQL = `
SELECT count(*), count(shape), coalesce(sum(ST_NPoints(shape)), 0), coalesce(sum(octet_length(id) + octet_length(name)), 0)
FROM assets WHERE ended IS NULL`

// Size tells how much a view of the present state would hold. It reads every open row
// where it lies: a second or two for ten million.
func (s *Store) Size(ctx context.Context) (z geo.Size, err error) {
	err = s.read(ctx, measuring, func(tx pgx.Tx) error {
		var vertices, text int64
		if err := tx.QueryRow(ctx, assetsSizeSQL).Scan(&z.Assets, &z.Shapes, &vertices, &text); err != nil {
			return err
		}
		if err := areasSize(ctx, tx, &z); err != nil {
			return err
		}
		z.Vertices += vertices
		z.Text += text
		return nil
	})
	return z, err
}

// AreasSize is [Store.Size] of a view without assets.
func (s *Store) AreasSize(ctx context.Context) (z geo.Size, err error) {
	err = s.read(ctx, measuring, func(tx pgx.Tx) error { return areasSize(ctx, tx, &z) })
	return z, err
}

const measuring = "measuring the city"

func areasSize(ctx context.Context, tx pgx.Tx, z *geo.Size) error {
	return tx.QueryRow(ctx, areasSizeSQL).Scan(&z.Areas, &z.Vertices, &z.Text)
}
