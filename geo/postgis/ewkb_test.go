package postgis_test

import (
	"reflect"
	"testing"

	"pgregory.net/rapid"

	"gridwarden/geo"
	"gridwarden/geo/postgis"
)

func TestEveryUnitSurvivesTheDatabase(t *testing.T) {
	t.Parallel()
	_, conn := open(t)
	coord := rapid.Custom(func(t *rapid.T) geo.Coord {
		return geo.Coord{X: rapid.Int32Range(-1_800_000_000, 1_800_000_000).Draw(t, "x"), Y: rapid.Int32Range(-900_000_000, 900_000_000).Draw(t, "y")}
	})
	ring := rapid.Custom(func(t *rapid.T) geo.Ring { return rapid.SliceOfN(coord, 3, 9).Draw(t, "ring") })
	polygon := rapid.Custom(func(t *rapid.T) geo.Polygon { return rapid.SliceOfN(ring, 1, 3).Draw(t, "polygon") })
	line := rapid.Custom(func(t *rapid.T) geo.Line { return rapid.SliceOfN(coord, 2, 9).Draw(t, "line") })
	rapid.Check(t, func(rt *rapid.T) {
		want := &geo.Shape{}
		if rapid.Bool().Draw(rt, "lines") {
			want.Lines = rapid.SliceOfN(line, 1, 4).Draw(rt, "shape")
		} else {
			want.Polygons = rapid.SliceOfN(polygon, 1, 4).Draw(rt, "shape")
		}
		sent, err := postgis.Encode(want)
		check(t, err)
		var back []byte
		var srid int
		check(t, conn.QueryRow(t.Context(), "SELECT ST_AsEWKB(ST_GeomFromEWKB($1)), ST_SRID(ST_GeomFromEWKB($1))", sent).Scan(&back, &srid))
		got, err := postgis.Decode(back)
		check(t, err)
		if !reflect.DeepEqual(got, want) || srid != 4326 {
			rt.Fatalf("got %v in %d, want %v", got, srid, want)
		}
	})
}

func TestAShapeOfAnotherTypeIsNoPanic(t *testing.T) {
	t.Parallel()
	for _, data := range [][]byte{{}, {1}, {1, 1, 0, 0, 0}, []byte("\x01\x01\x00\x00\x00aaaaaaaabbbbbbbb")} {
		if shape, err := postgis.Decode(data); err == nil {
			t.Errorf("%q became %v", data, shape)
		}
	}
}
