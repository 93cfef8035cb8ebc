package postgis

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"gridwarden/geo"
)

// pickedSQL is what all lists of reports ask of one.
const pickedSQL = `
	($1 = '' OR lead = $1)
	AND (cardinality($4::text[]) + cardinality($5::text[]) = 0 OR family = ANY($5)
		OR (standard, kind, category) IN (SELECT * FROM unnest($2::text[], $3::text[], $4::text[])))
	AND (standard, kind, category) NOT IN (SELECT * FROM unnest($6::text[], $7::text[], $8::text[]))`

// newestSQL goes back from the last report by the order of ids, nearestSQL out from a place
// by the index of places: the box is one of degrees that holds the circle.
const (
	newestSQL = `
SELECT id, 0::float8 FROM reports WHERE id < $10 AND` + pickedSQL

	newestOrder = `
ORDER BY id DESC LIMIT $9`

	nearestSQL = `
SELECT id, metres FROM reports,
	LATERAL (SELECT ST_Distance(point::geography, ST_Point($10, $11, 4326)::geography) AS metres) AS away
WHERE point && ST_MakeEnvelope($12, $13, $14, $15, 4326) AND metres <= $16 AND` + pickedSQL

	nearestOrder = `
ORDER BY metres, id DESC LIMIT $9`
)

// pastIDs is above every id.
const pastIDs = "\U0010FFFF"

// ListReports gives the reports that a filter picks, in its order.
func (s *Store) ListReports(ctx context.Context, f geo.ReportFilter) (listed []geo.ListedReport, err error) {
	ctx, cancel := context.WithTimeout(ctx, readTimeout)
	defer cancel()
	sql, args := listSQL(&f)
	err = s.read(ctx, "listing reports", func(tx pgx.Tx) error {
		picked, err := rowsOf(ctx, tx, scanPicked, sql, args...)
		if err != nil || len(picked) == 0 {
			return err
		}
		ids := column(picked, func(p *geo.ListedReport) geo.ReportID { return p.Report.ID })
		cases, err := listedCases(ctx, tx, ids)
		for i := range picked {
			picked[i].Case = *cases[picked[i].Report.ID]
		}
		listed = picked
		return err
	})
	return listed, err
}

// listSQL is the statement for a filter. That of the open is one of its own: only so can an
// index of nothing else be used.
func listSQL(f *geo.ReportFilter) (sql string, args []any) {
	sql, order := newestSQL, newestOrder
	args = append(args, f.Department)
	args = append(args, keyColumns(f.Categories)...)
	args = append(args, append([]string{}, f.Families...))
	args = append(args, keyColumns(f.Hidden)...)
	args = append(args, f.Limit)
	switch {
	case f.Near != nil:
		sql, order = nearestSQL, nearestOrder
		box := onEarth(geo.FrameAt(*f.Near).Around(1.01 * f.Metres))
		args = append(args, f.Near.Lon(), f.Near.Lat(), box.Min.Lon(), box.Min.Lat(), box.Max.Lon(), box.Max.Lat(), f.Metres)
	case f.After != "":
		args = append(args, f.After)
	default:
		args = append(args, pastIDs)
	}
	if f.Open {
		sql += " AND " + isOpenSQL
	}
	return sql + order, args
}

// keyColumns are categories as three columns.
func keyColumns(keys []geo.CategoryKey) []any {
	return []any{
		column(keys, func(k *geo.CategoryKey) string { return k.Standard }),
		column(keys, func(k *geo.CategoryKey) string { return string(k.Kind) }),
		column(keys, func(k *geo.CategoryKey) string { return k.Code }),
	}
}

func scanPicked(row pgx.CollectableRow) (p geo.ListedReport, err error) {
	err = row.Scan(&p.Report.ID, &p.Metres)
	return p, err
}

const partsSQL = `
SELECT report, round, role, department, due_at FROM assignments WHERE report = ANY($1) ORDER BY feed`

// listedCases reads reports by their ids as lists tell them.
func listedCases(ctx context.Context, tx pgx.Tx, ids []geo.ReportID) (map[geo.ReportID]*geo.Case, error) {
	all, err := rowsOf(ctx, tx, scanReport, reportSQL+" WHERE id = ANY($1)", ids)
	if err != nil {
		return nil, err
	}
	of := make(map[geo.ReportID]*geo.Case, len(all))
	for i := range all {
		all[i].Report.Description = ""
		of[all[i].Report.ID] = &all[i]
	}
	parts, err := rowsOf(ctx, tx, scanPart, partsSQL, ids)
	if err != nil {
		return nil, err
	}
	for _, a := range parts {
		of[a.Report].Assignments = append(of[a.Report].Assignments, a)
	}
	events, err := rowsOf(ctx, tx, scanEvent, eventSQL+" WHERE report = ANY($1)", ids)
	for _, e := range events {
		of[e.Report].Events = append(of[e.Report].Events, e)
	}
	return of, err
}

func scanPart(row pgx.CollectableRow) (a geo.Assignment, err error) {
	var due *time.Time
	err = row.Scan(&a.Report, &a.Round, &a.Role, &a.Department, &due)
	a.DueAt = orZero(due)
	return a, err
}
