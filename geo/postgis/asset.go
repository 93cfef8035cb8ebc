package postgis

import (
	"context"
	"encoding/json"
	"errors"

	"github.com/jackc/pgx/v5"

	"gridwarden/geo"
)

const assetSQL = `
SELECT version, kind, standard, category, id, name, state, authority, owner, maintainer, attributes, ST_X(point), ST_Y(point), ST_AsEWKB(shape)
FROM assets WHERE ended IS NULL AND id = $2 AND ($1 = '' OR standard = $1) ORDER BY standard LIMIT 1`

// Asset is the present version of an asset, with its attributes; NotFound when there is
// none. An empty standard means the first that has the id.
func (s *Store) Asset(ctx context.Context, standard string, id geo.AssetID) (geo.Asset, error) {
	ctx, cancel := context.WithTimeout(ctx, readTimeout)
	defer cancel()
	var a geo.Asset
	var attributes, shape []byte
	var lon, lat float64
	err := s.pool.QueryRow(ctx, assetSQL, standard, id).Scan(&a.Version, &a.Category.Kind, &a.Category.Standard, &a.Category.Code,
		&a.ID, &a.Name, &a.State, &a.Authority, &a.Owner, &a.Maintainer, &attributes, &lon, &lat, &shape)
	if errors.Is(err, pgx.ErrNoRows) {
		return geo.Asset{}, geo.Errorf(geo.NotFound, "there is no asset %s", id)
	}
	if err != nil {
		return geo.Asset{}, fault(err, "reading an asset")
	}
	a.Attributes = json.RawMessage(attributes)
	if a.Point, err = geo.CoordOf(lon, lat); err != nil {
		return geo.Asset{}, err
	}
	a.Shape, err = decodeShape(shape)
	return a, err
}
