package postgis

import (
	"context"
	"encoding/json"
	"errors"

	"github.com/jackc/pgx/v5"

	"gridwarden/geo"
)

const attributesSQL = `SELECT attributes FROM assets WHERE version = $1`

// AssetAttributes are all attributes of a version of an asset, also of one that ended; nil
// when it has none. It is NotFound when there never was such a version.
func (s *Store) AssetAttributes(ctx context.Context, version geo.AssetVersion) (json.RawMessage, error) {
	ctx, cancel := context.WithTimeout(ctx, readTimeout)
	defer cancel()
	var attributes []byte
	err := s.pool.QueryRow(ctx, attributesSQL, version).Scan(&attributes)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, geo.Errorf(geo.NotFound, "there is no version %d of any asset", version)
	}
	return json.RawMessage(attributes), fault(err, "reading the attributes of an asset")
}
