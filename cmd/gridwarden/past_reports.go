package main

import (
	"context"
	"errors"
	"fmt"
	"io"

	"gridwarden/geo"
	"gridwarden/geo/index"
	"gridwarden/geo/ingest"
	"gridwarden/geo/postgis"
)

// reportFlags say how files of past reports are read.
type reportFlags struct {
	options ingest.ReportOptions
	kind    string
	skipBad bool
}

// registerPlace registers what every file of past reports needs.
func (r *reportFlags) registerPlace(c *call) {
	f, o := c.flags, &r.options
	f.StringVar(&o.Standard, "standard", "", "`STANDARD` of the categories; import reports takes GB/T 47678.5-2026 where none is named")
	f.StringVar(&r.kind, "kind", string(geo.Matter), "the categories are of this kind: matter or component")
	f.StringVar(&o.Lon, "lon", "", "`FIELD` with the longitude, or easting; default lon or another usual name")
	f.StringVar(&o.Lat, "lat", "", "`FIELD` with the latitude, or northing")
	f.StringVar(&o.CRS, "crs", "", "coordinate system of the points: OGC:CRS84 (default), EPSG:N, GCJ-02 or BD-09")
	f.StringVar(&o.Encoding, "encoding", "auto", "auto, utf-8, gbk or gb18030")
	f.StringVar(&o.ReportedAt, "reported-at", "", "`FIELD` with the time of the report; default reported_at, created or another usual name")
	f.BoolVar(&r.skipBad, "skip-bad", false, "pass over rows that are wrong, telling them, instead of refusing the file")
}

// complete checks what was typed.
func (r *reportFlags) complete() error {
	r.options.Kind = geo.CategoryKind(r.kind)
	if r.options.Kind != geo.Matter && r.options.Kind != geo.Component {
		return usagef("--kind is matter or component, not %q", r.kind)
	}
	return nil
}

// openView opens the database, to be closed again, with a view of everything it holds.
func (c *call) openView(ctx context.Context) (*postgis.Store, *index.Snapshot, error) {
	store, err := c.open(ctx)
	if err != nil {
		return nil, nil, err
	}
	view, err := c.memory(0).load(ctx, store)
	if err != nil {
		store.Close()
		return nil, nil, err
	}
	return store, view, nil
}

// rowFaults gathers what is wrong with rows: to refuse the file with, or to tell.
type rowFaults struct {
	skip bool
	list []error
	more int
}

// take notes a fault; any other error comes back, to stop.
func (r *rowFaults) take(err error) error {
	switch {
	case err == nil:
	case geo.KindOf(err) != geo.Faulty:
		return err
	case len(r.list) < ingest.MaxFaults:
		r.list = append(r.list, err)
	default:
		r.more++
	}
	return nil
}

// end refuses the file when rows were wrong, or tells them when they are passed over.
func (r *rowFaults) end(w io.Writer) error {
	if len(r.list) == 0 {
		return nil
	}
	list := r.list
	if r.more > 0 {
		list = append(list, geo.Errorf(geo.Faulty, "and %s more", counted(r.more, "row", "rows")))
	}
	whole := geo.Errorf(geo.Faulty, "%w", errors.Join(list...))
	if !r.skip {
		return geo.Errorf(geo.Faulty, "%s wrong and nothing was written; mend them, or pass over them with --skip-bad\n%w",
			counted(len(r.list)+r.more, "row is", "rows are"), whole)
	}
	fmt.Fprintf(w, "%s passed over:\n%s\n", counted(len(r.list)+r.more, "wrong row", "wrong rows"), geo.Sentence(whole))
	return nil
}
