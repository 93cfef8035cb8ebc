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
	"cmp"
	"context"
	"slices"
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
	Known      *Audit // its places are taken over where all that divides ground is the same; nil: all are found anew
	Before     *Audit // the same, and what passes to others since then is told, too; nil: nothing is
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
	survey *surveyor
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
	surveyors, err := a.find(ctx, &o)
	if err != nil {
		return nil, err
	}
	x, err := prepare(ctx, []*book{newBook(engine)}, a.Grounds, []*surveyor{a.survey}, &o)
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
	if o.Before != nil {
		if a.Transfers, err = a.transfers(ctx, surveyors, &o); err != nil {
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

// find finds the places, or takes them over. Its surveyors are those of the view before, if
// one is asked for, and of this.
func (a *Audit) find(ctx context.Context, o *Options) (surveyors []*surveyor, err error) {
	surveyors = []*surveyor{newSurveyor(a.view, a.chain, a.engine.RelevantLayers())}
	if o.Before != nil {
		surveyors = surveyBoth([]*routing.Engine{o.Before.engine, a.engine})
	}
	a.survey = surveyors[len(surveyors)-1]
	if known := cmp.Or(o.Before, o.Known); known != nil && a.survey.finds(known.survey) {
		a.survey.also, a.Grounds = nil, slices.Clone(known.Grounds)
		return surveyors, nil
	}
	a.Grounds, err = a.survey.places(ctx, func(done, of int) { o.Progress("finding the places", done, of) })
	return surveyors, err
}

// prepare finds zones and classes, and the assets of each: those of the last book. The books'
// surveyors tell what is at a point in the view of each.
func prepare(ctx context.Context, books []*book, grounds []Ground, surveyors []*surveyor, o *Options) (*exam, error) {
	assets, view := newInventory(books), books[len(books)-1].view
	if err := assets.collect(ctx, view); err != nil {
		return nil, err
	}
	x, n := sorted(books, assets, grounds, surveyors, o)
	f := newFinder(n, grounds, surveyors)
	return x, assets.strew(ctx, view, x.zones, f.zoneAt)
}

// sorted finds zones and classes.
func sorted(books []*book, assets *inventory, grounds []Ground, surveyors []*surveyor, o *Options) (*exam, *namer) {
	x := &exam{books: books, assets: assets}
	for _, c := range classesOf(books) {
		if c.Categories = chosen(c.Categories, o.Categories); len(c.Categories) > 0 {
			x.classes = append(x.classes, c)
		}
	}
	for _, b := range books {
		b.sort(x.classes)
	}
	x.markAssets()
	n := newNamer(books, assets)
	for i := range grounds {
		places := placesOf(&grounds[i].At, surveyors)
		key, names := n.keyOf(places)
		grounds[i].zone, grounds[i].names = n.add(int32(i), key, names, places), names
	}
	x.zones = n.list
	return x, n
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
