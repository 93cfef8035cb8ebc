package main

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/maptile"

	"gridwarden/api"
	"gridwarden/geo"
	"gridwarden/geo/filter"
	"gridwarden/geo/index"
	"gridwarden/tiles"
	"gridwarden/tiles/archive"
)

// exportFlags are what is typed of an archive of tiles.
type exportFlags struct {
	format, zoom, bbox, layers, fields, filter, crs string
	edition                                         int64
	at, snapshot                                    string
	restricted                                      bool
}

func (f *exportFlags) register(c *call) {
	s := c.flags
	s.StringVar(&f.format, "format", "", "pmtiles or mbtiles; default by the ending of OUT")
	s.StringVar(&f.zoom, "zoom", "0-16", "the first and the last `ZOOM`; maps enlarge the tiles of the last one")
	s.StringVar(&f.bbox, "bbox", "", "only tiles that reach into `W,S,E,N`, in degrees of the map; default everywhere")
	s.StringVar(&f.layers, "layers", "", "`NAMES` separated by commas, assets among them; default all")
	s.StringVar(&f.fields, "fields", "", "`NAMES` of attributes beside code and id, separated by commas; default the usual ones")
	s.StringVar(&f.filter, "filter", "", "only areas and assets for which this `CONDITION` holds, in CQL2 text as in GET /tiles")
	s.StringVar(&f.crs, "crs", "", "the map the tiles lie on: EPSG:3857 (default), or GCJ-02 for maps drawn in it")
	s.Int64Var(&f.edition, "edition", 0, "the state of this `EDITION`; default the newest")
	s.StringVar(&f.at, "at", "", "the state at this `TIME`: 2026-07-01 or 2026-07-01T08:00:00+08:00")
	s.BoolVar(&f.restricted, "restricted", false, "also layers, and assets of categories, that are restricted")
	s.StringVar(&f.snapshot, "snapshot", "", "read the state from a snapshot, `DIR` or URL, instead of the database")
}

// exportTiles writes an archive of tiles.
func exportTiles(ctx context.Context, c *call) error {
	var f exportFlags
	f.register(c)
	if err := c.parse(); err != nil {
		return err
	}
	if len(c.args) != 1 {
		return usagef("name the one file to write; see gridwarden export tiles -h")
	}
	out := filepath.Clean(c.args[0])
	job, err := f.job(out)
	if err != nil {
		return err
	}
	when, err := f.when(c)
	if err != nil {
		return err
	}
	view, newest, err := c.viewToExport(ctx, f.snapshot, when)
	if err != nil {
		return err
	}
	job.View = view
	if !f.restricted {
		c.leaveOut(job, newest)
	}
	if job.Want.Figures, err = f.figures(ctx, c, job.View); err != nil {
		return err
	}
	if err := f.choose(job); err != nil {
		return err
	}
	if err := c.writeArchive(ctx, out, job); err != nil {
		return err
	}
	return c.didExport(ctx, out, &f, job)
}

// job is what the flags say without knowing the city.
func (f *exportFlags) job(out string) (j *archive.Job, err error) {
	j = &archive.Job{Format: archive.Format(f.format), By: version()}
	if f.format == "" {
		j.Format = archive.Format(strings.TrimPrefix(filepath.Ext(out), "."))
	}
	if j.Format != archive.PMTiles && j.Format != archive.MBTiles {
		return nil, usagef("--format is pmtiles or mbtiles, not %q", j.Format)
	}
	if j.First, j.Last, err = zoomsOf(f.zoom); err != nil {
		return nil, err
	}
	if j.Within, err = boxOf(f.bbox); err != nil {
		return nil, err
	}
	switch strings.ToUpper(f.crs) {
	case "", "EPSG:3857":
	case "GCJ-02", "GCJ02":
		j.Want.Frame = tiles.GCJ02
	default:
		return nil, usagef("--crs is EPSG:3857 or GCJ-02, in which maps read archives, not %q", f.crs)
	}
	if f.fields != "" {
		j.Want.Fields = fields[string](f.fields)
	}
	if err := tiles.CheckFields(j.Want.Fields); err != nil {
		return nil, err
	}
	j.Want.Filter, err = filter.Parse(f.filter)
	return j, err
}

// zoomsOf reads --zoom: 0-16, or 14 for one.
func zoomsOf(text string) (first, last maptile.Zoom, err error) {
	a, b, several := strings.Cut(text, "-")
	if !several {
		b = a
	}
	from, err1 := strconv.ParseUint(strings.TrimSpace(a), 10, 8)
	to, err2 := strconv.ParseUint(strings.TrimSpace(b), 10, 8)
	if err1 != nil || err2 != nil || from > to || to > uint64(tiles.MaxZoom) {
		return 0, 0, usagef("--zoom is the first and the last zoom, from 0 to %d, such as 0-16, not %q", tiles.MaxZoom, text)
	}
	return maptile.Zoom(from), maptile.Zoom(to), nil
}

// boxOf reads --bbox.
func boxOf(text string) (*orb.Bound, error) {
	if text == "" {
		return nil, nil
	}
	var n []float64
	for word := range strings.SplitSeq(text, ",") {
		v, err := strconv.ParseFloat(strings.TrimSpace(word), 64)
		if err != nil {
			return nil, usagef("--bbox is four numbers, west,south,east,north; %q is none", word)
		}
		n = append(n, v)
	}
	switch {
	case len(n) != 4:
		return nil, usagef("--bbox is four numbers, west,south,east,north, not %d", len(n))
	case !(-180 <= n[0] && n[0] < n[2] && n[2] <= 180) || !(-90 <= n[1] && n[1] < n[3] && n[3] <= 90):
		return nil, usagef("--bbox is west,south,east,north in degrees: west less than east within ±180, south less than north within ±90, not %s", text)
	}
	return &orb.Bound{Min: orb.Point{n[0], n[1]}, Max: orb.Point{n[2], n[3]}}, nil
}

// when is the moment asked for; zero is now.
func (f *exportFlags) when(c *call) (w api.When, err error) {
	colours, reports := f.colours()
	switch {
	case f.edition < 0:
		return w, usagef("--edition is a number from 1, not %d", f.edition)
	case f.edition > 0 && f.at != "":
		return w, usagef("give either --edition or --at, not both")
	case f.snapshot != "" && (f.edition > 0 || f.at != ""):
		return w, usagef("a snapshot holds one state only: --edition and --at need the database")
	case f.snapshot != "" && reports:
		return w, usagef("a snapshot holds no reports: --fields reports needs the database")
	case colours && (f.edition > 0 || f.at != ""):
		return w, usagef("the fields assets and reports are counted for the newest state only: leave out --at and --edition, or the fields")
	}
	w.Edition = geo.Edition(f.edition)
	if f.at != "" {
		w.At, err = parseMoment(f.at, c.settings.zone)
	}
	return w, err
}

// viewToExport is the state of a moment in the database, or that of a snapshot, and the
// newest there.
func (c *call) viewToExport(ctx context.Context, snapshot string, when api.When) (view, newest *index.Snapshot, err error) {
	if snapshot != "" {
		view, err = readSnapshot(ctx, snapshot, c.memory(0))
		return view, view, err
	}
	done := c.progress("reading the database")
	defer done()
	store, newest, err := c.openView(ctx)
	if err != nil {
		return nil, nil, err
	}
	defer store.Close()
	if view = newest; when != (api.When{}) {
		view, _, err = pastOf(store, newest).View(ctx, when)
	}
	return view, newest, err
}

// colours tells whether the numbers that maps colour areas by are asked for, and whether
// those of reports are among them.
func (f *exportFlags) colours() (asked, reports bool) {
	names := fields[string](f.fields)
	reports = slices.Contains(names, "reports")
	return reports || slices.Contains(names, "assets"), reports
}

// figures are the numbers that areas are coloured by, where they are asked for.
func (f *exportFlags) figures(ctx context.Context, c *call, view *index.Snapshot) (*tiles.Figures, error) {
	asked, ofReports := f.colours()
	if !asked {
		return nil, nil
	}
	var reports []tiles.Spot
	if ofReports {
		store, err := c.open(ctx)
		if err != nil {
			return nil, err
		}
		defer store.Close()
		if err := store.OpenPlaces(ctx, func(at geo.Coord, c geo.CategoryKey) { reports = append(reports, tiles.Spot{At: at, Category: c}) }); err != nil {
			return nil, err
		}
	}
	return tiles.NewFigures(view, reports), nil
}

// leaveOut hides from the job what is restricted, then or today, and says so.
func (c *call) leaveOut(j *archive.Job, newest *index.Snapshot) {
	whole := j.View
	j.View = whole.Seen(&index.Sight{Of: geo.Protected}, newest)
	if j.View == whole {
		return
	}
	var left []geo.LayerName
	for _, l := range whole.Layers() {
		if _, there := j.View.Layer(l.Name); !there {
			left = append(left, l.Name)
		}
	}
	if n := whole.AssetCount() - j.View.AssetCount(); n > 0 {
		left = append(left, geo.LayerName(fmt.Sprintf("%d assets", n)))
	}
	fmt.Fprintf(c.err, "left out, being restricted: %s; --restricted has them in the archive\n", listed(left, 20))
}

// choose settles the layers of the job: those named, else all.
func (f *exportFlags) choose(j *archive.Job) error {
	all := j.View.Layers()
	if f.layers == "" {
		j.Want.Layers = []geo.LayerName{tiles.AssetsLayer}
		for _, l := range all {
			j.Want.Layers = append(j.Want.Layers, l.Name)
		}
		return nil
	}
	j.Want.Layers = fields[geo.LayerName](f.layers)
	for _, name := range j.Want.Layers {
		if name == tiles.AssetsLayer {
			continue
		}
		if err := hasLayer(all, name); err != nil {
			return err
		}
	}
	return nil
}

// didExport tells the audit log, where the state came from a database.
func (c *call) didExport(ctx context.Context, out string, f *exportFlags, j *archive.Job) error {
	if f.snapshot != "" {
		return nil
	}
	store, err := c.open(ctx)
	if err != nil {
		return err
	}
	defer store.Close()
	return store.Did(ctx, "export tiles", out, map[string]any{
		"layers": j.Want.Layers, "zoom": f.zoom, "sequence": j.View.Position().Sequence, "restricted": f.restricted,
	})
}

// writeArchive draws what is missing and says what came of it, also of work that ends
// before it is done.
func (c *call) writeArchive(ctx context.Context, out string, j *archive.Job) error {
	done := c.progress("counting the tiles")
	total, err := j.Count(ctx)
	done()
	if err != nil {
		return err
	}
	if err := c.settings.bound.fits(total*archive.TileMemory, live(), fmt.Sprintf("the %d tiles of the archive", total)); err != nil {
		return err
	}
	w, err := archive.New(out, j)
	if err != nil {
		return err
	}
	defer w.Close()
	switch {
	case w.Other:
		fmt.Fprintf(c.err, "%s.part is of another state, or was asked for otherwise: starting over\n", out)
	case w.Found > 0:
		fmt.Fprintf(c.err, "going on after the %s of %[2]s.part\n", counted(int(w.Found), "tile", "tiles"), out)
	}
	report, err := c.drawArchive(ctx, w, total)
	if err != nil {
		if kept := w.Kept(); kept > 0 {
			fmt.Fprintf(c.err, "%s.part keeps %s: the same command goes on from there\n", out, counted(int(kept), "tile", "tiles"))
		}
		return err
	}
	fmt.Fprintf(c.out, "wrote %s: zoom %d to %d, %s, %d of them different, %s\n", out, j.First, j.Last,
		counted(int(report.Tiles), "tile", "tiles"), report.Contents, megabytes(report.Bytes))
	return nil
}

func (c *call) drawArchive(ctx context.Context, w *archive.Writer, total int64) (*archive.Report, error) {
	p := c.counterOf("drawing", "tiles", total)
	err := w.Draw(ctx, func(bytes int64) {
		p.add(1)
		p.bytes.Store(bytes)
	})
	p.done()
	if err != nil {
		return nil, err
	}
	done := c.progress("finishing")
	defer done()
	return w.Finish(ctx)
}
