package coverage

import (
	"context"
	"errors"
	"math"
	"slices"

	"github.com/paulmach/orb"

	"gridwarden/geo"
	"gridwarden/geo/plane"
)

// step is the number of fine units in one unit of geo's grid: 1e-12 degree, a tenth of a
// micrometre, where borders meant to be one but drawn with different vertices still show.
const step = 100000

// none stands for no area.
const none = int32(-1)

// builder carries one chain from the drawing to the finished areas.
type builder struct {
	ctx     context.Context
	options Options
	tiers   []*tier
	pieces  []piece
	fixed   map[geo.Coord]struct{} // the vertices of areas from the base, when others are drawn
	drawn   *plane.Arrangement     // the chain as drawn, on the fine grid
	result  *Result
}

// tier is one layer of the chain.
type tier struct {
	Layer
	number   int
	upper    *tier // the layer above; nil at the top
	index    map[geo.AreaCode]int32
	first    int32   // the number of its first area among those of all tiers
	owners   []int32 // the area that holds each face, or none
	parents  []int32 // the parent of each area in the upper tier, or none
	claimers []claim // for each set of pieces
}

// piece is one polygon of the drawing: its rings hold ground by parity.
type piece struct{ tier, area, part int32 }

func newBuilder(ctx context.Context, chain []Layer, o Options) (*builder, error) {
	b := &builder{ctx: ctx, options: o, result: &Result{}}
	first := int32(0)
	for i, l := range chain {
		if l.Dissolve {
			l.Areas = onlyCodes(l.Areas)
		}
		t := &tier{Layer: l, number: i, first: first, index: make(map[geo.AreaCode]int32, len(l.Areas))}
		for n, a := range l.Areas {
			if _, twice := t.index[a.Code]; twice {
				return nil, geo.Errorf(geo.Invalid, "layer %s has the code %s twice; join the parts of one area", l.Name, a.Code)
			}
			t.index[a.Code] = int32(n)
		}
		if i > 0 {
			b.tiers[i-1].upper = t
		}
		b.tiers = append(b.tiers, t)
		first += int32(len(l.Areas))
	}
	return b, nil
}

// onlyCodes leaves out what dissolved areas may have been drawn as before.
func onlyCodes(areas []Area) []Area {
	out := make([]Area, len(areas))
	for i, a := range areas {
		out[i] = Area{Code: a.Code, Parent: a.Parent}
	}
	return out
}

// code is the code of an area of the tier, empty for none.
func (t *tier) code(area int32) geo.AreaCode {
	if area == none {
		return ""
	}
	return t.Areas[area].Code
}

// arrange draws every area on the fine grid and finds nodes, edges and faces.
func (b *builder) arrange() error {
	b.fix()
	d := plane.NewDrawing(b.edges())
	for _, t := range b.tiers {
		for n := range t.Areas {
			if err := b.draw(d, t, int32(n)); err != nil {
				return err
			}
		}
	}
	drawn, err := d.Arrange(b.ctx, 1)
	if errors.Is(err, plane.ErrTangled) {
		return geo.Errorf(geo.Invalid, "the borders of layer %s cross in far more places than areas do; is this the right file?", b.tiers[0].Name)
	}
	if err != nil {
		return err
	}
	b.drawn = drawn
	for _, t := range b.tiers {
		t.claimers = b.claimers(t)
	}
	return nil
}

// fix notes the vertices of areas from the base, if some areas are drawn. A drawn vertex
// that rounds to one of them is that vertex: its border was rounded before, and would
// cross the unrounded one everywhere, pushing nodes into neighbours that nobody changed.
func (b *builder) fix() {
	isDrawn := func(t *tier) bool {
		return slices.ContainsFunc(t.Areas, func(a Area) bool { return a.Parts != nil })
	}
	if !slices.ContainsFunc(b.tiers, isDrawn) {
		return
	}
	b.fixed = map[geo.Coord]struct{}{}
	for _, t := range b.tiers {
		for i := range t.Areas {
			for _, p := range t.Areas[i].Shape {
				for _, r := range p {
					for _, c := range r {
						b.fixed[c] = struct{}{}
					}
				}
			}
		}
	}
}

// draw adds the polygons of one area, each as a piece.
func (b *builder) draw(d *plane.Drawing, t *tier, area int32) error {
	a := &t.Areas[area]
	add := func(part int, rings []plane.Ring) {
		for _, r := range rings {
			d.Ring(r, int32(len(b.pieces)))
		}
		b.pieces = append(b.pieces, piece{int32(t.number), area, int32(part)})
	}
	if a.Parts == nil {
		for _, p := range a.Shape {
			add(0, fineShape(p))
		}
		return nil
	}
	for i, part := range a.Parts {
		polygons, err := polygonsOf(part)
		if err != nil {
			return err
		}
		for _, p := range polygons {
			rings, err := b.finePolygon(p)
			if err != nil {
				return geo.Errorf(geo.Invalid, "%s: %w", part.Source, err)
			}
			add(i, rings)
		}
	}
	return nil
}

// fine puts a coordinate on the fine grid.
func fine(c geo.Coord) plane.Point { return plane.Point{X: int64(c.X) * step, Y: int64(c.Y) * step} }

// finePolygon puts a drawn polygon on the fine grid and keeps the greatest move to geo's grid.
func (b *builder) finePolygon(p orb.Polygon) ([]plane.Ring, error) {
	var rings []plane.Ring
	for _, raw := range p {
		ring := make(plane.Ring, 0, len(raw))
		for _, point := range raw {
			c, err := geo.CoordOf(point.Lon(), point.Lat())
			if err != nil {
				return nil, err
			}
			east, north := point.Lon()-c.Lon(), point.Lat()-c.Lat()
			if math.Abs(east)+math.Abs(north) > 1e-12 {
				b.moved(math.Hypot(east*math.Cos(point.Lat()*math.Pi/180), north) * metresPerDegree)
			}
			if _, is := b.fixed[c]; is {
				ring = append(ring, fine(c))
				continue
			}
			ring = append(ring, plane.Point{
				X: int64(math.Round(point.Lon() * geo.Scale * step)),
				Y: int64(math.Round(point.Lat() * geo.Scale * step)),
			})
		}
		rings = append(rings, ring)
	}
	return rings, nil
}

// metresPerDegree is the length of a degree on a meridian, for moves of a few millimetres.
const metresPerDegree = 111319.49

func (b *builder) moved(metres float64) {
	b.result.GreatestMove = max(b.result.GreatestMove, metres)
}

// fineShape puts a polygon of geo's grid on the fine one.
func fineShape(p geo.Polygon) []plane.Ring {
	rings := make([]plane.Ring, len(p))
	for i, r := range p {
		rings[i] = make(plane.Ring, len(r))
		for k, c := range r {
			rings[i][k] = fine(c)
		}
	}
	return rings
}

// polygonsOf are the polygons of a part.
func polygonsOf(part geo.AreaPart) ([]orb.Polygon, error) {
	switch g := part.Geometry.(type) {
	case orb.Polygon:
		return []orb.Polygon{g}, nil
	case orb.MultiPolygon:
		return g, nil
	case nil:
		return nil, geo.Errorf(geo.Invalid, "%s: the feature has no geometry; draw it or remove it", part.Source)
	default:
		return nil, geo.Errorf(geo.Invalid, "%s: the feature is a %s; areas are Polygons or MultiPolygons", part.Source, g.GeoJSONType())
	}
}

// edges is about the number of edges that will be drawn.
func (b *builder) edges() int {
	n := 0
	for _, t := range b.tiers {
		for _, a := range t.Areas {
			for _, p := range a.Shape {
				for _, r := range p {
					n += len(r)
				}
			}
			for _, part := range a.Parts {
				polygons, _ := polygonsOf(part)
				for _, p := range polygons {
					for _, r := range p {
						n += len(r)
					}
				}
			}
		}
	}
	return n
}
