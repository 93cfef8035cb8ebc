package main

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"time"

	"gridwarden/geo"
	"gridwarden/geo/democity"
	"gridwarden/geo/index"
	"gridwarden/geo/ingest"
	"gridwarden/geo/planning"
	"gridwarden/geo/snapshot"
)

// demoSnapshot writes the demo city as a snapshot, without a database: what the imports
// would publish is planned as they plan it and becomes the first state of a history of its
// own.
func (c *call) demoSnapshot(ctx context.Context, to string, size democity.Size) error {
	dir, err := os.MkdirTemp("", "gridwarden-demo-")
	if err != nil {
		return usagef("cannot make a directory for the demo city: %v", err)
	}
	defer os.RemoveAll(dir)
	m, err := c.writeDemo(ctx, dir, size)
	if err != nil {
		return err
	}
	done := c.progress("making its snapshot")
	view, err := c.demoView(ctx, m)
	if err == nil {
		_, err = snapshot.Write(ctx, to, view, version(), func(int64) {})
	}
	done()
	if err != nil {
		return err
	}
	fmt.Fprintf(c.out, "wrote %s: a generated city of %d grids and %d assets; serve it with\n  gridwarden serve --database none --snapshot %[1]s\n", to, m.Grids, m.AssetCount)
	c.sayWhatToTry()
	return nil
}

// demoView is the view of the city that the files of m hold.
func (c *call) demoView(ctx context.Context, m democity.Manifest) (*index.Snapshot, error) {
	now := time.Now().UTC().Truncate(time.Microsecond)
	base, err := c.demoAreas(ctx, m)
	if err != nil {
		return nil, err
	}
	given, err := demoTables(ctx, m)
	if err != nil {
		return nil, err
	}
	tables, err := planning.Tables(base, given, planning.TableOptions{Today: geo.DateOf(now, c.settings.zone)})
	if err != nil {
		return nil, err
	}
	history := sha256.Sum256(fmt.Appendf(nil, "demo city %d %d", m.Grids, m.AssetCount))
	changes := &geo.Changes{
		History: [16]byte(history[:]), To: geo.Position{Sequence: 1, Change: geo.ChangeID(history[16:])},
		Edition: geo.EditionInfo{Number: 1, PublishedAt: now, EffectiveFrom: now, Note: "demo"},
		Layers:  base.Layers, Areas: base.Areas, Departments: base.Departments, Categories: base.Categories, Duty: tables.Publication.Duty,
	}
	assets, err := demoAssets(ctx, m, base.Departments)
	if err != nil {
		return nil, err
	}
	return assets.View(changes)
}

// demoAreas plans the import of the areas over nothing but departments and categories.
func (c *call) demoAreas(ctx context.Context, m democity.Manifest) (base *geo.Base, err error) {
	base = &geo.Base{}
	if base.Departments, err = ingest.ReadDepartments(ctx, m.Departments, "utf-8"); err != nil {
		return nil, err
	}
	if base.Categories, err = ingest.ReadCategories(ctx, m.Categories, "utf-8"); err != nil {
		return nil, err
	}
	layers, err := plannedLayers(&layerFlags{}, m.Plan)
	if err != nil {
		return nil, err
	}
	inputs, err := readLayers(ctx, c, nil, layers)
	if err != nil {
		return nil, err
	}
	outcome, err := planning.Import(ctx, base, inputs, planning.Options{Tolerance: 1})
	if err != nil {
		return nil, err
	}
	base.Layers, base.Areas = outcome.Publication.Layers, outcome.Publication.Areas
	for i, a := range base.Areas {
		a.ID, a.From = geo.AreaID(i+1), 1
	}
	return base, nil
}

// demoTables reads the tables of duty.
func demoTables(ctx context.Context, m democity.Manifest) (t geo.DutyTables, err error) {
	rules, _, err1 := ingest.ReadRules(ctx, m.Tables.Rules, "utf-8")
	standards, _, err2 := ingest.ReadStandards(ctx, m.Tables.Standards, "utf-8")
	calendar, _, err3 := ingest.ReadCalendar(ctx, m.Tables.Calendar, "utf-8")
	groups, _, err4 := ingest.ReadGroups(ctx, m.Tables.Groups, "utf-8")
	return geo.DutyTables{Rules: rules, Standards: standards, Calendar: calendar, Groups: groups}, errors.Join(err1, err2, err3, err4)
}

// demoAssets packs the assets, which bring no attributes: the city's duty rows ask for none.
func demoAssets(ctx context.Context, m democity.Manifest, departments []geo.Department) (*index.Builder, error) {
	read := ingest.AssetOptions{Standard: "GB/T 47678.5-2026", Category: "category", ID: "id"}
	read.Encoding = "utf-8"
	built, n := index.NewBuilder(), geo.AssetVersion(0)
	ignore := func(*geo.AssetInput) {}
	for a, err := range matched(ingest.Assets(ctx, []string{m.Assets}, read), planning.NewMatcher(departments, nil), ignore) {
		if err != nil {
			return nil, err
		}
		n++
		a.Version, a.Attributes = n, nil
		if err := built.Asset(&a); err != nil {
			return nil, err
		}
	}
	return built, nil
}
