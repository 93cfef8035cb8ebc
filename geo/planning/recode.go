package planning

import (
	"cmp"
	"maps"
	"slices"
)

// Recodes are the codes that some effects change one after another, from the first to the
// last: of a → b and b → c it says a → c, and of one that came back or ended nothing. They
// come by layer and old code.
func Recodes(effects []Effect) []Recode {
	type chained struct {
		Recode
		at int
	}
	var all []chained
	now := map[AreaName]int{} // which of all ends in a code
	for i := range effects {
		e := &effects[i]
		next := map[AreaName]int{} // one effect may hand codes round
		for _, r := range e.Recoded {
			from := AreaName{r.Layer, r.From}
			at, known := now[from]
			if !known {
				at = len(all)
				all = append(all, chained{Recode: r})
			}
			delete(now, from)
			all[at].To = r.To
			next[AreaName{r.Layer, r.To}] = at
		}
		for _, name := range e.Ended {
			if at, known := now[name]; known { // not handed on: it is lineage from here
				all[at].To = all[at].From
				delete(now, name)
			}
		}
		maps.Copy(now, next)
	}
	var out []Recode
	for _, c := range all {
		if c.From != c.To {
			out = append(out, c.Recode)
		}
	}
	slices.SortFunc(out, func(a, b Recode) int {
		return cmp.Or(cmp.Compare(a.Layer, b.Layer), cmp.Compare(a.From, b.From), cmp.Compare(a.To, b.To))
	})
	return out
}
