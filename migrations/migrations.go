// Package migrations holds the schema of the database as numbered SQL files, embedded in
// the program. They only go forward: what was released is never edited, a change is the
// next file.
package migrations

import (
	"embed"
	"io/fs"
)

//go:embed *.sql
var files embed.FS

// Files are the migrations, named NNNNN_what.sql.
func Files() fs.FS { return files }
