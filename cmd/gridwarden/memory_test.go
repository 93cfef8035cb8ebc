package main

import (
	"errors"
	"strings"
	"testing"
)

// TestAreasThatDoNotFitAreRefusedBeforeTheyAreLoaded: locate and check hold no assets, and
// are not refused for those of the city.
func TestAreasThatDoNotFitAreRefusedBeforeTheyAreLoaded(t *testing.T) {
	c := newCity(t)
	c.must("import", "areas", "--layer", "sites", "--kind", "overlay",
		c.file("site.geojson", `{"type":"Feature","properties":{"code":"S"},"geometry":{"type":"Polygon","coordinates":[[[120,30],[120.001,30],[120.001,30.001],[120,30]]]}}`))
	c.must("import", "categories", c.file("categories.csv", "standard,kind,code,name\nS,component,01,井盖\n"))
	c.must("import", "assets", "--standard", "S", "--category-code", "01", "--id", "id", c.file("assets.csv", "id,lon,lat\nA,120,30\n"))
	store := c.store()
	small := &call{settings: settings{bound: bound{1, "--memory"}}}
	_, err := small.areasView(c.Context(), store)
	var full *noRoom
	if want := "1 areas of 4 vertices and 0 assets"; !errors.As(err, &full) || !strings.Contains(err.Error(), want) {
		t.Errorf("%v does not refuse %s", err, want)
	}
	if view, err := (&call{}).areasView(c.Context(), store); err != nil || len(view.Layers()) != 1 {
		t.Errorf("without a bound they are loaded: %v", err)
	}
}
