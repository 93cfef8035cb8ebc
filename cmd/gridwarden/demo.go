package main

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strings"

	"gridwarden/geo"
	"gridwarden/geo/democity"
	"gridwarden/geo/ingest"
)

// demo writes the demo city as files and says how to import them, or imports them.
func demo(ctx context.Context, c *call) error {
	size := democity.Default()
	c.flags.IntVar(&size.Grids, "grids", size.Grids, "how many unit grids")
	c.flags.IntVar(&size.Assets, "assets", size.Assets, "how many assets")
	seed := c.flags.Bool("seed", false, "import the city at once if the database is empty, and make a first key; DIR may be left out")
	to := c.flags.String("snapshot", "", "write the city as a snapshot to `DIR`, without a database, to be served with serve --database none --snapshot DIR")
	if err := c.parse(); err != nil {
		return err
	}
	switch {
	case *to != "" && (*seed || len(c.args) > 0):
		return usagef("--snapshot names the one directory that is written: leave out --seed and DIR")
	case *to != "":
		return c.demoSnapshot(ctx, *to, size)
	case *seed && len(c.args) == 0:
		return c.seedFromTemp(ctx, size)
	case len(c.args) != 1:
		return usagef("name the directory to write the demo city to")
	case *seed:
		return c.seed(ctx, c.args[0], size)
	}
	m, err := c.writeDemo(ctx, c.args[0], size)
	if err != nil {
		return err
	}
	fmt.Fprintf(c.out, "a generated city of %d grids and %d assets; import it with\n", m.Grids, m.AssetCount)
	for _, args := range demoImports(m) {
		fmt.Fprint(c.out, "  gridwarden")
		for _, arg := range args {
			fmt.Fprint(c.out, " ", arg)
		}
		fmt.Fprintln(c.out)
	}
	return nil
}

func (c *call) writeDemo(ctx context.Context, dir string, size democity.Size) (democity.Manifest, error) {
	done := c.progress("making the demo city")
	defer done()
	return democity.Write(ctx, dir, size)
}

// demoImports are the commands that import a demo city.
func demoImports(m democity.Manifest) [][]string {
	return [][]string{
		{"import", "departments", m.Departments},
		{"import", "areas", "--plan", m.Plan, "--note", "demo"},
		{"import", "assets", "--id", "id", "--category", "category", "--grid", "grid", m.Assets},
		{"import", "calendar", m.Tables.Calendar},
		{"import", "standards", m.Tables.Standards},
		{"import", "groups", m.Tables.Groups},
		{"import", "rules", m.Tables.Rules},
		{"import", "posts", m.Tables.Posts},
	}
}

func (c *call) seedFromTemp(ctx context.Context, size democity.Size) error {
	dir, err := os.MkdirTemp("", "gridwarden-demo-")
	if err != nil {
		return usagef("cannot make a directory for the demo city: %v", err)
	}
	defer os.RemoveAll(dir)
	return c.seed(ctx, dir, size)
}

// seed imports the demo city by the ordinary commands, unless something is there already.
// A seeding that was cut short is taken up again: what it had imported does not change.
func (c *call) seed(ctx context.Context, dir string, size democity.Size) error {
	left, err := c.whatIsThere(ctx)
	if err != nil {
		return err
	}
	begun := false
	m, err := c.writeDemo(ctx, dir, size)
	if err == nil {
		begun, err = left.begunWith(ctx, m)
	}
	switch {
	case err != nil:
		return err
	case left.empty():
		fmt.Fprintf(c.err, "the database is empty: importing a generated demo city of %d grids and %d assets\n", size.Grids, size.Assets)
	case begun:
		fmt.Fprintln(c.err, "the import of the demo city was cut short: going on with it")
	default:
		fmt.Fprintln(c.err, "the database has data; the demo city is not imported")
		c.sayWhatToTry()
		return nil
	}
	for _, args := range append(demoImports(m), []string{"key", "create", "--name", "first"}) {
		if code := run(ctx, append(args, "--database", c.settings.database), c.in, c.err, c.err); code != exitDone {
			return geo.Errorf(geo.Internal, "seeding the demo city stopped at %q; run it again to go on, or make clean to start over", strings.Join(args[:2], " "))
		}
	}
	c.sayWhatToTry()
	return nil
}

// remains are what a seeding looks at in the database before it begins.
type remains struct {
	layers      []geo.Layer
	departments []geo.Department
	keys        []geo.Key
}

func (c *call) whatIsThere(ctx context.Context) (r remains, err error) {
	store, err := c.open(ctx)
	if err != nil {
		return r, err
	}
	defer store.Close()
	base, err := store.Base(ctx)
	if err != nil {
		return r, err
	}
	r.layers, r.departments = base.Layers, base.Departments
	r.keys, err = store.Keys(ctx)
	return r, err
}

func (r *remains) empty() bool { return len(r.layers)+len(r.departments) == 0 }

// begunWith tells whether these are the remains of seeding this very city: its departments,
// which come first, and not yet the key, which comes last.
func (r *remains) begunWith(ctx context.Context, m democity.Manifest) (bool, error) {
	if len(r.departments) == 0 || len(r.keys) > 0 {
		return false, nil
	}
	demo, err := ingest.ReadDepartments(ctx, m.Departments, "utf-8")
	codes := make(map[geo.DepartmentCode]bool, len(demo))
	for _, d := range demo {
		codes[d.Code] = true
	}
	stranger := func(d geo.Department) bool { return !codes[d.Code] }
	return err == nil && !slices.ContainsFunc(r.departments, stranger), err
}

// sayWhatToTry gives the first three questions, at a place in the demo city.
func (c *call) sayWhatToTry() {
	fmt.Fprintf(c.err, `
Once it serves, try
  the map             http://%[1]s/
  what is here?       curl 'http://%[1]s/v1/locate?lon=120.2075&lat=30.3055'
  who must act?       curl http://%[1]s/v1/route --json '{"lon":120.2075,"lat":30.3055,"category":{"standard":"GB/T 47678.5-2026","kind":"component","code":"01037"}}'
  the ground as tiles http://%[1]s/tiles/grids,streets.json

`, envOr("GRIDWARDEN_ADDR", defaultAddress))
}
