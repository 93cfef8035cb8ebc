package coverage

import (
	"context"
	"errors"
	"slices"

	"gridwarden/geo"
	"gridwarden/geo/plane"
)

// fabric is the part of a chain that an edit works on: the builder's machine over areas that
// are on the grid already, so that one arrangement on it says everything.
type fabric struct {
	*builder
	box     geo.Box              // every area that meets it is here
	loose   geo.Box              // edges that meet it may lie in one another's way; all others were rounded together
	frame   geo.MultiPolygon     // stands for upper areas that surround all ground near
	was     [][]geo.MultiPolygon // the shapes of each tier before the edit
	kinship [][]geo.AreaCode     // the parents in each tier before the edit
	rounded *plane.Arrangement   // on geo's grid; drawn is the same on the fine one
	shapes  [][][]plane.Polygon  // of each tier and area, read off rounded
	next    []int32              // who shall hold each face in the lowest tier
	heirs   map[int32]int32      // who gets the ground of areas of the lowest tier that shall end
	parents Parents
	remedy  geo.Said // what to do where parents are in the way
	out     *Redrawn
}

// lines is the tier of pieces that are drawn over the areas.
const lines = int32(-1)

// leastTolerance is how far, in metres, a place may lie off a line through it that was
// rounded to the grid.
const leastTolerance = 0.02

// beyond says that an edit reaches out of the box that was gathered.
type beyond struct{ box geo.Box }

func (*beyond) Error() string { return "the edit reaches further than what was gathered" }

// errFrame says that an edit changes an area that a frame stands for.
var errFrame = errors.New("the edit changes an area whose border was not drawn")

// maxReach is how often an edit may reach further.
const maxReach = 12

// edit gathers the chain in a box, lets do work on it, and tells what became of the areas;
// again with a larger box as long as do or the rounding reach out of it.
func edit(ctx context.Context, near Near, box geo.Box, o EditOptions, do func(*fabric) error) (*Redrawn, error) {
	framed := true
	for range maxReach {
		f, err := gather(ctx, near(box), box, o)
		if err != nil {
			return nil, err
		}
		if framed {
			f.standIn()
		}
		if err = do(f); err == nil {
			err = f.tellRedrawn()
		}
		var further *beyond
		switch {
		case err == nil:
			return f.out, nil
		case errors.Is(err, errFrame):
			framed = false
		case errors.As(err, &further):
			box = box.Union(further.box)
		default:
			return nil, err
		}
	}
	return nil, geo.Errorf(geo.TooLarge, "the edit reaches ever further; do it in smaller parts")
}

// maxEdges is how many edges the areas near an edit may have: more than a city of 90,000
// grids has in all its layers.
const maxEdges = 8_000_000

// gather is the fabric over the areas of a chain near a box.
func gather(ctx context.Context, chain []Layer, box geo.Box, o EditOptions) (*fabric, error) {
	if len(chain) == 0 {
		return nil, geo.Errorf(geo.Invalid, "there is no layer to edit")
	}
	chain = slices.Clone(chain)
	for i := range chain {
		chain[i].Areas = slices.Clone(chain[i].Areas)
	}
	b, err := newBuilder(ctx, chain, Options{Tolerance: max(o.Tolerance, leastTolerance)})
	if err != nil {
		return nil, err
	}
	f := &fabric{builder: b, box: box, loose: geo.EmptyBox(), parents: o.Parents, remedy: howParents, out: &Redrawn{}}
	for _, t := range b.tiers {
		var shapes []geo.MultiPolygon
		var parents []geo.AreaCode
		for i := range t.Areas {
			shapes = append(shapes, t.Areas[i].Shape)
			parents = append(parents, t.Areas[i].Parent)
		}
		f.was, f.kinship = append(f.was, shapes), append(f.kinship, parents)
		t.parents = t.knownParents()
	}
	if n := b.edges(); n > maxEdges {
		return nil, geo.Errorf(geo.TooLarge, "the areas near have %d edges, more than %d; edit a smaller region at once", n, maxEdges)
	}
	return f, nil
}

// standIn lets one frame round all that is drawn stand for the upper areas whose border is
// nowhere near: the ground of the lowest tier that was gathered lies within them. A district
// is drawn with its thousands of vertices only where its border is.
func (f *fabric) standIn() {
	const world, margin = 2_000_000_000, 10 // units
	ground := geo.Box{
		Min: geo.Coord{X: max(f.box.Min.X, -world), Y: max(f.box.Min.Y, -world)},
		Max: geo.Coord{X: min(f.box.Max.X, world), Y: min(f.box.Max.Y, world)},
	}
	for i := range f.tiers[0].Areas {
		ground = ground.Union(boxRound(f.tiers[0].Areas[i].Shape))
	}
	around := ground
	var far []*Area
	for _, t := range f.tiers[1:] {
		for i := range t.Areas {
			if a := &t.Areas[i]; surrounds(a.Shape, ground) {
				far = append(far, a)
			} else {
				around = around.Union(boxRound(a.Shape))
			}
		}
	}
	lo, hi := geo.Coord{X: around.Min.X - margin, Y: around.Min.Y - margin}, geo.Coord{X: around.Max.X + margin, Y: around.Max.Y + margin}
	f.frame = geo.MultiPolygon{{{lo, {X: hi.X, Y: lo.Y}, hi, {X: lo.X, Y: hi.Y}}}}
	for _, a := range far {
		a.Shape = f.frame
	}
}

// framed tells whether the frame stands for an area.
func (f *fabric) framed(a *Area) bool {
	return len(f.frame) > 0 && len(a.Shape) > 0 && &a.Shape[0] == &f.frame[0]
}

// knownParents are the parents that the areas of a tier name.
func (t *tier) knownParents() []int32 {
	parents := make([]int32, len(t.Areas))
	for i := range parents {
		parents[i] = none
		if t.upper == nil {
			continue
		}
		if p, known := t.upper.index[t.Areas[i].Parent]; known {
			parents[i] = p
		}
	}
	return parents
}

// reach fails with [beyond] unless a box has been gathered.
func (f *fabric) reach(b geo.Box) error {
	if b.IsEmpty() || f.box.Contains(b.Min) && f.box.Contains(b.Max) {
		return nil
	}
	return &beyond{b}
}

// begin adds an area that has no ground yet.
func (f *fabric) begin(t *tier, code geo.AreaCode, parent int32) int32 {
	area := int32(len(t.Areas))
	t.Areas = append(t.Areas, Area{Code: code})
	t.index[code] = area
	t.parents = append(t.parents, parent)
	f.was[t.number] = append(f.was[t.number], nil)
	f.kinship[t.number] = append(f.kinship[t.number], "")
	return area
}

// drawAll draws all areas, and what draw adds to them, and gives every face its owners.
func (f *fabric) drawAll(add func(*plane.Drawing)) error {
	d := plane.NewDrawing(f.edges())
	f.drawAreas(d, coarse)
	if add != nil {
		add(d)
	}
	rounded, err := d.Arrange(f.ctx, 1)
	if errors.Is(err, plane.ErrTangled) {
		return geo.Errorf(geo.Invalid, "what is drawn crosses the borders in far too many places; draw one plain line")
	}
	if err != nil {
		return err
	}
	fineNodes := *rounded
	fineNodes.Nodes = make([]plane.Point, len(rounded.Nodes))
	for i, n := range rounded.Nodes {
		fineNodes.Nodes[i] = plane.Point{X: n.X * step, Y: n.Y * step}
	}
	f.rounded, f.drawn, f.shapes = rounded, &fineNodes, nil
	for _, t := range f.tiers {
		t.claimers = f.claimers(t)
		t.owners = make([]int32, len(rounded.Faces))
		for face, set := range rounded.Faces {
			c := t.claimers[set]
			if t.owners[face] = c.owner; c.all != nil {
				t.owners[face] = t.smallest(c.all)
			}
		}
		t.owners[0] = none
	}
	f.next = slices.Clone(f.tiers[0].owners)
	return nil
}

// drawAreas draws all areas, each polygon as a piece, on the grid that the points are of.
func (f *fabric) drawAreas(d *plane.Drawing, point func(geo.Coord) plane.Point) {
	f.pieces = f.pieces[:0]
	for _, t := range f.tiers {
		for n := range t.Areas {
			for _, p := range t.Areas[n].Shape {
				f.drawArea(d, p, point)
				f.pieces = append(f.pieces, piece{int32(t.number), int32(n), 0})
			}
		}
	}
}

// drawArea draws a polygon of the fabric as the next piece.
func (f *fabric) drawArea(d *plane.Drawing, p geo.Polygon, point func(geo.Coord) plane.Point) {
	set := d.Sets.Of(int32(len(f.pieces)))
	for _, r := range p {
		a := r[len(r)-1]
		for _, b := range r {
			if f.loose.Intersects(geo.EmptyBox().Extend(a).Extend(b)) {
				d.Edge(point(a), point(b), set)
			} else {
				d.Rounded(point(a), point(b), set)
			}
			a = b
		}
	}
}

// drawLine draws lines as the next piece and tells its number.
func (f *fabric) drawLine(d *plane.Drawing, drawn ...[]geo.Coord) int32 {
	n := int32(len(f.pieces))
	set := d.Sets.Of(n)
	f.pieces = append(f.pieces, piece{tier: lines})
	for _, line := range drawn {
		for i := range line[1:] {
			d.Edge(coarse(line[i]), coarse(line[i+1]), set)
		}
	}
	return n
}

// having tells of each set of pieces whether a piece is in it.
func (f *fabric) having(piece int32) []bool {
	is := make([]bool, f.rounded.Sets.Len())
	for s := range is {
		is[s] = slices.Contains(f.rounded.Sets.Pieces(plane.Set(s)), piece)
	}
	return is
}

func coarse(c geo.Coord) plane.Point { return plane.Point{X: int64(c.X), Y: int64(c.Y)} }
func onGrid(p plane.Point) geo.Coord { return geo.Coord{X: int32(p.X), Y: int32(p.Y)} }

// read reads the areas off the arrangement, once.
func (f *fabric) read() [][][]plane.Polygon {
	if f.shapes == nil {
		for _, t := range f.tiers {
			f.shapes = append(f.shapes, f.rounded.Dissolve(t.owners, len(t.Areas)))
		}
	}
	return f.shapes
}

// tellRedrawn tells which areas changed. It fails with [beyond] when something did outside
// the box: there may be areas that nobody looked at.
func (f *fabric) tellRedrawn() error {
	touched := geo.EmptyBox()
	f.out.Layers, f.out.Ended = make([][]Built, len(f.tiers)), make([][]geo.AreaCode, len(f.tiers))
	for n, shapes := range f.read() {
		t := f.tiers[n]
		for i, s := range shapes {
			now := Built{Code: t.Areas[i].Code, Parent: f.kinship[n][i], Shape: f.was[n][i]}
			if p := t.parents[i]; p != none {
				now.Parent = t.upper.code(p)
			}
			drawn, framed := now.Shape, f.framed(&t.Areas[i])
			if framed {
				drawn = f.frame
			}
			stays := same(s, drawn)
			switch {
			case stays:
			case framed:
				return errFrame
			default:
				now.Shape = onGridShape(s)
				touched = touched.Union(changed(f.was[n][i], now.Shape))
			}
			switch {
			case len(now.Shape) == 0 && len(f.was[n][i]) > 0:
				f.out.Ended[n] = append(f.out.Ended[n], now.Code)
			case len(now.Shape) > 0 && (!stays || now.Parent != f.kinship[n][i]):
				f.out.Layers[n] = append(f.out.Layers[n], now)
			}
		}
	}
	return f.reach(touched)
}
