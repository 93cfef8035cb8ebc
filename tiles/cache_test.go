package tiles_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"runtime"
	"strings"
	"sync"
	"testing"

	"github.com/klauspost/compress/zstd"
	"github.com/paulmach/orb/maptile"

	"gridwarden/geo"
	"gridwarden/geo/index"
	"gridwarden/tiles"
)

func gunzip(t testing.TB, packed []byte) []byte { return unpacked(t, tiles.Gzip, packed) }

// unpacked are the bytes that a client reads.
func unpacked(t testing.TB, in tiles.Encoding, packed []byte) []byte {
	t.Helper()
	switch in {
	case tiles.Plain:
		return packed
	case tiles.Zstd:
		r, err := zstd.NewReader(nil)
		if err != nil {
			t.Fatal(err)
		}
		defer r.Close()
		raw, err := r.DecodeAll(packed, nil)
		if err != nil {
			t.Fatal(err)
		}
		return raw
	}
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
			for _, packed := range []tiles.Encoding{tiles.Plain, tiles.Gzip, tiles.Zstd} {
				got, err := c.Get(t.Context(), s, tiles.Request{Want: tiles.Want{Layers: layers}, Tile: tile, Encoding: packed})
				if err != nil {
					t.Fatal(err)
				}
				raw := unpacked(t, packed, got.Bytes)
				if !bytes.Equal(raw, want) || got.Empty {
					t.Errorf("size %d, round %d, encoding %q: %d bytes, not the %d drawn", size, round, packed, len(raw), len(want))
				}
				if !strings.HasPrefix(got.ETag, `"`) || !strings.HasSuffix(got.ETag, `"`) {
					t.Errorf("the ETag %s is not a strong one", got.ETag)
				}
				tags[got.ETag] = true
			}
		}
		if len(tags) != 3 {
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
	packed := tiles.Request{Want: tiles.Want{Layers: layers}, Tile: tile, Encoding: tiles.Gzip}
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

// edited is a view with one more asset far away from the first, the change that leads there,
// and the tile where it stands.
func edited(t testing.TB, s *index.Snapshot, number int) (*index.Snapshot, *geo.Changes, maptile.Tile) {
	t.Helper()
	far := geo.Coord{X: -700_000_000, Y: 400_000_000}
	at := s.Position().Sequence + 1
	c := &geo.Changes{
		From: s.Position(), To: geo.Position{Sequence: at, Change: geo.ChangeID{byte(at), byte(at >> 8)}}, History: s.History(),
		Assets: []geo.Asset{{Version: geo.AssetVersion(5000 + number), ID: geo.AssetID(fmt.Sprint("new", number)), Category: manhole, Point: far}},
	}
	if number > 1 {
		c.AssetsEnded = []geo.AssetVersion{geo.AssetVersion(5000 + number - 1)}
	}
	return after(t, s, c), c, maptile.At([2]float64{far.Lon(), far.Lat()}, 14)
}

// TestAChangeShowsAtOnceAndOnlyWhereItIs: a tile is never served from an older view, and
// one that no step touched is neither drawn nor packed again, nor sent to who has it.
func TestAChangeShowsAtOnceAndOnlyWhereItIs(t *testing.T) {
	t.Parallel()
	s, layers, tile := mixed(t, nil)
	later, change, there := edited(t, s, 1)
	c := tiles.NewCache(1 << 20)
	c.Step(index.Empty(), s, nil)
	here, away := tiles.Request{Want: tiles.Want{Layers: layers}, Tile: tile, Encoding: tiles.Gzip}, tiles.Request{Want: tiles.Want{Layers: layers}, Tile: there, Encoding: tiles.Gzip}
	before := ask(t, c, s, here, "")
	if got := ask(t, c, s, away, ""); !got.Empty || got.ETag != "" || got.Bytes != nil {
		t.Errorf("the empty tile is %v", got)
	}
	c.Step(s, later, change)
	renders := c.Stats().Renders
	for range 2 {
		if got := ask(t, c, later, here, ""); got.ETag != before.ETag || &got.Bytes[0] != &before.Bytes[0] {
			t.Error("an untouched tile was made anew")
		}
		if got := ask(t, c, later, here, before.ETag); got.Bytes != nil || got.ETag != before.ETag {
			t.Error("an untouched tile is sent to who has it")
		}
	}
	if n := c.Stats().Renders; n != renders {
		t.Errorf("%d tiles were drawn for an edit elsewhere", n-renders)
	}
	for range 2 {
		if got := ask(t, c, later, away, ""); got.Empty || got.Bytes == nil {
			t.Error("the new asset does not show")
		}
		if got := ask(t, c, s, away, ""); !got.Empty {
			t.Error("the new asset shows in the old view")
		}
	}
	if got := c.Stats(); got.Dirtied == 0 || got.Hits < 4 || got.Entries == 0 {
		t.Errorf("counted %+v", got)
	}
}

// TestADrawingOfAnOldViewThatEndsLateIsNotTheNewOne: what takes longer than a change takes
// to come must not stay for what came.
func TestADrawingOfAnOldViewThatEndsLateIsNotTheNewOne(t *testing.T) {
	t.Parallel()
	s, layers, _ := mixed(t, nil)
	later, change, there := edited(t, s, 1)
	c := tiles.NewCache(1 << 20)
	c.Step(index.Empty(), s, nil)
	r := tiles.Request{Want: tiles.Want{Layers: layers}, Tile: there, Encoding: tiles.Gzip}
	release := c.Hold()
	var late sync.WaitGroup
	late.Go(func() {
		if got, err := c.Get(t.Context(), s, r); err != nil || !got.Empty {
			t.Errorf("the old view shows %v %v", got, err)
		}
	})
	for c.Stats().Misses == 0 {
		runtime.Gosched()
	}
	c.Step(s, later, change)
	release()
	late.Wait()
	if got := ask(t, c, later, r, ""); got.Empty {
		t.Error("the drawing of the old view is served for the new one")
	}
}

// TestATileSurvivesMoreChangesElsewhereThanAreKept, and who was never told of a change is
// not served what it may have touched.
func TestATileSurvivesMoreChangesElsewhereThanAreKept(t *testing.T) {
	t.Parallel()
	s, layers, tile := mixed(t, nil)
	c := tiles.NewCache(1 << 20)
	c.Step(index.Empty(), s, nil)
	here := tiles.Request{Want: tiles.Want{Layers: layers}, Tile: tile, Encoding: tiles.Gzip}
	before := ask(t, c, s, here, "")
	c.Ledger().Use(tiles.GCJ02)
	for n := range tiles.MaxSteps + tiles.MaxSteps/8 {
		next, change, _ := edited(t, s, n+1)
		c.Step(s, next, change)
		s = next
	}
	renders := c.Stats().Renders
	if got := ask(t, c, s, here, ""); got.ETag != before.ETag || c.Stats().Renders != renders {
		t.Error("changes elsewhere cost the tile")
	}
	if steps, bytes := c.Ledger().Kept(); steps > tiles.MaxSteps || bytes > tiles.MaxStepsBytes {
		t.Errorf("%d steps of %d bytes are kept", steps, bytes)
	}
	c.Step(s, index.Empty(), nil)
	c.Step(index.Empty(), s, nil)
	if ask(t, c, s, here, ""); c.Stats().Renders != renders+1 {
		t.Error("a view loaded anew is answered with tiles of the one before")
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
			if answers[i], err = c.Get(t.Context(), s, tiles.Request{Want: tiles.Want{Layers: layers}, Tile: tile, Encoding: tiles.Gzip}); err != nil {
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
		ask(t, c, s, tiles.Request{Want: tiles.Want{Layers: layers}, Tile: maptile.New(tile.X<<4+i%16, tile.Y<<4+i/16, tile.Z+4), Encoding: tiles.Gzip}, "")
	}
	if w := c.Weight(); w > size || w == 0 {
		t.Errorf("%d bytes are kept, %d allowed", w, size)
	}
}

// TestWhoLeavesWhileATileIsPackedHarmsNobody: the packing goes on for the others.
func TestWhoLeavesWhileATileIsPackedHarmsNobody(t *testing.T) {
	t.Parallel()
	s, layers, tile := mixed(t, nil)
	r := tiles.Request{Want: tiles.Want{Layers: layers}, Tile: tile, Encoding: tiles.Gzip}
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
