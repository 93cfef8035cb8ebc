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

const assetsSQL = `
SELECT version, ST_X(point), ST_Y(point), ST_AsEWKB(shape, 'NDR'), id, name, standard, kind, category, state, authority, owner, maintainer`

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
		for _, key := range duty.AssetKeys(cell) {
			keys[key] = true
		}
	}
	c.AssetKeys = slices.Sorted(maps.Keys(keys))
	return nil
}

// readAssets reads millions of rows, taken apart without reflection.
func readAssets(ctx context.Context, tx pgx.Tx, in span, keys []string, asset func(*geo.Asset) error) error {
	args := pgx.NamedArgs{"after": in.after, "until": in.until}
	known := alikes{keys: keys, known: map[string]geo.Asset{}}
	rows, err := tx.Query(ctx, assetsSQL+known.columns(args)+" FROM assets WHERE "+in.begins(), binaryRows, args)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		a, err := known.assetOf(rows.RawValues())
		if err != nil {
			return err
		}
		if err := asset(&a); err != nil {
			return err
		}
	}
	return rows.Err()
}

// binaryRows asks for rows whose numbers come in the binary format, whatever the URL says
// about how to query.
const binaryRows = pgx.QueryExecModeDescribeExec

func whole(v []byte) int64 { return int64(binary.BigEndian.Uint64(v)) }

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

// alikes takes rows of assetsSQL apart. What many assets have in common is read once: all
// columns from firstAlike on, those of the attributes that duty rows ask for included.
type alikes struct {
	keys    []string             // of the attributes
	known   map[string]geo.Asset // by the columns
	scratch []byte
}

const (
	firstAlike     = 6  // of the columns
	firstAttribute = 13 // of the columns
)

// columns adds a column for each key, and the key to the arguments.
func (t *alikes) columns(args pgx.NamedArgs) (sql string) {
	for i, key := range t.keys {
		name := fmt.Sprint("key", i)
		args[name] = key
		sql += ", attributes ->> @" + name + "::text"
	}
	return sql
}

// assetOf takes a row apart.
func (t *alikes) assetOf(v [][]byte) (geo.Asset, error) {
	a, err := t.of(v)
	if err != nil {
		return a, err
	}
	a.Version, a.ID, a.Name = geo.AssetVersion(whole(v[0])), geo.AssetID(v[4]), string(v[5])
	if a.Point, err = geo.CoordOf(float(v[1]), float(v[2])); err != nil {
		return a, err
	}
	if v[3] != nil {
		a.Shape = new(geo.Shape)
		err = decodeShape(v[3], a.Shape)
	}
	return a, err
}

// of is an asset with what a row has in common with others.
func (t *alikes) of(v [][]byte) (geo.Asset, error) {
	t.scratch = t.scratch[:0]
	for _, column := range v[firstAlike:] {
		t.scratch = binary.AppendUvarint(t.scratch, uint64(len(column)))
		t.scratch = append(t.scratch, column...)
	}
	if a, known := t.known[string(t.scratch)]; known {
		return a, nil
	}
	attributes, err := t.attributes(v[firstAttribute:])
	a := geo.Asset{
		Category:   geo.CategoryKey{Standard: string(v[6]), Kind: geo.CategoryKind(v[7]), Code: string(v[8])},
		State:      string(v[9]),
		Authority:  geo.DepartmentCode(v[10]),
		Owner:      geo.DepartmentCode(v[11]),
		Maintainer: geo.DepartmentCode(v[12]),
		Attributes: attributes,
	}
	if err == nil && len(t.known) < mostTexts {
		t.known[string(t.scratch)] = a
	}
	return a, err
}

// attributes is the JSON object of the values that are there, as texts in the order of the
// keys; nil when none is. An empty text is no value: it answers nothing.
func (t *alikes) attributes(values [][]byte) (json.RawMessage, error) {
	there := map[string]string{}
	for i, v := range values {
		if len(v) > 0 {
			there[t.keys[i]] = string(v)
		}
	}
	if len(there) == 0 {
		return nil, nil
	}
	return json.Marshal(there)
}
