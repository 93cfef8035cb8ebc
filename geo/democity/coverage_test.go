package democity_test

import (
	"math"
	"regexp"
	"strings"
	"testing"

	"gridwarden/geo"
	"gridwarden/geo/democity"
)

// nested are the layers of the chain, highest first, with the digits of their codes.
var nested = []struct {
	name string
	code *regexp.Regexp
}{
	{"districts", regexp.MustCompile(`^9901(0[1-9]|1[0-2])$`)},
	{"streets", regexp.MustCompile(`^\d{9}$`)},
	{"communities", regexp.MustCompile(`^\d{12}$`)},
	{"grids", regexp.MustCompile(`^\d{15}$`)},
}

var size = democity.Size{Grids: 1_700, Assets: 40_000}

type segment [2]geo.Coord

// borders gives every directed segment of a layer that has no opposite in it: the outline
// of the whole layer. A segment met twice the same way is told.
func borders(t *testing.T, features []feature) map[segment]bool {
	t.Helper()
	open := make(map[segment]bool)
	for _, f := range features {
		for _, ring := range f.polygon(t) {
			a := ring[len(ring)-1]
			for _, b := range ring {
				switch {
				case a == b:
					t.Errorf("%s: a vertex twice at %s", f.Properties.Code, a)
				case open[segment{a, b}]:
					t.Errorf("%s: the ground left of %s is taken already", f.Properties.Code, a)
				case open[segment{b, a}]:
					delete(open, segment{b, a})
				default:
					open[segment{a, b}] = true
				}
				a = b
			}
		}
	}
	return open
}

func TestNeighboursShareEveryVertexAndAllLayersOneOutline(t *testing.T) {
	t.Parallel()
	dir, _ := write(t, size)
	outline := borders(t, readFeatures(t, dir, "grids"))
	if len(outline) < 9*100 || len(outline) > 9*250 {
		t.Errorf("the outline of the city has %d segments", len(outline))
	}
	for _, layer := range nested[:3] {
		got := borders(t, readFeatures(t, dir, layer.name))
		if len(got) != len(outline) {
			t.Errorf("the outline of %s has %d segments, that of the grids %d", layer.name, len(got), len(outline))
		}
		for s := range got {
			if !outline[s] {
				t.Fatalf("%s leave the outline of the grids at %s", layer.name, s[0])
			}
		}
	}
}

func TestParentsAreTheSumOfTheirChildren(t *testing.T) {
	t.Parallel()
	dir, _ := write(t, size)
	var above map[string]int64 // what is left of the parents' area
	for _, layer := range nested {
		areas := make(map[string]int64)
		for _, f := range readFeatures(t, dir, layer.name) {
			p := f.Properties
			polygon := f.polygon(t)
			if len(polygon) != 1 || polygon[0].SignedArea2() <= 0 {
				t.Errorf("%s is not one ring, counter-clockwise", p.Code)
			}
			if _, twice := areas[p.Code]; twice || !layer.code.MatchString(p.Code) {
				t.Errorf("%s: the code %q is malformed or there twice", layer.name, p.Code)
			}
			areas[p.Code] = polygon[0].SignedArea2()
			if _, ok := above[p.Parent]; above != nil && !ok || !strings.HasPrefix(p.Code, p.Parent) {
				t.Errorf("%s: there is no %q to be its parent", p.Code, p.Parent)
			}
			if above != nil {
				above[p.Parent] -= areas[p.Code]
			}
		}
		for code, rest := range above {
			if rest != 0 {
				t.Errorf("%s: its %s do not add up to it", code, layer.name)
			}
		}
		above = areas
	}
}

func TestGridsAreNumberedWestToEastThenNorthToSouth(t *testing.T) {
	t.Parallel()
	dir, _ := write(t, size)
	var before feature
	var at geo.Coord
	for _, f := range readFeatures(t, dir, "grids") {
		code, centre := f.Properties.Code, middle(f.polygon(t)[0])
		if f.Properties.Parent != before.Properties.Parent {
			if !strings.HasSuffix(code, "001") {
				t.Errorf("a community begins with %s", code)
			}
		} else {
			x, y := geo.FrameAt(at).XY(centre)
			if eastward, nextRow := x > 50, x < 50 && y < 0; !eastward && !nextRow {
				t.Errorf("%s lies %.0f m east and %.0f m north of the grid numbered before it", code, x, y)
			}
		}
		before, at = f, centre
	}
}

func middle(r geo.Ring) geo.Coord {
	var x, y int64
	for _, c := range r {
		x, y = x+int64(c.X), y+int64(c.Y)
	}
	n := int64(len(r))
	return geo.Coord{X: int32(x / n), Y: int32(y / n)}
}

func TestGridsAreAboutAHectareWith36Vertices(t *testing.T) {
	t.Parallel()
	dir, _ := write(t, size)
	var total float64
	grids := readFeatures(t, dir, "grids")
	for _, f := range grids {
		ring := f.polygon(t)[0]
		east, north := geo.FrameAt(ring[0]).Scales()
		m2 := float64(ring.SignedArea2()) / 2 * east * north
		if len(ring) != 36 || m2 < 5_000 || m2 > 16_000 {
			t.Errorf("%s has %d vertices and %.0f m²", f.Properties.Code, len(ring), m2)
		}
		total += m2
	}
	if mean := total / float64(len(grids)); math.Abs(mean-10_000) > 300 {
		t.Errorf("the mean grid has %.0f m²", mean)
	}
}

func TestNoRingCrossesItself(t *testing.T) {
	t.Parallel()
	dir, _ := write(t, size)
	for _, name := range []string{"grids", "parks"} {
		for _, f := range readFeatures(t, dir, name) {
			for _, ring := range f.polygon(t) {
				if i, j, crosses := selfCrossing(ring); crosses {
					t.Errorf("%s %s: segments %d and %d meet", name, f.Properties.Code, i, j)
				}
			}
		}
	}
}

// selfCrossing looks at every pair of segments that are not neighbours.
func selfCrossing(r geo.Ring) (int, int, bool) {
	n := len(r)
	for i := range n {
		for j := i + 2; j < n; j++ {
			if i == 0 && j == n-1 {
				continue
			}
			a, b, c, d := r[i], r[i+1], r[j], r[(j+1)%n]
			if geo.EmptyBox().Extend(a).Extend(b).Intersects(geo.EmptyBox().Extend(c).Extend(d)) &&
				geo.Orient(a, b, c)*geo.Orient(a, b, d) <= 0 && geo.Orient(c, d, a)*geo.Orient(c, d, b) <= 0 {
				return i, j, true
			}
		}
	}
	return 0, 0, false
}
