package impact

import (
	"cmp"
	"context"
	"time"

	"gridwarden/geo"
	"gridwarden/geo/index"
	"gridwarden/geo/routing"
)

// What options are where nothing is said.
const (
	usualDays  = 90
	usualLimit = 100
)

// Of compares two views of one city. Without records nothing is told of reports and posts.
func Of(ctx context.Context, before, after *index.Snapshot, records Records, o Options) (*Impact, error) {
	o = o.complete()
	c := &comparison{
		ctx: ctx, before: before, after: after, records: records, options: o,
		engines: [2]*routing.Engine{routing.New(before, o.Routing), routing.New(after, o.Routing)},
		impact:  &Impact{Before: before.Edition().Number, After: after.Edition().Number, Since: o.Since, Until: o.Until},
	}
	c.pairs = pairsOf(before, after)
	for _, l := range after.Layers() {
		if pairs := c.pairs[l.Name]; len(pairs) > 0 {
			c.impact.Layers = append(c.impact.Layers, layerChange(l.Name, pairs, o.Recoded))
		}
	}
	return c.impact, ctx.Err()
}

func (o Options) complete() Options {
	o.Now = cmp.Or(o.Now, time.Now())
	o.Days = cmp.Or(o.Days, usualDays)
	o.Limit = cmp.Or(o.Limit, usualLimit)
	o.Since = cmp.Or(o.Since, o.Now.AddDate(0, 0, -o.Days))
	o.Until = cmp.Or(o.Until, o.Now)
	return o
}

// comparison is one Of under way.
type comparison struct {
	ctx           context.Context
	before, after *index.Snapshot
	records       Records
	options       Options
	engines       [2]*routing.Engine
	pairs         map[geo.LayerName][]pair
	impact        *Impact
}

// pairsOf are the changed areas of all layers of either view.
func pairsOf(before, after *index.Snapshot) map[geo.LayerName][]pair {
	all := map[geo.LayerName][]pair{}
	for _, view := range []*index.Snapshot{before, after} {
		for _, l := range view.Layers() {
			if _, done := all[l.Name]; !done {
				all[l.Name] = changed(before, after, l.Name)
			}
		}
	}
	return all
}
