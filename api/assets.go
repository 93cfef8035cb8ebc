package api

import (
	"cmp"
	"context"
	"encoding/base64"
	"net/http"
	"slices"
	"strings"

	"gridwarden/geo"
	"gridwarden/geo/crs"
	"gridwarden/geo/index"
)

// assetQuery is what a listing of assets asks for. Empty members ask for nothing.
type assetQuery struct {
	frame      crs.CRS
	box        geo.Box // in the frame
	boxed      bool
	within     *geo.Area
	category   geo.CategoryKey
	state      string
	department geo.DepartmentCode
	after      geo.AssetKey
	limit      int
}

// assetCursor names the last asset of a page.
func assetCursor(k geo.AssetKey) string {
	return base64.RawURLEncoding.EncodeToString([]byte(k.Standard + "\x00" + string(k.ID)))
}

func parseAssetCursor(s string) (geo.AssetKey, error) {
	if s == "" {
		return geo.AssetKey{}, nil
	}
	plain, err := base64.RawURLEncoding.DecodeString(s)
	standard, id, ok := strings.Cut(string(plain), "\x00")
	if err != nil || !ok || id == "" {
		return geo.AssetKey{}, geo.Errorf(geo.Invalid, "%s=%s is no place in this list: take the next link of a page as it is", cursorParam, clip(s))
	}
	return geo.AssetKey{ID: geo.AssetID(id), Standard: standard}, nil
}

func readAssetQuery(p params) (q assetQuery, err error) {
	q.category = geo.CategoryKey{Standard: p.Get("standard"), Kind: geo.CategoryKind(p.Get("kind")), Code: p.Get("category")}
	q.state, q.department = p.Get("state"), geo.DepartmentCode(p.Get("department"))
	limit, err := p.whole("limit", defaultLimit, 1, maxLimit)
	if err != nil {
		return q, err
	}
	q.limit = int(limit)
	if q.frame, err = p.frame(); err != nil {
		return q, err
	}
	if q.box, q.boxed, err = p.box(); err != nil {
		return q, err
	}
	q.after, err = parseAssetCursor(p.Get(cursorParam))
	return q, err
}

func (q *assetQuery) wants(a geo.Asset) bool {
	empty := geo.CategoryKey{}
	return (q.category == empty || q.wantsCategory(a.Category)) &&
		(q.state == "" || a.State == q.state) &&
		(q.department == "" || a.Maintainer == q.department || a.Owner == q.department || a.Authority == q.department) &&
		(!q.boxed || meets(assetIn(q.frame, a), q.box))
}

func (q *assetQuery) wantsCategory(k geo.CategoryKey) bool {
	return k.Standard == cmp.Or(q.category.Standard, k.Standard) &&
		k.Kind == cmp.Or(q.category.Kind, k.Kind) &&
		k.Code == cmp.Or(q.category.Code, k.Code)
}

func meets(a geo.Asset, b geo.Box) bool {
	if a.Shape != nil {
		return a.Shape.Meets(b)
	}
	return b.Contains(a.Point)
}

// areaWithin is the area that the parameter within names as layer/code; nil without one.
func (v view) areaWithin(p params) (*geo.Area, error) {
	text := p.Get("within")
	if text == "" {
		return nil, nil
	}
	layer, code, _ := strings.Cut(text, "/")
	switch l, ok := v.Layer(geo.LayerName(layer)); {
	case !ok:
		return nil, v.unknownLayer(geo.LayerName(layer))
	case l.Kind == geo.Lines:
		return nil, geo.Errorf(geo.Invalid, "within=%s: a line has no ground that assets could lie in; use bbox", clip(text))
	}
	area := v.Area(geo.LayerName(layer), geo.AreaCode(code))
	if area == nil {
		return nil, geo.Errorf(geo.NotFound, "there is no area %q in the layer %s; within takes layer/code", clip(code), layer)
	}
	return area, nil
}

// holds tells whether an asset lies in an area: where that answers for a report at its
// point. So each asset lies in one area of a coverage.
func (v view) holds(area *geo.Area, a geo.Asset) bool {
	return slices.ContainsFunc(v.Locate(a.Point, area.Layer).Areas, func(hit index.Hit) bool { return hit.Area == area })
}

// assets lists the assets by id and standard, a page at a time.
func (s *server) assets(w *response, r *http.Request, v view) error {
	p, err := readParams(r, "within", "bbox", "crs", "standard", "kind", "category", "state", "department", "limit", cursorParam, "at", "edition", "known", "draft")
	if err != nil {
		return err
	}
	q, err := readAssetQuery(p)
	if err != nil {
		return err
	}
	if v, err = s.when(w, r, v, p); err != nil {
		return err
	}
	if q.within, err = v.areaWithin(p); err != nil {
		return err
	}
	page, more, err := v.assetPage(r.Context(), q)
	if err != nil {
		return err
	}
	around, cursor := geo.EmptyBox(), ""
	for i := range page {
		page[i] = assetIn(q.frame, page[i])
		around = around.Union(boxOf(page[i]))
		page[i].Attributes = nil // the view has only those that duty rows ask for
	}
	if more {
		cursor = assetCursor(page[len(page)-1].Key())
	}
	return s.sendPage(w, r, v, around, len(page), cursor, func(b []byte, i int) []byte { return appendAsset(b, page[i]) })
}

func boxOf(a geo.Asset) geo.Box {
	if a.Shape != nil {
		return a.Shape.Box()
	}
	return geo.Box{Min: a.Point, Max: a.Point}
}

// assetPage walks the assets in order from the cursor, so that all pages together look at
// each asset once. The first page of some ground looks there alone: mostly that is all.
func (v view) assetPage(ctx context.Context, q assetQuery) (page []geo.Asset, more bool, err error) {
	wanted := func(a geo.Asset) bool { return q.wants(a) && (q.within == nil || v.holds(q.within, a)) }
	if ground, bounded := q.ground(); bounded && q.after == (geo.AssetKey{}) {
		page, more, err = gather(ctx, v.AssetsIn(ground, index.Wanted{Category: q.category, State: q.state}), q.limit, wanted)
		if err != nil || !more {
			slices.SortFunc(page, func(a, b geo.Asset) int { return a.Key().Compare(b.Key()) })
			return page, false, err
		}
	}
	return gather(ctx, v.Assets(q.after), q.limit, wanted)
}

// ground is a box that everything asked for meets; bounded is false where that is anywhere.
func (q *assetQuery) ground() (box geo.Box, bounded bool) {
	if q.within != nil {
		return q.within.Shape.Box(), true
	}
	return q.frame.Around(q.box), q.boxed
}

// asset answers one asset as a Feature, with its attributes from the database. While that
// is away the asset is answered without them, and no cache may keep that.
func (s *server) asset(w *response, r *http.Request, v view) error {
	p, err := readParams(r, "standard", "crs", "at", "edition", "known", "draft")
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
	id := geo.AssetID(inPath(r, "id"))
	a, ok := v.Asset(p.Get("standard"), id)
	if !ok {
		return geo.Errorf(geo.NotFound, "there is no asset %q%s", clip(string(id)), of(p.Get("standard")))
	}
	a.Attributes = s.attributes(w, r, a)
	send(w, http.StatusOK, geoJSON, append(appendAsset(nil, assetIn(frame, a)), '\n'))
	return nil
}

// attributes are the free attributes of a version of an asset, nil when they cannot be had
// now.
func (s *server) attributes(w *response, r *http.Request, a geo.Asset) []byte {
	if s.Assets == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(r.Context(), maxWait)
	defer cancel()
	attributes, err := s.Assets.AssetAttributes(ctx, a.Version)
	if err != nil {
		s.Log.Warn("an asset is answered without its attributes", "id", w.id, "error", err.Error())
		w.Header().Set("Cache-Control", "no-store")
		return nil
	}
	return attributes
}

func of(standard string) geo.Said {
	if standard == "" {
		return geo.Said{}
	}
	return geo.Say(" of the standard %s", clip(standard))
}
