package tiles

import (
	"github.com/paulmach/orb/maptile"

	"gridwarden/geo"
)

// Packer compresses tiles, as a [Cache] does, for those who keep them elsewhere. The same
// bytes always give the same. The zero value is ready; it is safe for concurrent use.
type Packer struct{ packer packer }

// Gzip is the tile compressed.
func (p *Packer) Gzip(raw []byte) ([]byte, error) { return p.packer.pack(Gzip, raw) }

// Ground holds every coordinate that a tile of the frame can show, its buffer included.
// What lies outside changes nothing in the tile.
func (f Frame) Ground(t maptile.Tile) geo.Box { return frameOf(f, t).box() }
