package planning

import (
	"slices"

	"github.com/paulmach/orb"

	"gridwarden/geo"
)

// sliver is the width in metres below which a gap is no ground for an area of its own.
const sliver = 5

// mend is the edit that removes a fault; nil where a person has to decide.
func (x *examiner) mend(f *geo.Fault) *Edit {
	layer, _ := x.after.Layer(f.Layer)
	if layer.Kind == geo.Lines {
		return nil
	}
	lowest := layer.Kind == geo.Overlay || x.after.Chain(f.Layer)[0] == f.Layer
	switch f.Kind {
	case geo.FaultNoDepartment:
		return x.mendDepartment(f)
	case geo.FaultCode:
		a := x.after.Area(f.Layer, f.Areas[0])
		return &Edit{Kind: Reparent, Layer: f.Layer, Areas: f.Areas, Parent: a.Parent}
	case geo.FaultGap:
		if lowest && len(f.Outline) == 1 {
			return x.mendGap(f)
		}
	case geo.FaultIsland:
		if lowest {
			return x.mendIsland(f)
		}
	case geo.FaultSpike:
		at := f.At
		return &Edit{Kind: DeleteNode, Layer: x.after.Chain(f.Layer)[0], At: &at, Parents: FollowParents}
	case geo.FaultTooSmall:
		a := x.after.Area(f.Layer, f.Areas[0])
		if into := x.neighbour(f.Layer, &a.Shape, a.Parent, a.Code); lowest && layer.Kind == geo.Coverage && into != "" {
			return &Edit{Kind: Close, Layer: f.Layer, Areas: f.Areas, Into: into, Parents: FollowParents}
		}
	}
	return nil
}

// works tells whether an edit can be done, lines of law aside.
func (x *examiner) works(e *Edit) bool {
	_, err := Do(x.ctx, x.after, e, Rules{Approved: func(geo.LayerName) bool { return true }})
	return err == nil
}

// mendDepartment gives an area the department of the nearest area above it that has one.
func (x *examiner) mendDepartment(f *geo.Fault) *Edit {
	a := x.after.Area(f.Layer, f.Areas[0])
	for layer, up := f.Layer, a; up != nil; up = x.after.Area(layer, up.Parent) {
		if up.Department != "" {
			return &Edit{Kind: Set, Layer: f.Layer, Areas: f.Areas, Department: &up.Department}
		}
		l, _ := x.after.Layer(layer)
		layer = l.Parent
	}
	return nil
}

// mendGap makes an area of a gap, or gives it to a neighbour where it is narrow or codes
// follow no rule.
func (x *examiner) mendGap(f *geo.Fault) *Edit {
	e := &Edit{Kind: Draw, Layer: f.Layer, Polygon: f.Outline[0]}
	var parent geo.AreaCode
	if len(f.Areas) == 1 {
		parent = f.Areas[0]
	}
	if f.Width >= sliver && x.book.numbering(f.Layer, parent) != (numbering{}) {
		e.Parent = parent
		return e
	}
	ground, err := onGrid(f.Outline)
	if err != nil {
		return nil
	}
	e.Into = x.neighbour(f.Layer, &geo.Shape{Polygons: ground}, parent, "")
	if e.Into == "" {
		return nil
	}
	e.Parents = FollowParents
	return e
}

// mendIsland gives a part that is cut off to the area that surrounds most of it.
func (x *examiner) mendIsland(f *geo.Fault) *Edit {
	a := x.after.Area(f.Layer, f.Areas[0])
	at, err := geo.CoordOf(f.At[0], f.At[1])
	if err != nil {
		return nil
	}
	part := partAt(a.Shape.Polygons, at)
	if part < 0 {
		return nil
	}
	into := x.neighbour(f.Layer, &geo.Shape{Polygons: a.Shape.Polygons[part : part+1]}, a.Parent, a.Code)
	if into == "" {
		return nil
	}
	place := f.At
	return &Edit{Kind: Close, Layer: f.Layer, Areas: []geo.AreaCode{a.Code}, At: &place, Into: into, Parents: FollowParents}
}

// partAt is the place of the polygon that holds or touches a point; -1 when none does.
func partAt(polygons geo.MultiPolygon, at geo.Coord) int {
	return slices.IndexFunc(polygons, func(p geo.Polygon) bool {
		inside, on := geo.MultiPolygon{p}.Locate(at)
		return inside || on
	})
}

// neighbour is the area, other than the one excepted, that shares most of the border of some
// ground: one with the given parent first, of equals the smallest code; "" when none does.
func (x *examiner) neighbour(layer geo.LayerName, ground *geo.Shape, parent, except geo.AreaCode) geo.AreaCode {
	border := piecesOf([]*geo.Area{{Shape: *ground}})
	var best geo.AreaCode
	var longest float64
	var akin bool
	for a := range x.after.AreasIn(layer, ground.Box()) {
		if a.Code == except {
			continue
		}
		shared := 0.0
		for p := range piecesOf([]*geo.Area{a}) {
			if border[p] {
				shared += geo.FrameAt(p[0]).Distance(p[1])
			}
		}
		is := a.Parent == parent
		if shared > 0 && (best == "" || is && !akin || is == akin && (shared > longest || shared == longest && a.Code < best)) {
			best, longest, akin = a.Code, shared, is
		}
	}
	return best
}

// within is a place in a shape, or on it where its middle is not.
func within(s *geo.Shape) orb.Point {
	box := s.Box()
	at := geo.Coord{X: int32((int64(box.Min.X) + int64(box.Max.X)) / 2), Y: int32((int64(box.Min.Y) + int64(box.Max.Y)) / 2)}
	if inside, _ := s.Polygons.Locate(at); !inside {
		at = paths(s)[0][0]
	}
	return orb.Point{at.Lon(), at.Lat()}
}

// outlineOf is a shape in degrees, for drawing.
func outlineOf(s *geo.Shape) orb.MultiPolygon {
	var out orb.MultiPolygon
	for _, polygon := range s.Polygons {
		var p orb.Polygon
		for _, ring := range polygon {
			var r orb.Ring
			for _, c := range ring {
				r = append(r, orb.Point{c.Lon(), c.Lat()})
			}
			p = append(p, append(r, r[0]))
		}
		out = append(out, p)
	}
	return out
}
