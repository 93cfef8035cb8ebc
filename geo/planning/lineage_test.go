package planning

import (
	"fmt"
	"math"
	"testing"

	"pgregory.net/rapid"

	"gridwarden/geo"
)

// block is an area of whole rows and columns, each a thousandth of a degree wide.
func block(code string, west, south, east, north int32) *geo.Area {
	at := func(x, y int32) geo.Coord { return geo.Coord{X: 1_200_000_000 + x*10_000, Y: 300_000_000 + y*10_000} }
	return &geo.Area{Layer: "grids", Code: geo.AreaCode(code), Shape: geo.Shape{Polygons: geo.MultiPolygon{{{
		at(west, south), at(east, south), at(east, north), at(west, north),
	}}}}}
}

func told(t *testing.T, was, is []*geo.Area) string {
	t.Helper()
	all, err := Lineage(t.Context(), was, is)
	if err != nil {
		t.Fatal(err)
	}
	text := ""
	for _, d := range all {
		text += fmt.Sprintf("%s>%s %.3f %.3f\n", d.From, d.To, d.ShareFrom, d.ShareTo)
	}
	return text
}

func TestStatisticsCanBeCarriedOver(t *testing.T) {
	t.Parallel()
	a, b, left := block("A", 0, 0, 10, 10), block("B", 10, 0, 20, 10), block("A", 0, 0, 6, 10)
	for _, c := range []struct {
		complaint string
		was, is   []*geo.Area
		want      string
	}{
		{"a border moved", []*geo.Area{a, b}, []*geo.Area{left, block("B", 6, 0, 20, 10)}, "A>A 0.600 1.000\nA>B 0.400 0.286\nB>B 1.000 0.714\n"},
		{"split", []*geo.Area{a}, []*geo.Area{left, block("C", 6, 0, 10, 10)}, "A>A 0.600 1.000\nA>C 0.400 1.000\n"},
		{"merged", []*geo.Area{a, b}, []*geo.Area{block("A", 0, 0, 20, 10)}, "A>A 1.000 0.500\nB>A 1.000 0.500\n"},
		{"recoded", []*geo.Area{a}, []*geo.Area{block("Z", 0, 0, 10, 10)}, "A>Z 1.000 1.000\n"},
		{"drawn into a gap", nil, []*geo.Area{b}, ">B 0.000 1.000\n"},
		{"closed into nothing", []*geo.Area{a}, []*geo.Area{left}, "A> 0.400 0.000\nA>A 0.600 1.000\n"},
		{"as it was", []*geo.Area{a}, []*geo.Area{block("A", 0, 0, 10, 10)}, ""},
	} {
		if got := told(t, c.was, c.is); got != c.want {
			t.Errorf("%s: told\n%swant\n%s", c.complaint, got, c.want)
		}
	}
}

func TestANodePutIntoABorderMovesNoGround(t *testing.T) {
	t.Parallel()
	a, b := block("A", 0, 0, 10, 10), block("A", 0, 0, 10, 10)
	ring := b.Shape.Polygons[0][0]
	ring[0].Y++ // so that the node lies beside the edge
	a.Shape.Polygons[0][0][0].Y++
	mid := geo.Coord{X: ring[0].X + 33_333, Y: ring[0].Y}
	b.Shape.Polygons[0][0] = append(geo.Ring{ring[0], mid}, ring[1:]...)
	if Redrawn(a, b) || Redrawn(b, a) {
		t.Error("a node on a border is taken for ground")
	}
	if got := told(t, []*geo.Area{a}, []*geo.Area{b}); got != "" {
		t.Errorf("lineage of a node: %s", got)
	}
	if !Redrawn(a, block("A", 0, 0, 10, 9)) {
		t.Error("lost ground is taken for nothing")
	}
}

func TestNoGroundIsLostInLineage(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		draw := func(name string) (areas []*geo.Area) {
			x := int32(0)
			for i := range rapid.IntRange(1, 5).Draw(r, name) {
				east := x + rapid.Int32Range(1, 9).Draw(r, name)
				areas = append(areas, block(fmt.Sprint(rapid.SampledFrom([]string{"A", "B", "C"}).Draw(r, name), i), x, 0, east, 7))
				x = east
			}
			return areas
		}
		was, is := draw("was"), draw("is")
		all, err := Lineage(t.Context(), was, is)
		if err != nil {
			r.Fatal(err)
		}
		from, to := map[geo.AreaCode]float64{}, map[geo.AreaCode]float64{}
		shares := map[geo.AreaCode]float64{}
		for _, d := range all {
			from[d.From] += d.SquareMetres
			to[d.To] += d.SquareMetres
			shares[d.From] += d.ShareFrom
		}
		for _, sums := range []struct {
			areas []*geo.Area
			m2    map[geo.AreaCode]float64
		}{{was, from}, {is, to}} {
			for _, a := range sums.areas {
				if sum, told := sums.m2[a.Code]; told && math.Abs(sum-a.Shape.SquareMetres()) > 0.001 {
					r.Fatalf("%s has %f m², its lineage %f", a.Code, a.Shape.SquareMetres(), sum)
				}
			}
		}
		for code, share := range shares {
			if code != "" && math.Abs(share-1) > 1e-9 {
				r.Fatalf("the shares of %s come to %f", code, share)
			}
		}
	})
}

func TestALayerInPartsHasTheLineageOfTheWhole(t *testing.T) {
	t.Parallel()
	h := &heritage{was: map[geo.AreaCode]*geo.Area{}, is: map[geo.AreaCode]*geo.Area{}}
	for i := range int32(100) {
		x, y, code := i%10*10, i/10*10, fmt.Sprintf("%02d", i)
		h.was[geo.AreaCode(code)] = block(code, x, y, x+10, y+10)
		h.is[geo.AreaCode(code)] = block(code, x+3, y+i%3, x+13, y+i%3+10)
	}
	whole, err := h.overlay(t.Context(), overlaid)
	if err != nil {
		t.Fatal(err)
	}
	parts, err := h.overlay(t.Context(), 7)
	if err != nil || len(parts) != len(whole) {
		t.Fatalf("%d passages in parts, %d in the whole: %v", len(parts), len(whole), err)
	}
	for p, m2 := range whole {
		if math.Abs(parts[p]-m2) > 1e-4 {
			t.Errorf("from %s to %s go %f m² in parts, %f in the whole", p.from, p.to, parts[p], m2)
		}
	}
}
