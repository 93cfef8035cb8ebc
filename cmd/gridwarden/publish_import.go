package main

import (
	"context"
	"fmt"
	"runtime/debug"
	"time"

	"github.com/paulmach/orb"

	"gridwarden/geo"
	"gridwarden/geo/planning"
	"gridwarden/geo/postgis"
)

// heldPerVertex is the most memory, in bytes, that the areas of an import take for each
// vertex of theirs and of the base.
const heldPerVertex = 200

// leastHeld is what an import may take where there is room, however small it is, in bytes.
const leastHeld = 256 << 20

func vertices(base *geo.Base, inputs []geo.LayerInput) int {
	n := 0
	for _, a := range base.Areas {
		n += a.Shape.Vertices()
	}
	for _, in := range inputs {
		for _, a := range in.Areas {
			for _, part := range a.Parts {
				n += countPoints(part.Geometry)
			}
		}
	}
	return n
}

func countPoints(g orb.Geometry) int {
	n := 0
	switch g := g.(type) {
	case orb.LineString:
		return len(g)
	case orb.MultiLineString:
		for _, line := range g {
			n += len(line)
		}
	case orb.Polygon:
		for _, ring := range g {
			n += len(ring)
		}
	case orb.MultiPolygon:
		for _, polygon := range g {
			n += countPoints(polygon)
		}
	}
	return n
}

// publishImport plans the import, prints what it does, and publishes it.
func (c *call) publishImport(ctx context.Context, store *postgis.Store, inputs []geo.LayerInput, o planning.Options, dryRun bool) error {
	layers, err := store.Base(ctx)
	if err != nil {
		return err
	}
	base, err := store.Base(ctx, planning.Needed(layers.Layers, inputs)...)
	if err != nil {
		return err
	}
	n := vertices(base, inputs)
	needed := int64(n) * heldPerVertex
	if err := c.settings.bound.fits(needed, 0, counted(n, "vertex", "vertices")); err != nil {
		return err
	}
	most := max(leastHeld, needed)
	if bytes := c.settings.bound.bytes; bytes > 0 {
		most = min(most, bytes)
	}
	debug.SetGCPercent(50) // keeps the peak of a city under what is told
	debug.SetMemoryLimit(most)
	done := c.progress(fmt.Sprintf("checking the areas (%d vertices, at most %d MB)", n, most>>20))
	outcome, err := planning.Import(ctx, base, inputs, o)
	done()
	if outcome != nil {
		printOutcome(c.out, outcome)
	}
	switch {
	case err != nil:
		return err
	case outcome.Publication == nil:
		fmt.Fprintln(c.out, "nothing changed; no edition was made")
		return nil
	case dryRun:
		fmt.Fprintln(c.out, "dry run: nothing was written")
		return nil
	}
	done = c.progress("publishing")
	edition, position, err := store.Publish(ctx, outcome.Publication)
	done()
	if err != nil {
		return err
	}
	fmt.Fprintf(c.out, "published edition %d, effective from %s (sequence %d)\n",
		edition.Number, edition.EffectiveFrom.In(c.settings.zone).Format(time.RFC3339), position.Sequence)
	return nil
}
