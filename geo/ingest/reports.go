package ingest

import (
	"context"
	"errors"
	"io"
	"iter"
	"slices"
	"time"

	"github.com/paulmach/orb"

	"gridwarden/geo"
	"gridwarden/geo/crs"
)

// ReportOptions say which columns of a table of past reports mean what. A column left
// empty is found by one of its usual names in any capitals (see [usualReportColumns]); those
// that no file names alike (State, ClosedAt, Asset, Department, Subtype, Description,
// Answers) are read only when named.
type ReportOptions struct {
	Options
	Source   string           // the system the reports come from
	Standard string           // of the categories
	Kind     geo.CategoryKind // of the categories, where no column says it
	Zone     *time.Location   // of times without an offset
	Now      time.Time        // later times are refused; zero: none are
	Bare     bool             // rows that are only counted: id, time and position may be missing

	ExternalID, ReportedAt, Category, Lon, Lat, Address, Condition, Accuracy, KindField string
	State, ClosedAt, Asset, Family, Department, Subtype, Description                    string
	Answers                                                                             []string // columns that are kept as answers, each under its own name
}

// ReportInput is one past report as read.
type ReportInput struct {
	geo.Report
	Source     geo.Source // where it stands; the report's own source is Report.Source
	ClosedAt   time.Time  // zero: not told
	Column     string     // the one the category stands in
	Department string     // who got it, as written
	Subtype    string
}

// Reports streams the past reports of a CSV, one in memory at a time. Every row needs an id
// of its own, a time and a category or family; one with an address and without a position
// is unlocated. The state is what the column State says, or closed where ClosedAt has a
// time and received where it has none; a file with neither column tells of the past, which
// is closed.
//
// With Bare the columns of id, time and position may be missing or blank.
//
// Times are RFC 3339 or written as spreadsheets and systems do: 2023-02-28 23:45:00,
// 2023/2/28 23:45, 2023年2月28日 23:45, 02/28/2023 11:45:00 PM, or a day alone. One that
// does not exist, in the hour that summer time leaves out, is an hour later; of two the
// first.
//
// What is wrong with a row comes as one error of the kind geo.Faulty, each of its sentences
// with file, line and column, and reading goes on; any other error is the last that comes.
func Reports(ctx context.Context, path string, o ReportOptions) iter.Seq2[ReportInput, error] {
	return func(yield func(ReportInput, error) bool) {
		r, err := openReports(ctx, path, o)
		if err != nil {
			yield(ReportInput{}, err)
			return
		}
		defer r.file.Close()
		for rec, err := range placed(ctx, o.Transform, r.records()) {
			row, read := rec.fields.(reportRow)
			switch {
			case err != nil:
				row.in = ReportInput{Source: rec.source}
			case read && rec.geometry != nil:
				p := rec.geometry.(orb.MultiPoint)[0]
				var c geo.Coord
				if c, err = geo.CoordOf(p[0], p[1]); err != nil {
					err = at(rec.source, err)
				}
				row.in.Point = &c
			}
			if !yield(row.in, err) || err != nil && geo.KindOf(err) != geo.Faulty {
				return
			}
		}
	}
}

// reportRow carries a report along with its row while its place is worked out.
type reportRow struct {
	cells
	in ReportInput
}

// usualReportColumns are the names under which tables of reports hold what every one has.
func usualReportColumns() map[string][]string {
	return map[string][]string{
		"external_id": {"external_id", "id", "案件编号", "任务号", "编号"},
		"reported_at": {"reported_at", "created", "created_at", "上报时间", "创建时间"},
		"category":    {"category", "类别", "小类", "小类代码"},
		"address":     {"address", "地址", "位置"},
		"condition":   {"condition", "条件代码"},
		"accuracy":    {"accuracy", "accuracy_m"},
	}
}

// reportFile is a table of reports being read.
type reportFile struct {
	path    string
	options ReportOptions
	system  crs.CRS
	file    *file
	table   *table
	layout  int // the way times were written last
}

func openReports(ctx context.Context, path string, o ReportOptions) (*reportFile, error) {
	system, err := crs.Parse(o.CRS)
	if err != nil {
		return nil, err
	}
	f, err := open(ctx, path, o.Read)
	if err != nil {
		return nil, err
	}
	r := &reportFile{path: path, options: o, system: system, file: f}
	if err := r.head(); err != nil {
		_ = f.Close() // nothing was written
		return nil, err
	}
	return r, nil
}

// head reads the header and settles the columns.
func (r *reportFile) head() error {
	plain, err := text(r.file.Reader, r.options.Encoding)
	if err != nil {
		return err
	}
	if r.table, err = newTable(newBlocks(plain, MaxLine)); err != nil {
		return inFile(r.path, err)
	}
	return r.settle()
}

// settle finds the columns that have no name yet and refuses those that are not there.
func (r *reportFile) settle() error {
	o, columns, usual := &r.options, r.table.columns, usualReportColumns()
	for what, field := range map[string]*string{
		"external_id": &o.ExternalID, "reported_at": &o.ReportedAt, "category": &o.Category,
		"address": &o.Address, "condition": &o.Condition, "accuracy": &o.Accuracy,
	} {
		for _, name := range usual[what] {
			if *field == "" {
				*field = folded(columns, name)
			}
		}
	}
	if lon, lat, err := lonLatFields(columns, o.Lon, o.Lat); err == nil {
		o.Lon, o.Lat = lon, lat
	} else if o.Lon != "" || o.Lat != "" || o.Address == "" && !o.Bare {
		return inFile(r.path, err)
	}
	var faults faults
	for _, name := range append([]string{
		o.ExternalID, o.ReportedAt, o.Category, o.Address, o.Condition, o.Accuracy, o.KindField,
		o.State, o.ClosedAt, o.Asset, o.Family, o.Department, o.Subtype, o.Description,
	}, o.Answers...) {
		if name != "" && !slices.Contains(columns, name) {
			faults.add(noField(r.path, name, columns))
		}
	}
	for _, needed := range []struct {
		field, what, flag string
		bare              bool
	}{
		{o.ExternalID, "the id of each report", "--external-id", false},
		{o.ReportedAt, "the time of each report", "--reported-at", false},
		{o.Category + o.Family, "the category of each report", "--category", true},
	} {
		if needed.field == "" && (needed.bare || !o.Bare) {
			faults.add(geo.Errorf(geo.Invalid, "%s: name the column of %s (%s FIELD); there are %s", r.path, needed.what, needed.flag, listed(columns)))
		}
	}
	if err := faults.err(); err != nil {
		return geo.Errorf(geo.Invalid, "%w", err)
	}
	return nil
}

// records are the rows before they are placed.
func (r *reportFile) records() iter.Seq2[record, error] {
	return func(yield func(record, error) bool) {
		for n := 1; ; n++ {
			values, err := r.table.next()
			if errors.Is(err, io.EOF) {
				if n == 1 {
					yield(record{}, geo.Errorf(geo.Invalid, "%s has no rows", r.path))
				}
				return
			}
			if err != nil && geo.KindOf(err) != geo.Faulty {
				yield(record{}, err)
				return
			}
			rec := record{source: geo.Source{File: r.path, Feature: n, Line: r.table.line}, crs: r.system}
			if err != nil {
				err = at(rec.source, err)
			} else {
				rec.fields, rec.geometry, err = r.read(cells{r.table.columns, values}, rec.source)
			}
			if !yield(rec, err) {
				return
			}
		}
	}
}
