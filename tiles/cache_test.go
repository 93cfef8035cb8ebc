package tiles_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"io"
	"strings"
	"sync"
	"testing"

	"github.com/paulmach/orb/maptile"

	"gridwarden/geo"
	"gridwarden/geo/index"
	"gridwarden/tiles"
)

func gunzip(t testing.TB, packed []byte) []byte {
	t.Helper()
	r, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		t.Fatal(err)
	}
	raw, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// TestTheCacheGivesWhatRenderDraws, plain and compressed, cold and warm, kept or not.
func TestTheCacheGivesWhatRenderDraws(t *testing.T) {
	t.Parallel()
	s, layers, tile := mixed(t, nil)
	want := tiles.Render(s, &tiles.Want{Layers: layers}, tile)
	for _, size := range []int64{0, 1, 1 << 20} {
		c := tiles.NewCache(size)
		tags := map[string]bool{}
		for round := range 3 {
			for _, packed := range []bool{false, true} {
				got, err := c.Get(t.Context(), s, tiles.Request{Want: tiles.Want{Layers: layers}, Tile: tile, Gzip: packed})
				if err != nil {
					t.Fatal(err)
				}
				raw := got.Bytes
				if packed {
					raw = gunzip(t, raw)
				}
				if !bytes.Equal(raw, want) || got.Empty {
					t.Errorf("size %d, round %d, gzip %v: %d bytes, not the %d drawn", size, round, packed, len(raw), len(want))
				}
				if !strings.HasPrefix(got.ETag, `"`) || !strings.HasSuffix(got.ETag, `"`) {
					t.Errorf("the ETag %s is not a strong one", got.ETag)
				}
				tags[got.ETag] = true
			}
		}
		if len(tags) != 2 {
			t.Errorf("size %d: ETags %v, not one for each encoding", size, tags)
		}
	}
}

// ask is a request of a client that knows one ETag.
func ask(t testing.TB, c *tiles.Cache, s *index.Snapshot, r tiles.Request, known string) tiles.Tile {
	t.Helper()
	r.Known = func(etag string) bool { return etag == known }
	got, err := c.Get(t.Context(), s, r)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

// TestAKnownTileIsNotSentAgain, nor one of the other encoding taken for it; and where only
// its hash was needed, the next client still gets the bytes.
func TestAKnownTileIsNotSentAgain(t *testing.T) {
	t.Parallel()
	s, layers, tile := mixed(t, nil)
	plain := tiles.Request{Want: tiles.Want{Layers: layers}, Tile: tile}
	packed := tiles.Request{Want: tiles.Want{Layers: layers}, Tile: tile, Gzip: true}
	etag := ask(t, tiles.NewCache(0), s, packed, "").ETag
	for _, size := range []int64{0, 1 << 20} {
		c := tiles.NewCache(size)
		for range 2 {
			if got := ask(t, c, s, packed, etag); got.Bytes != nil || got.ETag != etag || got.Empty {
				t.Errorf("size %d: a known tile comes as %d bytes, ETag %s", size, len(got.Bytes), got.ETag)
			}
		}
		if got := ask(t, c, s, plain, etag); got.Bytes == nil {
			t.Errorf("size %d: the compressed bytes pass for the plain ones", size)
		}
		if got := ask(t, c, s, packed, `"another"`); !bytes.Equal(gunzip(t, got.Bytes), tiles.Render(s, &tiles.Want{Layers: layers}, tile)) {
			t.Errorf("size %d: a client with old bytes gets %d new ones", size, len(got.Bytes))
		}
	}
}

// TestAChangeShowsAtOnceAndOnlyWhereItIs: a tile is never served from an older view, and
// one that did not change keeps its ETag and its very bytes.
func TestAChangeShowsAtOnceAndOnlyWhereItIs(t *testing.T) {
	t.Parallel()
	s, layers, tile := mixed(t, nil)
	far := geo.Coord{X: -700_000_000, Y: 400_000_000}
	there := maptile.At([2]float64{far.Lon(), far.Lat()}, 14)
	later, err := s.Apply(&geo.Changes{
		From: s.Position(), To: geo.Position{Sequence: 2, Change: geo.ChangeID{2}}, History: s.History(),
		Assets: []geo.Asset{{Version: 5000, ID: "new", Category: manhole, Point: far}},
	})
	if err != nil {
		t.Fatal(err)
	}
	c := tiles.NewCache(1 << 20)
	here, away := tiles.Request{Want: tiles.Want{Layers: layers}, Tile: tile, Gzip: true}, tiles.Request{Want: tiles.Want{Layers: layers}, Tile: there, Gzip: true}
	before := ask(t, c, s, here, "")
	if got := ask(t, c, s, away, ""); !got.Empty || got.ETag != "" || got.Bytes != nil {
		t.Errorf("the empty tile is %v", got)
	}
	for range 2 {
		if got := ask(t, c, later, away, ""); got.Empty || got.Bytes == nil {
			t.Error("the new asset does not show")
		}
		if got := ask(t, c, later, here, ""); got.ETag != before.ETag || &got.Bytes[0] != &before.Bytes[0] {
			t.Error("an untouched tile was made anew")
		}
	}
}

// TestACrowdWaitsForOneDrawing, each no longer than it wants to.
func TestACrowdWaitsForOneDrawing(t *testing.T) {
	t.Parallel()
	s, layers, tile := mixed(t, nil)
	c := tiles.NewCache(1 << 20)
	release := c.Hold()
	hasty, leave := context.WithCancelCause(t.Context())
	gone := errors.New("the client left")
	leave(gone)
	if _, err := c.Get(hasty, s, tiles.Request{Want: tiles.Want{Layers: layers}, Tile: tile}); geo.KindOf(err) != geo.Unavailable || !errors.Is(err, gone) {
		t.Errorf("who does not wait gets %v", err)
	}
	var crowd sync.WaitGroup
	answers := make([]tiles.Tile, 20)
	for i := range answers {
		crowd.Go(func() {
			var err error
			if answers[i], err = c.Get(t.Context(), s, tiles.Request{Want: tiles.Want{Layers: layers}, Tile: tile, Gzip: true}); err != nil {
				t.Error(err)
			}
		})
	}
	release()
	crowd.Wait()
	for _, a := range answers {
		if !bytes.Equal(a.Bytes, answers[0].Bytes) || len(a.Bytes) == 0 {
			t.Fatal("the crowd got different bytes")
		}
	}
}

// TestTheCacheStaysWithinItsBytes, empty tiles counted too.
func TestTheCacheStaysWithinItsBytes(t *testing.T) {
	t.Parallel()
	s, layers, tile := mixed(t, nil)
	const size = 20_000
	c := tiles.NewCache(size)
	for i := range uint32(500) {
		ask(t, c, s, tiles.Request{Want: tiles.Want{Layers: layers}, Tile: maptile.New(tile.X<<4+i%16, tile.Y<<4+i/16, tile.Z+4), Gzip: true}, "")
	}
	if w := c.Weight(); w > size || w == 0 {
		t.Errorf("%d bytes are kept, %d allowed", w, size)
	}
}

// TestWhoLeavesWhileATileIsPackedHarmsNobody: the packing goes on for the others.
func TestWhoLeavesWhileATileIsPackedHarmsNobody(t *testing.T) {
	t.Parallel()
	s, layers, tile := mixed(t, nil)
	r := tiles.Request{Want: tiles.Want{Layers: layers}, Tile: tile, Gzip: true}
	etag := ask(t, tiles.NewCache(0), s, r, "").ETag
	c := tiles.NewCache(1 << 20)
	ask(t, c, s, r, etag) // the hash alone is kept
	release := c.Hold()
	hasty, leave := context.WithCancel(t.Context())
	leave()
	if _, err := c.Get(hasty, s, r); !errors.Is(err, context.Canceled) {
		t.Errorf("who does not wait gets %v", err)
	}
	release()
	if got := ask(t, c, s, r, ""); !bytes.Equal(gunzip(t, got.Bytes), tiles.Render(s, &tiles.Want{Layers: layers}, tile)) {
		t.Error("who waits gets something else")
	}
}
