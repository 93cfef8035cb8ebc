package main

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"strconv"
	"strings"

	"gridwarden/geo"
	"gridwarden/geo/ingest"
	"gridwarden/geo/planning"
	"gridwarden/geo/postgis"
)

// assetFlags are the options of an import of assets.
type assetFlags struct {
	read             ingest.AssetOptions
	match, unmatched string
	gridLayer        string
	disagreements    string
	dryRun           bool
}

func (a *assetFlags) register(c *call) {
	f := c.flags
	f.StringVar(&a.read.Standard, "standard", "GB/T 47678.5-2026", "`STANDARD` of the category codes")
	f.StringVar(&a.read.Category, "category", "", "`FIELD` with the category's code")
	f.StringVar(&a.read.CategoryCode, "category-code", "", "one category `CODE` for all assets")
	f.StringVar(&a.read.ID, "id", "", "`FIELD` with the asset's id; without one it is derived from category and position")
	f.StringVar(&a.read.Name, "name", "", "`FIELD` with a name")
	f.StringVar(&a.read.Authority, "authority", "", "`FIELD` with the authority 主管部门, by code, name or alias")
	f.StringVar(&a.read.Owner, "owner", "", "`FIELD` with the owner 权属单位")
	f.StringVar(&a.read.Maintainer, "maintainer", "", "`FIELD` with the maintainer 养护单位")
	f.StringVar(&a.read.State, "state", "", "`FIELD` with the state")
	f.StringVar(&a.read.Lon, "lon", "", "`FIELD` of a CSV with the longitude, or easting")
	f.StringVar(&a.read.Lat, "lat", "", "`FIELD` of a CSV with the latitude, or northing")
	f.StringVar(&a.read.Grid, "grid", "", "`FIELD` with the grid the surveyors wrote: compare it with the place")
	f.StringVar(&a.gridLayer, "grid-layer", "", "the `LAYER` that --grid names; default the lowest of the deepest chain")
	f.StringVar(&a.disagreements, "disagreements", "", "write every disagreement of --grid to this CSV `FILE`")
	f.StringVar(&a.read.CRS, "crs", "", "coordinate system of the files: OGC:CRS84 (default), EPSG:N, GCJ-02 or BD-09")
	f.StringVar(&a.read.Encoding, "encoding", "auto", "auto, utf-8, gbk or gb18030")
	f.StringVar(&a.match, "match", "", "CSV `FILE` of earlier unmatched departments with the column code filled in; an empty code means nobody")
	f.StringVar(&a.unmatched, "unmatched", "unmatched-departments.csv", "CSV `FILE` to write departments that match nothing to")
	f.BoolVar(&a.dryRun, "dry-run", false, "report what would happen and change nothing")
}

func importAssets(ctx context.Context, c *call) error {
	var a assetFlags
	a.register(c)
	if err := c.parse(); err != nil {
		return err
	}
	switch {
	case len(c.args) == 0:
		return usagef("name at least one file of assets")
	case a.read.Category != "" && a.read.CategoryCode != "":
		return usagef("give --category FIELD or --category-code CODE, not both")
	}
	store, err := c.open(ctx)
	if err != nil {
		return err
	}
	defer store.Close()
	base, err := store.Base(ctx)
	if err != nil {
		return err
	}
	answers, err := readMatch(a.match)
	if err != nil {
		return err
	}
	survey, err := c.survey(ctx, store, &a)
	if err != nil {
		return err
	}
	matcher := planning.NewMatcher(base.Departments, answers)
	progress := c.counter("importing assets", "assets")
	var notes assetNotes
	watch := func(asset *geo.AssetInput) {
		progress.add(1)
		survey.compare(asset)
		notes.take(asset)
	}
	a.read.Transform = store
	outcome, err := store.ImportAssets(ctx, matched(ingest.Assets(ctx, c.args, a.read), matcher, watch), a.dryRun)
	progress.done()
	if errors.Is(err, errUnmatched) {
		return c.tellUnmatched(matcher.Unmatched(), a.unmatched)
	}
	if err != nil {
		return err
	}
	notes.tell(c.out)
	c.tellAssets(outcome, survey, a.dryRun)
	return nil
}

// assetNotes are what an import found worth telling of single assets.
type assetNotes struct {
	derived, mended int
	first           []string // of the mended
}

func (n *assetNotes) take(a *geo.AssetInput) {
	if ingest.IsDerived(a.ID) {
		n.derived++
	}
	if !a.Mended {
		return
	}
	if n.mended++; n.mended <= 10 {
		n.first = append(n.first, fmt.Sprintf("%s (%s)", a.ID, a.Source))
	}
}

func (n *assetNotes) tell(w io.Writer) {
	if n.derived > 0 {
		fmt.Fprintf(w, "%s derived from category and position; --id names a field that holds them\n", counted(n.derived, "id was", "ids were"))
	}
	if n.mended > 0 {
		fmt.Fprintf(w, "%s mended, taken as the ground the rings enclose an odd number of times, first %s\n",
			counted(n.mended, "shape that crosses itself was", "shapes that cross themselves were"), strings.Join(n.first, ", "))
	}
}

// errUnmatched says that assets name departments that nobody knows.
var errUnmatched = errors.New("some departments match nothing")

// matched passes assets on with their departments as codes, each shown to watch first.
// After the last one an error refuses the import when departments matched nothing.
func matched(in iter.Seq2[geo.AssetInput, error], m *planning.Matcher, watch func(*geo.AssetInput)) iter.Seq2[geo.Asset, error] {
	return func(yield func(geo.Asset, error) bool) {
		clean := true
		for a, err := range in {
			if err == nil {
				watch(&a)
				for _, body := range []*geo.DepartmentCode{&a.Authority, &a.Owner, &a.Maintainer} {
					code, ok := m.Code(string(*body))
					*body, clean = code, clean && ok
				}
			}
			if !yield(a.Asset, err) {
				return
			}
		}
		if !clean {
			yield(geo.Asset{}, errUnmatched)
		}
	}
}

func (c *call) tellAssets(o postgis.Outcome, s *survey, dryRun bool) {
	fmt.Fprintf(c.out, "assets: %d read: %d new, %d changed, %d untouched\n", o.Read, o.Added, o.Changed, o.Unchanged)
	s.tell(c.out)
	switch {
	case dryRun:
		fmt.Fprintln(c.out, "dry run: nothing was written")
	case o.Added+o.Changed == 0:
		fmt.Fprintln(c.out, "nothing changed")
	}
}

// tellUnmatched writes the departments that matched nothing to a CSV to fill in and give
// again with --match.
func (c *call) tellUnmatched(list []planning.Unmatched, path string) error {
	file, err := os.Create(path)
	if err != nil {
		return usagef("cannot write %s: %v", path, err)
	}
	defer file.Close()
	w := csv.NewWriter(file)
	rows := [][]string{{"\ufeffwritten", "count", "code", "nearest_code", "nearest_name"}}
	for _, u := range list {
		rows = append(rows, []string{u.Text, strconv.Itoa(u.Count), "", string(u.Code), u.Nearest})
	}
	if err := w.WriteAll(rows); err != nil {
		return usagef("cannot write %s: %v", path, err)
	}
	return geo.Errorf(geo.Faulty, "%s no code, name or alias; nothing was imported. The list is in %s: fill in the column code (empty means nobody) and import again with --match %s",
		counted(len(list), "department matches", "departments match"), path, path)
}

// readMatch reads a filled-in list of unmatched departments.
func readMatch(path string) (map[string]geo.DepartmentCode, error) {
	if path == "" {
		return nil, nil
	}
	file, err := ingest.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	rows, err := csv.NewReader(file).ReadAll()
	if err != nil || len(rows) == 0 || len(rows[0]) < 3 || rows[0][2] != "code" {
		return nil, geo.Errorf(geo.Invalid, "%s is not a list of unmatched departments: its columns are written, count, code, …", path)
	}
	answers := map[string]geo.DepartmentCode{}
	for _, row := range rows[1:] {
		answers[row[0]] = geo.DepartmentCode(row[2])
	}
	return answers, nil
}
