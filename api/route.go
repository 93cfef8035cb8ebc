package api

import (
	"encoding/json"
	"net/http"
	"time"

	"gridwarden/geo"
	"gridwarden/geo/index"
	"gridwarden/geo/routing"
)

// routeRequest is a report to be decided. Condition, source and answers are taken for the
// sake of clients that know them; they decide nothing yet.
type routeRequest struct {
	Lon        *float64                   `json:"lon"`
	Lat        *float64                   `json:"lat"`
	CRS        string                     `json:"crs"`
	Category   *routeCategory             `json:"category"`
	Asset      geo.AssetID                `json:"asset_id"`
	Accuracy   float64                    `json:"accuracy_m"`
	ReportedAt string                     `json:"reported_at"`
	Condition  string                     `json:"condition"`
	Source     string                     `json:"source"`
	Answers    map[string]json.RawMessage `json:"answers"`
}

const routeFields = "lon, lat, category, asset_id, condition, accuracy_m, source, answers, reported_at, crs"

type routeCategory struct {
	Standard string           `json:"standard"`
	Kind     geo.CategoryKind `json:"kind"`
	Code     string           `json:"code"`
}

// maxAccuracy is the largest radius in metres in which an asset is looked for.
const maxAccuracy = 1000

// request checks what was sent against the view.
func (q routeRequest) request(v view, zone *time.Location) (routing.Request, error) {
	var none routing.Request
	if q.Lon == nil || q.Lat == nil {
		return none, geo.Errorf(geo.Invalid, "lon or lat is missing: give both in degrees")
	}
	at, err := pointOf(q.CRS, *q.Lon, *q.Lat)
	if err != nil {
		return none, err
	}
	if q.Accuracy < 0 || q.Accuracy > maxAccuracy {
		return none, geo.Errorf(geo.Invalid, "accuracy_m is %v: give metres from 0 to %d", q.Accuracy, maxAccuracy)
	}
	when := time.Now()
	if q.ReportedAt != "" {
		if when, err = time.Parse(time.RFC3339, q.ReportedAt); err != nil {
			return none, geo.Errorf(geo.Invalid, "reported_at is %q: write a time as 2026-07-01T08:00:00+08:00", clip(q.ReportedAt))
		}
	}
	request := routing.Request{At: at, Asset: q.Asset, Accuracy: q.Accuracy, Reported: when}
	if q.Category != nil {
		request.Category, err = q.Category.key(v)
	}
	return request, err
}

// key is the category, which must be one that is known.
func (c routeCategory) key(v view) (geo.CategoryKey, error) {
	k := geo.CategoryKey(c)
	if k.Standard == "" || k.Code == "" || (k.Kind != geo.Component && k.Kind != geo.Matter) {
		return k, geo.Errorf(geo.Invalid, "category needs standard, kind (%s or %s) and code: codes differ between the standards", geo.Component, geo.Matter)
	}
	if _, ok := v.Category(k); !ok {
		return k, geo.Errorf(geo.Faulty, "there is no %s category %q in the standard %q: /v1/categories lists them", k.Kind, clip(k.Code), clip(k.Standard))
	}
	return k, nil
}

// route decides who answers for a report and keeps nothing. The answer may name any area,
// asset and department: it is public only where all of them are.
func (s *server) route(w *response, r *http.Request, v view) error {
	if !v.seesAll() {
		return keyNeeded()
	}
	if _, err := readParams(r); err != nil {
		return err
	}
	var q routeRequest
	if err := decode(w, r, &q, routeFields); err != nil {
		return err
	}
	request, err := q.request(v, s.Zone)
	if err != nil {
		return err
	}
	d := routing.Decide(v.Snapshot, request)
	s.metrics.decided(d.Rule)
	send(w, http.StatusOK, "application/json", append(v.appendDecision(nil, d), '\n'))
	return nil
}

// appendDecision writes a decision; department is null when it is unrouted.
func (v view) appendDecision(b []byte, d routing.Decision) []byte {
	b = append(b, `{"department":`...)
	if d.Department == nil {
		b = append(b, "null"...)
	} else {
		b = appendDepartment(b, *d.Department)
	}
	b = append(b, `,"rule":`...)
	b = appendString(b, string(d.Rule))
	b = append(b, `,"path":`...)
	b = appendList(b, d.Path, appendDepartment)
	b = append(b, ',')
	b = v.appendHits(b, d.Place, true)
	if d.Asset != nil {
		b = append(b, `,"asset":`...)
		b = appendNear(b, *d.Asset)
	}
	b = append(b, `,"edition":`...)
	b = appendInt(b, int64(d.Edition))
	b = append(b, `,"explanation":`...)
	b = appendList(b, d.Explanation, appendStep)
	return append(b, '}')
}

func appendDepartment(b []byte, d geo.Department) []byte {
	b = appendString(append(b, `{"code":`...), string(d.Code))
	b = appendString(append(b, `,"name":`...), d.Name)
	return append(b, '}')
}

func appendNear(b []byte, n index.Near) []byte {
	b = appendString(append(b, `{"id":`...), string(n.Asset.ID))
	b = appendString(append(b, `,"standard":`...), n.Asset.Category.Standard)
	b = appendString(append(b, `,"category":`...), n.Asset.Category.Code)
	b = appendString(append(b, `,"name":`...), n.Asset.Name)
	b = appendMetres(append(b, `,"distance_m":`...), n.Metres)
	return append(b, '}')
}

func appendStep(b []byte, s routing.Step) []byte {
	b = appendOptional(append(b, `{"rule":`...), string(s.Rule))
	b = appendOptional(append(b, `,"subject":`...), s.Subject)
	b = appendOptional(append(b, `,"department":`...), string(s.Department))
	b = appendBool(append(b, `,"decided":`...), s.Decided)
	b = appendString(append(b, `,"why":`...), s.Why(routing.English))
	return append(b, '}')
}
