package index

import (
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
	return &assets{packed: &packed{texts: []int{0}, bounds: geo.EmptyBox()}, loose: newLoose()}
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
	if err := l.free(a); err != nil {
		return err
	}
	e := &looseAsset{asset: *a}
	e.box = geo.Box{Min: a.Point, Max: a.Point}
	if a.Shape != nil {
		e.figure = newFigure(a.Shape)
		e.box = e.box.Extend(a.Point)
	} else {
		l.points++
	}
	l.byKey.tree.Set(looseKey(a.Key()), e)
	l.byVersion.tree.Set(a.Version, e)
	l.boxes.tree.insert(e.box, e)
	return nil
}

// free refuses an asset whose key or version is among the loose already.
func (l *loose) free(a *geo.Asset) error {
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
	for i := range begun {
		if err := next.begin(&begun[i]); err != nil {
			return nil, err
		}
	}
	return next, nil
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
	fork := &assets{packed: s.assets.packed, hidden: s.assets.hidden, loose: s.assets.loose.fork()}
	packed, err := fork.repack(nil)
	if err != nil {
		return nil, err
	}
	next := *s
	next.assets = packed
	return &next, nil
}

// begin adds one asset to the loose ones; one whose key or version is there already is a
// Conflict.
func (s *assets) begin(a *geo.Asset) error {
	if i, there := s.packed.ofKey(a.Key()); there && !s.hidden.has(i) {
		return begunTwice(a.ID)
	}
	// On the way back a version that ended begins again: its old place stays hidden.
	if i, there := s.packed.ofVersion(a.Version); there && !s.hidden.has(i) {
		return sameVersion(a.Version)
	}
	return s.insert(a)
}

// repack packs all points, those that begin included, so that only shapes stay loose. s is
// a fork not yet shown to anyone; it is used up.
func (s *assets) repack(begun []geo.Asset) (*assets, error) {
	var points, shapes []*geo.Asset
	s.byKey.tree.Scan(func(_ string, e *looseAsset) bool {
		if e.shape == nil {
			points = append(points, &e.asset)
		}
		return true
	})
	for _, a := range points {
		s.remove(a.Version)
	}
	for i := range begun {
		if begun[i].Shape != nil {
			shapes = append(shapes, &begun[i])
			continue
		}
		if err := s.free(&begun[i]); err != nil {
			return nil, err
		}
		points = append(points, &begun[i])
	}
	kept := s.kept()
	packed, err := pack(len(kept)+len(points), func(i int) geo.Asset {
		if i < len(kept) {
			return s.packed.asset(kept[i])
		}
		return *points[i-len(kept)]
	})
	if err != nil {
		return nil, err
	}
	next := &assets{packed: packed, loose: s.loose}
	for _, a := range shapes {
		if err := next.begin(a); err != nil {
			return nil, err
		}
	}
	return next, nil
}

// kept are the packed assets that are not hidden.
func (s *assets) kept() []uint32 {
	kept := make([]uint32, 0, s.packed.len()-s.hidden.count)
	for i := range uint32(s.packed.len()) {
		if !s.hidden.has(i) {
			kept = append(kept, i)
		}
	}
	return kept
}
