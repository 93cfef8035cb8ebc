package api

import (
	"context"
	"net/http"
	"regexp"
	"strings"
	"unicode/utf8"

	"gridwarden/geo"
	"gridwarden/geo/access"
	"gridwarden/geo/crs"
	"gridwarden/geo/search"
	"gridwarden/tiles"
)

// How much a search takes and gives.
const (
	maxSearchText   = 200 // characters
	searchResults   = 20
	maxSearchResult = 100
)

// searchAnswer is one thing found.
type searchAnswer struct {
	Kind         string           `json:"kind"`
	Code         string           `json:"code,omitempty"`
	Name         string           `json:"name"`
	NameEN       string           `json:"name_en,omitempty"`
	Layer        geo.LayerName    `json:"layer,omitempty"`
	Within       string           `json:"within,omitempty"`
	Standard     string           `json:"standard,omitempty"`
	Category     string           `json:"category,omitempty"`
	CategoryKind geo.CategoryKind `json:"category_kind,omitempty"`
	Family       string           `json:"family,omitempty"`
	Lon          *float64         `json:"lon,omitempty"`
	Lat          *float64         `json:"lat,omitempty"`
	Bounds       *[4]float64      `json:"bbox,omitempty"`
	CRS          crs.CRS          `json:"crs,omitempty"`
}

// search tells what a text means: of what the reader sees, and of the reports for who may
// read them.
func (s *server) search(w *response, r *http.Request, v view) error {
	p, err := readParams(r, "q", "limit", "at", "edition", "known", "draft")
	if err != nil {
		return err
	}
	q := search.Asked{Text: p.Get("q"), Catalogue: !v.anonymous() || s.anyone(tiles.AssetsLayer)}
	if n := utf8.RuneCountInString(q.Text); n == 0 || n > maxSearchText {
		return geo.Errorf(geo.Invalid, "q has %d characters: give what to look for, in 1 to %d", n, maxSearchText)
	}
	limit, err := p.whole("limit", searchResults, 1, maxSearchResult)
	if err != nil {
		return err
	}
	q.Limit = int(limit)
	if v, err = s.when(w, r, v, p); err != nil {
		return err
	}
	answer := struct {
		Results []searchAnswer `json:"results"`
		More    bool           `json:"more,omitempty"`
	}{Results: []searchAnswer{}}
	if report := s.reportNamed(w, r, q.Text); report != nil {
		answer.Results = append(answer.Results, *report)
		q.Limit--
	}
	hits, more := search.Find(v.Snapshot, q)
	answer.More = more
	for i := range hits {
		answer.Results = append(answer.Results, found(&hits[i]))
	}
	return sendJSON(w, answer)
}

// found is a hit as it is told.
func found(h *search.Hit) (a searchAnswer) {
	switch {
	case h.Area != nil:
		box := h.Area.Shape.Box()
		a = searchAnswer{
			Kind: "area", Code: string(h.Area.Code), Name: h.Area.Name, Layer: h.Area.Layer, Within: namesOf(h.Above),
			Bounds: &[4]float64{box.Min.Lon(), box.Min.Lat(), box.Max.Lon(), box.Max.Lat()},
		}
		a.at(h.Area.Shape.PointOn())
	case h.Department != nil:
		a = searchAnswer{Kind: "department", Code: string(h.Department.Code), Name: h.Department.Name}
	case h.Category != nil:
		c := h.Category
		a = searchAnswer{
			Kind: "category", Code: c.Code, Name: c.Name, NameEN: c.NameEN,
			Standard: c.Standard, CategoryKind: c.Kind, Family: c.Family,
		}
	case h.Asset != nil:
		k := h.Asset.Category
		a = searchAnswer{Kind: "asset", Code: string(h.Asset.ID), Name: h.Asset.Name, Standard: k.Standard, Category: k.Code, CategoryKind: k.Kind}
		a.at(h.Asset.Point)
	case h.Point != nil:
		a = searchAnswer{Kind: "point", Name: namesOf(h.Point.Areas), CRS: h.Point.Read}
		a.at(h.Point.At)
	}
	return a
}

func (a *searchAnswer) at(c geo.Coord) {
	lon, lat := c.Lon(), c.Lat()
	a.Lon, a.Lat = &lon, &lat
}

// namesOf are the names of areas, or the codes of those that have none.
func namesOf(areas []*geo.Area) string {
	words := make([]string, len(areas))
	for i, a := range areas {
		if words[i] = a.Name; a.Name == "" {
			words[i] = string(a.Code)
		}
	}
	return strings.Join(words, " · ")
}

// reportID is the form of the ids that reports are given here.
var reportID = regexp.MustCompile(`^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`)

// reportNamed is the report whose id a text is; nil where it is none, for who may not read
// it, and while the database is away: all else is found without.
func (s *server) reportNamed(w *response, r *http.Request, text string) *searchAnswer {
	id := strings.ToLower(strings.TrimSpace(text))
	if s.Reports == nil || !reportID.MatchString(id) || !s.may(w, r, access.Read) {
		return nil
	}
	ctx, cancel := context.WithTimeout(r.Context(), maxWait)
	defer cancel()
	c, err := s.Reports.Report(ctx, geo.ReportID(id))
	if err != nil {
		return nil
	}
	k := c.Report.Category
	a := &searchAnswer{
		Kind: "report", Code: id, Name: c.Report.Address,
		Standard: k.Standard, Category: k.Code, CategoryKind: k.Kind, Family: c.Report.Family,
	}
	if c.Report.Point != nil {
		a.at(*c.Report.Point)
	}
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Del("Access-Control-Allow-Origin") // as of all that is kept of reports
	return a
}
