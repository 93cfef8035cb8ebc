package index

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"gridwarden/geo"
	"gridwarden/geo/testsize"
)

// made is a city that is hard to look up in.
type made struct {
	changes *geo.Changes
	clean   bool // its areas do not overlap
}

// madeCities are made by name, each when it is asked for.
func madeCities() map[string]func() made {
	return map[string]func() made{
		"wavy grids of 36 vertices":          func() made { return made{benchCity(testsize.N(20, 120)), true} },
		"grids of 100 m beside large towns":  skewed,
		"multiparts, holes, enclaves, gaps":  func() made { return meshCity(1, 14, 100, geo.Coord{X: -2800, Y: -2800}) },
		"areas of a few units":               func() made { return meshCity(2, 20, 1, geo.Coord{X: -7, Y: 9}) },
		"negative coordinates":               func() made { return meshCity(3, 12, 1<<12, geo.Coord{X: -1 << 30, Y: -1 << 29}) },
		"crooked corners at powers of two":   func() made { return meshCity(4, 9, 1<<22, geo.Coord{X: 1 << 28, Y: 1 << 28}) },
		"edges along powers of two":          powers,
		"the whole world":                    wholeWorld,
		"slivers across half the world":      slivers,
		"a coast of 245,000 vertices":        coast,
		"an archipelago":                     archipelago,
		"many areas meeting at one node":     func() made { return wheel(testsize.N(300, 5000)) },
		"a node on a line between all cells": func() made { return made{wheelAt(geo.Coord{}, 90, 1<<29), true} },
		"overlapping areas":                  overlapping,
		"areas one on another":               stacked,
		"borders an area runs along twice":   twice,
		"enclaves in enclaves":               nested,
	}
}

// zones is a coverage of shapes, their codes in another order than they are made.
func zones(shapes ...geo.MultiPolygon) *geo.Changes {
	c := &geo.Changes{To: position(1), Layers: []geo.Layer{{Name: "zones", Kind: geo.Coverage}}}
	for i, m := range shapes {
		c.Areas = append(c.Areas, &geo.Area{ID: geo.AreaID(i + 1), Layer: "zones", Code: geo.AreaCode(fmt.Sprintf("%02d-%05d", i*7%13, i)), Shape: geo.Shape{Polygons: m}})
	}
	return c
}

func rectangle(x0, y0, x1, y1 int32) geo.Ring {
	return geo.Ring{{X: x0, Y: y0}, {X: x1, Y: y0}, {X: x1, Y: y1}, {X: x0, Y: y1}}
}

func turned(r geo.Ring) geo.Ring {
	r = slices.Clone(r)
	slices.Reverse(r)
	return r
}

// skewed is 100 m grids, the towns of 20 km round them, and a town with a hole for both.
func skewed() made {
	const fine, town = 10_000, 2_000_000
	n := int32(testsize.N(20, 160))
	var all []geo.MultiPolygon
	for i := range n {
		for j := range n {
			all = append(all, geo.MultiPolygon{{rectangle(i*fine, j*fine, (i+1)*fine, (j+1)*fine)}})
		}
	}
	for i := int32(-3); i <= 3; i++ {
		for j := int32(-3); j <= 3; j++ {
			m := geo.MultiPolygon{{rectangle(i*town, j*town, (i+1)*town, (j+1)*town)}}
			if i == 0 && j == 0 {
				m = geo.MultiPolygon{{{{X: 0, Y: n * fine}, {X: n * fine, Y: n * fine}, {X: n * fine, Y: 0}, {X: town, Y: 0}, {X: town, Y: town}, {X: 0, Y: town}}}}
			}
			all = append(all, m)
		}
	}
	return made{zones(all...), true}
}

// meshCity is a crooked chain of two layers of labels strewn at random: areas of many
// parts, with holes, areas in the holes, and gaps.
func meshCity(seed uint64, n int, scale int32, corner geo.Coord) made {
	m := newMesh(random(seed), n, n, 15)
	m.stretch(scale, scale, corner)
	return made{m.chain(3), true}
}

// stretch puts the mesh elsewhere, larger.
func (m *mesh) stretch(x, y int32, corner geo.Coord) {
	for _, column := range m.corners {
		for j, c := range column {
			column[j] = geo.Coord{X: corner.X + c.X*x, Y: corner.Y + c.Y*y}
		}
	}
}

// powers is squares whose sides lie on multiples of powers of two, each half as large as
// the one round it, down to single units.
func powers() made {
	var all []geo.MultiPolygon
	for bits := 28; bits >= 0; bits-- {
		s := int32(1) << bits
		all = append(all,
			geo.MultiPolygon{{rectangle(s, 0, 2*s, s)}}, geo.MultiPolygon{{rectangle(s, s, 2*s, 2*s)}}, geo.MultiPolygon{{rectangle(0, s, s, 2*s)}},
			geo.MultiPolygon{{rectangle(-2*s, -s, -s, 0)}, {rectangle(-s, -2*s, 0, -s)}}, geo.MultiPolygon{{rectangle(-2*s, -2*s, -s, -s)}},
			geo.MultiPolygon{{{{X: -s, Y: s}, {X: 0, Y: s}, {X: -s, Y: 2 * s}}}}, geo.MultiPolygon{{{{X: 0, Y: s}, {X: 0, Y: 2 * s}, {X: -s, Y: 2 * s}}}})
	}
	return made{zones(all...), true}
}

// wholeWorld is a mesh over all longitudes and latitudes, no area wider than a third.
func wholeWorld() made {
	const w, h = 180 * geo.Scale, 90 * geo.Scale
	r := random(5)
	var corners [13][13]geo.Coord
	for i := range corners {
		for j := range corners[i] {
			c := geo.Coord{X: int32(-w + i*(w/6)), Y: int32(-h + j*(h/6))}
			if i > 0 && i < 12 {
				c.X += r.Int32N(w/10) - w/20
			}
			if j > 0 && j < 12 {
				c.Y += r.Int32N(h/10) - h/20
			}
			corners[i][j] = c
		}
	}
	parts := make([]geo.MultiPolygon, 24)
	for i := range 12 {
		for j := range 12 {
			at := i/4*8 + i%2*4 + j%2*2 + r.IntN(2) // parts of an area never share a border
			parts[at] = append(parts[at], geo.Polygon{{corners[i][j], corners[i+1][j], corners[i+1][j+1], corners[i][j+1]}})
		}
	}
	return made{zones(parts...), true}
}

// slivers lie one over another from one end of half the world to the other, some closing
// to a point, some a few units high; and as many upright.
func slivers() made {
	const w = 90 * geo.Scale
	r := random(6)
	var all []geo.MultiPolygon
	left, right := int32(-80*geo.Scale), int32(-80*geo.Scale)
	for left < 0 {
		up, at := r.Int32N(4), r.Int32N(4)
		l, rt := left+up*up*up*(1+r.Int32N(1e6)), right+at*at*at*(1+r.Int32N(1e6))
		if l != left || rt != right {
			ring := geo.Ring{{X: -w, Y: left}, {X: w, Y: right}, {X: w, Y: rt}, {X: -w, Y: l}}
			all = append(all, geo.MultiPolygon{{slices.Compact(ring)}})
		}
		left, right = l, rt
	}
	for i := range int32(200) {
		x := -w + i*3
		all = append(all, geo.MultiPolygon{{{{X: x, Y: 30 * geo.Scale}, {X: x + 3, Y: 30 * geo.Scale}, {X: x + 3 + i, Y: 80 * geo.Scale}, {X: x + i, Y: 80 * geo.Scale}}}})
	}
	return made{zones(all...), false}
}

// fractal bends a path between two points, end left out, ever finer: as crooked as a coast.
func fractal(r *rand.Rand, a, b geo.Coord, depth int) []geo.Coord {
	if depth == 0 {
		return []geo.Coord{a}
	}
	bend := r.Float64()*.5 - .25
	dx, dy := float64(b.X)-float64(a.X), float64(b.Y)-float64(a.Y)
	middle := world(int64(float64(a.X)+dx/2-bend*dy), int64(float64(a.Y)+dy/2+bend*dx))
	return append(fractal(r, a, middle, depth-1), fractal(r, middle, b, depth-1)...)
}

// coast is a mainland with a crooked shore, a lake and islands before it, the sea round
// all, and a town on the shore which has part of its line.
func coast() made {
	r := random(7)
	depth := testsize.N(12, 16)
	from, to := geo.Coord{X: 1_200_000_000, Y: 200_000_000}, geo.Coord{X: 1_240_000_000, Y: 250_000_000}
	shore := fractal(r, from, to, depth+1)
	inland, sea := geo.Coord{X: 1_100_000_000, Y: 260_000_000}, geo.Coord{X: 1_330_000_000, Y: 190_000_000}
	lake := island(r, geo.Coord{X: 1_170_000_000, Y: 236_000_000}, 4_000_000, depth-3)
	cut := len(shore) / 2
	town := geo.Coord{X: 1_180_000_000, Y: 238_000_000}
	mainland := append(slices.Clone(shore[:cut]), shore[cut], town, to, inland)
	townRing := append(slices.Clone(shore[cut:]), to, town)
	water := append(turned(shore), from, sea, to)
	return made{zones(geo.MultiPolygon{{mainland, turned(lake)}}, geo.MultiPolygon{{lake}}, geo.MultiPolygon{{townRing}},
		geo.MultiPolygon{{water}, {island(r, geo.Coord{X: 1_215_000_000, Y: 228_000_000}, 900, 4)}}), false}
}

// island is a closed crooked line round a point.
func island(r *rand.Rand, at geo.Coord, size int32, depth int) (ring geo.Ring) {
	corners := []geo.Coord{{X: at.X - size, Y: at.Y - size}, {X: at.X + size, Y: at.Y - size}, {X: at.X + size, Y: at.Y + size}, {X: at.X - size, Y: at.Y + size}}
	for i, c := range corners {
		ring = append(ring, fractal(r, c, corners[(i+1)%4], depth)...)
	}
	return ring
}

// archipelago is a few areas of hundreds of islands each, of all sizes, far apart.
func archipelago() made {
	r := random(8)
	parts := make([]geo.MultiPolygon, 9)
	for i := range testsize.N(120, 1500) {
		at := geo.Coord{X: -r.Int32N(600_000_000), Y: -r.Int32N(300_000_000)}
		size := 5 + r.IntN(15)
		parts[i%9] = append(parts[i%9], geo.Polygon{island(r, at, 1<<size, r.IntN(size-3))})
	}
	return made{zones(parts...), false}
}

// wheel is n areas round one node.
func wheel(n int) made {
	return made{wheelAt(geo.Coord{X: 1_201_234_567, Y: 302_345_679}, n, 3_000_000), true}
}

func wheelAt(node geo.Coord, n int, radius float64) *geo.Changes {
	rim := func(i int) geo.Coord {
		sin, cos := math.Sincos(2 * math.Pi * float64(i%n) / float64(n))
		return geo.Coord{X: node.X + int32(radius*cos), Y: node.Y + int32(radius*sin)}
	}
	var all []geo.MultiPolygon
	for i := range n {
		all = append(all, geo.MultiPolygon{{{node, rim(i), rim(i + 1)}}})
	}
	return zones(all...)
}

// overlapping is what a database of another program could hold: stars that cross
// themselves and one another, long triangles over everything.
func overlapping() made {
	r := random(9)
	const size = 4_000_000
	var all []geo.MultiPolygon
	for range testsize.N(60, 400) {
		reach := int32(1) << (4 + r.IntN(18))
		at := geo.Coord{X: r.Int32N(size), Y: r.Int32N(size)}
		var ring geo.Ring
		for range 3 + r.IntN(90) {
			ring = append(ring, geo.Coord{X: at.X + r.Int32N(2*reach) - reach, Y: at.Y + r.Int32N(2*reach) - reach})
		}
		all = append(all, geo.MultiPolygon{{ring}})
	}
	for range 20 {
		all = append(all, geo.MultiPolygon{{{{X: -size, Y: r.Int32N(size)}, {X: 2 * size, Y: r.Int32N(size)}, {X: r.Int32N(size), Y: 2 * size}}}})
	}
	return made{zones(all...), false}
}

// stacked is areas drawn one on another, all but a few of them exactly.
func stacked() made {
	var all []geo.MultiPolygon
	for i := range testsize.N(100, 200) {
		all = append(all, geo.MultiPolygon{{rectangle(1_000_000, 1_000_000, 1_100_000, 1_100_000+int32(i%3))}})
	}
	return made{zones(all...), false}
}

// nested is rings in the holes of rings, each hole filled by the next but one.
func nested() made {
	var all []geo.MultiPolygon
	for i := range int32(60) {
		m := geo.MultiPolygon{{rectangle(-3000+i*50, -3000+i*50, 3000-i*50, 3000-i*50)}}
		if i < 59 {
			inner := rectangle(-2950+i*50, -2950+i*50, 2950-i*50, 2950-i*50)
			m[0] = append(m[0], turned(inner))
		}
		if i%7 == 3 {
			continue // a gap in the shape of a ring
		}
		all = append(all, m)
	}
	return made{zones(all...), true}
}

// twice is areas that run along a border of their own twice, which holds nothing but is
// touched: parts side by side, spurs, rings run through again.
func twice() made {
	r := random(10)
	var all []geo.MultiPolygon
	for i := range int32(testsize.N(40, 400)) {
		x, y, s := r.Int32N(1_000_000), r.Int32N(1_000_000), 8+r.Int32N(20_000)
		square := rectangle(x, y, x+s, y+s)
		switch i % 4 {
		case 0:
			all = append(all, geo.MultiPolygon{{square}, {rectangle(x+s, y, x+2*s, y+s)}})
		case 1:
			all = append(all, geo.MultiPolygon{{append(square, geo.Coord{X: x - s/2, Y: y + s/2}, geo.Coord{X: x, Y: y + s})}})
		case 2:
			all = append(all, geo.MultiPolygon{{append(square, square...)}})
		case 3:
			all = append(all, geo.MultiPolygon{{square}})
		}
	}
	return made{zones(all...), false}
}
