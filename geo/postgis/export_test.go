package postgis

import (
	"context"
	"io/fs"

	"github.com/pressly/goose/v3"
)

// MigrateTo stops at a version, as a release of that day would have.
func MigrateTo(ctx context.Context, url string, files fs.FS, version int64) error {
	return migrate(ctx, url, files, func(p *goose.Provider) error {
		_, err := p.UpTo(ctx, version)
		return err
	})
}

// Encode and Decode are the codec of shapes at the database's door, Fault turns its errors
// into ours.
var (
	Encode = encodeShape
	Decode = decodeShape
	Fault  = fault
)
