package coverage

import (
	"context"
	"math"
	"slices"

	"github.com/paulmach/orb"

	"gridwarden/geo"
	"gridwarden/geo/plane"
)

// halves are the codes of the parts of an area while it is being split.
var halves = [2]geo.AreaCode{"\x00first", "\x00second"}

// Split cuts an area of the lowest layer in two along a line, which may stop short of its
// border by the tolerance and go on beyond it. The parts come west before east where they lie
// more beside than above one another, else north before south. What lay apart from the rest
// of the area before goes with the nearer part. The area is among the ended, the parts are not
// among the redrawn; neighbours that got a node at an end of the line are.
//
// It fails (Invalid, NotFound, Conflict) where the line crosses itself, misses the area,
// stops inside it, runs along its border, leaves a hole, or cuts it into more than two.
func Split(ctx context.Context, near Near, code geo.AreaCode, line orb.LineString, o EditOptions) ([]geo.MultiPolygon, *Redrawn, error) {
	drawn, err := lineOf(line)
	if err != nil {
		return nil, nil, err
	}
	out, err := edit(ctx, near, boxAlong(drawn, o), o, func(f *fabric) error { return f.split(code, drawn) })
	if err != nil {
		return nil, nil, err
	}
	var parts []geo.MultiPolygon
	out.Layers[0] = slices.DeleteFunc(out.Layers[0], func(b Built) bool {
		is := slices.Contains(halves[:], b.Code)
		if is {
			parts = append(parts, b.Shape)
		}
		return is
	})
	if !before(parts[0], parts[1]) {
		slices.Reverse(parts)
	}
	return parts, out, nil
}

// before tells whether a comes before b in the order of the standard: west to east, then
// north to south.
func before(a, b geo.MultiPolygon) bool {
	frame := geo.FrameAt(a[0][0][0])
	ax, ay := centre(frame, a)
	bx, by := centre(frame, b)
	if math.Abs(ax-bx) >= math.Abs(ay-by) {
		return ax < bx
	}
	return ay > by
}

// centre is the centre of gravity of a shape in metres.
func centre(frame geo.Frame, m geo.MultiPolygon) (x, y float64) {
	var sum, sumX, sumY float64
	eachStretch(m, func(s stretch) {
		px, py := frame.XY(s[0])
		qx, qy := frame.XY(s[1])
		w := px*qy - py*qx
		sum, sumX, sumY = sum+w, sumX+w*(px+qx), sumY+w*(py+qy)
	})
	return sumX / (3 * sum), sumY / (3 * sum)
}

func (f *fabric) split(code geo.AreaCode, drawn []geo.Coord) error {
	t := f.tiers[0]
	area, known := t.index[code]
	if !known {
		return geo.Errorf(geo.Invalid, "the line misses %s; draw it across, from border to border", named(t.Name, code))
	}
	if err := f.reach(boxRound(t.Areas[area].Shape)); err != nil {
		return err // all of it is told anew
	}
	c := cutter{fabric: f, area: area, name: named(t.Name, code)}
	drawn, err := f.newSnapper().line(drawn, false)
	if err != nil {
		return err
	}
	if err := f.drawAll(func(d *plane.Drawing) { c.line = f.drawLine(d, drawn) }); err != nil {
		return err
	}
	c.cut()
	if err := c.judge(drawn); err != nil {
		return err
	}
	parent := t.parents[area]
	numbers := [2]int32{f.begin(t, halves[0], parent), f.begin(t, halves[1], parent)}
	f.heirs = map[int32]int32{area: numbers[0]}
	for face, owner := range t.owners {
		if owner == area {
			f.next[face] = numbers[c.half(plane.Face(face))]
		}
	}
	return f.carryOut(c.line)
}

// cutter cuts one area along a line.
type cutter struct {
	*fabric
	area    int32
	name    geo.Said
	line    int32
	whole   *plane.Union // faces of the area that hung together
	is      *plane.Union // those that do beside the line
	parts   []plane.Face // of those the line cut, in order
	inside  int          // edges of the line with the area on both sides
	along   int          // with the area on one side
	nearest map[plane.Face]int
}

// cut finds what hangs together before and after the cut.
func (c *cutter) cut() {
	owners, onLine := c.tiers[0].owners, c.having(c.line)
	c.whole, c.is = plane.NewUnion(len(owners)), plane.NewUnion(len(owners))
	c.nearest = map[plane.Face]int{}
	for _, e := range c.rounded.Edges {
		left, right := owners[e.Left] == c.area, owners[e.Right] == c.area
		switch {
		case left && right:
			c.whole.Join(e.Left, e.Right)
			if onLine[e.Set] {
				c.inside++
			} else {
				c.is.Join(e.Left, e.Right)
			}
		case onLine[e.Set] && left != right:
			c.along++
		}
	}
	pieces := map[plane.Face][]plane.Face{}
	for face, owner := range owners {
		if p := plane.Face(face); owner == c.area && c.is.Find(p) == p {
			of := c.whole.Find(p)
			pieces[of] = append(pieces[of], p)
		}
	}
	for _, p := range pieces {
		if len(p) > 1 {
			c.parts = append(c.parts, p...)
		}
	}
	slices.Sort(c.parts)
}

// judge fails unless the line cuts the area in two parts.
func (c *cutter) judge(line []geo.Coord) error {
	switch n := len(c.parts); {
	case n > 2:
		return geo.Errorf(geo.Invalid, "the line cuts %s into %d parts; draw one that cuts it into two", c.name, n)
	case n == 2:
		return c.judgeParts()
	case c.inside > 0:
		return c.stopsShort(line)
	case c.along > 0:
		return geo.Errorf(geo.Invalid, "the line runs along the border of %s and cuts nothing; draw it across, from border to border", c.name)
	}
	return geo.Errorf(geo.Invalid, "the line misses %s; draw it across, from border to border", c.name)
}

// stopsShort says which end of the line lies inside the area.
func (c *cutter) stopsShort(line []geo.Coord) error {
	shape := c.tiers[0].Areas[c.area].Shape
	for _, end := range [...]geo.Coord{line[0], line[len(line)-1]} {
		if inside, onEdge := shape.Locate(end); !inside || onEdge {
			continue
		}
		off := math.Inf(1)
		eachStretch(shape, func(s stretch) {
			d, _ := geo.FrameAt(end).ToSegment(s[0], s[1])
			off = min(off, d)
		})
		return geo.Errorf(geo.Invalid, "the line stops inside %s at %s, %s from its border; draw it on to the border, or give a tolerance above that", c.name, end, geo.InMetres(off))
	}
	return geo.Errorf(geo.Invalid, "the line does not cut %s; draw it across, from border to border", c.name)
}

// judgeParts fails when one part would be a hole in the other, or narrower than the
// tolerance.
func (c *cutter) judgeParts() error {
	owners := c.tiers[0].owners
	outer := map[plane.Face]bool{}
	for _, e := range c.rounded.Edges {
		if left, right := owners[e.Left] == c.area, owners[e.Right] == c.area; left != right {
			outer[c.is.Find(e.Left)], outer[c.is.Find(e.Right)] = true, true
		}
	}
	parts := c.regions(func(face plane.Face) int32 {
		if owners[face] == c.area && slices.Contains(c.parts, c.is.Find(face)) {
			return c.is.Find(face)
		}
		return none
	})
	for i := range parts.list {
		r := &parts.list[i]
		if !outer[c.is.Find(r.faces[0])] {
			return geo.Errorf(geo.Invalid, "the line would leave a hole in %s; draw it across, from border to border", c.name)
		}
		if r.narrow(c.options.Tolerance) {
			return geo.Errorf(geo.Invalid, "the line runs along the border of %s: one part would be only %s wide; draw it across, or give a smaller tolerance", c.name, geo.InMetres(r.size().width))
		}
	}
	return nil
}

// half is which of the two parts a face goes to: its own, or the nearer one.
func (c *cutter) half(face plane.Face) int {
	part := c.is.Find(face)
	if i := slices.Index(c.parts, part); i >= 0 {
		return i
	}
	if _, known := c.nearest[part]; !known {
		c.nearest[part] = c.nearer(part)
	}
	return c.nearest[part]
}

// nearer is the part that is nearer to one that lay apart before.
func (c *cutter) nearer(island plane.Face) int {
	owners := c.tiers[0].owners
	var at plane.Point
	off := [2]float64{math.Inf(1), math.Inf(1)}
	for _, find := range []bool{true, false} {
		for _, e := range c.rounded.Edges {
			for _, face := range [...]plane.Face{e.Left, e.Right} {
				if owners[face] != c.area {
					continue
				}
				part := c.is.Find(face)
				if find && part == island {
					at = c.rounded.Nodes[e.From]
				}
				if i := slices.Index(c.parts, part); !find && i >= 0 {
					d, _ := geo.FrameAt(onGrid(at)).ToSegment(onGrid(c.rounded.Nodes[e.From]), onGrid(c.rounded.Nodes[e.To]))
					off[i] = min(off[i], d)
				}
			}
		}
	}
	if off[1] < off[0] {
		return 1
	}
	return 0
}
