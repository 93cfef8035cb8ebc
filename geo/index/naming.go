package index

import (
	"iter"
	"sort"
	"strings"
	"sync"

	"gridwarden/geo"
)

// Naming is an area with its code and name as they are compared, see [Fold].
type Naming struct {
	Area       *geo.Area
	Code, Name string
}

// register is the codes and names of a layer's areas written one after another, so that a text
// is looked for in all of them at once. It is made when it is first asked for, and shared by
// all views whose layer has the same areas.
type register struct {
	once  sync.Once
	areas []*geo.Area // by code
	text  string      // code, 0, name of each
	ends  []int       // of each in text
}

func (r *register) make(l *layer) {
	var text strings.Builder
	l.byCode.tree.Scan(func(_ geo.AreaCode, e *entry) bool {
		text.WriteString(Fold(string(e.area.Code)))
		text.WriteByte(0)
		text.WriteString(Fold(e.area.Name))
		r.areas, r.ends = append(r.areas, e.area), append(r.ends, text.Len())
		return true
	})
	r.text = text.String()
}

// AreasNamed are the areas of a layer, by code, in whose code or name a text stands, which is
// folded and not empty; none for an unknown layer.
func (s *Snapshot) AreasNamed(n geo.LayerName, text string) iter.Seq[Naming] {
	return func(yield func(Naming) bool) {
		l := s.atlas.layer(n)
		if l == nil {
			return
		}
		l.register.once.Do(func() { l.register.make(l) })
		all, from, at := l.register, 0, 0
		for {
			next := strings.Index(all.text[from:], text)
			if next < 0 {
				return
			}
			at += sort.SearchInts(all.ends[at:], from+next+1)
			begin := 0
			if at > 0 {
				begin = all.ends[at-1]
			}
			from = all.ends[at]
			code, name, _ := strings.Cut(all.text[begin:from], "\x00")
			if holds := strings.Contains(code, text) || strings.Contains(name, text); holds && !yield(Naming{all.areas[at], code, name}) {
				return
			}
		}
	}
}
