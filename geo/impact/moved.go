package impact

import (
	"cmp"
	"iter"
	"runtime"
	"slices"
	"sync"
	"time"

	"gridwarden/geo"
	"gridwarden/geo/cases"
	"gridwarden/geo/index"
	"gridwarden/geo/routing"
)

// assets counts the assets that change.
func (c *comparison) assets() error {
	total := c.tally()
	err := c.eachAsset(c.boxes, func() (func([]geo.Asset), func()) {
		mine, w := c.tally(), c.witness()
		return func(batch []geo.Asset) {
				for i := range w.moving(batch) {
					mine.count(c.ofAsset(&batch[i]))
				}
			}, func() {
				total.add(mine)
			}
	})
	c.impact.Assets = total.moved()
	return err
}

// batch is how many assets are looked at together.
const batch = 4096

// eachAsset looks at the assets that stand in any of the boxes, each once, on all cores.
// work makes who looks at batches on one of them, and what is done when all were seen.
func (c *comparison) eachAsset(boxes []geo.Box, work func() (look func([]geo.Asset), end func())) error {
	batches := make(chan []geo.Asset, 2)
	var mu sync.Mutex
	var group sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		look, end := work()
		group.Go(func() {
			for some := range batches {
				look(some)
			}
			mu.Lock()
			defer mu.Unlock()
			end()
		})
	}
	var some []geo.Asset
	for a := range c.standing(boxes) {
		if some = append(some, a); len(some) == batch {
			if c.ctx.Err() != nil {
				break
			}
			batches <- some
			some = nil
		}
	}
	batches <- some
	close(batches)
	group.Wait()
	return c.ctx.Err()
}

// standing are the assets whose points lie in any of the boxes, each once.
func (c *comparison) standing(boxes []geo.Box) iter.Seq[geo.Asset] {
	hides := c.options.Hides
	return func(yield func(geo.Asset) bool) {
		for i, b := range boxes {
			var before []geo.Box // whose assets were handed out
			for _, o := range boxes[:i] {
				if o.Intersects(b) {
					before = append(before, o)
				}
			}
			for a := range c.after.AssetsIn(b) {
				holds := func(o geo.Box) bool { return o.Contains(a.Point) }
				if holds(b) && !slices.ContainsFunc(before, holds) && (hides == nil || !hides(a.Category)) && !yield(a) {
					return
				}
			}
		}
	}
}

// witness tells quickly which places answer as before.
type witness struct {
	*comparison
	finders [2]*index.Finder
	areas   [2][]*geo.Area
	points  []geo.Coord
}

func (c *comparison) witness() *witness {
	w := &witness{comparison: c}
	w.finders = [2]*index.Finder{c.before.Finder(c.coverages...), c.after.Finder(c.coverages...)}
	return w
}

// moving goes through the places in a batch whose assets may change.
func (w *witness) moving(some []geo.Asset) func(func(int) bool) {
	w.points = w.points[:0]
	for i := range some {
		w.points = append(w.points, some[i].Point)
	}
	w.find()
	return func(yield func(int) bool) {
		for i := range some {
			if w.mayChange(i) && !yield(i) {
				return
			}
		}
	}
}

// find locates the points in both views.
func (w *witness) find() {
	for k := range w.areas {
		w.areas[k] = slices.Grow(w.areas[k][:0], len(w.points)*len(w.coverages))[:len(w.points)*len(w.coverages)]
		w.finders[k].All(w.points, w.areas[k])
	}
}

// mayChange tells whether a place can answer otherwise: where any area of a coverage is
// another one, or is named otherwise; and near overlays and lines that changed.
func (w *witness) mayChange(i int) bool {
	n := len(w.coverages)
	for k := range n {
		a, b := w.areas[0][i*n+k], w.areas[1][i*n+k]
		switch {
		case a == nil && b == nil:
			continue
		case a == nil || b == nil, a != b && !sameDuty(a, b), w.ground.touched[a], w.ground.touched[b]:
			return true
		}
	}
	return w.ground.everywhere || slices.ContainsFunc(w.ground.other, func(box geo.Box) bool { return box.Contains(w.points[i]) })
}

// ofAsset is how an asset passes from one view to the other.
func (c *comparison) ofAsset(a *geo.Asset) passing {
	p := c.places(a.Point)
	p.thing.ID, p.thing.Standard, p.thing.Category = string(a.ID), a.Category.Standard, a.Category
	var outcomes [2]routing.Outcome
	for k, e := range c.engines {
		outcomes[k] = e.Outcome(&routing.Situation{
			Place: p.at[k], Category: e.Today(a.Category), Asset: a, Date: c.date, Moment: e.Calendar().Moment(c.options.Now),
		})
	}
	p.thing.From, p.thing.FromRule = outcomes[0].Department, outcomes[0].Rule
	p.thing.To, p.thing.ToRule = outcomes[1].Department, outcomes[1].Rule
	return p
}

// passing is a thing before and after.
type passing struct {
	thing Thing
	at    [2]index.Place
}

// places are what lies at a point, before and after.
func (c *comparison) places(at geo.Coord) passing {
	p := passing{thing: Thing{At: at}, at: [2]index.Place{c.before.Locate(at), c.after.Locate(at)}}
	p.thing.Areas = moves(&p.at[0], &p.at[1])
	return p
}

// moves are the layers in which two places have other areas, in the order of the second.
func moves(was, is *index.Place) []AreaMove {
	var out []AreaMove
	codes := func(p *index.Place, layer geo.LayerName) (codes []geo.AreaCode) {
		for _, h := range p.Areas {
			if h.Area.Layer == layer {
				codes = append(codes, h.Area.Code)
			}
		}
		for _, h := range p.Lines {
			if h.Area.Layer == layer {
				codes = append(codes, h.Area.Code)
			}
		}
		slices.Sort(codes)
		return codes
	}
	seen := map[geo.LayerName]bool{}
	look := func(layer geo.LayerName) {
		if seen[layer] {
			return
		}
		seen[layer] = true
		if from, to := codes(was, layer), codes(is, layer); !slices.Equal(from, to) {
			out = append(out, AreaMove{layer, from, to})
		}
	}
	for _, p := range []*index.Place{is, was} {
		for _, h := range p.Areas {
			look(h.Area.Layer)
		}
		for _, h := range p.Lines {
			look(h.Area.Layer)
		}
	}
	return out
}

// reports counts the reports that change.
func (c *comparison) reports() error {
	if c.records == nil || len(c.boxes) == 0 {
		return nil
	}
	open, recent := c.tally(), c.tally()
	w := c.witness()
	err := c.records.ReportsWithin(c.ctx, c.boxes, c.options.Since, func(r *geo.Case) error {
		if r.Report.Point == nil || !w.concerns(&r.Report) {
			return c.ctx.Err()
		}
		p := c.ofReport(r)
		if p.thing.Open {
			open.count(p)
		}
		if c.isRecent(r.Report.ReportedAt) {
			recent.count(p)
		}
		return c.ctx.Err()
	})
	c.impact.Open, c.impact.Recent = open.moved(), recent.moved()
	return err
}

func (c *comparison) isRecent(reported time.Time) bool {
	until := c.options.Until
	return !reported.Before(c.options.Since) && (until.IsZero() || !reported.After(until))
}

// concerns tells whether a report can change. Answers may take it to areas nearby.
func (w *witness) concerns(r *geo.Report) bool {
	w.points = append(w.points[:0], *r.Point)
	w.find()
	return len(r.Answers) > 0 || w.mayChange(0)
}

// ofReport is how a report passes from one view to the other.
func (c *comparison) ofReport(r *geo.Case) passing {
	p := c.places(*r.Report.Point)
	p.thing.ID, p.thing.Category, p.thing.Open = string(r.Report.ID), r.Report.Category, r.Report.State.Open()
	for k, e := range c.engines {
		d := Decide(e, r, c.options.Now)
		var lead geo.DepartmentCode
		if d.Department != nil {
			lead = d.Department.Code
		}
		if k == 0 {
			p.thing.From, p.thing.FromRule = lead, d.Rule
		} else {
			p.thing.To, p.thing.ToRule = lead, d.Rule
		}
	}
	return p
}

// Decide routes a report that has a point with what it went through: without those who
// returned it, by the rulings made about it alone.
func Decide(e *routing.Engine, r *geo.Case, dispatched time.Time) routing.Decision {
	request, _ := routing.RequestOf(&r.Report, dispatched)
	request.Without = cases.Without(r.Returns)
	for _, ruling := range r.Rulings {
		if ruling.Asset == nil && ruling.Ground == nil {
			request.Rulings = append(request.Rulings, ruling)
		}
	}
	return e.Decide(request)
}

// tally counts things that change.
type tally struct {
	Moved
	directions map[[2]geo.DepartmentCode]int
	most       int // as many of those listed are kept, the first by id
	skip       int
}

func (c *comparison) tally() *tally {
	return &tally{directions: map[[2]geo.DepartmentCode]int{}, most: c.options.Skip + c.options.Limit, skip: c.options.Skip}
}

// count takes a thing in, if it changes.
func (t *tally) count(p passing) {
	area, department := len(p.thing.Areas) > 0, p.thing.From != p.thing.To
	if !area && !department {
		return
	}
	t.Total++
	t.directions[[2]geo.DepartmentCode{p.thing.From, p.thing.To}]++
	if area {
		t.Area++
	}
	if department {
		t.Department++
	}
	if len(p.at[0].Areas) > 0 && len(p.at[1].Areas) == 0 {
		t.LostAreas++
	}
	if p.thing.From != "" && p.thing.To == "" {
		t.LostDepartment++
	}
	t.list(p.thing)
}

// list keeps a thing while it is among the first.
func (t *tally) list(things ...Thing) {
	t.Listed = append(t.Listed, things...)
	if len(t.Listed) > 2*t.most+1000 {
		t.trim()
	}
}

func (t *tally) trim() {
	slices.SortFunc(t.Listed, func(a, b Thing) int { return cmp.Or(cmp.Compare(a.ID, b.ID), cmp.Compare(a.Standard, b.Standard)) })
	t.Listed = t.Listed[:min(len(t.Listed), t.most)]
}

// add joins what another counted.
func (t *tally) add(o *tally) {
	t.Total += o.Total
	t.Area += o.Area
	t.Department += o.Department
	t.LostAreas += o.LostAreas
	t.LostDepartment += o.LostDepartment
	for d, n := range o.directions {
		t.directions[d] += n
	}
	t.list(o.Listed...)
}

// moved is the whole count.
func (t *tally) moved() Moved {
	for d, n := range t.directions {
		t.Directions = append(t.Directions, Direction{d[0], d[1], n})
	}
	slices.SortFunc(t.Directions, func(a, b Direction) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.From, b.From), cmp.Compare(a.To, b.To))
	})
	t.trim()
	t.Listed = slices.Clone(t.Listed[min(t.skip, len(t.Listed)):])
	return t.Moved
}
