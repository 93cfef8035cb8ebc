package tiles_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/paulmach/orb/maptile"

	"gridwarden/geo"
	"gridwarden/geo/postgis/pgtest"
	"gridwarden/geo/realdata"
	"gridwarden/geo/testsize"
	"gridwarden/tiles"
)

// expectValid asks PostGIS about polygons in WKT and fails on the first it refuses.
func expectValid(t testing.TB, conn *pgx.Conn, names, wkt []string) {
	t.Helper()
	const query = `SELECT n, ST_IsValidReason(g), ST_AsText(g)
		FROM unnest($1::text[], $2::text[]) AS u(n, w), ST_GeomFromText(w) g WHERE NOT ST_IsValid(g) LIMIT 3`
	rows, err := conn.Query(t.Context(), query, names, wkt)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var name, reason, shape string
		if err := rows.Scan(&name, &reason, &shape); err != nil {
			t.Fatal(err)
		}
		t.Errorf("%s: %s: %.300s", name, reason, shape)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
}

// TestNoPolygonBreaksInAnyTile: PostGIS takes every polygon of random tiles at every zoom
// over real and generated layers, those that were invalid to begin with included.
func TestNoPolygonBreaksInAnyTile(t *testing.T) {
	t.Parallel()
	layers := map[geo.LayerName][]geo.MultiPolygon{
		"city":        wavyCity(testsize.N(40, 150)),
		"streets":     realdata.Shapes(t, "cn-hangzhou-xiacheng/streets.geojson"),
		"communities": realdata.Shapes(t, "cn-hangzhou-xiacheng/communities.geojson"),
		"grids":       realdata.Shapes(t, "cn-hangzhou-xiacheng/grids.geojson"),
		"districts":   realdata.Shapes(t, "us-nyc/community_districts.geojson.gz"),
		"council":     realdata.Shapes(t, "us-nyc/council_districts_2013.geojson.gz"),
		"precincts":   realdata.Shapes(t, "us-nyc/police_precincts.geojson.gz"),
		"tracts":      realdata.Shapes(t, "us-nyc/census_tracts_2010.geojson.gz"),
		"landuse":     realdata.Shapes(t, "osm-lauf/landuse_polygons.geojson"),
		"villages":    realdata.Shapes(t, "tw-villages/villages.geojson.gz"),
	}
	conn := pgtest.Connect(t)
	for name, shapes := range layers {
		s := coverage(t, layerOf(name, shapes...), nil)
		random := rand.New(rand.NewPCG(7, uint64(len(shapes))))
		looked := 0
		for i := range testsize.N(8, 220) {
			frame := []tiles.Frame{tiles.WebMercator, tiles.WebMercator, tiles.GCJ02, tiles.Geographic}[i%4]
			tile := tileIn(random, frame, shapes)
			var names, wkt []string
			for _, f := range decode(t, tiles.Render(s, &tiles.Want{Layers: []geo.LayerName{name}, Frame: frame}, tile)) {
				names = append(names, fmt.Sprintf("%s %v %v feature %s", name, frame, tile, f.tags["code"]))
				wkt = append(wkt, f.wkt())
			}
			expectValid(t, conn, names, wkt)
			looked += len(wkt)
		}
		if looked < 30 {
			t.Errorf("%s: only %d polygons looked at", name, looked)
		}
	}
}

// tileOn is a tile of any zoom at a vertex of one of the shapes.
func tileOn(random *rand.Rand, shapes []geo.MultiPolygon) maptile.Tile {
	return tileIn(random, tiles.WebMercator, shapes)
}

// tileIn is such a tile of a frame.
func tileIn(random *rand.Rand, frame tiles.Frame, shapes []geo.MultiPolygon) maptile.Tile {
	ring := shapes[random.IntN(len(shapes))][0][0]
	least := 0
	if frame == tiles.Geographic {
		least = 1
	}
	tile, _, _ := frame.Place(ring[random.IntN(len(ring))], maptile.Zoom(least+random.IntN(19-least)))
	return tile
}
