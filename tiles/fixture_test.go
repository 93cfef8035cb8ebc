package tiles_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"gridwarden/geo"
	"gridwarden/geo/index"
)

// view is a snapshot of areas and assets; layers are made for the areas as they come,
// overlays or lines.
func view(t testing.TB, areas []*geo.Area, assets []geo.Asset) *index.Snapshot {
	t.Helper()
	return viewOfKind(t, geo.Overlay, areas, assets)
}

// coverage is [view] of layers whose areas share their borders.
func coverage(t testing.TB, areas []*geo.Area, assets []geo.Asset) *index.Snapshot {
	t.Helper()
	return viewOfKind(t, geo.Coverage, areas, assets)
}

func viewOfKind(t testing.TB, kind geo.LayerKind, areas []*geo.Area, assets []geo.Asset) *index.Snapshot {
	t.Helper()
	changes := &geo.Changes{
		To: geo.Position{Sequence: 1, Change: geo.ChangeID{1}}, Areas: areas, Assets: assets,
		Departments: []geo.Department{{Code: "D1", Name: "城管一大队"}},
		Categories:  []geo.Category{{CategoryKey: manhole, Name: "上水井盖"}},
	}
	seen := map[geo.LayerName]bool{}
	for _, a := range areas {
		if seen[a.Layer] {
			continue
		}
		seen[a.Layer] = true
		l := geo.Layer{Name: a.Layer, Title: "层 " + string(a.Layer), Kind: kind, Rank: len(seen)}
		if a.Shape.Lines != nil {
			l.Kind = geo.Lines
		}
		changes.Layers = append(changes.Layers, l)
	}
	s, err := index.Empty().Apply(changes)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

var manhole = geo.CategoryKey{Standard: "GB/T 47678.5-2026", Kind: geo.Component, Code: "01001"}

// layerOf gives shapes codes and ids in one layer.
func layerOf(name geo.LayerName, shapes ...geo.MultiPolygon) []*geo.Area {
	areas := make([]*geo.Area, len(shapes))
	for i, m := range shapes {
		areas[i] = &geo.Area{
			ID: geo.AreaID(i + 1), Layer: name, Code: geo.AreaCode(fmt.Sprintf("A%05d", i)), Name: fmt.Sprintf("网格 %d", i),
			Department: "D1", Shape: geo.Shape{Polygons: m},
		}
	}
	return areas
}

// wavyCity is n by n cells of about 100 m round a corner of Hangzhou, whose shared borders
// wave in steps of a ninth of a side.
func wavyCity(n int) []geo.MultiPolygon {
	const side, steps = 9500, 9 // units of 1e-7 degree, vertices a side
	at := func(i, j, k int, upright bool) geo.Coord {
		u, v := float64(i*steps), float64(j*steps)
		if upright {
			v += float64(k)
		} else {
			u += float64(k)
		}
		wave := side / 8 * math.Sin(u*1.7+v*0.9) * math.Sin(math.Pi*float64(k)/steps)
		x, y := u*side/steps, v*side/steps
		if upright && k%steps != 0 {
			x += wave
		} else if k%steps != 0 {
			y += wave
		}
		return geo.Coord{X: 1_200_870_000 + int32(x), Y: 302_040_000 + int32(y)}
	}
	cells := make([]geo.MultiPolygon, 0, n*n)
	for j := range n {
		for i := range n {
			r := make(geo.Ring, 0, 4*steps)
			for k := range steps {
				r = append(r, at(i, j, k, false))
			}
			for k := range steps {
				r = append(r, at(i+1, j, k, true))
			}
			for k := steps; k > 0; k-- {
				r = append(r, at(i, j+1, k, false))
			}
			for k := steps; k > 0; k-- {
				r = append(r, at(i, j, k, true))
			}
			cells = append(cells, geo.MultiPolygon{{r}})
		}
	}
	return cells
}

// strewn is so many assets in a box, more of them towards its middle.
func strewn(n int, b geo.Box) []geo.Asset {
	random := rand.New(rand.NewPCG(1, 2))
	between := func(lo, hi int32) int32 {
		return lo + int32((random.Float64()+random.Float64())/2*float64(hi-lo))
	}
	assets := make([]geo.Asset, n)
	for i := range assets {
		assets[i] = geo.Asset{
			Version: geo.AssetVersion(i + 1), ID: geo.AssetID(fmt.Sprintf("33010301001%06d", i)), Category: manhole, State: "完好",
			Point: geo.Coord{X: between(b.Min.X, b.Max.X), Y: between(b.Min.Y, b.Max.Y)},
		}
	}
	return assets
}

func boxOf(shapes []geo.MultiPolygon) geo.Box {
	b := geo.EmptyBox()
	for _, m := range shapes {
		s := geo.Shape{Polygons: m}
		b = b.Union(s.Box())
	}
	return b
}
