package tiles_test

import (
	"encoding/json"
	"slices"
	"testing"

	"gridwarden/geo"
	"gridwarden/geo/index"
	"gridwarden/tiles"
)

// TestTileJSONTellsAClientAllItNeeds: the required members of TileJSON 3.0.0, and for
// every attribute that a tile really has a field.
func TestTileJSONTellsAClientAllItNeeds(t *testing.T) {
	t.Parallel()
	s, layers, tile := mixed(t, nil)
	const url = "http://127.0.0.1:8080/tiles/grids,roads/{z}/{x}/{y}.mvt"
	set := tiles.TileJSON(s, &tiles.Want{Layers: append(layers, "unknown", "grids")}, url)
	b, err := json.Marshal(set)
	if err != nil {
		t.Fatal(err)
	}
	var members map[string]any
	if err := json.Unmarshal(b, &members); err != nil {
		t.Fatal(err)
	}
	for _, m := range []string{"tilejson", "tiles", "vector_layers", "bounds", "center", "minzoom", "maxzoom"} {
		if _, ok := members[m]; !ok {
			t.Errorf("%q is missing in %s", m, b)
		}
	}
	if set.TileJSON != "3.0.0" || !slices.Equal(set.Tiles, []string{url}) || set.Name != "assets,grids,roads" || set.MaxZoom != 22 {
		t.Errorf("%s", b)
	}
	fields := map[string]map[string]string{}
	for _, l := range set.VectorLayers {
		fields[l.ID] = l.Fields
	}
	if len(fields) != 3 {
		t.Errorf("layers %v", fields)
	}
	for _, f := range decode(t, tiles.Render(s, &tiles.Want{Layers: layers}, tile)) {
		for key := range f.tags {
			if fields[f.layer][key] == "" {
				t.Fatalf("the attribute %s of %s is not described", key, f.layer)
			}
		}
	}
	if west, east := set.Bounds[0], set.Bounds[2]; west != 120 || east != 120.3 || set.Center[0] != 120.15 {
		t.Errorf("bounds %v, center %v", set.Bounds, set.Center)
	}
}

// TestTileJSONOfNothingIsStillTileJSON, since a client reads it before the first import.
func TestTileJSONOfNothingIsStillTileJSON(t *testing.T) {
	t.Parallel()
	set := tiles.TileJSON(index.Empty(), &tiles.Want{Layers: []geo.LayerName{"assets", "grids"}}, "u")
	if set.Bounds != [4]float64{-180, -85.0511287, 180, 85.0511287} || set.Center != [3]float64{0, 0, 0} || len(set.VectorLayers) != 1 {
		t.Errorf("%v", set)
	}
}
