package stories

import (
	"fmt"
	"math"
	"net/url"
	"slices"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/paulmach/orb"
	"github.com/paulmach/orb/geojson"
	"github.com/paulmach/orb/planar"
)

// drawing is a draft that somebody draws on, and the service as the judge of what it holds.
type drawing struct {
	*city
	draft string
}

// newDrawing opens a draft by the service alone.
func newDrawing(c *city) *drawing {
	c.Helper()
	var made struct{ ID string }
	c.ask("POST", "/v1/drafts", map[string]any{"name": "网格调整"}, 201, &made)
	return &drawing{c, made.ID}
}

// area is a grid as the draft has it; nil where there is none.
func (d *drawing) area(code string) *geojson.Feature {
	d.Helper()
	return d.areas()[code]
}

// areas are all grids as the draft has them.
func (d *drawing) areas() map[string]*geojson.Feature {
	d.Helper()
	var all geojson.FeatureCollection
	d.ask("GET", "/v1/layers/grids/areas?limit=10000&draft="+url.QueryEscape(d.draft), nil, 200, &all)
	found := map[string]*geojson.Feature{}
	for _, f := range all.Features {
		found[codeOf(f)] = f
	}
	return found
}

func codeOf(f *geojson.Feature) string { return f.Properties.MustString("code") }

func parentOf(f *geojson.Feature) string { return f.Properties.MustString("parent", "") }

func ringOf(f *geojson.Feature) orb.Ring {
	switch g := f.Geometry.(type) {
	case orb.Polygon:
		return g[0]
	case orb.MultiPolygon:
		return g[0][0]
	}
	return nil
}

func has(f *geojson.Feature, p orb.Point) bool { return f != nil && slices.Contains(ringOf(f), p) }

// inner is a node where areas of one parent meet and no others: it may be moved without
// asking anybody. They are given with the smallest code first.
func (d *drawing) inner() (node orb.Point, codes []string) {
	d.Helper()
	all := d.areas()
	at := map[orb.Point][]string{}
	for code, f := range all {
		for _, p := range ringOf(f)[1:] {
			at[p] = append(at[p], code)
		}
	}
	var nodes []orb.Point
	for p, codes := range at {
		sameParent := !slices.ContainsFunc(codes, func(c string) bool { return parentOf(all[c]) != parentOf(all[codes[0]]) })
		if len(codes) >= 3 && sameParent {
			nodes = append(nodes, p)
		}
	}
	if len(nodes) == 0 {
		d.Fatal("no three grids of one community meet anywhere")
	}
	slices.SortFunc(nodes, func(a, b orb.Point) int { return int(math.Copysign(1, a[0]-b[0])) })
	node = nodes[len(nodes)/2]
	slices.Sort(at[node])
	return node, at[node]
}

// open opens the draft in front of somebody, over a place, and says why they draw.
func (d *drawing) open(h hands, at orb.Point, zoom float64) *visitor {
	d.Helper()
	v := d.visit(h, "zh-CN", fmt.Sprintf("/#/plan?map=%.2f/%.6f/%.6f&draft=%s", zoom, at.Lat(), at.Lon(), url.QueryEscape(d.draft)))
	v.write("#reason", "调整网格")
	v.do(chromedp.WaitVisible(chromedp.CSS(`#map canvas`)), chromedp.WaitVisible(chromedp.CSS(`#plan-tools[aria-busy="false"]`)))
	return v
}

// toMap gives the focus to the map.
func (v *visitor) toMap() {
	v.Helper()
	v.tabTo("#map canvas")
}

// choose selects one area on the map: by a click in it, or by its code.
func (v *visitor) choose(f *geojson.Feature) {
	v.Helper()
	v.do(chromedp.WaitVisible(chromedp.CSS(`#plan-tools[aria-busy="false"]`)))
	if v.hands == keyboard {
		v.find(codeOf(f))
	} else {
		inside, _ := planar.CentroidArea(f.Geometry)
		v.point(inside[0], inside[1])
	}
	v.eventually(codeOf(f)+" is chosen, and nothing else", func() bool {
		return js[string](v, `[...document.querySelectorAll("[data-chosen]")].map(e => e.dataset.chosen).join()`) == codeOf(f)
	})
}

// drag moves the mouse with its button down from a place on the map by so many pixels.
func (v *visitor) drag(from orb.Point, dx, dy float64, steps int) {
	v.Helper()
	x, y := v.pixel(from[0], from[1])
	left := chromedp.ButtonLeft
	v.do(chromedp.MouseEvent(chromedp.MouseMoved, x, y), chromedp.MouseEvent(chromedp.MousePressed, x, y, left, chromedp.ClickCount(1)))
	for i := range steps {
		share := float64(i+1) / float64(steps)
		v.do(chromedp.MouseEvent(chromedp.MouseMoved, x+dx*share, y+dy*share, left))
	}
	v.do(chromedp.MouseEvent(chromedp.MouseReleased, x+dx, y+dy, left, chromedp.ClickCount(1)))
}

// tool takes a drawing tool: by its button, or by its letter on the map.
func (v *visitor) tool(name, letter string) {
	v.Helper()
	if v.hands == keyboard {
		v.toMap()
		v.keys(letter)
	} else {
		v.press(fmt.Sprintf("[data-tool=%q]", name))
	}
	v.do(chromedp.WaitVisible(chromedp.CSS(fmt.Sprintf(`[data-tool=%q][aria-pressed="true"]`, name))))
}

// at brings a place under the cross in the middle of the map, by keys, and goes to the map.
func (v *visitor) at(p orb.Point) {
	v.Helper()
	v.find(fmt.Sprintf("%.7f, %.7f", p[0], p[1]))
	v.eventually("the map is there", func() bool {
		x, y := v.pixel(p[0], p[1])
		box := js[[]float64](v, `(r => [r.left + r.width / 2, r.top + r.height / 2])(document.querySelector("#map").getBoundingClientRect())`)
		return math.Hypot(x-box[0], y-box[1]) < 2
	})
	v.toMap()
}

// line draws a line with the tool that is taken: by clicks, the last one twice, or by keys.
func (v *visitor) line(points ...orb.Point) {
	v.Helper()
	for _, p := range points {
		if v.hands == keyboard {
			v.at(p)
			v.keys(" ")
			continue
		}
		x, y := v.pixel(p[0], p[1])
		v.do(chromedp.MouseEvent(chromedp.MouseMoved, x, y), chromedp.MouseClickXY(x, y))
	}
	if v.hands == keyboard {
		v.keys(kb.Enter)
		return
	}
	x, y := v.pixel(points[len(points)-1][0], points[len(points)-1][1])
	v.do(chromedp.MouseClickXY(x, y))
}

// across is a line from north to south through an area and beyond it.
func across(f *geojson.Feature) (north, south orb.Point) {
	middle, _ := planar.CentroidArea(f.Geometry)
	b := f.Geometry.Bound()
	return orb.Point{middle[0], b.Max[1] + 0.0001}, orb.Point{middle[0], b.Min[1] - 0.0001}
}

// undo and redo, by keys in any case.
func (v *visitor) undo() {
	v.Helper()
	v.toMap()
	v.do(chromedp.KeyEvent("z", chromedp.KeyModifiers(chromedp.ModifierCtrl)))
}

func (v *visitor) redo() {
	v.Helper()
	v.toMap()
	v.do(chromedp.KeyEvent("y", chromedp.KeyModifiers(chromedp.ModifierCtrl)))
}

// becomes waits until the grids of the draft are as they should be.
func (d *drawing) becomes(v *visitor, what string, holds func(all map[string]*geojson.Feature) bool) {
	v.Helper()
	v.eventually(what, func() bool { return holds(d.areas()) })
}

// TestAPlannerRedrawsGrids: every tool, and what the service then holds.
func TestAPlannerRedrawsGrids(t *testing.T) {
	everyone(t, func(t *testing.T, h hands) {
		d := newDrawing(newDemoCity(t))
		d.approve()
		node, codes := d.inner()
		before := d.areas()
		one, other := codes[0], codes[1]
		v := d.open(h, node, 17)

		v.choose(before[one])
		v.tool("node", "e")
		if h == mouse {
			v.drag(node, 24, 18, 6)
		} else {
			v.toMap()
			for range slices.Index(ringOf(before[one]), node) + 1 {
				v.keys("n")
			}
			v.do(chromedp.KeyEvent(kb.ArrowRight, chromedp.KeyModifiers(chromedp.ModifierAlt, chromedp.ModifierShift)))
			v.shows("#plan-said", "10")
			v.keys(kb.Enter)
		}
		d.becomes(v, "the node moved in every area that met there", func(all map[string]*geojson.Feature) bool {
			return !slices.ContainsFunc(codes, func(c string) bool { return has(all[c], node) })
		})
		v.picture("moved")
		v.undo()
		d.becomes(v, "the node is back", func(all map[string]*geojson.Feature) bool { return has(all[one], node) && has(all[other], node) })

		d.takesNodesOut(v, one, other)
		d.drawsABorder(v, one, other)
		if h == mouse {
			d.splitsFreehand(v, one)
		}
		d.closes(v, one, other)

		v.tool("select", "v")
		v.choose(before[one])
		v.tool("split", "s")
		v.line(across(before[one]))
		d.becomes(v, "the area is cut in two", func(all map[string]*geojson.Feature) bool { return len(all) == len(before)+1 })
		v.picture("split")
		v.undo()
		d.becomes(v, "it is whole again", func(all map[string]*geojson.Feature) bool { return len(all) == len(before) })
		v.redo()
		d.becomes(v, "it is cut again", func(all map[string]*geojson.Feature) bool { return len(all) == len(before)+1 })
		v.undo()
		d.becomes(v, "it is whole after all", func(all map[string]*geojson.Feature) bool { return len(all) == len(before) })

		v.tool("select", "v")
		v.choose(before[other])
		v.write("#plan-set-name", "改名网格")
		v.press("#plan-save")
		d.becomes(v, "it has another name", func(all map[string]*geojson.Feature) bool {
			return all[other].Properties.MustString("name") == "改名网格"
		})

		v.tool("merge", "m")
		v.write("#plan-code", one)
		v.keys(kb.Enter)
		v.do(chromedp.WaitVisible(chromedp.CSS("#plan-merge")))
		v.picture("merge")
		v.press("#plan-merge")
		d.becomes(v, "one is left of the two", func(all map[string]*geojson.Feature) bool { return all[one] == nil && all[other] != nil })

		d.givesAway(v)
		if h == mouse {
			d.dragsACommunity(v)
		}
		d.drawsIntoNothing(v)
	})
}

// TestWhatIsHalfDrawnIsOfferedAgain: somebody goes back in the middle of a line.
func TestWhatIsHalfDrawnIsOfferedAgain(t *testing.T) {
	t.Parallel()
	d := newDrawing(newDemoCity(t))
	node, codes := d.inner()
	before := d.areas()
	north, south := across(before[codes[0]])
	v := d.open(mouse, node, 17)
	v.tool("split", "s")
	x, y := v.pixel(north[0], north[1])
	v.do(chromedp.MouseEvent(chromedp.MouseMoved, x, y), chromedp.MouseClickXY(x, y))
	v.eventually("what is drawn is kept", func() bool { return js[bool](v, `localStorage.getItem("gridwarden.half.%s") !== null`, d.draft) })
	v.press("[data-workplace=call]")
	v.eventually("another workplace is open", func() bool { return !js[bool](v, `document.querySelector("#plan-tools") !== null`) })
	v.do(chromedp.NavigateBack())
	v.press("[data-half=go-on]")
	v.do(chromedp.WaitVisible(chromedp.CSS(`[data-tool=split][aria-pressed="true"]`)), chromedp.WaitVisible(chromedp.CSS(`#plan-tools[aria-busy="false"]`)))
	v.line(south)
	d.becomes(v, "the area is cut in two", func(all map[string]*geojson.Feature) bool { return len(all) == len(before)+1 })
	if half := js[bool](v, `localStorage.getItem("gridwarden.half.%s") !== null`, d.draft); half {
		t.Error("what was ended is offered still")
	}
}
