package tiles

import (
	"slices"

	"github.com/paulmach/orb/maptile"

	"gridwarden/geo"
	"gridwarden/geo/index"
)

// AssetsLayer is the name under which the assets are drawn; no layer of areas can have it.
const AssetsLayer geo.LayerName = "assets"

// Render draws what is wanted in a tile as an uncompressed vector tile. It is nil when
// nothing is to be drawn there, and for a tile outside the matrix: deeper than [MaxZoom],
// or x or y beyond the last.
//
// The bytes depend on what the tile shows and on nothing else: areas are in the order of
// their codes and assets row by row, with ids made from code or key, see [FeatureID]; rings
// begin at their least point. Every polygon is valid.
//
// Where the areas of a layer are typically less than a pixel wide, those of the layer above
// stand for them, each with the number it stands for as merged. A tile larger than the
// limit is drawn again with less: first the layers lose the attributes beside code and id,
// the largest first, and their features are marked as reduced; then the largest, which in a
// chain is the lowest, is merged into the one above, for this tile; where there is none
// above, small areas are counted in squares. What is larger than a pixel stays or is
// merged, never silently gone.
//
// Assets are told at [drawAssets].
func Render(s *index.Snapshot, w *Want, t maptile.Tile) []byte {
	if !w.Frame.Valid(t) {
		return nil
	}
	var drawn []*layer
	size := 0
	for _, name := range canonical(w.Layers) {
		l := drawLayer(s, w, t, name, lavish)
		drawn, size = append(drawn, l), size+l.size()
	}
	for size > w.limit() {
		i := wasteful(s, t.Z, drawn)
		if i < 0 {
			break
		}
		old := drawn[i]
		drawn[i] = drawLayer(s, w, t, geo.LayerName(old.name), old.thrift+1)
		size += drawn[i].size() - old.size()
		old.done()
	}
	var out []byte
	for _, l := range drawn {
		out = l.appendTo(slices.Grow(out, size))
		size -= l.size()
		l.done()
	}
	if len(out) == 0 {
		return nil
	}
	return out
}

func drawLayer(s *index.Snapshot, w *Want, t maptile.Tile, name geo.LayerName, how thrift) *layer {
	l, f := newLayer(string(name), w.limit(), how), frameOf(w.Frame, t)
	switch {
	case name != AssetsLayer:
		drawAreas(l, s, w, f)
	case t.Z < pointZoom:
		drawCounts(l, s, w, f)
	default:
		drawAssets(l, s, w, f)
	}
	return l
}

// wasteful is the layer that is to be drawn with more thrift: of those with all attributes
// the largest, else the largest of all that can be; -1 for none.
func wasteful(s *index.Snapshot, z maptile.Zoom, layers []*layer) int {
	worst := -1
	for i, l := range layers {
		if len(l.features) == 0 || l.thrift >= thriftiest(s, geo.LayerName(l.name), z) {
			continue
		}
		if worst >= 0 {
			o := layers[worst]
			if lean, other := l.thrift > lavish, o.thrift > lavish; lean && !other || lean == other && l.size() <= o.size() {
				continue
			}
		}
		worst = i
	}
	return worst
}

// canonical is the names in order, each once.
func canonical(layers []geo.LayerName) []geo.LayerName {
	return slices.Compact(slices.Sorted(slices.Values(layers)))
}
