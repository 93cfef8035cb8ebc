package tiles

import (
	"cmp"
	"slices"

	"github.com/paulmach/orb/maptile"

	"gridwarden/geo"
	"gridwarden/geo/index"
)

// AssetsLayer is the name under which the assets are drawn; no layer of areas can have it.
const AssetsLayer geo.LayerName = "assets"

// Render draws what is wanted in a tile as an uncompressed vector tile. It is nil when nothing is to be drawn there, and for a tile outside the matrix: deeper
// than [MaxZoom], or x or y beyond the last.
//
// Areas are features with the id of their version; every polygon is valid. From zoom 14
// an asset is a point with the id of its version; above, the assets are counted in 64 by
// 64 cells a tile, one point without an id at the middle of each cell that has any. A
// cell belongs to one tile only and an asset to one cell, so the counts of all tiles of a
// zoom add up to the number of assets. From zoom 14 more than a hundred assets on one unit
// of a tile are one such count where they stand, so that no device that reported everything
// at one place makes a tile too large to take.
func Render(s *index.Snapshot, w *Want, t maptile.Tile) []byte {
	if !w.Frame.Valid(t) {
		return nil
	}
	f := frameOf(w.Frame, t)
	var out []byte
	for _, name := range canonical(w.Layers) {
		l := newLayer(string(name))
		switch {
		case name != AssetsLayer:
			drawAreas(l, s, name, f)
		case t.Z < pointZoom:
			drawCounts(l, s, w, f)
		default:
			drawAssets(l, s, w, f)
		}
		out = l.appendTo(out)
	}
	return out
}

// canonical is the names in order, each once.
func canonical(layers []geo.LayerName) []geo.LayerName {
	return slices.Compact(slices.Sorted(slices.Values(layers)))
}

func drawAreas(l *layer, s *index.Snapshot, name geo.LayerName, f frame) {
	reach := f.box()
	areas := slices.SortedFunc(s.AreasIn(name, reach), func(a, b *geo.Area) int { return cmp.Compare(a.ID, b.ID) })
	pen := pen{frame: f, reach: reach}
	var drawn path
	for _, a := range areas {
		drawn.reset()
		kind := uint64(typePolygon)
		for _, p := range pen.polygons(a.Shape.Polygons) {
			drawn.polygon(p)
		}
		if len(a.Shape.Lines) > 0 {
			kind = typeLine
			for _, piece := range pen.lines(a.Shape.Lines) {
				drawn.line(piece)
			}
		}
		if len(drawn.bytes) == 0 {
			continue
		}
		describeArea(l, s, a)
		l.feature(uint64(a.ID), kind, drawn.bytes)
	}
}

// describeArea gives the next feature the attributes of an area; see [areaFields].
func describeArea(l *layer, s *index.Snapshot, a *geo.Area) {
	l.text("code", string(a.Code))
	l.text("name", a.Name)
	if a.Department != "" {
		l.text("department", string(a.Department))
		d, _ := s.Department(a.Department)
		l.text("department_name", d.Name)
	}
	l.text("parent", string(a.Parent))
	l.text("class", a.Class)
}
