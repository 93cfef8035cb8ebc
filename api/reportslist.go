package api

import (
	"math"
	"net/http"
	"slices"
	"strings"
	"time"

	"gridwarden/geo"
	"gridwarden/geo/cases"
)

// How far reports are looked for, in metres, and how many are listed at a time.
const (
	usualRadius   = 100
	maxRadius     = 5000
	maxReportPage = 1000
)

// reportEntry is a report as it is listed: nothing somebody wrote but the address.
type reportEntry struct {
	ID         geo.ReportID    `json:"id"`
	State      geo.ReportState `json:"state"`
	Open       bool            `json:"open"`
	ReportedAt time.Time       `json:"reported_at"`
	Category   *routeCategory  `json:"category,omitempty"`
	Family     string          `json:"family,omitempty"`
	Asset      geo.AssetID     `json:"asset_id,omitempty"`
	Lon        *float64        `json:"lon,omitempty"`
	Lat        *float64        `json:"lat,omitempty"`
	Address    string          `json:"address,omitempty"`
	Metres     *float64        `json:"distance_m,omitempty"`
	Department *named          `json:"department"`
	DueAt      *time.Time      `json:"due_at,omitempty"`
}

// reports lists the reports, the newest first, or those near a place, the nearest first.
// Those of a category whose assets the reader may not see are left out.
func (s *server) reports(w *response, r *http.Request, v view) error {
	p, err := readParams(r, "lon", "lat", "radius_m", "family", "category", "open", "department", cursorParam, "limit")
	if err != nil {
		return err
	}
	f, err := s.reportFilter(v, p)
	if err != nil {
		return err
	}
	listed, err := s.Reports.ListReports(r.Context(), f)
	if err != nil {
		return err
	}
	answer := struct {
		Reports []reportEntry `json:"reports"`
		Next    geo.ReportID  `json:"next,omitempty"`
	}{Reports: []reportEntry{}}
	for i := range listed {
		answer.Reports = append(answer.Reports, s.listReport(v, &listed[i], f.Near != nil))
	}
	if f.Near == nil && len(listed) == f.Limit {
		answer.Next = listed[len(listed)-1].Report.ID
	}
	return sendJSON(w, answer)
}

// reportFilter is what the parameters ask for.
func (s *server) reportFilter(v view, p params) (f geo.ReportFilter, err error) {
	limit, err := p.whole("limit", defaultLimit, 1, maxReportPage)
	if err != nil {
		return f, err
	}
	f = geo.ReportFilter{
		Department: geo.DepartmentCode(p.Get("department")), After: geo.ReportID(p.Get(cursorParam)), Limit: int(limit), Hidden: v.hiddenKinds(),
	}
	if f.Open, err = p.flag("open", false); err != nil {
		return f, err
	}
	if err := p.near(&f); err != nil {
		return f, err
	}
	return f, s.ofWhat(v, p, &f)
}

// near reads the place that reports are looked for at.
func (p params) near(f *geo.ReportFilter) error {
	located := p.Has("lon") || p.Has("lat")
	switch {
	case !located && p.Has("radius_m"):
		return geo.Errorf(geo.Invalid, "radius_m goes with lon and lat: give the place, too")
	case !located:
		return nil
	case f.After != "":
		return geo.Errorf(geo.Invalid, "%s goes on with the list of all, the newest first; near a place raise limit instead", cursorParam)
	}
	at, err := p.point()
	if err != nil {
		return err
	}
	metres, err := p.whole("radius_m", usualRadius, 1, maxRadius)
	f.Near, f.Metres = &at, float64(metres)
	return err
}

// ofWhat reads the category or family: a category is asked for with the families that hold
// it, a family with its categories, and both with what they were called before the crosswalk.
func (s *server) ofWhat(v view, p params, f *geo.ReportFilter) error {
	family, category := p.Get("family"), p.Get("category")
	var wanted func(geo.Category) bool
	switch {
	case family != "" && category != "":
		return geo.Errorf(geo.Invalid, "category and family both say what it is: give one of them")
	case family != "":
		wanted = func(c geo.Category) bool { return c.Family == family }
	case category != "":
		key, err := categoryNamed(category)
		if err != nil {
			return err
		}
		wanted = func(c geo.Category) bool {
			return c.Kind == key.Kind && c.Code == key.Code && (key.Standard == "" || c.Standard == key.Standard)
		}
	default:
		return nil
	}
	chosen := slices.DeleteFunc(slices.Clone(v.whole.Categories()), func(c geo.Category) bool { return !wanted(c) })
	if len(chosen) == 0 {
		return geo.Errorf(geo.Faulty, "there is no category or family %q: /v1/categories lists them", clip(category+family))
	}
	for _, c := range chosen {
		f.Categories = append(f.Categories, c.CategoryKey)
		if c.Family != "" && !slices.Contains(f.Families, c.Family) {
			f.Families = append(f.Families, c.Family)
		}
	}
	engine := s.engines.For(v.whole)
	for _, w := range v.whole.Duty().Crosswalk {
		if slices.Contains(f.Categories, engine.Today(w.From)) {
			f.Categories = append(f.Categories, w.From)
		}
	}
	return nil
}

// categoryNamed reads kind/code or standard/kind/code; standards hold slashes themselves.
func categoryNamed(text string) (k geo.CategoryKey, err error) {
	parts := strings.Split(text, "/")
	n := len(parts)
	if n >= 2 {
		k = geo.CategoryKey{Standard: strings.Join(parts[:n-2], "/"), Kind: geo.CategoryKind(parts[n-2]), Code: parts[n-1]}
	}
	if k.Code == "" || k.Kind != geo.Component && k.Kind != geo.Matter {
		return k, geo.Errorf(geo.Invalid, "category=%s: write it as kind/code or standard/kind/code, the kind being %s or %s", clip(text), geo.Component, geo.Matter)
	}
	return k, nil
}

// hiddenKinds are the categories whose assets the reader may not see.
func (v view) hiddenKinds() (keys []geo.CategoryKey) {
	for _, c := range v.whole.Categories() {
		if !v.by.Category(&c) {
			keys = append(keys, c.CategoryKey)
		}
	}
	return keys
}

// listReport tells a report in a list.
func (s *server) listReport(v view, l *geo.ListedReport, near bool) reportEntry {
	r, sent := &l.Report, sentOf(&l.Report)
	e := reportEntry{
		ID: r.ID, State: r.State, Open: r.State.Open(), ReportedAt: s.told(r.ReportedAt), Category: sent.Category, Family: r.Family,
		Asset: r.Asset, Lon: sent.Lon, Lat: sent.Lat, Address: r.Address,
	}
	if v.hidesAsset(r.Asset) {
		e.Asset = ""
	}
	if near {
		metres := math.Round(l.Metres*1000) / 1000
		e.Metres = &metres
	}
	life := cases.Of(&l.Case)
	for _, a := range present(&l.Case) {
		if a.Role == geo.Lead {
			e.Department, e.DueAt = s.name(a.Department), s.moment(a.DueAt)
		}
	}
	if !life.ExtendedTo.IsZero() {
		e.DueAt = s.moment(life.ExtendedTo)
	}
	return e
}
