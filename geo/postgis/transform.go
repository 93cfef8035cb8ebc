package postgis

import (
	"context"
	"math"

	"github.com/jackc/pgx/v5"
	"github.com/paulmach/orb"

	"gridwarden/geo"
)

const transformBatch = 10_000

const knownSystemSQL = `SELECT EXISTS (SELECT FROM spatial_ref_sys WHERE srid = $1)`

// Easting or longitude comes first, whatever the system's own axis order says: so do files.
const transformSQL = `
SELECT ST_X(p), ST_Y(p) FROM (
	SELECT n, ST_Transform(ST_SetSRID(ST_MakePoint(x, y), $3), 4326) AS p FROM unnest($1::float8[], $2::float8[]) WITH ORDINALITY AS t (x, y, n)
) AS moved ORDER BY n`

// Transform turns coordinates of the system EPSG:epsg into longitude, latitude in WGS 84,
// in place, with PostGIS. A system it does not know and a coordinate that has no place in
// it, NaN and infinities among them, are Invalid, the coordinate named; then the points
// before it may be transformed already.
func (s *Store) Transform(ctx context.Context, epsg int, points []orb.Point) error {
	if len(points) == 0 {
		return nil
	}
	var known bool
	if err := s.pool.QueryRow(ctx, knownSystemSQL, epsg).Scan(&known); err != nil {
		return fault(err, "looking up a coordinate system")
	}
	if !known {
		return geo.Errorf(geo.Invalid, "EPSG:%d is not a coordinate system that PostGIS knows", epsg)
	}
	for from := 0; from < len(points); from += transformBatch {
		batch := points[from:min(from+transformBatch, len(points))]
		for _, p := range batch {
			if !finite(p) {
				return badPoint(epsg, p)
			}
		}
		if err := s.transform(ctx, epsg, batch); err != nil {
			return err
		}
	}
	return nil
}

// transform does one batch. When PostGIS refuses it, halves find the point to blame.
func (s *Store) transform(ctx context.Context, epsg int, batch []orb.Point) error {
	moved, err := s.transformed(ctx, epsg, batch)
	if err != nil {
		err = fault(err, "transforming coordinates")
		switch {
		case ctx.Err() != nil || geo.KindOf(err) == geo.Unavailable:
			return err
		case len(batch) == 1:
			return badPoint(epsg, batch[0])
		}
		if err := s.transform(ctx, epsg, batch[:len(batch)/2]); err != nil {
			return err
		}
		return s.transform(ctx, epsg, batch[len(batch)/2:])
	}
	for i, p := range moved {
		if !finite(p) {
			return badPoint(epsg, batch[i])
		}
	}
	copy(batch, moved)
	return nil
}

func (s *Store) transformed(ctx context.Context, epsg int, batch []orb.Point) ([]orb.Point, error) {
	x, y := make([]float64, len(batch)), make([]float64, len(batch))
	for i, p := range batch {
		x[i], y[i] = p[0], p[1]
	}
	rows, err := s.pool.Query(ctx, transformSQL, x, y, epsg)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (p orb.Point, err error) {
		err = row.Scan(&p[0], &p[1])
		return p, err
	})
}

func finite(p orb.Point) bool {
	return !math.IsNaN(p[0]) && !math.IsInf(p[0], 0) && !math.IsNaN(p[1]) && !math.IsInf(p[1], 0)
}

func badPoint(epsg int, p orb.Point) error {
	return geo.Errorf(geo.Invalid, "the coordinate %v, %v has no place in EPSG:%d; check the coordinate system and the order easting, northing", p[0], p[1], epsg)
}
