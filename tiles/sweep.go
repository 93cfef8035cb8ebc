package tiles

import (
	"gridwarden/geo"
	"gridwarden/geo/index"
)

// How many steps are looked through at once for all that is kept, or how many bytes of them.
const (
	sweepSteps = 256
	sweepBytes = maxStepsBytes / 4
)

// Step tells the cache that the view took a step, see [index.Watcher]: before the view after
// is served, one step at a time.
func (c *Cache) Step(before, after *index.Snapshot, changes *geo.Changes) {
	page := c.ledger.add(before, after, changes)
	if c.kept != nil {
		c.sweep(page)
	}
}

// sweep looks at all that is kept now and then, so that what nobody asks for meanwhile is
// still known to hold when the steps since it was drawn are kept no longer.
func (c *Cache) sweep(p *page) {
	from := max(c.swept, p.first-1)
	steps, _ := p.after(from)
	bytes := 0
	for _, d := range steps {
		bytes += d.bytes()
	}
	if len(steps) < sweepSteps && bytes < sweepBytes {
		return
	}
	all := together(steps)
	for k, e := range c.kept.All() {
		known := e.step.Load()
		switch {
		case k.of != "" || known < from || known == p.last():
		case !all.touches(e.scope, k.tile):
			e.step.CompareAndSwap(known, p.last())
		default: // perhaps dirtied before it was drawn
			c.holds(e, p, k.tile, p.last())
		}
	}
	c.swept = p.last()
}

// Stats are what a cache did since it was made, and what it holds.
type Stats struct {
	Hits, Misses uint64 // requests answered from what is kept, and others
	Renders      uint64 // tiles drawn
	Dirtied      uint64 // misses on a tile that is kept and that a step dirtied since
	Entries      int    // tiles kept, empty ones too
	Bytes        int64  // that they take
	Limit        int64  // that they may take
}

// Stats counts.
func (c *Cache) Stats() Stats {
	s := Stats{
		Hits: c.counts.hits.Load(), Misses: c.counts.misses.Load(),
		Renders: c.counts.renders.Load(), Dirtied: c.counts.dirtied.Load(),
	}
	if c.kept != nil {
		s.Entries, s.Bytes, s.Limit = c.kept.EstimatedSize(), int64(c.kept.WeightedSize()), int64(c.kept.GetMaximum())
	}
	return s
}
