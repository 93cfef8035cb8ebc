package postgis

import (
	"context"
	"encoding/json"
	"errors"

	"github.com/jackc/pgx/v5"

	"gridwarden/geo"
)

// span says which changes a read covers: those after From, up to the newest its
// transaction sees. The present rows of a span are the open ones that began in it; those
// that began and ended in it are absent.
type span struct{ after geo.Sequence }

// where picks, of the open rows, those of the span. The whole history needs no condition.
func (s span) where(column string) (sql string, args []any) {
	if s.after == 0 {
		return "", nil
	}
	return " AND " + column + " IN (SELECT id FROM changes WHERE sequence > $1)", []any{s.after}
}

// Load reads the whole present state, as changes from the empty view, from one snapshot
// of the database. Assets come without their attributes.
func (s *Store) Load(ctx context.Context) (*geo.Changes, error) {
	var changes *geo.Changes
	err := s.read(ctx, "loading everything", func(tx pgx.Tx) (err error) {
		changes, err = readChanges(ctx, tx, geo.Position{})
		return err
	})
	return changes, err
}

const positionSQL = `
SELECT s.history, s.sequence, c.id FROM state s LEFT JOIN changes c ON c.sequence = s.sequence`

const editionSQL = `
SELECT number, published_at, effective_from, note FROM editions ORDER BY number DESC LIMIT 1`

// readChanges reads everything after a position.
func readChanges(ctx context.Context, tx pgx.Tx, from geo.Position) (*geo.Changes, error) {
	c := &geo.Changes{From: from}
	if err := tx.QueryRow(ctx, positionSQL).Scan(&c.History, &c.To.Sequence, (*[16]byte)(&c.To.Change)); err != nil {
		return nil, err
	}
	var err error
	if c.Edition, err = readEdition(ctx, tx); err != nil {
		return nil, err
	}
	in := span{from.Sequence}
	for _, part := range []func(context.Context, pgx.Tx, span, *geo.Changes) error{
		readLayers, readCategories, readDepartments, readAreas, readAssets, readEnded,
	} {
		if err := part(ctx, tx, in, c); err != nil {
			return nil, err
		}
	}
	return c, nil
}

// readEdition is the newest edition; the zero one when nothing was published yet.
func readEdition(ctx context.Context, tx pgx.Tx) (geo.EditionInfo, error) {
	var e geo.EditionInfo
	err := tx.QueryRow(ctx, editionSQL).Scan(&e.Number, &e.PublishedAt, &e.EffectiveFrom, &e.Note)
	if errors.Is(err, pgx.ErrNoRows) {
		return geo.EditionInfo{}, nil
	}
	e.PublishedAt, e.EffectiveFrom = e.PublishedAt.UTC(), e.EffectiveFrom.UTC()
	return e, err
}

const layersSQL = `
SELECT name, title, kind, coalesce(parent, ''), rank, coalesce(reach, 0), visibility FROM layers WHERE true`

func readLayers(ctx context.Context, tx pgx.Tx, in span, c *geo.Changes) (err error) {
	where, args := in.where("changed")
	c.Layers, err = collect(ctx, tx, layersSQL+where+" ORDER BY rank, name", args, func(row pgx.CollectableRow) (l geo.Layer, err error) {
		err = row.Scan(&l.Name, &l.Title, &l.Kind, &l.Parent, &l.Rank, &l.Reach, &l.Visibility)
		return l, err
	})
	return err
}

const categoriesSQL = `
SELECT standard, kind, code, name, name_en, parent, family, source, confidence, visibility FROM categories WHERE ended IS NULL`

func readCategories(ctx context.Context, tx pgx.Tx, in span, c *geo.Changes) (err error) {
	where, args := in.where("begun")
	c.Categories, err = collect(ctx, tx, categoriesSQL+where+" ORDER BY standard, kind, code", args, func(row pgx.CollectableRow) (k geo.Category, err error) {
		err = row.Scan(&k.Standard, &k.Kind, &k.Code, &k.Name, &k.NameEN, &k.Parent, &k.Family, &k.Source, &k.Confidence, &k.Visibility)
		return k, err
	})
	return err
}

const departmentsSQL = `
SELECT code, name, parent, kind, aliases, successor, coalesce(valid_until::text, '') FROM departments WHERE ended IS NULL`

func readDepartments(ctx context.Context, tx pgx.Tx, in span, c *geo.Changes) (err error) {
	where, args := in.where("begun")
	c.Departments, err = collect(ctx, tx, departmentsSQL+where+" ORDER BY code", args, func(row pgx.CollectableRow) (d geo.Department, err error) {
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

const areasSQL = `
SELECT id, layer, code, name, department, parent, attributes, ST_AsEWKB(shape), coalesce(side, ''), coalesce(reach, 0), class, from_edition, input_hash
FROM areas WHERE ended IS NULL`

func readAreas(ctx context.Context, tx pgx.Tx, in span, c *geo.Changes) (err error) {
	where, args := in.where("begun")
	c.Areas, err = collect(ctx, tx, areasSQL+where+" ORDER BY id", args, scanArea)
	return err
}

func scanArea(row pgx.CollectableRow) (*geo.Area, error) {
	var a geo.Area
	var attributes, shape, hash []byte
	err := row.Scan(&a.ID, &a.Layer, &a.Code, &a.Name, &a.Department, &a.Parent, &attributes, &shape, &a.Side, &a.Reach, &a.Class, &a.From, &hash)
	if err != nil {
		return nil, err
	}
	a.Attributes = json.RawMessage(attributes)
	copy(a.InputHash[:], hash)
	s, err := decodeShape(shape)
	if err != nil {
		return nil, err
	}
	a.Shape = *s
	return &a, nil
}

// Versions that ended in the span and began before it; the others were never seen.
const (
	areasEndedSQL = `
SELECT a.id FROM areas a JOIN changes e ON e.id = a.ended AND e.sequence > $1 JOIN changes b ON b.id = a.begun AND b.sequence <= $1 ORDER BY a.id`
	assetsEndedSQL = `
SELECT a.version FROM assets a JOIN changes e ON e.id = a.ended AND e.sequence > $1 JOIN changes b ON b.id = a.begun AND b.sequence <= $1 ORDER BY a.version`
)

func readEnded(ctx context.Context, tx pgx.Tx, in span, c *geo.Changes) (err error) {
	if in.after == 0 {
		return nil
	}
	if c.AreasEnded, err = collect(ctx, tx, areasEndedSQL, []any{in.after}, pgx.RowTo[geo.AreaID]); err != nil {
		return err
	}
	c.AssetsEnded, err = collect(ctx, tx, assetsEndedSQL, []any{in.after}, pgx.RowTo[geo.AssetVersion])
	return err
}

// collect runs a query and gathers its rows; nil when there are none.
func collect[T any](ctx context.Context, tx pgx.Tx, sql string, args []any, row pgx.RowToFunc[T]) ([]T, error) {
	rows, err := tx.Query(ctx, sql, args...)
	if err != nil {
		return nil, err
	}
	return pgx.AppendRows([]T(nil), rows, row)
}
