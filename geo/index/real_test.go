package index

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"gridwarden/geo"
	"gridwarden/geo/coverage"
	"gridwarden/geo/ingest"
	"gridwarden/geo/postgis/pgtest"
	"gridwarden/geo/realdata"
	"gridwarden/geo/testsize"
)

// realLayer is one layer of a real city, as its file names things.
type realLayer struct {
	name, parent geo.LayerName
	file         string
	fields       ingest.AreaOptions
	dissolve     string // the field of the layer below that it is made from, instead of a file
}

// realCity is layers imported together.
type realCity struct {
	long   bool // only in the long form: minutes to clean
	layers []realLayer
}

// realCities are all coverages beside the checkout.
func realCities() map[string]realCity {
	newYork := func(name, file, code string) realCity {
		return realCity{layers: []realLayer{{name: geo.LayerName(name), file: "us-nyc/" + file, fields: ingest.AreaOptions{Code: code}}}}
	}
	cities := map[string]realCity{
		"hangzhou": {layers: []realLayer{
			{name: "grids", parent: "communities", file: "cn-hangzhou-xiacheng/grids.geojson", fields: ingest.AreaOptions{Code: "网格编号"}},
			{name: "communities", parent: "streets", file: "cn-hangzhou-xiacheng/communities.geojson", fields: ingest.AreaOptions{Code: "社区编码", Parent: "街道编码"}},
			{name: "streets", file: "cn-hangzhou-xiacheng/streets.geojson", fields: ingest.AreaOptions{Code: "街道编码"}},
		}},
		"taiwan": {layers: []realLayer{
			{name: "villages", parent: "towns", file: "tw-villages/villages.geojson.gz", fields: ingest.AreaOptions{Code: "VILLCODE"}},
			{name: "towns", parent: "counties", dissolve: "TOWNCODE"},
			{name: "counties", dissolve: "COUNTYCODE"},
		}},
		"china": {long: true, layers: []realLayer{
			{name: "counties", file: "cn-datav-admin/counties.geojson.gz", fields: ingest.AreaOptions{Code: "adcode", Options: ingest.Options{CRS: "GCJ-02"}}},
		}},
		"taiwan towns":     {long: true, layers: []realLayer{{name: "towns", file: "tw-villages/towns.geojson.gz", fields: ingest.AreaOptions{Code: "TOWNCODE"}}}},
		"taiwan counties":  {long: true, layers: []realLayer{{name: "counties", file: "tw-villages/counties.geojson.gz", fields: ingest.AreaOptions{Code: "COUNTYCODE"}}}},
		"tracts":           newYork("tracts", "census_tracts_2010.geojson.gz", "boroct2010"),
		"neighbourhoods":   newYork("nta", "nta_2010.geojson", "nta2010"),
		"boroughs":         newYork("boroughs", "boroughs.geojson.gz", "borough_code"),
		"districts":        newYork("districts", "community_districts.geojson.gz", "boro_cd"),
		"council":          newYork("council", "council_districts_2013.geojson.gz", "district_number"),
		"precincts":        newYork("precincts", "police_precincts.geojson.gz", "precinct"),
		"hangzhou outline": {layers: []realLayer{{name: "district", file: "cn-hangzhou-xiacheng/district.geojson", fields: ingest.AreaOptions{Code: "adcode"}}}},
	}
	for _, name := range []string{"boroughs", "districts", "council", "precincts"} {
		city := cities[name]
		city.long = true
		cities[name] = city
	}
	return cities
}

// cleaned builds the layers as an import does.
func (c realCity) cleaned(t testing.TB) *geo.Changes {
	t.Helper()
	chain := make([]coverage.Layer, len(c.layers))
	var lowest []geo.AreaInput
	for i, l := range c.layers {
		if chain[i].Name = l.name; l.dissolve != "" {
			chain[i].Dissolve, chain[i].Areas = true, dissolved(t, lowest, c.layers[i-1].dissolve, chain[i-1].Areas, l.dissolve)
			continue
		}
		inputs, err := ingest.ReadAreas(context.Background(), []string{realdata.Path(t, l.file)}, l.fields)
		if err != nil {
			t.Fatal(err)
		}
		if i == 0 {
			lowest = inputs
		}
		for _, in := range inputs {
			chain[i].Areas = append(chain[i].Areas, coverage.Area{Code: in.Code, Parent: in.Parent, Parts: in.Parts})
		}
	}
	built, err := coverage.Build(context.Background(), chain, coverage.Options{Tolerance: 1, Repair: true})
	if err != nil {
		t.Fatal(err)
	}
	changes := &geo.Changes{To: position(1)}
	for i, l := range c.layers {
		changes.Layers = append(changes.Layers, geo.Layer{Name: l.name, Kind: geo.Coverage, Parent: l.parent, Rank: i})
		for _, a := range built.Layers[i] {
			changes.Areas = append(changes.Areas, &geo.Area{ID: geo.AreaID(len(changes.Areas) + 1), Layer: l.name, Code: a.Code, Parent: a.Parent, Shape: geo.Shape{Polygons: a.Shape}})
		}
	}
	return changes
}

// dissolved are the areas that those below are joined to by a field of the lowest layer,
// and names them as parents. The areas below have the codes of a field too, unless they are
// the lowest.
func dissolved(t testing.TB, lowest []geo.AreaInput, codes string, below []coverage.Area, field string) (areas []coverage.Area) {
	t.Helper()
	parents, there := map[geo.AreaCode]geo.AreaCode{}, map[geo.AreaCode]bool{}
	for _, in := range lowest {
		var fields map[string]any
		if err := json.Unmarshal(in.Attributes, &fields); err != nil {
			t.Fatal(err)
		}
		code := in.Code
		if codes != "" {
			code = geo.AreaCode(fmt.Sprint(fields[codes]))
		}
		parents[code] = geo.AreaCode(fmt.Sprint(fields[field]))
		there[parents[code]] = true
	}
	for i := range below {
		below[i].Parent = parents[below[i].Code]
	}
	for _, code := range slices.Sorted(maps.Keys(there)) {
		areas = append(areas, coverage.Area{Code: code})
	}
	return areas
}

func TestEveryPointOfARealCityHasExactlyOneAreaAndTheRightOne(t *testing.T) {
	t.Parallel()
	for name, city := range realCities() {
		if city.long && !testsize.Long() {
			continue
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := city.cleaned(t)
			s := view(t, c)
			newExam(t, s, c.Areas, true).sit(newProbes(21, c.Areas), sizes{
				anywhere: testsize.N(3000, 10_000_000), vertices: testsize.N(700, math.MaxInt),
				borders: testsize.N(700, 1_000_000), lines: testsize.N(700, 1_000_000),
			})
			agreesOffTheBorders(t, s, ofLayer(c, s.Layers()[0].Name))
			for _, l := range s.Layers() {
				staysACoverage(t, s, l.Name)
			}
		})
	}
}

// agreesOffTheBorders asks PostGIS about one layer, a judge in doubles: it may differ
// within one unit of a border and nowhere else.
func agreesOffTheBorders(t *testing.T, s *Snapshot, areas []*geo.Area) {
	t.Helper()
	p, points := newProbes(22, areas), make([]geo.Coord, testsize.N(2000, 100_000))
	for i := range points {
		points[i] = []func() geo.Coord{p.anywhere, p.nearBorder, p.vertex}[i%3]()
		if i%3 > 0 {
			points[i] = world(int64(points[i].X)+p.random.Int64N(41)-20, int64(points[i].Y)+p.random.Int64N(41)-20)
		}
	}
	near, compared := nearBorders(newJudge(areas), points), 0
	for i, want := range covering(t, pgtest.Connect(t), areas, points) {
		if near[i] {
			continue
		}
		compared++
		got := ""
		if hits := s.Locate(points[i], areas[0].Layer).Areas; len(hits) > 0 {
			got = string(hits[0].Area.Code)
		}
		if got != want {
			t.Errorf("at %v: %q, PostGIS says %q", points[i], got, want)
		}
	}
	if compared < len(points)*2/3 {
		t.Errorf("only %d of %d points are off the borders", compared, len(points))
	}
}

// covering is which areas cover each point, as PostGIS finds with shapes written exactly.
// The points are the inner side of the join, so that it prepares each area once.
func covering(t *testing.T, db *pgx.Conn, areas []*geo.Area, points []geo.Coord) []string {
	t.Helper()
	exec := func(sql string, args ...any) {
		if _, err := db.Exec(t.Context(), sql, args...); err != nil {
			t.Fatal(err)
		}
	}
	lon, lat := columns(points)
	exec(`CREATE TEMPORARY TABLE points AS SELECT n - 1 AS n, ST_Point(lon, lat, 4326) AS p FROM unnest($1::float8[], $2::float8[]) WITH ORDINALITY AS p(lon, lat, n)`, lon, lat)
	exec(`CREATE INDEX ON points USING gist (p)`)
	exec(`CREATE TEMPORARY TABLE shapes (code text, shape geometry)`)
	for part := range slices.Chunk(areas, 500) {
		var codes, shapes []string
		for _, a := range part {
			codes, shapes = append(codes, string(a.Code)), append(shapes, textOf(&a.Shape))
		}
		exec(`INSERT INTO shapes SELECT code, ST_GeomFromText(wkt, 4326) FROM unnest($1::text[], $2::text[]) AS a(code, wkt)`, codes, shapes)
	}
	exec(`ANALYZE points`)
	rows, err := db.Query(t.Context(), `SELECT n, code FROM shapes JOIN points ON ST_Covers(shape, p) ORDER BY n, code`)
	if err != nil {
		t.Fatal(err)
	}
	answers, n, code := make([]string, len(points)), 0, ""
	if _, err := pgx.ForEachRow(rows, []any{&n, &code}, func() error {
		answers[n] = strings.TrimPrefix(answers[n]+"|"+code, "|")
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return answers
}

// nearBorders tells which points lie within one unit of a border.
func nearBorders(j *judge, points []geo.Coord) []bool {
	near := make([]bool, len(points))
	for i, p := range points {
		around := geo.EmptyBox().Extend(world(int64(p.X)-2, int64(p.Y)-2)).Extend(world(int64(p.X)+2, int64(p.Y)+2))
		for _, g := range j.areas {
			if g.box.Intersects(around) && g.within(p, 1.01) {
				near[i] = true
				break
			}
		}
	}
	return near
}

// within tells whether a border of the area lies within so many units of p.
func (g *judged) within(p geo.Coord, limit float64) (is bool) {
	eachEdge(g.area, func(e stretch) { is = is || e.distance(p) <= limit })
	return is
}

// distance is how far p is from the edge in units.
func (e stretch) distance(p geo.Coord) float64 {
	dx, dy := float64(e.b.X)-float64(e.a.X), float64(e.b.Y)-float64(e.a.Y)
	px, py := float64(p.X)-float64(e.a.X), float64(p.Y)-float64(e.a.Y)
	t := 0.0
	if length := dx*dx + dy*dy; length > 0 {
		t = max(0, min(1, (px*dx+py*dy)/length))
	}
	return math.Hypot(px-t*dx, py-t*dy)
}
