package tiles

import (
	"cmp"
	"math"
	"strings"

	"github.com/paulmach/orb/maptile"

	"gridwarden/geo"
	"gridwarden/geo/index"
	"gridwarden/geo/simplify"
)

// TileSet describes a set of tiles as TileJSON 3.0.0 does, with members of our own at the
// end.
type TileSet struct {
	TileJSON     string        `json:"tilejson"`
	Name         string        `json:"name"`
	Scheme       string        `json:"scheme"`
	Tiles        []string      `json:"tiles"`
	VectorLayers []VectorLayer `json:"vector_layers"`
	MinZoom      int           `json:"minzoom"`
	MaxZoom      int           `json:"maxzoom"`
	Bounds       [4]float64    `json:"bounds"` // west, south, east, north in degrees
	Center       [3]float64    `json:"center"` // longitude, latitude, zoom

	CRS          string    `json:"crs"`          // of the tiles; see [Frame]
	Limit        int       `json:"limit"`        // bytes that an uncompressed tile takes at most
	Displacement []float64 `json:"displacement"` // for each zoom how many metres a line drawn lies from the border at most, at the latitude of the center
}

// VectorLayer describes one layer of a tile set; Fields says for people what each
// attribute holds.
type VectorLayer struct {
	ID          string            `json:"id"`
	Description string            `json:"description"`
	MinZoom     int               `json:"minzoom"`
	MaxZoom     int               `json:"maxzoom"`
	Fields      map[string]string `json:"fields"`
	Merges      []Merge           `json:"merges,omitempty"`
}

// Merge says up to which zoom the areas of a layer above are drawn in the place of a layer's
// own, which are too small there.
type Merge struct {
	Into    geo.LayerName `json:"into"`
	MaxZoom int           `json:"maxzoom"`
}

// TileJSON describes the tiles of a want; unknown layers are left out. url is the template
// with {z}, {x} and {y} a client fetches tiles from. The bounds are those of what is named,
// in the frame of the tiles, all of the frame when that is nothing. The zoom of the center
// shows the bounds whole.
func TileJSON(s *index.Snapshot, w *Want, url string) TileSet {
	t := TileSet{
		TileJSON:     "3.0.0",
		Scheme:       "xyz",
		Tiles:        []string{url},
		VectorLayers: []VectorLayer{},
		MaxZoom:      int(MaxZoom),
		Bounds:       bounds(s, w),
		CRS:          w.Frame.String(),
		Limit:        w.limit(),
	}
	if w.Frame == Geographic {
		t.MinZoom = 1
	}
	var names []string
	for _, name := range canonical(w.Layers) {
		v := VectorLayer{ID: string(name), Description: string(name), MinZoom: t.MinZoom, MaxZoom: t.MaxZoom}
		if name == AssetsLayer {
			v.Description, v.Fields = "Assets, each by itself from zoom 14, counted in cells above, and where more than a hundred stand on one spot", w.described(assetFields())
		} else if l, ok := s.Layer(name); ok {
			v.Description, v.Fields, v.Merges = cmp.Or(l.Title, string(name)), w.described(areaFields(l.Kind)), merges(s, name)
		} else {
			continue
		}
		names = append(names, v.ID)
		t.VectorLayers = append(t.VectorLayers, v)
	}
	t.Name = strings.Join(names, ",")
	t.Center = center(t.Bounds)
	for z := range t.MaxZoom + 1 {
		t.Displacement = append(t.Displacement, round(simplify.Displacement(z, t.Center[1])))
	}
	return t
}

// round leaves three digits.
func round(v float64) float64 {
	scale := math.Pow(10, 2-math.Floor(math.Log10(v)))
	return math.Round(v*scale) / scale
}

// merges are the layers that stand in for one, the deepest zoom first.
func merges(s *index.Snapshot, n geo.LayerName) (all []Merge) {
	for z := int(MaxZoom); z >= 0; z-- {
		into := standInAt(s, n, maptile.Zoom(z)).layer
		if into != n && (len(all) == 0 || all[len(all)-1].Into != into) {
			all = append(all, Merge{into, z})
		}
	}
	return all
}

// field is an attribute: what it says, and when it is there.
type field struct {
	when when
	says string
}

type when uint8

const (
	onRequest when = iota // only when asked for
	usual                 // when no fields are asked for, or it is
	always                // whatever is asked for
)

// described are the attributes that a want shows, with what each says.
func (w *Want) described(fields map[string]field) map[string]string {
	shown := map[string]string{}
	for key, f := range fields {
		if f.when == always || w.shows(askedAs(key), f.when == usual) {
			shown[key] = f.says
		}
	}
	return shown
}

// askedAs is the field by which an attribute is asked for.
func askedAs(key string) string {
	if key == "count.*" {
		return "categories"
	}
	return strings.TrimSuffix(key, ".*")
}

func areaFields(k geo.LayerKind) map[string]field {
	fields := map[string]field{
		"code":            {always, "String. The code of the area in its layer"},
		"name":            {usual, "String. Absent when it has none"},
		"department":      {usual, "String. The code of the territorial department; absent when it has none"},
		"department_name": {usual, "String. The name of that department"},
		"parent":          {usual, "String. The code of the area above; absent at the top"},
		"merged":          {always, "Number. How many areas of the layer this stands for, where they are too small or too many: an area of a layer above, or without a code a square of ground"},
		"layer":           {always, "String. Beside merged, the layer that the area is of"},
		"reduced":         {always, "True where attributes are left out since the tile would be too large"},
	}
	switch k {
	case geo.Lines:
		fields["class"] = field{usual, "String. The class of road or bank"}
	case geo.Coverage:
		fields["assets"] = field{onRequest, "Number. How many assets stand in the area"}
		fields["assets.*"] = field{onRequest, "Number. How many of a category, whose code is in the place of *"}
		fields["reports"] = field{onRequest, "Number. How many open reports lie in the area"}
		fields["reports.*"] = field{onRequest, "Number. How many of a category, whose code is in the place of *"}
	}
	return fields
}

func assetFields() map[string]field {
	return map[string]field{
		"id":            {always, "String. The code of the asset, from zoom 14"},
		"name":          {onRequest, "String. Absent when it has none"},
		"standard":      {usual, "String. The standard of its category"},
		"category":      {usual, "String. The code of its category in that standard"},
		"category_name": {usual, "String. The name of the category"},
		"state":         {usual, "String. Absent when not known"},
		"authority":     {onRequest, "String. The code of the department in charge; absent when not known"},
		"owner":         {onRequest, "String. The code of the owner; absent when not known"},
		"maintainer":    {onRequest, "String. The code of the maintainer; absent when not known"},
		"count":         {always, "Number. How many assets stand in the cell, below zoom 14; from there on only where more than a hundred stand on one spot, in place of each"},
		"merged":        {always, "Number. The same, where the tile would be too large otherwise"},
		"reduced":       {always, "True where attributes are left out since the tile would be too large"},
		"count.*":       {onRequest, "Number. Beside count, with the field categories: how many of a category, whose code is in the place of *"},
	}
}

// bounds is the box round layers in degrees of the frame.
func bounds(s *index.Snapshot, w *Want) [4]float64 {
	box := geo.EmptyBox()
	for _, name := range w.Layers {
		if name == AssetsLayer {
			box = box.Union(s.AssetBounds())
		} else {
			box = box.Union(s.Bounds(name))
		}
	}
	switch {
	case box.IsEmpty() && w.Frame == Geographic:
		return [4]float64{-180, -90, 180, 90}
	case box.IsEmpty():
		return [4]float64{-180, -85.0511287, 180, 85.0511287}
	case w.Frame == GCJ02:
		box = geo.Box{Min: shifted(box.Min), Max: shifted(box.Max)}
	}
	return [4]float64{box.Min.Lon(), box.Min.Lat(), box.Max.Lon(), box.Max.Lat()}
}

// center is the middle of bounds and the deepest zoom whose tiles are no smaller.
func center(b [4]float64) [3]float64 {
	side := max(b[2]-b[0], b[3]-b[1], 360/math.Exp2(float64(MaxZoom)))
	return [3]float64{(b[0] + b[2]) / 2, (b[1] + b[3]) / 2, max(0, math.Floor(math.Log2(360/side)))}
}
