package index

import (
	"fmt"
	"math"
	"testing"

	"gridwarden/geo"
)

// here is a place in Hangzhou; tests count in units from it, about a centimetre each.
func here(x, y int32) geo.Coord { return geo.Coord{X: 1201000000 + x, Y: 302000000 + y} }

func path(xy ...int32) geo.Line {
	var l geo.Line
	for i := 0; i < len(xy); i += 2 {
		l = append(l, here(xy[i], xy[i+1]))
	}
	return l
}

func road(id int, code string, side geo.Side, lines ...geo.Line) *geo.Area {
	return &geo.Area{ID: geo.AreaID(id), Layer: "roads", Code: geo.AreaCode(code), Side: side, Shape: geo.Shape{Lines: lines}}
}

func roads(t *testing.T, reach float64, areas ...*geo.Area) *Snapshot {
	return view(t, &geo.Changes{Layers: []geo.Layer{{Name: "roads", Kind: geo.Lines, Reach: reach}}, Areas: areas})
}

func TestTheSideOfALineIsExactAlsoAtBendsAndEnds(t *testing.T) {
	t.Parallel()
	straight := path(0, 0, 1000, 0, 2000, 0)
	left := path(0, 0, 1000, 0, 1000, 1000)   // bends left
	right := path(0, 0, 1000, 0, 1000, -1000) // bends right
	spike := path(0, 0, 1000, 0, 0, 0)
	ring := path(0, 0, 1000, 0, 1000, 1000, 0, 1000, 0, 0) // closed, counter-clockwise
	doubled := path(0, 0, 1000, 0, 1000, 0, 1000, 1000)    // a vertex twice
	for _, c := range []struct {
		what string
		line geo.Line
		x, y int32
		want geo.Side
	}{
		{"above a straight line", straight, 500, 1, geo.Left},
		{"below a straight line", straight, 500, -1, geo.Right},
		{"above a straight vertex", straight, 1000, 7, geo.Left},
		{"on the line", straight, 500, 0, geo.Both},
		{"on a vertex", left, 1000, 0, geo.Both},
		{"ahead of the end", straight, 2050, 0, geo.Both},
		{"behind the start", straight, -50, 0, geo.Both},
		{"ahead and left of the end", straight, 2050, 3, geo.Left},
		{"outside a left bend", left, 1050, -50, geo.Right},
		{"outside a left bend, where the first edge alone says left", left, 1050, -1, geo.Right},
		{"straight on past a left bend", left, 1050, 0, geo.Right},
		{"inside a left bend", left, 950, 50, geo.Left},
		{"outside a right bend", right, 1050, 50, geo.Left},
		{"ahead and left of a spike", spike, 1050, 5, geo.Left},
		{"outside the joint of a ring", ring, -50, -50, geo.Right},
		{"straight on past the joint", ring, 0, -50, geo.Right},
		{"inside the ring", ring, 50, 50, geo.Left},
		{"outside a bend whose vertex is there twice", doubled, 1050, -50, geo.Right},
	} {
		s := roads(t, 100, road(1, "r", geo.Both, c.line))
		hits := s.Locate(here(c.x, c.y)).Lines
		if len(hits) != 1 || hits[0].Side != c.want {
			t.Errorf("%s: %+v, want %s", c.what, hits, c.want)
		}
	}
}

func TestALineAnswersOnlyWithinItsReachAndOnItsSide(t *testing.T) {
	t.Parallel()
	line := path(0, 0, 10_000, 0)
	near, far := road(1, "far", geo.Both, line), road(2, "near", "", path(0, 3000, 10_000, 3000))
	near.Reach = 60
	left, right := road(3, "left", geo.Left, line), road(4, "right", geo.Right, line)
	patch := squareArea(5, "roads", "patch", here(0, 0).X, here(0, 0).Y, 9000) // polygons in a line layer answer nothing
	s := roads(t, 15, near, far, left, right, patch)
	for _, c := range []struct {
		y    int32
		want string
	}{{1000, "far left"}, {-1000, "far right"}, {2000, "near far"}, {5400, "far"}, {5500, ""}, {0, "far left right"}} {
		got := ""
		for _, h := range s.Locate(here(5000, c.y), "roads").Lines {
			got += " " + string(h.Area.Code)
		}
		if got != "" {
			got = got[1:]
		}
		if got != c.want {
			t.Errorf("%d units north: %q, want %q", c.y, got, c.want)
		}
	}
}

func TestAlongALineIsMeasuredFromItsStartThroughAllItsParts(t *testing.T) {
	t.Parallel()
	var wavy geo.Line
	for i := range int32(500) {
		wavy = append(wavy, here(i*100, i%2*50))
	}
	s := roads(t, 10, road(1, "r", geo.Both, path(-20_000, -20_000, -20_000, -10_000), wavy))
	length := edgeMetres(here(-20_000, -20_000), here(-20_000, -10_000))
	f := geo.FrameAt(here(0, 0))
	for i, v := range wavy {
		if i > 0 {
			ax, ay := f.XY(wavy[i-1])
			bx, by := f.XY(v)
			length += math.Hypot(bx-ax, by-ay)
		}
		hits := s.Locate(v).Lines
		if len(hits) != 1 || hits[0].Distance != 0 || math.Abs(hits[0].Along-length) > .001 {
			t.Fatalf("vertex %d: %+v, want %.3f m along", i, hits, length)
		}
	}
}

func TestChangingTheReachOfALayerChangesWhoAnswers(t *testing.T) {
	t.Parallel()
	s := roads(t, 10, road(1, "r", geo.Both, path(0, 0, 10_000, 0)))
	p := here(5000, 1500)
	if got := s.Locate(p).Lines; len(got) != 0 {
		t.Fatalf("within 10 m: %v", got)
	}
	wider, err := s.Apply(&geo.Changes{Layers: []geo.Layer{{Name: "roads", Kind: geo.Lines, Reach: 20}}})
	if err != nil {
		t.Fatal(err)
	}
	if got := fmt.Sprint(len(wider.Locate(p).Lines), len(s.Locate(p).Lines)); got != "1 0" {
		t.Errorf("lines after and before: %s", got)
	}
}
