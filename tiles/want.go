package tiles

import (
	"slices"
	"strconv"
	"strings"

	"github.com/paulmach/orb/maptile"

	"gridwarden/geo"
	"gridwarden/geo/crs"
	"gridwarden/geo/filter"
)

// Want says what a tile is to show.
type Want struct {
	Layers  []geo.LayerName // [AssetsLayer] among them if named; order and repetitions do not matter, unknown ones are left out
	Fields  []string        // attributes beside code and id; nil: the usual ones
	Filter  *filter.Filter  // nil: everything
	Frame   Frame
	Figures *Figures // nil: the fields assets and reports are left out
	Limit   int      // bytes of the uncompressed tile; 0: [DefaultLimit]
}

// DefaultLimit is how large an uncompressed tile may be where nothing else is said.
const DefaultLimit = 1 << 20

// Key is the same for two wants when, and only when, they give the same tiles.
func (w *Want) Key() string {
	names := make([]string, 0, len(w.Layers))
	for _, n := range canonical(w.Layers) {
		names = append(names, string(n))
	}
	fields := "*"
	if w.Fields != nil {
		fields = strings.Join(slices.Compact(slices.Sorted(slices.Values(w.Fields))), ",")
	}
	return strings.Join([]string{strings.Join(names, ","), fields, strconv.Itoa(int(w.Frame)), strconv.Itoa(w.limit()), w.Figures.Version(), w.Filter.String()}, "|")
}

// shows tells whether an attribute is wanted, which is a usual one or not.
func (w *Want) shows(key string, usual bool) bool {
	if w.Fields == nil {
		return usual
	}
	return slices.Contains(w.Fields, key)
}

// picked tells of an area whether it is wanted; nil: all are.
func (w *Want) picked() func(*geo.Area) bool {
	if !w.Filter.ConcernsAreas() {
		return nil
	}
	return w.Filter.Area
}

func (w *Want) limit() int {
	if w.Limit <= 0 {
		return DefaultLimit
	}
	return w.Limit
}

// Frame is the map that tiles are cut from.
type Frame uint8

const (
	WebMercator Frame = iota // WebMercatorQuad of WGS 84
	GCJ02                    // WebMercatorQuad of maps drawn in GCJ-02
	Geographic               // CGCS2000, EPSG:4490: 天地图's matrix set c, two tiles at level 1
)

// String is the coordinate system that the tiles of the frame are cut in.
func (f Frame) String() string {
	switch f {
	case GCJ02:
		return string(crs.GCJ02)
	case Geographic:
		return "EPSG:4490"
	}
	return "EPSG:3857"
}

// Valid tells whether a tile is in the matrix of the frame.
func (f Frame) Valid(t maptile.Tile) bool {
	if f == Geographic {
		return t.Z >= 1 && t.Z <= MaxZoom && t.X < 1<<t.Z && t.Y < 1<<(t.Z-1)
	}
	return t.Z <= MaxZoom && t.Valid()
}
