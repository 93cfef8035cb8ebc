package postgis

import (
	"context"

	"gridwarden/geo"
)

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
