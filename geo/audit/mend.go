package audit

import (
	"cmp"
	"fmt"
	"hash/fnv"
	"slices"
	"strings"

	"gridwarden/geo"
	"gridwarden/geo/routing"
)

// maxMend is how many rows are written out that would mend one finding.
const maxMend = 12

// mend are rows that would end a finding and take duty from nobody who has it, and how many
// more of them it would take. Where nobody answers, whom they name is left for a person to
// write; where only the fallback does, they make that the rule. Of two rows that collide,
// the second goes after the first. There are none for ground outside the duty chain and in
// gaps, which wants areas, and for assets whose bodies are gone, which want others.
func (a *Audit) mend(f *Finding) ([]geo.DutyRow, int) {
	switch f.Kind {
	case Hole:
		return a.mendHole(f)
	case Collision:
		for i := range a.x.books[0].rows {
			if row := a.x.books[0].rows[i]; row.ID == f.Rows[1] {
				r := *row.DutyRow
				r.Priority++
				f.MendNote = geo.Say("(the audit: goes after %s)", f.Rows[0])
				if r.Note != "" {
					f.MendNote = geo.Say("%s %s", r.Note, f.MendNote)
				}
				return []geo.DutyRow{r}, 0
			}
		}
	}
	return nil, 0
}

// mendHole is a row for each place and pattern of categories. They go after every row there
// is, so only what falls through all of them is theirs, at whatever hour and answer that is.
func (a *Audit) mendHole(f *Finding) ([]geo.DutyRow, int) {
	if f.Asset != "any" && f.Asset != "none" {
		return nil, 0
	}
	places := a.mendPlaces(f)
	patterns := a.mendPatterns(f)
	f.MendNote = geo.Say("proposed by the audit: write who shall answer")
	if f.Rule == routing.Fallback {
		f.MendNote = geo.Say("proposed by the audit: make the fallback the rule, or write who shall answer")
	}
	var rows []geo.DutyRow
	for _, place := range places[:min(len(places), maxMend)] {
		for _, k := range patterns[:min(len(patterns), maxMend)] {
			r := geo.DutyRow{
				ID: mendID(k, place), Priority: a.lastPriority() + 1, Standard: k.Standard, Kind: k.Kind, Category: k.Code,
				Layer: string(place.layer), Area: string(place.code), Assign: "department:",
			}
			if f.Rule == routing.Fallback {
				r.Assign = "fallback"
			}
			if a.today.Before(f.From) {
				r.ValidFrom = f.From // until then somebody has it
			}
			if f.Asset == "none" {
				r.Asset = "no"
			}
			if f.Condition != anyText && f.Condition != other {
				r.Condition = f.Condition
			}
			rows = append(rows, r)
		}
	}
	rows = rows[:min(len(rows), maxMend)]
	return rows, len(places)*len(patterns) - len(rows)
}

// mendID names a proposed row: no two of one audit are called the same. Long codes are cut.
func mendID(k geo.CategoryKey, place mendPlace) geo.RuleID {
	sum := fnv.New32a()
	fmt.Fprint(sum, k.Standard, "|", k.Kind, "|", k.Code, "|", place.layer, "|", place.code)
	code := []rune(cmp.Or(strings.TrimSuffix(k.Code, "*"), "all") + "-" + string(place.code))
	return geo.RuleID(fmt.Sprintf("mend-%s-%s-%08x", k.Kind, string(code[:min(len(code), 36)]), sum.Sum32()))
}

// lastPriority is that of the row that goes last.
func (a *Audit) lastPriority() int {
	last := 0
	for i, row := range a.view.Duty().Rules {
		if i == 0 || row.Priority > last {
			last = row.Priority
		}
	}
	return last
}

// mendPlace is an area that a row can name.
type mendPlace struct {
	layer geo.LayerName
	code  geo.AreaCode
}

// mendPlaces are the areas of the duty chain's lowest layer where the hole is, areas that
// it fills taken together as the one above. Ground that is in none of them is left out.
func (a *Audit) mendPlaces(f *Finding) []mendPlace {
	if len(a.chain) == 0 {
		return nil
	}
	areas := map[geo.AreaCode]*geo.Area{}
	for _, g := range f.Grounds {
		if lowest := areaOf(&a.Grounds[g].At, a.chain[0]); lowest != nil {
			areas[lowest.Code] = lowest
		}
	}
	var places []mendPlace
	for level, layer := range a.chain {
		parents := map[geo.AreaCode]*geo.Area{}
		if level+1 < len(a.chain) {
			parents = a.filled(layer, a.chain[level+1], areas)
		}
		for code, area := range areas {
			if parents[area.Parent] == nil {
				places = append(places, mendPlace{layer, code})
			}
		}
		areas = parents
	}
	slices.SortFunc(places, func(p, q mendPlace) int {
		return cmp.Or(slices.Index(a.chain, q.layer)-slices.Index(a.chain, p.layer), cmp.Compare(p.code, q.code))
	})
	return places
}

// filled are the areas of the layer above all of whose children are among those given, and
// that have no ground of their own between them.
func (a *Audit) filled(layer, above geo.LayerName, areas map[geo.AreaCode]*geo.Area) map[geo.AreaCode]*geo.Area {
	missing := map[geo.AreaCode]bool{}
	for child := range a.view.Areas(layer, "") {
		if areas[child.Code] == nil {
			missing[child.Parent] = true
		}
	}
	for i := range a.Grounds {
		if a.Grounds[i].Gap == layer {
			missing[a.Grounds[i].Code(above)] = true
		}
	}
	parents := map[geo.AreaCode]*geo.Area{}
	for _, child := range areas {
		if parent := a.view.Area(above, child.Parent); parent != nil && !missing[child.Parent] {
			parents[child.Parent] = parent
		}
	}
	return parents
}

// mendPatterns are the categories of a hole as few cells: prefixes that hold no other
// category in force, and single codes.
func (a *Audit) mendPatterns(f *Finding) []geo.CategoryKey {
	type branch struct {
		standard string
		kind     geo.CategoryKind
	}
	in, all := map[branch][]string{}, map[branch][]string{}
	for _, k := range f.Categories {
		b := branch{k.Standard, k.Kind}
		in[b] = append(in[b], k.Code)
	}
	for _, class := range a.engine.CategoryClasses() {
		for _, k := range class {
			b := branch{k.Standard, k.Kind}
			all[b] = append(all[b], k.Code)
		}
	}
	var patterns []geo.CategoryKey
	for b, codes := range in {
		for _, pattern := range prefixes("", codes, all[b]) {
			patterns = append(patterns, geo.CategoryKey{Standard: b.standard, Kind: b.kind, Code: pattern})
		}
	}
	slices.SortFunc(patterns, func(p, q geo.CategoryKey) int {
		return cmp.Or(cmp.Compare(p.Standard, q.Standard), cmp.Compare(p.Kind, q.Kind), cmp.Compare(p.Code, q.Code))
	})
	return patterns
}

// prefixes are the fewest patterns below a prefix that fit the codes and nothing else of
// all: a prefix with *, nothing for everything, a code alone.
func prefixes(prefix string, codes, all []string) []string {
	in, there := under(prefix, codes), under(prefix, all)
	switch {
	case len(in) == 0:
		return nil
	case len(in) == 1:
		return in
	case len(in) == len(there) && prefix == "":
		return []string{""}
	case len(in) == len(there):
		return []string{prefix + "*"}
	}
	var patterns []string
	if slices.Contains(in, prefix) {
		patterns = append(patterns, prefix)
	}
	next := map[byte]bool{}
	for _, code := range in {
		if len(code) > len(prefix) && !next[code[len(prefix)]] {
			next[code[len(prefix)]] = true
			patterns = append(patterns, prefixes(code[:len(prefix)+1], in, there)...)
		}
	}
	return patterns
}

// under are the codes that begin with a prefix, each once.
func under(prefix string, codes []string) []string {
	var found []string
	for _, code := range codes {
		if strings.HasPrefix(code, prefix) {
			found = append(found, code)
		}
	}
	slices.Sort(found)
	return slices.Compact(found)
}
