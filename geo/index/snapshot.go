package index

import (
	"iter"

	"gridwarden/geo"
)

// Snapshot is the immutable view of one position in the change log.
type Snapshot struct {
	position geo.Position
	history  [16]byte
	edition  geo.EditionInfo
}

// Empty is the view before the first change, the start of every other.
func Empty() *Snapshot { return &Snapshot{} }

// Apply is the only way to a new view.
func (s *Snapshot) Apply(c *geo.Changes) (*Snapshot, error) {
	return nil, geo.Errorf(geo.Internal, "not yet")
}

func (s *Snapshot) Position() geo.Position   { return s.position }
func (s *Snapshot) History() [16]byte        { return s.history }
func (s *Snapshot) Edition() geo.EditionInfo { return s.edition }
func (s *Snapshot) ContentHash() [32]byte    { return [32]byte{} }
func (s *Snapshot) Bytes() int64             { return 0 }

func (s *Snapshot) Layers() []geo.Layer                            { return nil }
func (s *Snapshot) Layer(n geo.LayerName) (geo.Layer, bool)        { return geo.Layer{}, false }
func (s *Snapshot) Chain(n geo.LayerName) []geo.LayerName          { return nil }
func (s *Snapshot) Area(l geo.LayerName, c geo.AreaCode) *geo.Area { return nil }
func (s *Snapshot) Areas(l geo.LayerName, after geo.AreaCode) iter.Seq[*geo.Area] {
	return func(func(*geo.Area) bool) {}
}
func (s *Snapshot) AreasIn(l geo.LayerName, b geo.Box) iter.Seq[*geo.Area] {
	return func(func(*geo.Area) bool) {}
}
func (s *Snapshot) AreaCount(l geo.LayerName) int                     { return 0 }
func (s *Snapshot) Bounds(l geo.LayerName) geo.Box                    { return geo.EmptyBox() }
func (s *Snapshot) Locate(p geo.Coord, layers ...geo.LayerName) Place { return Place{Point: p} }
func (s *Snapshot) EdgeDistance(a *geo.Area, p geo.Coord, limit float64) (float64, bool) {
	return 0, false
}
func (s *Snapshot) AssetCount() int { return 0 }
func (s *Snapshot) Asset(standard string, id geo.AssetID) (geo.Asset, bool) {
	return geo.Asset{}, false
}
func (s *Snapshot) Assets(after geo.AssetID) iter.Seq[geo.Asset] {
	return func(func(geo.Asset) bool) {}
}
func (s *Snapshot) AssetsIn(b geo.Box) iter.Seq[geo.Asset] { return func(func(geo.Asset) bool) {} }
func (s *Snapshot) NearestAssets(p geo.Coord, c geo.CategoryKey, metres float64, limit int) []Near {
	return nil
}
func (s *Snapshot) Department(c geo.DepartmentCode) (geo.Department, bool) {
	return geo.Department{}, false
}
func (s *Snapshot) Departments() []geo.Department                   { return nil }
func (s *Snapshot) Category(k geo.CategoryKey) (geo.Category, bool) { return geo.Category{}, false }
func (s *Snapshot) Categories() []geo.Category                      { return nil }
