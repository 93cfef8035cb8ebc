package postgis

import (
	"context"
	"encoding/json"

	"github.com/jackc/pgx/v5"

	"gridwarden/geo"
)

// Exports reads one state of the database row by row, in memory independent of the city:
// that after a change, or with 0 the newest. Everything read from one Exports is of one
// state, however long it takes.
type Exports struct {
	tx pgx.Tx
	in span
}

// Export gives do one state to read. The reports and their states are always those of now.
func (s *Store) Export(ctx context.Context, at geo.Sequence, do func(*Exports) error) error {
	return s.read(ctx, "exporting", func(tx pgx.Tx) error {
		in := span{all: true}
		if at > 0 {
			var now geo.Sequence
			if err := tx.QueryRow(ctx, newestNumberSQL).Scan(&now); err != nil {
				return err
			}
			in = span{after: at, until: now, back: true, all: true}
		}
		return do(&Exports{tx, in})
	})
}

// Layers are all layers by (Rank, Name).
func (e *Exports) Layers(ctx context.Context) ([]geo.Layer, error) {
	var c geo.Changes
	err := readLayers(ctx, e.tx, e.in, &c)
	return c.Layers, err
}

// Categories are all categories by key.
func (e *Exports) Categories(ctx context.Context) ([]geo.Category, error) {
	var c geo.Changes
	err := readCategories(ctx, e.tx, e.in, &c)
	return c.Categories, err
}

// Areas calls each with the areas of some layers, by layer and code. The area is each's to
// keep. It ends with each's error.
func (e *Exports) Areas(ctx context.Context, layers []geo.LayerName, each func(*geo.Area) error) error {
	args := pgx.NamedArgs{"after": e.in.after, "until": e.in.until, "layers": layers}
	rows, err := e.tx.Query(ctx, areasSQL+e.in.there()+` AND layer = ANY(@layers) ORDER BY layer, code COLLATE "C"`, binaryRows, args)
	if err != nil {
		return err
	}
	defer rows.Close()
	texts := interner{}
	for rows.Next() {
		a, err := areaOf(rows.RawValues(), texts)
		if err != nil {
			return err
		}
		if err := each(a); err != nil {
			return err
		}
	}
	return rows.Err()
}

// Assets calls each with all assets, with all their attributes, by id and standard. It ends
// with each's error.
func (e *Exports) Assets(ctx context.Context, each func(*geo.Asset) error) error {
	args := pgx.NamedArgs{"after": e.in.after, "until": e.in.until}
	rows, err := e.tx.Query(ctx, assetsSQL+", attributes FROM assets WHERE "+e.in.there()+` ORDER BY id COLLATE "C", standard COLLATE "C"`, binaryRows, args)
	if err != nil {
		return err
	}
	defer rows.Close()
	known := alikes{known: map[string]geo.Asset{}}
	for rows.Next() {
		v := rows.RawValues()
		a, err := known.assetOf(v[:firstAttribute])
		if err != nil {
			return err
		}
		if text := v[firstAttribute]; text != nil {
			a.Attributes = json.RawMessage(string(text))
		}
		if err := each(&a); err != nil {
			return err
		}
	}
	return rows.Err()
}

const exportReportsSQL = `
SELECT id, source, external_id, ST_X(point), ST_Y(point), address, standard, kind, category, family, condition, asset, accuracy,
	reported_at, received_at, backfilled, state, lead
FROM reports ORDER BY reported_at, id`

// Reports calls each with all reports as they stand now, the oldest first, and who leads
// each; without their descriptions. It ends with each's error.
func (e *Exports) Reports(ctx context.Context, each func(r *geo.Report, lead geo.DepartmentCode) error) error {
	rows, err := e.tx.Query(ctx, exportReportsSQL)
	if err != nil {
		return err
	}
	var r geo.Report
	var lead geo.DepartmentCode
	var lon, lat *float64
	_, err = pgx.ForEachRow(rows, []any{
		&r.ID, &r.Source, &r.ExternalID, &lon, &lat, &r.Address, &r.Category.Standard, &r.Category.Kind, &r.Category.Code,
		&r.Family, &r.Condition, &r.Asset, &r.Accuracy, &r.ReportedAt, &r.ReceivedAt, &r.Backfilled, &r.State, &lead,
	}, func() error {
		r.Point = nil
		if lon != nil && lat != nil {
			at, err := geo.CoordOf(*lon, *lat)
			if err != nil {
				return err
			}
			r.Point = &at
		}
		return each(&r, lead)
	})
	return err
}
