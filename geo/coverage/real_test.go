package coverage_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/paulmach/orb/geojson"

	"gridwarden/geo"
	"gridwarden/geo/coverage"
	"gridwarden/geo/realdata"
)

// readLayer reads a GeoJSON file as a layer, joining the features of one code.
func readLayer(t testing.TB, name geo.LayerName, file, code, parent string) coverage.Layer {
	t.Helper()
	var fc geojson.FeatureCollection
	if err := json.Unmarshal(realdata.Read(t, file), &fc); err != nil {
		t.Fatal(err)
	}
	layer := coverage.Layer{Name: name}
	at := map[geo.AreaCode]int{}
	for i, f := range fc.Features {
		c := geo.AreaCode(fmt.Sprint(f.Properties[code]))
		n, known := at[c]
		if !known {
			n = len(layer.Areas)
			at[c] = n
			a := coverage.Area{Code: c}
			if parent != "" {
				a.Parent = geo.AreaCode(fmt.Sprint(f.Properties[parent]))
			}
			layer.Areas = append(layer.Areas, a)
		}
		layer.Areas[n].Parts = append(layer.Areas[n].Parts, geo.AreaPart{
			Source: geo.Source{File: file, Feature: i + 1}, Geometry: f.Geometry,
		})
	}
	slices.SortFunc(layer.Areas, func(a, b coverage.Area) int { return strings.Compare(string(a.Code), string(b.Code)) })
	return layer
}

func build(t testing.TB, o coverage.Options, chain ...coverage.Layer) *coverage.Result {
	t.Helper()
	r, err := coverage.Build(t.Context(), chain, o)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func dissolved(name geo.LayerName, codes ...geo.AreaCode) coverage.Layer {
	l := coverage.Layer{Name: name, Dissolve: true}
	for _, c := range codes {
		l.Areas = append(l.Areas, coverage.Area{Code: c})
	}
	return l
}
