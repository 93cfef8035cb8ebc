package main

import (
	"context"
	"fmt"
	"runtime/debug"
	"slices"

	"gridwarden/geo"
	"gridwarden/geo/index"
	"gridwarden/geo/snapshot"
)

// snapshotWrite writes the present state of the database as files.
func snapshotWrite(ctx context.Context, c *call) error {
	rights := c.flags.String("rights", string(geo.Restricted), "for whom: `RIGHTS` is restricted, which is everything, internal, all but what is restricted, or public, nothing but what is public; only one of everything is brought up to date by a server with a database")
	if err := c.parse(); err != nil {
		return err
	}
	if !slices.Contains([]geo.Visibility{geo.Public, geo.Protected, geo.Restricted}, geo.Visibility(*rights)) {
		return usagef("--rights is public, internal or restricted, not %q", *rights)
	}
	if len(c.args) != 1 {
		return usagef("name the one directory to write the snapshot to; see gridwarden snapshot write -h")
	}
	store, err := c.open(ctx)
	if err != nil {
		return err
	}
	defer store.Close()
	done := c.progress("reading the database")
	view, err := c.memory(0).load(ctx, store)
	done()
	if err != nil {
		return err
	}
	if view.History() == ([16]byte{}) {
		return geo.Errorf(geo.NotFound, "the database holds no city yet: run gridwarden migrate and import one")
	}
	view = view.Seen(&index.Sight{Of: geo.Visibility(*rights)}, view)
	p := c.counter("writing the snapshot", "rows")
	m, err := snapshot.Write(ctx, c.args[0], view, version(), p.add)
	p.done()
	if err != nil {
		return err
	}
	err = store.Did(ctx, "write snapshot", c.args[0], map[string]any{"sequence": m.Sequence, "areas": m.Areas, "assets": m.Assets, "rights": *rights})
	if err != nil {
		return err
	}
	fmt.Fprintf(c.out, "wrote %s: %s\n", c.args[0], told(m))
	return nil
}

// snapshotCheck reads a snapshot as a server would and says whether it is what was written.
func snapshotCheck(ctx context.Context, c *call) error {
	if err := c.parse(); err != nil {
		return err
	}
	if len(c.args) != 1 {
		return usagef("name the one directory or http(s) address of a snapshot")
	}
	p := c.counter("checking the snapshot", "rows")
	m, err := snapshot.Check(ctx, c.args[0], c.memory(0).admit, p.add)
	p.done()
	if err != nil {
		return err
	}
	fmt.Fprintf(c.out, "%s is sound: %s\n", c.args[0], told(m))
	return nil
}

// told is what a snapshot is of, in one line.
func told(m *snapshot.Manifest) string {
	told := fmt.Sprintf("sequence %d, edition %d, %d areas, %d assets, %s in %d files, by %s",
		m.Sequence, m.Edition.Number, m.Areas, m.Assets, megabytes(m.Bytes()), len(m.Files)+1, m.Gridwarden)
	if m.Rights != "" {
		told += ", for " + string(m.Rights) + " use"
	}
	return told
}

// version is that of this program as far as its build knows it.
func version() string {
	info, known := debug.ReadBuildInfo()
	if !known {
		return "gridwarden"
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" && len(s.Value) > 12 {
			return "gridwarden " + s.Value[:12]
		}
	}
	return "gridwarden " + info.Main.Version
}
