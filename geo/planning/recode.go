package planning

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"gridwarden/geo"
)

// recode gives an area another code, and new ones to all below it whose code begins with the
// old one. In groups the new code takes the place of the old.
func (d *doing) recode(layer geo.LayerName, from, to geo.AreaCode) error {
	if from == to {
		return nil
	}
	kids := d.children(layer, from)
	next := *d.change(layer, from)
	next.Code = to
	d.end(layer, from)
	d.begin(&next)
	d.effect.Recoded = append(d.effect.Recoded, Recode{layer, from, to})
	d.heirs[AreaName{layer, from}] = []geo.AreaCode{to}
	return d.adopt(d.below(layer), from, to, kids)
}

// adopt gives areas of a layer, which had one parent, another. Those whose code begins with
// the code of the old one get new ones. Under a parent that has no areas yet they keep what
// stands after it, for that is easiest to follow; else each gets the next code, in the
// standard's order.
func (d *doing) adopt(layer geo.LayerName, from, to geo.AreaCode, kids []*geo.Area) error {
	var named []*geo.Area
	for _, kid := range kids {
		kid = d.change(layer, kid.Code)
		kid.Parent = to
		if from != "" && strings.HasPrefix(string(kid.Code), string(from)) && kid.Code != from {
			named = append(named, kid)
		}
	}
	codes, err := d.codesUnder(layer, from, to, named)
	if err != nil {
		return err
	}
	for i, kid := range named {
		if err := d.recode(layer, kid.Code, codes[i]); err != nil {
			return err
		}
	}
	return nil
}

// codesUnder are the codes of areas that come under another parent. It puts them in the
// standard's order.
func (d *doing) codesUnder(layer geo.LayerName, from, to geo.AreaCode, kids []*geo.Area) ([]geo.AreaCode, error) {
	if len(kids) == 0 {
		return nil, nil
	}
	inOrder(kids)
	ruled := d.book.numbering(layer, to) != numbering{}
	kept := make([]geo.AreaCode, len(kids))
	for i, kid := range kids {
		kept[i] = to + kid.Code[len(from):]
	}
	if !ruled || len(d.book.under(layer, to)) == 0 {
		if is, err := d.book.take(layer, kept); is || err != nil {
			return kept, err
		}
	}
	if ruled {
		return d.book.next(layer, to, "", len(kids))
	}
	for i, code := range kept {
		next, err := d.book.next(layer, to, code, 1)
		if err != nil {
			return nil, err
		}
		kept[i] = next[0]
	}
	return kept, nil
}

// inOrder puts areas in the order in which they get their codes: west to east, then north to
// south. They lie in one row while their middle is north of the south end of the row's first.
func inOrder(areas []*geo.Area) {
	middle := func(a *geo.Area) (x, y int64) {
		b := a.Shape.Box()
		return int64(b.Min.X) + int64(b.Max.X), int64(b.Min.Y) + int64(b.Max.Y)
	}
	slices.SortFunc(areas, func(a, b *geo.Area) int {
		_, p := middle(a)
		_, q := middle(b)
		return cmp.Or(cmp.Compare(q, p), cmp.Compare(a.Code, b.Code))
	})
	for len(areas) > 0 {
		south := 2 * int64(areas[0].Shape.Box().Min.Y)
		row := 1
		for ; row < len(areas); row++ {
			if _, y := middle(areas[row]); y <= south {
				break
			}
		}
		slices.SortFunc(areas[:row], func(a, b *geo.Area) int {
			p, _ := middle(a)
			q, _ := middle(b)
			return cmp.Or(cmp.Compare(p, q), cmp.Compare(a.Code, b.Code))
		})
		areas = areas[row:]
	}
}

// Recodes are the codes that some effects change one after another, from the first to the
// last: of a → b and b → c it says a → c, and of one that came back or ended nothing. They
// come by layer and old code.
func Recodes(effects []Effect) []Recode {
	var all []Recode
	now := map[AreaName]int{} // which of all a code stands for
	for i := range effects {
		e := &effects[i]
		next := map[AreaName]int{} // one effect may hand codes round
		for _, r := range e.Recoded {
			at, known := now[AreaName{r.Layer, r.From}]
			if !known {
				at = len(all)
				all = append(all, r)
			}
			delete(now, AreaName{r.Layer, r.From})
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
	all = slices.DeleteFunc(all, func(r Recode) bool { return r.From == r.To })
	slices.SortFunc(all, func(a, b Recode) int {
		return cmp.Or(compareNames(AreaName{a.Layer, a.From}, AreaName{b.Layer, b.From}), cmp.Compare(a.To, b.To))
	})
	return all
}
