package coverage

import (
	"context"
	"math"
	"slices"

	"github.com/paulmach/orb"

	"gridwarden/geo"
	"gridwarden/geo/plane"
)

// maxLooks is how often LocalFaults looks again because a gap goes on beyond what it saw.
const maxLooks = 3

// LocalFaults judges the areas near a box as [Check] judges all, and notes besides spikes and
// parts that are cut off from the rest of their area. It tells what meets the box; a gap that
// goes on for more than ten times the size of the box is left out. What it costs depends on
// the areas near the box.
func LocalFaults(ctx context.Context, near Near, box geo.Box) ([]geo.Fault, error) {
	seen := box
	for look := 1; ; look++ {
		f, err := gather(ctx, withGround(near(seen), seen), seen, EditOptions{})
		if err != nil {
			return nil, err
		}
		f.standIn()
		f.loose, f.options.Tolerance = box, 0
		far, err := f.judgeNear(box)
		if err != nil {
			return nil, err
		}
		if !far || look == maxLooks {
			return f.result.Faults, nil
		}
		seen = grown(seen)
	}
}

// withGround is a chain without the upper areas that have no ground where the lowest ones or
// the box are: their boxes only reach there, and a frame that stands for those that do would
// lie over them.
func withGround(chain []Layer, box geo.Box) []Layer {
	chain = slices.Clone(chain)
	for i, l := range chain {
		if i == 0 {
			for _, a := range l.Areas {
				box = box.Union(boxRound(a.Shape))
			}
			continue
		}
		chain[i].Areas = slices.DeleteFunc(slices.Clone(l.Areas), func(a Area) bool {
			return !(&geo.Shape{Polygons: a.Shape}).Meets(box)
		})
	}
	return chain
}

// grown is a box three times as wide and high, and a hundred metres at least.
func grown(b geo.Box) geo.Box {
	const margin = 10_000
	width, height := max(int64(b.Max.X)-int64(b.Min.X), margin), max(int64(b.Max.Y)-int64(b.Min.Y), margin)
	clamp := func(v int64) int32 { return int32(max(math.MinInt32, min(math.MaxInt32, v))) }
	return geo.Box{
		Min: geo.Coord{X: clamp(int64(b.Min.X) - width), Y: clamp(int64(b.Min.Y) - height)},
		Max: geo.Coord{X: clamp(int64(b.Max.X) + width), Y: clamp(int64(b.Max.Y) + height)},
	}
}

// judgeNear tells the faults that meet a box, and whether a gap there goes on beyond what was
// gathered.
func (f *fabric) judgeNear(box geo.Box) (far bool, err error) {
	if err := f.drawExactly(); err != nil {
		return false, err
	}
	for _, step := range []func() error{f.judgeLowest, f.findUnmatched, f.claimAsStored, f.nestUpward} {
		if err := step(); err != nil {
			return false, err
		}
	}
	f.result.Faults = slices.DeleteFunc(f.result.Faults, func(fault geo.Fault) bool {
		return !boundOf(fault).Intersects(box)
	})
	far = f.tellGapsIn(box)
	f.tellIslands(box)
	f.tellSpikes(box)
	return far, f.ctx.Err()
}

// boundOf is the box of a fault.
func boundOf(f geo.Fault) geo.Box {
	box := geo.EmptyBox()
	extend := func(p orb.Point) {
		if c, err := geo.CoordOf(p[0], p[1]); err == nil {
			box = box.Extend(c)
		}
	}
	extend(f.At)
	for _, polygon := range f.Outline {
		for _, p := range polygon[0] {
			extend(p)
		}
	}
	return box
}

// drawExactly draws all areas on the fine grid, where faults show as they are.
func (f *fabric) drawExactly() error {
	d := plane.NewDrawing(f.edges())
	f.drawAreas(d, fine)
	drawn, err := d.Arrange(f.ctx, 1)
	if err != nil {
		return err
	}
	f.drawn = drawn
	for _, t := range f.tiers {
		t.claimers = f.claimers(t)
	}
	return nil
}

// judgeLowest judges the rings of the lowest tier; those above are made of them.
func (f *fabric) judgeLowest() error {
	lowest := *f.builder
	lowest.tiers = f.tiers[:1]
	return lowest.judgeShapes()
}

// claimAsStored gives faces to their owners and areas their parents, and closes nothing.
func (f *fabric) claimAsStored() error {
	for i, t := range f.tiers {
		f.claimOwn(t)
		if i > 0 {
			f.findParents(f.tiers[i-1])
		}
	}
	return f.ctx.Err()
}

// tellGapsIn notes the gaps that meet a box. Ground beyond the box of areas that were not
// gathered looks like a gap but does not meet it. A gap that goes on beyond what was gathered
// is not told.
func (f *fabric) tellGapsIn(box geo.Box) (far bool) {
	for _, t := range f.tiers {
		gaps := f.regions(func(face plane.Face) int32 {
			switch {
			case t.owners[face] != none:
				return none
			case t.upper == nil:
				return 0
			}
			return t.upper.owners[face] + 1
		})
		for i := range gaps.list {
			r := &gaps.list[i]
			ground := geo.Shape{Polygons: geo.MultiPolygon{r.onGrid()}}
			if !ground.Meets(box) {
				continue
			}
			if f.reach(ground.Box()) != nil {
				far = true
				continue
			}
			f.tellGap(t, r)
		}
	}
	return far
}

// onGrid is the region on geo's grid.
func (r *region) onGrid() geo.Polygon {
	out := make(geo.Polygon, len(r.shape))
	for i, ring := range r.shape {
		for _, p := range ring {
			out[i] = append(out[i], coord(p))
		}
	}
	return out
}

// tellIslands notes parts that are cut off from the largest part of their area and meet a
// box.
func (f *fabric) tellIslands(box geo.Box) {
	for _, t := range f.tiers {
		for i := range t.Areas {
			shape := t.Areas[i].Shape
			if len(shape) < 2 {
				continue
			}
			largest := slices.MaxFunc(shape, func(p, q geo.Polygon) int {
				return int(min(1, max(-1, unitsOf(p)-unitsOf(q))))
			})
			for _, p := range shape {
				if part := (geo.Shape{Polygons: geo.MultiPolygon{p}}); &p[0][0] != &largest[0][0] && part.Meets(box) {
					f.tellIsland(t, int32(i), &region{shape: fineShape(p)})
				}
			}
		}
	}
}

// unitsOf is twice the ground of a polygon in square units.
func unitsOf(p geo.Polygon) (sum int64) {
	for _, r := range p {
		sum += r.SignedArea2()
	}
	return sum
}

func (f *fabric) tellIsland(t *tier, area int32, r *region) {
	island := f.fault(geo.FaultIsland, t, r, area)
	island.Message = geo.Say("a part of %s is cut off from the rest: %s", named(t.Name, t.code(area)), extent(island))
	f.tell(island)
}

// A spike is a corner sharper than this, on sides longer than that in metres.
const (
	spikeAngle = 3 * math.Pi / 180
	spikeSide  = 0.2
)

// tellSpikes notes the spikes of borders of the lowest tier in a box, each once for all areas
// that have it.
func (f *fabric) tellSpikes(box geo.Box) {
	t := f.tiers[0]
	spikes := map[[3]geo.Coord]*geo.Fault{}
	var order []*geo.Fault
	for i := range t.Areas {
		for _, p := range t.Areas[i].Shape {
			for _, r := range p {
				for k, at := range r {
					before, after := r[(k+len(r)-1)%len(r)], r[(k+1)%len(r)]
					if !box.Contains(at) || !sharp(before, at, after) {
						continue
					}
					if before.Compare(after) > 0 {
						before, after = after, before
					}
					key := [3]geo.Coord{before, at, after}
					if spikes[key] == nil {
						spikes[key] = spikeOf(t, key)
						order = append(order, spikes[key])
					}
					spikes[key].Areas = append(spikes[key].Areas, t.code(int32(i)))
				}
			}
		}
	}
	for _, s := range order {
		slices.Sort(s.Areas)
		s.Message = geo.Say("the border of %s runs out and back in a spike at %s", named(t.Name, s.Areas...), place(s.At))
		s.Remedy = geo.Say("move or delete that node")
		f.tell(*s)
	}
}

// spikeOf is the fault of a spike, by its place and corners.
func spikeOf(t *tier, corners [3]geo.Coord) *geo.Fault {
	tip := fine(corners[1])
	r := region{shape: plane.Polygon{{fine(corners[0]), tip, fine(corners[2])}}}
	if plane.Orient(r.shape[0][0], tip, r.shape[0][2]) < 0 {
		slices.Reverse(r.shape[0])
	}
	s := r.size()
	return &geo.Fault{Kind: geo.FaultSpike, Layer: t.Name, At: degrees(tip), Width: s.width, Area: s.area, Outline: r.outline()}
}

// sharp tells whether a corner is a spike.
func sharp(a, at, b geo.Coord) bool {
	frame := geo.FrameAt(at)
	ax, ay := frame.XY(a)
	bx, by := frame.XY(b)
	if math.Hypot(ax, ay) < spikeSide || math.Hypot(bx, by) < spikeSide {
		return false
	}
	return math.Abs(math.Atan2(ax*by-ay*bx, ax*bx+ay*by)) < spikeAngle
}
