package stories

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/paulmach/orb"
	"github.com/paulmach/orb/geojson"
)

// importGrids puts grids into an empty city, as a file has them.
func (c *city) importGrids(all *geojson.FeatureCollection) {
	c.Helper()
	text, err := json.Marshal(all)
	if err != nil {
		c.Fatal(err)
	}
	path := filepath.Join(c.TempDir(), "grids.geojson")
	if err := os.WriteFile(path, text, 0o600); err != nil {
		c.Fatal(err)
	}
	c.must("import", "areas", "--layer", "grids", path)
	eventually(c, "the server knows them", func() bool {
		var known struct{ Layers []struct{ Areas int } }
		c.ask("GET", "/v1/layers", nil, 200, &known)
		return len(known.Layers) > 0 && known.Layers[0].Areas == len(all.Features)
	})
}

func grid(code string, ring orb.Ring) *geojson.Feature {
	f := geojson.NewFeature(orb.Polygon{ring})
	f.Properties = geojson.Properties{"code": code, "name": code}
	return f
}

func at(x, y float64) orb.Point {
	return orb.Point{math.Round(x*1e7) / 1e7, math.Round(y*1e7) / 1e7}
}

// chessboard is a square of grids, with a node in the middle of every side.
func chessboard(side int) *geojson.FeatureCollection {
	const west, south, step = 120.0, 30.0, 0.002
	all := geojson.NewFeatureCollection()
	corner := func(x, y float64) orb.Point { return at(west+x*step, south+y*step) }
	for row := range side {
		for column := range side {
			x, y := float64(column), float64(row)
			all.Append(grid(fmt.Sprintf("g%02d%02d", row, column), orb.Ring{
				corner(x, y), corner(x+.5, y), corner(x+1, y), corner(x+1, y+.5), corner(x+1, y+1), corner(x+.5, y+1), corner(x, y+1), corner(x, y+.5), corner(x, y),
			}))
		}
	}
	return all
}

// BenchmarkDragBorder drags a border with 2,116 areas in view by 100 movements of the mouse.
// It tells what our own script takes in a frame and how many areas are sent to the map in
// it, and beside that what a plain page would take at least, which hands every area to the
// map in each frame: to copy them for the thread that draws.
func BenchmarkDragBorder(b *testing.B) {
	const side, middle = 46, 23
	c := newEmptyCity(b)
	board := chessboard(side)
	c.importGrids(board)
	d := newDrawing(c)
	code, node := fmt.Sprintf("g%02d%02d", middle, middle), at(120+middle*0.002, 30+middle*0.002)
	v := d.open(mouse, node, 12.8)
	v.write("#plan-code", code)
	v.keys(kb.Enter)
	v.do(chromedp.WaitVisible(chromedp.CSS("[data-chosen]")))
	v.tool("node", "e")
	for b.Loop() {
		v.drag(node, 6, 5, 100)
		v.eventually("the node moved", func() bool { return !has(d.area(code), node) })
		frames := js[[]struct{ Ms, Areas float64 }](v, `performance.getEntriesByName("gridwarden.drag").map(e => ({Ms: e.duration, Areas: e.detail.areas}))`)
		if len(frames) == 0 {
			b.Fatal("nothing was drawn while dragging")
		}
		plain := js[[]float64](v, `fetch("/v1/layers/grids/areas?limit=10000&draft=%s").then(r => r.json()).then(all => [...Array(50)].map(() => {
			const start = performance.now(); structuredClone(all); return performance.now() - start }))`, d.draft)
		var ms, areas []float64
		for _, f := range frames {
			ms, areas = append(ms, f.Ms), append(areas, f.Areas)
		}
		b.ReportMetric(float64(len(d.areas())), "areas-in-view")
		b.ReportMetric(float64(len(frames)), "frames")
		b.ReportMetric(p95(ms), "ms-script/frame-p95")
		b.ReportMetric(slices.Max(areas), "areas-sent/frame")
		b.ReportMetric(p95(plain), "ms-plain/frame-p95")
		b.ReportMetric(p95(plain)/max(p95(ms), 0.05), "times-less")
		v.undo()
		v.eventually("the node is back", func() bool { return has(d.area(code), node) })
	}
	b.ReportMetric(0, "ns/op")
}

func p95(values []float64) float64 {
	sorted := slices.Sorted(slices.Values(values))
	return sorted[len(sorted)*95/100]
}

// coast is an area of so many vertices, and a plain one beside it.
func coast(vertices int) *geojson.FeatureCollection {
	const x, y, radius = 120.0, 30.0, 0.02
	var ring orb.Ring
	for i := range vertices {
		angle := 2 * math.Pi * float64(i) / float64(vertices)
		r := radius * (1 + 0.2*math.Sin(7*angle))
		ring = append(ring, at(x+r*math.Cos(angle), y+r*math.Sin(angle)))
	}
	all := geojson.NewFeatureCollection()
	all.Append(grid("coast", append(ring, ring[0])))
	all.Append(grid("far", orb.Ring{at(x+1, y), at(x+1.01, y), at(x+1.01, y+.01), at(x+1, y)}))
	return all
}

// TestAnAreaOfManyVerticesIsDrawnOn: its nodes are thinned out, which is said, and moving one
// keeps nobody waiting.
func TestAnAreaOfManyVerticesIsDrawnOn(t *testing.T) {
	t.Parallel()
	c := newEmptyCity(t)
	c.importGrids(coast(100_000))
	d := newDrawing(c)
	v := d.open(keyboard, orb.Point{120, 30}, 12.5)
	v.write("#plan-code", "coast")
	v.keys(kb.Enter)
	v.do(chromedp.WaitVisible(chromedp.CSS("[data-chosen=coast]")))
	v.toMap()
	v.keys("n")
	v.shows("#plan-said", "100000")
	v.do(chromedp.WaitVisible(chromedp.CSS("#plan-thinned")))
	first := ringOf(d.area("coast"))[0]
	v.do(chromedp.KeyEvent(kb.ArrowRight, chromedp.KeyModifiers(chromedp.ModifierAlt)))
	v.eventually("it is drawn", func() bool { return js[int](v, `performance.getEntriesByName("gridwarden.drag").length`) > 0 })
	if ms := js[float64](v, `Math.max(...performance.getEntriesByName("gridwarden.drag").map(e => e.duration))`); ms > 1000 {
		t.Errorf("a step took %.0f ms", ms)
	}
	v.keys(kb.Enter)
	v.eventually("the node moved", func() bool { return !has(d.area("coast"), first) })
}
