package main

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"gridwarden/geo"
	"gridwarden/geo/ingest"
	"gridwarden/geo/planning"
	"gridwarden/geo/postgis"
)

// layerFlags are the options of one layer; a plan gives them for several, as keys.
type layerFlags struct {
	layer, kind, parent, dissolve, title string
	visibility                           string
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
	f.StringVar(&l.visibility, "visibility", "", "who may see it: public, internal (default) or restricted")
	f.IntVar(&l.rank, "rank", 0, "order between layers, smaller first; default by kind and depth")
	f.Float64Var(&l.reach, "reach", 0, "how far a line answers, in `METRES`")
	f.BoolVar(&l.merge, "merge", false, "keep the areas that the files do not name")
	f.StringVar(&l.read.Code, "code", "", "`FIELD` with the area's code; default code")
	f.StringVar(&l.read.Name, "name", "", "`FIELD` with the area's name; default name")
	f.StringVar(&l.read.Department, "department", "", "`FIELD` with the department, by code, name or alias; default department")
	f.StringVar(&l.read.CRS, "crs", "", "coordinate system of the files: OGC:CRS84 (default), EPSG:N, GCJ-02 or BD-09")
	f.StringVar(&l.read.Encoding, "encoding", "auto", "auto, utf-8, gbk or gb18030")
}

// importFlags are the options of the whole import.
type importFlags struct {
	plan, effective, note    string
	dryRun, repair, allowEnd bool
	tolerance                float64
}

func (i *importFlags) register(f *flag.FlagSet) {
	f.StringVar(&i.plan, "plan", "", "import several layers as one edition: a JSON `FILE` {\"layers\":[{\"layer\":…,\"files\":[…]}]} with these options as keys")
	f.StringVar(&i.effective, "effective", "", "`DATE` from which the edition holds; default now")
	f.StringVar(&i.note, "note", "", "`TEXT` for the record")
	f.Float64Var(&i.tolerance, "tolerance", 1, "close slivers and overlaps narrower than this, in `METRES`; 0 names each instead")
	f.BoolVar(&i.dryRun, "dry-run", false, "report what would happen and change nothing")
	f.BoolVar(&i.repair, "repair", false, "mend invalid rings, overlaps and wrong nesting, telling what moved")
	f.BoolVar(&i.allowEnd, "allow-end", false, "allow more than 5 % of a layer to end")
}

func importAreas(ctx context.Context, c *call) error {
	var one layerFlags
	var whole importFlags
	one.register(c.flags)
	whole.register(c.flags)
	if err := c.parse(); err != nil {
		return err
	}
	one.files = c.args
	layers, err := plannedLayers(&one, whole.plan)
	if err != nil {
		return err
	}
	options, err := whole.options()
	if err != nil {
		return err
	}
	store, err := c.open(ctx)
	if err != nil {
		return err
	}
	defer store.Close()
	inputs, err := readLayers(ctx, c, store, layers)
	if err != nil {
		return err
	}
	return c.publishImport(ctx, store, inputs, options, whole.dryRun)
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
	switch geo.LayerKind(l.kind) {
	case geo.Coverage, geo.Overlay, geo.Lines:
	default:
		return usagef("--kind is coverage, overlay or line, not %q", l.kind)
	}
	switch geo.Visibility(l.visibility) {
	case "", geo.Public, geo.Protected, geo.Restricted:
		return geo.LayerName(l.layer).Check()
	}
	return usagef("--visibility is public, internal or restricted, not %q", l.visibility)
}

// readPlan reads a plan: its keys are the flags of a layer, and "files", which are taken
// relative to the plan.
func readPlan(path string) ([]layerFlags, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, usagef("cannot read the plan: %v", err)
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

func (i *importFlags) options() (planning.Options, error) {
	o := planning.Options{
		Tolerance: i.tolerance, Repair: i.repair, AllowEnd: i.allowEnd,
		Examine: i.dryRun, Note: i.note,
	}
	if i.tolerance < 0 || i.tolerance > 100 {
		return o, usagef("--tolerance is between 0 and 100 metres")
	}
	day, err := geo.ParseDate(i.effective)
	if err == nil && !day.IsZero() {
		o.EffectiveFrom = day.Time(cityZone())
	}
	return o, err
}

// cityZone is the time zone of the city: days without a zone are meant there.
func cityZone() *time.Location {
	zone, err := time.LoadLocation(envOr("GRIDWARDEN_TIME_ZONE", "Asia/Shanghai"))
	if err != nil {
		return time.UTC
	}
	return zone
}

func readLayers(ctx context.Context, c *call, store *postgis.Store, layers []layerFlags) ([]geo.LayerInput, error) {
	inputs := make([]geo.LayerInput, len(layers))
	for i, l := range layers {
		inputs[i] = l.input()
		if l.dissolve != "" {
			continue
		}
		done := c.progress("reading " + l.layer)
		l.read.Kind, l.read.Transform = geo.LayerKind(l.kind), store
		areas, err := ingest.ReadAreas(ctx, l.files, l.read)
		done()
		if err != nil {
			return nil, err
		}
		inputs[i].Areas = areas
	}
	return inputs, nil
}

func (l *layerFlags) input() geo.LayerInput {
	in := geo.LayerInput{Merge: l.merge, Layer: geo.Layer{
		Name: geo.LayerName(l.layer), Title: l.title, Kind: geo.LayerKind(l.kind),
		Parent: geo.LayerName(l.parent), Rank: l.rank, Reach: l.reach, Visibility: geo.Visibility(l.visibility),
	}}
	if l.dissolve != "" {
		in.Dissolve = &geo.Dissolve{
			From: geo.LayerName(l.dissolve), Code: l.read.Code, Name: l.read.Name, Department: l.read.Department,
		}
	}
	return in
}

// publishImport plans the import, prints what it does, and publishes it.
func (c *call) publishImport(ctx context.Context, store *postgis.Store, inputs []geo.LayerInput, o planning.Options, dryRun bool) error {
	layers, err := store.Base(ctx)
	if err != nil {
		return err
	}
	base, err := store.Base(ctx, planning.Needed(layers.Layers, inputs)...)
	if err != nil {
		return err
	}
	done := c.progress("checking the areas")
	outcome, err := planning.Import(ctx, base, inputs, o)
	done()
	if outcome != nil {
		printOutcome(c.out, outcome)
	}
	switch {
	case err != nil:
		return err
	case outcome.Publication == nil:
		fmt.Fprintln(c.out, "nothing changed; no edition was made")
		return nil
	case dryRun:
		fmt.Fprintln(c.out, "dry run: nothing was written")
		return nil
	}
	done = c.progress("publishing")
	edition, position, err := store.Publish(ctx, outcome.Publication)
	done()
	if err != nil {
		return err
	}
	fmt.Fprintf(c.out, "published edition %d, effective from %s (sequence %d)\n",
		edition.Number, edition.EffectiveFrom.In(cityZone()).Format(time.RFC3339), position.Sequence)
	return nil
}
