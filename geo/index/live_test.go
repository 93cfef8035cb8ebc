package index

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"testing"

	"gridwarden/geo"
	"gridwarden/geo/testsize"
)

func TestReadersAreNeverStoppedNorShownHalfAChange(t *testing.T) {
	t.Parallel()
	var live Live
	if live.Load().AssetCount() != 0 {
		t.Fatal("a live view starts empty")
	}
	steps := testsize.N(300, 3000)
	// Step n ends area and asset n and begins n+1: each view holds one of each, of one number.
	step := func(n int) *geo.Changes {
		c := &geo.Changes{From: position(n), To: position(n + 1)}
		if n == 0 {
			c.From = geo.Position{}
			c.Layers = []geo.Layer{{Name: "grids", Kind: geo.Coverage}}
		} else {
			c.AreasEnded, c.AssetsEnded = []geo.AreaID{geo.AreaID(n)}, []geo.AssetVersion{geo.AssetVersion(n)}
		}
		c.Areas = []*geo.Area{squareArea(n+1, "grids", fmt.Sprint(n+1), 0, 0, 10)}
		c.Assets = []geo.Asset{{Version: geo.AssetVersion(n + 1), ID: geo.AssetID(fmt.Sprint(n + 1)), Point: geo.Coord{X: 5, Y: 5}}}
		return c
	}
	var readers sync.WaitGroup
	done := make(chan struct{})
	for range 4 {
		readers.Go(func() {
			for {
				select {
				case <-done:
					return
				default:
				}
				s := live.Load()
				if s.Position() == (geo.Position{}) {
					continue
				}
				want := fmt.Sprint(s.Position().Sequence)
				hits := s.Locate(geo.Coord{X: 5, Y: 5}).Areas
				near := s.NearestAssets(geo.Coord{X: 5, Y: 5}, geo.CategoryKey{}, 1, 5)
				if len(hits) != 1 || string(hits[0].Area.Code) != want || len(near) != 1 || string(near[0].Asset.ID) != want {
					t.Errorf("view %s holds %v and %v", want, hits, near)
					return
				}
			}
		})
	}
	for n := range steps {
		next, err := live.Load().Apply(step(n))
		if err != nil {
			t.Fatal(err)
		}
		live.Store(next)
	}
	close(done)
	readers.Wait()
}

func TestTwoChangesMayBeTriedOnOneViewAtOnce(t *testing.T) {
	t.Parallel()
	m := newMesh(random(1), 6, 6, 9)
	s := view(t, m.chain(2))
	before := s.ContentHash()
	var both sync.WaitGroup
	for n := range 4 {
		both.Go(func() {
			for i := range 50 {
				id := 1000 + n*100 + i
				if _, err := s.Apply(&geo.Changes{From: position(1), To: position(2),
					AreasEnded: []geo.AreaID{geo.AreaID(1 + i%10)},
					Areas:      []*geo.Area{squareArea(id, "grids", fmt.Sprint(id), 0, 0, 4)},
					Assets:     []geo.Asset{{Version: geo.AssetVersion(id), ID: geo.AssetID(fmt.Sprint(id))}}}); err != nil {
					t.Error(err)
				}
			}
		})
	}
	both.Wait()
	if s.ContentHash() != before {
		t.Error("the view itself changed")
	}
}

func TestWhoeverWaitsForAChangeIsToldOfIt(t *testing.T) {
	t.Parallel()
	var live Live
	var waiters sync.WaitGroup
	const steps = 200
	for n := range 40 {
		want := geo.Sequence(1 + n*steps/40)
		waiters.Go(func() {
			s, err := live.Await(t.Context(), func(s *Snapshot) bool { return s.Position().Sequence >= want })
			if err != nil || s.Position().Sequence < want {
				t.Errorf("%v, want %d or later", err, want)
			}
		})
	}
	for n := range steps {
		next, err := live.Load().Apply(&geo.Changes{From: live.Load().Position(), To: position(n + 1)})
		if err != nil {
			t.Fatal(err)
		}
		live.Store(next)
	}
	waiters.Wait()
}

func TestWhoWaitsTooLongOrBehindTooManyIsSentHome(t *testing.T) {
	t.Parallel()
	var live Live
	never := func(*Snapshot) bool { return false }
	ctx, leave := context.WithCancel(t.Context())
	var waiters sync.WaitGroup
	for range maxWaiters {
		waiters.Go(func() {
			if _, err := live.Await(ctx, never); !errors.Is(err, context.Canceled) {
				t.Error(err)
			}
		})
	}
	for waiting := 0; waiting < maxWaiters; runtime.Gosched() {
		live.mu.Lock()
		waiting = live.waiters
		live.mu.Unlock()
	}
	if _, err := live.Await(ctx, never); geo.KindOf(err) != geo.Unavailable {
		t.Errorf("one more than may wait: %v", err)
	}
	if _, err := live.Await(ctx, func(*Snapshot) bool { return true }); err != nil {
		t.Errorf("who need not wait is refused: %v", err)
	}
	leave()
	waiters.Wait()
	if live.waiters != 0 {
		t.Errorf("%d places are lost", live.waiters)
	}
}

// BenchmarkStoreWithAThousandWaiting is what a change costs while everybody waits for a
// later one.
func BenchmarkStoreWithAThousandWaiting(b *testing.B) {
	for _, n := range []int{0, maxWaiters} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			var live Live
			ctx, leave := context.WithCancel(b.Context())
			var waiters sync.WaitGroup
			var asked atomic.Int64
			for range n {
				waiters.Go(func() {
					_, _ = live.Await(ctx, func(*Snapshot) bool { asked.Add(1); return false })
				})
			}
			for asked.Load() < 2*int64(n) {
				runtime.Gosched()
			}
			s := Empty()
			for b.Loop() {
				was := asked.Load()
				live.Store(s)
				for asked.Load() < was+int64(n) {
					runtime.Gosched()
				}
			}
			leave()
			waiters.Wait()
		})
	}
}

// TestWhoWatchesIsToldBeforeAnyoneSeesTheNewView, of each step once, with what changed; a view
// packed anew is no step.
func TestWhoWatchesIsToldBeforeAnyoneSeesTheNewView(t *testing.T) {
	t.Parallel()
	var live Live
	type step struct {
		from, to, seen geo.Sequence
		changes        *geo.Changes
	}
	var told []step
	watch := func(before, after *Snapshot, c *geo.Changes) {
		told = append(told, step{before.Position().Sequence, after.Position().Sequence, live.Load().Position().Sequence, c})
	}
	change := &geo.Changes{To: position(1), Assets: []geo.Asset{{Version: 1, ID: "1"}}}
	first, err := Empty().Apply(change)
	if err != nil {
		t.Fatal(err)
	}
	live.Watch(watch)
	live.Step(first, change)
	packed, err := first.Repacked()
	if err != nil {
		t.Fatal(err)
	}
	live.Store(packed)
	other := view(t, &geo.Changes{To: position(7)})
	live.Store(other)
	live.Watch(watch)
	want := []step{{0, 1, 0, change}, {1, 7, 1, nil}, {0, 7, 7, nil}}
	if !slices.Equal(told, want) {
		t.Errorf("told %v, want %v", told, want)
	}
}
