package tiles

import (
	"cmp"
	"math"
	"strings"

	"gridwarden/geo"
	"gridwarden/geo/index"
)

// TileSet describes a set of tiles as TileJSON 3.0.0 does.
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
}

// VectorLayer describes one layer of a tile set; Fields says for people what each
// attribute holds.
type VectorLayer struct {
	ID          string            `json:"id"`
	Description string            `json:"description"`
	MinZoom     int               `json:"minzoom"`
	MaxZoom     int               `json:"maxzoom"`
	Fields      map[string]string `json:"fields"`
}

// TileJSON describes the layers, [AssetsLayer] among them if named; unknown layers are
// left out. url is the template with {z}, {x} and {y} a client fetches tiles from. The
// bounds are those of what is named, the whole Web Mercator square when that is nothing. The
// zoom of the center shows the bounds whole.
func TileJSON(s *index.Snapshot, layers []geo.LayerName, url string) TileSet {
	t := TileSet{
		TileJSON:     "3.0.0",
		Scheme:       "xyz",
		Tiles:        []string{url},
		VectorLayers: []VectorLayer{},
		MaxZoom:      int(MaxZoom),
	}
	var names []string
	for _, name := range canonical(layers) {
		v := VectorLayer{ID: string(name), Description: string(name), MaxZoom: int(MaxZoom)}
		if name == AssetsLayer {
			v.Description, v.Fields = "Assets, each by itself from zoom 14, counted in cells above, and where more than a hundred stand on one spot", assetFields()
		} else if l, ok := s.Layer(name); ok {
			v.Description, v.Fields = cmp.Or(l.Title, string(name)), areaFields(l.Kind)
		} else {
			continue
		}
		names = append(names, v.ID)
		t.VectorLayers = append(t.VectorLayers, v)
	}
	t.Name = strings.Join(names, ",")
	t.Bounds = bounds(s, layers)
	t.Center = center(t.Bounds)
	return t
}

func areaFields(k geo.LayerKind) map[string]string {
	fields := map[string]string{
		"code":            "String. The code of the area in its layer",
		"name":            "String. Absent when it has none",
		"department":      "String. The code of the territorial department; absent when it has none",
		"department_name": "String. The name of that department",
		"parent":          "String. The code of the area above; absent at the top",
	}
	if k == geo.Lines {
		fields["class"] = "String. The class of road or bank"
	}
	return fields
}

func assetFields() map[string]string {
	return map[string]string{
		"id":            "String. The code of the asset, from zoom 14",
		"standard":      "String. The standard of its category",
		"category":      "String. The code of its category in that standard",
		"category_name": "String. The name of the category",
		"state":         "String. Absent when not known",
		"count":         "Number. How many assets stand in the cell, below zoom 14; from there on only where more than a hundred stand on one spot, in place of each",
	}
}

// bounds is the box round layers in degrees.
func bounds(s *index.Snapshot, layers []geo.LayerName) [4]float64 {
	box := geo.EmptyBox()
	for _, name := range layers {
		if name == AssetsLayer {
			box = box.Union(s.AssetBounds())
		} else {
			box = box.Union(s.Bounds(name))
		}
	}
	if box.IsEmpty() {
		return [4]float64{-180, -85.0511287, 180, 85.0511287}
	}
	return [4]float64{box.Min.Lon(), box.Min.Lat(), box.Max.Lon(), box.Max.Lat()}
}

// center is the middle of bounds and the deepest zoom whose tiles are no smaller.
func center(b [4]float64) [3]float64 {
	side := max(b[2]-b[0], b[3]-b[1], 360/math.Exp2(float64(MaxZoom)))
	return [3]float64{(b[0] + b[2]) / 2, (b[1] + b[3]) / 2, max(0, math.Floor(math.Log2(360/side)))}
}
