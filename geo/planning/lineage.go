package planning

import (
	"cmp"
	"context"
	"math"
	"reflect"
	"slices"

	"gridwarden/geo"
	"gridwarden/geo/plane"
)

const (
	lineageStep = 1000 // fine units in one of geo's: where borders cross, to a hundredth of a millimetre
	narrowest   = 0.02 // metres: narrower strips are the rounding of nodes put into a border
)

// Lineage tells what became of ground that changes hands: of every layer, which ground of
// the areas before is that of which areas after, in square metres and in shares of both. An
// area that keeps some of its ground descends from itself by that much; one whose ground
// only it ever had is not told. Areas that stay as they are need not be given. Lines have no
// ground. The descents come by layer, from, to.
func Lineage(ctx context.Context, was, is []*geo.Area) ([]geo.Descent, error) {
	layers := map[geo.LayerName]*heritage{}
	of := func(a *geo.Area) *heritage {
		h := layers[a.Layer]
		if h == nil {
			h = &heritage{was: map[geo.AreaCode]*geo.Area{}, is: map[geo.AreaCode]*geo.Area{}}
			layers[a.Layer] = h
		}
		return h
	}
	for _, a := range was {
		of(a).was[a.Code] = a
	}
	for _, a := range is {
		of(a).is[a.Code] = a
	}
	var all []geo.Descent
	for name, h := range layers {
		descents, err := h.descents(ctx, name)
		if err != nil {
			return nil, err
		}
		all = append(all, descents...)
	}
	slices.SortFunc(all, func(a, b geo.Descent) int {
		return cmp.Or(cmp.Compare(a.Layer, b.Layer), cmp.Compare(a.From, b.From), cmp.Compare(a.To, b.To))
	})
	return all, nil
}

// heritage is the areas of a layer before and after.
type heritage struct{ was, is map[geo.AreaCode]*geo.Area }

// passage is ground that goes from one area to another; "" is none.
type passage struct{ from, to geo.AreaCode }

func (h *heritage) descents(ctx context.Context, layer geo.LayerName) ([]geo.Descent, error) {
	for code, a := range h.was {
		if b := h.is[code]; b != nil && reflect.DeepEqual(a.Shape, b.Shape) {
			delete(h.was, code)
			delete(h.is, code)
		}
	}
	grounds, err := h.overlay(ctx, overlaid)
	if err != nil {
		return nil, err
	}
	before, after := map[geo.AreaCode]float64{}, map[geo.AreaCode]float64{}
	moved := map[geo.AreaCode]bool{}
	for p, m2 := range grounds {
		before[p.from] += m2
		after[p.to] += m2
		if p.from != p.to {
			moved[p.from], moved[p.to] = true, true
		}
	}
	var all []geo.Descent
	for p, m2 := range grounds {
		if p.from == p.to && !moved[p.from] {
			continue
		}
		d := geo.Descent{Layer: layer, From: p.from, To: p.to, SquareMetres: m2}
		if p.from != "" {
			d.ShareFrom = min(m2/before[p.from], 1)
		}
		if p.to != "" {
			d.ShareTo = min(m2/after[p.to], 1)
		}
		all = append(all, d)
	}
	return all, nil
}

// overlaid is how many areas are laid over one another at a time, so that a whole layer
// takes little memory.
const overlaid = 20_000

// ground is what an area has before or after.
type ground struct {
	code  geo.AreaCode
	after bool
	shape *geo.Shape
	box   plane.Box
}

// overlay lays the areas after over those before, so many at once, and sums the ground that
// goes from each to each.
func (h *heritage) overlay(ctx context.Context, atOnce int) (map[passage]float64, error) {
	var all []ground
	for i, areas := range []map[geo.AreaCode]*geo.Area{h.was, h.is} {
		for code, a := range areas {
			b := a.Shape.Box()
			all = append(all, ground{code, i == 1, &a.Shape, plane.Box{MinX: int64(b.Min.X), MinY: int64(b.Min.Y), MaxX: int64(b.Max.X), MaxY: int64(b.Max.Y)}})
		}
	}
	beside(all, atOnce)
	boxes := make([]plane.Box, len(all))
	for i := range all {
		boxes[i] = all[i].box
	}
	tree, grounds := plane.Pack(boxes), map[passage]float64{}
	for first := 0; first < len(all); first += atOnce {
		if err := sum(ctx, all, tree, first, min(first+atOnce, len(all)), grounds); err != nil {
			return nil, err
		}
	}
	return grounds, nil
}

// beside orders grounds so that so many that follow one another lie near each other.
func beside(all []ground, atOnce int) {
	slices.SortFunc(all, func(a, b ground) int { return cmp.Compare(a.box.MinX, b.box.MinX) })
	wide := int(math.Sqrt(float64(len(all)) * float64(atOnce)))
	for strip := range slices.Chunk(all, max(wide, 1)) {
		slices.SortFunc(strip, func(a, b ground) int { return cmp.Compare(a.box.MinY, b.box.MinY) })
	}
}

// sum adds what some of the grounds have to do with all that lie there. A face is counted
// with the first of its grounds.
func sum(ctx context.Context, all []ground, tree *plane.Tree, first, end int, grounds map[passage]float64) error {
	box := all[first].box
	for _, g := range all[first:end] {
		box = plane.Box{MinX: min(box.MinX, g.box.MinX), MinY: min(box.MinY, g.box.MinY), MaxX: max(box.MaxX, g.box.MaxX), MaxY: max(box.MaxY, g.box.MaxY)}
	}
	drawing := plane.NewDrawing(0)
	for _, i := range tree.Search(box, nil) {
		for _, polygon := range all[i].shape.Polygons {
			for _, ring := range polygon {
				drawing.Ring(fineRing(ring), i)
			}
		}
	}
	arrangement, err := drawing.Arrange(ctx, 1)
	if err != nil {
		return err
	}
	sizes := measure(arrangement)
	for face := 1; face < len(sizes); face++ {
		held := arrangement.Sets.Pieces(arrangement.Faces[face])
		if len(held) == 0 || int(held[0]) < first || int(held[0]) >= end || 2*sizes[face].m2 < narrowest*sizes[face].round {
			continue
		}
		for _, p := range passages(held, all) {
			grounds[p] += sizes[face].m2
		}
	}
	return nil
}

func fineRing(ring geo.Ring) plane.Ring {
	fine := make(plane.Ring, len(ring))
	for i, c := range ring {
		fine[i] = plane.Point{X: int64(c.X) * lineageStep, Y: int64(c.Y) * lineageStep}
	}
	return fine
}

// passages are what a face does that some grounds hold: what an area keeps stays with it,
// and what is left of those before goes to what is left of those after.
func passages(held []int32, grounds []ground) (all []passage) {
	var was, is []geo.AreaCode
	for _, i := range held {
		if grounds[i].after {
			is = append(is, grounds[i].code)
		} else {
			was = append(was, grounds[i].code)
		}
	}
	lost := slices.DeleteFunc(slices.Clone(was), func(c geo.AreaCode) bool { return slices.Contains(is, c) })
	gained := slices.DeleteFunc(slices.Clone(is), func(c geo.AreaCode) bool { return slices.Contains(was, c) })
	for _, c := range was {
		if slices.Contains(is, c) {
			all = append(all, passage{c, c})
		}
	}
	if len(lost) == 0 && len(gained) > 0 {
		lost = []geo.AreaCode{""}
	}
	if len(gained) == 0 && len(lost) > 0 {
		gained = []geo.AreaCode{""}
	}
	for _, from := range lost {
		for _, to := range gained {
			all = append(all, passage{from, to})
		}
	}
	return all
}

// faceSize is the ground of a face and the length of its border in metres.
type faceSize struct{ m2, round float64 }

// measure sums up each face from its edges.
func measure(a *plane.Arrangement) []faceSize {
	sizes := make([]faceSize, len(a.Faces))
	for _, e := range a.Edges {
		from, to := a.Nodes[e.From], a.Nodes[e.To]
		ax, ay := float64(from.X)/lineageStep, float64(from.Y)/lineageStep
		bx, by := float64(to.X)/lineageStep, float64(to.Y)/lineageStep
		under := geo.UnderEdge(ax, ay, bx, by)
		length := geo.FrameAt(geo.Coord{X: int32(ax), Y: int32(ay)}).Length(bx-ax, by-ay)
		sizes[e.Left].m2 -= under
		sizes[e.Right].m2 += under
		sizes[e.Left].round += length
		sizes[e.Right].round += length
	}
	return sizes
}
