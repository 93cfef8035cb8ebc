package tiles

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"runtime"
	"sync/atomic"

	"github.com/maypok86/otter/v2"
	"github.com/paulmach/orb/maptile"
	"golang.org/x/sync/singleflight"

	"gridwarden/geo"
	"gridwarden/geo/index"
)

// Request names a tile and the form it is wanted in.
type Request struct {
	Want
	Tile     maptile.Tile
	Encoding Encoding               // each has an ETag of its own
	Known    func(etag string) bool // tells whether the client has the bytes of an ETag; nil: it has none
}

// Tile is the answer to a [Request].
type Tile struct {
	Bytes []byte // not to be changed; nil when the tile is empty or the client knows it
	ETag  string // strong, quoted, one for each encoding; none for an empty tile
	Empty bool   // nothing is drawn there
}

// Cache renders tiles and keeps them compressed. A tile stays until room is needed or a
// step of the view dirties it: see [Cache.Step]. What is kept is served for a view when,
// and only when, no step between the two touched the tile, whichever of them is the later,
// so that a rendering that took long, of a view gone by, does no harm. Tiles of other views,
// such as past ones, are kept each for its own view. A Cache is safe for concurrent use.
type Cache struct {
	ledger  *Ledger
	kept    *otter.Cache[key, *entry] // nil when nothing is to be kept
	swept   uint64                    // steps that were looked through for all that is kept; of Step alone
	flights singleflight.Group
	slots   chan struct{} // one is held while a tile is rendered or compressed
	packer  packer
	counts  struct{ hits, misses, renders, dirtied atomic.Uint64 }
}

type key struct {
	want string // see [Want.Key], and what the view hides: readers of other rights have tiles of their own
	of   string // the view, when no step led to it; empty: any
	tile maptile.Tile
}

// entry is a tile as rendered from one view. It does not change, but for the step.
type entry struct {
	step   atomic.Uint64 // up to which the tile is known to be this one
	scope  scope
	hash   string            // of the uncompressed bytes; empty for an empty tile
	packed [encodings][]byte // nil where nobody has wanted bytes; [Plain] is never kept
}

// drawn is an entry, with the uncompressed bytes where they are at hand.
type drawn struct {
	*entry
	raw []byte
}

// asked is a request for a view with what is worked out from it once.
type asked struct {
	Request
	view *index.Snapshot
	key  key
	page *page
	step uint64 // that led to the view; 0 when none that is known did
}

// overhead is about what an entry takes beside its bytes.
const overhead = 384

// NewCache is a cache of at most so many bytes of tiles. With 0 or less nothing is kept:
// every request renders.
func NewCache(bytes int64) *Cache {
	c := &Cache{ledger: newLedger(), slots: make(chan struct{}, runtime.GOMAXPROCS(0))}
	if bytes > 0 {
		c.kept = otter.Must(&otter.Options[key, *entry]{MaximumWeight: uint64(bytes), Weigher: weigh})
	}
	return c
}

func weigh(k key, e *entry) uint32 {
	n := overhead + len(k.want) + len(k.of)
	for _, b := range e.packed {
		n += len(b)
	}
	return uint32(n)
}

// Ledger tells which tiles the last steps dirtied.
func (c *Cache) Ledger() *Ledger { return c.ledger }

// Get answers a request from a view. Requests for the same tile at the same time share the
// work; each waits no longer than its own ctx and then fails as [geo.Unavailable] with the
// cause of ctx, while the work goes on for the others. Bytes are compressed only when the
// client does not know their ETag.
func (c *Cache) Get(ctx context.Context, s *index.Snapshot, r Request) (Tile, error) {
	q := c.ask(s, r)
	d := drawn{entry: c.find(q)}
	if d.entry == nil {
		c.counts.misses.Add(1)
		var err error
		if d, err = c.fly(ctx, q, "render", c.render); err != nil {
			return Tile{}, err
		}
	} else {
		c.counts.hits.Add(1)
	}
	if d.hash == "" {
		return Tile{Empty: true}, nil
	}
	t := Tile{ETag: d.etag(r.Encoding)}
	if r.Known != nil && r.Known(t.ETag) {
		return t, nil
	}
	var err error
	t.Bytes, err = c.bytes(ctx, q, d)
	return t, err
}

func (c *Cache) ask(s *index.Snapshot, r Request) *asked {
	c.ledger.Use(r.Frame)
	q := &asked{Request: r, view: s, key: key{want: r.Key() + "|" + s.Hidden(), tile: r.Tile}, page: c.ledger.now.Load()}
	if q.step = q.page.of(s); q.step == 0 {
		at, history := s.Position(), s.History()
		q.key.of = fmt.Sprintf("%d %x %x", at.Sequence, at.Change, history)
	}
	return q
}

// bytes are those of a tile that is not empty, in the form wanted. What is to be kept is
// compressed even when this client wants it plain.
func (c *Cache) bytes(ctx context.Context, q *asked, d drawn) ([]byte, error) {
	e := q.Encoding
	if e == Plain {
		if d.raw != nil && c.kept == nil {
			return d.raw, nil
		}
		e = d.some()
	}
	if d.packed[e] == nil {
		plain := d // pack may still run when this client has left and fly gave nothing
		pack := func(q *asked) (drawn, error) { return c.pack(q, plain, e) }
		var err error
		if d, err = c.fly(ctx, q, "pack "+e.String(), pack); err != nil {
			return nil, err
		}
	}
	switch {
	case q.Encoding != Plain:
		return d.packed[e], nil
	case d.raw != nil:
		return d.raw, nil
	}
	return unpack(e, d.packed[e])
}

// some is an encoding that the tile is kept in, gzip where there is none.
func (e *entry) some() Encoding {
	if e.packed[Gzip] == nil && e.packed[Zstd] != nil {
		return Zstd
	}
	return Gzip
}

// fly does a piece of work once for all who ask for it meanwhile.
func (c *Cache) fly(ctx context.Context, q *asked, work string, do func(*asked) (drawn, error)) (drawn, error) {
	p := q.view.Position()
	name := fmt.Sprintf("%s|%s|%s|%v|%d %x", work, q.key.want, q.key.of, q.Tile, p.Sequence, p.Change)
	done := c.flights.DoChan(name, func() (any, error) {
		c.slots <- struct{}{}
		defer func() { <-c.slots }()
		return do(q)
	})
	select {
	case <-ctx.Done():
		return drawn{}, geo.Errorf(geo.Unavailable, "the tile was not ready in time; ask again: %w", context.Cause(ctx))
	case result := <-done:
		if result.Err != nil {
			return drawn{}, result.Err
		}
		return result.Val.(drawn), nil
	}
}

// render draws the tile and keeps its hash, with the bytes kept before when they are the
// same.
func (c *Cache) render(q *asked) (drawn, error) {
	d := drawn{&entry{scope: q.scope(q.view.Hidden() != "")}, c.draw(q)}
	d.step.Store(q.step)
	if len(d.raw) > 0 {
		sum := sha256.Sum256(d.raw)
		d.hash = hex.EncodeToString(sum[:16])
	}
	if old := c.peek(q.key); old != nil && old.hash == d.hash {
		d.packed = old.packed
	}
	c.keep(q, d.entry)
	return d, nil
}

func (c *Cache) draw(q *asked) []byte {
	c.counts.renders.Add(1)
	return Render(q.view, &q.Want, q.Tile)
}

// pack compresses a tile and keeps it. Where only its hash was kept it is rendered again.
func (c *Cache) pack(q *asked, d drawn, e Encoding) (drawn, error) {
	var err error
	if d.raw == nil {
		if some := d.some(); d.packed[some] != nil {
			d.raw, err = unpack(some, d.packed[some])
		} else {
			d.raw = c.draw(q)
		}
		if err != nil {
			return drawn{}, err
		}
	}
	next := &entry{scope: d.scope, hash: d.hash, packed: d.packed}
	next.step.Store(d.step.Load())
	if next.packed[e], err = c.packer.pack(e, d.raw); err != nil {
		return drawn{}, err
	}
	c.keep(q, next)
	return drawn{next, d.raw}, nil
}

// peek is what is kept of a tile, of whatever step; nil when nothing.
func (c *Cache) peek(k key) *entry {
	if c.kept == nil {
		return nil
	}
	e, _ := c.kept.GetIfPresent(k)
	return e
}

// find is what is kept of a tile and holds for the view.
func (c *Cache) find(q *asked) *entry {
	e := c.peek(q.key)
	if e != nil && q.step != 0 && !c.holds(e, q.page, q.key.tile, q.step) {
		c.counts.dirtied.Add(1)
		return nil
	}
	return e
}

// holds tells whether the tile is that of the entry after a step too, and remembers it. An
// entry rendered after the page was turned is left aside.
func (c *Cache) holds(e *entry, p *page, t maptile.Tile, step uint64) bool {
	known := e.step.Load()
	if known == step {
		return true
	}
	if !p.same(e.scope, t, known, step) {
		return false
	}
	if known < step {
		e.step.CompareAndSwap(known, step)
	}
	return true
}

// keep keeps an entry, unless there is a newer one: somebody still looks at a view gone by.
func (c *Cache) keep(q *asked, e *entry) {
	if c.kept == nil {
		return
	}
	if old := c.peek(q.key); old == nil || old.step.Load() <= e.step.Load() {
		c.kept.Set(q.key, e)
	}
}

// etag is the strong ETag of the bytes in an encoding.
func (e *entry) etag(in Encoding) string {
	if in == Plain {
		return `"` + e.hash + `"`
	}
	return `"` + e.hash + `-` + in.String() + `"`
}
