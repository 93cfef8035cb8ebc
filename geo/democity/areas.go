package democity

import (
	"context"

	"gridwarden/geo"
)

// areas writes the four nested layers, highest first.
func (w *writer) areas(ctx context.Context) error {
	c := w.city
	w.manifest.Districts, w.manifest.Streets = len(c.districts), len(c.streets)
	w.manifest.Communities, w.manifest.Grids = len(c.communities), len(c.lattice.cells)
	for _, level := range []struct {
		file  string
		areas []area
		owner map[cell]int32
	}{
		{"districts.geojson", c.districts, c.district},
		{"streets.geojson", c.streets, c.street},
		{"communities.geojson", c.communities, c.community},
	} {
		if err := w.level(level.file, level.areas, level.owner); err != nil {
			return err
		}
	}
	return w.grids(ctx)
}

func (w *writer) level(name string, areas []area, owner map[cell]int32) error {
	out, err := createFeatures(w.path(name))
	if err != nil {
		return err
	}
	defer out.discard()
	for i, a := range areas {
		ring := w.city.lattice.outline(a.cells, func(c cell) bool {
			o, ok := owner[c]
			return ok && o == int32(i)
		})
		p := properties{Code: a.code, Name: a.name, Department: a.department, Parent: a.parent}
		if err := out.polygon(p, ring); err != nil {
			return err
		}
	}
	return out.done()
}

func (w *writer) grids(ctx context.Context) error {
	out, err := createFeatures(w.path("grids.geojson"))
	if err != nil {
		return err
	}
	defer out.discard()
	var ring []geo.Coord
	for _, m := range w.city.communities {
		if err := ctx.Err(); err != nil {
			return err
		}
		for i, c := range m.cells {
			code := m.gridCode(i)
			p := properties{Code: code, Name: m.name + code[12:] + "网格", Department: w.city.estate(c), Parent: m.code}
			ring = w.city.lattice.ring(ring[:0], c)
			if err := out.polygon(p, ring); err != nil {
				return err
			}
		}
	}
	return out.done()
}

// estate is who answers for a grid itself: a property manager in one of fifteen, else
// nobody, so that its community or street answers.
func (c *city) estate(at cell) string {
	r := random(ofCell, c.lattice.index(node(at)))
	if r.IntN(15) > 0 {
		return ""
	}
	return []string{"WY-1", "WY-2", "WY-3"}[r.IntN(3)]
}
