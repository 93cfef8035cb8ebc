package postgis

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"maps"
	"math"
	"slices"

	"github.com/jackc/pgx/v5"

	"gridwarden/geo"
	"gridwarden/geo/duty"
)

const countAssetsSQL = `SELECT count(*) FROM assets WHERE `

// Most cities ask assets for no attribute: then none is looked at.
const (
	assetsSQL = `
SELECT version, ST_X(point), ST_Y(point), ST_AsEWKB(shape), id, standard, kind, category, name, state, authority, owner, maintainer, NULL::text
FROM assets WHERE `
	assetsWithSQL = `
SELECT version, ST_X(point), ST_Y(point), ST_AsEWKB(shape), id, standard, kind, category, name, state, authority, owner, maintainer,
	CASE WHEN attributes IS NOT NULL THEN (
		SELECT jsonb_object_agg(key, attributes ->> key)::text FROM unnest(@keys::text[]) AS key WHERE attributes ->> key IS NOT NULL
	) END
FROM assets WHERE `
)

const assetWhereSQL = `
SELECT DISTINCT asset_where FROM duty_rows WHERE asset_where <> '' AND begun IN (SELECT id FROM changes WHERE sequence <= @until)`

// readAssetKeys finds the attributes that duty rows ask assets for. Rows that ended count
// too, so that the assets of a view serve its past as well; what is no attribute, and cells
// that cannot be read, do not.
func readAssetKeys(ctx context.Context, tx pgx.Tx, in span, c *geo.Changes) error {
	cells, err := collect(ctx, tx, assetWhereSQL, in.args(), pgx.RowTo[string])
	if err != nil {
		return err
	}
	keys := map[string]bool{}
	for _, cell := range cells {
		where, _ := duty.ParseWhere(cell)
		for _, condition := range where {
			if _, own := new(geo.Asset).Own(condition.Key); !own {
				keys[condition.Key] = true
			}
		}
	}
	c.AssetKeys = slices.Sorted(maps.Keys(keys))
	return nil
}

// readAssets reads millions of rows: the slice is made once at its full size, rows are
// taken apart without reflection, and repeated text is held once.
func readAssets(ctx context.Context, tx pgx.Tx, in span, c *geo.Changes) error {
	where, args := in.begins(), pgx.NamedArgs{"after": in.after, "until": in.until, "keys": c.AssetKeys}
	var n int
	if err := tx.QueryRow(ctx, countAssetsSQL+where, args).Scan(&n); err != nil {
		return err
	}
	if n == 0 {
		return nil
	}
	sql := assetsSQL
	if len(c.AssetKeys) > 0 {
		sql = assetsWithSQL
	}
	rows, err := tx.Query(ctx, sql+where, args)
	if err != nil {
		return err
	}
	defer rows.Close()
	c.Assets = make([]geo.Asset, 0, n)
	texts, attributes := interner{}, map[string]json.RawMessage{}
	for rows.Next() {
		a, err := assetOf(rows.RawValues(), texts)
		if err != nil {
			return err
		}
		if v := rows.RawValues()[13]; v != nil {
			a.Attributes = intern(attributes, v)
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

const mostTexts = 1 << 16

// interner gives one string for equal texts. It stops taking in new ones at a size where
// they are evidently not repeated.
type interner map[string]string

func (in interner) of(b []byte) string {
	if s, ok := in[string(b)]; ok {
		return s
	}
	s := string(b)
	if len(in) < mostTexts {
		in[s] = s
	}
	return s
}

// intern gives one copy of equal documents.
func intern(known map[string]json.RawMessage, b []byte) json.RawMessage {
	if j, ok := known[string(b)]; ok {
		return j
	}
	j := json.RawMessage(bytes.Clone(b))
	if len(known) < mostTexts {
		known[string(b)] = j
	}
	return j
}
