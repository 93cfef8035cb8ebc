package index

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"gridwarden/geo"
	"gridwarden/geo/postgis/pgtest"
	"gridwarden/geo/realdata"
	"gridwarden/geo/testsize"
)

// realAreas reads the polygons of a file beside the checkout, each feature an area of an
// overlay. They are only snapped, so they may overlap by hair's breadths; what holds a
// point is then for each area alone to say.
func realAreas(t *testing.T, file string) []*geo.Area {
	t.Helper()
	var areas []*geo.Area
	for i, m := range realdata.Shapes(t, file) {
		areas = append(areas, &geo.Area{
			ID: geo.AreaID(i + 1), Layer: "real", Code: geo.AreaCode(fmt.Sprintf("%04d", i)), Shape: geo.Shape{Polygons: m},
		})
	}
	return areas
}

// textOf writes a shape as PostGIS reads it.
func textOf(s *geo.Shape) string {
	list := func(path []geo.Coord) string {
		parts := make([]string, len(path))
		for i, c := range path {
			parts[i] = c.String()
		}
		return "(" + strings.Join(parts, ",") + ")"
	}
	var all []string
	if len(s.Lines) > 0 {
		for _, l := range s.Lines {
			all = append(all, list(l))
		}
		return "MULTILINESTRING(" + strings.Join(all, ",") + ")"
	}
	for _, p := range s.Polygons {
		var rings []string
		for _, r := range p {
			rings = append(rings, list(append(slices.Clone(r), r[0])))
		}
		all = append(all, "("+strings.Join(rings, ",")+")")
	}
	return "MULTIPOLYGON(" + strings.Join(all, ",") + ")"
}

// columns are points as PostGIS takes them.
func columns(points []geo.Coord) (lon, lat []float64) {
	for _, p := range points {
		lon, lat = append(lon, p.Lon()), append(lat, p.Lat())
	}
	return lon, lat
}

func TestPostGISFindsTheSameAreasInARealCity(t *testing.T) {
	t.Parallel()
	db := pgtest.Connect(t)
	for _, file := range []string{"cn-hangzhou-xiacheng/grids.geojson", "cn-hangzhou-xiacheng/communities.geojson",
		"cn-hangzhou-xiacheng/streets.geojson", "us-nyc/boroughs.geojson.gz"} {
		all := realAreas(t, file)
		var areas []*geo.Area
		var shapes, names []string
		for _, a := range all {
			var valid bool
			if err := db.QueryRow(t.Context(), `SELECT ST_IsValid(ST_GeomFromText($1, 4326))`, textOf(&a.Shape)).Scan(&valid); err != nil {
				t.Fatal(err)
			}
			if valid { // what an invalid polygon covers is for nobody to say
				areas, shapes, names = append(areas, a), append(shapes, textOf(&a.Shape)), append(names, string(a.Code))
			}
		}
		if len(areas) < len(all)-2 {
			t.Errorf("%s: only %d of %d areas are valid", file, len(areas), len(all))
		}
		s := view(t, &geo.Changes{Layers: []geo.Layer{{Name: "real", Kind: geo.Overlay}}, Areas: areas})
		points := pointsOf(areas, s.Bounds("real"), testsize.N(1000, 20_000))
		lon, lat := columns(points)
		rows, err := db.Query(t.Context(), `
			WITH area AS MATERIALIZED (SELECT name, ST_GeomFromText(wkt, 4326) AS shape FROM unnest($1::text[], $2::text[]) AS a(name, wkt)),
				point AS MATERIALIZED (SELECT n, ST_Point(lon, lat, 4326) AS p FROM unnest($3::float8[], $4::float8[]) WITH ORDINALITY AS p(lon, lat, n))
			SELECT n - 1 AS n, name FROM area CROSS JOIN LATERAL (SELECT n FROM point WHERE ST_Covers(shape, p) OFFSET 0) AS covered
			ORDER BY n, name`, names, shapes, lon, lat)
		if err != nil {
			t.Fatal(err)
		}
		type covered struct {
			N    int
			Name string
		}
		pairs, err := pgx.CollectRows(rows, pgx.RowToStructByPos[covered])
		if err != nil {
			t.Fatal(err)
		}
		answers := make([]string, len(points))
		for _, c := range pairs {
			answers[c.N] += " " + c.Name
		}
		for i, p := range points {
			got := ""
			for _, h := range s.Locate(p).Areas {
				got += " " + string(h.Area.Code)
			}
			if got != answers[i] {
				t.Errorf("%s at %v: %q, PostGIS says %q", file, p, got, answers[i])
			}
		}
	}
}

// pointsOf is vertices of the areas, on which doubles are exact too, and n points in a
// box.
func pointsOf(areas []*geo.Area, b geo.Box, n int) (points []geo.Coord) {
	r := random(5)
	for _, a := range areas {
		for _, polygon := range a.Shape.Polygons {
			for _, ring := range polygon {
				points = append(points, ring[r.IntN(len(ring))])
			}
		}
	}
	for range n {
		points = append(points, geo.Coord{X: b.Min.X + r.Int32N(b.Max.X-b.Min.X), Y: b.Min.Y + r.Int32N(b.Max.Y-b.Min.Y)})
	}
	return points
}

func TestPostGISMeasuresTheSameMetresAlongAndFromALine(t *testing.T) {
	t.Parallel()
	db := pgtest.Connect(t)
	r := random(8)
	for range testsize.N(20, 300) {
		// A street that wanders mostly east, far enough from itself to have one nearest place.
		line := geo.Line{here(0, 0)}
		for range 5 + r.IntN(60) {
			last := line[len(line)-1]
			line = append(line, geo.Coord{X: last.X + 200 + r.Int32N(3000), Y: last.Y + r.Int32N(3000) - 1500})
		}
		s := roads(t, 50, road(1, "r", geo.Both, line))
		var points []geo.Coord
		for range 40 {
			v := line[r.IntN(len(line))]
			points = append(points, geo.Coord{X: v.X + r.Int32N(4000) - 2000, Y: v.Y + r.Int32N(4000) - 2000})
		}
		lon, lat := columns(points)
		// EPSG:4549 keeps angles and, this near its meridian, lengths to a millimetre a kilometre.
		// The distance of a geography is to the foot on a sphere, hence up to half a per cent long.
		rows, err := db.Query(t.Context(), `
			WITH line AS MATERIALIZED (SELECT ST_GeometryN(ST_GeomFromText($1, 4326), 1) AS l)
			SELECT ST_Distance(ST_Transform(l, 4549), ST_Transform(ST_Point(lon, lat, 4326), 4549)),
				ST_Distance(l::geography, ST_Point(lon, lat, 4326)::geography),
				ST_LineLocatePoint(ST_Transform(l, 4549), ST_Transform(ST_Point(lon, lat, 4326), 4549)) * ST_Length(l::geography)
			FROM line, unnest($2::float8[], $3::float8[]) WITH ORDINALITY AS p(lon, lat, n) ORDER BY n`, textOf(&geo.Shape{Lines: geo.MultiLine{line}}), lon, lat)
		if err != nil {
			t.Fatal(err)
		}
		type measured struct{ Distance, Geography, Along float64 }
		answers, err := pgx.CollectRows(rows, pgx.RowToStructByPos[measured])
		if err != nil {
			t.Fatal(err)
		}
		for i, want := range answers {
			hits := s.Locate(points[i]).Lines
			switch {
			case math.Abs(want.Distance-50) < .01: // at the very end of its reach
			case len(hits) == 0:
				if want.Distance < 50 {
					t.Errorf("%v: nothing, PostGIS says %v", points[i], want)
				}
			case math.Abs(hits[0].Distance-want.Distance) > .001 || math.Abs(hits[0].Distance-want.Geography) > .01*want.Distance || math.Abs(hits[0].Along-want.Along) > .05:
				t.Errorf("%v: %.4f m away and %.4f m along, PostGIS says %+.4v", points[i], hits[0].Distance, hits[0].Along, want)
			}
		}
	}
}
