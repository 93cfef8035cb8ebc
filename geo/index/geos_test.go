package index

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"testing"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/encoding/wkt"

	"gridwarden/geo"
	"gridwarden/geo/realdata"
)

// geosCase is one case of the tests of JTS and GEOS: op(arg1, arg2) is expected.
type geosCase struct{ Desc, Op, A, B, Arg1, Expected string }

// thousandths takes a number of a case as units; ok is false when it is finer than that.
func thousandths(v float64) (unit int32, ok bool) {
	k := math.Round(v * 1000)
	return int32(k), math.Abs(k) < 1e9 && math.Abs(k-v*1000) < 1e-6
}

func thousandthsOf(p orb.Point) (geo.Coord, bool) {
	x, okX := thousandths(p[0])
	y, okY := thousandths(p[1])
	return geo.Coord{X: x, Y: y}, okX && okY
}

// read takes the case apart; ok is false unless it asks about a point and polygons.
func (c *geosCase) read() (p geo.Coord, shape geo.Shape, pointFirst, ok bool) {
	a, errA := wkt.Unmarshal(c.A)
	b, errB := wkt.Unmarshal(c.B)
	if errA != nil || errB != nil {
		return p, shape, false, false
	}
	pointFirst = c.Arg1 == "A"
	if _, isPoint := a.(orb.Point); !isPoint {
		a, b, pointFirst = b, a, !pointFirst
	}
	point, isPoint := a.(orb.Point)
	polygons := orb.MultiPolygon{}
	switch g := b.(type) {
	case orb.Polygon:
		polygons = append(polygons, g)
	case orb.MultiPolygon:
		polygons = g
	}
	p, ok = thousandthsOf(point)
	for _, polygon := range polygons {
		var rings geo.Polygon
		for _, ring := range polygon {
			var r geo.Ring
			for _, v := range ring[:max(0, len(ring)-1)] {
				at, whole := thousandthsOf(v)
				r, ok = append(r, at), ok && whole
			}
			rings = append(rings, r)
		}
		shape.Polygons = append(shape.Polygons, rings)
	}
	return p, shape, pointFirst, ok && isPoint && !shape.Box().IsEmpty()
}

// answer is what a predicate says of a point inside, on the border of, or outside
// polygons; known is false for predicates that are about more than that.
func (c *geosCase) answer(inside, onEdge, pointFirst bool) (says, known bool) {
	switch c.Op {
	case "intersects":
		return inside || onEdge, true
	case "disjoint":
		return !inside && !onEdge, true
	case "touches":
		return onEdge, true
	case "contains":
		return !pointFirst && inside && !onEdge, true
	case "within":
		return pointFirst && inside && !onEdge, true
	case "covers":
		return !pointFirst && (inside || onEdge), true
	case "coveredby":
		return pointFirst && (inside || onEdge), true
	}
	return false, false
}

func TestTheCasesOfGEOSAgree(t *testing.T) {
	t.Parallel()
	tried := 0
	for line := range bytes.Lines(realdata.Read(t, "fixtures/geos_predicates.jsonl.gz")) {
		var c geosCase
		if err := json.Unmarshal(line, &c); err != nil {
			continue // a case without two geometries
		}
		p, shape, pointFirst, ok := c.read()
		if !ok {
			continue
		}
		s := view(t, &geo.Changes{Layers: []geo.Layer{{Name: "case", Kind: geo.Overlay}}, Areas: []*geo.Area{{ID: 1, Layer: "case", Code: "a", Shape: shape}}})
		inside, onEdge := false, false
		for _, h := range s.Locate(p).Areas {
			inside, onEdge = true, h.OnEdge
		}
		says, known := c.answer(inside, onEdge, pointFirst)
		if !known {
			continue
		}
		tried++
		if fmt.Sprint(says) != c.Expected {
			t.Errorf("%s: %s of %s and %s: %v, want %s", c.Desc, c.Op, c.A, c.B, says, c.Expected)
		}
	}
	if tried < 100 {
		t.Errorf("only %d cases were tried", tried)
	}
}
