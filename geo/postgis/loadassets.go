package postgis

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"slices"

	"github.com/jackc/pgx/v5"

	"gridwarden/geo"
	"gridwarden/geo/duty"
)

const countAssetsSQL = `SELECT count(*) FROM assets WHERE `

const assetsSQL = `
SELECT version, ST_X(point), ST_Y(point), ST_AsEWKB(shape), id, standard, kind, category, name, state, authority, owner, maintainer`

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
	where, args := in.begins(), pgx.NamedArgs{"after": in.after, "until": in.until}
	var n int
	if err := tx.QueryRow(ctx, countAssetsSQL+where, args).Scan(&n); err != nil {
		return err
	}
	if n == 0 {
		return nil
	}
	asked := attributes{keys: c.AssetKeys, known: map[string]json.RawMessage{}}
	rows, err := tx.Query(ctx, assetsSQL+asked.columns(args)+" FROM assets WHERE "+where, args)
	if err != nil {
		return err
	}
	defer rows.Close()
	c.Assets = make([]geo.Asset, 0, n)
	texts := interner{}
	for rows.Next() {
		values := rows.RawValues()
		a, err := assetOf(values, texts)
		if err != nil {
			return err
		}
		if a.Attributes, err = asked.of(values[firstAttribute:]); err != nil {
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

// attributes are those that assets bring, each a column after the fixed ones.
type attributes struct {
	keys    []string
	known   map[string]json.RawMessage // by the values, so that equal documents are held once
	scratch []byte
}

const firstAttribute = 13 // of the columns

// columns adds a column for each key, and the key to the arguments.
func (t *attributes) columns(args pgx.NamedArgs) (sql string) {
	for i, key := range t.keys {
		name := fmt.Sprint("key", i)
		args[name] = key
		sql += ", attributes ->> @" + name + "::text"
	}
	return sql
}

// of is the JSON object of the values that are there, as texts in the order of the keys;
// nil when none is. An empty text is no value: it answers nothing.
func (t *attributes) of(values [][]byte) (document json.RawMessage, err error) {
	t.scratch = t.scratch[:0]
	for _, v := range values {
		t.scratch = binary.AppendUvarint(t.scratch, uint64(len(v)))
		t.scratch = append(t.scratch, v...)
	}
	document, known := t.known[string(t.scratch)]
	if known {
		return document, nil
	}
	there := map[string]string{}
	for i, v := range values {
		if len(v) > 0 {
			there[t.keys[i]] = string(v)
		}
	}
	if len(there) > 0 {
		document, err = json.Marshal(there)
	}
	if len(t.known) < mostTexts {
		t.known[string(t.scratch)] = document
	}
	return document, err
}
