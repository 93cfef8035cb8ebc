package index

import (
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"gridwarden/geo"
)

// city is a plain model of the open state, to make changes of and to compare with.
type city struct {
	at          int
	lastID      int
	edition     geo.EditionInfo
	layers      map[geo.LayerName]geo.Layer
	areas       map[string]*geo.Area // by layer and code
	assets      map[string]geo.Asset // by id and standard
	departments map[geo.DepartmentCode]geo.Department
	categories  map[geo.CategoryKey]geo.Category
}

func newCity() *city {
	return &city{layers: map[geo.LayerName]geo.Layer{}, areas: map[string]*geo.Area{}, assets: map[string]geo.Asset{},
		departments: map[geo.DepartmentCode]geo.Department{}, categories: map[geo.CategoryKey]geo.Category{}}
}

func (m *city) position() geo.Position {
	if m.at == 0 {
		return geo.Position{}
	}
	return position(m.at)
}

// all is the whole state as one change.
func (m *city) all() *geo.Changes {
	return &geo.Changes{
		To: m.position(), Edition: m.edition,
		Layers:      slices.Collect(maps.Values(m.layers)),
		Areas:       slices.Collect(maps.Values(m.areas)),
		Assets:      slices.Collect(maps.Values(m.assets)),
		Departments: slices.Collect(maps.Values(m.departments)),
		Categories:  slices.Collect(maps.Values(m.categories)),
	}
}

// step draws one change and makes it in the model too.
func (m *city) step(t *rapid.T) *geo.Changes {
	c := &geo.Changes{From: m.position()}
	m.at++
	c.To = m.position()
	m.edition = geo.EditionInfo{Number: geo.Edition(m.at), PublishedAt: time.Unix(int64(m.at), 0), Note: fmt.Sprint(m.at)}
	c.Edition = m.edition
	m.stepLayers(t, c)
	m.stepAreas(t, c)
	m.stepAssets(t, c)
	if rapid.Bool().Draw(t, "department") {
		d := geo.Department{Code: geo.DepartmentCode(rapid.StringMatching(`[a-c]`).Draw(t, "code")), Name: fmt.Sprint(m.at), Aliases: []string{"x"}}
		c.Departments, m.departments[d.Code] = append(c.Departments, d), d
		k := geo.Category{CategoryKey: geo.CategoryKey{Code: string(d.Code)}, Name: fmt.Sprint(m.at)}
		c.Categories, m.categories[k.CategoryKey] = append(c.Categories, k), k
	}
	return c
}

func (m *city) stepLayers(t *rapid.T, c *geo.Changes) {
	kinds := []geo.LayerKind{geo.Coverage, geo.Overlay, geo.Lines}
	for _, n := range rapid.SliceOfNDistinct(rapid.IntRange(0, 2), 0, 3, rapid.ID).Draw(t, "layers") {
		l := geo.Layer{Name: geo.LayerName(fmt.Sprintf("layer%d", n)), Kind: kinds[n], Rank: rapid.IntRange(0, 3).Draw(t, "rank"), Reach: float64(m.at)}
		c.Layers, m.layers[l.Name] = append(c.Layers, l), l
	}
}

func (m *city) stepAreas(t *rapid.T, c *geo.Changes) {
	names := slices.Sorted(maps.Keys(m.layers))
	if len(names) == 0 {
		return
	}
	for _, n := range rapid.SliceOfNDistinct(rapid.IntRange(0, 12), 0, 8, rapid.ID).Draw(t, "areas") {
		layer := names[n%len(names)]
		key := fmt.Sprintf("%s %d", layer, n)
		if old := m.areas[key]; old != nil {
			c.AreasEnded = append(c.AreasEnded, old.ID)
			delete(m.areas, key)
			if rapid.Bool().Draw(t, "ends") {
				continue
			}
		}
		m.lastID++
		a := squareArea(m.lastID, string(layer), fmt.Sprint(n), rapid.Int32Range(0, 20).Draw(t, "x"), rapid.Int32Range(0, 20).Draw(t, "y"), 1+rapid.Int32Range(0, 20).Draw(t, "side"))
		if m.layers[layer].Kind == geo.Lines {
			a.Shape = geo.Shape{Lines: geo.MultiLine{geo.Line(a.Shape.Polygons[0][0])}}
		}
		c.Areas, m.areas[key] = append(c.Areas, a), a
	}
}

// stepAssets changes a run of assets, sometimes so many that they are packed again.
func (m *city) stepAssets(t *rapid.T, c *geo.Changes) {
	first, most := rapid.IntRange(0, 600).Draw(t, "first"), rapid.SampledFrom([]int{0, 3, 40, 400}).Draw(t, "most")
	ends, moves := rapid.Bool().Draw(t, "end"), rapid.Int32Range(0, 20).Draw(t, "by")
	for n := first; n < first+most; n++ {
		a := geo.Asset{ID: geo.AssetID(fmt.Sprint(n / 2)), Name: fmt.Sprint("asset ", n), State: fmt.Sprint(n % 3), Owner: "o",
			Category: geo.CategoryKey{Standard: fmt.Sprint("s", n%2), Code: fmt.Sprint(n % 5)},
			Point:    geo.Coord{X: int32(n%31) + moves, Y: int32(n % 17)}}
		key := string(a.ID) + a.Category.Standard
		if old, there := m.assets[key]; there {
			c.AssetsEnded = append(c.AssetsEnded, old.Version)
			delete(m.assets, key)
			if ends {
				continue
			}
		}
		m.lastID++
		a.Version = geo.AssetVersion(m.lastID)
		if n%37 == 0 {
			a.Shape = &geo.Shape{Lines: geo.MultiLine{{a.Point, {X: a.Point.X + 9, Y: a.Point.Y}}}}
		}
		c.Assets, m.assets[key] = append(c.Assets, a), a
	}
}

// sameAnswers compares what the trees say, which the content hash does not see.
func sameAnswers(t *rapid.T, a, b *Snapshot) {
	everything := geo.Box{Min: geo.Coord{X: -100, Y: -100}, Max: geo.Coord{X: 100, Y: 100}}
	for _, l := range a.Layers() {
		if !slices.Equal(codes(slices.Collect(a.AreasIn(l.Name, everything))), codes(slices.Collect(b.AreasIn(l.Name, everything)))) {
			t.Fatalf("layer %s: not the same areas in a box", l.Name)
		}
		if a.Bounds(l.Name) != b.Bounds(l.Name) || a.AreaCount(l.Name) != b.AreaCount(l.Name) {
			t.Fatalf("layer %s: bounds %v and %v", l.Name, a.Bounds(l.Name), b.Bounds(l.Name))
		}
	}
	for range 5 {
		p := geo.Coord{X: rapid.Int32Range(-5, 45).Draw(t, "px"), Y: rapid.Int32Range(-5, 45).Draw(t, "py")}
		if x, y := fmt.Sprint(told(a.Locate(p))), fmt.Sprint(told(b.Locate(p))); x != y {
			t.Fatalf("at %v: %s and %s", p, x, y)
		}
		k := geo.CategoryKey{Standard: "s1", Code: "3"}
		if x, y := fmt.Sprint(a.NearestAssets(p, k, .1, 4)), fmt.Sprint(b.NearestAssets(p, k, .1, 4)); x != y {
			t.Fatalf("near %v: %s and %s", p, x, y)
		}
	}
}

func told(p Place) (all []string) {
	for _, h := range p.Areas {
		all = append(all, fmt.Sprint(h.Area.Layer, h.Area.Code, h.OnEdge, codes(h.Neighbours)))
	}
	for _, h := range p.Lines {
		all = append(all, fmt.Sprint(h.Area.Layer, h.Area.Code, h.Distance, h.Along, h.Side))
	}
	return all
}

func TestManySmallChangesShowTheSameAsOneLoad(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		m, s := newCity(), Empty()
		for range rapid.IntRange(1, 5).Draw(t, "steps") {
			before := s.ContentHash()
			next, err := s.Apply(m.step(t))
			if err != nil {
				t.Fatal(err)
			}
			if s.ContentHash() != before {
				t.Fatal("Apply changed the view it started from")
			}
			s = next
			whole, err := Empty().Apply(m.all())
			if err != nil {
				t.Fatal(err)
			}
			if s.AssetCount() != len(m.assets) {
				t.Fatalf("%d assets, want %d", s.AssetCount(), len(m.assets))
			}
			if s.ContentHash() != whole.ContentHash() {
				t.Fatal("the content differs from one load of everything")
			}
			sameAnswers(t, s, whole)
		}
	})
}

func TestAChangeThatDoesNotFitIsAConflict(t *testing.T) {
	t.Parallel()
	asset := func(version int, id string) geo.Asset {
		return geo.Asset{Version: geo.AssetVersion(version), ID: geo.AssetID(id)}
	}
	base := &geo.Changes{History: [16]byte{1}, To: position(5),
		Layers: []geo.Layer{{Name: "grids", Kind: geo.Coverage}},
		Areas:  []*geo.Area{squareArea(1, "grids", "a", 0, 0, 10)},
		Assets: []geo.Asset{asset(1, "x")}}
	for i := range 1000 { // enough to be packed
		base.Assets = append(base.Assets, asset(i+10, fmt.Sprint("p", i)))
	}
	base.Assets = append(base.Assets, geo.Asset{Version: 2000, ID: "shape", Shape: &geo.Shape{Lines: geo.MultiLine{{{X: 1}, {X: 2}}}}})
	s := view(t, base)
	before := s.ContentHash()
	many := func(and geo.Asset) (all []geo.Asset) { // enough to be packed again
		for i := range 1000 {
			all = append(all, asset(i+5000, fmt.Sprint("q", i)))
		}
		return append(all, and)
	}
	for what, c := range map[string]*geo.Changes{
		"an earlier position":            {From: position(4)},
		"the same number, another id":    {From: geo.Position{Sequence: 5}},
		"another history":                {From: position(5), History: [16]byte{2}},
		"a full load on a view":          {},
		"an area that is not there ends": {AreasEnded: []geo.AreaID{7}},
		"an area ends twice":             {AreasEnded: []geo.AreaID{1, 1}},
		"an area begins twice":           {Areas: []*geo.Area{squareArea(2, "grids", "a", 0, 0, 10)}},
		"an area number begins twice":    {Areas: []*geo.Area{squareArea(1, "grids", "b", 0, 0, 10)}},
		"an area of no layer":            {Areas: []*geo.Area{squareArea(2, "beats", "a", 0, 0, 10)}},
		"an asset that is not there":     {AssetsEnded: []geo.AssetVersion{7}},
		"an asset begins twice":          {Assets: []geo.Asset{asset(2, "x")}},
		"an asset version begins twice":  {Assets: []geo.Asset{asset(1, "y")}},
		"two new assets of one key":      {Assets: []geo.Asset{asset(3, "z"), asset(4, "z")}},
		"two new assets of one version":  {Assets: []geo.Asset{asset(3, "z"), asset(3, "y")}},
		"many, one there as a point":     {Assets: many(asset(2, "x"))},
		"many, one there as a shape":     {Assets: many(asset(2, "shape"))},
		"many, one of a shape's version": {Assets: many(asset(2000, "y"))},
		"many, one of a point's version": {Assets: many(asset(1, "y"))},
	} {
		if c.From == (geo.Position{}) && what != "a full load on a view" {
			c.From = position(5)
		}
		if c.History == ([16]byte{}) {
			c.History = base.History
		}
		next, err := s.Apply(c)
		if geo.KindOf(err) != geo.Conflict || next != nil {
			t.Errorf("%s: %v", what, err)
		}
	}
	if s.ContentHash() != before {
		t.Error("a refused change left something behind")
	}
}
