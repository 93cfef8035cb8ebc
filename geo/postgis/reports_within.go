package postgis

import (
	"context"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"gridwarden/geo"
)

// withinSQL names the reports in any of the boxes, and those that are answered in any of the
// boxes round them. The index takes boxes for a little larger than they are; the numbers
// are exact.
const withinSQL = `
WITH boxes AS (
	SELECT b.*, ST_MakeEnvelope(west, south, east, north, 4326) AS box
	FROM unnest($1::float8[], $2::float8[], $3::float8[], $4::float8[]) AS b (west, south, east, north)
), round_them AS (
	SELECT ST_MakeEnvelope(west, south, east, north, 4326) AS box
	FROM unnest($5::float8[], $6::float8[], $7::float8[], $8::float8[]) AS b (west, south, east, north)
), within AS (
	SELECT r.id FROM boxes b JOIN reports r ON r.point && b.box
		AND ST_X(r.point) BETWEEN b.west AND b.east AND ST_Y(r.point) BETWEEN b.south AND b.north
	UNION
	SELECT r.id FROM round_them b JOIN reports r ON r.point && b.box AND r.answers IS NOT NULL
)`

// within are the arguments of withinSQL.
func within(boxes, answered []geo.Box) []any {
	var args []any
	for _, all := range [][]geo.Box{boxes, answered} {
		args = append(args,
			column(all, func(b *geo.Box) float64 { return b.Min.Lon() }), column(all, func(b *geo.Box) float64 { return b.Min.Lat() }),
			column(all, func(b *geo.Box) float64 { return b.Max.Lon() }), column(all, func(b *geo.Box) float64 { return b.Max.Lat() }))
	}
	return args
}

// around are boxes that hold every place from which answers can lead into the boxes.
func around(boxes []geo.Box) []geo.Box {
	out := make([]geo.Box, len(boxes))
	for i, b := range boxes {
		out[i] = b
		for _, corner := range []geo.Coord{b.Min, {X: b.Max.X, Y: b.Min.Y}, b.Max, {X: b.Min.X, Y: b.Max.Y}} {
			out[i] = out[i].Union(onEarth(geo.FrameAt(corner).Around(1.001 * geo.MaxAccuracy)))
		}
	}
	return out
}

// onEarth is a box without what lies beyond the poles and the antimeridian.
func onEarth(b geo.Box) geo.Box {
	const east, north = 180 * geo.Scale, 90 * geo.Scale
	return geo.Box{
		Min: geo.Coord{X: max(b.Min.X, -east), Y: max(b.Min.Y, -north)},
		Max: geo.Coord{X: min(b.Max.X, east), Y: min(b.Max.Y, north)},
	}
}

const reportsWithinSQL = withinSQL + `
SELECT r.id FROM reports r JOIN within USING (id) WHERE r.` + isOpenSQL + ` OR r.reported_at >= $9 ORDER BY r.id`

// someCases is how many reports are read together.
const someCases = 1000

// ReportsWithin calls each with the reports that are open or were reported since a moment,
// by id: those in any of the boxes, and those from near one that have answers, which may
// take them into it. They come with their returns and the rulings made about them, without
// description and assignments. The report is each's only until it returns. It ends with
// each's error.
func (s *Store) ReportsWithin(ctx context.Context, boxes []geo.Box, since time.Time, each func(*geo.Case) error) error {
	return s.read(ctx, "reading the reports of some ground", func(tx pgx.Tx) error {
		ids, err := rowsOf(ctx, tx, pgx.RowTo[geo.ReportID], reportsWithinSQL, append(within(boxes, around(boxes)), since)...)
		if err != nil {
			return err
		}
		for some := range slices.Chunk(ids, someCases) {
			all, err := casesOf(ctx, tx, some)
			if err != nil {
				return err
			}
			for i := range all {
				if err := each(&all[i]); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

// casesOf reads reports by their ids, in that order, with what routing them anew goes by.
func casesOf(ctx context.Context, tx pgx.Tx, ids []geo.ReportID) ([]geo.Case, error) {
	all, err := rowsOf(ctx, tx, scanReport, reportSQL+" WHERE id = ANY($1) ORDER BY id", ids)
	if err != nil {
		return nil, err
	}
	of := make(map[geo.ReportID]*geo.Case, len(all))
	for i := range all {
		all[i].Report.Description = ""
		of[all[i].Report.ID] = &all[i]
	}
	returns, err := rowsOf(ctx, tx, scanReturn, returnSQL+" WHERE report = ANY($1) ORDER BY id", ids)
	if err != nil {
		return nil, err
	}
	for _, r := range returns {
		of[r.Report].Returns = append(of[r.Report].Returns, r)
	}
	rulings, err := readRulings(ctx, tx, ids...)
	for _, r := range rulings {
		of[r.Report].Rulings = append(of[r.Report].Rulings, r)
	}
	return all, err
}

const reportPlacesWithinSQL = withinSQL + `
SELECT ST_X(r.point), ST_Y(r.point), r.reported_at, r.` + isOpenSQL + `
FROM reports r JOIN within USING (id) WHERE r.` + isOpenSQL + ` OR r.reported_at >= $9`

// ReportPlacesWithin calls each with where the reports in any of the boxes are that are open
// or were reported since a moment, with when that was, and whether they are open.
func (s *Store) ReportPlacesWithin(ctx context.Context, boxes []geo.Box, since time.Time, each func(at geo.Coord, reported time.Time, open bool) error) error {
	rows, err := s.pool.Query(ctx, reportPlacesWithinSQL, append(within(boxes, nil), since)...)
	if err != nil {
		return fault(err, "reading where the reports of some ground are")
	}
	var lon, lat float64
	var reported time.Time
	var open bool
	_, err = pgx.ForEachRow(rows, []any{&lon, &lat, &reported, &open}, func() error {
		at, err := geo.CoordOf(lon, lat)
		if err != nil {
			return err
		}
		return each(at, reported, open)
	})
	return fault(err, "reading where the reports of some ground are")
}
