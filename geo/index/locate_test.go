package index

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"gridwarden/geo"
	"gridwarden/geo/testsize"
)

// holder is the border rule walked plainly over all areas of a layer.
func holder(areas []*geo.Area, p geo.Coord) (answer *geo.Area, touching []*geo.Area) {
	var touched *geo.Area
	for _, a := range areas {
		inside, onEdge := a.Shape.Polygons.Locate(p)
		if inside && (answer == nil || a.Code < answer.Code) {
			answer = a
		}
		if onEdge {
			touching = append(touching, a)
			if touched == nil || a.Code < touched.Code {
				touched = a
			}
		}
	}
	if answer == nil {
		answer = touched
	}
	return answer, touching
}

func ofLayer(c *geo.Changes, n geo.LayerName) (areas []*geo.Area) {
	for _, a := range c.Areas {
		if a.Layer == n {
			areas = append(areas, a)
		}
	}
	return areas
}

func without(areas []*geo.Area, one *geo.Area) []*geo.Area {
	return slices.DeleteFunc(slices.Clone(areas), func(a *geo.Area) bool { return a == one })
}

func TestNobodyFallsBetweenTwoGrids(t *testing.T) {
	t.Parallel()
	for seed := range uint64(testsize.N(40, 1000)) {
		r := random(seed)
		m := newMesh(r, 2+r.IntN(5), 2+r.IntN(5), 1)
		for i := range m.label {
			for j := range m.label[i] {
				m.label[i][j] = r.IntN(6) // no gaps
			}
		}
		s := view(t, m.chain(2))
		whole := m.outline(func(int, int) bool { return true })
		eachPoint(m.box(), func(p geo.Coord) {
			inside, onEdge := whole.Locate(p)
			place := s.Locate(p, "grids")
			if held := len(place.Areas) == 1; held != (inside || onEdge) {
				t.Fatalf("seed %d: %v units lies in the city: %v, grids found: %d", seed, p, inside || onEdge, len(place.Areas))
			}
			holding := 0
			for a := range s.AreasIn("grids", geo.Box{Min: p, Max: p}) {
				if in, _ := a.Shape.Polygons.Locate(p); in {
					holding++
				}
			}
			if inside && holding != 1 {
				t.Fatalf("seed %d: %d grids hold %v", seed, holding, p)
			}
		})
	}
}

func TestEveryPointAgreesWithAPlainWalkOverAllAreas(t *testing.T) {
	t.Parallel()
	for seed := range uint64(testsize.N(60, 2000)) {
		r := random(seed)
		m := newMesh(r, 1+r.IntN(7), 1+r.IntN(7), 1+r.IntN(9))
		c := m.chain(1 + r.IntN(3))
		s := view(t, c)
		grids, blocks := ofLayer(c, "grids"), ofLayer(c, "blocks")
		eachPoint(m.box(), func(p geo.Coord) {
			grid, touchGrid := holder(grids, p)
			block, touchBlock := holder(blocks, p)
			if grid != nil {
				block = s.Area("blocks", grid.Parent)
			}
			place := s.Locate(p)
			if only := s.Locate(p, "blocks"); block != nil && only.Areas[0].Area != block {
				t.Fatalf("seed %d, %v: asked for blocks alone another one answers: %s", seed, p, only.Areas[0].Area.Code)
			}
			for _, want := range []struct {
				area     *geo.Area
				touching []*geo.Area
			}{{grid, touchGrid}, {block, touchBlock}} {
				if want.area == nil {
					continue
				}
				hit := place.Areas[0]
				place.Areas = place.Areas[1:]
				_, onEdge := want.area.Shape.Polygons.Locate(p)
				if hit.Area != want.area || hit.OnEdge != onEdge {
					t.Fatalf("seed %d, %v: want %s on edge %v, got %s on edge %v", seed, p, want.area.Code, onEdge, hit.Area.Code, hit.OnEdge)
				}
				if onEdge && !slices.Equal(codes(hit.Neighbours), codes(without(want.touching, want.area))) {
					t.Fatalf("seed %d, %v: neighbours of %s are %v", seed, p, hit.Area.Code, codes(hit.Neighbours))
				}
			}
			if len(place.Areas) != 0 {
				t.Fatalf("seed %d, %v: %s answers too", seed, p, place.Areas[0].Area.Code)
			}
		})
	}
}

func TestInAGapOfTheGridsTheCommunityAnswers(t *testing.T) {
	t.Parallel()
	west, east := squareArea(1, "grids", "w", 0, 0, 10), squareArea(2, "grids", "e", 20, 0, 10)
	west.Parent, east.Parent = "c", "c"
	street := squareArea(4, "streets", "s", 0, 0, 30)
	community := squareArea(3, "communities", "c", 0, 0, 30)
	community.Parent = "s"
	s := view(t, &geo.Changes{
		Layers: []geo.Layer{
			{Name: "grids", Kind: geo.Coverage, Parent: "communities", Rank: 1},
			{Name: "communities", Kind: geo.Coverage, Parent: "streets", Rank: 2},
			{Name: "streets", Kind: geo.Coverage, Rank: 3},
		},
		Areas: []*geo.Area{west, east, community, street},
	})
	for _, c := range []struct {
		at     geo.Coord
		layers []geo.LayerName
		want   string
	}{
		{geo.Coord{X: 5, Y: 5}, nil, "w c s"},
		{geo.Coord{X: 15, Y: 5}, nil, "c s"},
		{geo.Coord{X: 15, Y: 5}, []geo.LayerName{"streets", "nowhere"}, "s"},
		{geo.Coord{X: 10, Y: 5}, nil, "w c s"}, // on the border of the gap: the grid it touches
		{geo.Coord{X: 31, Y: 5}, nil, ""},
	} {
		got := ""
		for _, h := range s.Locate(c.at, c.layers...).Areas {
			got += " " + string(h.Area.Code)
		}
		if got != "" {
			got = got[1:]
		}
		if got != c.want {
			t.Errorf("at %v in %v: %q, want %q", c.at, c.layers, got, c.want)
		}
	}
}

func TestOverlaysAnswerWithEveryAreaThatHoldsOrTouches(t *testing.T) {
	t.Parallel()
	s := view(t, &geo.Changes{
		Layers: []geo.Layer{{Name: "parks", Kind: geo.Overlay}},
		Areas: []*geo.Area{
			squareArea(1, "parks", "b", 0, 0, 10), squareArea(2, "parks", "a", 5, 5, 10), squareArea(3, "parks", "c", 10, 0, 5),
		},
	})
	var got []string
	for _, h := range s.Locate(geo.Coord{X: 10, Y: 5}).Areas {
		got = append(got, fmt.Sprintf("%s %v", h.Area.Code, h.OnEdge))
	}
	if want := []string{"a true", "b true", "c true"}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	if n := len(s.Locate(geo.Coord{X: 7, Y: 7}).Areas); n != 2 {
		t.Errorf("%d parks hold a point in two", n)
	}
}

func TestOverlappingGridsStillGiveOneAnswer(t *testing.T) {
	t.Parallel()
	s := view(t, &geo.Changes{
		Layers: []geo.Layer{{Name: "grids", Kind: geo.Coverage}},
		Areas:  []*geo.Area{squareArea(1, "grids", "b", 0, 0, 10), squareArea(2, "grids", "a", 5, 5, 10)},
	})
	if hits := s.Locate(geo.Coord{X: 7, Y: 7}).Areas; len(hits) != 1 || hits[0].Area.Code != "a" {
		t.Errorf("got %v, want the smaller code alone", hits)
	}
}

func TestTheEndsOfTheEarthAreAnswered(t *testing.T) {
	t.Parallel()
	const w, n = 180 * geo.Scale, 90 * geo.Scale
	box := func(id int, code string, x0, y0, x1, y1 int32) *geo.Area {
		return &geo.Area{ID: geo.AreaID(id), Layer: "zones", Code: geo.AreaCode(code), Shape: geo.Shape{
			Polygons: geo.MultiPolygon{{{{X: x0, Y: y0}, {X: x1, Y: y0}, {X: x1, Y: y1}, {X: x0, Y: y1}}}}}}
	}
	s := view(t, &geo.Changes{
		Layers: []geo.Layer{{Name: "zones", Kind: geo.Coverage}, {Name: "roads", Kind: geo.Lines, Reach: 1e6}},
		Areas:  []*geo.Area{box(1, "west", -w, -n, 0, n), box(2, "east", 0, -n, w, n)},
		Assets: []geo.Asset{{Version: 1, ID: "pole", Point: geo.Coord{X: w, Y: n}}, {Version: 2, ID: "corner", Point: geo.Coord{X: -w, Y: -n}}},
	})
	for x, want := range map[int32]geo.AreaCode{-w: "west", -1: "west", 0: "east", w: "east"} {
		for _, y := range []int32{-n, 0, n} {
			p := geo.Coord{X: x, Y: y}
			hits := s.Locate(p).Areas
			if len(hits) != 1 || hits[0].Area.Code != want {
				t.Fatalf("at %v: %v, want %s", p, hits, want)
			}
			if d, ok := s.EdgeDistance(hits[0].Area, p, 1e9); !ok || d < 0 || math.IsNaN(d) {
				t.Errorf("at %v: edge distance %v %v", p, d, ok)
			}
			if near := s.NearestAssets(p, geo.CategoryKey{}, 5e7, 9); len(near) != 2 {
				t.Errorf("at %v: %d assets on the whole earth, want 2", p, len(near))
			}
		}
	}
}

func TestTenThousandAreasOnOnePointAreAllFound(t *testing.T) {
	t.Parallel()
	n := testsize.N(2000, 10000)
	c := &geo.Changes{To: position(1), Layers: []geo.Layer{{Name: "sites", Kind: geo.Overlay}}}
	for i := range n {
		c.Areas = append(c.Areas, squareArea(i+1, "sites", fmt.Sprintf("%05d", i), 0, 0, 10))
		c.Assets = append(c.Assets, geo.Asset{Version: geo.AssetVersion(i + 1), ID: geo.AssetID(fmt.Sprint(i)), Point: geo.Coord{X: 5, Y: 5}})
	}
	s := view(t, c)
	p := geo.Coord{X: 5, Y: 5}
	if got := len(s.Locate(p).Areas); got != n {
		t.Errorf("%d areas found, want %d", got, n)
	}
	if got := len(s.NearestAssets(p, geo.CategoryKey{}, 1, 10)); got != 10 {
		t.Errorf("%d assets found, want 10", got)
	}
	end := &geo.Changes{From: position(1), To: position(2)}
	for _, a := range c.Areas[:n-1] {
		end.AreasEnded = append(end.AreasEnded, a.ID)
	}
	s, err := s.Apply(end)
	if err != nil {
		t.Fatal(err)
	}
	if got := len(s.Locate(p).Areas); got != 1 {
		t.Errorf("%d areas left, want 1", got)
	}
}

func TestParentsThatGoRoundInARingDoNotHang(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 7).Draw(t, "layers")
		name := func(i int) geo.LayerName { return geo.LayerName(rune('a' + i)) }
		var c geo.Changes
		for i := range n {
			kind := rapid.SampledFrom([]geo.LayerKind{geo.Coverage, geo.Coverage, geo.Overlay}).Draw(t, "kind")
			c.Layers = append(c.Layers, geo.Layer{Name: name(i), Kind: kind, Parent: name(rapid.IntRange(0, n).Draw(t, "parent"))})
			c.Areas = append(c.Areas, squareArea(i+1, string(name(i)), "x", 0, 0, 10))
		}
		s, err := Empty().Apply(&c)
		if err != nil {
			t.Fatal(err)
		}
		for i := range n {
			if chain := s.Chain(name(i)); !slices.Contains(chain, name(i)) {
				// of two layers below one parent, only one is in the parent's chain, but each is in its own
				t.Fatalf("the chain through %s is %v", name(i), chain)
			}
		}
		if hits := s.Locate(geo.Coord{X: 5, Y: 5}).Areas; len(hits) != n {
			t.Fatalf("%d of %d layers answer", len(hits), n)
		}
	})
}
