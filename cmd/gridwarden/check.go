package main

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/paulmach/orb/geojson"

	"gridwarden/geo"
	"gridwarden/geo/planning"
)

// check judges the areas as they are stored. Its exit code is the answer: 0 sound, 1
// errors found; gaps are notes.
func check(ctx context.Context, c *call) error {
	layer := c.flags.String("layer", "", "check the chain of this `LAYER` only")
	format := c.flags.String("format", "text", "text, geojson or json")
	if err := c.parseAlone(); err != nil {
		return err
	}
	if *format != "text" && *format != "geojson" && *format != "json" {
		return usagef("--format is text, geojson or json, not %q", *format)
	}
	store, err := c.open(ctx)
	if err != nil {
		return err
	}
	defer store.Close()
	base, err := c.everyLayer(ctx, store)
	if err != nil {
		return err
	}
	if *layer != "" {
		if err := hasLayer(base.Layers, geo.LayerName(*layer)); err != nil {
			return err
		}
	}
	done := c.progress("checking")
	faults, err := planning.Check(ctx, base, geo.LayerName(*layer))
	done()
	if err != nil {
		return err
	}
	return c.tellFaults(faults, *format, len(base.Areas))
}

func (c *call) tellFaults(faults []geo.Fault, format string, areas int) error {
	errors := 0
	for _, f := range faults {
		if f.Error {
			errors++
		}
	}
	var err error
	switch format {
	case "geojson":
		err = json.NewEncoder(c.out).Encode(faultCollection(faults))
	case "json":
		err = json.NewEncoder(c.out).Encode(faultCollection(faults).Features)
	default:
		printFaults(c.out, faults)
		fmt.Fprintf(c.out, "checked %s: %s, %s\n", counted(areas, "area", "areas"), counted(errors, "error", "errors"), counted(len(faults)-errors, "note", "notes"))
	}
	if err == nil && errors > 0 {
		err = geo.Errorf(geo.Faulty, "the areas have %s", counted(errors, "error", "errors"))
	}
	return err
}

// faultCollection is the faults as GeoJSON: what a fault covers, or the place it is at.
func faultCollection(faults []geo.Fault) *geojson.FeatureCollection {
	out := geojson.NewFeatureCollection()
	for _, f := range inOrder(faults) {
		feature := geojson.NewFeature(f.At)
		if len(f.Outline) > 0 {
			feature = geojson.NewFeature(f.Outline)
		}
		feature.Properties = geojson.Properties{
			"kind": f.Kind, "error": f.Error, "layer": f.Layer, "areas": f.Areas,
			"at": f.At, "width_m": f.Width, "area_m2": f.Area, "message": f.Sentence().String(),
		}
		out.Append(feature)
	}
	return out
}
