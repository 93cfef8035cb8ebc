package impact

import (
	"maps"
	"math"
	"slices"
	"time"

	"gridwarden/geo"
	"gridwarden/geo/index"
)

// workload counts the work in each area of the duty chain's lowest layer that changed, and
// in those above them.
func (c *comparison) workload() error {
	chain := c.engines[1].Chain()
	chain = chain[:min(len(chain), 2)]
	if len(chain) == 0 || len(c.pairs[chain[0]]) == 0 {
		return nil
	}
	loads := []*loads{newLoads(chain[0])}
	var boxes []geo.Box
	for _, p := range c.pairs[chain[0]] {
		loads[0].add(p)
		boxes = append(boxes, p.box())
	}
	if len(chain) == 2 {
		up := newLoads(chain[1])
		for _, p := range c.pairs[chain[0]] {
			boxes = append(boxes, up.addAbove(c.before, c.after, p.was), up.addAbove(c.before, c.after, p.is))
		}
		loads = append(loads, up)
	}
	if err := c.countLoads(chain, loads, fewer(boxes)); err != nil {
		return err
	}
	c.impact.Grids = loads[0].workload()
	if len(chain) == 2 {
		c.impact.Parents = loads[1].workload()
	}
	return nil
}

// countLoads counts the assets and reports in the boxes for the areas they are in.
func (c *comparison) countLoads(chain []geo.LayerName, loads []*loads, boxes []geo.Box) error {
	err := c.eachAsset(boxes, func() (func([]geo.Asset), func()) {
		finders := c.findersOf(chain...)
		var points []geo.Coord
		var areas [2][]*geo.Area
		counts := make([]map[geo.AreaCode]*[2]int, len(chain))
		for k := range counts {
			counts[k] = map[geo.AreaCode]*[2]int{}
		}
		look := func(some []geo.Asset) {
			points = points[:0]
			for i := range some {
				points = append(points, some[i].Point)
			}
			for side, f := range finders {
				areas[side] = slices.Grow(areas[side][:0], len(points)*len(chain))[:len(points)*len(chain)]
				f.All(points, areas[side])
				for i, a := range areas[side] {
					if a != nil && loads[i%len(chain)].of[a.Code] != nil {
						countOf(counts[i%len(chain)], a.Code)[side]++
					}
				}
			}
		}
		return look, func() {
			for k, of := range counts {
				for code, n := range of {
					load := loads[k].of[code]
					load.Before.Assets += n[0]
					load.After.Assets += n[1]
				}
			}
		}
	})
	if err != nil {
		return err
	}
	finders, areas := c.findersOf(chain...), make([]*geo.Area, len(chain))
	return c.eachReport(boxes, func(at geo.Coord, open, recent bool) {
		for side, f := range finders {
			f.At(at, areas)
			for k, a := range areas {
				if a == nil || loads[k].of[a.Code] == nil {
					continue
				}
				load := loads[k].of[a.Code].side(side)
				load.Open += one(open)
				load.Recent += one(recent)
			}
		}
	})
}

func countOf(counts map[geo.AreaCode]*[2]int, code geo.AreaCode) *[2]int {
	n := counts[code]
	if n == nil {
		n = &[2]int{}
		counts[code] = n
	}
	return n
}

func one(is bool) int {
	if is {
		return 1
	}
	return 0
}

// findersOf ask both views.
func (c *comparison) findersOf(layers ...geo.LayerName) [2]*index.Finder {
	return [2]*index.Finder{c.before.Finder(layers...), c.after.Finder(layers...)}
}

// eachReport tells where the reports in some boxes are that are open or recent.
func (c *comparison) eachReport(boxes []geo.Box, each func(at geo.Coord, open, recent bool)) error {
	if c.records == nil || len(boxes) == 0 {
		return nil
	}
	return c.records.ReportPlacesWithin(c.ctx, boxes, c.options.Since, func(at geo.Coord, reported time.Time, open bool) error {
		each(at, open, c.isRecent(reported))
		return c.ctx.Err()
	})
}

// loads are the areas of a layer whose work is counted.
type loads struct {
	layer geo.LayerName
	of    map[geo.AreaCode]*AreaLoad
}

func newLoads(layer geo.LayerName) *loads {
	return &loads{layer, map[geo.AreaCode]*AreaLoad{}}
}

func (l *loads) at(code geo.AreaCode) *AreaLoad {
	load := l.of[code]
	if load == nil {
		load = &AreaLoad{Code: code}
		l.of[code] = load
	}
	return load
}

func (l *loads) add(p pair) {
	if p.was != nil {
		l.at(p.was.Code).WasThere = true
	}
	if p.is != nil {
		l.at(p.is.Code).IsThere = true
	}
}

// addAbove adds the area above one, which may be there before, after or both, and gives the
// box round it.
func (l *loads) addAbove(before, after *index.Snapshot, a *geo.Area) geo.Box {
	box := geo.EmptyBox()
	if a == nil {
		return box
	}
	if up := before.Area(l.layer, a.Parent); up != nil {
		l.at(up.Code).WasThere = true
		box = box.Union(up.Shape.Box())
	}
	if up := after.Area(l.layer, a.Parent); up != nil {
		l.at(up.Code).IsThere = true
		box = box.Union(up.Shape.Box())
	}
	return box
}

func (a *AreaLoad) side(k int) *Load {
	if k == 0 {
		return &a.Before
	}
	return &a.After
}

// workload sums up, by code.
func (l *loads) workload() Workload {
	w := Workload{Layer: l.layer}
	var before, after []Load
	for _, code := range slices.Sorted(maps.Keys(l.of)) {
		a := l.of[code]
		w.Areas = append(w.Areas, *a)
		if a.WasThere {
			before = append(before, a.Before)
		}
		if a.IsThere {
			after = append(after, a.After)
		}
	}
	w.Before, w.After = spreadOf(before), spreadOf(after)
	return w
}

func spreadOf(all []Load) Spread {
	return Spread{
		Assets: rangeOf(all, func(l *Load) int { return l.Assets }),
		Open:   rangeOf(all, func(l *Load) int { return l.Open }),
		Recent: rangeOf(all, func(l *Load) int { return l.Recent }),
	}
}

func rangeOf(all []Load, of func(*Load) int) Range {
	r := Range{Count: len(all)}
	if len(all) == 0 {
		return r
	}
	r.Min, r.Max = math.MaxInt, math.MinInt
	sum, squares := 0.0, 0.0
	for i := range all {
		n := of(&all[i])
		r.Min, r.Max = min(r.Min, n), max(r.Max, n)
		sum += float64(n)
	}
	r.Mean = sum / float64(len(all))
	for i := range all {
		d := float64(of(&all[i])) - r.Mean
		squares += d * d
	}
	r.Deviation = math.Sqrt(squares / float64(len(all)))
	return r
}
