package api

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"gridwarden/geo"
	"gridwarden/geo/crs"
)

// params are the query of a request, every name of which is known and given once: a
// misspelt filter that is passed over would answer another question than was asked.
type params struct{ url.Values }

func readParams(r *http.Request, allowed ...string) (params, error) {
	if r.URL.RawQuery == "" {
		return params{}, nil
	}
	values, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return params{}, geo.Errorf(geo.Invalid, "the query cannot be read: a %% must be followed by two hexadecimal digits and ; does not separate")
	}
	for name, given := range values {
		switch {
		case !slices.Contains(allowed, name) && len(allowed) == 0:
			return params{}, geo.Errorf(geo.Invalid, "unknown parameter %q: none is taken here", name)
		case !slices.Contains(allowed, name):
			return params{}, geo.Errorf(geo.Invalid, "unknown parameter %q: use %s", name, strings.Join(allowed, ", "))
		case len(given) > 1:
			return params{}, geo.Errorf(geo.Invalid, "the parameter %s is given %d times: give it once", name, len(given))
		}
	}
	return params{values}, nil
}

// number is a parameter that must be there and a number.
func (p params) number(name string) (float64, error) {
	text := p.Get(name)
	if text == "" {
		return 0, geo.Errorf(geo.Invalid, "%s is missing: give it in degrees, e.g. %s=%s", name, name, map[string]string{"lon": "120.17", "lat": "30.28"}[name])
	}
	v, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return 0, geo.Errorf(geo.Invalid, "%s=%s is not a number: give decimal degrees", name, clip(text))
	}
	return v, nil
}

// whole is a parameter that is a whole number between least and most.
func (p params) whole(name string, otherwise, least, most int64) (int64, error) {
	text := p.Get(name)
	if text == "" {
		return otherwise, nil
	}
	v, err := strconv.ParseInt(text, 10, 64)
	if err != nil || v < least || v > most {
		return 0, geo.Errorf(geo.Invalid, "%s=%s is not a whole number from %d to %d", name, clip(text), least, most)
	}
	return v, nil
}

// flag is a parameter that is 0 or 1.
func (p params) flag(name string, otherwise bool) (bool, error) {
	switch p.Get(name) {
	case "":
		return otherwise, nil
	case "1", "true":
		return true, nil
	case "0", "false":
		return false, nil
	}
	return false, geo.Errorf(geo.Invalid, "%s=%s is neither 1 nor 0", name, clip(p.Get(name)))
}

// time is a parameter that is a time.
func (p params) time(name string, otherwise time.Time) (time.Time, error) {
	if !p.Has(name) {
		return otherwise, nil
	}
	at, err := time.Parse(time.RFC3339, p.Get(name))
	if err != nil {
		return at, geo.Errorf(geo.Invalid, "%s=%s is not a time: write it as 2026-07-01T08:00:00+08:00 (the + escaped as %%2B)", name, clip(p.Get(name)))
	}
	return at, nil
}

// readTime reads a time of a body, zero for none. One before 1970 is a clock that was never
// set.
func readTime(name, text string) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return at, geo.Errorf(geo.Invalid, "%s is %q: write a time as 2026-07-01T08:00:00+08:00", name, clip(text))
	}
	if at.Year() < 1970 {
		return at, geo.Errorf(geo.Invalid, "%s is %s, which is before 1970: set the clock right, or leave it out where it is not known", name, text)
	}
	return at, nil
}

// after reads the parameters of a list that goes on after a number: that number, and how
// many it may have.
func (p params) after() (after int64, limit int, err error) {
	if after, err = p.whole(cursorParam, 0, 0, 1<<62); err != nil {
		return 0, 0, err
	}
	most, err := p.whole("limit", defaultLimit, 1, maxLimit)
	return after, int(most), err
}

// point is the position lon, lat in the system crs.
func (p params) point() (geo.Coord, error) {
	lon, err := p.number("lon")
	if err != nil {
		return geo.Coord{}, err
	}
	lat, err := p.number("lat")
	if err != nil {
		return geo.Coord{}, err
	}
	return pointOf(p.Get("crs"), lon, lat)
}

// pointOf is a position given in a named system, in the project's own. The range is
// checked before the conversion, so that a sentence speaks of the numbers given.
func pointOf(system string, lon, lat float64) (geo.Coord, error) {
	c, err := geo.CoordOf(lon, lat)
	if err != nil || system == "" {
		return c, err
	}
	if lon, lat, err = crs.ToWGS84(system, lon, lat); err != nil {
		return geo.Coord{}, err
	}
	return geo.CoordOf(lon, lat)
}

// box is the parameter bbox, west,south,east,north in degrees; ok is false without one.
func (p params) box() (b geo.Box, ok bool, err error) {
	text := p.Get("bbox")
	if text == "" {
		return b, false, nil
	}
	var sides []float64
	for part := range strings.SplitSeq(text, ",") {
		v, err := strconv.ParseFloat(strings.TrimSpace(part), 64)
		if err != nil {
			return b, false, geo.Errorf(geo.Invalid, "bbox: %q is not a number; give west,south,east,north in degrees", clip(part))
		}
		sides = append(sides, v)
	}
	if len(sides) != 4 {
		return b, false, geo.Errorf(geo.Invalid, "bbox has %d numbers: give four, west,south,east,north in degrees", len(sides))
	}
	if b.Min, err = geo.CoordOf(sides[0], sides[1]); err == nil {
		b.Max, err = geo.CoordOf(sides[2], sides[3])
	}
	switch {
	case err != nil:
		return b, false, geo.Errorf(geo.Invalid, "bbox: %w", err)
	case b.Min.Y > b.Max.Y:
		return b, false, geo.Errorf(geo.Invalid, "bbox: its south %v is north of its north %v; the order is west,south,east,north", sides[1], sides[3])
	case b.Min.X > b.Max.X:
		return b, false, geo.Errorf(geo.Invalid, "bbox: its west %v is east of its east %v; the order is west,south,east,north, and a box across the antimeridian has to be asked for in two halves", sides[0], sides[2])
	}
	return b, true, nil
}

// clip shortens what a client sent before a sentence repeats it.
func clip(s string) string {
	const most = 60
	if len(s) <= most {
		return s
	}
	return strings.ToValidUTF8(s[:most], "") + "…"
}
