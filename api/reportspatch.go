package api

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"time"

	"gridwarden/geo"
)

// correctable are the fields of a report that a correction may change. Who sent it, what
// was written and when stay as they were.
const correctable = "lon, lat, crs, address, category, family, condition, asset_id, accuracy_m, answers, level, whistle"

// patchReport corrects a report and routes it anew. The body is a merge patch (RFC 7396):
// what it does not name stays, null takes away. The correction is of the round its sender
// has seen: If-Match is its ETag.
func (s *server) patchReport(w *response, r *http.Request, v view) error {
	if _, err := readParams(r); err != nil {
		return err
	}
	var patch map[string]json.RawMessage
	if err := decodeAs(w, r, &patch, correctable, "application/json", "application/merge-patch+json"); err != nil {
		return err
	}
	c, err := s.Reports.Report(r.Context(), reportInPath(r))
	if err != nil {
		return err
	}
	if err := mustMatch(r, roundTag(c.Round), geo.Say("report"), stale(c.Round)); err != nil {
		return err
	}
	if !c.Report.State.Open() {
		return geo.Errorf(geo.Conflict, "the report is %s and is not routed anew; an event such as reworked opens it again", c.Report.State)
	}
	if c.Report, err = corrected(v, &c.Report, patch); err != nil {
		return err
	}
	next := &geo.Reassignment{Report: c.Report.ID, Round: c.Round + 1, Reason: geo.ReasonCorrected, Corrected: &c.Report}
	if next.Assignments, err = s.assign(r.Context(), v, c, geo.ReasonCorrected, time.Now()); err != nil {
		return err
	}
	switch err := s.Reports.Reassign(r.Context(), next); {
	case geo.KindOf(err) == geo.Conflict:
		return stale(c.Round)
	case err != nil:
		return err
	}
	after, err := s.Reports.Report(r.Context(), c.Report.ID)
	if err != nil {
		return err
	}
	return s.sendDecided(w, http.StatusOK, after)
}

// roundTag is the ETag of a report in a round: what a correction must have seen.
func roundTag(round int) string { return `"` + strconv.Itoa(round) + `"` }

// stale refuses a correction of a round that is over.
func stale(round int) error {
	return refuse(http.StatusPreconditionFailed, "the report was routed anew meanwhile, in round %d or later: read it again, and correct it as it is now", round)
}

// corrected is a report with a patch laid over it, checked as a new one would be.
func corrected(v view, was *geo.Report, patch map[string]json.RawMessage) (geo.Report, error) {
	request, err := patched(was, patch)
	if err != nil {
		return *was, err
	}
	report, err := request.check(v)
	if err != nil {
		return *was, err
	}
	report.ID, report.Source, report.ExternalID, report.Description = was.ID, was.Source, was.ExternalID, was.Description
	report.ReportedAt, report.ReceivedAt, report.Backfilled, report.State = was.ReportedAt, was.ReceivedAt, was.Backfilled, was.State
	return report, nil
}

// patched is a report as it would be sent, with a patch laid over it.
func patched(was *geo.Report, patch map[string]json.RawMessage) (*reportRequest, error) {
	if len(patch) == 0 {
		return nil, geo.Errorf(geo.Invalid, "the correction is empty: send an object with what changes of %s", correctable)
	}
	text, err := json.Marshal(sentOf(was))
	if err != nil {
		return nil, err
	}
	whole := map[string]json.RawMessage{}
	if err := json.Unmarshal(text, &whole); err != nil {
		return nil, err
	}
	for name, value := range patch {
		switch {
		case !strings.Contains(", "+correctable+", ", ", "+name+", "):
			return nil, geo.Errorf(geo.Invalid, "%q cannot be corrected: known are %s", clip(name), correctable)
		case string(value) == "null":
			delete(whole, name)
		case name == "answers":
			if whole[name], err = mergedAnswers(was.Answers, value); err != nil {
				return nil, err
			}
		default:
			whole[name] = value
		}
	}
	if err := onePlace(patch); err != nil {
		return nil, err
	}
	oneName(whole, patch)
	if text, err = json.Marshal(whole); err != nil {
		return nil, err
	}
	var request reportRequest
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(&request); err != nil {
		return nil, decodeProblem(err, correctable)
	}
	return &request, nil
}

// onePlace refuses half a place: the other half was of another point, or system.
func onePlace(patch map[string]json.RawMessage) error {
	_, lon := patch["lon"]
	_, lat := patch["lat"]
	_, system := patch["crs"]
	if lon != lat || system && !lon {
		return geo.Errorf(geo.Invalid, "a place is corrected whole: give lon and lat together")
	}
	return nil
}

// oneName lets a category given take the place of the family, and the other way round.
func oneName(whole, patch map[string]json.RawMessage) {
	_, category := patch["category"]
	_, family := patch["family"]
	switch {
	case category && !family:
		delete(whole, "family")
	case family && !category:
		delete(whole, "category")
	}
}

// asSent are the fields of a report that a correction may change, as they are sent.
type asSent struct {
	Lon       *float64             `json:"lon,omitempty"`
	Lat       *float64             `json:"lat,omitempty"`
	Address   string               `json:"address,omitempty"`
	Category  *routeCategory       `json:"category,omitempty"`
	Family    string               `json:"family,omitempty"`
	Condition string               `json:"condition,omitempty"`
	Asset     geo.AssetID          `json:"asset_id,omitempty"`
	Accuracy  float64              `json:"accuracy_m,omitempty"`
	Answers   map[string]string    `json:"answers,omitempty"`
	Level     int                  `json:"level,omitempty"`
	Whistle   []geo.DepartmentCode `json:"whistle,omitempty"`
}

func sentOf(r *geo.Report) asSent {
	sent := asSent{
		Address: r.Address, Category: describeCategory(r.Category), Family: r.Family, Condition: r.Condition, Asset: r.Asset,
		Accuracy: r.Accuracy, Answers: r.Answers, Level: r.Level, Whistle: r.Whistle,
	}
	if r.Point != nil {
		lon, lat := r.Point.Lon(), r.Point.Lat()
		sent.Lon, sent.Lat = &lon, &lat
	}
	return sent
}

// describeCategory names a category; nil for none.
func describeCategory(k geo.CategoryKey) *routeCategory {
	if k == (geo.CategoryKey{}) {
		return nil
	}
	category := routeCategory(k)
	return &category
}

// mergedAnswers lays answers over those given before; null takes one back.
func mergedAnswers(was map[string]string, patch json.RawMessage) (json.RawMessage, error) {
	var given map[string]*string
	if err := json.Unmarshal(patch, &given); err != nil {
		return nil, geo.Errorf(geo.Invalid, "answers is an object of texts, null for one taken back: {\"position\":\"pavement\"}")
	}
	merged := map[string]string{}
	for id, value := range was {
		merged[id] = value
	}
	for id, value := range given {
		if value == nil {
			delete(merged, id)
		} else {
			merged[id] = *value
		}
	}
	return json.Marshal(merged)
}
