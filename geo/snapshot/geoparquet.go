package snapshot

import (
	"encoding/json"
	"maps"
	"slices"

	"gridwarden/geo"
)

// geometries is what GeoParquet wants told of one column of geometries, gathered while it
// is written. See https://geoparquet.org/releases/v1.1.0/.
type geometries struct {
	box   geo.Box
	kinds map[string]bool
}

func newGeometries() geometries { return geometries{geo.EmptyBox(), map[string]bool{}} }

func (g *geometries) point(c geo.Coord) {
	g.box = g.box.Extend(c)
	g.kinds["Point"] = true
}

func (g *geometries) shape(s *geo.Shape, box geo.Box) {
	g.box = g.box.Union(box)
	switch {
	case len(s.Polygons) == 1:
		g.kinds["Polygon"] = true
	case len(s.Polygons) > 1:
		g.kinds["MultiPolygon"] = true
	case len(s.Lines) == 1:
		g.kinds["LineString"] = true
	default:
		g.kinds["MultiLineString"] = true
	}
}

// geoMetadata is the document under the key "geo" of a file. Without crs it is OGC:CRS84.
type geoMetadata struct {
	Version string               `json:"version"`
	Primary string               `json:"primary_column"`
	Columns map[string]geoColumn `json:"columns"`
}

type geoColumn struct {
	Encoding    string    `json:"encoding"`
	Types       []string  `json:"geometry_types"`
	Orientation string    `json:"orientation"`
	Edges       string    `json:"edges"`
	Box         []float64 `json:"bbox,omitempty"`
	Covering    *covering `json:"covering,omitempty"`
}

// covering names the column that holds the box of each geometry.
type covering struct {
	Box map[string][2]string `json:"bbox"`
}

func boxCovering() *covering {
	c := covering{map[string][2]string{}}
	for _, side := range []string{"xmin", "ymin", "xmax", "ymax"} {
		c.Box[side] = [2]string{"bbox", side}
	}
	return &c
}

func (g *geometries) column(cover *covering) geoColumn {
	c := geoColumn{
		Encoding: "WKB", Types: slices.AppendSeq([]string{}, maps.Keys(g.kinds)),
		Orientation: "counterclockwise", Edges: "planar", Covering: cover,
	}
	slices.Sort(c.Types)
	if !g.box.IsEmpty() {
		c.Box = []float64{g.box.Min.Lon(), g.box.Min.Lat(), g.box.Max.Lon(), g.box.Max.Lat()}
	}
	return c
}

// geoDocument is the metadata of a file whose first geometry is in the column "geometry".
func geoDocument(columns map[string]geoColumn) (string, error) {
	body, err := json.Marshal(geoMetadata{"1.1.0", "geometry", columns})
	return string(body), err
}
