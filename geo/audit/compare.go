package audit

import (
	"cmp"
	"context"
	"runtime"
	"slices"
	"sync"

	"gridwarden/geo"
	"gridwarden/geo/index"
	"gridwarden/geo/routing"
)

// Comparison is what a change of rows, borders or departments changes for whom.
type Comparison struct {
	Before, After geo.Edition
	Changes       []Change // the most ground first
	Grounds       []Ground
	Reports       int // how many were routed again

	exam *exam
}

// Change is duty that passes from one department to another, or to or from nobody.
type Change struct {
	From, To   geo.DepartmentCode // empty: nobody
	Categories []geo.CategoryKey
	Grounds    []int32 // where it passes for some category, at some time, under some condition
	Metres2    float64 // their square metres
	Assets     int     // whose own lead it changes at the moment asked for
	Reports    int     // whose lead it would have changed
}

// passing is from whom to whom.
type passing struct{ from, to geo.DepartmentCode }

// Reports reads reports that are to be routed again; nil reads none.
type Reports func(ctx context.Context, each func(*geo.Report) error) error

// Compare puts every situation to both states: who answers before, and who after?
func Compare(ctx context.Context, before, after *index.Snapshot, reports Reports, o Options) (*Comparison, error) {
	o = o.complete()
	engines := []*routing.Engine{routing.New(before, o.Settings), routing.New(after, o.Settings)}
	surveyors := surveyBoth(engines)
	c := &Comparison{Before: before.Edition().Number, After: after.Edition().Number}
	var err error
	if c.Grounds, err = surveyors[1].places(ctx, func(done, of int) { o.Progress("finding the places", done, of) }); err != nil {
		return nil, err
	}
	books := []*book{newBook(engines[0]), newBook(engines[1])}
	if c.exam, err = prepare(ctx, books, c.Grounds, surveyors, &o); err != nil {
		return nil, err
	}
	moved, err := c.examine(ctx, &o)
	if err != nil {
		return nil, err
	}
	changes := c.gather(moved)
	if err := c.countAssets(ctx, changes, surveyors, &o); err != nil {
		return nil, err
	}
	if err := c.countReports(ctx, changes, engines, reports, &o); err != nil {
		return nil, err
	}
	for _, change := range changes {
		c.Changes = append(c.Changes, *change)
	}
	slices.SortFunc(c.Changes, func(a, b Change) int {
		return cmp.Or(cmp.Compare(b.Metres2, a.Metres2), cmp.Compare(a.From, b.From), cmp.Compare(a.To, b.To))
	})
	return c, nil
}

// surveyBoth are surveyors of both states. The second, which finds the places, looks at
// all layers that matter in either, and at the borders of the first where they differ.
func surveyBoth(engines []*routing.Engine) []*surveyor {
	layers := slices.Concat(engines[0].RelevantLayers(), engines[1].RelevantLayers(), engines[0].Chain())
	slices.Sort(layers)
	layers = slices.Compact(layers)
	one := newSurveyor(engines[0].Snapshot(), engines[0].Chain(), layers)
	other := newSurveyor(engines[1].Snapshot(), engines[1].Chain(), layers)
	other.also = one.but(other)
	return []*surveyor{one, other}
}

// examine gathers, zone by zone and class by class, who passes duty to whom.
func (c *Comparison) examine(ctx context.Context, o *Options) (map[pairOf]map[passing]bool, error) {
	moved := map[pairOf]map[passing]bool{}
	look := func(day geo.Date, wanted func(*zone, int32) bool) error {
		all, ws := witnesses(func() *mover { return &mover{moved: map[pairOf]map[passing]bool{}} })
		err := c.exam.run(ctx, day, wanted, ws, func(done, of int) { o.Progress("asking who answers before and after", done, of) })
		for _, m := range all {
			for pair, passings := range m.moved {
				if moved[pair] == nil {
					moved[pair] = passings
				}
				for p := range passings {
					moved[pair][p] = true
				}
			}
		}
		return err
	}
	if err := look(o.day(), func(*zone, int32) bool { return true }); err != nil {
		return nil, err
	}
	for k, b := range c.exam.books {
		for _, t := range b.turns(o.day()) {
			if err := look(t.day, func(z *zone, class int32) bool { return t.touches(c.exam, k, z, class) }); err != nil {
				return nil, err
			}
		}
	}
	return moved, nil
}

// mover is the witness of a comparison.
type mover struct {
	pair  pairOf
	moved map[pairOf]map[passing]bool
}

func (m *mover) begin(zone, class int32, _ *options) { m.pair = pairOf{zone, class} }

func (m *mover) hear(_ combination, outcomes []routing.Outcome) {
	if p := (passing{outcomes[0].Department, outcomes[1].Department}); p.from != p.to {
		if m.moved[m.pair] == nil {
			m.moved[m.pair] = map[passing]bool{}
		}
		m.moved[m.pair][p] = true
	}
}

func (m *mover) end() {}

// gather tells the passings of zones by the names that departments have on each ground.
func (c *Comparison) gather(moved map[pairOf]map[passing]bool) map[passing]*Change {
	changes := map[passing]*Change{}
	type on struct {
		passing
		ground int32
	}
	classes := map[passing]map[int32]bool{}
	seen := map[on]bool{}
	for pair, passings := range moved {
		z := c.exam.zones[pair.zone]
		for p := range passings {
			for _, g := range z.grounds {
				named := passing{z.nameOn(p.from, &c.Grounds[g]), z.nameOn(p.to, &c.Grounds[g])}
				change := changes[named]
				if change == nil {
					change = &Change{From: named.from, To: named.to}
					changes[named], classes[named] = change, map[int32]bool{}
				}
				classes[named][pair.class] = true
				if !seen[on{named, g}] {
					seen[on{named, g}] = true
					change.Grounds = append(change.Grounds, g)
				}
			}
		}
	}
	for named, change := range changes {
		slices.Sort(change.Grounds)
		for _, g := range change.Grounds {
			change.Metres2 += c.Grounds[g].SquareMetres
		}
		for class := range classes[named] {
			change.Categories = append(change.Categories, c.exam.classes[class].Categories...)
		}
		slices.SortFunc(change.Categories, compareKeys)
	}
	return changes
}

// nameOn is a department of the zone's first place as it is called on a ground.
func (z *zone) nameOn(code geo.DepartmentCode, g *Ground) geo.DepartmentCode {
	if i := slices.Index(z.names, code); i >= 0 {
		return g.names[i]
	}
	return code
}

// countAssets counts the assets whose own lead changes, as of the moment asked for.
func (c *Comparison) countAssets(ctx context.Context, changes map[passing]*Change, surveyors []*surveyor, o *Options) error {
	view := surveyors[1].view
	batches := make(chan []geo.Asset, 2)
	var mu sync.Mutex
	var group sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		group.Go(func() {
			counts := map[passing]int{}
			for batch := range batches {
				for i := range batch {
					if p := c.leadsOf(&batch[i], surveyors, o); p.from != p.to {
						counts[p]++
					}
				}
			}
			mu.Lock()
			defer mu.Unlock()
			for p, n := range counts {
				changeOf(changes, p).Assets += n
			}
		})
	}
	var batch []geo.Asset
	for a := range view.AssetsIn(view.AssetBounds()) {
		if batch = append(batch, a); len(batch) == 4096 {
			if ctx.Err() != nil {
				break
			}
			batches <- batch
			batch = nil
		}
	}
	batches <- batch
	close(batches)
	group.Wait()
	return ctx.Err()
}

func changeOf(changes map[passing]*Change, p passing) *Change {
	if changes[p] == nil {
		changes[p] = &Change{From: p.from, To: p.to}
	}
	return changes[p]
}

// leadsOf are the leads of a report about an asset before and after.
func (c *Comparison) leadsOf(a *geo.Asset, surveyors []*surveyor, o *Options) passing {
	var leads [2]geo.DepartmentCode
	for k, b := range c.exam.books {
		s := routing.Situation{
			Place: surveyors[k].locate(a.Point), Category: b.today(a.Category), Asset: a,
			Date: o.day(), Moment: b.engine.Calendar().Moment(o.At),
		}
		leads[k] = b.engine.Outcome(&s).Department
	}
	return passing{leads[0], leads[1]}
}

// countReports routes reports by both states.
func (c *Comparison) countReports(ctx context.Context, changes map[passing]*Change, engines []*routing.Engine, reports Reports, o *Options) error {
	if reports == nil {
		return nil
	}
	return reports(ctx, func(r *geo.Report) error {
		request, located := routing.RequestOf(r, o.At)
		if !located || o.Categories != nil && !o.Categories(r.Category) {
			return ctx.Err()
		}
		if c.Reports++; c.Reports%1000 == 0 {
			o.Progress("routing reports again", c.Reports, 0)
		}
		before, after := engines[0].Decide(request), engines[1].Decide(request)
		if p := (passing{leadOf(&before), leadOf(&after)}); p.from != p.to {
			changeOf(changes, p).Reports++
		}
		return ctx.Err()
	})
}

func leadOf(d *routing.Decision) geo.DepartmentCode {
	if d.Department == nil {
		return ""
	}
	return d.Department.Code
}
