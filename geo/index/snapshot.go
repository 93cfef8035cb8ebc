package index

import (
	"iter"
	"slices"

	"gridwarden/geo"
)

// Snapshot is the view at one position of the change log. It never changes and may be
// read by any number of goroutines; what it hands out is shared and must not be changed
// either. Make one with [Empty] and [Snapshot.Apply].
type Snapshot struct {
	history     [16]byte
	position    geo.Position
	edition     geo.EditionInfo
	atlas       *atlas
	assets      *assets
	assetKeys   []string         // the attributes that assets have here
	departments []geo.Department // by code
	categories  []geo.Category   // by key
	duty        *geo.DutyTables  // no table is nil
	settled     geo.Position     // of the last change that touched more than assets
	hides       string           // see Hidden
	rights      geo.Visibility   // for which it hides that; empty: it hides nothing
	masks       *masks           // what it looks like to others; one for each view
}

// Empty is the view before the first change, the start of every other.
func Empty() *Snapshot {
	return &Snapshot{atlas: &atlas{links: link(nil)}, assets: noAssets(), duty: noDuty(), masks: &masks{}}
}

// Apply is the view after a change; s stays as it is. It keeps the areas and shapes in c,
// which must not be changed afterwards, and may lead back. A change that does not begin
// where s ends, is of another history, ends what is not there, begins what is there already
// or asks assets for an attribute that they were loaded without is a Conflict: the view
// must be loaded again.
func (s *Snapshot) Apply(c *geo.Changes) (*Snapshot, error) {
	switch {
	case c.From != s.position:
		return nil, geo.Errorf(geo.Conflict, "the change follows number %d, the view stands at %d; load the view again", c.From.Sequence, s.position.Sequence)
	case s.position != geo.Position{} && c.History != s.history:
		return nil, geo.Errorf(geo.Conflict, "the change comes from another history of the database; load the view again")
	}
	keys, err := s.assetKeysAfter(c)
	if err != nil {
		return nil, err
	}
	atlas, err := s.atlas.apply(c)
	if err != nil {
		return nil, err
	}
	assets, err := s.assets.apply(c.AssetsEnded, c.Assets)
	if err != nil {
		return nil, err
	}
	next := &Snapshot{
		history:     c.History,
		position:    c.To,
		edition:     c.Edition,
		atlas:       atlas,
		assets:      assets,
		assetKeys:   keys,
		departments: merge(s.departments, endedDepartments(c), c.Departments, byDepartment),
		categories:  merge(s.categories, endedCategories(c), c.Categories, byCategory),
		duty:        replaceDuty(s.duty, &c.Duty),
		settled:     s.settled,
		masks:       &masks{},
	}
	if atlas != s.atlas || next.duty != s.duty || len(c.Departments)+len(c.DepartmentsEnded)+len(c.Categories)+len(c.CategoriesEnded) > 0 {
		next.settled = c.To
	}
	return next, s.maskAfter(next, c)
}

// assetKeysAfter are the attributes that assets have after a change. Those that are here
// already cannot get another one.
func (s *Snapshot) assetKeysAfter(c *geo.Changes) ([]string, error) {
	if s.AssetCount() == 0 {
		return c.AssetKeys, nil
	}
	for _, key := range c.AssetKeys {
		if !slices.Contains(s.assetKeys, key) {
			return nil, geo.Errorf(geo.Conflict, "duty rows ask assets for %q, without which they were loaded; load the view again", key)
		}
	}
	return s.assetKeys, nil
}

// Position is the place in the change log that the view shows; zero for the empty one.
func (s *Snapshot) Position() geo.Position { return s.position }

// History is that of the database the view was read from; zero for the empty one.
func (s *Snapshot) History() [16]byte { return s.history }

// Edition is the newest edition.
func (s *Snapshot) Edition() geo.EditionInfo { return s.edition }

// Settled is the position of the last change, followed or taken back, that touched more
// than assets: what was worked out from everything else holds for every view of the same.
func (s *Snapshot) Settled() geo.Position { return s.settled }

// Duty are the tables of duty, none nil. They are shared: read only.
func (s *Snapshot) Duty() *geo.DutyTables { return s.duty }

// Layers are all layers by (Rank, Name).
func (s *Snapshot) Layers() []geo.Layer {
	layers := make([]geo.Layer, len(s.atlas.layers))
	for i, l := range s.atlas.layers {
		layers[i] = l.Layer
	}
	return layers
}

// Layer is the layer of a name.
func (s *Snapshot) Layer(n geo.LayerName) (geo.Layer, bool) {
	if l := s.atlas.layer(n); l != nil {
		return l.Layer, true
	}
	return geo.Layer{}, false
}

// Chain is the chain of layers through n, lowest first: just n when it is joined to none,
// nil when it is unknown. Where several layers have the same parent, the chain through
// the parent is the longest, then the first.
func (s *Snapshot) Chain(n geo.LayerName) []geo.LayerName { return s.atlas.chain(n) }

// Area is the area of a code; nil when there is none, or no such layer.
func (s *Snapshot) Area(n geo.LayerName, c geo.AreaCode) *geo.Area {
	if l := s.atlas.layer(n); l != nil {
		if e := l.find(c); e != nil {
			return e.area
		}
	}
	return nil
}

// Areas are the areas of a layer in code order, strictly after the code given; none for an
// unknown layer.
func (s *Snapshot) Areas(n geo.LayerName, after geo.AreaCode) iter.Seq[*geo.Area] {
	return func(yield func(*geo.Area) bool) {
		if l := s.atlas.layer(n); l != nil {
			l.byCode.tree.Ascend(after, func(c geo.AreaCode, e *entry) bool {
				return c == after || yield(e.area)
			})
		}
	}
}

// AreasIn are the areas of a layer whose box meets b, in no order.
func (s *Snapshot) AreasIn(n geo.LayerName, b geo.Box) iter.Seq[*geo.Area] {
	return func(yield func(*geo.Area) bool) {
		if l := s.atlas.layer(n); l != nil {
			l.boxes.tree.meeting(b, func(e *entry) bool { return yield(e.area) })
		}
	}
}

// AreaCount is the number of areas of a layer; 0 for an unknown one.
func (s *Snapshot) AreaCount(n geo.LayerName) int {
	if l := s.atlas.layer(n); l != nil {
		return l.byCode.tree.Len()
	}
	return 0
}

// Bounds is the box round all areas of a layer; empty when there are none.
func (s *Snapshot) Bounds(n geo.LayerName) geo.Box {
	if l := s.atlas.layer(n); l != nil {
		return l.boxes.tree.bounds()
	}
	return geo.EmptyBox()
}

// EdgeDistance is how far p is in metres from the nearest edge of a, from inside as from
// outside: 0 exactly on it. ok is false beyond limit metres. An area that is not of this
// snapshot is measured too, more slowly.
func (s *Snapshot) EdgeDistance(a *geo.Area, p geo.Coord, limit float64) (metres float64, ok bool) {
	f := s.figureOf(a)
	n, ok := f.nearest(p, limit)
	return n.metres, ok
}

func (s *Snapshot) figureOf(a *geo.Area) *figure {
	// A plain shape is made ready sooner than it is looked up.
	if l := s.atlas.layer(a.Layer); l != nil && !isPlain(&a.Shape) {
		if e := l.find(a.Code); e != nil && e.area == a {
			return &e.figure
		}
	}
	f := newFigure(&a.Shape)
	return &f
}
