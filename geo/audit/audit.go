// Package audit answers, before anybody asks: for every category, every place and every
// span of the week, who would act? It finds holes, where nobody does or only the fallback;
// collisions, where two rows name different departments; rows that never decide; duties
// given to nobody; and what a change of the table or of the borders changes for whom.
//
// Nothing is sampled. The places are found from the geometry: every distinct set of areas
// and lines in reach that holds somewhere ([Ground]), but for sets thinner than one unit.
// The times are the classes of moments that the hours of rows divide; the categories, every
// code in force; the conditions, those that rows name and every other; the assets, none and
// each distinct kind that stands there; the answers, every combination that rows ask for.
// Each situation is put to the routing engine itself, so the audit has no opinion of its
// own. What no row can tell apart is asked once: places that differ only by the names of
// their departments ([zone]), categories, moments.
package audit

import (
	"context"
	"time"

	"gridwarden/geo"
	"gridwarden/geo/index"
	"gridwarden/geo/routing"
)

var utc = time.UTC

// Options say what is audited.
type Options struct {
	Settings   routing.Settings
	At         time.Time                  // the moment T; zero: now
	Categories func(geo.CategoryKey) bool // nil: all
	Progress   func(what string, done, of int)
	Before     *index.Snapshot // what passes to others since that view is told, too; nil: nothing is
}

// Audit is what was found.
type Audit struct {
	At         time.Time
	Edition    geo.Edition
	Position   geo.Position
	Grounds    []Ground
	Zones      int // of places that decisions tell apart but for names
	Categories int
	Classes    int // of categories
	Assets     int
	Findings   []Finding  // errors first
	Transfers  []Transfer // since the view before, if one is named
	Truncated  int        // combinations of answers that were too many to go through

	chain  []geo.LayerName
	view   *index.Snapshot
	engine *routing.Engine
	today  geo.Date
	zones  []*zone
	x      *exam
	leads  map[pairOf]routing.Outcome // who leads in the ordinary situation
}

// Errors is the number of findings that are errors.
func (a *Audit) Errors() int {
	n := 0
	for i := range a.Findings {
		if a.Findings[i].Error {
			n++
		}
	}
	return n
}

// Counts are the findings by kind.
func (a *Audit) Counts() map[Kind]int {
	counts := map[Kind]int{}
	for i := range a.Findings {
		counts[a.Findings[i].Kind]++
	}
	return counts
}

// Run audits a snapshot. Its only errors are ctx's and a drawing too tangled to be told
// apart.
func Run(ctx context.Context, view *index.Snapshot, o Options) (*Audit, error) {
	o = o.complete()
	engine := routing.New(view, o.Settings)
	a := &Audit{At: o.At, Edition: view.Edition().Number, Position: view.Position(), chain: engine.Chain(), view: view, engine: engine, today: o.day()}
	s := newSurveyor(view, engine.Chain(), engine.RelevantLayers())
	var both []*surveyor // of the view before, too
	if o.Before != nil {
		both = surveyBoth([]*routing.Engine{routing.New(o.Before, o.Settings), engine})
		s = both[1]
	}
	var err error
	if a.Grounds, err = s.places(ctx, func(done, of int) { o.Progress("finding the places", done, of) }); err != nil {
		return nil, err
	}
	books := []*book{newBook(engine)}
	x, err := prepare(ctx, books, a.Grounds, []*surveyor{s}, &o)
	if err != nil {
		return nil, err
	}
	a.x, a.zones, a.Zones, a.Classes, a.Assets = x, x.zones, len(x.zones), len(x.classes), view.AssetCount()
	for _, c := range x.classes {
		a.Categories += len(c.Categories)
	}
	l, err := a.examine(ctx, &o)
	if err != nil {
		return nil, err
	}
	a.findings(l)
	a.gaps()
	a.empty(&o)
	if err := a.dead(ctx, l, &o); err != nil {
		return nil, err
	}
	a.order()
	a.leads = l.leads
	if both != nil {
		if a.Transfers, err = a.transfers(ctx, both, &o); err != nil {
			return nil, err
		}
	}
	a.Truncated = int(x.truncated.Load())
	return a, nil
}

func (o Options) complete() Options {
	if o.At.IsZero() {
		o.At = time.Now()
	}
	if o.Settings.Zone == nil {
		o.Settings.Zone = time.UTC
	}
	o.At = o.At.In(o.Settings.Zone).Truncate(time.Second)
	if o.Progress == nil {
		o.Progress = func(string, int, int) {}
	}
	return o
}

func (o *Options) day() geo.Date { return geo.DateOf(o.At, o.Settings.Zone) }

// prepare finds zones, classes and assets. The books' surveyors tell what is at a point in
// the view of each; the assets are those of the last book.
func prepare(ctx context.Context, books []*book, grounds []Ground, surveyors []*surveyor, o *Options) (*exam, error) {
	x := &exam{books: books, assets: newInventory(books)}
	for _, c := range classesOf(books) {
		if c.Categories = chosen(c.Categories, o.Categories); len(c.Categories) > 0 {
			x.classes = append(x.classes, c)
		}
	}
	for _, b := range books {
		b.sort(x.classes)
	}
	view := books[len(books)-1].view
	if err := x.assets.collect(ctx, view); err != nil {
		return nil, err
	}
	x.markAssets()
	n := newNamer(books, x.assets)
	whole := map[*geo.Area]int32{}
	for i := range grounds {
		places := placesOf(&grounds[i].At, surveyors)
		key, names := n.keyOf(places)
		zone := n.add(int32(i), key, names, places)
		grounds[i].zone, grounds[i].names = zone, names
		if a := grounds[i].area; a != nil {
			whole[a] = zone
		}
	}
	x.zones = n.list
	main := surveyors[len(surveyors)-1]
	err := x.assets.strew(ctx, view, x.zones, func(p geo.Coord) int32 {
		if len(main.chain) > 0 {
			if low := view.Locate(p, main.chain[0]); len(low.Areas) > 0 {
				if zone, known := whole[low.Areas[0].Area]; known {
					return zone
				}
			}
		}
		at := main.locate(p)
		key, _ := n.keyOf(placesOf(&at, surveyors))
		if zone, known := n.zones[key]; known {
			return zone
		}
		return -1
	})
	return x, err
}

// placesOf is what is at a place in the view of each surveyor; the last told it already.
func placesOf(p *index.Place, surveyors []*surveyor) []index.Place {
	places := make([]index.Place, len(surveyors))
	for i, s := range surveyors[:len(surveyors)-1] {
		places[i] = s.locate(p.Point)
	}
	places[len(places)-1] = *p
	return places
}

func chosen(all []geo.CategoryKey, wanted func(geo.CategoryKey) bool) []geo.CategoryKey {
	if wanted == nil {
		return all
	}
	var out []geo.CategoryKey
	for _, k := range all {
		if wanted(k) {
			out = append(out, k)
		}
	}
	return out
}

// examine goes through everything at the moment asked for, and on each later day on which
// something begins or ends through what that touches.
func (a *Audit) examine(ctx context.Context, o *Options) (*ledger, error) {
	moment := a.x.books[0].engine.Calendar().Moment(o.At)
	look := func(day geo.Date, wanted func(*zone, int32) bool) (*ledger, error) {
		ledgers, ws := witnesses(func() *ledger {
			l := newLedger(a.x, moment)
			l.day = day
			return l
		})
		err := a.x.run(ctx, day, wanted, ws, func(done, of int) { o.Progress("asking who answers", done, of) })
		ledgers[0].merge(ledgers[1:])
		return ledgers[0], err
	}
	all, err := look(o.day(), func(*zone, int32) bool { return true })
	if err != nil {
		return nil, err
	}
	for _, t := range a.x.books[0].turns(o.day()) {
		later, err := look(t.day, func(z *zone, class int32) bool { return t.touches(a.x, 0, z, class) })
		if err != nil {
			return nil, err
		}
		all.follow(later)
	}
	return all, nil
}
