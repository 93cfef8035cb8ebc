package main

import (
	"context"
	"fmt"
	"text/tabwriter"

	"gridwarden/api"
	"gridwarden/geo"
	"gridwarden/geo/index"
	"gridwarden/geo/simplify"
)

// checkTiles judges how the borders of coverages are drawn at each zoom. Its exit code is
// the answer: 0 as near as is said and the same from both sides, 1 not.
func checkTiles(ctx context.Context, c *call) error {
	layer := c.flags.String("layer", "", "check this coverage `LAYER` only")
	from := c.flags.String("snapshot", "", "read the state from a snapshot, `DIR` or URL, instead of the database")
	if err := c.parseAlone(); err != nil {
		return err
	}
	view, _, err := c.viewToExport(ctx, *from, api.When{})
	if err != nil {
		return err
	}
	layers, err := coverages(view, geo.LayerName(*layer))
	if err != nil {
		return err
	}
	broken := 0
	for _, n := range layers {
		drawings, err := c.judge(ctx, view, n)
		if err != nil {
			return err
		}
		broken += c.tellDrawings(n, drawings)
	}
	if broken > 0 {
		return geo.Errorf(geo.Faulty, "%s not drawn as near as is said, or not the same from both sides", counted(broken, "zoom of a layer is", "zooms of layers are"))
	}
	fmt.Fprintf(c.out, "checked %s at %d zooms: every border is drawn the same from both sides, as near as is said\n",
		counted(len(layers), "coverage", "coverages"), simplify.EveryVertex+1)
	return nil
}

// coverages are the layers whose borders are drawn together: all, or the one named.
func coverages(view *index.Snapshot, only geo.LayerName) (names []geo.LayerName, err error) {
	if only != "" {
		if err := hasLayer(view.Layers(), only); err != nil {
			return nil, err
		}
		if l, _ := view.Layer(only); l.Kind != geo.Coverage {
			return nil, usagef("the areas of layer %s share no borders; only coverages are checked", only)
		}
		return []geo.LayerName{only}, nil
	}
	for _, l := range view.Layers() {
		if l.Kind == geo.Coverage {
			names = append(names, l.Name)
		}
	}
	return names, nil
}

// judge looks at a layer at every zoom.
func (c *call) judge(ctx context.Context, view *index.Snapshot, n geo.LayerName) (all []simplify.Drawing, err error) {
	p := c.counter("checking layer "+string(n), "zooms")
	defer p.done()
	judge := simplify.NewJudge(view.Drawn(n, view.Bounds(n)))
	for zoom := range simplify.EveryVertex + 1 {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		all = append(all, judge.At(zoom))
		p.add(1)
	}
	return all, nil
}

// tellDrawings tells what was found of a layer, and gives the number of zooms at which it is
// not what it should be.
func (c *call) tellDrawings(n geo.LayerName, drawings []simplify.Drawing) (broken int) {
	fmt.Fprintf(c.out, "layer %s: %s, %s of the outline\n", n, counted(drawings[0].Vertices, "vertex", "vertices"), counted(drawings[0].Outline, "edge", "edges"))
	w := tabwriter.NewWriter(c.out, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, "zoom\tvertices drawn\t\tfurthest off\t\tat most\tedges of two areas\tnot the same from both sides\t")
	for _, d := range drawings {
		fmt.Fprintf(w, "%d\t%d\t%.1f %%\t%.2f units\t%s\t%.2f units\t%d\t%d\t\n", d.Zoom, d.Drawn, 100*float64(d.Drawn)/float64(max(d.Vertices, 1)),
			d.Units, geo.InMetres(d.Metres), simplify.Displaced(d.Zoom), d.Edges, d.Unmatched)
		if !d.Holds() {
			broken++
		}
	}
	_ = w.Flush() // c.out tells its own errors
	return broken
}
