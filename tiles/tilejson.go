package tiles

import (
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
// left out. url is the template with {z}, {x} and {y} a client fetches tiles from.
func TileJSON(s *index.Snapshot, layers []geo.LayerName, url string) TileSet { return TileSet{} }
