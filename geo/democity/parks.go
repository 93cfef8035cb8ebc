package democity

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"gridwarden/geo"
)

// parks writes the overlay: parks and greens as they lie, over any border. Every third
// reaches into the one before; large ones have a lake, which is a hole.
func (w *writer) parks(context.Context) error {
	out, err := createFeatures(w.path("parks.geojson"))
	if err != nil {
		return err
	}
	defer out.discard()
	c := w.city
	count := max(3, len(c.lattice.cells)/110)
	var before vec
	for i := range count {
		r := random(ofPark, i)
		at := c.lattice.cells[r.IntN(len(c.lattice.cells))]
		centre, radius := c.lattice.place(node(at)), 60+200*r.Float64()*r.Float64()
		if i%3 == 2 {
			centre = vec{before.x + 0.7*radius, before.y + 0.5*radius}
		}
		before = centre
		p := properties{
			Code:       fmt.Sprintf("GY-%04d", i+1),
			Name:       c.names.next([]string{"公园", "绿地", "花园"}[i%3]),
			Department: "YL-" + c.districts[c.district[at]].code,
		}
		shore := blob(centre, radius, r)
		rings := [][]geo.Coord{coords(shore, centre, 1)}
		if radius > 150 {
			p.Department = "YL"
			lake := coords(shore, centre, 0.4)
			slices.Reverse(lake)
			rings = append(rings, lake)
		}
		if err := out.polygon(p, rings...); err != nil {
			return err
		}
	}
	w.manifest.Parks = count
	return out.done()
}

// blob is a rounded outline, counter-clockwise, that any line from its centre crosses once.
func blob(centre vec, radius float64, r *rand.Rand) []vec {
	const n = 48
	stretch := 0.75 + 0.6*r.Float64()
	three, five := 2*math.Pi*r.Float64(), 2*math.Pi*r.Float64()
	outline := make([]vec, n)
	for i := range outline {
		a := 2 * math.Pi * float64(i) / n
		d := radius * (1 + 0.16*math.Sin(3*a+three) + 0.07*math.Sin(5*a+five))
		outline[i] = vec{centre.x + d*stretch*math.Cos(a), centre.y + d/stretch*math.Sin(a)}
	}
	return outline
}

// coords is the outline drawn smaller towards its centre by the given factor.
func coords(outline []vec, centre vec, factor float64) []geo.Coord {
	ring := make([]geo.Coord, len(outline))
	for i, v := range outline {
		ring[i] = vec{centre.x + factor*(v.x-centre.x), centre.y + factor*(v.y-centre.y)}.coord()
	}
	return ring
}
