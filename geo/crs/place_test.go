package crs

import (
	"testing"

	"pgregory.net/rapid"

	"gridwarden/geo"
)

func drawCoord(t *rapid.T, label string) geo.Coord {
	return geo.Coord{
		X: rapid.Int32Range(-180*geo.Scale, 180*geo.Scale).Draw(t, label+" x"),
		Y: rapid.Int32Range(-90*geo.Scale, 90*geo.Scale).Draw(t, label+" y"),
	}
}

func TestAPlaceIsThatOfTheFormulaAndNearby(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := rapid.SampledFrom([]CRS{CRS84, GCJ02, BD09}).Draw(t, "crs")
		at := drawCoord(t, "at")
		if rapid.Bool().Draw(t, "in China") {
			at = geo.Coord{X: rapid.Int32Range(72*geo.Scale, 138*geo.Scale).Draw(t, "lon"), Y: rapid.Int32Range(0, 56*geo.Scale).Draw(t, "lat")}
		}
		place := c.Place(at)
		lon, lat, err := c.FromWGS84(at.Lon(), at.Lat())
		if err != nil {
			t.Fatal(err)
		}
		if want, err := geo.CoordOf(lon, lat); err == nil && place != want {
			t.Fatalf("%v lies at %v, not %v", at, want, place)
		}
		alone := geo.Box{Min: at, Max: at}
		if !c.Around(alone).Contains(place) {
			t.Fatalf("%v is moved to %v, beyond what Around allows for", at, place)
		}
	})
}

func TestAShapeIsMovedVertexByVertex(t *testing.T) {
	ring := geo.Ring{{X: 1_200_000_000, Y: 300_000_000}, {X: 1_200_010_000, Y: 300_000_000}, {X: 1_200_010_000, Y: 300_010_000}}
	s := &geo.Shape{Polygons: geo.MultiPolygon{{ring}}, Lines: geo.MultiLine{geo.Line(ring)}}
	moved := GCJ02.Shape(s)
	for i, c := range ring {
		want := GCJ02.Place(c)
		if moved.Polygons[0][0][i] != want || moved.Lines[0][i] != want || want == c {
			t.Errorf("vertex %v is moved to %v and %v, want %v", c, moved.Polygons[0][0][i], moved.Lines[0][i], want)
		}
	}
	if CRS84.Shape(s) != s {
		t.Error("a shape that is not moved is another one")
	}
}
