package audit

import (
	"cmp"
	"slices"
	"strings"

	"gridwarden/geo"
	"gridwarden/geo/calendar"
	"gridwarden/geo/routing"
)

// Kind says what is wrong.
type Kind string

const (
	Hole      Kind = "hole"       // nobody answers, or only the fallback does
	Collision Kind = "collision"  // two rows of one order name different departments
	EmptyDuty Kind = "empty-duty" // a row or an area names what does not exist or has ended
	DeadRow   Kind = "dead-row"   // a row never decides
	Gap       Kind = "gap"        // ground of an area of the duty chain that none of its children holds
)

// kinds are all kinds in the order in which they are told.
func kinds() []Kind { return []Kind{Hole, Collision, EmptyDuty, DeadRow, Gap} }

// Finding is one thing that is wrong. Error tells what must be mended before a report is
// lost or disputed: somewhere within the duty chain nobody answers, two rows collide, a duty
// is empty. The others are notes: ground where only the fallback answers may be so by
// design, and what sticks out of the city is not the city's.
type Finding struct {
	Kind       Kind
	Error      bool
	Rule       routing.Rule      // of a hole: unrouted or fallback
	Rows       []geo.RuleID      // of a collision the two; of a dead row itself, then those that go before it
	Names      []string          // whom the rows of a collision name
	Categories []geo.CategoryKey // all of them
	Condition  string            // * for any, empty for one that no row names
	Answers    string            // key=value;…; * for any, empty for none that a row names
	Asset      string            // "any" for any or none, "none", or the bodies that answer for it
	bodies     geo.Said          // those
	When       calendar.Label
	From       geo.Date // the first day of it
	Places     int      // how many
	Grounds    []int32  // which, in Audit.Grounds
	Metres2    float64  // square metres
	Assets     int      // that stand there, of these categories
	Area       *geo.Area
	Message    geo.Said
	Mend       []geo.DutyRow // rows that would mend it and take duty from nobody; none where it takes more than rows
	MendNote   geo.Said      // what those rows have as their note
	MendMore   int           // how many more it would take
}

// findings makes findings of what the ledger holds: for each item the zones with the same
// categories are one.
func (a *Audit) findings(l *ledger) {
	for it, pairs := range l.items {
		byZone := map[int32][]int32{}
		for _, p := range pairs {
			byZone[p.zone] = append(byZone[p.zone], p.class)
		}
		groups := map[string][]int32{}
		for zone, classes := range byZone {
			slices.Sort(classes)
			var key strings.Builder
			for _, n := range slices.Compact(classes) {
				key.WriteRune(n)
			}
			groups[key.String()] = append(groups[key.String()], zone)
		}
		for key, zones := range groups {
			slices.Sort(zones)
			a.add(a.finding(l.exam, it, zones, []rune(key)))
		}
	}
}

func (a *Audit) finding(x *exam, it item, zones []int32, classes []rune) Finding {
	f := Finding{
		Kind: it.kind, Rule: it.rule, Condition: it.condition, Answers: it.answers, When: it.when, From: it.day,
		Asset: x.assetText(it.asset),
	}
	counted := map[standing]bool{} // what is told of a component and of a matter stands there once
	for _, n := range classes {
		for _, z := range zones {
			for _, o := range x.assetsFor(x.zones[z], n) {
				if it.asset == anyAsset || it.asset == o.profile {
					f.Assets += o.uncounted(z, counted)
				}
				if it.asset >= 0 && it.asset == o.profile {
					f.Categories = append(f.Categories, o.categories...)
				}
			}
		}
		if it.asset < 0 {
			f.Categories = append(f.Categories, x.classes[n].Categories...)
		}
	}
	slices.SortFunc(f.Categories, compareKeys)
	f.Categories = slices.Compact(f.Categories)
	if it.asset >= 0 {
		f.bodies = x.assets.profiles[it.asset].said()
	}
	if it.asset == noAsset {
		f.Assets = 0
	}
	for _, z := range zones {
		f.Grounds = append(f.Grounds, x.zones[z].grounds...)
	}
	slices.Sort(f.Grounds)
	f.Places = len(f.Grounds)
	f.Error = it.kind == Collision
	for _, g := range f.Grounds {
		f.Metres2 += a.Grounds[g].SquareMetres
		f.Error = f.Error || it.rule == routing.Unrouted && a.within(&a.Grounds[g])
	}
	if it.kind == Collision {
		one, other := &x.books[0].rows[it.row], &x.books[0].rows[it.rival]
		f.Rows, f.Names = []geo.RuleID{one.ID, other.ID}, []string{one.Assign, other.Assign}
	}
	return f
}

// standing is the assets of a profile in a zone.
type standing struct{ zone, profile int32 }

// uncounted counts the assets of a zone that are not counted yet.
func (o *assetOption) uncounted(zone int32, counted map[standing]bool) (n int) {
	for _, p := range o.all {
		if s := (standing{zone, p.profile}); !counted[s] {
			counted[s] = true
			n += p.count
		}
	}
	return n
}

func (x *exam) assetText(n int32) string {
	switch n {
	case anyAsset:
		return "any"
	case noAsset:
		return "none"
	}
	return x.assets.profiles[n].String()
}

// String is a profile in English.
func (p *Profile) String() string { return p.said().String() }

// said names the bodies of a profile, and the attributes that rows ask for.
func (p *Profile) said() geo.Said {
	var parts []geo.Said
	if p.Maintainer != "" {
		parts = append(parts, geo.Say("maintainer %s", p.Maintainer))
	}
	if p.Owner != "" {
		parts = append(parts, geo.Say("owner %s", p.Owner))
	}
	if p.Authority != "" {
		parts = append(parts, geo.Say("authority %s", p.Authority))
	}
	if p.Named != "" {
		parts = append(parts, geo.Say("%s", p.Named))
	}
	if len(parts) == 0 {
		return geo.Say("nobody named")
	}
	return geo.Joined("%s, %s", parts)
}

func (a *Audit) add(f Finding) {
	f.Message = a.sentence(&f)
	f.Mend, f.MendMore = a.mend(&f)
	for i := range f.Mend {
		f.Mend[i].Note = f.MendNote.String()
	}
	a.Findings = append(a.Findings, f)
}

// order puts errors first, then the kinds in their order, the largest first.
func (a *Audit) order() {
	all := kinds()
	slices.SortFunc(a.Findings, func(f, g Finding) int {
		return cmp.Or(
			cmp.Compare(weight(f), weight(g)),
			cmp.Compare(slices.Index(all, f.Kind), slices.Index(all, g.Kind)),
			cmp.Compare(g.Metres2, f.Metres2),
			cmp.Compare(f.Message.String(), g.Message.String()),
			slices.CompareFunc(f.Categories, g.Categories, compareKeys),
			slices.Compare(f.Grounds, g.Grounds),
		)
	})
}

func weight(f Finding) int {
	if f.Error {
		return 0
	}
	return 1
}

// within tells whether a ground lies in an area of the duty chain; where there is no chain
// every ground counts.
func (a *Audit) within(g *Ground) bool {
	return len(a.chain) == 0 || slices.ContainsFunc(a.chain, func(layer geo.LayerName) bool { return areaOf(&g.At, layer) != nil })
}
