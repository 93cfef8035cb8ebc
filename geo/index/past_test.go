package index

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"gridwarden/geo"
)

func (m *city) clone() *city {
	old := *m
	old.layers, old.areas, old.assets = maps.Clone(m.layers), maps.Clone(m.areas), maps.Clone(m.assets)
	old.departments, old.categories = maps.Clone(m.departments), maps.Clone(m.categories)
	return &old
}

// back are the changes that lead from a city to what it was.
func (m *city) back(then *city) *geo.Changes {
	c := &geo.Changes{From: m.position(), To: then.position(), Edition: then.edition}
	c.LayersEnded, c.Layers = differences(m.layers, then.layers, func(l geo.Layer) geo.Layer { return l })
	c.DepartmentsEnded, c.Departments = differences(m.departments, then.departments, func(d geo.Department) string { return d.Name })
	c.CategoriesEnded, c.Categories = differences(m.categories, then.categories, func(k geo.Category) string { return k.Name })
	for key, a := range m.areas {
		if then.areas[key] != a {
			c.AreasEnded = append(c.AreasEnded, a.ID)
		}
	}
	for key, a := range then.areas {
		if m.areas[key] != a {
			c.Areas = append(c.Areas, a)
		}
	}
	for key, a := range m.assets {
		if then.assets[key].Version != a.Version {
			c.AssetsEnded = append(c.AssetsEnded, a.Version)
		}
	}
	for key, a := range then.assets {
		if m.assets[key].Version != a.Version {
			c.Assets = append(c.Assets, a)
		}
	}
	return c
}

func differences[K, C comparable, V any](now, then map[K]V, content func(V) C) (ended []K, begun []V) {
	for k := range now {
		if _, there := then[k]; !there {
			ended = append(ended, k)
		}
	}
	for k, v := range then {
		if old, there := now[k]; !there || content(old) != content(v) {
			begun = append(begun, v)
		}
	}
	return ended, begun
}

func TestChangesThatLeadBackShowWhatWasThereThen(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		m, s := newCity(), Empty()
		var cities []*city
		var views []*Snapshot
		for range rapid.IntRange(2, 5).Draw(t, "steps") {
			next, err := s.Apply(m.step(t))
			if err != nil {
				t.Fatal(err)
			}
			s = next
			cities, views = append(cities, m.clone()), append(views, s)
		}
		before := s.ContentHash()
		for i, then := range cities {
			past, err := s.Apply(m.back(then))
			if err != nil {
				t.Fatal(err)
			}
			if past.ContentHash() != views[i].ContentHash() || past.Position() != views[i].Position() {
				t.Fatalf("the view led back to %d is not the one of then", then.at)
			}
			sameAnswers(t, past, views[i])
			forth, err := past.Apply(then.back(m))
			if err != nil || forth.ContentHash() != before {
				t.Fatalf("back and forth again is another view: %v", err)
			}
		}
		if s.ContentHash() != before {
			t.Fatal("leading back changed the view it started from")
		}
	})
}

func TestALayerThatHasAreasCannotEnd(t *testing.T) {
	t.Parallel()
	s := view(t, &geo.Changes{To: position(1), Layers: []geo.Layer{{Name: "grids", Kind: geo.Coverage}},
		Areas: []*geo.Area{squareArea(1, "grids", "a", 0, 0, 10)}})
	for _, c := range []*geo.Changes{{LayersEnded: []geo.LayerName{"grids"}}, {LayersEnded: []geo.LayerName{"beats"}}} {
		c.From = position(1)
		if _, err := s.Apply(c); geo.KindOf(err) != geo.Conflict {
			t.Errorf("%v: %v", c.LayersEnded, err)
		}
	}
}

func TestAssetsKeepTheAttributesThatDutyRowsAskFor(t *testing.T) {
	t.Parallel()
	attributes := func(n int) json.RawMessage {
		return []json.RawMessage{nil, json.RawMessage(`{"material": "iron"}`), json.RawMessage(`{"material": "stone"}`)}[n%3]
	}
	c := &geo.Changes{To: position(1), AssetKeys: []string{"material"}}
	for i := range 2000 {
		a := geo.Asset{Version: geo.AssetVersion(i + 1), ID: geo.AssetID(fmt.Sprint(i)), Point: geo.Coord{X: int32(i)}, Attributes: attributes(i)}
		if i%50 == 0 {
			a.Shape = &geo.Shape{Lines: geo.MultiLine{{a.Point, {X: a.Point.X + 1}}}}
		}
		c.Assets = append(c.Assets, a)
	}
	s := view(t, c)
	if n := len(s.assets.packed.table.profiles); n != 3 {
		t.Errorf("%d profiles", n)
	}
	next, err := s.Apply(&geo.Changes{From: position(1), To: position(2), AssetKeys: []string{"material"}, AssetsEnded: []geo.AssetVersion{5},
		Assets: []geo.Asset{{Version: 5000, ID: "4", Attributes: attributes(4)}}})
	if err != nil {
		t.Fatal(err)
	}
	for i := range 2000 {
		a, _ := next.Asset("", geo.AssetID(fmt.Sprint(i)))
		if !slices.Equal(a.Attributes, attributes(i)) {
			t.Fatalf("asset %d has %s", i, a.Attributes)
		}
	}
	more := &geo.Changes{From: position(1), To: position(2), AssetKeys: []string{"height", "material"}}
	if _, err := s.Apply(more); geo.KindOf(err) != geo.Conflict {
		t.Errorf("asked for another attribute: %v", err)
	}
	more.From = geo.Position{}
	if _, err := Empty().Apply(more); err != nil {
		t.Error(err)
	}
}
