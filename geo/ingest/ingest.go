// Package ingest reads the files a city really has: areas and assets as GeoJSON, GeoJSON
// text sequences and CSV; departments, categories, the tables of duty and past reports as
// CSV; in any of the usual encodings and coordinate systems, with the damage that
// spreadsheets do told by row and column.
//
// It speaks only in the words of geo: what comes out is in WGS 84 degrees, as read, not
// yet snapped, matched or checked against anything. Files are streamed: one feature or
// row at a time is in memory, of at most [MaxFeature] bytes. A file's format is told by
// its content, not by its name.
//
// Everything wrong is collected, up to [MaxFaults] sentences, each naming the file, the
// feature or line, the field and what to do, into one error.
package ingest

import (
	"context"

	"github.com/paulmach/orb"
)

const (
	MaxFeature = 64 << 20 // bytes of one feature, or of one row of a table
	MaxLine    = 1 << 20  // bytes of one line of points to locate
	MaxFaults  = 100      // faults told of one reading; the rest is counted
)

// Transformer brings points of an EPSG system to longitude, latitude in WGS 84 degrees,
// in place. Points are easting first. PostGIS does it.
type Transformer interface {
	Transform(ctx context.Context, epsg int, points []orb.Point) error
}

// Options say how files are to be read.
type Options struct {
	// Encoding of text: utf-8, gbk or gb18030. Empty or "auto" finds it out: UTF-8 with or
	// without a mark, UTF-16 with one, else GB18030 where the text is clean in it.
	Encoding string
	// CRS names the coordinate system, as crs.Parse reads it. Empty is what the file says
	// in its crs member, else OGC:CRS84. It beats what the file says.
	CRS string
	// Transform is asked for EPSG systems only; nil refuses them.
	Transform Transformer
	// Read, when not nil, is told of every number of bytes taken from the files, packed
	// as they are there: for a progress bar.
	Read func(bytes int)
}
