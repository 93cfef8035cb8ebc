package plane

import "slices"

// Dissolve joins the faces of each owner to polygons. owners names the owner of each face,
// counted from 0, -1 for none; the unbounded face must have none. The polygons are valid:
// every ring is simple, holes touch rings in points at most, interiors are connected. They
// keep all nodes of their borders, begin each ring at its smallest node, and come in
// order, so equal faces give equal bytes.
func (a *Arrangement) Dissolve(owners []int32, count int) [][]Polygon {
	d := dissolver{Arrangement: a, owners: owners, regions: NewUnion(len(a.Faces))}
	for i := range a.Edges {
		e := &a.Edges[i]
		if owners[e.Left] == owners[e.Right] {
			d.regions.Join(e.Left, e.Right)
		}
	}
	out := make([][]Polygon, count)
	shells := map[Face]int{} // the polygon of each region
	var holes []loop
	d.collect(func(l loop) {
		if l.ring.turn() < 0 {
			holes = append(holes, l)
			return
		}
		shells[l.region] = len(out[l.owner])
		out[l.owner] = append(out[l.owner], Polygon{l.ring})
	})
	for _, h := range holes {
		p := &out[h.owner][shells[h.region]]
		*p = append(*p, h.ring)
	}
	for _, polygons := range out {
		for _, p := range polygons {
			slices.SortFunc(p[1:], compareRings)
		}
		slices.SortFunc(polygons, func(p, q Polygon) int { return compareRings(p[0], q[0]) })
	}
	return out
}

func compareRings(r, s Ring) int { return slices.CompareFunc(r, s, Point.Compare) }

// loop is a simple ring of the border of a region, which is a set of faces of one owner
// joined over edges.
type loop struct {
	owner  int32
	region Face
	ring   Ring
}

// dissolver traces the borders between owners.
type dissolver struct {
	*Arrangement
	owners  []int32
	regions *Union
	seen    []bool
	place   []int32 // of each node in the walk so far; -1 when not in it
}

// border tells whether the half-edge has an owner on its left that is not on its right.
func (d *dissolver) border(h int32) bool {
	o := d.owners[*d.left(h)]
	return o >= 0 && o != d.owners[*d.left(h ^ 1)]
}

// collect calls add for every simple ring of every owner.
func (d *dissolver) collect(add func(loop)) {
	d.seen = make([]bool, len(d.next))
	d.place = slices.Repeat([]int32{-1}, len(d.Nodes))
	for h := range int32(len(d.next)) {
		if d.seen[h] || !d.border(h) {
			continue
		}
		face := *d.left(h)
		d.walk(h, func(r Ring) { add(loop{d.owners[face], d.regions.Find(face), r}) })
	}
}

// walk goes round the border from h and splits it where it returns to a node: each loop
// is a ring of its own.
func (d *dissolver) walk(h int32, add func(Ring)) {
	var way []int32
	split := func(at int32) {
		add(d.ring(way[at:]))
		for _, n := range way[at:] {
			d.place[n] = -1
		}
		way = way[:at]
	}
	for g := h; !d.seen[g]; g = d.onward(g) {
		d.seen[g] = true
		n := d.origin(g)
		if d.place[n] >= 0 {
			split(d.place[n])
		}
		d.place[n] = int32(len(way))
		way = append(way, n)
	}
	split(0)
}

// onward is the next half-edge of the border, staying in the same sector of the owner.
func (d *dissolver) onward(h int32) int32 {
	for h = d.next[h]; !d.border(h); h = d.next[h^1] {
	}
	return h
}

// ring is a loop of nodes as a ring that begins at the smallest.
func (d *dissolver) ring(loop []int32) Ring {
	first := 0
	for i, n := range loop {
		if n < loop[first] {
			first = i
		}
	}
	r := make(Ring, 0, len(loop))
	for _, part := range [][]int32{loop[first:], loop[:first]} {
		for _, n := range part {
			r = append(r, d.Nodes[n])
		}
	}
	return r
}
