package api

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"time"

	"gridwarden/geo"
	"gridwarden/geo/routing"
)

// routeRequest is what decides who answers for a report.
type routeRequest struct {
	Lon        *float64             `json:"lon"`
	Lat        *float64             `json:"lat"`
	CRS        string               `json:"crs"`
	Category   *routeCategory       `json:"category"`
	Family     string               `json:"family"`
	Asset      geo.AssetID          `json:"asset_id"`
	Condition  string               `json:"condition"`
	Accuracy   float64              `json:"accuracy_m"`
	Source     string               `json:"source"`
	Answers    map[string]string    `json:"answers"`
	ReportedAt string               `json:"reported_at"`
	Level      int                  `json:"level"`
	Whistle    []geo.DepartmentCode `json:"whistle"`
}

const routeFields = "lon, lat, crs, category, family, asset_id, condition, accuracy_m, source, answers, reported_at, level, whistle"

type routeCategory struct {
	Standard string           `json:"standard"`
	Kind     geo.CategoryKind `json:"kind"`
	Code     string           `json:"code"`
}

// Limits of what decides: no city comes near them.
const (
	maxAnswers = 50
	maxLevel   = 8
	maxWhistle = 50
)

// report checks what was sent against the view. Where no point is needed it may have none.
// Without reported_at its time is zero.
func (q *routeRequest) report(v view, located bool) (r geo.Report, err error) {
	r = geo.Report{
		Source: q.Source, Family: q.Family, Condition: q.Condition, Asset: q.Asset, Accuracy: q.Accuracy,
		Answers: q.Answers, Level: q.Level, Whistle: q.Whistle,
	}
	if located {
		if q.Lon == nil || q.Lat == nil {
			return r, geo.Errorf(geo.Invalid, "lon or lat is missing: give both in degrees")
		}
		at, err := pointOf(q.CRS, *q.Lon, *q.Lat)
		if err != nil {
			return r, err
		}
		r.Point = &at
	}
	if err := q.checkNumbers(); err != nil {
		return r, err
	}
	if r.ReportedAt, err = readTime("reported_at", q.ReportedAt); err != nil {
		return r, err
	}
	if q.Category != nil {
		if r.Category, err = q.Category.key(v); err != nil {
			return r, err
		}
	}
	return r, q.checkNames(v)
}

func (q *routeRequest) checkNumbers() error {
	switch {
	case q.Accuracy < 0 || q.Accuracy > geo.MaxAccuracy:
		return geo.Errorf(geo.Invalid, "accuracy_m is %v: give metres from 0 to %d", q.Accuracy, geo.MaxAccuracy)
	case q.Level < 0 || q.Level > maxLevel:
		return geo.Errorf(geo.Invalid, "level is %d: 1 is the top of the departments, 2 those below it; leave it out for the lead itself", q.Level)
	case len(q.Answers) > maxAnswers:
		return geo.Errorf(geo.Invalid, "there are %d answers: at most %d are taken", len(q.Answers), maxAnswers)
	case len(q.Whistle) > maxWhistle:
		return geo.Errorf(geo.Invalid, "whistle calls %d departments: at most %d are taken", len(q.Whistle), maxWhistle)
	}
	return nil
}

// checkNames refuses families and departments nobody knows.
func (q *routeRequest) checkNames(v view) error {
	if q.Family != "" {
		if q.Category != nil {
			return geo.Errorf(geo.Invalid, "category and family both say what it is: give one of them")
		}
		if !slices.ContainsFunc(v.Categories(), func(c geo.Category) bool { return c.Family == q.Family }) {
			return geo.Errorf(geo.Faulty, "no category belongs to the family %q: /v1/categories lists them", clip(q.Family))
		}
	}
	for _, code := range q.Whistle {
		if _, known := v.Department(code); !known {
			return geo.Errorf(geo.Faulty, "whistle calls %q, which is no department: /v1/departments lists them", clip(string(code)))
		}
	}
	return nil
}

// key is the category, which must be one that is known, or an old one that the crosswalk
// leads on.
func (c routeCategory) key(v view) (geo.CategoryKey, error) {
	k := geo.CategoryKey(c)
	if k.Standard == "" || k.Code == "" || (k.Kind != geo.Component && k.Kind != geo.Matter) {
		return k, geo.Errorf(geo.Invalid, "category needs standard, kind (%s or %s) and code: codes differ between the standards", geo.Component, geo.Matter)
	}
	if _, ok := v.Category(k); ok {
		return k, nil
	}
	if slices.ContainsFunc(v.Duty().Crosswalk, func(w geo.Crosswalk) bool { return w.From == k }) {
		return k, nil
	}
	return k, geo.Errorf(geo.Faulty, "there is no %s category %q in the standard %q: /v1/categories lists them", k.Kind, clip(k.Code), clip(k.Standard))
}

// route decides who answers for a report, or for each of a stream of them, and keeps
// nothing. The answer may name any area, asset and department: it is public only where all
// of them are, and with a key it names what its holder may see.
func (s *server) route(w *response, r *http.Request, v view) error {
	if v.anonymous() && !v.seesAll() {
		return keyNeeded()
	}
	if err := takes(r, "application/json", ndjsonType); err != nil {
		return err
	}
	ask, err := s.newRouteAsk(w, r, v)
	if err != nil {
		return err
	}
	if isType(r, ndjsonType) {
		return ask.stream(w, r)
	}
	var q routeRequest
	if err := decode(w, r, &q, routeFields); err != nil {
		return err
	}
	record, err := ask.decide(r.Context(), &q)
	if err != nil {
		return err
	}
	return sendRecord(w, record)
}

// routeAsk is how the reports of one request are to be decided.
type routeAsk struct {
	view
	server *server
	level  int // asked for of all; 0: each says its own
	asOf   time.Time
}

func (s *server) newRouteAsk(w *response, r *http.Request, v view) (*routeAsk, error) {
	p, err := readParams(r, "at", "edition", "known", "draft", "level")
	if err != nil {
		return nil, err
	}
	a := &routeAsk{server: s}
	if a.view, err = s.when(w, r, v, p); err != nil {
		return nil, err
	}
	if p.Has("level") {
		level, err := p.whole("level", 0, 1, maxLevel)
		if err != nil {
			return nil, err
		}
		a.level = int(level)
	}
	a.asOf, err = p.time("at", time.Now())
	return a, err
}

// decide decides one report.
func (a *routeAsk) decide(ctx context.Context, q *routeRequest) (*routing.Record, error) {
	if a.level > 0 {
		q.Level = a.level
	}
	report, err := q.report(a.view, true)
	if err != nil {
		return nil, err
	}
	if report.ReportedAt.IsZero() {
		report.ReportedAt = a.asOf
	}
	v, err := a.server.notBeforeFirst(ctx, a.view, report.ReportedAt)
	if err != nil {
		return nil, err
	}
	request, _ := routing.RequestOf(&report, a.asOf)
	request.BeforeFirst = v.beforeFirst
	d := a.server.engines.For(v.whole).Decide(request)
	a.server.metrics.decided(d.Rule)
	return v.discreet(routing.NewRecord(&d)), nil
}

// notBeforeFirst is the view by which a report of a time is decided: v itself, but for one
// older than the first edition that first edition, and the view says so.
func (s *server) notBeforeFirst(ctx context.Context, v view, reported time.Time) (view, error) {
	if s.Past == nil || v.beforeFirst || !reported.Before(v.Edition().EffectiveFrom) {
		return v, nil
	}
	first, before, err := s.Past.View(ctx, When{At: reported, KnownNow: true})
	if err == nil && before {
		v = v.of(first)
		v.beforeFirst = true
	}
	return v, err
}

// sendRecord answers with a decision, its sentences in the reader's language.
func sendRecord(w *response, record *routing.Record) error {
	body, err := json.Marshal(record.In(w.language))
	if err != nil {
		return err
	}
	w.speaks()
	send(w, http.StatusOK, "application/json", append(body, '\n'))
	return nil
}
