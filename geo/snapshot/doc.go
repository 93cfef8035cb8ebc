// Package snapshot keeps the view of a city in files and reads it back: a server starts
// from them in seconds, with or without a database, and other tools open them.
//
// A snapshot is a directory, here or below an http(s) address:
//
//	manifest.json    what it is: format, history, sequence, edition, and of every other
//	                 file its bytes, rows and SHA-256. Sealed with a SHA-256 of its own
//	tables.json      layers, departments, categories and the tables of duty
//	LAYER.parquet    the areas of one layer, by code
//	assets.parquet   the assets along the Z-curve, so that neighbours lie together
//
// The Parquet files are GeoParquet 1.1 in OGC:CRS84: DuckDB and GeoPandas read them as they
// are, GDAL and QGIS where they are built with Parquet. Coordinates are doubles that are
// float64(k)/1e7 for an integer k, and come back as the same k. Of their attributes assets
// bring those that duty rows ask for, as in the view; the database holds the others.
//
// A view that hides what is not for everybody gives a snapshot without it, whose manifest
// names the rights it is for. It is served as it is, and never brought up to date.
//
// It is written beside its place, synced and renamed, so nobody sees one half written. The
// same view gives the same bytes. Reading trusts nothing: sizes and checksums first, then
// every value; what is damaged, cut short or of another format is told with the file's
// name, and never served.
package snapshot
