package tiles

import (
	"context"

	"github.com/paulmach/orb/maptile"

	"gridwarden/geo"
	"gridwarden/geo/index"
)

// Request names a tile and the form it is wanted in.
type Request struct {
	Layers []geo.LayerName
	Tile   maptile.Tile
	Gzip   bool                   // bytes compressed, with an ETag of their own
	Known  func(etag string) bool // whether the client has the bytes of this ETag; nil: no
}

// Tile is the answer to a [Request].
type Tile struct {
	Bytes []byte // nil when the tile is empty or the client knows it
	ETag  string // strong, quoted, one for each encoding; empty for an empty tile
	Empty bool   // nothing is drawn there
}

// Cache keeps rendered tiles.
type Cache struct{}

// NewCache is a cache of at most so many bytes; with 0 nothing is kept.
func NewCache(bytes int64) *Cache { return &Cache{} }

// Get answers a request from the cache, rendering what is not there.
func (c *Cache) Get(ctx context.Context, s *index.Snapshot, r Request) (Tile, error) {
	return Tile{}, nil
}
