package postgis

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"iter"
	"strings"

	"github.com/jackc/pgx/v5"

	"gridwarden/geo"
)

// ImportAssets merges assets by (standard, id): new ones begin, ones whose content differs
// end and begin anew, equal ones are left alone, and those not given stay. All is one
// change, or none when nothing differs. The input is streamed to the database and held
// there, so memory does not grow with it. An error of the input, or the same (standard,
// id) given twice, or a category that is not known, leaves everything as it was; so does a
// dry run.
func (s *Store) ImportAssets(ctx context.Context, assets iter.Seq2[geo.Asset, error], dryRun bool) (Outcome, error) {
	var out Outcome
	err := s.write(ctx, "importing assets", dryRun, func(tx pgx.Tx) (err error) {
		if out.Read, err = stageAssets(ctx, tx, assets); err != nil {
			return err
		}
		if err := refuseTwice(ctx, tx); err != nil {
			return err
		}
		if err := refuseUnknown(ctx, tx); err != nil {
			return err
		}
		if err := takeTurn(ctx, tx, lockAssets); err != nil {
			return err
		}
		change := newChange()
		begun, err := mergeAssets(ctx, tx, change, &out)
		if err != nil || begun == 0 {
			return err
		}
		at, err := record(ctx, tx, change, "assets", "")
		if err != nil {
			return err
		}
		return did(ctx, tx, "import assets", "", nil, changeOf(out, at, nil))
	})
	if err != nil {
		return Outcome{}, err
	}
	return out, nil
}

const stageAssetsSQL = `
CREATE TEMPORARY TABLE new_assets (
	standard text, id text, kind text, category text, name text, state text, authority text, owner text, maintainer text,
	attributes jsonb, lon double precision, lat double precision, shape bytea, content bytea
) ON COMMIT DROP`

// joinWholeSQL has both sides of each join hashed or sorted. The planner may believe that
// assets is empty, after a vacuum of an import that was taken back, and a nested loop would
// then read for every new row all the rows written before it.
const joinWholeSQL = `
SELECT set_config('work_mem', '128MB', true), set_config('enable_nestloop', 'off', true)`

// joinByIndexSQL looks up each of few new rows, whatever the planner believes: one edit must
// not cost a look at every asset of the city.
const joinByIndexSQL = `
SELECT set_config('enable_nestloop', 'on', true), set_config('enable_hashjoin', 'off', true),
	set_config('enable_mergejoin', 'off', true), set_config('enable_seqscan', 'off', true)`

// fewAssets are looked up sooner than all of a city's are read.
const fewAssets = 2000

// stageAssets streams the input into a table of this transaction alone.
func stageAssets(ctx context.Context, tx pgx.Tx, assets iter.Seq2[geo.Asset, error]) (int, error) {
	for _, sql := range []string{joinWholeSQL, stageAssetsSQL} {
		if _, err := tx.Exec(ctx, sql); err != nil {
			return 0, err
		}
	}
	next, stop := iter.Pull2(assets)
	defer stop()
	source := &assetRows{next: next, values: make([]any, len(assetColumns))}
	n, err := tx.CopyFrom(ctx, pgx.Identifier{"new_assets"}, assetColumns, source)
	if source.failed != nil {
		return 0, source.failed
	}
	if err != nil {
		return 0, err
	}
	settle := "ANALYZE new_assets"
	if n <= fewAssets {
		settle = joinByIndexSQL
	}
	_, err = tx.Exec(ctx, settle)
	return int(n), err
}

var assetColumns = []string{
	"standard", "id", "kind", "category", "name", "state", "authority", "owner", "maintainer",
	"attributes", "lon", "lat", "shape", "content",
}

// assetRows feeds an input to COPY. Its own error is kept apart: the database would only
// repeat its words.
type assetRows struct {
	next   func() (geo.Asset, error, bool)
	asset  geo.Asset
	values []any
	failed error
}

func (r *assetRows) Next() bool {
	asset, err, more := r.next()
	r.asset, r.failed = asset, err
	return more && err == nil
}

func (r *assetRows) Err() error { return r.failed }

func (r *assetRows) Values() ([]any, error) {
	a := &r.asset
	shape, err := encodeShape(a.Shape)
	if err != nil {
		return nil, err
	}
	r.values = append(r.values[:0],
		a.Category.Standard, string(a.ID), string(a.Category.Kind), a.Category.Code, a.Name, a.State,
		string(a.Authority), string(a.Owner), string(a.Maintainer),
		jsonOrNull(a.Attributes), a.Point.Lon(), a.Point.Lat(), shape, assetContent(a, shape))
	return r.values, nil
}

func jsonOrNull(j json.RawMessage) any {
	if len(j) == 0 {
		return nil
	}
	return []byte(j)
}

// assetContent is a hash of everything an asset says, by which a changed one is known.
func assetContent(a *geo.Asset, shape []byte) []byte {
	var b bytes.Buffer
	for _, text := range []string{
		a.Category.Standard, string(a.ID), string(a.Category.Kind), a.Category.Code, a.Name, a.State,
		string(a.Authority), string(a.Owner), string(a.Maintainer), string(a.Attributes), string(shape),
	} {
		b.Write(binary.AppendUvarint(b.AvailableBuffer(), uint64(len(text))))
		b.WriteString(text)
	}
	b.Write(binary.BigEndian.AppendUint32(b.AvailableBuffer(), uint32(a.Point.X)))
	b.Write(binary.BigEndian.AppendUint32(b.AvailableBuffer(), uint32(a.Point.Y)))
	sum := sha256.Sum256(b.Bytes())
	return sum[:]
}

const twiceSQL = `
SELECT standard, id, sum(1) OVER () FROM new_assets GROUP BY standard, id HAVING count(*) > 1 ORDER BY id, standard LIMIT 10`

func refuseTwice(ctx context.Context, tx pgx.Tx) error {
	var total int
	twice, err := collect(ctx, tx, twiceSQL, nil, func(row pgx.CollectableRow) (string, error) {
		var standard, id string
		err := row.Scan(&standard, &id, &total)
		return fmt.Sprintf("%s (%s)", id, standard), err
	})
	if err != nil || len(twice) == 0 {
		return err
	}
	more := ""
	if total > len(twice) {
		more = " …"
	}
	return geo.Errorf(geo.Invalid, "%d assets are given more than once: %s%s; keep one row for each id", total, strings.Join(twice, ", "), more)
}

const unknownSQL = `
WITH unknown AS (
	SELECT n.standard, n.kind, n.category, count(*) AS assets FROM new_assets n
	WHERE NOT EXISTS (SELECT FROM categories c WHERE c.standard = n.standard AND c.kind = n.kind AND c.code = n.category AND c.ended IS NULL)
	GROUP BY 1, 2, 3 ORDER BY 4 DESC, 3 LIMIT 10
)
SELECT u.category, u.standard, u.assets, coalesce((
	SELECT string_agg(c.code, ' or ' ORDER BY c.code) FROM categories c
	WHERE c.standard = u.standard AND c.kind = u.kind AND c.name = u.category AND c.ended IS NULL), '')
FROM unknown u ORDER BY u.assets DESC, u.category`

// refuseUnknown names the categories that nobody imported: nothing could be routed by them.
// Where the name stands in place of the code, it tells the code.
func refuseUnknown(ctx context.Context, tx pgx.Tx) error {
	unknown, err := collect(ctx, tx, unknownSQL, nil, func(row pgx.CollectableRow) (string, error) {
		var code, standard, named string
		var assets int
		err := row.Scan(&code, &standard, &assets, &named)
		if named != "" {
			named = ", the name of " + named
		}
		return fmt.Sprintf("%q of %s (%d assets%s)", code, standard, assets, named), err
	})
	if err != nil || len(unknown) == 0 {
		return err
	}
	return geo.Errorf(geo.Invalid, "these categories are not known: %s; give the field with the codes, correct them or the standard, or import the categories first", strings.Join(unknown, ", "))
}

const endAssetsSQL = `
UPDATE assets a SET ended = $1 FROM new_assets n
WHERE a.standard = n.standard AND a.id = n.id AND a.ended IS NULL AND a.content <> n.content`

const beginAssetsSQL = `
INSERT INTO assets (standard, id, kind, category, name, state, authority, owner, maintainer, attributes, point, shape, content, begun)
SELECT n.standard, n.id, n.kind, n.category, n.name, n.state, n.authority, n.owner, n.maintainer, n.attributes,
	ST_Point(n.lon, n.lat, 4326), ST_GeomFromEWKB(n.shape), n.content, $1
FROM new_assets n WHERE NOT EXISTS (SELECT FROM assets a WHERE a.standard = n.standard AND a.id = n.id AND a.ended IS NULL)`

// mergeAssets ends what differs, then begins whatever has no open version.
func mergeAssets(ctx context.Context, tx pgx.Tx, change geo.ChangeID, out *Outcome) (begun int, err error) {
	ended, err := tx.Exec(ctx, endAssetsSQL, [16]byte(change))
	if err != nil {
		return 0, err
	}
	err = pgx.BeginFunc(ctx, tx, func(tx pgx.Tx) error {
		added, err := tx.Exec(ctx, beginAssetsSQL, [16]byte(change))
		begun = int(added.RowsAffected())
		return err
	})
	if err != nil {
		return 0, badAsset(ctx, tx, err)
	}
	out.Changed = int(ended.RowsAffected())
	out.Added, out.Unchanged = begun-out.Changed, out.Read-begun
	return begun, nil
}

// badAssetsSQL finds what the constraints of assets refuse.
const badAssetsSQL = `
SELECT id, why FROM (
	SELECT id, CASE
		WHEN id = '' THEN 'has no id'
		WHEN kind NOT IN ('component', 'matter') THEN 'is of a kind that is neither component nor matter'
		WHEN ST_IsEmpty(shape) THEN 'has an empty shape'
		WHEN NOT ST_IsValid(shape) THEN 'has a shape that is not valid: ' || ST_IsValidReason(shape)
	END AS why FROM (SELECT id, kind, ST_GeomFromEWKB(shape) AS shape FROM new_assets) AS given
) AS judged WHERE why IS NOT NULL ORDER BY id LIMIT 10`

// badAsset names the assets that the database refused.
func badAsset(ctx context.Context, tx pgx.Tx, refusal error) error {
	bad, err := collect(ctx, tx, badAssetsSQL, nil, func(row pgx.CollectableRow) (string, error) {
		var id, why string
		err := row.Scan(&id, &why)
		return fmt.Sprintf("%q %s", id, why), err
	})
	if err != nil || len(bad) == 0 {
		return refusal
	}
	return geo.Because(refusal, geo.Invalid, "assets that cannot be stored: %s", strings.Join(bad, "; "))
}
