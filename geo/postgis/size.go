package postgis

import (
	"context"

	"github.com/jackc/pgx/v5"

	"gridwarden/geo"
)

const sizeSQL = `
SELECT a.n, b.n, b.shapes, a.vertices + b.vertices, a.text + b.text
FROM (SELECT count(*) AS n, coalesce(sum(ST_NPoints(shape)), 0) AS vertices,
		coalesce(sum(octet_length(code) + octet_length(name) + coalesce(octet_length(attributes::text), 0)), 0) AS text
	FROM areas WHERE ended IS NULL) AS a,
	(SELECT count(*) AS n, count(shape) AS shapes, coalesce(sum(ST_NPoints(shape)), 0) AS vertices,
		coalesce(sum(octet_length(id) + octet_length(name)), 0) AS text
	FROM assets WHERE ended IS NULL) AS b`

// Size tells how much a view of the present state would hold. It reads every open row
// where it lies: a second or two for ten million.
func (s *Store) Size(ctx context.Context) (z geo.Size, err error) {
	err = s.read(ctx, "measuring the city", func(tx pgx.Tx) error {
		return tx.QueryRow(ctx, sizeSQL).Scan(&z.Areas, &z.Assets, &z.Shapes, &z.Vertices, &z.Text)
	})
	return z, err
}
