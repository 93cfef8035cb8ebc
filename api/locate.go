package api

import (
	"maps"
	"net/http"
	"slices"

	"gridwarden/geo"
	"gridwarden/geo/index"
)

// edgeLimit is up to how many metres the distance to the nearest border is told.
const edgeLimit = 100

// locate answers what lies at one point.
func (s *server) locate(w *response, r *http.Request, v view) error {
	p, err := readParams(r, "lon", "lat", "layers", "crs", "edition", "at", "known", "draft", "edge")
	if err != nil {
		return err
	}
	at, err := p.point()
	if err != nil {
		return err
	}
	if v, err = s.when(w, r, v, p); err != nil {
		return err
	}
	layers, err := v.layers(layerList(p.Get("layers")))
	if err != nil {
		return err
	}
	edge, err := p.flag("edge", true)
	if err != nil {
		return err
	}
	buf := s.buffers.Get().(*[]byte)
	defer s.buffers.Put(buf)
	*buf = append(v.appendPlace((*buf)[:0], v.at(at, layers), edge), '\n')
	send(w, http.StatusOK, "application/json", *buf)
	return nil
}

// at is what lies at a point in the layers; nil is all, none is nothing.
func (v view) at(p geo.Coord, layers []geo.LayerName) index.Place {
	if layers != nil && len(layers) == 0 {
		return index.Place{Point: p}
	}
	return v.Locate(p, layers...)
}

// appendPlace writes the answer to a look-up, with the distances to the borders if edge
// is set. It is written by hand: this is the answer the service gives most often.
func (v view) appendPlace(b []byte, place index.Place, edge bool) []byte {
	b = append(b, `{"edition":`...)
	b = appendInt(b, int64(v.Edition().Number))
	b = append(v.appendBeforeFirst(b), ',')
	b = v.appendHits(b, place, edge)
	return append(b, '}')
}

// appendBeforeFirst writes a mark where the edition answers for a time before it.
func (v view) appendBeforeFirst(b []byte) []byte {
	if v.beforeFirst {
		b = append(b, `,"before_first_edition":true`...)
	}
	return b
}

// appendHits writes the members areas and lines, and left_off where a layer has too many.
func (v view) appendHits(b []byte, place index.Place, edge bool) []byte {
	place, leftOff := place.Told()
	b = append(b, `"areas":[`...)
	for i, hit := range place.Areas {
		if i > 0 {
			b = append(b, ',')
		}
		b = v.appendHit(b, place.Point, hit, edge)
	}
	b = append(b, `],"lines":[`...)
	for i, hit := range place.Lines {
		if i > 0 {
			b = append(b, ',')
		}
		b = appendLineHit(b, hit)
	}
	return appendLeftOff(append(b, ']'), leftOff)
}

func appendLeftOff(b []byte, leftOff map[geo.LayerName]int) []byte {
	if len(leftOff) == 0 {
		return b
	}
	separator := `,"left_off":{`
	for _, name := range slices.Sorted(maps.Keys(leftOff)) {
		b = appendString(append(b, separator...), string(name))
		b = appendInt(append(b, ':'), int64(leftOff[name]))
		separator = ","
	}
	return append(b, '}')
}

func (v view) appendHit(b []byte, p geo.Coord, hit index.Hit, edge bool) []byte {
	b = append(b, `{"layer":`...)
	b = appendString(b, string(hit.Area.Layer))
	b = appendNamed(append(b, ','), hit.Area)
	b = append(b, `,"on_edge":`...)
	b = appendBool(b, hit.OnEdge)
	if edge {
		if metres, ok := v.EdgeDistance(hit.Area, p, edgeLimit); ok {
			b = append(b, `,"edge_distance_m":`...)
			b = appendMetres(b, metres)
		}
	}
	if hit.OnEdge {
		b = append(b, `,"neighbours":[`...)
		for i, n := range hit.Neighbours[:min(len(hit.Neighbours), index.MostTold)] {
			if i > 0 {
				b = append(b, ',')
			}
			b = append(appendNamed(append(b, '{'), n), '}')
		}
		b = append(b, ']')
		if more := len(hit.Neighbours) - index.MostTold; more > 0 {
			b = appendInt(append(b, `,"neighbours_left_off":`...), int64(more))
		}
	}
	return append(b, '}')
}

func appendLineHit(b []byte, hit index.LineHit) []byte {
	b = append(b, `{"layer":`...)
	b = appendString(b, string(hit.Area.Layer))
	b = appendNamed(append(b, ','), hit.Area)
	b = append(b, `,"distance_m":`...)
	b = appendMetres(b, hit.Distance)
	b = append(b, `,"side":`...)
	b = appendString(b, string(hit.Side))
	b = append(b, `,"along_m":`...)
	b = appendMetres(b, hit.Along)
	return append(b, '}')
}

// appendNamed writes who an area is: code, name and department, null when it has none.
func appendNamed(b []byte, a *geo.Area) []byte {
	b = append(b, `"code":`...)
	b = appendString(b, string(a.Code))
	b = append(b, `,"name":`...)
	b = appendString(b, a.Name)
	b = append(b, `,"department":`...)
	return appendOptional(b, string(a.Department))
}
