package archive_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/paulmach/orb/maptile"
	"zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"

	"gridwarden/tiles"
	"gridwarden/tiles/archive"
)

// ask gives the rows of a query, their columns joined by |.
func ask(t *testing.T, db *sqlite.Conn, query string, args ...any) (rows []string) {
	t.Helper()
	err := sqlitex.Execute(db, query, &sqlitex.ExecOptions{Args: args, ResultFunc: func(row *sqlite.Stmt) error {
		var columns []string
		for i := range row.ColumnCount() {
			columns = append(columns, row.ColumnText(i))
		}
		rows = append(rows, strings.Join(columns, "|"))
		return nil
	}})
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

// TestTheDatabaseHasExactlyTheTilesThatAreDrawn as the specification of MBTiles 1.3 asks for
// them: rows from the south, compressed.
func TestTheDatabaseHasExactlyTheTilesThatAreDrawn(t *testing.T) {
	t.Parallel()
	s := town(t, 12, 2000)
	j := jobOf(s, archive.MBTiles, 3, 15)
	out := filepath.Join(t.TempDir(), "town.mbtiles")
	report := write(t, out, j)
	alone(t, out)
	db, err := sqlite.OpenConn(out, sqlite.OpenReadOnly)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if got := ask(t, db, "PRAGMA integrity_check"); len(got) != 1 || got[0] != "ok" {
		t.Errorf("the database is damaged: %v", got)
	}
	if got := ask(t, db, "SELECT count(*) FROM tiles"); got[0] != fmt.Sprint(report.Tiles) {
		t.Errorf("%s tiles, not %d", got[0], report.Tiles)
	}
	if got := ask(t, db, "SELECT count(*) FROM images"); got[0] != fmt.Sprint(report.Contents) || report.Contents*3 > report.Tiles*2 {
		t.Errorf("%s contents, not %d, of %d tiles", got[0], report.Contents, report.Tiles)
	}
	for z := maptile.Zoom(3); z <= 15; z++ {
		for _, tile := range square(s, z) {
			var got []byte
			for _, packed := range ask(t, db, "SELECT tile_data FROM tiles WHERE zoom_level = ? AND tile_column = ? AND tile_row = ?", int(z), int(tile.X), 1<<z-1-int(tile.Y)) {
				got = reader{TB: t}.unzip([]byte(packed))
			}
			if want := tiles.Render(s, &j.Want, tile); !bytes.Equal(got, want) {
				t.Fatalf("the tile %v has %d bytes, not %d", tile, len(got), len(want))
			}
		}
	}
	metadata := map[string]string{}
	for _, row := range ask(t, db, "SELECT name, value FROM metadata") {
		name, value, _ := strings.Cut(row, "|")
		metadata[name] = value
	}
	var described struct {
		VectorLayers []tiles.VectorLayer `json:"vector_layers"`
	}
	if err := json.Unmarshal([]byte(metadata["json"]), &described); err != nil || len(described.VectorLayers) != 3 {
		t.Errorf("%v: %s", err, metadata["json"])
	}
	b := s.Bounds("lake")
	for name, want := range map[string]string{
		"name": "assets,grids,lake", "format": "pbf", "minzoom": "3", "maxzoom": "15", "version": "7",
		"bounds": fmt.Sprintf("%v,%v,%v,%v", b.Min.Lon(), b.Min.Lat(), b.Max.Lon(), b.Max.Lat()),
	} {
		if metadata[name] != want {
			t.Errorf("%s is %q, not %q", name, metadata[name], want)
		}
	}
}

// TestGDALReadsTheDatabase and counts the grids in the tiles of its last zoom.
func TestGDALReadsTheDatabase(t *testing.T) {
	t.Parallel()
	ogrinfo, err := exec.LookPath("ogrinfo")
	if err != nil {
		t.Skip("there is no ogrinfo: apt-get install gdal-bin")
	}
	const n = 5
	out := filepath.Join(t.TempDir(), "town.mbtiles")
	write(t, out, jobOf(town(t, n, 40), archive.MBTiles, 0, 15))
	told, err := exec.CommandContext(t.Context(), ogrinfo, "-ro", "-q", out, "-dialect", "SQLite", "-sql",
		"SELECT 'grids', count(DISTINCT code) FROM grids UNION SELECT 'assets', count(DISTINCT id) FROM assets UNION SELECT 'lake', count(DISTINCT code) FROM lake").CombinedOutput()
	for _, want := range []string{fmt.Sprintf("= %d\n", n*n), "= 40\n", "= 1\n"} {
		if err != nil || !strings.Contains(string(told), want) {
			t.Errorf("%v: no %q in\n%s", err, want, told)
		}
	}
}
