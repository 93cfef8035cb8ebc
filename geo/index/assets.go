package index

import (
	"slices"

	"github.com/tidwall/btree"

	"gridwarden/geo"
)

// assets are all assets of a snapshot: those packed and not hidden, and the loose.
type assets struct {
	packed *packed
	hidden hidden
	loose
}

// loose are assets held whole: points changed since the last packing, and all that have a
// shape. Only a fork not yet shown to anyone is changed.
type loose struct {
	byKey     *shared[*btree.Map[string, *looseAsset]]
	byVersion *shared[*btree.Map[geo.AssetVersion, *looseAsset]]
	boxes     *shared[*boxes[*looseAsset]]
	points    int // those without a shape
}

// looseAsset is an asset with its shape made ready; the figure of a point is only a box.
type looseAsset struct {
	asset geo.Asset
	figure
}

func noAssets() *assets {
	return &assets{packed: &packed{bounds: geo.EmptyBox()}, loose: newLoose()}
}

func newLoose() loose {
	return loose{
		byKey:     &shared[*btree.Map[string, *looseAsset]]{tree: new(btree.Map[string, *looseAsset])},
		byVersion: &shared[*btree.Map[geo.AssetVersion, *looseAsset]]{tree: new(btree.Map[geo.AssetVersion, *looseAsset])},
		boxes:     &shared[*boxes[*looseAsset]]{tree: new(boxes[*looseAsset])},
	}
}

func (l *loose) fork() loose {
	return loose{l.byKey.fork(), l.byVersion.fork(), l.boxes.fork(), l.points}
}

// looseKey orders as the key does: ids hold no zero byte.
func looseKey(k geo.AssetKey) string { return string(k.ID) + "\x00" + k.Standard }

// insert adds an asset; one of a key or version that is there already is a Conflict.
func (l *loose) insert(a *geo.Asset) error {
	if err := l.lacks(a); err != nil {
		return err
	}
	e := &looseAsset{asset: *a}
	e.box = geo.Box{Min: a.Point, Max: a.Point}
	if a.Shape != nil {
		e.figure = newFigure(a.Shape)
		e.box = e.box.Extend(a.Point)
	}
	l.add(e)
	return nil
}

func (l *loose) add(e *looseAsset) {
	l.byKey.tree.Set(looseKey(e.asset.Key()), e)
	l.byVersion.tree.Set(e.asset.Version, e)
	l.boxes.tree.insert(e.box, e)
	if e.shape == nil {
		l.points++
	}
}

// lacks refuses an asset whose key or version is among the loose already.
func (l *loose) lacks(a *geo.Asset) error {
	if l.byKey.tree.Len() == 0 {
		return nil
	}
	if _, there := l.byKey.tree.Get(looseKey(a.Key())); there {
		return begunTwice(a.ID)
	}
	if _, there := l.byVersion.tree.Get(a.Version); there {
		return sameVersion(a.Version)
	}
	return nil
}

// remove takes out the asset of a version; false when there is none.
func (l *loose) remove(v geo.AssetVersion) bool {
	e, found := l.byVersion.tree.Delete(v)
	if !found {
		return false
	}
	l.byKey.tree.Delete(looseKey(e.asset.Key()))
	l.boxes.tree.remove(e.box, e)
	if e.shape == nil {
		l.points--
	}
	return true
}

// apply is the assets after a change. It costs what the change is, never the city: what
// comes loose stays so until someone has it packed, see [Snapshot.Repacked]. Only where
// most assets are new all are packed at once.
func (s *assets) apply(ended []geo.AssetVersion, begun []geo.Asset) (*assets, error) {
	if len(ended) == 0 && len(begun) == 0 {
		return s, nil
	}
	next := &assets{packed: s.packed, loose: s.loose.fork()}
	gone := make([]uint32, 0, len(ended))
	for _, v := range ended {
		i, packed := s.packed.ofVersion(v)
		switch {
		case packed && !s.hidden.has(i):
			gone = append(gone, i)
		case !next.remove(v):
			return nil, geo.Errorf(geo.Conflict, "asset version %d ends without being there; load the view again", v)
		}
	}
	next.hidden = s.hidden.with(gone)
	if len(begun) > next.count() {
		return next.repack(begun)
	}
	for _, a := range byKey(begun) {
		if err := next.begin(a); err != nil {
			return nil, err
		}
	}
	return next, nil
}

// byKey are assets in the order of their keys, in which many are looked up and inserted
// several times as fast: one finds in the processor's cache what the one before needed.
func byKey(all []geo.Asset) []*geo.Asset {
	sorted := make([]*geo.Asset, len(all))
	for i := range all {
		sorted[i] = &all[i]
	}
	slices.SortFunc(sorted, func(a, b *geo.Asset) int { return a.Key().Compare(b.Key()) })
	return sorted
}

func (s *assets) count() int { return s.packed.len() - s.hidden.count + s.byKey.tree.Len() }

// unpacked tells whether so many came loose that packing them again is due.
func (s *assets) unpacked() bool {
	return s.points+s.hidden.count > s.packed.len()/32+1024
}

// Unpacked tells whether so many assets changed, a few per cent of the city, that
// [Snapshot.Repacked] is due. Nothing but memory and some speed is lost while it waits.
func (s *Snapshot) Unpacked() bool { return s.assets.unpacked() }

// Repacked is the same view with all assets that are points packed, those that came loose
// included. It costs a pass over the city and is made beside: s goes on serving, and what
// changes meanwhile is applied to the new view as it was to s.
func (s *Snapshot) Repacked() (*Snapshot, error) {
	assets, err := s.assets.repack(nil)
	if err != nil {
		return nil, err
	}
	next := *s
	next.assets, next.masks = assets, &masks{}
	return &next, nil
}

// begin adds one asset to the loose ones; one whose key or version is there already is a
// Conflict.
func (s *assets) begin(a *geo.Asset) error {
	if err := s.free(a); err != nil {
		return err
	}
	return s.insert(a)
}

// free refuses an asset whose key or version is packed and not hidden. On the way back a
// version that ended begins again: its old place stays hidden.
func (s *assets) free(a *geo.Asset) error {
	if i, there := s.packed.ofKey(a.Key()); there && !s.hidden.has(i) {
		return begunTwice(a.ID)
	}
	if i, there := s.packed.ofVersion(a.Version); there && !s.hidden.has(i) {
		return sameVersion(a.Version)
	}
	return nil
}

// repack packs all points, those that begin included, so that only shapes stay loose.
func (s *assets) repack(begun []geo.Asset) (*assets, error) {
	b := NewBuilder()
	for i := range uint32(s.packed.len()) {
		if s.hidden.has(i) {
			continue
		}
		a := s.packed.asset(i)
		if err := b.Asset(&a); err != nil {
			return nil, err
		}
	}
	var err error
	s.byKey.tree.Scan(func(_ string, e *looseAsset) bool {
		if e.shape != nil {
			b.loose.add(e)
		} else {
			err = b.Asset(&e.asset)
		}
		return err == nil
	})
	if err != nil {
		return nil, err
	}
	for i := range begun {
		if err := b.Asset(&begun[i]); err != nil {
			return nil, err
		}
	}
	return b.assets()
}
