package main

import (
	"context"
	"fmt"
	"log/slog"
	"runtime"
	"runtime/metrics"
	"time"

	"gridwarden/geo"
	"gridwarden/geo/index"
	"gridwarden/geo/postgis"
)

// memory is what this process may take. Loading asks it first, so that a city that does
// not fit is refused with its numbers instead of ending the process half way.
type memory struct {
	bound
	tiles int64 // what the cache of tiles may grow to
	log   *slog.Logger
}

func (c *call) memory(tiles int64) *memory {
	return &memory{bound: c.settings.bound, tiles: tiles, log: c.settings.logger(c.err)}
}

// load makes the view of everything the database holds, telling what it will take and what
// it took. What is held already counts too: a view that is served goes on being served
// while another is made beside it, and where there is no room for both, the old one stays.
// An answer that is old and says so beats none; a server that starts anew needs room for
// one view only.
func (m *memory) load(ctx context.Context, store *postgis.Store) (*index.Snapshot, error) {
	size, err := store.Size(ctx)
	if err != nil {
		return nil, err
	}
	if err := m.admit(size); err != nil {
		return nil, err
	}
	started := time.Now()
	built := index.NewBuilder()
	changes, err := store.Load(ctx, built.Asset)
	if err != nil {
		return nil, err
	}
	view, err := built.View(changes)
	if err != nil {
		return nil, err
	}
	m.tell(view, time.Since(started))
	return view, nil
}

// admit tells what a view of a size will take, and refuses one for which there is no room
// beside what is held. Tiles count with all they may grow to, until more than that is held.
func (m *memory) admit(size geo.Size) error {
	expected, held := index.Estimate(size), max(live(), m.tiles)
	needed := 2 * expected // while it is made
	m.log.Info("loading", "areas", size.Areas, "vertices", size.Vertices, "assets", size.Assets,
		"expected", megabytes(expected), "while loading", megabytes(needed), "beside", megabytes(held), "memory", m.bound)
	return m.fits(needed, held, fmt.Sprintf("while they are loaded %d areas of %d vertices and %d assets", size.Areas, size.Vertices, size.Assets))
}

// live is what the heap holds, without garbage. Looking through all of it is cheap at the
// start, and beside the loading of another view.
func live() int64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// tell says what a view took, and the whole process with what loading left behind.
func (m *memory) tell(view *index.Snapshot, took time.Duration) {
	m.log.Info("loaded", "sequence", view.Position().Sequence, "edition", view.Edition().Number, "layers", len(view.Layers()),
		"assets", view.AssetCount(), "view", megabytes(view.Bytes()), "process", megabytes(used()), "took", took.Round(time.Millisecond))
}

func megabytes(n int64) string { return fmt.Sprintf("%d MB", (n+1<<20-1)>>20) }

// used is what the process has of the machine's memory, garbage included.
func used() int64 {
	sample := []metrics.Sample{{Name: "/memory/classes/total:bytes"}, {Name: "/memory/classes/heap/released:bytes"}}
	metrics.Read(sample)
	return int64(sample[0].Value.Uint64() - sample[1].Value.Uint64())
}
