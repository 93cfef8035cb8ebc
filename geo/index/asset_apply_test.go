package index

import (
	"runtime"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"gridwarden/geo"
	"gridwarden/geo/testsize"
)

// moved is a change that moves assets, a range of all.
func moved(at int, all []geo.Asset, version *geo.AssetVersion) *geo.Changes {
	c := &geo.Changes{From: position(at), To: position(at + 1)}
	for i := range all {
		c.AssetsEnded = append(c.AssetsEnded, all[i].Version)
		*version++
		all[i].Version = *version
		all[i].Point.X++
	}
	c.Assets = slices.Clone(all)
	return c
}

// One view after another is shown, packed again now and then: only the last may stay in
// memory, or a server would grow with every edit.
func TestOldViewsAreFreed(t *testing.T) {
	t.Parallel()
	all := benchAssets(testsize.N(5000, 50_000))
	version := geo.AssetVersion(len(all))
	s := view(t, &geo.Changes{To: position(1), Assets: all})
	var made, freed atomic.Int64
	watch := func(s *Snapshot) {
		made.Add(3)
		count := func(int) { freed.Add(1) }
		runtime.AddCleanup(s, count, 0)
		runtime.AddCleanup(s.assets, count, 0)
		runtime.AddCleanup(s.assets.boxes, count, 0)
	}
	for at := 1; at < 60; at++ {
		next, err := s.Apply(moved(at, all[at*50:at*50+50], &version))
		if err != nil {
			t.Fatal(err)
		}
		if s = next; s.Unpacked() {
			if s, err = s.Repacked(); err != nil {
				t.Fatal(err)
			}
		}
		watch(s)
	}
	for range 100 {
		if runtime.GC(); freed.Load() == made.Load()-3 {
			break
		}
		time.Sleep(10 * time.Millisecond)
	}
	if got, want := freed.Load(), made.Load()-3; got != want {
		t.Errorf("%d of %d parts of old views are freed", got, want)
	}
	runtime.KeepAlive(s)
}

// While a view is packed again others follow on the old one; their changes then follow on
// the packed one.
func TestChangesThatComeWhilePackingAreNotLost(t *testing.T) {
	t.Parallel()
	all := benchAssets(20_000)
	version := geo.AssetVersion(len(all))
	s := view(t, &geo.Changes{To: position(1), Assets: all})
	s, err := s.Apply(moved(1, all[:3000], &version))
	if err != nil || !s.Unpacked() {
		t.Fatal("nothing is to be packed: ", err)
	}
	packed, err := s.Repacked()
	if err != nil || packed.Unpacked() || packed.Position() != s.Position() {
		t.Fatalf("packing: %v", err)
	}
	c := moved(2, all[2000:5000], &version)
	after, err := s.Apply(c)
	if err != nil {
		t.Fatal(err)
	}
	if packed, err = packed.Apply(c); err != nil || packed.ContentHash() != after.ContentHash() {
		t.Errorf("the packed view shows something else: %v", err)
	}
}

// BenchmarkApplyMany moves 100,000 assets of a city with one change, and packs them again.
func BenchmarkApplyMany(b *testing.B) {
	n := benchAssetCount()
	s, all, _ := strewn(b, n)
	const many = 100_000
	r := random(5)
	r.Shuffle(n, func(i, k int) { all[i], all[k] = all[k], all[i] })
	version := geo.AssetVersion(n)
	c := moved(1, all[:many], &version)
	var next *Snapshot
	b.Run("apply", func(b *testing.B) {
		for b.Loop() {
			var err error
			if next, err = s.Apply(c); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("repack", func(b *testing.B) {
		for b.Loop() {
			if _, err := next.Repacked(); err != nil {
				b.Fatal(err)
			}
		}
	})
}
