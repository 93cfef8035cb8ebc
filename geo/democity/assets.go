package democity

import (
	"context"
	"iter"
	"math"

	"gridwarden/geo"
)

// assets writes assets.csv, grid by grid and row by row.
func (w *writer) assets(ctx context.Context) error {
	f, err := create(w.path("assets.csv"))
	if err != nil {
		return err
	}
	defer f.discard()
	if _, err := f.WriteString("id,category,name,lon,lat,state,authority,owner,maintainer,grid\n"); err != nil {
		return err
	}
	s := newSurvey(w.city)
	total, grids, wrote := w.size.Assets, len(w.city.lattice.cells), 0
	for i, g := range w.city.grids() {
		if err := ctx.Err(); err != nil {
			return err
		}
		s.enter(g)
		count := due(i+1, grids, total) - wrote
		for k := range count {
			if _, err := f.Write(s.row(k, count)); err != nil {
				return geo.Errorf(geo.Unavailable, "cannot write the demo city: %w", err)
			}
			wrote++
		}
	}
	w.manifest.AssetCount, w.manifest.Misplaced = total, s.misplaced
	return f.done()
}

// due is how many of all assets stand in the first n of so many grids: on the whole
// equally many in each, but up to 70 % more or fewer in one.
func due(n, grids, total int) int {
	if n == grids {
		return total
	}
	share := float64(total) / float64(grids)
	return max(0, min(total, int(share*(float64(n)+0.8*math.Sin(0.9*float64(n))))))
}

// grid is a unit grid with the areas it lies in.
type grid struct {
	cell      cell
	code      string
	community *area
	district  int
}

// grids gives every unit grid, in the order of codes.
func (c *city) grids() iter.Seq2[int, grid] {
	return func(yield func(int, grid) bool) {
		n := 0
		for i := range c.communities {
			m := &c.communities[i]
			for sequence, at := range m.cells {
				if !yield(n, grid{at, m.gridCode(sequence), m, int(c.district[at])}) {
					return
				}
				n++
			}
		}
	}
}
