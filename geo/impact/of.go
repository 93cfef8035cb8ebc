package impact

import (
	"cmp"
	"context"
	"slices"
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
// Assets are those of the view after.
func Of(ctx context.Context, before, after *index.Snapshot, records Records, o Options) (*Impact, error) {
	o = o.complete()
	c := &comparison{
		ctx: ctx, before: before, after: after, records: records, options: o, date: geo.DateOf(o.Now, o.Routing.Zone),
		engines: [2]*routing.Engine{routing.New(before, o.Routing), routing.New(after, o.Routing)},
		impact:  &Impact{Before: before.Edition().Number, After: after.Edition().Number, Since: o.Since, Until: o.Until},
	}
	c.look()
	for _, step := range []func() error{c.assets, c.reports, c.uncovered, c.workload, c.retired} {
		if err := step(); err != nil {
			return nil, err
		}
	}
	return c.impact, ctx.Err()
}

func (o Options) complete() Options {
	o.Now = cmp.Or(o.Now, time.Now())
	o.Days = cmp.Or(o.Days, usualDays)
	o.Limit = cmp.Or(o.Limit, usualLimit)
	o.Since = cmp.Or(o.Since, o.Now.AddDate(0, 0, -o.Days))
	o.Routing.Zone = cmp.Or(o.Routing.Zone, time.UTC)
	return o
}

// comparison is one Of under way.
type comparison struct {
	ctx           context.Context
	before, after *index.Snapshot
	records       Records
	options       Options
	date          geo.Date
	engines       [2]*routing.Engine
	pairs         map[geo.LayerName][]pair
	coverages     []geo.LayerName // of either view
	ground        *ground
	boxes         []geo.Box // of the ground
	impact        *Impact
}

// look finds what changed and where.
func (c *comparison) look() {
	c.pairs = pairsOf(c.before, c.after)
	c.ground = groundOf(c.ctx, c.before, c.after, c.pairs)
	c.boxes = c.ground.boxes()
	for _, view := range []*index.Snapshot{c.after, c.before} {
		for _, l := range view.Layers() {
			if l.Kind == geo.Coverage && !slices.Contains(c.coverages, l.Name) {
				c.coverages = append(c.coverages, l.Name)
			}
		}
	}
	for _, layer := range bothLayers(c.after, c.before) {
		if pairs := c.pairs[layer]; len(pairs) > 0 {
			c.impact.Layers = append(c.impact.Layers, layerChange(layer, pairs, c.options.Recoded))
		}
	}
}

// bothLayers are the layers of two views, in the order of the first.
func bothLayers(views ...*index.Snapshot) []geo.LayerName {
	var layers []geo.LayerName
	for _, view := range views {
		for _, l := range view.Layers() {
			if !slices.Contains(layers, l.Name) {
				layers = append(layers, l.Name)
			}
		}
	}
	return layers
}

// pairsOf are the changed areas of all layers of either view.
func pairsOf(before, after *index.Snapshot) map[geo.LayerName][]pair {
	all := map[geo.LayerName][]pair{}
	for _, layer := range bothLayers(before, after) {
		all[layer] = changed(before, after, layer)
	}
	return all
}
