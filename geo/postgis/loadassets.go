package postgis

import (
	"context"
	"encoding/binary"
	"math"

	"github.com/jackc/pgx/v5"

	"gridwarden/geo"
)

const countAssetsSQL = `SELECT count(*) FROM assets WHERE ended IS NULL`

const assetsSQL = `
SELECT version, ST_X(point), ST_Y(point), ST_AsEWKB(shape), id, standard, kind, category, name, state, authority, owner, maintainer
FROM assets WHERE ended IS NULL`

// readAssets reads millions of rows: the slice is made once at its full size, rows are
// taken apart without reflection, and repeated text is held once.
func readAssets(ctx context.Context, tx pgx.Tx, in span, c *geo.Changes) error {
	where, args := in.where("begun")
	var n int
	if err := tx.QueryRow(ctx, countAssetsSQL+where, args...).Scan(&n); err != nil {
		return err
	}
	if n == 0 {
		return nil
	}
	rows, err := tx.Query(ctx, assetsSQL+where, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	c.Assets = make([]geo.Asset, 0, n)
	texts := interner{}
	for rows.Next() {
		a, err := assetOf(rows.RawValues(), texts)
		if err != nil {
			return err
		}
		c.Assets = append(c.Assets, a)
	}
	return rows.Err()
}

// assetOf takes apart a row of assetsSQL in the binary format.
func assetOf(v [][]byte, texts interner) (a geo.Asset, err error) {
	a.Version = geo.AssetVersion(binary.BigEndian.Uint64(v[0]))
	if a.Point, err = geo.CoordOf(float(v[1]), float(v[2])); err != nil {
		return a, err
	}
	if a.Shape, err = decodeShape(v[3]); err != nil {
		return a, err
	}
	a.ID = geo.AssetID(v[4])
	a.Category = geo.CategoryKey{Standard: texts.of(v[5]), Kind: geo.CategoryKind(texts.of(v[6])), Code: texts.of(v[7])}
	a.Name, a.State = texts.of(v[8]), texts.of(v[9])
	a.Authority, a.Owner, a.Maintainer = geo.DepartmentCode(texts.of(v[10])), geo.DepartmentCode(texts.of(v[11])), geo.DepartmentCode(texts.of(v[12]))
	return a, nil
}

func float(v []byte) float64 { return math.Float64frombits(binary.BigEndian.Uint64(v)) }

// interner gives one string for equal texts. It stops taking in new ones at a size where
// they are evidently not repeated.
type interner map[string]string

func (in interner) of(b []byte) string {
	if s, ok := in[string(b)]; ok {
		return s
	}
	s := string(b)
	if len(in) < 1<<16 {
		in[s] = s
	}
	return s
}
