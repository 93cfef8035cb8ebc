package ingest

import (
	"errors"
	"io"
	"iter"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/paulmach/orb"

	"gridwarden/geo"
	"gridwarden/geo/crs"
)

// usualLonLat are the names under which tables hold positions, when the caller names none.
func usualLonLat() [][2]string {
	return [][2]string{{"lon", "lat"}, {"lng", "lat"}, {"long", "lat"}, {"longitude", "latitude"}, {"经度", "纬度"}, {"PointX", "PointY"}}
}

// lonLatFields finds the fields of the position among the names there are: those the
// caller names, else a pair of usual names in any mixture of capitals.
func lonLatFields(names []string, lon, lat string) (string, string, error) {
	if lon != "" || lat != "" {
		for _, name := range []string{lon, lat} {
			if !slices.Contains(names, name) || name == "" {
				return "", "", geo.Errorf(geo.Invalid, "there is no field %q for the position; there are %s", name, listed(names))
			}
		}
		return lon, lat, nil
	}
	for _, usual := range usualLonLat() {
		x, y := folded(names, usual[0]), folded(names, usual[1])
		if x != "" && y != "" {
			return x, y, nil
		}
	}
	return "", "", geo.Errorf(geo.Invalid, "name the fields of the position with --lon and --lat; there are %s", listed(names))
}

// folded is the first of names that differs from name in capitals only, "" when none does.
func folded(names []string, name string) string {
	for _, n := range names {
		if strings.EqualFold(n, name) {
			return n
		}
	}
	return ""
}

// listed is a list of field names for a sentence.
func listed(names []string) string {
	names = slices.DeleteFunc(slices.Clone(names), func(n string) bool { return n == "" })
	more := ""
	if len(names) > 40 {
		names, more = names[:40], " …"
	}
	if len(names) == 0 {
		return "none"
	}
	slices.Sort(names)
	for i, n := range names {
		names[i] = shorten(n)
	}
	return strings.Join(names, ", ") + more
}

// position reads the position of a row or object.
func position(f fields, lon, lat string) (orb.Point, error) {
	x, err := coordinate(f, lon)
	if err != nil {
		return orb.Point{}, err
	}
	y, err := coordinate(f, lat)
	return orb.Point{x, y}, err
}

func coordinate(f fields, name string) (float64, error) {
	value, there := f.text(name)
	v, err := strconv.ParseFloat(value, 64)
	switch {
	case !there:
		return 0, geo.Errorf(geo.Faulty, "field %q is missing: the row has no position", name)
	case value == "":
		return 0, geo.Errorf(geo.Faulty, "field %q is blank: the row has no position", name)
	case err != nil || math.IsNaN(v) || math.IsInf(v, 0):
		return 0, geo.Errorf(geo.Faulty, "field %q is %q, which is not a coordinate: write a number such as 120.1527", name, shorten(value))
	}
	return v, nil
}

// table reads a CSV whose rows are points.
func (o reading) table(r io.Reader, path string, system crs.CRS) iter.Seq2[record, error] {
	return func(yield func(record, error) bool) {
		t, err := newTable(newBlocks(r, MaxFeature))
		if err != nil {
			yield(record{}, inFile(path, err))
			return
		}
		lon, lat, err := o.lonLat(t.columns)
		if err != nil {
			yield(record{}, inFile(path, err))
			return
		}
		placed := []string{lon, lat}
		for n := 1; ; n++ {
			values, err := t.next()
			if errors.Is(err, io.EOF) {
				return
			}
			if err != nil && geo.KindOf(err) != geo.Faulty {
				yield(record{}, err)
				return
			}
			row := record{source: geo.Source{File: path, Feature: n, Line: t.line}, crs: system, placed: placed}
			if err == nil {
				row.fields = cells{t.columns, values}
				var p orb.Point
				if p, err = position(row.fields, lon, lat); err == nil {
					row.geometry = orb.MultiPoint{p}
				}
			}
			if err != nil {
				err = at(row.source, err)
			}
			if !yield(row, err) {
				return
			}
		}
	}
}

// inFile puts the file in front of a sentence that ends its reading, unless it is there.
func inFile(path string, err error) error {
	if strings.HasPrefix(err.Error(), path) || geo.KindOf(err) == geo.Internal {
		return err
	}
	return geo.Errorf(geo.Invalid, "%s: %w", path, err)
}
