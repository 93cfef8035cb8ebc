package ingest

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/paulmach/orb"

	"gridwarden/geo"
	"gridwarden/geo/duty"
)

// reportReader takes the cells of one row and collects what is wrong with them.
type reportReader struct {
	*reportFile
	cells
	source geo.Source
	faults faults
}

// read makes a report of a row, and its position where it has one.
func (r *reportFile) read(c cells, source geo.Source) (reportRow, orb.Geometry, error) {
	row := reportReader{reportFile: r, cells: c, source: source}
	o := &r.options
	in := ReportInput{Source: source, Column: cmp.Or(o.Category, o.Family), Department: row.get(o.Department), Subtype: row.get(o.Subtype)}
	in.Report = geo.Report{
		Source: o.Source, ExternalID: row.code(o.ExternalID, !o.Bare), Address: row.get(o.Address),
		Category: geo.CategoryKey{Standard: o.Standard, Kind: row.kind(), Code: row.code(o.Category, o.Family == "")},
		Family:   row.get(o.Family), Condition: row.code(o.Condition, false), Asset: geo.AssetID(row.code(o.Asset, false)),
		Accuracy: row.accuracy(), Answers: row.answers(), Description: row.get(o.Description), Backfilled: true,
		ReportedAt: row.time(o.ReportedAt, !o.Bare),
	}
	if in.Category.Code == "" {
		in.Category = geo.CategoryKey{}
		if in.Family == "" && o.Family != "" {
			row.fail(o.Family, "is blank, and the row names no category")
		}
	}
	in.ClosedAt = row.time(o.ClosedAt, false)
	if !in.ClosedAt.IsZero() && in.ClosedAt.Before(in.ReportedAt) {
		row.fail(o.ClosedAt, "says that it was closed before it was reported")
	}
	place := row.position()
	in.State = row.state(in.ClosedAt, place != nil)
	return reportRow{c, in}, place, row.faults.err()
}

func (r *reportReader) fail(field, format string, args ...any) {
	r.faults.add(faultAt(r.source, "column %q "+format, append([]any{field}, args...)...))
}

func (r *reportReader) get(field string) string {
	value, _ := r.text(field)
	return value
}

// code is a cell that a spreadsheet must not have damaged.
func (r *reportReader) code(field string, needed bool) string {
	value := r.get(field)
	if err := undamaged(field, value); err != nil {
		r.faults.add(at(r.source, err))
	}
	if value == "" && needed {
		r.fail(field, "is blank: every row needs it")
	}
	return value
}

func (r *reportReader) kind() geo.CategoryKind {
	if r.options.KindField == "" {
		return r.options.Kind
	}
	value := r.get(r.options.KindField)
	kind, known := duty.KindNamed(value)
	switch {
	case known:
		return kind
	case value != "":
		r.fail(r.options.KindField, "is %q: write component or matter", shorten(value))
	}
	return r.options.Kind
}

func (r *reportReader) accuracy() float64 {
	value := r.get(r.options.Accuracy)
	if value == "" {
		return 0
	}
	metres, err := strconv.ParseFloat(value, 64)
	if err != nil || !(metres >= 0 && metres <= geo.MaxAccuracy) {
		r.fail(r.options.Accuracy, "is %q: write metres, at most %d", shorten(value), geo.MaxAccuracy)
		return 0
	}
	return metres
}

func (r *reportReader) answers() map[string]string {
	var given map[string]string
	for _, field := range r.options.Answers {
		if value := r.get(field); value != "" {
			if given == nil {
				given = map[string]string{}
			}
			given[field] = value
		}
	}
	return given
}

// position is nil where the row has none, which needs an address unless it is bare.
func (r *reportReader) position() orb.Geometry {
	o := &r.options
	if r.get(o.Lon) == "" && r.get(o.Lat) == "" && (o.Bare || r.get(o.Address) != "") {
		return nil
	}
	p, err := position(r.cells, o.Lon, o.Lat)
	if err != nil {
		r.faults.add(at(r.source, err))
		return nil
	}
	return orb.MultiPoint{p}
}

// state is where the report stands.
func (r *reportReader) state(closed time.Time, located bool) geo.ReportState {
	o := &r.options
	value := geo.ReportState(r.get(o.State))
	switch {
	case value != "":
		if !slices.Contains(reportStates(), value) {
			r.fail(o.State, "is %q: write one of %v", shorten(string(value)), reportStates())
		}
		return value
	case !closed.IsZero() || o.State == "" && o.ClosedAt == "":
		return geo.Closed
	case !located:
		return geo.Unlocated
	}
	return geo.Received
}

func reportStates() []geo.ReportState {
	return []geo.ReportState{
		geo.Received, geo.Unlocated, geo.Filed, geo.Rejected, geo.Dispatched, geo.Accepted, geo.HandledOnSpot,
		geo.Suspended, geo.Handled, geo.Reworked, geo.Closed, geo.Void, geo.Merged,
	}
}

// timeLayouts are the ways times are written. Month before day only where the clock has
// AM and PM, which nobody writes who puts the day first.
func timeLayouts() []string {
	return []string{
		time.RFC3339, "2006-01-02 15:04:05", "2006-1-2 15:04", "2006-01-02T15:04:05", "2006-01-02T15:04", "2006/1/2 15:04:05", "2006/1/2 15:04",
		"01/02/2006 03:04:05 PM", "1/2/2006 3:04 PM", "2006年1月2日 15:04:05", "2006年1月2日 15:04", "2006年1月2日15时4分",
		"2006-01-02 15:04:05Z07:00", "2006-1-2", "2006/1/2", "2006年1月2日", "20060102150405", "20060102",
	}
}

// oldest is before any system that kept reports.
const oldest = 1970

// time reads a cell as a moment; zero where it is blank.
func (r *reportReader) time(field string, needed bool) time.Time {
	value := r.get(field)
	if value == "" {
		if needed {
			r.fail(field, "is blank: every row needs it")
		}
		return time.Time{}
	}
	t, ok := r.moment(value)
	switch {
	case !ok && dated(field, value) != nil:
		r.faults.add(at(r.source, dated(field, value)))
	case !ok:
		r.fail(field, "is %q, which is not a time: write 2023-02-28 23:45:00 or 2023-02-28T23:45:00+08:00", shorten(value))
	case t.Year() < oldest:
		r.fail(field, "is %s: no report is as old as that; write the year in full", shorten(value))
	case !r.options.Now.IsZero() && t.After(r.options.Now):
		r.fail(field, "is %s, which has not come yet: check the date and --time-zone", shorten(value))
	default:
		return t
	}
	return time.Time{}
}

// moment tries the way the last time was written first.
func (r *reportReader) moment(value string) (time.Time, bool) {
	layouts := timeLayouts()
	for i := range layouts {
		n := (r.layout + i) % len(layouts)
		if t, err := time.ParseInLocation(layouts[n], strings.ReplaceAll(value, "：", ":"), r.options.Zone); err == nil {
			r.layout = n
			return t, true
		}
	}
	return time.Time{}, false
}
