package index

import (
	"cmp"
	"math/rand/v2"
	"slices"

	"gridwarden/geo"
)

// probes makes points where a look-up could go wrong: anywhere, at vertices, on and beside
// borders, and where borders cross the lines between cells of any directory.
type probes struct {
	random   *rand.Rand
	box      geo.Box     // of all areas and a little round it
	vertices []geo.Coord // each once
	shared   []stretch   // the edges that two areas have, else all
}

func newProbes(seed uint64, areas []*geo.Area) *probes {
	p := &probes{random: random(seed), box: geo.EmptyBox()}
	var edges []stretch
	for _, a := range areas {
		eachEdge(a, func(e stretch) {
			p.vertices = append(p.vertices, e.a)
			if e.a.Compare(e.b) > 0 {
				e.a, e.b = e.b, e.a
			}
			edges = append(edges, e)
		})
	}
	slices.SortFunc(p.vertices, geo.Coord.Compare)
	p.vertices = slices.Compact(p.vertices)
	for _, v := range p.vertices {
		p.box = p.box.Extend(v)
	}
	w, h := int64(p.box.Max.X)-int64(p.box.Min.X), int64(p.box.Max.Y)-int64(p.box.Min.Y)
	p.box = p.box.Extend(world(int64(p.box.Min.X)-w/50-2, int64(p.box.Min.Y)-h/50-2)).
		Extend(world(int64(p.box.Max.X)+w/50+2, int64(p.box.Max.Y)+h/50+2))
	slices.SortFunc(edges, func(a, b stretch) int { return cmp.Or(a.a.Compare(b.a), a.b.Compare(b.b)) })
	for i := 1; i < len(edges); i++ {
		if edges[i] == edges[i-1] && (len(p.shared) == 0 || p.shared[len(p.shared)-1] != edges[i]) {
			p.shared = append(p.shared, edges[i])
		}
	}
	if len(p.shared) == 0 {
		p.shared = edges
	}
	return p
}

// world is the coordinate nearest to x, y that lies in the world.
func world(x, y int64) geo.Coord {
	return geo.Coord{X: int32(max(-180*geo.Scale, min(x, 180*geo.Scale))), Y: int32(max(-90*geo.Scale, min(y, 90*geo.Scale)))}
}

func (p *probes) between(from, to int32) int64 {
	return int64(from) + p.random.Int64N(int64(to)-int64(from)+1)
}

// anywhere is a point in the box.
func (p *probes) anywhere() geo.Coord {
	return world(p.between(p.box.Min.X, p.box.Max.X), p.between(p.box.Min.Y, p.box.Max.Y))
}

// vertex is one of the vertices, or a unit beside it.
func (p *probes) vertex() geo.Coord { return p.beside(p.vertices[p.random.IntN(len(p.vertices))]) }

// beside is a point or, as often, one that touches it.
func (p *probes) beside(c geo.Coord) geo.Coord {
	if p.random.IntN(2) == 0 {
		return c
	}
	return world(int64(c.X)+p.random.Int64N(3)-1, int64(c.Y)+p.random.Int64N(3)-1)
}

func (p *probes) edge() stretch { return p.shared[p.random.IntN(len(p.shared))] }

// onBorder is a point exactly on a shared border where that has whole units between its
// ends; ok is false where it has none.
func (p *probes) onBorder() (c geo.Coord, ok bool) {
	e := p.edge()
	dx, dy := int64(e.b.X)-int64(e.a.X), int64(e.b.Y)-int64(e.a.Y)
	n := divisor(dx, dy)
	if n < 2 {
		return e.a, false
	}
	k := 1 + p.random.Int64N(n-1)
	return world(int64(e.a.X)+dx/n*k, int64(e.a.Y)+dy/n*k), true
}

// divisor is the greatest of two numbers.
func divisor(a, b int64) int64 {
	for b != 0 {
		a, b = b, a%b
	}
	return max(a, -a)
}

// nearBorder is a point interpolated on a shared border, to the unit, or beside that.
func (p *probes) nearBorder() geo.Coord {
	e := p.edge()
	t := p.random.Float64()
	dx, dy := float64(e.b.X)-float64(e.a.X), float64(e.b.Y)-float64(e.a.Y)
	return p.beside(world(int64(float64(e.a.X)+t*dx), int64(float64(e.a.Y)+t*dy)))
}

// onCellLine is where a border crosses a line that a directory may draw: a multiple of a
// power of two, counted from zero or from the corner of the box.
func (p *probes) onCellLine() geo.Coord {
	e := p.edge()
	var from geo.Coord
	if p.random.IntN(2) == 0 {
		from = p.vertices[0]
	}
	bits := 2 + p.random.IntN(24)
	if p.random.IntN(2) == 0 {
		x := line(p.between(min(e.a.X, e.b.X), max(e.a.X, e.b.X)), int64(from.X), bits)
		return p.beside(world(x, int64(e.a.Y)+along(x-int64(e.a.X), int64(e.b.Y)-int64(e.a.Y), int64(e.b.X)-int64(e.a.X))))
	}
	y := line(p.between(min(e.a.Y, e.b.Y), max(e.a.Y, e.b.Y)), int64(from.Y), bits)
	return p.beside(world(int64(e.a.X)+along(y-int64(e.a.Y), int64(e.b.X)-int64(e.a.X), int64(e.b.Y)-int64(e.a.Y)), y))
}

// line is the multiple of 2^bits from a start at or below a number.
func line(at, from int64, bits int) int64 { return (at-from)>>bits<<bits + from }

// along is part × rise ÷ run, 0 for no run.
func along(part, rise, run int64) int64 {
	if run == 0 {
		return 0
	}
	return int64(float64(part) * float64(rise) / float64(run))
}
