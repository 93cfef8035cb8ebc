package audit

import (
	"context"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"gridwarden/geo"
	"gridwarden/geo/calendar"
	"gridwarden/geo/routing"
)

// maxAnswers is how many combinations of answers are gone through at one place for one
// class of categories; further ones are left out, and the audit says so.
const maxAnswers = 4096

// exam asks the engines of one or more books who would answer, in every situation that
// their rows can tell apart.
type exam struct {
	books     []*book
	classes   []class
	zones     []*zone
	assets    *inventory
	hours     sync.Map // []calendar.Class by the hours that divide them
	labels    sync.Map // calendar.Label by labelKey
	truncated atomic.Int64
}

// options are the situations of a zone and a class of categories: every combination of
// these.
type options struct {
	rows       [][]int32 // that can matter, by book
	conditions []string  // the last is every other
	answers    []map[string]string
	assets     []assetOption // the first is none
	haveAssets bool          // the categories have assets somewhere
	times      []calendar.Class
}

// assetOption is assets that stand in a zone and that no decision tells apart.
type assetOption struct {
	profile    int32 // -1: no asset
	all        []profileCount
	categories []geo.CategoryKey // those whose asset it is
}

// other is a condition that no row names.
const other = ""

func (x *exam) options(z *zone, n int32) options {
	o := options{conditions: []string{}, answers: []map[string]string{nil}}
	var questions []question
	var hours []calendar.Hours
	for k, b := range x.books {
		rows := b.rowsFor(z.cells[k], n)
		o.rows = append(o.rows, rows)
		for _, i := range rows {
			r := &b.rows[i]
			if r.Condition != other && !slices.Contains(o.conditions, r.Condition) {
				o.conditions = append(o.conditions, r.Condition)
			}
			questions = ask(questions, r)
			if !r.hours.Always() {
				hours = append(hours, r.hours)
			}
		}
	}
	slices.Sort(o.conditions)
	o.conditions = append(o.conditions, other)
	for _, q := range questions {
		o.answers = x.multiply(o.answers, q)
	}
	o.assets, o.haveAssets = x.assetsFor(z, n), x.classes[n].assets
	o.times = x.timesOf(hours)
	return o
}

// question is what rows ask the reporter, and the answers they name.
type question struct {
	key    string
	values []string
}

func ask(questions []question, r *row) []question {
	for _, c := range r.where {
		i := slices.IndexFunc(questions, func(q question) bool { return q.key == c.Key })
		if i < 0 {
			i = len(questions)
			questions = append(questions, question{key: c.Key})
		}
		for _, v := range c.Values {
			if !slices.Contains(questions[i].values, v) {
				questions[i].values = append(questions[i].values, v)
			}
		}
	}
	return questions
}

// multiply is every combination of answers with each answer to a question, and with none:
// an answer that no row names decides like none.
func (x *exam) multiply(answers []map[string]string, q question) []map[string]string {
	out := slices.Clone(answers)
	for _, v := range q.values {
		for _, a := range answers {
			if len(out) >= maxAnswers {
				x.truncated.Add(1)
				return out
			}
			more := map[string]string{q.key: v}
			for k, v := range a {
				more[k] = v
			}
			out = append(out, more)
		}
	}
	return out
}

// assetsFor are the assets of a zone that a class of categories can be about.
func (x *exam) assetsFor(z *zone, n int32) []assetOption {
	all := []assetOption{{profile: -1}}
	at := map[profileKey]int{}
	for _, k := range x.classes[n].Categories {
		for _, p := range z.assets[componentOf(x.books[len(x.books)-1].today(k))] {
			profile := &x.assets.profiles[p.profile]
			key := profileKey{geo.CategoryKey{}, profile.Authority, profile.Owner, profile.Maintainer, profile.Named}
			i, known := at[key]
			if !known {
				i = len(all)
				at[key] = i
				all = append(all, assetOption{profile: p.profile})
			}
			all[i].all = append(all[i].all, p)
			all[i].categories = append(all[i].categories, k)
		}
	}
	return all
}

// markAssets notes which classes have assets at all.
func (x *exam) markAssets() {
	have := map[geo.CategoryKey]bool{}
	for i := range x.assets.profiles {
		have[x.assets.profiles[i].Category] = true
	}
	b := x.books[len(x.books)-1]
	for i := range x.classes {
		for _, k := range x.classes[i].Categories {
			x.classes[i].assets = x.classes[i].assets || have[componentOf(b.today(k))]
		}
	}
}

// componentOf is the category of the assets that a report of a category can be about.
func componentOf(k geo.CategoryKey) geo.CategoryKey {
	k.Kind = geo.Component
	return k
}

// timesOf are the classes of moments that hours divide.
func (x *exam) timesOf(hours []calendar.Hours) []calendar.Class {
	names := make([]string, len(hours))
	for i, h := range hours {
		names[i] = h.String()
	}
	slices.Sort(names)
	key := strings.Join(slices.Compact(names), "\n")
	if known, ok := x.hours.Load(key); ok {
		return known.([]calendar.Class)
	}
	classes, _ := x.hours.LoadOrStore(key, calendar.Classes(hours))
	return classes.([]calendar.Class)
}

// combination is one of the options, by its places in them.
type combination struct{ condition, answer, asset, time int32 }

// witness takes what the engines say of one zone and class.
type witness interface {
	begin(zone, class int32, o *options)
	// hear is told the outcome in each book of one combination.
	hear(c combination, outcomes []routing.Outcome)
	end()
}

// run goes through all zones and classes that are wanted, as of a day. Each goroutine has
// a witness of its own.
func (x *exam) run(ctx context.Context, day geo.Date, wanted func(z *zone, class int32) bool, witnesses []witness, progress func(done, of int)) error {
	jobs := len(x.zones) * len(x.classes)
	var next, done atomic.Int64
	const chunk = 64
	var group sync.WaitGroup
	for _, w := range witnesses {
		group.Go(func() {
			for from := int(next.Add(chunk)) - chunk; from < jobs && ctx.Err() == nil; from = int(next.Add(chunk)) - chunk {
				for job := from; ctx.Err() == nil && job < min(from+chunk, jobs); job++ {
					zone, class := int32(job/len(x.classes)), int32(job%len(x.classes))
					if wanted(x.zones[zone], class) {
						x.pair(ctx, day, zone, class, w)
					}
				}
				progress(min(int(done.Add(chunk)), jobs), jobs)
			}
		})
	}
	group.Wait()
	return ctx.Err()
}

// pair goes through all situations of a zone and a class; it leaves off when ctx ends.
func (x *exam) pair(ctx context.Context, day geo.Date, zone, class int32, w witness) {
	o := x.options(x.zones[zone], class)
	w.begin(zone, class, &o)
	outcomes := make([]routing.Outcome, len(x.books))
	for a := range o.assets {
		for c := range o.conditions {
			for n := range o.answers {
				if ctx.Err() != nil {
					return
				}
				for t := range o.times {
					at := combination{int32(c), int32(n), int32(a), int32(t)}
					for k, b := range x.books {
						s := x.situation(day, pairOf{zone, class}, &o, at, k)
						outcomes[k] = b.engine.Outcome(&s)
					}
					w.hear(at, outcomes)
				}
			}
		}
	}
	w.end()
}

// situation is one combination as a book sees it.
func (x *exam) situation(day geo.Date, p pairOf, o *options, c combination, k int) routing.Situation {
	s := routing.Situation{
		Place: x.zones[p.zone].places[k], Category: x.books[k].today(x.classes[p.class].Categories[0]),
		Condition: o.conditions[c.condition], Answers: o.answers[c.answer], Date: day, Moment: o.times[c.time].Moment,
	}
	if n := o.assets[c.asset].profile; n >= 0 {
		s.Asset = x.assets.profiles[n].example
	}
	return s
}

// witnesses makes one for each core.
func witnesses[W witness](make func() W) (all []W, as []witness) {
	for range runtime.GOMAXPROCS(0) {
		w := make()
		all, as = append(all, w), append(as, w)
	}
	return all, as
}
