package democity

import (
	"context"
	"fmt"

	"gridwarden/geo"
)

// roadClass is a class of road: how far from its centre line it still answers, and
// whether the city or the district keeps it.
type roadClass struct {
	name, suffix string
	reach        int
	municipal    bool
}

var roadClasses = []roadClass{
	{"主干路", "大道", 60, true},
	{"支路", "巷", 20, false},
	{"次干路", "路", 35, false},
	{"支路", "街", 20, false},
}

// roads writes the line layer: every third line of the lattice carries a road, cut where
// it passes from one district to another, whose companies keep their own stretches.
func (w *writer) roads(context.Context) error {
	out, err := createFeatures(w.path("roads.geojson"))
	if err != nil {
		return err
	}
	defer out.discard()
	l := w.city.lattice
	for row := 1; row <= l.rows; row += 3 {
		if err := w.road(out, node{0, row}, east, l.cols, row/3, fmt.Sprintf("H%03d", row)); err != nil {
			return err
		}
	}
	for col := 1; col <= l.cols; col += 3 {
		if err := w.road(out, node{col, l.rows}, north, l.rows, col/3, fmt.Sprintf("Z%03d", col)); err != nil {
			return err
		}
	}
	w.manifest.Roads = out.count
	return out.done()
}

// road writes the stretches of the road that goes from n through the given number of
// edges. Where no grid lies beside it there is none.
func (w *writer) road(out *features, n node, h heading, edges, number int, code string) error {
	c := w.city
	class := roadClasses[number%len(roadClasses)]
	var name string
	var line []geo.Coord
	stretch, district := 0, int32(-1)
	for range edges + 1 {
		here := c.districtBeside(n, h)
		if here != district && len(line) > 0 {
			line = append(line, c.lattice.place(n).coord())
			if name == "" {
				name = c.names.next(class.suffix)
			}
			stretch++
			p := properties{Code: fmt.Sprintf("%s-%d", code, stretch), Name: name, Class: class.name, Side: "both", Reach: class.reach}
			p.Department = "SZ-" + c.districts[district].code
			if class.municipal {
				p.Department = "CG-SZ"
			}
			if err := out.lineString(p, line); err != nil {
				return err
			}
			line = line[:0]
		}
		if here >= 0 {
			line = c.lattice.appendEdge(line, n, h)
		}
		district, n = here, n.step(h)
	}
	return nil
}

// districtBeside is the district of a cell beside the edge that leaves n eastward or
// northward, the southern or western first; -1 when both are outside the city.
func (c *city) districtBeside(n node, h heading) int32 {
	beside := [2]cell{{n.col, n.row}, {n.col, n.row - 1}}
	if h == north {
		beside = [2]cell{{n.col - 1, n.row - 1}, {n.col, n.row - 1}}
	}
	for _, at := range beside {
		if d, ok := c.district[at]; ok {
			return d
		}
	}
	return -1
}
