package index

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"math/bits"
	"slices"
	"strings"
	"sync/atomic"

	"gridwarden/geo"
)

// Sight says which layers, and assets of which categories, a reader may see. There are few:
// one for each set of rights, made once, for views remember by it what they look like.
type Sight struct {
	Of     geo.Visibility  // all that is no less open than that: [geo.Restricted] is everything
	Layers []geo.LayerName // these too, unless they are restricted
	Assets bool            // all assets too, unless their category is restricted
}

// Named is of a sight that sees nothing but what it names.
const Named geo.Visibility = "named"

// rankOf orders what is marked, the most open first. What is not marked is internal.
func rankOf(v geo.Visibility) int {
	switch v {
	case Named:
		return -1
	case geo.Public:
		return 0
	case geo.Restricted:
		return 2
	}
	return 1
}

func (by *Sight) layer(l *geo.Layer) bool {
	return by.sees(l.Visibility, slices.Contains(by.Layers, l.Name))
}

// stricter is the less open of two marks.
func stricter(a, b geo.Visibility) geo.Visibility {
	if rankOf(a) < rankOf(b) {
		return b
	}
	return a
}

// Category tells whether assets of a category are seen. The catalogue itself is for all who
// read it: so that anybody can report what they must not be shown on a map.
func (by *Sight) Category(c *geo.Category) bool { return by.sees(c.Visibility, by.Assets) }

func (by *Sight) sees(v geo.Visibility, named bool) bool {
	return rankOf(v) <= rankOf(by.Of) || named && v != geo.Restricted
}

// masks are what a view looks like to others. The view is theirs too where nothing is hidden
// from them.
type masks struct{ all atomic.Pointer[[]masked] }

type masked struct {
	by         *Sight
	now        geo.Position // when the view that told what is hidden was settled
	view       *Snapshot
	layers     []geo.LayerName   // hidden
	categories []geo.CategoryKey // hidden, of which there are assets
}

// Seen is the view as a reader sees it. What is hidden is not there: no area, asset, count,
// box or duty row tells of it. A layer joined to a restricted one is hidden with it, for its
// areas name their parents. A past view hides what it hid then, and what the newest, now,
// hides today. For a view that small changes led to from one that was seen so it is at hand;
// else it costs a look at the assets that are not packed, and once for each packing at all.
func (s *Snapshot) Seen(by *Sight, now *Snapshot) *Snapshot {
	if by.Of == geo.Restricted {
		return s
	}
	for {
		known := s.masks.all.Load()
		var others []masked
		if known != nil {
			for _, m := range *known {
				if m.by == by && m.now == now.settled {
					return m.view
				}
				if m.by != by {
					others = append(others, m)
				}
			}
		}
		made := s.mask(by, now)
		if next := append(others, made); s.masks.all.CompareAndSwap(known, &next) {
			return made.view
		}
	}
}

// Hidden names what this view hides of the whole one: the same for views that hide the same,
// empty for the whole.
func (s *Snapshot) Hidden() string { return s.hides }

// Rights are those the view was made for; everything, where nothing is hidden in it.
func (s *Snapshot) Rights() geo.Visibility { return cmp.Or(s.rights, geo.Restricted) }

func (s *Snapshot) mask(by *Sight, now *Snapshot) masked {
	m := masked{by: by, now: now.settled, layers: s.hiddenLayers(by, now), categories: s.hiddenCategories(by, now)}
	m.show(s, s.assets.without(m.categories))
	return m
}

// show makes what is seen of a view of which these assets are.
func (m *masked) show(s *Snapshot, seen *assets) {
	if m.view = s; len(m.layers) == 0 && seen == s.assets {
		return
	}
	view := *s
	view.masks, view.assets, view.rights = &masks{}, seen, m.by.Of
	view.atlas = s.atlas.without(m.layers)
	view.duty = s.dutyWithout(m.layers, seen)
	sum := sha256.Sum256(fmt.Append(nil, m.layers, m.categories))
	view.hides = hex.EncodeToString(sum[:8])
	m.view = &view
}

// smallChange is up to how many assets may change for what is seen to be brought along.
const smallChange = 1000

// maskAfter brings what readers see of a view along to the one that a change led to. Where
// more than a few assets change, or others may be hidden than before, it is made anew when
// somebody looks.
func (s *Snapshot) maskAfter(next *Snapshot, c *geo.Changes) error {
	known := s.masks.all.Load()
	if known == nil || len(c.Assets)+len(c.AssetsEnded) > smallChange ||
		len(c.Layers)+len(c.LayersEnded)+len(c.Categories)+len(c.CategoriesEnded) > 0 || next.assets.packed != s.assets.packed {
		return nil
	}
	var all []masked
	for _, m := range *known {
		after, ok, err := m.after(s, next, c)
		if err != nil {
			return err
		}
		if ok {
			all = append(all, after)
		}
	}
	next.masks.all.Store(&all)
	return nil
}

// after is what is seen after a change of assets, areas and duty; ok is false when it is not
// known which of them are hidden.
func (m masked) after(s, next *Snapshot, c *geo.Changes) (_ masked, ok bool, err error) {
	if m.now != s.settled {
		return m, false, nil
	}
	var begun []geo.Asset
	for i := range c.Assets {
		category, _ := next.Category(c.Assets[i].Category)
		switch seen := m.by.Category(&category); {
		case seen:
			begun = append(begun, c.Assets[i])
		case !slices.Contains(m.categories, c.Assets[i].Category):
			return m, false, nil
		}
	}
	m.now = next.settled
	if m.view.assets == s.assets {
		m.show(next, next.assets)
		return m, len(begun) == len(c.Assets), nil
	}
	var ended []geo.AssetVersion
	for _, v := range c.AssetsEnded {
		if _, seen := m.view.AssetOf(v); seen {
			ended = append(ended, v)
		}
	}
	seen, err := m.view.assets.apply(ended, begun)
	if err == nil {
		m.show(next, seen)
	}
	return m, true, err
}

// hiddenLayers are those not seen, by name.
func (s *Snapshot) hiddenLayers(by *Sight, now *Snapshot) (names []geo.LayerName) {
	mark := func(at int) geo.Layer {
		l := s.atlas.layers[at].Layer
		if newest, there := now.Layer(l.Name); there {
			l.Visibility = stricter(l.Visibility, newest.Visibility)
		}
		return l
	}
	for i := range s.atlas.layers {
		l := mark(i)
		for up := s.atlas.up[i]; up >= 0; up = s.atlas.up[up] {
			if mark(up).Visibility == geo.Restricted {
				l.Visibility = geo.Restricted
			}
		}
		if !by.layer(&l) {
			names = append(names, l.Name)
		}
	}
	slices.Sort(names)
	return names
}

// hiddenCategories are those of assets not seen, by key. A category that is not in the
// catalogue is internal.
func (s *Snapshot) hiddenCategories(by *Sight, now *Snapshot) (keys []geo.CategoryKey) {
	hide := func(k geo.CategoryKey) {
		c, _ := s.Category(k)
		newest, _ := now.Category(k)
		if c.Visibility = stricter(c.Visibility, newest.Visibility); !by.Category(&c) {
			keys = append(keys, k)
		}
	}
	for k := range s.assets.packed.table.kinds {
		hide(k)
	}
	s.assets.byKey.tree.Scan(func(_ string, e *looseAsset) bool {
		if _, packed := s.assets.packed.table.kinds[e.asset.Category]; !packed && !slices.Contains(keys, e.asset.Category) {
			hide(e.asset.Category)
		}
		return true
	})
	slices.SortFunc(keys, compareKeys)
	return keys
}

// without is the atlas with some layers left out. What was joined to one of them stands for
// itself.
func (a *atlas) without(names []geo.LayerName) *atlas {
	if len(names) == 0 {
		return a
	}
	next := &atlas{}
	for _, l := range a.layers {
		if slices.Contains(names, l.Name) {
			continue
		}
		if slices.Contains(names, l.Parent) {
			alone := *l
			alone.Parent = ""
			l = &alone
		}
		next.layers = append(next.layers, l)
	}
	next.links = link(next.layers)
	return next
}

// dutyWithout is the tables of duty without what names hidden layers or assets.
func (s *Snapshot) dutyWithout(layers []geo.LayerName, seen *assets) *geo.DutyTables {
	duty := *s.duty
	if seen != s.assets {
		duty.Rulings = slices.DeleteFunc(slices.Clone(duty.Rulings), func(r geo.Ruling) bool {
			return r.Asset != nil && s.assets.has(*r.Asset) && !seen.has(*r.Asset)
		})
	}
	if len(layers) == 0 {
		return &duty
	}
	places := map[string]bool{} // layers, and kinds of groups of their areas
	for _, l := range layers {
		places[string(l)] = true
	}
	duty.Groups = slices.DeleteFunc(slices.Clone(duty.Groups), func(g geo.Group) bool {
		places[g.Kind] = places[g.Kind] || places[string(g.Layer)]
		return places[string(g.Layer)]
	})
	duty.Rules = slices.DeleteFunc(slices.Clone(duty.Rules), func(r geo.DutyRow) bool {
		_, assigned, _ := strings.Cut(r.Assign, "layer:")
		return places[r.Layer] || places[assigned]
	})
	return &duty
}

// has tells whether there is an asset of a key.
func (s *assets) has(k geo.AssetKey) bool {
	for a := range s.from(k) {
		return a.Key() == k
	}
	return false
}

// without is the assets but those of some categories; s itself where there are none.
func (s *assets) without(categories []geo.CategoryKey) *assets {
	if len(categories) == 0 {
		return s
	}
	is := make(map[geo.CategoryKey]bool, len(categories))
	for _, k := range categories {
		is[k] = true
	}
	next := &assets{packed: s.packed, hidden: s.hidden, loose: s.loose}
	if veil := s.packed.without(categories); veil.gone.count > 0 {
		next.packed, next.hidden = veil.packed, s.hidden.union(&veil.gone)
	}
	var gone []geo.AssetVersion
	s.byKey.tree.Scan(func(_ string, e *looseAsset) bool {
		if is[e.asset.Category] {
			gone = append(gone, e.asset.Version)
		}
		return true
	})
	if len(gone) > 0 {
		next.loose = s.loose.fork()
		for _, v := range gone {
			next.remove(v)
		}
	}
	if len(gone) == 0 && next.packed == s.packed {
		return s
	}
	return next
}

// veil is a packing without some categories.
type veil struct {
	key    string // the categories
	packed *packed
	gone   hidden
}

// without is the veil for some categories, made once and then remembered by the packing.
func (b *packed) without(categories []geo.CategoryKey) *veil {
	key := fmt.Sprint(categories)
	if b.veils == nil {
		return &veil{packed: b}
	}
	for {
		known := b.veils.Load()
		var all []*veil
		if known != nil {
			all = *known
		}
		for _, v := range all {
			if v.key == key {
				return v
			}
		}
		made := b.veil(categories)
		made.key = key
		next := append(slices.Clone(all), made)
		if b.veils.CompareAndSwap(known, &next) {
			return made
		}
	}
}

func (b *packed) veil(categories []geo.CategoryKey) *veil {
	gone := make([]bool, len(b.table.profiles))
	for _, k := range categories {
		for p := b.table.kinds[k].first; p < b.table.kinds[k].end; p++ {
			gone[p] = true
		}
	}
	left := *b
	left.bounds = geo.EmptyBox()
	var places []uint32
	for i := range b.spots {
		if gone[b.spots[i].profile] {
			places = append(places, uint32(i))
		} else {
			left.bounds = left.bounds.Extend(b.spots[i].point)
		}
	}
	return &veil{packed: &left, gone: hidden{}.with(places)}
}

// union marks what either does.
func (h hidden) union(o *hidden) hidden {
	next := hidden{pages: make([]*[1 << pageBits / 64]uint64, max(len(h.pages), len(o.pages)))}
	for i := range next.pages {
		var a, b *[1 << pageBits / 64]uint64
		if i < len(h.pages) {
			a = h.pages[i]
		}
		if i < len(o.pages) {
			b = o.pages[i]
		}
		next.pages[i] = cmp.Or(a, b)
		if a != nil && b != nil {
			both := *a
			for w := range both {
				both[w] |= b[w]
			}
			next.pages[i] = &both
		}
		if next.pages[i] != nil {
			for _, w := range next.pages[i] {
				next.count += bits.OnesCount64(w)
			}
		}
	}
	return next
}
