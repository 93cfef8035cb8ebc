package postgis

import (
	"context"
	"io/fs"

	"github.com/pressly/goose/v3"

	"gridwarden/geo"
)

// MigrateTo stops at a version, as a release of that day would have.
func MigrateTo(ctx context.Context, url string, files fs.FS, version int64) error {
	return migrate(ctx, url, files, func(p *goose.Provider) error {
		_, err := p.UpTo(ctx, version)
		return err
	})
}

// Encode and Decode (below) are the codec of shapes at the database's door, Fault turns its errors
// into ours.
var (
	Encode = encodeShape
	Fault  = fault
)

func Decode(data []byte) (*geo.Shape, error) {
	shape := new(geo.Shape)
	return shape, decodeShape(data, shape)
}

// LoadAll is Load with the assets among the changes.
func (s *Store) LoadAll(ctx context.Context) (*geo.Changes, error) {
	var assets []geo.Asset
	c, err := s.Load(ctx, func(a *geo.Asset) error {
		assets = append(assets, *a)
		return nil
	})
	if err != nil {
		return nil, err
	}
	c.Assets = assets
	return c, nil
}
