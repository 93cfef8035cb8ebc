package archive

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"io"
	"os"
	"strconv"
	"strings"

	"zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"

	"gridwarden/geo"
	"gridwarden/tiles"
)

// The tables, by the specification of MBTiles 1.3; a content is known by its place in the
// data, and the index comes last, when all is there. It is one transaction in a file that
// has no name yet, so a journal would be for nothing.
const (
	makeTables = `
PRAGMA application_id = 0x4d504258;
PRAGMA journal_mode = OFF;
PRAGMA synchronous = OFF;
BEGIN;
CREATE TABLE metadata (name TEXT, value TEXT);
CREATE TABLE map (zoom_level INTEGER, tile_column INTEGER, tile_row INTEGER, tile_id INTEGER);
CREATE TABLE images (tile_id INTEGER PRIMARY KEY, tile_data BLOB);
CREATE VIEW tiles AS SELECT zoom_level, tile_column, tile_row, tile_data FROM map JOIN images USING (tile_id);
`
	finishTables = `
CREATE UNIQUE INDEX metadata_index ON metadata (name);
CREATE UNIQUE INDEX map_index ON map (zoom_level, tile_column, tile_row);
COMMIT;
`
	insertText  = `INSERT INTO metadata (name, value) VALUES (?, ?)`
	insertImage = `INSERT INTO images (tile_id, tile_data) VALUES (?, ?)`
	insertTile  = `INSERT INTO map (zoom_level, tile_column, tile_row, tile_id) VALUES (?, ?, ?, ?)`
)

// finishMBTiles writes the tiles into a database beside the data.
func (s *spool) finishMBTiles(ctx context.Context, j *Job, set *tiles.TileSet) error {
	path := s.dataPath() + ".mbtiles"
	if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
		return unwritten(s.out, err)
	}
	err := s.fillDatabase(ctx, path, j, set)
	if err == nil {
		err = syncFile(path)
	}
	if err != nil {
		_ = os.Remove(path) // it is made again from the data
		return s.unfilled(err)
	}
	return s.publish(path)
}

func syncFile(path string) error {
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

// unfilled is an error of the database as a sentence.
func (s *spool) unfilled(err error) error {
	switch sqlite.ErrCode(err).ToPrimary() {
	case sqlite.ResultFull, sqlite.ResultIOErr, sqlite.ResultCantOpen:
		return geo.Because(err, geo.Unavailable, "cannot write %s (the disk is full, or does not take it)", s.out)
	}
	return unwritten(s.out, err)
}

func (s *spool) fillDatabase(ctx context.Context, path string, j *Job, set *tiles.TileSet) (err error) {
	db, err := sqlite.OpenConn(path, sqlite.OpenReadWrite, sqlite.OpenCreate)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	db.SetInterrupt(ctx.Done())
	if err := script(db, makeTables); err != nil {
		return err
	}
	rows, err := j.metadataRows(set)
	if err != nil {
		return err
	}
	for _, row := range rows {
		if err := sqlitex.Execute(db, insertText, &sqlitex.ExecOptions{Args: []any{row[0], row[1]}}); err != nil {
			return err
		}
	}
	if err := s.fillTiles(db); err != nil {
		return err
	}
	return script(db, finishTables)
}

// script runs statements one after the other.
func script(db *sqlite.Conn, statements string) error {
	for statement := range strings.SplitSeq(strings.TrimSpace(statements), "\n") {
		if err := sqlitex.ExecuteTransient(db, statement, nil); err != nil {
			return err
		}
	}
	return nil
}

// fillTiles goes through the entries and the data side by side.
func (s *spool) fillTiles(db *sqlite.Conn) error {
	if _, err := s.data.Seek(head, io.SeekStart); err != nil {
		return err
	}
	data, next, content := bufio.NewReaderSize(s.data, 1<<20), uint64(0), []byte(nil)
	image, tile := db.Prep(insertImage), db.Prep(insertTile)
	for _, e := range s.entries {
		if e.offset == next {
			content = append(content[:0], make([]byte, e.length)...)
			if _, err := io.ReadFull(data, content); err != nil {
				return err
			}
			image.BindInt64(1, int64(e.offset))
			image.BindBytes(2, content)
			if err := insert(image); err != nil {
				return err
			}
			next += uint64(e.length)
		}
		for i := range uint64(e.run) {
			t := tileOf(e.first + i)
			tile.BindInt64(1, int64(t.Z))
			tile.BindInt64(2, int64(t.X))
			tile.BindInt64(3, int64(uint32(1)<<t.Z-1-t.Y)) // rows go up from the south
			tile.BindInt64(4, int64(e.offset))
			if err := insert(tile); err != nil {
				return err
			}
		}
	}
	return nil
}

func insert(row *sqlite.Stmt) error {
	if _, err := row.Step(); err != nil {
		return err
	}
	return row.Reset()
}

// metadataRows are the rows of the table metadata.
func (j *Job) metadataRows(set *tiles.TileSet) ([][2]string, error) {
	all := j.metadata(set)
	described, err := json.Marshal(all)
	if err != nil {
		return nil, err
	}
	return [][2]string{
		{"name", set.Name}, {"format", "pbf"}, {"type", all.Type}, {"version", all.Version}, {"description", all.Description},
		{"generator", all.Generator}, {"minzoom", strconv.Itoa(set.MinZoom)}, {"maxzoom", strconv.Itoa(set.MaxZoom)},
		{"bounds", numbers(set.Bounds[:])}, {"center", numbers(set.Center[:])}, {"json", string(described)},
	}, nil
}

func numbers(list []float64) string {
	var words []string
	for _, v := range list {
		words = append(words, strconv.FormatFloat(v, 'f', -1, 64))
	}
	return strings.Join(words, ",")
}
