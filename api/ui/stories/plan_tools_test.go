package stories

import (
	"math"
	"net/url"
	"slices"
	"strings"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/paulmach/orb"
	"github.com/paulmach/orb/geo"
	"github.com/paulmach/orb/geojson"
	"github.com/paulmach/orb/planar"
)

// piece is a piece of border, from a node to the next, as the first of two areas runs along it.
type piece struct {
	of, beyond string // beyond: empty where no area lies
	from, to   orb.Point
}

func (p piece) middle() orb.Point { return geo.Midpoint(p.from, p.to) }

// beside is a place so many metres to the right of the middle: where beyond lies.
func (p piece) beside(metres float64) orb.Point {
	return geo.PointAtBearingAndDistance(p.middle(), geo.Bearing(p.from, p.to)+90, metres)
}

// pieces are all pieces of border, each of both sides, the longest first.
func pieces(all map[string]*geojson.Feature) []piece {
	whose := map[[2]orb.Point]string{}
	for code, f := range all {
		ring := ringOf(f)
		for i := range ring[1:] {
			whose[[2]orb.Point{ring[i], ring[i+1]}] = code
		}
	}
	var found []piece
	for ends, code := range whose {
		found = append(found, piece{code, whose[[2]orb.Point{ends[1], ends[0]}], ends[0], ends[1]})
	}
	slices.SortFunc(found, func(a, b piece) int {
		return int(math.Copysign(1, geo.Distance(b.from, b.to)-geo.Distance(a.from, a.to)))
	})
	return found
}

// pieceOf is the longest piece of border that is as asked.
func (d *drawing) pieceOf(all map[string]*geojson.Feature, is func(piece) bool) piece {
	d.Helper()
	found := pieces(all)
	i := slices.IndexFunc(found, is)
	if i < 0 {
		d.Fatal("no border of the city is as it should be")
	}
	return found[i]
}

// nears tells whether an area has a node within two metres of a place.
func nears(f *geojson.Feature, place orb.Point) bool {
	return f != nil && slices.ContainsFunc(ringOf(f), func(p orb.Point) bool { return geo.Distance(p, place) < 2 })
}

// walk goes to a node of an area by keys: from none, the first is the first of its ring.
func (v *visitor) walk(f *geojson.Feature, node orb.Point) {
	v.Helper()
	v.toMap()
	v.keys("v", "e")
	for range slices.Index(ringOf(f), node) + 1 {
		v.keys("n")
	}
}

// takesNodesOut takes two nodes out of the border between two areas, and puts one in where
// they were. The first area is chosen, and the tool for nodes taken.
func (d *drawing) takesNodesOut(v *visitor, one, other string) {
	d.Helper()
	before := d.areas()
	ring := ringOf(before[one])[1:]
	i := slices.IndexFunc(ring, func(p orb.Point) bool { return !has(before[other], p) })
	ring = slices.Concat(ring[i:], ring[:i])
	i = slices.IndexFunc(ring, func(p orb.Point) bool { return has(before[other], p) }) // where the two begin to touch
	from, first, second, to := ring[i], ring[i+1], ring[i+2], ring[i+3]
	for _, node := range []orb.Point{first, second} {
		if v.hands == keyboard {
			v.walk(d.area(one), node)
			v.keys(kb.Delete)
		} else {
			x, y := v.pixel(node[0], node[1])
			v.do(chromedp.MouseClickXY(x, y, chromedp.ButtonRight))
		}
		d.becomes(v, "the node is gone from both", func(all map[string]*geojson.Feature) bool { return !has(all[one], node) && !has(all[other], node) })
		v.atRest()
	}
	middle := geo.Midpoint(from, to)
	if v.hands == keyboard {
		v.walk(d.area(one), from)
		v.keys("i")
	} else {
		x, y := v.pixel(middle[0], middle[1])
		v.do(chromedp.MouseClickXY(x, y))
	}
	d.becomes(v, "there is another node on both sides", func(all map[string]*geojson.Feature) bool {
		return nears(all[one], middle) && nears(all[other], middle)
	})
	v.atRest()
}

// atRest waits until the page knows that an edit was done.
func (v *visitor) atRest() {
	v.Helper()
	v.do(chromedp.WaitNotPresent(chromedp.CSS("#panel progress")))
}

// drawsABorder lets the border between two areas run along a line, and undoes it.
func (d *drawing) drawsABorder(v *visitor, one, other string) {
	d.Helper()
	before := d.areas()
	p := d.pieceOf(before, func(p piece) bool { return p.of == one && p.beyond == other })
	bulge := p.beside(12)
	v.tool("select", "v")
	v.choose(before[one])
	v.chooseByCode(other)
	v.tool("border", "b")
	v.line(p.from, bulge, p.to)
	d.becomes(v, "the border runs along the line, on both sides", func(all map[string]*geojson.Feature) bool {
		return nears(all[one], bulge) && nears(all[other], bulge) && planar.Area(all[one].Geometry) > planar.Area(before[one].Geometry)
	})
	v.picture("border")
	v.undo()
	d.becomes(v, "the border is back", func(all map[string]*geojson.Feature) bool { return !nears(all[one], bulge) })
}

// splitsFreehand cuts an area with the button held down, from beside one border to beside
// another: the ends are drawn onto the borders. It undoes it. Without a mouse lines are
// drawn point by point.
func (d *drawing) splitsFreehand(v *visitor, code string) {
	d.Helper()
	before := d.areas()
	v.tool("select", "v")
	v.choose(before[code])
	v.tool("split", "s")
	v.press("#plan-freehand")
	ring := ringOf(before[code])
	west, east := crossings(ring)
	x, y := v.pixel(west[0], west[1])
	toX, toY := v.pixel(east[0], east[1])
	const off = 5 // pixels
	v.freehand(x-off, y, toX+off, toY)
	d.becomes(v, "the area is cut freehand", func(all map[string]*geojson.Feature) bool { return len(all) == len(before)+1 })
	for _, end := range d.lastLine() {
		if far := planar.DistanceFrom(orb.LineString(ring), end); far > 1e-6 {
			d.Errorf("the line ends at %v, %g° off the border", end, far)
		}
	}
	v.press("#plan-freehand")
	v.undo()
	d.becomes(v, "it is whole again", func(all map[string]*geojson.Feature) bool { return len(all) == len(before) })
}

// freehand draws with the button held down and a hand that trembles.
func (v *visitor) freehand(x, y, toX, toY float64) {
	v.Helper()
	const steps = 16
	left := chromedp.ButtonLeft
	v.do(chromedp.MouseEvent(chromedp.MouseMoved, x, y), chromedp.MouseEvent(chromedp.MousePressed, x, y, left, chromedp.ClickCount(1)))
	for i := 1; i <= steps; i++ {
		share := float64(i) / steps
		v.do(chromedp.MouseEvent(chromedp.MouseMoved, x+(toX-x)*share, y+(toY-y)*share+float64(i%2), left))
	}
	v.do(chromedp.MouseEvent(chromedp.MouseReleased, toX, toY, left, chromedp.ClickCount(1)))
}

// crossings are where a line from west to east through the middle of a ring crosses it: the
// places furthest apart.
func crossings(ring orb.Ring) (west, east orb.Point) {
	middle, _ := planar.CentroidArea(ring)
	west, east = orb.Point{math.Inf(1), middle[1]}, orb.Point{math.Inf(-1), middle[1]}
	for i := range ring[1:] {
		a, b := ring[i], ring[i+1]
		if (a[1] > middle[1]) == (b[1] > middle[1]) {
			continue
		}
		x := a[0] + (b[0]-a[0])*(middle[1]-a[1])/(b[1]-a[1])
		west[0], east[0] = min(west[0], x), max(east[0], x)
	}
	return west, east
}

// lastLine are the ends of the line of the newest edit.
func (d *drawing) lastLine() []orb.Point {
	d.Helper()
	var done struct {
		Edits []struct{ Edit struct{ Line []orb.Point } }
	}
	d.ask("GET", "/v1/drafts/"+url.PathEscape(d.draft)+"/edits?limit=1000", nil, 200, &done)
	line := done.Edits[len(done.Edits)-1].Edit.Line
	return []orb.Point{line[0], line[len(line)-1]}
}

// approve enters the documents without which borders above the grids may not move.
func (d *drawing) approve() {
	d.Helper()
	paper := map[string]any{"document": "民函〔2026〕12号", "body": "区人民政府", "date": "2026-06-01", "effective_day": "2026-07-01", "file_sha256": strings.Repeat("0", 64)}
	for _, layer := range []string{"communities", "streets", "districts"} {
		d.ask("PUT", "/v1/drafts/"+url.PathEscape(d.draft)+"/approvals/"+layer, paper, 200, nil)
	}
}

// betweenCommunities is a piece of border where those of two communities run, too.
func (d *drawing) betweenCommunities() piece {
	d.Helper()
	all := d.areas()
	return d.pieceOf(all, func(p piece) bool { return p.beyond != "" && parentOf(all[p.of]) != parentOf(all[p.beyond]) })
}

// dragsACommunity moves a node where communities meet: their borders are drawn with it, and
// follow when that is answered. It undoes it.
func (d *drawing) dragsACommunity(v *visitor) {
	d.Helper()
	p := d.betweenCommunities()
	grids := 0
	for _, f := range d.areas() {
		if has(f, p.from) {
			grids++
		}
	}
	v.foresees("409")
	v.at(p.middle())
	v.tool("select", "v")
	v.choose(d.area(p.of))
	v.tool("node", "e")
	v.drag(p.from, 9, 7, 6)
	v.do(chromedp.WaitVisible(chromedp.CSS("#send-follow")))
	frames := v.dragged()
	if len(frames) == 0 || frames[len(frames)-1].Areas < float64(grids+2) {
		d.Errorf("of %d grids and their communities, a frame draws %v", grids, frames)
	}
	v.press("#send-follow")
	d.becomes(v, "the node moved", func(all map[string]*geojson.Feature) bool { return !has(all[p.of], p.from) })
	v.atRest()
	v.undo()
	d.becomes(v, "the node is back", func(all map[string]*geojson.Feature) bool { return has(all[p.of], p.from) })
}

// givesAway gives an area to the community beside it, and undoes it.
func (d *drawing) givesAway(v *visitor) {
	d.Helper()
	before, p := d.areas(), d.betweenCommunities()
	to := parentOf(before[p.beyond])
	v.at(p.middle())
	v.tool("select", "v")
	v.choose(before[p.of])
	v.tool("give", "g")
	if v.hands == keyboard {
		v.write("#plan-parent", to)
	} else {
		v.point(p.beside(20)[0], p.beside(20)[1])
		v.eventually("the community is that of the area clicked", func() bool { return js[string](v, `document.querySelector("#plan-parent").value`) == to })
	}
	v.picture("give")
	v.press("#plan-give")
	children := func(all map[string]*geojson.Feature) (n int) {
		for _, f := range all {
			if parentOf(f) == to {
				n++
			}
		}
		return n
	}
	d.becomes(v, "the area is of another community, under a code of that", func(all map[string]*geojson.Feature) bool {
		return all[p.of] == nil && len(all) == len(before) && children(all) == children(before)+1
	})
	v.undo()
	d.becomes(v, "it is of its own again", func(all map[string]*geojson.Feature) bool {
		return all[p.of] != nil && children(all) == children(before)
	})
}

// closes ends an area, whose ground goes to a neighbour, and undoes it.
func (d *drawing) closes(v *visitor, one, other string) {
	d.Helper()
	before := d.areas()
	v.tool("select", "v")
	v.choose(before[one])
	v.tool("close", "c")
	if v.hands == keyboard {
		v.write("#plan-close-into", other)
	} else {
		inside, _ := planar.CentroidArea(before[other].Geometry)
		v.point(inside[0], inside[1])
		v.eventually("the heir is the one clicked", func() bool { return js[string](v, `document.querySelector("#plan-close-into").value`) == other })
	}
	v.press("#plan-close")
	d.becomes(v, "its ground is the neighbour's", func(all map[string]*geojson.Feature) bool {
		both := planar.Area(before[one].Geometry) + planar.Area(before[other].Geometry)
		return all[one] == nil && math.Abs(planar.Area(all[other].Geometry)-both) < both/1e6
	})
	v.undo()
	d.becomes(v, "it is there again", func(all map[string]*geojson.Feature) bool { return all[one] != nil })
}

// drawsIntoNothing draws an area where no area is, beside the city. Its community grows with
// it, which is asked first.
func (d *drawing) drawsIntoNothing(v *visitor) {
	d.Helper()
	before := d.areas()
	p := d.pieceOf(before, func(p piece) bool { return p.beyond == "" })
	v.foresees("409")
	v.at(p.middle())
	v.tool("draw", "d")
	v.write("#plan-new-name", "新画网格")
	v.write("#plan-parent", parentOf(before[p.of]))
	v.line(p.from, p.to, p.beside(30))
	v.press("#send-follow")
	d.becomes(v, "there is a new area, on the same nodes", func(all map[string]*geojson.Feature) bool {
		for code, f := range all {
			if before[code] == nil {
				return f.Properties.MustString("name") == "新画网格" && has(f, p.from) && has(f, p.to)
			}
		}
		return false
	})
	v.picture("drawn")
	v.undo()
	d.becomes(v, "it is gone", func(all map[string]*geojson.Feature) bool { return len(all) == len(before) })
}
