package api

import (
	"net/http"
	"slices"
	"strings"

	"gridwarden/geo"
	"gridwarden/geo/crs"
)

// areas lists the areas of a layer by code, a page at a time.
func (s *server) areas(w *response, r *http.Request, v view) error {
	p, err := readParams(r, "bbox", "crs", "limit", cursorParam, "at", "edition", "known", "draft")
	if err != nil {
		return err
	}
	if v, err = s.when(w, r, v, p); err != nil {
		return err
	}
	layer, err := v.layerInPath(r)
	if err != nil {
		return err
	}
	frame, err := p.frame()
	if err != nil {
		return err
	}
	box, boxed, err := p.box()
	if err != nil {
		return err
	}
	limit, err := p.whole("limit", defaultLimit, 1, maxLimit)
	if err != nil {
		return err
	}
	q := areaQuery{layer.Name, frame, box, boxed, geo.AreaCode(p.Get(cursorParam)), int(limit)}
	page, more, err := v.areaPage(r, q)
	if err != nil {
		return err
	}
	around, cursor := geo.EmptyBox(), ""
	for i, a := range page {
		page[i] = areaIn(frame, a)
		around = around.Union(page[i].Shape.Box())
	}
	if more {
		cursor = string(page[len(page)-1].Code)
	}
	return s.sendPage(w, r, v, around, len(page), cursor, func(b []byte, i int) []byte { return appendArea(b, page[i]) })
}

// areaQuery is what a listing of areas asks for.
type areaQuery struct {
	layer geo.LayerName
	frame crs.CRS
	box   geo.Box // in the frame
	boxed bool
	after geo.AreaCode
	limit int
}

// areaPage walks the layer in code order from the cursor, so that all pages together look
// at each area once. The first page of a box looks into the box alone: mostly that is all.
func (v view) areaPage(r *http.Request, q areaQuery) (page []*geo.Area, more bool, err error) {
	wanted := func(a *geo.Area) bool { return !q.boxed || q.frame.Shape(&a.Shape).Meets(q.box) }
	if q.boxed && q.after == "" {
		page, more, err = gather(r.Context(), v.AreasIn(q.layer, q.frame.Around(q.box)), q.limit, wanted)
		if err != nil || !more {
			slices.SortFunc(page, func(a, b *geo.Area) int { return strings.Compare(string(a.Code), string(b.Code)) })
			return page, false, err
		}
	}
	return gather(r.Context(), v.Areas(q.layer, q.after), q.limit, wanted)
}

// area answers one area as a Feature.
func (s *server) area(w *response, r *http.Request, v view) error {
	p, err := readParams(r, "crs", "at", "edition", "known", "draft")
	if err != nil {
		return err
	}
	frame, err := p.frame()
	if err != nil {
		return err
	}
	if v, err = s.when(w, r, v, p); err != nil {
		return err
	}
	layer, err := v.layerInPath(r)
	if err != nil {
		return err
	}
	code := geo.AreaCode(inPath(r, "code"))
	a := v.Area(layer.Name, code)
	if a == nil {
		return geo.Errorf(geo.NotFound, "there is no area %q in the layer %s; /v1/layers/%s/areas lists them", clip(string(code)), layer.Name, layer.Name)
	}
	send(w, http.StatusOK, geoJSON, append(appendArea(nil, areaIn(frame, a)), '\n'))
	return nil
}
