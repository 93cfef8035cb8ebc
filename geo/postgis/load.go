package postgis

import (
	"context"
	"errors"
	"slices"

	"github.com/jackc/pgx/v5"

	"gridwarden/geo"
)

// Load reads the whole present state, as changes from the empty view, from one snapshot
// of the database. The assets, of which there may be many millions, go one by one to the
// function given and not into the changes; each is its to keep, an error of it ends the
// load. Of their attributes they bring those that duty rows ask for.
func (s *Store) Load(ctx context.Context, asset func(*geo.Asset) error) (*geo.Changes, error) {
	var changes *geo.Changes
	err := s.read(ctx, "loading everything", func(tx pgx.Tx) (err error) {
		var in span
		if changes, in, err = readNewest(ctx, tx, geo.Position{}); err != nil {
			return err
		}
		return readSpan(ctx, tx, in, changes, asset)
	})
	return changes, err
}

const positionSQL = `
SELECT s.history, s.sequence, c.id FROM state s LEFT JOIN changes c ON c.sequence = s.sequence`

const editionSQL = `
SELECT number, published_at, effective_from, note FROM editions ORDER BY number DESC LIMIT 1`

// readChanges reads everything after a position.
func readChanges(ctx context.Context, tx pgx.Tx, from geo.Position) (*geo.Changes, error) {
	c, in, err := readNewest(ctx, tx, from)
	if err != nil {
		return nil, err
	}
	return c, readSpan(ctx, tx, in, c, gather(c))
}

// readNewest reads where the newest state is, and the span that leads there.
func readNewest(ctx context.Context, tx pgx.Tx, from geo.Position) (c *geo.Changes, in span, err error) {
	c = &geo.Changes{From: from}
	if err := tx.QueryRow(ctx, positionSQL).Scan(&c.History, &c.To.Sequence, (*[16]byte)(&c.To.Change)); err != nil {
		return nil, in, err
	}
	c.Edition, err = readEdition(ctx, tx)
	return c, span{after: from.Sequence, until: c.To.Sequence}, err
}

// gather puts assets into the changes.
func gather(c *geo.Changes) func(*geo.Asset) error {
	return func(a *geo.Asset) error {
		c.Assets = append(c.Assets, *a)
		return nil
	}
}

// readSpan reads what a span brings and takes away; assets go to a function of their own.
func readSpan(ctx context.Context, tx pgx.Tx, in span, c *geo.Changes, asset func(*geo.Asset) error) error {
	readAssets := func(ctx context.Context, tx pgx.Tx, in span, c *geo.Changes) error {
		return readAssets(ctx, tx, in, c.AssetKeys, asset)
	}
	for _, part := range []func(context.Context, pgx.Tx, span, *geo.Changes) error{
		readLayers, readCategories, readDepartments, readAreas, readAssetKeys, readAssets, readEnded, readDuty,
	} {
		if err := part(ctx, tx, in, c); err != nil {
			return err
		}
	}
	return nil
}

// readEdition is the newest edition; the zero one when nothing was published yet.
func readEdition(ctx context.Context, tx pgx.Tx) (geo.EditionInfo, error) {
	return scanEdition(ctx, tx, editionSQL)
}

func scanEdition(ctx context.Context, tx pgx.Tx, sql string, args ...any) (geo.EditionInfo, error) {
	var e geo.EditionInfo
	err := tx.QueryRow(ctx, sql, args...).Scan(&e.Number, &e.PublishedAt, &e.EffectiveFrom, &e.Note)
	if errors.Is(err, pgx.ErrNoRows) {
		return geo.EditionInfo{}, nil
	}
	e.PublishedAt, e.EffectiveFrom = e.PublishedAt.UTC(), e.EffectiveFrom.UTC()
	return e, err
}

const layersSQL = `
SELECT name, title, kind, coalesce(parent, ''), rank, coalesce(reach, 0), visibility, authority, lock, smallest_area, largest_area
FROM layer_versions WHERE `

func readLayers(ctx context.Context, tx pgx.Tx, in span, c *geo.Changes) (err error) {
	c.Layers, err = collect(ctx, tx, layersSQL+in.begins()+" ORDER BY rank, name", in.args(), func(row pgx.CollectableRow) (l geo.Layer, err error) {
		err = row.Scan(&l.Name, &l.Title, &l.Kind, &l.Parent, &l.Rank, &l.Reach, &l.Visibility, &l.Authority, &l.Lock, &l.SmallestArea, &l.LargestArea)
		return l, err
	})
	return err
}

const categoriesSQL = `
SELECT standard, kind, code, name, name_en, parent, family, source, confidence, visibility FROM categories WHERE `

func readCategories(ctx context.Context, tx pgx.Tx, in span, c *geo.Changes) (err error) {
	c.Categories, err = collect(ctx, tx, categoriesSQL+in.begins()+" ORDER BY standard, kind, code", in.args(), func(row pgx.CollectableRow) (k geo.Category, err error) {
		err = row.Scan(&k.Standard, &k.Kind, &k.Code, &k.Name, &k.NameEN, &k.Parent, &k.Family, &k.Source, &k.Confidence, &k.Visibility)
		return k, err
	})
	return err
}

const departmentsSQL = `
SELECT code, name, parent, kind, aliases, successor, coalesce(valid_until::text, '') FROM departments WHERE `

func readDepartments(ctx context.Context, tx pgx.Tx, in span, c *geo.Changes) (err error) {
	c.Departments, err = collect(ctx, tx, departmentsSQL+in.begins()+" ORDER BY code", in.args(), func(row pgx.CollectableRow) (d geo.Department, err error) {
		var until string
		if err := row.Scan(&d.Code, &d.Name, &d.Parent, &d.Kind, &d.Aliases, &d.Successor, &until); err != nil {
			return d, err
		}
		if len(d.Aliases) == 0 {
			d.Aliases = nil
		}
		d.ValidUntil, err = geo.ParseDate(until)
		return d, err
	})
	return err
}

// What ended is asked of a view only; on the way back the layers, categories and
// departments that were not there yet end too.
const (
	areasEndedSQL       = `SELECT id FROM areas WHERE `
	assetsEndedSQL      = `SELECT version FROM assets WHERE `
	layersEndedSQL      = `SELECT name FROM layer_versions WHERE `
	categoriesEndedSQL  = `SELECT standard, kind, code FROM categories WHERE `
	departmentsEndedSQL = `SELECT code FROM departments WHERE `
)

func readEnded(ctx context.Context, tx pgx.Tx, in span, c *geo.Changes) (err error) {
	if in.whole() {
		return nil
	}
	where, args := in.ends(), in.args()
	if c.AreasEnded, err = collect(ctx, tx, areasEndedSQL+where, args, pgx.RowTo[geo.AreaID]); err != nil {
		return err
	}
	c.AssetsEnded, err = collect(ctx, tx, assetsEndedSQL+where, args, pgx.RowTo[geo.AssetVersion])
	slices.Sort(c.AreasEnded) // asked for an order, the database might walk all rows in it
	slices.Sort(c.AssetsEnded)
	if err != nil || !in.back {
		return err
	}
	if c.LayersEnded, err = collect(ctx, tx, layersEndedSQL+where, args, pgx.RowTo[geo.LayerName]); err != nil {
		return err
	}
	if c.CategoriesEnded, err = collect(ctx, tx, categoriesEndedSQL+where, args, pgx.RowToStructByPos[geo.CategoryKey]); err != nil {
		return err
	}
	if c.DepartmentsEnded, err = collect(ctx, tx, departmentsEndedSQL+where, args, pgx.RowTo[geo.DepartmentCode]); err != nil {
		return err
	}
	// One of which an earlier version begins again does not end.
	c.LayersEnded = without(c.LayersEnded, c.Layers, func(l geo.Layer) geo.LayerName { return l.Name })
	c.CategoriesEnded = without(c.CategoriesEnded, c.Categories, func(k geo.Category) geo.CategoryKey { return k.CategoryKey })
	c.DepartmentsEnded = without(c.DepartmentsEnded, c.Departments, func(d geo.Department) geo.DepartmentCode { return d.Code })
	return nil
}

// without is the keys that no row has.
func without[K comparable, V any](keys []K, rows []V, key func(V) K) []K {
	return slices.DeleteFunc(keys, func(k K) bool {
		return slices.ContainsFunc(rows, func(v V) bool { return key(v) == k })
	})
}

// collect runs a query and gathers its rows; nil when there are none.
func collect[T any](ctx context.Context, tx pgx.Tx, sql string, args []any, row pgx.RowToFunc[T]) ([]T, error) {
	rows, err := tx.Query(ctx, sql, args...)
	if err != nil {
		return nil, err
	}
	return pgx.AppendRows([]T(nil), rows, row)
}
