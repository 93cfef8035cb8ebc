package tiles_test

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/encoding/mvt"
	"github.com/paulmach/orb/encoding/wkt"

	"gridwarden/geo"
	"gridwarden/geo/realdata"
	"gridwarden/geo/testsize"
	"gridwarden/tiles"
)

// read is a feature as a reader tells it. A point or line is one shape of parts, a polygon
// is rings, told from the least point on, without saying it twice, and counter-clockwise.
type read struct {
	Layer  string            `json:"layer"`
	ID     uint64            `json:"id"`
	Kind   string            `json:"kind"`
	Tags   map[string]string `json:"tags"`
	Shapes [][][][2]int64    `json:"shapes"`
}

// TestEveryReaderSeesTheSameTile: orb, the reader MapLibre uses and GDAL agree with the
// bytes about layers, ids, attributes, kinds and every coordinate of random tiles.
func TestEveryReaderSeesTheSameTile(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("ogr2ogr"); err != nil {
		t.Skip("there is no ogr2ogr: apt-get install gdal-bin")
	}
	var files []string
	var told [][]read
	dir := t.TempDir()
	for i, raw := range randomTiles(t) {
		file := filepath.Join(dir, fmt.Sprintf("%d.pbf", i)) // a name GDAL takes no place from
		if err := os.WriteFile(file, raw, 0o600); err != nil {
			t.Fatal(err)
		}
		files, told = append(files, file), append(told, byTheBytes(decode(t, raw)))
	}
	features, kinds := 0, map[string]bool{}
	browser := byVectorTile(t, files)
	for i, file := range files {
		expectSame(t, "orb", told[i], byOrb(t, file))
		expectSame(t, "@mapbox/vector-tile", told[i], browser[i])
		expectSame(t, "GDAL", told[i], byGDAL(t, file))
		features += len(told[i])
		numbered := map[string]bool{}
		for _, f := range told[i] {
			kinds[f.Kind] = true
			name := fmt.Sprint(f.Layer, " ", f.ID)
			if f.ID == 0 || f.ID >= 1<<53 || numbered[name] { // JavaScript has no more whole numbers
				t.Errorf("%s %v has the id %d, which is none or another's", f.Layer, f.Tags, f.ID)
			}
			numbered[name] = true
		}
	}
	if features < 500 || len(kinds) != 3 {
		t.Errorf("only %d features of %v looked at", features, kinds)
	}
	t.Logf("%d features in %d tiles", features, len(files))
}

// randomTiles are tiles from zoom 0 to 18 of the made city, with assets and a road, and of
// the real ones where they are.
func randomTiles(t *testing.T) [][]byte {
	city := wavyCity(40)
	cities := []readCity{{shapes: city, areas: append(layerOf("city", city...), lineAlong(city)), assets: strewn(2_000, boxOf(city))}}
	files := []map[geo.LayerName]string{
		{"grids": "cn-hangzhou-xiacheng/grids.geojson", "streets": "cn-hangzhou-xiacheng/streets.geojson"},
		{"districts": "us-nyc/community_districts.geojson.gz", "precincts": "us-nyc/police_precincts.geojson.gz", "tracts": "us-nyc/census_tracts_2010.geojson.gz",
			"council": "us-nyc/council_districts_2013.geojson.gz", "nta": "us-nyc/nta_2010.geojson"},
	}
	if testsize.Long() {
		files = append(files, map[geo.LayerName]string{"villages": "tw-villages/villages.geojson.gz"})
	}
	for _, layers := range files {
		cities = append(cities, realCity(t, layers)...)
	}
	random := rand.New(rand.NewPCG(11, 5))
	var all [][]byte
	for _, c := range cities {
		s := view(t, c.areas, c.assets)
		for range testsize.N(5, 500) {
			tile := tileOn(random, c.shapes)
			if raw := tiles.Render(s, &tiles.Want{Layers: c.layers()}, tile); len(raw) > 0 {
				all = append(all, raw)
			}
		}
	}
	return all
}

// readCity is what tiles are drawn of.
type readCity struct {
	shapes []geo.MultiPolygon
	areas  []*geo.Area
	assets []geo.Asset
}

// realCity is a city of real layers, none when their files are not here.
func realCity(t *testing.T, layers map[geo.LayerName]string) []readCity {
	var c readCity
	there := t.Run(fmt.Sprint(slices.Sorted(maps.Keys(layers))), func(t *testing.T) {
		for _, name := range slices.Sorted(maps.Keys(layers)) {
			shapes := realdata.Shapes(t, layers[name])
			c.shapes, c.areas = append(c.shapes, shapes...), append(c.areas, layerOf(name, shapes...)...)
		}
	})
	if !there || c.areas == nil {
		return nil
	}
	for i, a := range c.areas { // ids are one row of numbers over all layers
		a.ID = geo.AreaID(i + 1)
	}
	return []readCity{c}
}

func (c readCity) layers() []geo.LayerName {
	names := []geo.LayerName{tiles.AssetsLayer}
	for _, a := range c.areas {
		if !slices.Contains(names, a.Layer) {
			names = append(names, a.Layer)
		}
	}
	return names
}

// lineAlong is a road along a border of the city, in and out of most tiles.
func lineAlong(city []geo.MultiPolygon) *geo.Area {
	var line geo.Line
	for _, m := range city[:40] {
		line = append(line, m[0][0][:9]...)
	}
	return &geo.Area{ID: 100_000, Layer: "roads", Code: "R1", Name: "环城 \"北\" 路", Class: "primary", Shape: geo.Shape{Lines: geo.MultiLine{line}}}
}

func expectSame(t *testing.T, reader string, want, got []read) {
	t.Helper()
	if len(got) != len(want) {
		t.Errorf("%s reads %d features, the bytes hold %d", reader, len(got), len(want))
		return
	}
	for i := range want {
		if !reflect.DeepEqual(got[i], want[i]) {
			t.Errorf("%s reads\n%.600v, the bytes hold\n%.600v", reader, got[i], want[i])
			return
		}
	}
}

// byTheBytes is a tile as the strict reader of these tests tells it.
func byTheBytes(features []feature) []read {
	var all []read
	for _, f := range features {
		r := read{Layer: f.layer, ID: f.id, Kind: strings.ToLower(f.kind.String()), Tags: f.tags}
		if r.Kind == "linestring" {
			r.Kind = "line"
		}
		for _, part := range f.parts {
			var points [][2]int64
			for _, p := range part {
				points = append(points, [2]int64{p.x, p.y})
			}
			if len(r.Shapes) == 0 || r.Kind == "polygon" && area2(part) > 0 {
				r.Shapes = append(r.Shapes, nil)
			}
			last := len(r.Shapes) - 1
			r.Shapes[last] = append(r.Shapes[last], points)
		}
		all = append(all, r.alike())
	}
	return all
}

// alike puts rings in one form: readers repeat the first point or not, and turn them.
func (r read) alike() read {
	if r.Kind != "polygon" {
		return r
	}
	for _, rings := range r.Shapes {
		for i, ring := range rings {
			if last := len(ring) - 1; ring[0] == ring[last] {
				ring = ring[:last]
			}
			if turned := twice(ring) < 0; turned {
				slices.Reverse(ring)
			}
			least := 0
			for j, p := range ring {
				if slices.Compare(p[:], ring[least][:]) < 0 {
					least = j
				}
			}
			rings[i] = slices.Concat(ring[least:], ring[:least])
		}
	}
	return r
}

func twice(ring [][2]int64) (sum int64) {
	for i, p := range ring {
		q := ring[(i+1)%len(ring)]
		sum += p[0]*q[1] - q[0]*p[1]
	}
	return sum
}

func byOrb(t *testing.T, file string) []read {
	t.Helper()
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	layers, err := mvt.Unmarshal(raw)
	if err != nil {
		t.Fatal(err)
	}
	var all []read
	for _, l := range layers {
		for _, f := range l.Features {
			r := read{Layer: l.Name, Tags: map[string]string{}}
			if id, given := f.ID.(float64); given {
				r.ID = uint64(id)
			}
			for key, value := range f.Properties {
				r.Tags[key] = fmt.Sprint(value)
			}
			all = append(all, r.drawn(f.Geometry, false))
		}
	}
	return all
}

// drawn gives r the shape of a geometry; upwards is one whose y counts from the south.
func (r read) drawn(g orb.Geometry, upwards bool) read {
	parts := func(lines ...orb.LineString) (out [][][2]int64) {
		for _, line := range lines {
			var points [][2]int64
			for _, p := range line {
				if upwards {
					p[1] = 4096 - p[1]
				}
				points = append(points, [2]int64{int64(p[0]), int64(p[1])})
			}
			out = append(out, points)
		}
		return out
	}
	switch g := g.(type) {
	case orb.Point:
		r.Kind, r.Shapes = "point", [][][][2]int64{parts(orb.LineString{g})}
	case orb.LineString:
		r.Kind, r.Shapes = "line", [][][][2]int64{parts(g)}
	case orb.MultiLineString:
		r.Kind, r.Shapes = "line", [][][][2]int64{parts(g...)}
	case orb.Polygon:
		return r.drawn(orb.MultiPolygon{g}, upwards)
	case orb.MultiPolygon:
		r.Kind = "polygon"
		for _, p := range g {
			var rings []orb.LineString
			for _, ring := range p {
				rings = append(rings, orb.LineString(ring))
			}
			r.Shapes = append(r.Shapes, parts(rings...))
		}
	}
	return r.alike()
}

// npm is where the packages are that read tiles in JavaScript.
const npm = "../api/ui"

func needPackage(t *testing.T, name string) string {
	t.Helper()
	dir := filepath.Join(npm, "node_modules", name)
	if _, err := os.Stat(dir); err != nil {
		t.Skip("the npm packages are not installed: npm ci in api/ui")
	}
	return dir
}

func byVectorTile(t *testing.T, files []string) [][]read {
	t.Helper()
	needPackage(t, "@mapbox/vector-tile")
	script, err := os.ReadFile("testdata/readers/vectortile.mjs")
	if err != nil {
		t.Fatal(err)
	}
	node := exec.CommandContext(t.Context(), "node", "--input-type=module", "--eval", string(script))
	node.Dir, node.Stdin, node.Stderr = npm, strings.NewReader(strings.Join(files, "\n")), os.Stderr
	out, err := node.Output()
	if err != nil {
		t.Fatal(err)
	}
	var all [][]read
	for d := json.NewDecoder(strings.NewReader(string(out))); d.More(); {
		var tile []read
		if err := d.Decode(&tile); err != nil {
			t.Fatal(err)
		}
		for i := range tile {
			tile[i] = tile[i].alike()
		}
		all = append(all, tile)
	}
	if len(all) != len(files) {
		t.Fatalf("%d of %d tiles read", len(all), len(files))
	}
	return all
}

// byGDAL has GDAL write each layer as a table, in the order of the tile.
func byGDAL(t *testing.T, file string) []read {
	t.Helper()
	dir := strings.TrimSuffix(file, ".pbf")
	const buffered = "CLIP=NO"
	if out, err := exec.CommandContext(t.Context(), "ogr2ogr", "-f", "CSV", dir, file, "-lco", "GEOMETRY=AS_WKT", "-oo", buffered).CombinedOutput(); err != nil || len(out) > 0 {
		t.Fatalf("%v: %s", err, out)
	}
	tables, err := filepath.Glob(filepath.Join(dir, "*.csv"))
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(tables) // layers stand in the order of their names
	var all []read
	for _, table := range tables {
		f, err := os.Open(table)
		if err != nil {
			t.Fatal(err)
		}
		rows, err := csv.NewReader(f).ReadAll()
		f.Close()
		if err != nil {
			t.Fatal(err)
		}
		for _, row := range rows[1:] {
			all = append(all, byRow(t, strings.TrimSuffix(filepath.Base(table), ".csv"), rows[0], row))
		}
	}
	return all
}

// byRow is a feature as a row of GDAL's: the shape, the id, the attributes, empty if absent.
func byRow(t *testing.T, layer string, head, row []string) read {
	t.Helper()
	r := read{Layer: layer, Tags: map[string]string{}}
	if row[1] != "" {
		id, err := strconv.ParseUint(row[1], 10, 64)
		if err != nil || head[1] != "mvt_id" {
			t.Fatalf("%v %v: %v", head, row, err)
		}
		r.ID = id
	}
	for i := 2; i < len(row); i++ {
		if row[i] != "" {
			r.Tags[head[i]] = row[i]
		}
	}
	g, err := wkt.Unmarshal(row[0])
	if err != nil {
		t.Fatal(err)
	}
	return r.drawn(g, true)
}

// refusal is how [decode] ends a test that is only asked whether it would.
type refusal struct{ testing.TB }

func (refusal) Helper()               {}
func (refusal) Fatalf(string, ...any) { panic("refused") }

// refused tells whether the strict reader of these tests takes a tile for a bad one.
func refused(t *testing.T, tile []byte) (bad bool) {
	defer func() { bad = recover() != nil }()
	decode(refusal{t}, tile)
	return false
}

// notOurs are valid fixtures of @mapbox/mvt-fixtures that say what no tile of ours says.
var notOurs = map[string]string{
	"016": "a geometry of unknown type", "020": "several points in one feature", "025": "a layer without features",
	"033": "a float", "034": "a double", "035": "a signed number", "037": "a signed number",
	"038": "values of every type", "039": "version 1", "057": "many points in one feature",
	"062": "signed numbers", "063": "signed numbers", "064": "signed numbers", "069": "signed numbers",
}

// TestTheJudgeOfTilesIsNotBlind: the strict reader, which looks at every tile these tests
// draw, refuses each invalid fixture of the specification and takes the valid ones, so
// what the invalid ones show is never drawn by us.
func TestTheJudgeOfTilesIsNotBlind(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob(filepath.Join(needPackage(t, "@mapbox/mvt-fixtures"), "fixtures", "*", "tile.mvt"))
	if err != nil || len(files) < 70 {
		t.Fatal(len(files), err)
	}
	for _, file := range files {
		name := filepath.Base(filepath.Dir(file))
		var info struct {
			Description string
			Validity    struct{ V2 bool }
		}
		text, err := os.ReadFile(filepath.Join(filepath.Dir(file), "info.json"))
		if err != nil || json.Unmarshal(text, &info) != nil {
			t.Fatal(name, err)
		}
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		want := !info.Validity.V2 || notOurs[name] != ""
		if got := refused(t, raw); got != want {
			t.Errorf("%s (%s): refused %v, not %v", name, info.Description, got, want)
		}
	}
}
