package tiles_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/encoding/mvt"
	"github.com/paulmach/orb/maptile"
	"pgregory.net/rapid"

	"gridwarden/geo"
	"gridwarden/geo/index"
	"gridwarden/tiles"
)

// mixed is a small city with a road and assets, and a tile on it.
func mixed(t testing.TB, shuffle *rand.Rand) (*index.Snapshot, []geo.LayerName, maptile.Tile) {
	shapes := wavyCity(8)
	areas := layerOf("grids", shapes...)
	areas = append(areas, &geo.Area{
		ID: 1000, Layer: "roads", Code: "R1", Name: "延安路", Class: "主干路",
		Shape: geo.Shape{Lines: geo.MultiLine{{{X: 1_200_000_000, Y: 302_050_000}, {X: 1_200_900_000, Y: 302_091_000}, {X: 1_203_000_000, Y: 302_070_000}}}},
	})
	assets := strewn(300, boxOf(shapes))
	if shuffle != nil {
		shuffle.Shuffle(len(areas), func(i, j int) { areas[i], areas[j] = areas[j], areas[i] })
		shuffle.Shuffle(len(assets), func(i, j int) { assets[i], assets[j] = assets[j], assets[i] })
	}
	return view(t, areas, assets), []geo.LayerName{"grids", "roads", "assets"}, maptile.At(orb.Point{120.0900, 30.2080}, 14)
}

// TestTheSameCityGivesTheSameBytes, whatever order it was loaded or asked for in: an ETag
// made by one server must hold on the next.
func TestTheSameCityGivesTheSameBytes(t *testing.T) {
	t.Parallel()
	s, layers, tile := mixed(t, nil)
	want := tiles.Render(s, &tiles.Want{Layers: layers}, tile)
	if len(decode(t, want)) < 64 {
		t.Fatal("hardly anything is drawn")
	}
	random := rand.New(rand.NewPCG(3, 4))
	for range 5 {
		other, _, _ := mixed(t, random)
		asked := append(slices.Clone(layers), layers[random.IntN(3)])
		random.Shuffle(len(asked), func(i, j int) { asked[i], asked[j] = asked[j], asked[i] })
		if got := tiles.Render(other, &tiles.Want{Layers: asked}, tile); !bytes.Equal(got, want) {
			t.Fatalf("asked as %v: %d bytes, not the same %d", asked, len(got), len(want))
		}
	}
}

// TestOtherReadersUnderstandTheTile: orb and GDAL find the layers, ids and Chinese names.
func TestOtherReadersUnderstandTheTile(t *testing.T) {
	t.Parallel()
	s, names, tile := mixed(t, nil)
	drawn := tiles.Render(s, &tiles.Want{Layers: names}, tile)
	layers, err := mvt.Unmarshal(drawn)
	if err != nil {
		t.Fatal(err)
	}
	counts := map[string]int{}
	for _, l := range layers {
		counts[l.Name] = len(l.Features)
		if p := l.Features[0].Properties; l.Name == "grids" && (p["name"] == "" || p["department_name"] != "城管一大队") {
			t.Errorf("attributes %v", p)
		}
	}
	if counts["grids"] != 64 || counts["roads"] != 1 || counts["assets"] != 300 {
		t.Errorf("orb reads %v", counts)
	}
	out := ogrinfo(t, drawn)
	for _, want := range []string{"Layer name: grids", "Feature Count: 64", "Layer name: roads", "class (String) = 主干路", "Layer name: assets", "Feature Count: 300", "name (String) = 网格 7", fmt.Sprintf("mvt_id (Integer64) = %d", tiles.FeatureID("roads", "R1"))} {
		if !strings.Contains(out, want) {
			t.Errorf("ogrinfo does not say %q", want)
		}
	}
}

// ogrinfo is what GDAL says of a tile.
func ogrinfo(t testing.TB, tile []byte) string {
	t.Helper()
	program, err := exec.LookPath("ogrinfo")
	if err != nil {
		t.Skip("ogrinfo of gdal-bin is not installed")
	}
	file := filepath.Join(t.TempDir(), "tile.mvt")
	if err := os.WriteFile(file, tile, 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.CommandContext(t.Context(), program, "-ro", "-al", "MVT:"+file).CombinedOutput()
	if err != nil || strings.Contains(string(out), "ERROR") || strings.Contains(string(out), "Warning") {
		t.Fatalf("ogrinfo: %v: %.2000s", err, out)
	}
	return string(out)
}

// TestNothingIsDrawnWhereNothingIs: no layer, an unknown one, the far side of the globe, a
// tile outside the matrix.
func TestNothingIsDrawnWhereNothingIs(t *testing.T) {
	t.Parallel()
	s, layers, tile := mixed(t, nil)
	for name, got := range map[string][]byte{
		"no layer":       tiles.Render(s, &tiles.Want{Layers: nil}, tile),
		"unknown layer":  tiles.Render(s, &tiles.Want{Layers: []geo.LayerName{"moon"}}, tile),
		"far away":       tiles.Render(s, &tiles.Want{Layers: layers}, maptile.New(0, 0, 15)),
		"x beyond":       tiles.Render(s, &tiles.Want{Layers: layers}, maptile.New(1<<15, tile.Y, 15)),
		"y beyond":       tiles.Render(s, &tiles.Want{Layers: layers}, maptile.New(tile.X, 1<<15, 15)),
		"too deep":       tiles.Render(s, &tiles.Want{Layers: layers}, maptile.New(0, 0, 23)),
		"absurdly deep":  tiles.Render(s, &tiles.Want{Layers: layers}, maptile.New(0, 0, 1<<31)),
		"an empty world": tiles.Render(index.Empty(), &tiles.Want{Layers: layers}, tile),
	} {
		if got != nil {
			t.Errorf("%s: %d bytes", name, len(got))
		}
	}
}

// TestNothingLargerThanAPixelVanishes: a rectangle, however thin, whose longer side is
// more than a pixel of 8 units, is drawn in the tile that holds its middle.
func TestNothingLargerThanAPixelVanishes(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		zoom := maptile.Zoom(rapid.IntRange(4, 18).Draw(rt, "zoom"))
		unit := 3.6e9 / float64(int64(4096)<<zoom) // coordinate units in a tile unit
		long := rapid.Float64Range(11, 400).Draw(rt, "long") * unit
		thin := rapid.Float64Range(0, 3).Draw(rt, "thin") * unit
		x, y := rapid.Int32Range(1_199_000_000, 1_201_000_000).Draw(rt, "x"), rapid.Int32Range(-100_000_000, 300_000_000).Draw(rt, "y")
		w, h := int32(long)+1, int32(thin)+1
		if rapid.Bool().Draw(rt, "upright") {
			w, h = h, w
		}
		slant := int32(rapid.Float64Range(-0.9, 0.9).Draw(rt, "slant") * float64(min(w, h)))
		m := geo.MultiPolygon{{{{X: x, Y: y}, {X: x + w, Y: y + slant}, {X: x + w, Y: y + h + slant}, {X: x, Y: y + h}}}}
		tile := maptile.At(orb.Point{float64(x+w/2) / 1e7, float64(y+(h+slant)/2) / 1e7}, zoom)
		if _, drawn := renderOne(t, m, tile); !drawn {
			rt.Fatalf("%v is not drawn in %v", m, tile)
		}
	})
}
