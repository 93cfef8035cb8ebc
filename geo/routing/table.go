package routing

import (
	"cmp"
	"slices"

	"gridwarden/geo"
	"gridwarden/geo/calendar"
	"gridwarden/geo/duty"
	"gridwarden/geo/index"
)

// row is a duty row compiled.
type row struct {
	*geo.DutyRow
	index      int32 // in Duty().Rules
	place      int   // of the place patterns
	what       int   // in table.kinds
	where      duty.Where
	asks       []string // what it asks, as steps tell it
	assetWhere duty.Where
	hours      calendar.Hours
	assign     duty.Assign
	order      order
}

// order is what decides between rows that hold: the smaller goes first. Rows of one order
// that name different departments collide.
type order struct {
	priority    int
	place       placeClass
	placeLength int // of a prefix, negative: the longer first
	rank        int // of the layer
	category    categoryClass
	codeLength  int // of a prefix, negative
	others      int // how many of the other conditions are filled, negative
}

type placeClass uint8

const (
	assetNamed placeClass = iota
	areaCode
	areaPrefix
	wholeLayer
	anywhere
)

type categoryClass uint8

const (
	exactCode categoryClass = iota
	codePrefix
	ofFamily
	anyCategory
)

func (o order) compare(p order) int {
	return cmp.Or(
		cmp.Compare(o.priority, p.priority),
		cmp.Compare(o.place, p.place),
		cmp.Compare(o.placeLength, p.placeLength),
		cmp.Compare(o.rank, p.rank),
		cmp.Compare(o.category, p.category),
		cmp.Compare(o.codeLength, p.codeLength),
		cmp.Compare(o.others, p.others),
	)
}

// table is the duty rows in their order, and the ways to those that can match.
type table struct {
	rows     []row
	layers   map[string]*layerPatterns // by layer or kind of group
	kinds    []kindPattern
	reached  []reached           // by kind pattern
	assigned []geo.LayerName     // layers that rows assign by, each once
	families map[string][]string // the standards of each family's categories
}

// reached are the rows of one kind pattern, in their order.
type reached struct {
	everywhere []int32           // that name no place
	at         map[int32][]int32 // by place pattern
}

// everywhere is the place pattern of rows that name none.
const everywhere int32 = 0

// layerPatterns are the patterns of one layer's codes.
type layerPatterns struct {
	exact    map[string]int32
	prefixes map[string]int32
	lengths  []int // of the prefixes there are
}

// kindPattern is what rows say of the category.
type kindPattern struct {
	standard string
	kind     geo.CategoryKind
	code     duty.Pattern
	family   string
}

// compile reads the rows. What cannot be read never matches and is left out.
func compile(s *index.Snapshot, rules []geo.DutyRow) table {
	t := table{layers: map[string]*layerPatterns{}, families: standardsOf(s.Categories())}
	ranks := ranksOf(s)
	places, kinds := everywhere+1, map[kindPattern]int32{}
	for i := range rules {
		r, kind, ok := read(&rules[i], ranks, t.families)
		if !ok {
			continue
		}
		r.index = int32(i)
		r.place = int(t.placePattern(&rules[i], &places))
		id, known := kinds[kind]
		if !known {
			id = int32(len(t.kinds))
			kinds[kind] = id
			t.kinds = append(t.kinds, kind)
		}
		r.what = int(id)
		t.rows = append(t.rows, r)
		if l := r.assign.Layer; l != "" && !slices.Contains(t.assigned, l) {
			t.assigned = append(t.assigned, l)
		}
	}
	slices.SortFunc(t.rows, func(a, b row) int {
		return cmp.Or(a.order.compare(b.order), cmp.Compare(a.ID, b.ID))
	})
	t.reached = make([]reached, len(t.kinds))
	for i := range t.rows {
		t.reached[t.rows[i].what].add(int32(t.rows[i].place), int32(i))
	}
	return t
}

// standardsOf are the standards of each family's categories.
func standardsOf(all []geo.Category) map[string][]string {
	standards := map[string][]string{}
	for _, c := range all {
		if c.Family != "" && !slices.Contains(standards[c.Family], c.Standard) {
			standards[c.Family] = append(standards[c.Family], c.Standard)
		}
	}
	return standards
}

func (r *reached) add(place, row int32) {
	if place == everywhere {
		r.everywhere = append(r.everywhere, row)
		return
	}
	if r.at == nil {
		r.at = map[int32][]int32{}
	}
	r.at[place] = append(r.at[place], row)
}

// ranksOf is the rank of each layer and each kind of group, which has its members'.
func ranksOf(s *index.Snapshot) map[string]int {
	ranks := map[string]int{}
	for _, g := range s.Duty().Groups {
		if l, known := s.Layer(g.Layer); known {
			ranks[g.Kind] = l.Rank
		}
	}
	for _, l := range s.Layers() {
		ranks[string(l.Name)] = l.Rank
	}
	return ranks
}

// read reads the cells of a row.
func read(d *geo.DutyRow, ranks map[string]int, families map[string][]string) (r row, kind kindPattern, ok bool) {
	r = row{DutyRow: d, asks: []string{d.Where}}
	var errs [4]error
	r.where, errs[0] = duty.ParseWhere(d.Where)
	r.assetWhere, errs[1] = duty.ParseWhere(d.AssetWhere)
	r.hours, errs[2] = calendar.ParseHours(d.Hours)
	r.assign, errs[3] = duty.ParseAssign(d.Assign)
	rank, known := ranks[d.Layer]
	if errs != [4]error{} || d.Layer != "" && !known || d.Layer == "" && d.Area != "" {
		return r, kind, false
	}
	r.order = order{priority: d.Priority, rank: rank, others: -others(d)}
	r.order.place, r.order.placeLength = placeOf(d, r.assetWhere)
	kind = kindPattern{standard: d.Standard, kind: d.Kind}
	switch {
	case d.Category == "":
		r.order.category, kind.code = anyCategory, duty.ParsePattern("")
	case families[d.Category] != nil:
		r.order.category, kind.family = ofFamily, d.Category
		kind.code = duty.ParsePattern("")
	default:
		kind.code = duty.ParsePattern(d.Category)
		if kind.code.Prefix {
			r.order.category, r.order.codeLength = codePrefix, -len(kind.code.Text)
		}
	}
	return r, kind, true
}

func placeOf(d *geo.DutyRow, assetWhere duty.Where) (placeClass, int) {
	area := duty.ParsePattern(d.Area)
	switch {
	case slices.ContainsFunc(assetWhere, func(c duty.Condition) bool { return c.Key == "id" }):
		return assetNamed, 0
	case d.Layer == "":
		return anywhere, 0
	case area.Any():
		return wholeLayer, 0
	case area.Prefix:
		return areaPrefix, -len(area.Text)
	}
	return areaCode, 0
}

// others counts the conditions beside place and category that are filled.
func others(d *geo.DutyRow) int {
	n := 0
	for _, filled := range []bool{
		d.Kind != "", d.Condition != "", d.Where != "", d.Asset != "", d.AssetWhere != "",
		!d.ValidFrom.IsZero(), !d.ValidUntil.IsZero(), d.Hours != "",
	} {
		if filled {
			n++
		}
	}
	return n
}

// placePattern is the number of a row's pattern of places, new when none had it.
func (t *table) placePattern(d *geo.DutyRow, next *int32) int32 {
	if d.Layer == "" {
		return everywhere
	}
	l := t.layers[d.Layer]
	if l == nil {
		l = &layerPatterns{exact: map[string]int32{}, prefixes: map[string]int32{}}
		t.layers[d.Layer] = l
	}
	p := duty.ParsePattern(d.Area)
	patterns := l.exact
	if p.Prefix {
		patterns = l.prefixes
		if !slices.Contains(l.lengths, len(p.Text)) {
			l.lengths = append(l.lengths, len(p.Text))
		}
	}
	id, known := patterns[p.Text]
	if !known {
		id = *next
		patterns[p.Text] = id
		*next++
	}
	return id
}

// appendMatching adds the patterns that a code of the layer fits.
func (l *layerPatterns) appendMatching(ids []int32, code string) []int32 {
	if id, found := l.exact[code]; found {
		ids = append(ids, id)
	}
	for _, n := range l.lengths {
		if n <= len(code) {
			if id, found := l.prefixes[code[:n]]; found {
				ids = append(ids, id)
			}
		}
	}
	return ids
}

// matchingKinds are the patterns a category fits. A category without a code is a family
// that citizens name, of every standard that has such a category.
func (t *table) matchingKinds(k geo.CategoryKey, family string) []int32 {
	var ids []int32
	for i, p := range t.kinds {
		switch {
		case p.standard != "" && p.standard != k.Standard && (k.Code != "" || !slices.Contains(t.families[family], p.standard)), p.kind != "" && p.kind != k.Kind:
		case p.family != "" && p.family != family:
		case !p.code.Any() && k.Code == "", !p.code.Matches(k.Code):
		default:
			ids = append(ids, int32(i))
		}
	}
	return ids
}
