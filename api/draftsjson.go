package api

import (
	"encoding/json"
	"net/http"
	"slices"
	"time"

	"gridwarden/geo"
	"gridwarden/geo/planning"
	"gridwarden/geo/routing"
)

// draftAnswer is a draft as it is told.
type draftAnswer struct {
	ID        geo.DraftID      `json:"id"`
	Name      string           `json:"name"`
	Base      geo.Edition      `json:"base"`
	Behind    geo.Edition      `json:"behind,omitempty"`    // editions published since: rebase before publishing
	Forgotten bool             `json:"forgotten,omitempty"` // nobody touched it for so long that it is listed as such
	Author    string           `json:"author"`
	Editors   []string         `json:"editors"`
	CreatedAt time.Time        `json:"created_at"`
	ChangedAt time.Time        `json:"changed_at"`
	Version   int64            `json:"version"`
	Head      int              `json:"head"`  // edits in force
	Edits     int              `json:"edits"` // undone ones included
	State     geo.DraftState   `json:"state"`
	Approvals []approvalAnswer `json:"approvals"`
	Schedule  *scheduleAnswer  `json:"schedule,omitempty"`
	Published geo.Edition      `json:"published,omitempty"`
	Links     []link           `json:"links"`
}

type approvalAnswer struct {
	Layer        geo.LayerName `json:"layer"`
	Document     string        `json:"document"`
	Body         string        `json:"body"`
	Date         string        `json:"date"`
	EffectiveDay string        `json:"effective_day"`
	FileHash     string        `json:"file_sha256"`
	Author       string        `json:"author"`
	At           time.Time     `json:"at"`
}

type scheduleAnswer struct {
	At            time.Time  `json:"at"`
	EffectiveFrom *time.Time `json:"effective_from,omitempty"`
	Note          string     `json:"note,omitempty"`
	Author        string     `json:"author"`
	Second        string     `json:"second,omitempty"`
	Told          string     `json:"held_because,omitempty"`
}

// describeDraft tells a draft beside the newest edition there is.
func (s *server) describeDraft(r *http.Request, v view, d *geo.Draft) draftAnswer {
	answer := draftAnswer{
		ID: d.ID, Name: d.Name, Base: d.Base, Author: d.Author, Editors: append([]string{}, d.Editors...),
		CreatedAt: d.CreatedAt, ChangedAt: d.ChangedAt, Version: d.Version, Head: d.Head, Edits: d.Edits,
		State: d.State, Approvals: []approvalAnswer{}, Published: d.Published, Links: s.draftLinks(r, v, d),
	}
	if alive(d) {
		answer.Behind = max(0, v.Edition().Number-d.Base)
		answer.Forgotten = s.Drafts.Stale(d)
	}
	for _, a := range d.Approvals {
		answer.Approvals = append(answer.Approvals, approvalAnswer{
			a.Layer, a.Document, a.Body, a.Date.String(), a.EffectiveDay.String(), a.FileHash, a.Author, a.At,
		})
	}
	if t := d.Schedule; t != nil {
		answer.Schedule = &scheduleAnswer{At: t.At, Note: t.Note, Author: t.Author, Second: t.Second, Told: t.Told.In(languageOf(r))}
		if !t.EffectiveFrom.IsZero() {
			answer.Schedule.EffectiveFrom = &t.EffectiveFrom
		}
	}
	return answer
}

// alive tells whether something can still become of a draft.
func alive(d *geo.Draft) bool {
	return d.State != geo.DraftPublished && d.State != geo.DraftDiscarded
}

// draftLinks lead to everything about a draft, its areas and tiles among it.
func (s *server) draftLinks(r *http.Request, v view, d *geo.Draft) []link {
	base := baseURL(r)
	self := base + draftPath(d.ID)
	links := []link{{"self", self, "application/json"}}
	if !alive(d) {
		return links
	}
	for _, l := range []link{
		{"edits", "/edits", "application/json"}, {"faults", "/faults", geoJSON}, {"recode", "/recode.csv", csvType},
		{"impact", "/impact", "application/json"}, {"changes", "/changes", eventStreamType},
	} {
		links = append(links, link{l.Rel, self + l.Href, l.Type})
	}
	for _, l := range v.Layers() {
		links = append(links,
			link{"items", base + "/v1/layers/" + string(l.Name) + "/areas?draft=" + string(d.ID), geoJSON},
			link{"tiles", base + "/tiles/" + string(l.Name) + ".json?draft=" + string(d.ID), "application/json"})
	}
	return links
}

// editAnswer is an edit of a draft as it is listed.
type editAnswer struct {
	Number  int             `json:"number"`
	InForce bool            `json:"in_force"` // not undone
	Author  string          `json:"author"`
	At      time.Time       `json:"at"`
	Reason  string          `json:"reason"`
	Edit    planning.Edit   `json:"edit"`
	Needs   []geo.AreaCode  `json:"needs"` // areas beyond the author's scope that nobody has consented to yet
	Consent []consentAnswer `json:"consent"`
	effectAnswer
}

type consentAnswer struct {
	Areas  []geo.AreaCode `json:"areas"`
	Author string         `json:"author"`
	At     time.Time      `json:"at"`
}

// effectAnswer is what an edit did, but for the shapes.
type effectAnswer struct {
	Changed []planning.AreaName `json:"changed"` // and those that began
	Ended   []planning.AreaName `json:"ended"`
	Groups  []groupAnswer       `json:"groups"`
	Recoded []recodeAnswer      `json:"recodes"`
	LeftOut json.RawMessage     `json:"left_out"` // null, or a MultiLineString
	Notes   []string            `json:"notes"`
}

type recodeAnswer struct {
	Layer geo.LayerName `json:"layer"`
	Old   geo.AreaCode  `json:"old"`
	New   geo.AreaCode  `json:"new"`
}

func describeEdit(d *geo.Draft, e *planning.DoneEdit, l geo.Language) editAnswer {
	answer := editAnswer{
		Number: e.Number, InForce: e.Number <= d.Head, Author: e.Author, At: e.At, Reason: e.Reason, Edit: e.Edit,
		Needs: openNeeds(e), Consent: []consentAnswer{}, effectAnswer: describeEffect(&e.Effect, l),
	}
	answer.Edit.Features = nil // a whole file: what it did is told
	for _, c := range e.Consent {
		answer.Consent = append(answer.Consent, consentAnswer(c))
	}
	return answer
}

// openNeeds are the areas beyond the scope of an edit's author that nobody consented to yet.
func openNeeds(e *planning.DoneEdit) []geo.AreaCode {
	open := []geo.AreaCode{}
	for _, code := range e.Needs {
		if !slices.ContainsFunc(e.Consent, func(c planning.Consent) bool { return slices.Contains(c.Areas, code) }) {
			open = append(open, code)
		}
	}
	return open
}

func describeEffect(e *planning.Effect, l geo.Language) effectAnswer {
	answer := effectAnswer{
		Changed: changedBy(e), Ended: append([]planning.AreaName{}, e.Ended...),
		Groups: []groupAnswer{}, Recoded: []recodeAnswer{}, LeftOut: leftOut(e), Notes: []string{},
	}
	for i := range e.Groups {
		answer.Groups = append(answer.Groups, describeGroup(&e.Groups[i]))
	}
	for _, note := range e.Notes {
		answer.Notes = append(answer.Notes, note.In(l))
	}
	for _, c := range e.Recoded {
		answer.Recoded = append(answer.Recoded, recodeAnswer{c.Layer, c.From, c.To})
	}
	return answer
}

// changedBy names the areas that an edit changed or made.
func changedBy(e *planning.Effect) []planning.AreaName {
	names := make([]planning.AreaName, len(e.Areas))
	for i, a := range e.Areas {
		names[i] = planning.AreaName{Layer: a.Layer, Code: a.Code}
	}
	return names
}

// leftOut is the part of an edit that was left out, nil for none.
func leftOut(e *planning.Effect) json.RawMessage {
	if len(e.LeftOut) == 0 {
		return nil
	}
	body, _ := json.Marshal(struct { // numbers always marshal
		Type        string `json:"type"`
		Coordinates any    `json:"coordinates"`
	}{"MultiLineString", e.LeftOut})
	return body
}

// areaCollection is a FeatureCollection of areas, of all layers in one.
func areaCollection(areas []*geo.Area) json.RawMessage {
	b := append([]byte(nil), `{"type":"FeatureCollection","features":`...)
	return append(appendList(b, areas, appendArea), '}')
}

// faultCollection is a FeatureCollection of faults: what each covers, or the place where
// it is. A mend is an edit that can be sent as it is.
func faultCollection(faults []planning.Fault, l geo.Language) (json.RawMessage, error) {
	features := make([]faultFeature, len(faults))
	for i := range faults {
		features[i] = describeFault(&faults[i], l)
	}
	return json.Marshal(struct {
		Type     string         `json:"type"`
		Features []faultFeature `json:"features"`
	}{"FeatureCollection", features})
}

type faultFeature struct {
	Type       string          `json:"type"`
	Geometry   faultGeometry   `json:"geometry"`
	Properties faultProperties `json:"properties"`
}

type faultGeometry struct {
	Type        string `json:"type"`
	Coordinates any    `json:"coordinates"`
}

type faultProperties struct {
	Kind     geo.FaultKind     `json:"kind"`
	Severity planning.Severity `json:"severity"`
	Layer    geo.LayerName     `json:"layer"`
	Areas    []geo.AreaCode    `json:"areas"`
	At       [2]float64        `json:"at"` // longitude, latitude
	Width    routing.Metres    `json:"width_m"`
	Area     routing.Metres    `json:"area_m2"`
	Message  string            `json:"message"`
	Mend     *planning.Edit    `json:"mend"`
}

func describeFault(f *planning.Fault, l geo.Language) faultFeature {
	feature := faultFeature{"Feature", faultGeometry{"Point", f.At}, faultProperties{
		f.Kind, f.Severity, f.Layer, append([]geo.AreaCode{}, f.Areas...), f.At, routing.Metres(f.Width), routing.Metres(f.Area), f.Sentence().In(l), f.Mend,
	}}
	if len(f.Outline) > 0 {
		feature.Geometry = faultGeometry{"MultiPolygon", f.Outline}
	}
	return feature
}
