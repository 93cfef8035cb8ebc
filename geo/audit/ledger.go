package audit

import (
	"maps"
	"slices"
	"strings"

	"gridwarden/geo"
	"gridwarden/geo/calendar"
	"gridwarden/geo/routing"
)

// matter is what is wrong in a situation: nobody answers, or only the fallback does, or two
// rows collide.
type matter struct {
	kind  Kind
	rule  routing.Rule // of a hole: unrouted or fallback
	row   int32        // of a collision: that which decides …
	rival int32        // … and that which equals it
}

// item is a matter with all that it depends on beside place and category. Texts that are
// anyText stand for every one.
type item struct {
	matter
	condition string
	answers   string
	asset     int32 // of inventory.profiles; noAsset, anyAsset
	when      calendar.Label
	day       geo.Date // the first on which it is so
}

const (
	anyText        = "*"
	noAsset  int32 = -1
	anyAsset int32 = -2
)

// pairOf is a zone and a class of categories.
type pairOf struct{ zone, class int32 }

// ledger is the witness of the audit: it keeps what is wrong, which rows were reached, and
// who leads in the ordinary situation.
type ledger struct {
	exam    *exam
	day     geo.Date
	moment  calendar.Moment
	items   map[item][]pairOf
	reached []bool
	leads   map[pairOf]routing.Outcome

	pair    pairOf
	options *options
	found   map[matter]map[combination]bool
}

func newLedger(x *exam, moment calendar.Moment) *ledger {
	return &ledger{
		exam: x, moment: moment, items: map[item][]pairOf{}, reached: make([]bool, len(x.books[0].rows)),
		leads: map[pairOf]routing.Outcome{}, found: map[matter]map[combination]bool{},
	}
}

func (l *ledger) begin(zone, class int32, o *options) {
	l.pair, l.options = pairOf{zone, class}, o
	clear(l.found)
}

func (l *ledger) hear(c combination, outcomes []routing.Outcome) {
	o := outcomes[0]
	if o.Row >= 0 {
		l.reached[o.Row] = true
	}
	switch {
	case o.Collision >= 0:
		l.note(matter{kind: Collision, row: o.Row, rival: o.Collision}, c)
	case o.Rule == routing.Unrouted || o.Rule == routing.Fallback:
		l.note(matter{kind: Hole, rule: o.Rule}, c)
	}
	if last := int32(len(l.options.conditions)) - 1; c.condition == last && c.answer == 0 && c.asset == 0 && len(l.leads) < maxLeads {
		if t := calendar.ClassOf(l.options.times, l.moment); int(c.time) == max(t, 0) {
			if _, known := l.leads[l.pair]; !known {
				l.leads[l.pair] = o
			}
		}
	}
}

// maxLeads bounds the memory that the matrix takes.
const maxLeads = 20_000_000

func (l *ledger) note(m matter, c combination) {
	if l.found[m] == nil {
		l.found[m] = map[combination]bool{}
	}
	l.found[m][c] = true
}

// end tells what was found in as few items as it can: what holds for every asset, answer
// or condition is told once.
func (l *ledger) end() {
	for m, found := range l.found {
		times := map[combination][]int32{} // by all but the time
		for c := range found {
			key := c
			key.time = 0
			times[key] = append(times[key], c.time)
		}
		bySpan := map[string][]combination{}
		for c, at := range times {
			slices.Sort(at)
			var span strings.Builder
			for _, t := range at {
				span.WriteByte(byte(t))
				span.WriteByte(byte(t >> 8))
			}
			bySpan[span.String()] = append(bySpan[span.String()], c)
		}
		for span, list := range bySpan {
			when := l.when(span)
			for _, c := range l.options.joined(list) {
				it := l.item(m, c)
				it.when = when
				l.items[it] = append(l.items[it], l.pair)
			}
		}
	}
}

// when names classes of moments; the same ones are asked for again and again.
func (l *ledger) when(span string) calendar.Label {
	key := labelKey{&l.options.times[0], span}
	if known, ok := l.exam.labels.Load(key); ok {
		return known.(calendar.Label)
	}
	var classes []calendar.Class
	for i := 0; i < len(span); i += 2 {
		classes = append(classes, l.options.times[int(span[i])|int(span[i+1])<<8])
	}
	label := calendar.Describe(classes)
	l.exam.labels.Store(key, label)
	return label
}

// labelKey is some of the classes that begin at one.
type labelKey struct {
	first *calendar.Class
	span  string
}

func (l *ledger) item(m matter, c combination) item {
	it := item{matter: m, condition: anyText, answers: anyText, asset: anyAsset, day: l.day}
	if c.condition >= 0 {
		it.condition = l.options.conditions[c.condition]
	}
	if c.answer >= 0 {
		it.answers = answersText(l.options.answers[c.answer])
	}
	if c.asset >= 0 {
		it.asset = l.options.assets[c.asset].profile
	}
	return it
}

// every stands for all values of one of the options.
const every = -1

// joined puts every in place of a value where all values of it are in the list. Where no
// asset stands of categories that have some elsewhere, having none is told: it is the same
// hole as where one stands that somebody keeps.
func (o *options) joined(list []combination) []combination {
	list = joinedBy(list, len(o.answers), func(c *combination) *int32 { return &c.answer })
	if len(o.assets) > 1 || !o.haveAssets {
		list = joinedBy(list, len(o.assets), func(c *combination) *int32 { return &c.asset })
	}
	return joinedBy(list, len(o.conditions), func(c *combination) *int32 { return &c.condition })
}

func joinedBy(list []combination, count int, value func(*combination) *int32) []combination {
	seen := map[combination]int{}
	without := func(c combination) combination {
		*value(&c) = every
		return c
	}
	for _, c := range list {
		seen[without(c)]++
	}
	var out []combination
	for _, c := range list {
		switch n := seen[without(c)]; {
		case n == count:
			seen[without(c)] = -1 // told
			out = append(out, without(c))
		case n > 0:
			out = append(out, c)
		}
	}
	return out
}

func answersText(answers map[string]string) string {
	var parts []string
	for _, key := range slices.Sorted(maps.Keys(answers)) {
		parts = append(parts, key+"="+answers[key])
	}
	return strings.Join(parts, ";")
}

// merge takes over what others found.
func (l *ledger) merge(others []*ledger) {
	for _, o := range others {
		for it, pairs := range o.items {
			l.items[it] = append(l.items[it], pairs...)
		}
		for i, reached := range o.reached {
			l.reached[i] = l.reached[i] || reached
		}
		for p, lead := range o.leads {
			l.leads[p] = lead
		}
	}
}

// follow takes over what a later day brings: what was so before is told already.
func (l *ledger) follow(later *ledger) {
	for i, reached := range later.reached {
		l.reached[i] = l.reached[i] || reached
	}
	before := map[item]map[pairOf]bool{}
	for it, pairs := range l.items {
		it.day = geo.Date{}
		if before[it] == nil {
			before[it] = map[pairOf]bool{}
		}
		for _, p := range pairs {
			before[it][p] = true
		}
	}
	for it, pairs := range later.items {
		known := it
		known.day = geo.Date{}
		for _, p := range pairs {
			if !before[known][p] {
				l.items[it] = append(l.items[it], p)
			}
		}
	}
}
