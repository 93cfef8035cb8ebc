package main

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strconv"

	"gridwarden/geo"
	"gridwarden/geo/ingest"
)

// layerFlags are the options of one layer; a plan gives them for several, as keys.
type layerFlags struct {
	layer, kind, parent, dissolve, title string
	visibility, authority, lock          string
	smallest, largest                    areaFlag
	rank                                 int
	reach                                float64
	merge                                bool
	read                                 ingest.AreaOptions
	files                                []string
}

func (l *layerFlags) register(f *flag.FlagSet) {
	f.StringVar(&l.layer, "layer", "", "`NAME` of the layer")
	f.StringVar(&l.kind, "kind", "coverage", "`KIND` of layer: coverage (areas share borders), overlay (may overlap) or line")
	f.StringVar(&l.parent, "parent", "", "the `LAYER` whose areas these areas nest in")
	f.StringVar(&l.read.Parent, "parent-code", "", "`FIELD` with the parent's code; default: the code's prefix, else the place")
	f.StringVar(&l.dissolve, "dissolve", "", "make the layer by joining the areas of this lower `LAYER`; --code and --name are its fields")
	f.StringVar(&l.title, "title", "", "`TEXT` that names the layer for people")
	f.StringVar(&l.visibility, "visibility", "", "whom it is meant for: public, internal (default) or restricted; told in lists, while serve --public says what is read without a key")
	f.StringVar(&l.authority, "authority", "", "the `BODY` that may change its borders")
	f.StringVar(&l.lock, "lock", "", "whether a draft needs an approval to move its borders: locked, open or by-nesting (default: where it is another's parent)")
	f.Var(&l.smallest, "smallest-area", "areas smaller than this, in `SQUARE_METRES`, are told as faults; none: no bound")
	f.Var(&l.largest, "largest-area", "areas larger than this, in `SQUARE_METRES`, are told as faults; none: no bound")
	f.IntVar(&l.rank, "rank", 0, "order between layers, smaller first; default by kind and depth")
	f.Float64Var(&l.reach, "reach", 0, "how far a line answers, in `METRES`")
	f.BoolVar(&l.merge, "merge", false, "keep the areas that the files do not name")
	f.StringVar(&l.read.Code, "code", "", "`FIELD` with the area's code; default code")
	f.StringVar(&l.read.Name, "name", "", "`FIELD` with the area's name; default name")
	f.StringVar(&l.read.Department, "department", "", "`FIELD` with the department, by code, name or alias; default department")
	f.StringVar(&l.read.CRS, "crs", "", "coordinate system of the files: OGC:CRS84 (default), EPSG:N, GCJ-02 or BD-09")
	f.StringVar(&l.read.Encoding, "encoding", "auto", "auto, utf-8, gbk or gb18030")
}

// plannedLayers are the layers to import: the one the flags name, or those of the plan.
func plannedLayers(one *layerFlags, plan string) ([]layerFlags, error) {
	if plan == "" {
		if err := one.check(); err != nil {
			return nil, err
		}
		return []layerFlags{*one}, nil
	}
	if one.layer != "" || len(one.files) > 0 {
		return nil, usagef("give either --plan or --layer with files, not both")
	}
	return readPlan(plan)
}

const (
	maxRank  = 1_000_000
	maxReach = 100_000 // metres
	maxArea  = 1e15    // square metres: more than the Earth has
)

func (l *layerFlags) check() error {
	switch {
	case l.layer == "":
		return usagef("--layer NAME is missing")
	case l.dissolve == "" && len(l.files) == 0:
		return usagef("name at least one file for layer %s", l.layer)
	case l.dissolve != "" && len(l.files) > 0:
		return usagef("layer %s is made by --dissolve; it takes no files", l.layer)
	case l.dissolve != "" && l.read.Code == "":
		return usagef("--dissolve needs --code FIELD, the field of %s to join by", l.dissolve)
	}
	if l.rank < -maxRank || l.rank > maxRank {
		return usagef("--rank is between %d and %d", -maxRank, maxRank)
	}
	if !(l.reach >= 0 && l.reach <= maxReach) {
		return usagef("--reach is between 0 and %d metres", maxReach)
	}
	switch geo.LayerKind(l.kind) {
	case geo.Coverage, geo.Overlay, geo.Lines:
	default:
		return usagef("--kind is coverage, overlay or line, not %q", l.kind)
	}
	switch l.lock {
	case "", "locked", "open", "by-nesting":
	default:
		return usagef("--lock is locked, open or by-nesting, not %q", l.lock)
	}
	if l.largest > 0 && l.smallest > l.largest {
		return usagef("--smallest-area %v is larger than --largest-area %v", &l.smallest, &l.largest)
	}
	switch geo.Visibility(l.visibility) {
	case "", geo.Public, geo.Protected, geo.Restricted:
		return geo.LayerName(l.layer).Check()
	}
	return usagef("--visibility is public, internal or restricted, not %q", l.visibility)
}

// areaFlag is a bound of areas, in square metres: 0 when it is not said, below 0 for none.
type areaFlag float64

// String is as Set takes it.
func (a *areaFlag) String() string {
	switch {
	case *a == 0:
		return ""
	case *a < 0:
		return "none"
	}
	return strconv.FormatFloat(float64(*a), 'f', -1, 64)
}

// Set reads a number above 0, or none.
func (a *areaFlag) Set(text string) error {
	if text == "none" {
		*a = -1
		return nil
	}
	v, err := strconv.ParseFloat(text, 64)
	if err != nil || !(v > 0 && v <= maxArea) {
		return fmt.Errorf("write square metres, above 0 and at most %.0f, or none", float64(maxArea))
	}
	*a = areaFlag(v)
	return nil
}

// readPlan reads a plan: its keys are the flags of a layer, and "files", which are taken
// relative to the plan.
func readPlan(path string) ([]layerFlags, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, usagef("cannot read the plan %s: %v", path, cause(err))
	}
	var plan struct {
		Layers []map[string]any `json:"layers"`
	}
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.UseNumber()
	if err := decoder.Decode(&plan); err != nil {
		return nil, geo.Errorf(geo.Invalid, "%s is not a plan: %v; write {\"layers\":[{\"layer\":…,\"files\":[…]}]}", path, err)
	}
	if len(plan.Layers) == 0 {
		return nil, geo.Errorf(geo.Invalid, "%s names no layers; write {\"layers\":[{\"layer\":…,\"files\":[…]}]}", path)
	}
	layers := make([]layerFlags, len(plan.Layers))
	for i, keys := range plan.Layers {
		if err := layers[i].fromPlan(keys, filepath.Dir(path)); err != nil {
			return nil, geo.Errorf(geo.Invalid, "%s, layer %d: %w", path, i+1, err)
		}
	}
	return layers, nil
}

func (l *layerFlags) fromPlan(keys map[string]any, dir string) error {
	f := flag.NewFlagSet("plan", flag.ContinueOnError)
	l.register(f)
	for key, value := range keys {
		if key == "files" {
			files, ok := value.([]any)
			if !ok {
				return usagef("\"files\" is a list of file names")
			}
			for _, file := range files {
				path := fmt.Sprint(file)
				if !filepath.IsAbs(path) {
					path = filepath.Join(dir, path)
				}
				l.files = append(l.files, path)
			}
			continue
		}
		if f.Lookup(key) == nil {
			return usagef("there is no option %q", key)
		}
		if err := f.Set(key, fmt.Sprint(value)); err != nil {
			return usagef("%s: %v", key, err)
		}
	}
	return l.check()
}

func (l *layerFlags) input() geo.LayerInput {
	in := geo.LayerInput{Merge: l.merge, Layer: geo.Layer{
		Name: geo.LayerName(l.layer), Title: l.title, Kind: geo.LayerKind(l.kind),
		Parent: geo.LayerName(l.parent), Rank: l.rank, Reach: l.reach, Visibility: geo.Visibility(l.visibility),
		Authority: l.authority, Lock: geo.Lock(l.lock), SmallestArea: float64(l.smallest), LargestArea: float64(l.largest),
	}}
	if l.dissolve != "" {
		in.Dissolve = &geo.Dissolve{
			From: geo.LayerName(l.dissolve), Code: l.read.Code, Name: l.read.Name, Department: l.read.Department,
		}
	}
	return in
}
