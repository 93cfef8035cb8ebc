package audit

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"gridwarden/geo"
	"gridwarden/geo/index"
	"gridwarden/geo/plane"
	"gridwarden/geo/testsize"
)

const (
	gridSide = 60 // units
	gridsIn  = 4  // to each side
)

// origin is where the drawings of these tests lie: Hangzhou, where a unit is about a
// centimetre.
var origin = geo.Coord{X: 1_200_000_000, Y: 300_000_000}

func at(x, y int) geo.Coord { return geo.Coord{X: origin.X + int32(x), Y: origin.Y + int32(y)} }

// world draws changes by hand or at random.
type world struct {
	geo.Changes
}

func newWorld() *world {
	w := &world{}
	w.To = geo.Position{Sequence: 1}
	w.Edition = geo.EditionInfo{Number: 1}
	return w
}

func (w *world) layer(l geo.Layer) {
	l.Rank = len(w.Layers)
	w.Layers = append(w.Layers, l)
}

func (w *world) area(a geo.Area) {
	a.ID = geo.AreaID(len(w.Areas) + 1)
	w.Areas = append(w.Areas, &a)
}

func (w *world) view(t interface {
	Helper()
	Fatal(...any)
}) *index.Snapshot {
	t.Helper()
	v, err := index.Empty().Apply(&w.Changes)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func polygon(points ...geo.Coord) geo.Shape {
	return geo.Shape{Polygons: geo.MultiPolygon{{geo.Ring(points)}}}
}

func rectangle(west, south, east, north int) geo.Shape {
	return polygon(at(west, south), at(east, south), at(east, north), at(west, north))
}

// grids draws two nested layers: grids with bent borders, some of them missing, in streets
// of two by two grids that hold what is missing too.
func (w *world) grids(t *rapid.T) {
	w.layer(geo.Layer{Name: "grids", Kind: geo.Coverage, Parent: "streets"})
	w.layer(geo.Layer{Name: "streets", Kind: geo.Coverage})
	corner := map[[2]int]geo.Coord{}
	for i := range gridsIn + 1 {
		for j := range gridsIn + 1 {
			bend := rapid.IntRange(-15, 15)
			corner[[2]int{i, j}] = at(i*gridSide+bend.Draw(t, "x"), j*gridSide+bend.Draw(t, "y"))
		}
	}
	ring := func(points ...[2]int) (s geo.Shape) {
		var r geo.Ring
		for _, p := range points {
			r = append(r, corner[p])
		}
		return geo.Shape{Polygons: geo.MultiPolygon{{r}}}
	}
	missing := rapid.SliceOfN(rapid.IntRange(0, gridsIn*gridsIn-1), 0, 4).Draw(t, "missing")
	for i := range gridsIn {
		for j := range gridsIn {
			if contains(missing, i*gridsIn+j) {
				continue
			}
			w.area(geo.Area{
				Layer: "grids", Code: geo.AreaCode(fmt.Sprintf("g%d%d", i, j)), Parent: geo.AreaCode(fmt.Sprintf("s%d%d", i/2, j/2)),
				Shape: ring([2]int{i, j}, [2]int{i + 1, j}, [2]int{i + 1, j + 1}, [2]int{i, j + 1}),
			})
		}
	}
	for i := 0; i < gridsIn; i += 2 {
		for j := 0; j < gridsIn; j += 2 {
			w.area(geo.Area{
				Layer: "streets", Code: geo.AreaCode(fmt.Sprintf("s%d%d", i/2, j/2)),
				Shape: ring([2]int{i, j}, [2]int{i + 1, j}, [2]int{i + 2, j}, [2]int{i + 2, j + 1}, [2]int{i + 2, j + 2}, [2]int{i + 1, j + 2}, [2]int{i, j + 2}, [2]int{i, j + 1}),
			})
		}
	}
}

func contains(list []int, n int) bool {
	for _, m := range list {
		if m == n {
			return true
		}
	}
	return false
}

func anywhere(t *rapid.T) geo.Coord {
	return at(rapid.IntRange(-40, gridsIn*gridSide+40).Draw(t, "x"), rapid.IntRange(-40, gridsIn*gridSide+40).Draw(t, "y"))
}

// parks draws an overlay of scribbles made valid.
func (w *world) parks(t *rapid.T) {
	w.layer(geo.Layer{Name: "parks", Kind: geo.Overlay})
	for n := range rapid.IntRange(0, 4).Draw(t, "parks") {
		var ring plane.Ring
		for range rapid.IntRange(3, 6).Draw(t, "corners") {
			c := anywhere(t)
			ring = append(ring, plane.Point{X: int64(c.X), Y: int64(c.Y)})
		}
		var shape geo.Shape
		for _, p := range plane.EvenOdd([]plane.Ring{ring}) {
			var polygon geo.Polygon
			for _, r := range p {
				var ring geo.Ring
				for _, v := range r {
					ring = append(ring, geo.Coord{X: int32(v.X), Y: int32(v.Y)})
				}
				polygon = append(polygon, ring)
			}
			shape.Polygons = append(shape.Polygons, polygon)
		}
		if len(shape.Polygons) > 0 {
			w.area(geo.Area{Layer: "parks", Code: geo.AreaCode(fmt.Sprint("p", n)), Shape: shape})
		}
	}
}

// roads draws lines with reach, sides and bends.
func (w *world) roads(t *rapid.T) {
	w.layer(geo.Layer{Name: "roads", Kind: geo.Lines, Reach: 0.3})
	for n := range rapid.IntRange(0, 3).Draw(t, "roads") {
		var s geo.Shape
		for range rapid.IntRange(1, 2).Draw(t, "lines") {
			var l geo.Line
			for range rapid.IntRange(2, 5).Draw(t, "vertices") {
				l = append(l, anywhere(t))
			}
			if len(l) > 3 && rapid.Bool().Draw(t, "closed") {
				l = append(l, l[0])
			}
			s.Lines = append(s.Lines, l)
		}
		road := geo.Area{
			Layer: "roads", Code: geo.AreaCode(fmt.Sprint("r", n)), Shape: s,
			Side:  rapid.SampledFrom([]geo.Side{geo.Left, geo.Right, geo.Both, ""}).Draw(t, "side"),
			Reach: rapid.SampledFrom([]float64{0, 0.11, 0.4}).Draw(t, "reach"),
		}
		if nearsItself(s.Lines, 2*cmp.Or(road.Reach, 0.3)) {
			road.Side = geo.Both // the limit that surveyor tells
		}
		w.area(road)
	}
}

// nearsItself tells whether parts of lines that do not follow one another come within some
// metres of each other, or a bend is sharper than a right angle.
func nearsItself(lines geo.MultiLine, metres float64) bool {
	type edge struct {
		a, b     geo.Coord
		line, at int
	}
	var edges []edge
	for n, l := range lines {
		for i := range l[1:] {
			edges = append(edges, edge{l[i], l[i+1], n, i})
		}
	}
	for i, e := range edges {
		for _, o := range edges[i+1:] {
			if e.line == o.line && e.at+1 == o.at {
				f := geo.FrameAt(e.b)
				ax, ay := f.XY(e.a)
				bx, by := f.XY(o.b)
				if ax*bx+ay*by > 0 {
					return true
				}
				continue
			}
			if metresBetween(e.a, e.b, o.a, o.b) < metres {
				return true
			}
		}
	}
	return false
}

func metresBetween(a, b, c, d geo.Coord) float64 {
	if geo.Orient(a, b, c)*geo.Orient(a, b, d) < 0 && geo.Orient(c, d, a)*geo.Orient(c, d, b) < 0 {
		return 0
	}
	least := math.Inf(1)
	for _, p := range [][3]geo.Coord{{a, c, d}, {b, c, d}, {c, a, b}, {d, a, b}} {
		if p[1] != p[2] {
			metres, _ := geo.FrameAt(p[0]).ToSegment(p[1], p[2])
			least = min(least, metres)
		}
	}
	return least
}

func TestNoSetOfAreasAndLinesIsForgotten(t *testing.T) {
	rounds := 0
	rapid.Check(t, func(t *rapid.T) {
		if rounds++; rounds > testsize.N(6, 400) {
			return
		}
		w := newWorld()
		if rapid.Bool().Draw(t, "with a chain") {
			w.grids(t)
		}
		w.parks(t)
		w.roads(t)
		view := w.view(t)
		var chain []geo.LayerName
		if _, ok := view.Layer("grids"); ok {
			chain = view.Chain("grids")
		}
		s := newSurveyor(view, chain, []geo.LayerName{"parks", "roads"})
		compareWithLattice(t, s)
	})
}

func TestALineOfOneSideDoesNotAnswerPastItsOwnEndOnTheOther(t *testing.T) {
	w := newWorld()
	w.layer(geo.Layer{Name: "roads", Kind: geo.Lines, Reach: 0.3})
	turnsBack := geo.Line{at(176, -2), at(280, -22), at(34, 59)}
	w.area(geo.Area{Layer: "roads", Code: "r0", Shape: geo.Shape{Lines: geo.MultiLine{turnsBack}}, Side: geo.Right})
	w.area(geo.Area{Layer: "roads", Code: "r1", Shape: geo.Shape{Lines: geo.MultiLine{{at(59, -34), at(-23, -12), at(193, 0)}}}, Reach: 0.4})
	places, err := newSurveyor(w.view(t), nil, []geo.LayerName{"roads"}).places(t.Context(), func(int, int) {})
	if err != nil {
		t.Fatal(err)
	}
	past := at(149, 0)
	for i := range places {
		if within, _ := places[i].shape.Locate(past); within && lineOf(&places[i].At, "r0") {
			t.Errorf("r0 is told past its end: %s", told(places[i].At))
		}
	}
}

func TestAThinParkBetweenReachesIsTold(t *testing.T) {
	w := newWorld()
	w.layer(geo.Layer{Name: "parks", Kind: geo.Overlay})
	w.area(geo.Area{Layer: "parks", Code: "p", Shape: polygon(at(1, -25), at(3, 129), at(1, 90))})
	w.layer(geo.Layer{Name: "roads", Kind: geo.Lines, Reach: 0.1})
	w.area(geo.Area{Layer: "roads", Code: "r", Shape: geo.Shape{Lines: geo.MultiLine{{at(-60, 45), at(60, 45)}, {at(-60, 98), at(60, 98)}}}})
	places, err := newSurveyor(w.view(t), nil, []geo.LayerName{"parks", "roads"}).places(t.Context(), func(int, int) {})
	if err != nil {
		t.Fatal(err)
	}
	between := func(g Ground) bool { return len(g.At.Areas) == 1 && len(g.At.Lines) == 0 }
	if !slices.ContainsFunc(places, between) {
		t.Errorf("of %d places none is the park out of the road's reach", len(places))
	}
}

func lineOf(p *index.Place, code geo.AreaCode) bool {
	return slices.ContainsFunc(p.Lines, func(h index.LineHit) bool { return h.Area.Code == code })
}

// compareWithLattice asks every coordinate. A set that holds at all of a coordinate's
// neighbours too is no thinner than a unit, but where the coordinate is exactly on the border
// of an area: that touches it, though the ground beside may hold no coordinate at all. So may
// a ring a unit wide, whose coordinates are all on its two sides.
func compareWithLattice(t rapid.TB, s *surveyor) {
	places, err := s.places(context.Background(), func(int, int) {})
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]float64{"": math.Inf(1)}
	for i := range places {
		found[s.setOf(&places[i].At)] += places[i].SquareMetres
	}
	const low, high = -90, gridsIn*gridSide + 90
	var sets [high - low + 1][high - low + 1]string
	counts := map[string]int{}
	for x := range sets {
		for y := range sets[x] {
			p := s.locate(at(low+x, low+y))
			sets[x][y] = s.setOf(&p)
			counts[sets[x][y]]++
		}
	}
	stable := func(x, y int) bool {
		for _, column := range sets[x-1 : x+2] {
			for _, set := range column[y-1 : y+2] {
				if set != sets[x][y] {
					return false
				}
			}
		}
		return true
	}
	for x := 1; x+1 < len(sets); x++ {
		for y := 1; y+1 < len(sets); y++ {
			if _, known := found[sets[x][y]]; known || !stable(x, y) {
				continue
			}
			if p := s.locate(at(low+x, low+y)); !onBorder(&p) {
				t.Fatalf("nobody enumerated what holds at %d,%d: %s", low+x, low+y, told(p))
			}
		}
	}
	east, north := geo.FrameAt(origin).Scales()
	for set, m2 := range found {
		if lattice := float64(counts[set]) * east * north; set != "" && lattice > 0.5 && math.Abs(lattice-m2) > 0.1*lattice {
			t.Errorf("a place of %.2f m² is told as %.2f m²", lattice, m2)
		}
	}
}

func onBorder(p *index.Place) bool {
	return slices.ContainsFunc(p.Areas, func(h index.Hit) bool { return h.OnEdge })
}

func told(p index.Place) string {
	out := ""
	for _, h := range p.Areas {
		out += fmt.Sprint(h.Area.Code, " ")
	}
	for _, h := range p.Lines {
		out += fmt.Sprintf("%s (%s, %.3f m, answers %s) ", h.Area.Code, h.Side, h.Distance, h.Area.Side)
	}
	return out
}
