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
// It tells what our own script takes in a frame and how many areas are handed to the map in
// it. Beside that stands a plain page, which would hand over every area in each frame: what
// that takes on the same map, and how many times as long as handing over the touched ones.
// Frames are drawn by the processor: with a graphics card there are more of them.
func BenchmarkDragBorder(b *testing.B) {
	const side, middle = 46, 23
	c := newEmptyCity(b)
	c.importGrids(chessboard(side))
	d := newDrawing(c)
	code, node := fmt.Sprintf("g%02d%02d", middle, middle), at(120+middle*0.002, 30+middle*0.002)
	v := d.open(mouse, node, 12.2)
	v.chooseByCode(code)
	v.tool("node", "e")
	for b.Loop() {
		v.drag(node, 6, 5, 100)
		v.eventually("the node moved", func() bool { return !has(d.area(code), node) })
		frames := v.dragged()
		if len(frames) < 2 {
			b.Fatalf("%d frames were drawn while dragging", len(frames))
		}
		var ms, areas []float64
		for _, f := range frames {
			ms, areas = append(ms, f.Ms), append(areas, f.Areas)
		}
		handed := v.handOver(d.draft, int(slices.Max(areas)))
		b.ReportMetric(float64(len(d.areas())), "areas-in-view")
		b.ReportMetric(float64(len(frames)), "frames")
		b.ReportMetric(percentile(ms, 50), "ms-script/frame-median")
		b.ReportMetric(percentile(ms, 95), "ms-script/frame-p95")
		b.ReportMetric(slices.Max(areas), "areas-handed/frame")
		b.ReportMetric(float64(len(frames)-1)*1000/(frames[len(frames)-1].At-frames[0].At), "frames/s")
		b.ReportMetric(percentile(handed.All, 95), "ms-all-handed/frame-p95")
		b.ReportMetric(percentile(handed.Touched, 95), "ms-touched-handed/frame-p95")
		b.ReportMetric(mean(handed.All)/mean(handed.Touched), "times-a-plain-page")
		v.undo()
		v.eventually("the node is back", func() bool { return has(d.area(code), node) })
	}
	b.ReportMetric(0, "ns/op")
}

// frame is one frame of a drag, as the page measured it.
type frame struct {
	At, Ms, Areas float64
}

// dragged are the frames of the last drag.
func (v *visitor) dragged() []frame {
	v.Helper()
	return js[[]frame](v, `performance.getEntriesByName("gridwarden.drag").map(e => ({at: e.startTime, ms: e.duration, areas: e.detail.areas}))`)
}

// handing is how many milliseconds it took the page each time to hand areas to the map.
type handing struct {
	All, Touched []float64
}

// handOver hands all areas to the map of the page, and then as many as a drag touches, each
// 50 times over.
func (v *visitor) handOver(draft string, touched int) handing {
	v.Helper()
	times, err := chromedp.Run(v.ctx, chromedp.Evaluate[handing](fmt.Sprintf(`(async () => {
		const chunk = performance.getEntriesByType("resource").find(({name}) => /\/assets\/maplibre-[^/]*\.js$/.test(name));
		const {prototype} = Object.values(await import(chunk.name)).find(part => part?.prototype?.getCanvas);
		const {getSource} = prototype; // the page shows its map to nobody: it is met when it looks for a source
		const source = await new Promise(met => {
			prototype.getSource = function (id) { met(getSource.call(this, "plan-fabric")); return getSource.call(this, id) };
			document.querySelector("[data-tool=select]").click();
		});
		prototype.getSource = getSource;
		document.querySelector("[data-tool=node]").click();
		const all = await (await fetch("/v1/layers/grids/areas?limit=10000&draft=%s")).json();
		const update = all.features.slice(0, %d).map(f => ({id: f.properties.code, newGeometry: f.geometry}));
		const after = new MessageChannel();
		const measured = async hand => {
			const times = [];
			for (let i = 0; i < 50; i++) {
				const sent = new Promise(r => (after.port1.onmessage = r)); // the map hands over right behind what asked for it
				const start = performance.now();
				const drawn = hand();
				after.port2.postMessage(0);
				await sent;
				times.push(performance.now() - start);
				await drawn;
			}
			return times;
		};
		return {all: await measured(() => source.setData(all)), touched: await measured(() => source.updateData({update}))};
	})()`, draft, touched), chromedp.EvalAwaitPromise))
	if err != nil {
		v.Fatal(err)
	}
	return times
}

func percentile(values []float64, percent int) float64 {
	sorted := slices.Sorted(slices.Values(values))
	return sorted[len(sorted)*percent/100]
}

func mean(values []float64) float64 {
	sum := 0.0
	for _, value := range values {
		sum += value
	}
	return sum / float64(len(values))
}

// chooseByCode selects an area by writing its code into the field for it: letters that
// choose tools elsewhere are only letters there.
func (v *visitor) chooseByCode(code string) {
	v.Helper()
	v.write("#plan-code", code)
	v.keys(kb.Enter)
	v.shows("[data-chosen]", code)
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
	v := d.open(mouse, orb.Point{120, 30}, 12.5)
	v.chooseByCode("coast")
	v.tool("node", "e")
	v.do(chromedp.WaitVisible(chromedp.CSS("#plan-thinned")))
	first := ringOf(d.area("coast"))[0]
	v.drag(first, 20, 10, 5)
	v.eventually("the node moved", func() bool { return !has(d.area("coast"), first) })
	var ms []float64
	for _, f := range v.dragged() {
		ms = append(ms, f.Ms)
	}
	if median := percentile(ms, 50); median > 1000 { // a machine that is busy otherwise holds up one or another
		t.Errorf("a frame took %.0f ms: %v", median, ms)
	}
}
