package routing

import (
	"cmp"
	"slices"
	"sync/atomic"
	"time"

	"gridwarden/geo"
	"gridwarden/geo/calendar"
	"gridwarden/geo/index"
)

// Engine decides on one snapshot. It holds the duty rows compiled and does not change.
type Engine struct {
	snapshot *index.Snapshot
	*book
}

// book is what is worked out from everything but the assets.
type book struct {
	settings    Settings
	calendar    *calendar.Calendar
	chain       []geo.LayerName // the duty chain, lowest first
	table       table
	departments map[geo.DepartmentCode]*department
	categories  map[geo.CategoryKey]*category
	families    map[string][]geo.CategoryKey // the components of a family
	crosswalk   map[geo.CategoryKey]geo.CategoryKey
	groups      groups
	grouped     []groupedRows
	rulings     rulings
	classes     map[geo.AreaID]string // of the places in the class layer
	relevant    []geo.LayerName       // layers that rows or the duty chain can tell apart
	asking      []asking              // of those, the ones whose borders can be asked about
	order       map[geo.LayerName]int // of the layers in the snapshot
	chains      map[geo.LayerName][]geo.LayerName
}

// department is one with those above it, and its name as steps tell it.
type department struct {
	path []geo.Department
	name []string
}

// category is what is known of a category or, where it is not in the catalogue, of its key.
type category struct {
	geo.Category
	kinds     []int32 // the patterns of rows that it fits
	standards []geo.FilingStandard
}

// asking is a layer whose borders can be asked about.
type asking struct {
	geo.Layer
	up  []geo.LayerName               // of a coverage: itself and the layers above it in its chain
	kin map[geo.AreaID]*atomic.Uint32 // for each area of the layer above: what is told of its children
}

// Check refuses settings that name layers the snapshot does not have. Decisions made with
// them all the same take the deepest chain, and no class of any place.
func (set Settings) Check(s *index.Snapshot) error {
	if l, known := s.Layer(set.Chain); set.Chain != "" && (!known || l.Kind != geo.Coverage) {
		return geo.Errorf(geo.Invalid, "the duty chain is to be that of %s, and there is no such coverage: correct --duty-chain, or leave it out for the deepest chain", set.Chain)
	}
	if _, known := s.Layer(set.ClassLayer); set.ClassLayer != "" && !known {
		return geo.Errorf(geo.Invalid, "the class of a place is to be told by the layer %s, which does not exist: correct --class-layer", set.ClassLayer)
	}
	return nil
}

// New compiles the duty rows of a snapshot. It is total: a row that cannot be read, or
// names what is not there, never matches.
func New(s *index.Snapshot, set Settings) *Engine {
	set.Zone = cmp.Or(set.Zone, time.UTC)
	if set.Accuracy == nil {
		set.Accuracy = Accuracies()
	}
	duty := s.Duty()
	days, err := calendar.New(duty.Calendar, set.Zone)
	if err != nil {
		days, _ = calendar.New(nil, set.Zone) // never fails
	}
	b := &book{
		settings:    set,
		calendar:    days,
		chain:       DutyChain(s, set.Chain),
		table:       compile(s, duty.Rules),
		departments: departmentsOf(s.Departments()),
		families:    familiesOf(s.Categories()),
		crosswalk:   crosswalkOf(duty.Crosswalk),
		groups:      groupsOf(duty.Groups),
		rulings:     rulingsOf(duty.Rulings),
		classes:     classesOf(s, set),
		order:       map[geo.LayerName]int{},
		chains:      map[geo.LayerName][]geo.LayerName{},
	}
	for i, l := range s.Layers() {
		b.order[l.Name], b.chains[l.Name] = i, s.Chain(l.Name)
	}
	b.categories = categoriesOf(s.Categories(), duty.Standards, &b.table)
	b.grouped = b.groups.rows(s, &b.table)
	b.relevant = b.relevantLayers(s)
	b.asking = askingLayers(s, b.relevant)
	return &Engine{s, b}
}

// Snapshot is what the engine decides on.
func (e *Engine) Snapshot() *index.Snapshot { return e.snapshot }

// Calendar is the city's.
func (e *Engine) Calendar() *calendar.Calendar { return e.calendar }

// Today is the category that an old one is decided as: itself, where no crosswalk names it.
func (e *Engine) Today(k geo.CategoryKey) geo.CategoryKey {
	if to, old := e.crosswalk[k]; old {
		return to
	}
	return k
}

// Chain is the duty chain, lowest first.
func (e *Engine) Chain() []geo.LayerName { return e.chain }

// Engines makes the engine of each snapshot as it comes, and compiles anew only when more
// than assets changed. It may be used from any goroutine.
type Engines struct {
	settings Settings
	recent   atomic.Pointer[[]*Engine] // the last made first
}

// recentEngines is how many are kept: of the newest snapshot and of past ones asked for.
const recentEngines = 4

// NewEngines decides with these settings.
func NewEngines(set Settings) *Engines { return &Engines{settings: set} }

// For is the engine of a snapshot.
func (k *Engines) For(s *index.Snapshot) *Engine {
	var recent []*Engine
	if kept := k.recent.Load(); kept != nil {
		recent = *kept
	}
	var made *Engine
	for _, e := range recent {
		switch {
		case e.snapshot == s:
			return e
		case made == nil && e.snapshot.History() == s.History() && e.snapshot.Settled() == s.Settled():
			made = &Engine{s, e.book}
		}
	}
	if made == nil {
		made = New(s, k.settings)
	}
	next := []*Engine{made}
	for _, e := range recent {
		if e.book != made.book && len(next) < recentEngines {
			next = append(next, e)
		}
	}
	k.recent.Store(&next)
	return made
}

// DutyChain is the chain of layers that territory and fallback follow, lowest first: that
// of the layer named; else the deepest, between equally deep ones that whose lowest layer
// comes first by rank and name. Empty when there is no coverage.
func DutyChain(s *index.Snapshot, named geo.LayerName) []geo.LayerName {
	if l, ok := s.Layer(named); ok && l.Kind == geo.Coverage {
		return s.Chain(named)
	}
	var deepest []geo.LayerName
	for _, l := range s.Layers() {
		if l.Kind != geo.Coverage {
			continue
		}
		if chain := s.Chain(l.Name); len(chain) > len(deepest) {
			deepest = chain
		}
	}
	return deepest
}

func departmentsOf(all []geo.Department) map[geo.DepartmentCode]*department {
	byCode := make(map[geo.DepartmentCode]geo.Department, len(all))
	for _, d := range all {
		byCode[d.Code] = d
	}
	departments := make(map[geo.DepartmentCode]*department, len(all))
	for _, d := range all {
		path := []geo.Department{d}
		for up, known := byCode[d.Parent]; known && len(path) < 8; up, known = byCode[up.Parent] {
			path = append(path, up)
		}
		departments[d.Code] = &department{path, []string{d.Name}}
	}
	return departments
}

// categoriesOf are those of the catalogue, and those that only filing standards name.
func categoriesOf(all []geo.Category, standards []geo.FilingStandard, t *table) map[geo.CategoryKey]*category {
	categories := make(map[geo.CategoryKey]*category, len(all))
	for _, c := range all {
		categories[c.CategoryKey] = &category{Category: c, kinds: t.matchingKinds(c.CategoryKey, c.Family)}
	}
	for _, f := range standards {
		c := categories[f.CategoryKey]
		if c == nil {
			c = &category{kinds: t.matchingKinds(f.CategoryKey, "")}
			categories[f.CategoryKey] = c
		}
		c.standards = append(c.standards, f)
	}
	return categories
}

func familiesOf(all []geo.Category) map[string][]geo.CategoryKey {
	families := map[string][]geo.CategoryKey{}
	for _, c := range all {
		if c.Family != "" && c.Kind == geo.Component {
			families[c.Family] = append(families[c.Family], c.CategoryKey)
		}
	}
	return families
}

// crosswalkOf is the category of today for each old one, over as many steps as it takes.
// What a ring of old codes leads round in is left as it is.
func crosswalkOf(all []geo.Crosswalk) map[geo.CategoryKey]geo.CategoryKey {
	next := make(map[geo.CategoryKey]geo.CategoryKey, len(all))
	for _, c := range all {
		next[c.From] = c.To
	}
	last := make(map[geo.CategoryKey]geo.CategoryKey, len(all))
	for _, c := range all {
		to, old, steps := c.To, true, 0
		for ; old && steps <= len(next); steps++ {
			var further geo.CategoryKey
			if further, old = next[to]; old {
				to = further
			}
		}
		if !old {
			last[c.From] = to
		}
	}
	return last
}

// relevantLayers are those whose areas can change a decision, in the snapshot's order.
func (b *book) relevantLayers(s *index.Snapshot) []geo.LayerName {
	wanted := map[geo.LayerName]bool{b.settings.ClassLayer: true}
	for _, n := range b.chain {
		wanted[n] = true
	}
	for n := range b.table.layers {
		for _, n := range b.groups.layersOf(n) {
			wanted[n] = true
		}
		wanted[geo.LayerName(n)] = true
	}
	for _, n := range b.table.assigned {
		wanted[n] = true
	}
	var relevant []geo.LayerName
	for _, l := range s.Layers() {
		if wanted[l.Name] {
			relevant = append(relevant, l.Name)
		}
	}
	return relevant
}

// askingLayers are the relevant layers without the coverages that follow a lower one.
func askingLayers(s *index.Snapshot, relevant []geo.LayerName) []asking {
	var all []asking
	for _, name := range relevant {
		l, _ := s.Layer(name)
		chain := s.Chain(name)
		lowest := slices.IndexFunc(chain, func(n geo.LayerName) bool { return slices.Contains(relevant, n) })
		if l.Kind != geo.Coverage || chain[lowest] == name {
			up := chain[slices.Index(chain, name):]
			all = append(all, asking{l, up, untold(s, up)})
		}
	}
	return all
}

// untold is room to tell whether the children of each area are alike.
func untold(s *index.Snapshot, up []geo.LayerName) map[geo.AreaID]*atomic.Uint32 {
	kin := map[geo.AreaID]*atomic.Uint32{}
	if len(up) > 1 {
		for a := range s.Areas(up[1], "") {
			kin[a.ID] = &atomic.Uint32{}
		}
	}
	return kin
}
