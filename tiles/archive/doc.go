// Package archive writes the tiles of a view into one file, as PMTiles (version 3) or as
// MBTiles (version 1.3), for maps that are served without this program.
//
// Tiles are drawn on all cores and set down in one order, along the Hilbert curve of each
// zoom. Only those are drawn whose ground holds something, and what several tiles have in
// common, the same bytes, is kept once. The same view, asked for the same, gives the same
// file, byte for byte.
//
// What is drawn goes to a file beside the one wanted, and a log says which tile is where in
// it:
//
//	city.pmtiles.part       the tiles, one after the other
//	city.pmtiles.part.log   what they are of, and one record a tile
//
// Work that was interrupted, in whatever way, goes on from what these two hold; every tile
// and record is held against its hash before it is taken over, so that not even a power cut leaves
// something wrong in the archive. The name wanted appears, or what was there is replaced,
// only once all of it is on disk.
//
// In memory it takes about a hundred bytes a tile, and a few tiles on their way.
//
// [Open] reads PMTiles, whoever made them.
package archive
