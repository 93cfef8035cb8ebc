package simplify

import (
	"iter"
	"math"

	"gridwarden/geo"
)

// Judge looks at a coverage as it is drawn. It reckons anew, from the shapes and the zooms
// alone.
type Judge struct {
	areas iter.Seq2[*geo.Area, []uint8]
	open  map[edge]int // the edges that have not an area on each side
}

// Drawing is what a coverage looks like at a zoom.
type Drawing struct {
	Zoom      int
	Vertices  int     // all there are
	Outline   int     // edges there are with an area on one side only
	Drawn     int     // of them
	Units     float64 // the greatest distance of any vertex from the line drawn in its place, in units of a tile
	Metres    float64 // the greatest in metres; that may be another vertex's
	Edges     int     // drawn between two areas, from both sides
	Unmatched int     // drawn by one area where the one on the other side draws another
}

// Holds tells whether a drawing is as near as was said, and a coverage.
func (d *Drawing) Holds() bool {
	const rounding = 1e-6 // of numbers
	return d.Units <= Displaced(d.Zoom)+rounding && d.Unmatched == 0
}

// edge is from one vertex to another that is not less.
type edge struct{ a, b geo.Coord }

// count notes an edge, as often as it is gone along one way more than the other.
func count(edges map[edge]int, a, b geo.Coord) {
	way := 1
	if a.Compare(b) > 0 {
		a, b, way = b, a, -1
	}
	if n := edges[edge{a, b}] + way; n == 0 {
		delete(edges, edge{a, b})
	} else {
		edges[edge{a, b}] = n
	}
}

// NewJudge is the judge of the areas of one coverage, each with its zooms, which are gone
// through once here and once for each drawing.
func NewJudge(areas iter.Seq2[*geo.Area, []uint8]) *Judge {
	j := &Judge{areas: areas, open: map[edge]int{}}
	for a := range areas {
		for _, polygon := range a.Shape.Polygons {
			for _, ring := range polygon {
				for i, c := range ring {
					count(j.open, c, ring[(i+1)%len(ring)])
				}
			}
		}
	}
	return j
}

// At judges the drawing at a zoom.
func (j *Judge) At(zoom int) Drawing {
	d := drawing{Judge: j, edges: map[edge]int{}, scale: math.Exp2(float64(zoom + extentBits)), widest: Unit(zoom, 0)}
	d.Zoom, d.Outline = zoom, len(j.open)
	for a, zooms := range j.areas {
		for _, polygon := range a.Shape.Polygons {
			for _, ring := range polygon {
				d.ring(ring, zooms[:len(ring)])
				zooms = zooms[len(ring):]
			}
		}
	}
	for _, n := range d.edges {
		d.Unmatched += max(n, -n)
	}
	return d.Drawing
}

// drawing is one in the making.
type drawing struct {
	Drawing
	*Judge
	scale   float64      // units the world is wide
	widest  float64      // metres of a unit on the equator
	edges   map[edge]int // drawn so far, between two areas
	kept    []int        // the places of the vertices drawn
	stretch []geo.Coord  // from one of them to the next
}

func (d *drawing) ring(ring geo.Ring, zooms []uint8) {
	d.kept = d.kept[:0]
	for i, from := range zooms {
		if int(from) <= d.Zoom {
			d.kept = append(d.kept, i)
		}
	}
	d.Vertices += len(ring)
	d.Drawn += len(d.kept)
	for k, from := range d.kept {
		to := d.kept[0] + len(ring)
		if k+1 < len(d.kept) {
			to = d.kept[k+1]
		}
		d.stretch = d.stretch[:0]
		for i := from; i <= to; i++ {
			d.stretch = append(d.stretch, ring[i%len(ring)])
		}
		d.edge(d.stretch)
	}
}

// edge looks at what is drawn as one edge.
func (d *drawing) edge(path []geo.Coord) {
	a, b := path[0], path[len(path)-1]
	d.measure(path)
	for i := 1; i < len(path); i++ {
		from, to := path[i-1], path[i]
		if from.Compare(to) > 0 {
			from, to = to, from
		}
		if d.open[edge{from, to}] != 0 {
			return // the outline of the coverage, which nobody else draws
		}
	}
	if a != b {
		d.Edges++
		count(d.edges, a, b)
	}
}

// measure takes the distances of all vertices on the path from the edge drawn, whose ends
// are on the grid.
func (d *drawing) measure(path []geo.Coord) {
	ax, ay := d.place(path[0])
	bx, by := d.place(path[len(path)-1])
	ax, ay, bx, by = math.Round(ax), math.Round(ay), math.Round(bx), math.Round(by)
	dx, dy := bx-ax, by-ay
	for _, c := range path {
		x, y := d.place(c)
		along := 0.0
		if length := dx*dx + dy*dy; length > 0 {
			along = max(0, min(1, ((x-ax)*dx+(y-ay)*dy)/length))
		}
		units := math.Hypot(x-ax-along*dx, y-ay-along*dy)
		d.Units = max(d.Units, units)
		if units*d.widest > d.Metres {
			d.Metres = max(d.Metres, units*Unit(d.Zoom, c.Lat()))
		}
	}
}

// place is where c lies on the map, in units.
func (d *drawing) place(c geo.Coord) (x, y float64) {
	y = math.Asinh(math.Tan(c.Lat()*math.Pi/180)) / (2 * math.Pi)
	return c.Lon() / 360 * d.scale, max(-1, min(y, 1)) * d.scale
}
