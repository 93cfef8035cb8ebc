package main

import (
	"cmp"
	"flag"
	"os"

	"gridwarden/geo"
	"gridwarden/tiles/basemap"
)

// basemapFlags are the settings of the map beneath everything else.
type basemapFlags struct{ basemap.Settings }

func (f *basemapFlags) register(flags *flag.FlagSet) {
	flags.StringVar(&f.Map, "basemap", os.Getenv("GRIDWARDEN_BASEMAP"), "the `MAP` to draw beneath, fetched and kept by this server: none; tianditu; addresses of tiles (WMTS or XYZ) with {z}, {x} and {y}, the lowest layer first, separated by spaces; or a FILE.pmtiles; default $GRIDWARDEN_BASEMAP")
	flags.StringVar(&f.Key, "basemap-key", "", "the provider's `KEY`, which takes the place of {key} and which no client sees; default $GRIDWARDEN_BASEMAP_KEY, where no list of processes shows it")
	flags.StringVar(&f.Attribution, "basemap-attribution", os.Getenv("GRIDWARDEN_BASEMAP_ATTRIBUTION"), "the `TEXT` that names whose map it is; default $GRIDWARDEN_BASEMAP_ATTRIBUTION, else what the map says of itself")
}

func (f *basemapFlags) open() (*basemap.Map, error) {
	f.Key = cmp.Or(f.Key, os.Getenv("GRIDWARDEN_BASEMAP_KEY")) // no default of the flag: help would print it
	m, err := basemap.Open(f.Settings)
	if err != nil {
		return nil, usagef("--basemap: %s", geo.Sentence(err))
	}
	return m, nil
}
