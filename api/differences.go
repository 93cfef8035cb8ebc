package api

import (
	"cmp"
	"math"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"gridwarden/geo"
	"gridwarden/geo/crs"
	"gridwarden/geo/differences"
)

// maxDifferences is how many areas one page of differences looks at: each is compared with
// all that lie next to it.
const maxDifferences = 1000

// differences tells in which areas an edition is otherwise than another, and which pieces of
// border run elsewhere, as features: those of an area and then its borders, by layer and
// code, a page at a time.
func (s *server) differences(w *response, r *http.Request, v view) error {
	if s.Past == nil {
		return elsewhere()
	}
	p, err := readParams(r, "from", "layer", "bbox", "crs", "limit", cursorParam)
	if err != nil {
		return err
	}
	before, after, err := s.twoEditions(w, r, v, p)
	if err != nil {
		return err
	}
	frame, err := p.frame()
	if err != nil {
		return err
	}
	q, err := readDifferenceQuery(p, frame, before, after)
	if err != nil {
		return err
	}
	found, more, err := differences.Between(r.Context(), before.Snapshot, after.Snapshot, q)
	if err != nil {
		return err
	}
	cursor := ""
	if more {
		last := found[len(found)-1]
		cursor = string(last.Layer) + "/" + string(last.Code)
	}
	features, around := differenceFeatures(found, frame)
	return s.sendPage(w, r, after, around, len(features), cursor, func(b []byte, i int) []byte { return features[i](b) })
}

// twoEditions are the states that are compared: from, which is the edition before when it
// is not named, and that of the path.
func (s *server) twoEditions(w *response, r *http.Request, v view, p params) (before, after view, err error) {
	number, err := editionInPath(r)
	if err != nil {
		return v, v, err
	}
	from, err := p.whole("from", int64(number)-1, 1, 1<<62)
	switch {
	case err != nil:
		return v, v, err
	case from == 0:
		return v, v, geo.Errorf(geo.Invalid, "edition 1 is the first: name with from= the edition it is to be compared with")
	case from == int64(number):
		return v, v, geo.Errorf(geo.Invalid, "from=%d is the edition itself, which does not differ from itself: name another", from)
	}
	if before, err = s.viewAt(w, r, v, When{Edition: geo.Edition(from)}); err != nil {
		return v, v, err
	}
	after, err = s.viewAt(w, r, v, When{Edition: number})
	return before, after, err
}

// readDifferenceQuery reads which differences are asked for. Layers that the reader does not
// see are in none.
func readDifferenceQuery(p params, frame crs.CRS, before, after view) (q differences.Query, err error) {
	q.Layers = layerList(p.Get("layer"))
	for _, name := range q.Layers {
		if !before.sees(name) && !after.sees(name) {
			return q, after.unknownLayer(name)
		}
	}
	box, boxed, err := p.box()
	if boxed {
		q.Shape = func(s *geo.Shape) bool { return frame.Shape(s).Meets(box) }
	}
	if err != nil {
		return q, err
	}
	limit, err := p.whole("limit", defaultLimit, 1, maxDifferences)
	q.Most = int(limit)
	if cursor := p.Get(cursorParam); cursor != "" {
		layer, code, named := strings.Cut(cursor, "/")
		q.After = differences.Name{Layer: geo.LayerName(layer), Code: geo.AreaCode(code)}
		if !named || q.Layers != nil && !slices.Contains(q.Layers, q.After.Layer) {
			return q, geo.Errorf(geo.Invalid, "%s=%s is no place in this list: take the next link of a page as it is", cursorParam, clip(cursor))
		}
	}
	return q, err
}

// differenceFeatures are what writes each area and after it its borders, and the box round
// them all.
func differenceFeatures(found []differences.Area, frame crs.CRS) (features []func([]byte) []byte, around geo.Box) {
	around = geo.EmptyBox()
	for i := range found {
		d := &found[i]
		shown := cmp.Or(d.After, d.Before)
		shape := frame.Shape(&shown.Shape)
		around = around.Union(shape.Box())
		features = append(features, func(b []byte) []byte { return appendDifference(b, d, shape) })
		for j := range d.Borders {
			border := &d.Borders[j]
			line := frame.Shape(&geo.Shape{Lines: geo.MultiLine{border.Line}})
			around = around.Union(line.Box())
			features = append(features, func(b []byte) []byte { return appendBorder(b, d.Layer, border, line) })
		}
	}
	return features, around
}

// appendDifference writes what became of an area as a Feature: as it is after, or as it was
// where it ended.
func appendDifference(b []byte, d *differences.Area, shape *geo.Shape) []byte {
	b = append(b, `{"type":"Feature","geometry":`...)
	b = appendShape(b, shape)
	b = append(b, `,"properties":{"what":"area","layer":`...)
	b = appendString(b, string(d.Layer))
	b = append(b, `,"code":`...)
	b = appendString(b, string(d.Code))
	b = append(b, `,"changes":`...)
	b = appendList(b, d.Changes, func(b []byte, c differences.Change) []byte { return appendString(b, string(c)) })
	b = appendState(append(b, `,"before":`...), d.Before)
	b = appendState(append(b, `,"after":`...), d.After)
	b = append(b, `,"from":`...)
	b = appendList(b, d.From, func(b []byte, g geo.Descent) []byte { return appendGround(b, g.From, g.SquareMetres, g.ShareTo) })
	b = append(b, `,"into":`...)
	b = appendList(b, d.Into, func(b []byte, g geo.Descent) []byte { return appendGround(b, g.To, g.SquareMetres, g.ShareFrom) })
	return append(b, "}}"...)
}

// appendState writes what an area is in one of the editions, null where there is none.
func appendState(b []byte, a *geo.Area) []byte {
	if a == nil {
		return append(b, "null"...)
	}
	b = append(b, `{"name":`...)
	b = appendString(b, a.Name)
	b = append(b, `,"department":`...)
	b = appendOptional(b, string(a.Department))
	b = append(b, `,"parent":`...)
	b = appendOptional(b, string(a.Parent))
	b = append(b, `,"area_m2":`...)
	b = appendMetres(b, a.Shape.SquareMetres())
	return append(b, '}')
}

// appendGround writes ground that another area has, or had; null is nobody.
func appendGround(b []byte, code geo.AreaCode, metres, share float64) []byte {
	b = append(b, `{"code":`...)
	b = appendOptional(b, string(code))
	b = append(b, `,"area_m2":`...)
	b = appendMetres(b, metres)
	b = append(b, `,"share":`...)
	b = appendShare(b, share)
	return append(b, '}')
}

// appendBorder writes a piece of border that moved as a Feature.
func appendBorder(b []byte, layer geo.LayerName, border *differences.Border, line *geo.Shape) []byte {
	b = append(b, `{"type":"Feature","geometry":`...)
	b = appendShape(b, line)
	b = append(b, `,"properties":{"what":"border","layer":`...)
	b = appendString(b, string(layer))
	change := `,"changes":["ended"]`
	if border.Began {
		change = `,"changes":["began"]`
	}
	b = append(b, change...)
	for _, side := range []struct {
		name string
		differences.Sides
	}{{`,"left":`, border.Left}, {`,"right":`, border.Right}} {
		b = append(b, side.name...)
		b = append(b, `{"before":`...)
		b = appendOptional(b, string(side.Before))
		b = append(b, `,"after":`...)
		b = appendOptional(b, string(side.After))
		b = append(b, '}')
	}
	return append(b, "}}"...)
}

// appendShare writes a share of ground to a millionth.
func appendShare(b []byte, share float64) []byte {
	return strconv.AppendFloat(b, millionths(share), 'f', -1, 64)
}

func millionths(share float64) float64 { return math.Round(share*1e6) / 1e6 }
