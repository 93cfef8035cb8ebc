package main

import (
	"context"
	"flag"
	"time"

	"gridwarden/geo"
	"gridwarden/geo/ingest"
	"gridwarden/geo/planning"
	"gridwarden/geo/postgis"
)

// importFlags are the options of the whole import.
type importFlags struct {
	plan, effective, note string
	dryRun, repair        bool
	allowEnd, overwrite   bool
	tolerance             float64
}

func (i *importFlags) register(f *flag.FlagSet) {
	f.StringVar(&i.plan, "plan", "", "import several layers as one edition: a JSON `FILE` {\"layers\":[{\"layer\":…,\"files\":[…]}]} with these options as keys")
	f.StringVar(&i.effective, "effective", "", "`DATE`, today or before, from which the edition holds; default now")
	f.StringVar(&i.note, "note", "", "`TEXT` for the record")
	f.Float64Var(&i.tolerance, "tolerance", 1, "close slivers and overlaps narrower than this, in `METRES`; 0 names each instead")
	f.BoolVar(&i.dryRun, "dry-run", false, "report what would happen and change nothing")
	f.BoolVar(&i.repair, "repair", false, "mend invalid rings, overlaps and wrong nesting, telling what moved")
	f.BoolVar(&i.overwrite, "overwrite-edits", false, "overwrite what planners edited since it was read")
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
	options, err := whole.options(c.settings.zone, time.Now())
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

func (i *importFlags) options(zone *time.Location, now time.Time) (planning.Options, error) {
	o := planning.Options{
		Tolerance: i.tolerance, Repair: i.repair, AllowEnd: i.allowEnd, Overwrite: i.overwrite,
		Examine: i.dryRun, Note: i.note,
	}
	if !(i.tolerance >= 0 && i.tolerance <= 100) {
		return o, usagef("--tolerance is between 0 and 100 metres")
	}
	day, err := geo.ParseDate(i.effective)
	if err != nil || day.IsZero() {
		return o, err
	}
	if o.EffectiveFrom = day.Time(zone); o.EffectiveFrom.After(now) {
		return o, usagef("--effective %s is still to come, and an edition answers from the moment it is published; import on that day", day)
	}
	return o, nil
}

func readLayers(ctx context.Context, c *call, store *postgis.Store, layers []layerFlags) ([]geo.LayerInput, error) {
	inputs := make([]geo.LayerInput, len(layers))
	for i, l := range layers {
		inputs[i] = l.input()
		if l.dissolve != "" {
			continue
		}
		progress := c.counter("reading "+l.layer, "bytes")
		l.read.Kind, l.read.Transform = geo.LayerKind(l.kind), store
		l.read.Read = func(bytes int) { progress.add(int64(bytes)) }
		areas, err := ingest.ReadAreas(ctx, l.files, l.read)
		progress.done()
		if err != nil {
			return nil, err
		}
		inputs[i].Areas = areas
	}
	return inputs, nil
}
