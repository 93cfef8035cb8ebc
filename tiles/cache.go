package tiles

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"runtime"

	"github.com/maypok86/otter/v2"
	"github.com/paulmach/orb/maptile"
	"golang.org/x/sync/singleflight"

	"gridwarden/geo"
	"gridwarden/geo/index"
)

// Request names a tile and the form it is wanted in.
type Request struct {
	Want
	Tile  maptile.Tile
	Gzip  bool                   // compressed, with an ETag of its own
	Known func(etag string) bool // tells whether the client has the bytes of an ETag; nil: it has none
}

// Tile is the answer to a [Request].
type Tile struct {
	Bytes []byte // not to be changed; nil when the tile is empty or the client knows it
	ETag  string // strong, quoted, one for each encoding; none for an empty tile
	Empty bool   // nothing is drawn there
}

// Cache renders tiles and keeps them compressed. A tile stays until room is needed or it
// is asked for from another snapshot: then it is rendered again, and compressed again
// only if it changed. A Cache is safe for concurrent use.
type Cache struct {
	kept    *otter.Cache[key, *entry] // nil when nothing is to be kept
	flights singleflight.Group
	slots   chan struct{} // one is held while a tile is rendered or compressed
	packer  packer
}

type key struct {
	want string // see [Want.Key]
	tile maptile.Tile
}

// entry is a tile as rendered from one snapshot. It does not change.
type entry struct {
	position geo.Position
	empty    bool
	hash     string // of the uncompressed bytes
	packed   []byte // nil while nobody has wanted bytes
	raw      []byte // only fresh from rendering, never kept
}

// overhead is about what an entry takes beside its bytes.
const overhead = 256

// NewCache is a cache of at most so many bytes of tiles. With 0 or less nothing is kept:
// every request renders.
func NewCache(bytes int64) *Cache {
	c := &Cache{slots: make(chan struct{}, runtime.GOMAXPROCS(0))}
	if bytes > 0 {
		c.kept = otter.Must(&otter.Options[key, *entry]{
			MaximumWeight: uint64(bytes),
			Weigher:       func(k key, e *entry) uint32 { return uint32(overhead + len(k.want) + len(e.packed)) },
		})
	}
	return c
}

// Get answers a request from the snapshot. Requests for the same tile at the same time
// share the work; each waits no longer than its own ctx and then fails as
// [geo.Unavailable] with the cause of ctx, while the work goes on for the others. Bytes
// are compressed only when the client does not know their ETag.
func (c *Cache) Get(ctx context.Context, s *index.Snapshot, r Request) (Tile, error) {
	e := c.fresh(s, r)
	if e == nil {
		var err error
		if e, err = c.fly(ctx, s, r, "render", c.render); err != nil {
			return Tile{}, err
		}
	}
	if e.empty {
		return Tile{Empty: true}, nil
	}
	t := Tile{ETag: e.etag(r.Gzip)}
	if r.Known != nil && r.Known(t.ETag) {
		return t, nil
	}
	var err error
	t.Bytes, err = c.bytes(ctx, s, r, e)
	return t, err
}

// bytes are those of a tile that is not empty, in the form wanted. What is to be kept is
// compressed even when this client wants it plain.
func (c *Cache) bytes(ctx context.Context, s *index.Snapshot, r Request, e *entry) ([]byte, error) {
	if e.packed == nil && (r.Gzip || c.kept != nil) {
		plain := e // pack may still run when this client has left and fly gave nothing
		pack := func(s *index.Snapshot, r Request) (*entry, error) { return c.pack(s, r, plain) }
		var err error
		if e, err = c.fly(ctx, s, r, "pack", pack); err != nil {
			return nil, err
		}
	}
	switch {
	case r.Gzip:
		return e.packed, nil
	case e.raw != nil:
		return e.raw, nil
	}
	return unpack(e.packed)
}

// fly does a piece of work once for all who ask for it meanwhile.
func (c *Cache) fly(ctx context.Context, s *index.Snapshot, r Request, work string, do func(*index.Snapshot, Request) (*entry, error)) (*entry, error) {
	p := s.Position()
	name := fmt.Sprintf("%s %s %v %d %x", work, r.Key(), r.Tile, p.Sequence, p.Change)
	done := c.flights.DoChan(name, func() (any, error) {
		c.slots <- struct{}{}
		defer func() { <-c.slots }()
		return do(s, r)
	})
	select {
	case <-ctx.Done():
		return nil, geo.Errorf(geo.Unavailable, "the tile was not ready in time; ask again: %w", context.Cause(ctx))
	case result := <-done:
		if result.Err != nil {
			return nil, result.Err
		}
		return result.Val.(*entry), nil
	}
}

// render draws the tile and keeps its hash, with the bytes of an older snapshot when they
// are the same.
func (c *Cache) render(s *index.Snapshot, r Request) (*entry, error) {
	raw := Render(s, &r.Want, r.Tile)
	sum := sha256.Sum256(raw)
	e := &entry{position: s.Position(), empty: len(raw) == 0, hash: hex.EncodeToString(sum[:16])}
	if old := c.find(r); old != nil && old.hash == e.hash {
		e.packed = old.packed
	}
	c.keep(r, e)
	drawn := *e
	drawn.raw = raw
	return &drawn, nil
}

// pack compresses a tile and keeps it. Where only its hash was kept it is rendered again.
func (c *Cache) pack(s *index.Snapshot, r Request, e *entry) (*entry, error) {
	drawn := *e
	if drawn.raw == nil {
		drawn.raw = Render(s, &r.Want, r.Tile)
	}
	var err error
	if drawn.packed, err = c.packer.pack(drawn.raw); err != nil {
		return nil, err
	}
	kept := drawn
	kept.raw = nil
	c.keep(r, &kept)
	return &drawn, nil
}

// find is what is kept of a tile, of whatever snapshot; nil when nothing.
func (c *Cache) find(r Request) *entry {
	if c.kept == nil {
		return nil
	}
	e, _ := c.kept.GetIfPresent(key{r.Key(), r.Tile})
	return e
}

// fresh is what is kept of a tile rendered from this snapshot.
func (c *Cache) fresh(s *index.Snapshot, r Request) *entry {
	if e := c.find(r); e != nil && e.position == s.Position() {
		return e
	}
	return nil
}

func (c *Cache) keep(r Request, e *entry) {
	if c.kept != nil {
		c.kept.Set(key{r.Key(), r.Tile}, e)
	}
}

// etag is the strong ETag of the bytes in an encoding.
func (e *entry) etag(gzip bool) string {
	if gzip {
		return `"` + e.hash + `-gzip"`
	}
	return `"` + e.hash + `"`
}
