package postgis

import (
	"context"
	"encoding/json"
	"time"

	"github.com/jackc/pgx/v5"

	"gridwarden/geo"
	"gridwarden/geo/cases"
)

// rowsOf reads all rows of a query.
func rowsOf[T any](ctx context.Context, tx pgx.Tx, row pgx.RowToFunc[T], sql string, args ...any) ([]T, error) {
	rows, err := tx.Query(ctx, sql, args...)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, row)
}

// column is one value of each row, for a statement that takes many rows as columns.
func column[R, V any](rows []R, value func(*R) V) []V {
	out := make([]V, len(rows))
	for i := range rows {
		out[i] = value(&rows[i])
	}
	return out
}

// newReport is a row of reports as it is first written.
type newReport struct {
	*geo.Report
	lead  geo.DepartmentCode
	round int
}

// reportColumns are the arguments of insertReportsSQL.
func reportColumns(rows []newReport) []any {
	text := func(value func(*newReport) string) []string { return column(rows, value) }
	return []any{
		text(func(r *newReport) string { return string(r.ID) }),
		text(func(r *newReport) string { return r.Source }),
		text(func(r *newReport) string { return r.ExternalID }),
		column(rows, func(r *newReport) *float64 { return lonOf(r.Point) }),
		column(rows, func(r *newReport) *float64 { return latOf(r.Point) }),
		text(func(r *newReport) string { return r.Address }),
		text(func(r *newReport) string { return r.Category.Standard }),
		text(func(r *newReport) string { return string(r.Category.Kind) }),
		text(func(r *newReport) string { return r.Category.Code }),
		text(func(r *newReport) string { return r.Family }),
		text(func(r *newReport) string { return r.Condition }),
		text(func(r *newReport) string { return string(r.Asset) }),
		column(rows, func(r *newReport) float64 { return r.Accuracy }),
		column(rows, func(r *newReport) *string { return answersJSON(r.Answers) }),
		column(rows, func(r *newReport) int { return r.Level }),
		column(rows, func(r *newReport) *string { return whistleJSON(r.Whistle) }),
		text(func(r *newReport) string { return r.Description }),
		column(rows, func(r *newReport) time.Time { return r.ReportedAt }),
		column(rows, func(r *newReport) time.Time { return r.ReceivedAt }),
		column(rows, func(r *newReport) bool { return r.Backfilled }),
		text(func(r *newReport) string { return string(cases.State(foretold(r.Report), r.Point != nil, nil)) }),
		column(rows, func(r *newReport) int { return r.round }),
		text(func(r *newReport) string { return string(r.lead) }),
	}
}

func lonOf(c *geo.Coord) *float64 {
	if c == nil {
		return nil
	}
	lon := c.Lon()
	return &lon
}

func latOf(c *geo.Coord) *float64 {
	if c == nil {
		return nil
	}
	lat := c.Lat()
	return &lat
}

// answersJSON and whistleJSON write what few reports have; nil for none.
func answersJSON(answers map[string]string) *string {
	if len(answers) == 0 {
		return nil
	}
	return asJSON(answers)
}

func whistleJSON(called []geo.DepartmentCode) *string {
	if len(called) == 0 {
		return nil
	}
	return asJSON(called)
}

// asJSON writes strings, which cannot fail.
func asJSON(v any) *string {
	text, _ := json.Marshal(v)
	s := string(text)
	return &s
}
