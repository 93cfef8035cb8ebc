package index

import "gridwarden/geo"

const (
	runEdges = 16 // edges in one run
	fan      = 8  // boxes under one box above
)

// run is a stretch of consecutive edges of one ring or line, with its box.
type run struct {
	box   geo.Box
	path  []geo.Coord // part of the shape itself, edges between neighbours
	line  int32       // which line of the shape
	first int32       // the place of path[0] in that line
	start float64     // metres along all lines up to path[0]; 0 for rings
}

// outline is every edge of a shape in runs, and boxes over boxes of runs, in the order of
// the ring: neighbours on a ring are neighbours on the ground, so no tree need be built.
// It takes about four bytes for each edge.
type outline struct {
	runs []run
	tops [][]geo.Box // tops[0] over the runs, each next over the one before
}

func newOutline(s *geo.Shape) *outline {
	o := &outline{}
	for _, polygon := range s.Polygons {
		for _, ring := range polygon {
			if len(ring) > 0 {
				o.add(ring, 0)
				o.add([]geo.Coord{ring[len(ring)-1], ring[0]}, 0)
			}
		}
	}
	for i, line := range s.Lines {
		o.add(line, int32(i))
	}
	if len(s.Lines) > 0 {
		o.measure()
	}
	o.raise()
	return o
}

// add cuts a path into runs; neighbouring runs share a vertex.
func (o *outline) add(path []geo.Coord, line int32) {
	for from := 0; from+1 < len(path); from += runEdges {
		part := path[from:min(from+runEdges+1, len(path))]
		box := geo.EmptyBox()
		for _, c := range part {
			box = box.Extend(c)
		}
		o.runs = append(o.runs, run{box: box, path: part, line: line, first: int32(from)})
	}
}

// measure gives each run its start in metres, the lines taken end to end.
func (o *outline) measure() {
	sum := 0.0
	for i := range o.runs {
		o.runs[i].start = sum
		sum += pathMetres(o.runs[i].path)
	}
}

// raise builds the boxes over the runs until a handful is left at the top.
func (o *outline) raise() {
	below := make([]geo.Box, len(o.runs))
	for i := range o.runs {
		below[i] = o.runs[i].box
	}
	for len(below) > fan {
		above := make([]geo.Box, 0, (len(below)+fan-1)/fan)
		for from := 0; from < len(below); from += fan {
			box := geo.EmptyBox()
			for _, b := range below[from:min(from+fan, len(below))] {
				box = box.Union(b)
			}
			above = append(above, box)
		}
		o.tops = append(o.tops, above)
		below = above
	}
}

// visit calls do for every run whose box, like those above it, is wanted.
func (o *outline) visit(want func(*geo.Box) bool, do func(*run)) {
	if top := len(o.tops) - 1; top >= 0 {
		o.descend(top, 0, len(o.tops[top]), want, do)
		return
	}
	o.descend(-1, 0, len(o.runs), want, do)
}

func (o *outline) descend(level, from, to int, want func(*geo.Box) bool, do func(*run)) {
	if level < 0 {
		for i := from; i < min(to, len(o.runs)); i++ {
			if r := &o.runs[i]; want(&r.box) {
				do(r)
			}
		}
		return
	}
	boxes := o.tops[level]
	for i := from; i < min(to, len(boxes)); i++ {
		if want(&boxes[i]) {
			o.descend(level-1, i*fan, (i+1)*fan, want, do)
		}
	}
}

// locate is [geo.MultiPolygon.Locate] with the runs left out that lie wholly above, below
// or west of p.
func (o *outline) locate(p geo.Coord) (inside, onEdge bool) {
	o.visit(
		func(b *geo.Box) bool { return b.Min.Y <= p.Y && p.Y <= b.Max.Y && p.X <= b.Max.X },
		func(r *run) {
			a := r.path[0]
			for _, b := range r.path[1:] {
				crosses, on := geo.RayMeets(a, b, p)
				inside = inside != crosses
				onEdge = onEdge || on
				a = b
			}
		})
	return inside, onEdge
}

func (o *outline) bytes() int64 {
	n := int64(len(o.runs)) * 64
	for _, t := range o.tops {
		n += int64(len(t)) * 16
	}
	return n
}
