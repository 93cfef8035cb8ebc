package index

import (
	"slices"
	"sync"
	"testing"

	"pgregory.net/rapid"

	"gridwarden/geo"
	"gridwarden/geo/simplify"
	"gridwarden/geo/testsize"
)

// staysACoverage looks at a layer as it is drawn, in the long form at every zoom.
func staysACoverage(t testing.TB, s *Snapshot, n geo.LayerName) {
	t.Helper()
	judge := simplify.NewJudge(s.Drawn(n, s.Bounds(n)))
	for zoom := 0; zoom <= simplify.EveryVertex; zoom += testsize.N(3, 1) {
		if d := judge.At(zoom); !d.Holds() {
			t.Errorf("layer %s at zoom %d: %+v", n, zoom, d)
		}
	}
}

func TestBordersAreDrawnTheSameFromBothSidesAtEveryZoom(t *testing.T) {
	t.Parallel()
	for name, makeCity := range madeCities() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			city := makeCity()
			s := view(t, city.changes)
			for _, l := range s.Layers() {
				if city.clean {
					staysACoverage(t, s, l.Name)
				}
				for a, zooms := range s.Drawn(l.Name, s.Bounds(l.Name)) {
					if len(zooms) != a.Shape.Vertices() {
						t.Fatalf("%s has %d vertices and %d zooms", a.Code, a.Shape.Vertices(), len(zooms))
					}
				}
			}
		})
	}
}

func TestBordersOfAnyCoverageAreDrawnTheSameFromBothSides(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		r := random(rapid.Uint64().Draw(t, "city"))
		m := newMesh(r, 1+r.IntN(12), 1+r.IntN(12), 1+r.IntN(9))
		scale := rapid.SampledFrom([]int32{1, 20, 1 << 9, 1 << 14, 1 << 20}).Draw(t, "scale")
		m.stretch(scale, scale, geo.Coord{X: r.Int32N(2_000_000) - 1_000_000, Y: r.Int32N(2_000_000) - 1_000_000})
		s, err := Empty().Apply(m.chain(2))
		if err != nil {
			t.Fatal(err)
		}
		for _, n := range []geo.LayerName{"grids", "blocks"} {
			judge := simplify.NewJudge(s.Drawn(n, s.Bounds(n)))
			for zoom := range simplify.EveryVertex + 1 {
				if d := judge.At(zoom); !d.Holds() {
					t.Fatalf("layer %s at zoom %d: %+v", n, zoom, d)
				}
			}
		}
	})
}

// toldRedrawn is what Redrawn tells of a layer, by code.
func toldRedrawn(t *rapid.T, before, now *Snapshot, n geo.LayerName) map[geo.AreaCode][2]*geo.Area {
	all := map[geo.AreaCode][2]*geo.Area{}
	last := geo.AreaCode("")
	for a, b := range now.Redrawn(before, n) {
		var code geo.AreaCode
		for _, one := range []*geo.Area{a, b} {
			if one != nil {
				code = one.Code
			}
		}
		if a != nil && b != nil && a.Code != b.Code || code <= last && len(all) > 0 {
			t.Fatalf("%v and %v are told as one, after %s", a, b, last)
		}
		all[code], last = [2]*geo.Area{a, b}, code
	}
	return all
}

// missesNothing compares two views of a city, and what Redrawn tells of them.
func missesNothing(t *rapid.T, before, now *Snapshot) {
	for _, n := range []geo.LayerName{"grids", "blocks", "beats"} {
		told := toldRedrawn(t, before, now, n)
		codes := map[geo.AreaCode]bool{}
		for _, s := range []*Snapshot{before, now} {
			for a := range s.Areas(n, "") {
				codes[a.Code] = true
			}
		}
		for code := range codes {
			a, b := before.Area(n, code), now.Area(n, code)
			pair, is := told[code]
			if is && pair != [2]*geo.Area{a, b} {
				t.Fatalf("%s of layer %s is told as %v", code, n, pair)
			}
			if !is && (a != b || !slices.Equal(before.Zooms(a), now.Zooms(b))) {
				t.Fatalf("%s of layer %s is drawn otherwise, and not told", code, n)
			}
		}
	}
}

func TestAfterAnyChangesEveryBorderIsDrawnAsInAViewMadeAnew(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		r := random(rapid.Uint64().Draw(t, "city"))
		f := &fabric{mesh: newMesh(r, 1+r.IntN(12), 1+r.IntN(12), 9), group: 2, scale: 1 << 14, corner: geo.Coord{X: 1 << 20, Y: 1 << 20}}
		empty := state{layers: map[geo.LayerName]geo.Layer{}}
		now := f.draw(state{})
		now.view = begun(t, empty.changes(now))
		f.states = append(f.states, now)
		for range rapid.IntRange(1, 8).Draw(t, "steps") {
			if rapid.Bool().Draw(t, "drawn") { // else nobody asked before the change
				for _, l := range now.view.Layers() {
					coverageDrawn(now.view, l.Name)
				}
			}
			f.edit(t)
			next := f.draw(now)
			var err error
			if next.view, err = now.view.Apply(now.changes(next)); err != nil {
				t.Fatal(err)
			}
			f.states = append(f.states, next)
			now = next
		}
		some := rapid.SampledFrom(f.states).Draw(t, "some")
		missesNothing(t, some.view, now.view)
		missesNothing(t, now.view, some.view)
		anew := begun(t, empty.changes(some))
		for _, l := range some.view.Layers() {
			for a, zooms := range some.view.Drawn(l.Name, some.view.Bounds(l.Name)) {
				if want := anew.Zooms(a); !slices.Equal(zooms, want) || !slices.Equal(some.view.Zooms(a), want) {
					t.Fatalf("%s is drawn from %v, in a view made anew from %v", a.Code, zooms, want)
				}
			}
			if got, want := some.view.TypicalSide(l.Name), anew.TypicalSide(l.Name); got != want {
				t.Fatalf("a side of layer %s is %f, in a view made anew %f", l.Name, got, want)
			}
		}
	})
}

// coverageDrawn asks for all zooms of a layer.
func coverageDrawn(s *Snapshot, n geo.LayerName) (areas int) {
	for range s.Drawn(n, s.Bounds(n)) {
		areas++
	}
	return areas
}

func TestManyMayAskForOneBorderAtOnce(t *testing.T) {
	t.Parallel()
	s, want := view(t, benchCity(10)), view(t, benchCity(10))
	var askers sync.WaitGroup
	for range 4 {
		askers.Go(func() {
			for a := range want.Areas("grids", "") {
				if b := s.Area("grids", a.Code); !slices.Equal(s.Zooms(b), want.Zooms(a)) {
					t.Errorf("%s is drawn otherwise when many ask", a.Code)
				}
			}
		})
	}
	askers.Wait()
}

func TestOnlyWhatStandsBesideAChangeIsDrawnAnew(t *testing.T) {
	t.Parallel()
	c := benchCity(20)
	before := view(t, c)
	at := slices.IndexFunc(c.Areas, func(a *geo.Area) bool { return a.Layer == "grids" && a.Code == codeOf(7, 7) })
	edited := *c.Areas[at]
	edited.ID, edited.Name = 1_000_000, "新名"
	edited.Shape = geo.Shape{Polygons: geo.MultiPolygon{{slices.Delete(slices.Clone(edited.Shape.Polygons[0][0]), 4, 5)}}}
	now, err := before.Apply(&geo.Changes{From: position(1), To: position(2), AreasEnded: []geo.AreaID{c.Areas[at].ID}, Areas: []*geo.Area{&edited}})
	if err != nil {
		t.Fatal(err)
	}
	told := 0
	for a, b := range now.Redrawn(before, "grids") {
		told++
		if a == nil || b == nil || !a.Shape.Box().Intersects(c.Areas[at].Shape.Box()) {
			t.Errorf("%v is said to be drawn anew", a)
		}
	}
	if told != 9 {
		t.Errorf("%d areas are told, want the one changed and the eight around", told)
	}
	for _, n := range []geo.LayerName{"communities", "streets", "nowhere"} {
		for a := range now.Redrawn(before, n) {
			t.Errorf("%s of layer %s is said to be drawn anew", a.Code, n)
		}
	}
	if now.Zooms(c.Areas[at]) != nil {
		t.Error("an area that has ended has zooms")
	}
	reloaded := view(t, c)
	told = 0
	for a, b := range reloaded.Redrawn(before, "grids") {
		if told++; a == nil || b == nil || a.Code != b.Code {
			t.Errorf("%v and %v are told as one", a, b)
		}
	}
	if told != 400 {
		t.Errorf("after loading everything %d areas are told, want all 400", told)
	}
}

func TestAChangeInAHoleDoesNotDrawTheLandAroundAnew(t *testing.T) {
	t.Parallel()
	hole := rectangle(40_000, 40_000, 60_000, 60_000)
	land := &geo.Area{ID: 1, Layer: "zones", Code: "land", Shape: geo.Shape{Polygons: geo.MultiPolygon{{rectangle(0, 0, 100_000, 100_000), turned(hole)}}}}
	before := view(t, &geo.Changes{To: position(1), Layers: []geo.Layer{{Name: "zones", Kind: geo.Coverage}},
		Areas: []*geo.Area{land, squareArea(2, "zones", "pond", 45_000, 45_000, 5_000)}})
	for side, want := range map[int32]int{6_000: 1, 15_000: 2} {
		now, err := before.Apply(&geo.Changes{From: position(1), To: position(2), AreasEnded: []geo.AreaID{2}, Areas: []*geo.Area{squareArea(3, "zones", "pond", 45_000, 45_000, side)}})
		if err != nil {
			t.Fatal(err)
		}
		told := 0
		for range now.Redrawn(before, "zones") {
			told++
		}
		if told != want {
			t.Errorf("a pond of %d: %d areas are told, want %d", side, told, want)
		}
	}
}

func TestOverlaysAndLinesAreDrawnEachByItself(t *testing.T) {
	t.Parallel()
	bent := geo.Line{{X: 0, Y: 0}, {X: 50_000, Y: 40}, {X: 100_000, Y: 20_000}, {X: 200_000, Y: 0}}
	park := squareArea(1, "parks", "p", 0, 0, 100_000)
	inner := squareArea(2, "parks", "q", 50_000, 0, 50_000)
	road := &geo.Area{ID: 3, Layer: "roads", Code: "r", Shape: geo.Shape{Lines: geo.MultiLine{bent, bent[:2]}}}
	s := view(t, &geo.Changes{To: position(1),
		Layers: []geo.Layer{{Name: "parks", Kind: geo.Overlay}, {Name: "roads", Kind: geo.Lines}},
		Areas:  []*geo.Area{park, inner, road}})
	alone := view(t, &geo.Changes{To: position(1), Layers: s.Layers(), Areas: []*geo.Area{park}})
	if got, want := s.Zooms(park), alone.Zooms(park); !slices.Equal(got, want) || len(got) != 4 {
		t.Errorf("a park is drawn from %v, alone from %v", got, want)
	}
	zooms := s.Zooms(road)
	if len(zooms) != 6 || zooms[0] != 0 || zooms[3] != 0 || zooms[4] != 0 || zooms[5] != 0 || zooms[1] <= zooms[2] {
		t.Errorf("a line is drawn from %v", zooms)
	}
}

func TestWhatWasCutAtTheAntimeridianMeetsThere(t *testing.T) {
	t.Parallel()
	const edge = 180 * geo.Scale
	east := &geo.Area{ID: 1, Layer: "isles", Code: "e", Shape: geo.Shape{Polygons: geo.MultiPolygon{
		{{{X: edge - 30, Y: 0}, {X: edge, Y: 3}, {X: edge, Y: 40}, {X: edge - 25, Y: 50}}},
		{{{X: -edge, Y: 3}, {X: -edge + 20, Y: 10}, {X: -edge, Y: 40}}},
	}}}
	s := view(t, &geo.Changes{To: position(1), Layers: []geo.Layer{{Name: "isles", Kind: geo.Overlay}}, Areas: []*geo.Area{east}})
	if zooms := s.Zooms(east); zooms[1] != 0 || zooms[2] != 0 || zooms[4] != 0 || zooms[6] != 0 {
		t.Errorf("it is drawn from %v", zooms)
	}
}

func TestTheTypicalSideIsThatOfASquareOnTheMap(t *testing.T) {
	t.Parallel()
	s := view(t, &geo.Changes{To: position(1), Layers: []geo.Layer{{Name: "a", Kind: geo.Overlay}, {Name: "far", Kind: geo.Overlay}, {Name: "none", Kind: geo.Overlay}}, Areas: []*geo.Area{
		squareArea(1, "a", "1", 0, 0, 30_000), squareArea(2, "a", "2", 0, 0, 40_000), squareArea(3, "far", "3", 0, 60*geo.Scale, 20_000),
	}})
	for n, want := range map[geo.LayerName]float64{"a": 35_355, "far": 28_284, "none": 0, "nowhere": 0} {
		if got := s.TypicalSide(n); got < want*.999-1 || got > want*1.001+1 {
			t.Errorf("layer %s: %f, want %f", n, got, want)
		}
	}
}
