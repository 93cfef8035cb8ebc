package basemap

import (
	"context"
	"fmt"
	"time"

	"github.com/maypok86/otter/v2"
	"github.com/paulmach/orb/maptile"
	"golang.org/x/sync/singleflight"

	"gridwarden/geo"
)

// memory is how many bytes of fetched tiles are kept.
const memory = 64 << 20

// store keeps what was fetched for all layers of a map.
type store struct {
	tiles   *otter.Cache[place, kept]
	flights singleflight.Group
}

type place struct {
	of *provider
	maptile.Tile
}

// kept is a tile and how long it is fresh; it stays until room is needed.
type kept struct {
	Tile
	until time.Time
}

// patience is how long a new tile is waited for where there is an old one.
const patience = time.Second

// overhead is about what an entry takes beside its bytes.
const overhead = 256

func newStore() *store {
	weigh := func(_ place, k kept) uint32 { return uint32(overhead + len(k.Bytes)) }
	return &store{tiles: otter.Must(&otter.Options[place, kept]{MaximumWeight: memory, Weigher: weigh})}
}

// get is a tile that is fresh, or the one that fetch gives: those who want the same at the
// same time share it, and each waits no longer than its own ctx. Where it cannot be fetched,
// or not soon, an old one does.
func (s *store) get(ctx context.Context, p place, fetch func(maptile.Tile) (Tile, error)) (Tile, error) {
	k, known := s.tiles.GetIfPresent(p)
	if left := time.Until(k.until); known && left > 0 {
		k.Fresh = left
		return k.Tile, nil
	}
	done := s.flights.DoChan(fmt.Sprintf("%p %v", p.of, p.Tile), func() (any, error) {
		fetched, err := fetch(p.Tile)
		if err == nil {
			s.tiles.Set(p, kept{fetched, time.Now().Add(fetched.Fresh)})
		}
		return fetched, err
	})
	var enough <-chan time.Time // never, where there is no old one
	if known {
		k.Fresh, enough = 0, time.After(patience)
	}
	select {
	case <-enough:
		return k.Tile, nil
	case <-ctx.Done():
		return Tile{}, geo.Errorf(geo.Unavailable, "the base map was not there in time: %w", context.Cause(ctx))
	case result := <-done:
		if result.Err != nil && known {
			return k.Tile, nil
		}
		return result.Val.(Tile), result.Err
	}
}
