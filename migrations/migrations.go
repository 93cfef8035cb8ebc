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

// Jobs is the version of the job queue's own tables, whose migrations its library holds.
const Jobs = 8

// Files are the migrations, named NNNNN_what.sql.
func Files() fs.FS { return files }
