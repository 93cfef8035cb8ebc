package api

import (
	"time"

	"gridwarden/geo"
	"gridwarden/geo/impact"
	"gridwarden/geo/routing"
)

// impactAnswer is what a change does, as it is told. Lists are cut as asked for; counts are
// of all.
type impactAnswer struct {
	Draft  geo.DraftID       `json:"draft,omitempty"`
	Before geo.Edition       `json:"before"`
	After  geo.Edition       `json:"after"`
	Since  time.Time         `json:"since"` // recent reports are those reported since
	Layers []layerImpact     `json:"layers"`
	Assets movedAnswer       `json:"assets"`
	Open   movedAnswer       `json:"open_reports"`
	Recent movedAnswer       `json:"recent_reports"`
	Lost   []uncoveredAnswer `json:"uncovered"`
	Work   struct {
		Grids   *workloadAnswer `json:"grids,omitempty"`
		Parents *workloadAnswer `json:"parents,omitempty"`
	} `json:"workload"`
	Retired retiredAnswer `json:"retired"`
}

type layerImpact struct {
	Layer   geo.LayerName `json:"layer"`
	Changed int           `json:"changed"`
	Begun   int           `json:"begun"`
	Ended   int           `json:"ended"`
	Recoded int           `json:"recoded"` // of those changed
	Areas   []areaImpact  `json:"areas"`
}

type areaImpact struct {
	What     string     `json:"what"` // changed, begun, ended
	Reshaped bool       `json:"reshaped"`
	Recoded  bool       `json:"recoded"`
	Was      *areaState `json:"was"`
	Is       *areaState `json:"is"`
}

type areaState struct {
	Code         geo.AreaCode       `json:"code"`
	Name         string             `json:"name"`
	Department   geo.DepartmentCode `json:"department"`
	Parent       geo.AreaCode       `json:"parent"`
	SquareMetres routing.Metres     `json:"area_m2"`
}

type movedAnswer struct {
	Total          int               `json:"total"`
	Area           int               `json:"area"`
	Department     int               `json:"department"`
	LostAreas      int               `json:"lost_areas"`
	LostDepartment int               `json:"lost_department"`
	Directions     []directionAnswer `json:"directions"`
	Listed         []thingAnswer     `json:"listed"`
}

type directionAnswer struct {
	From  *geo.DepartmentCode `json:"from"` // null: nobody
	To    *geo.DepartmentCode `json:"to"`
	Count int                 `json:"count"`
}

type thingAnswer struct {
	ID       string              `json:"id"`
	Standard string              `json:"standard,omitempty"`
	Category *routeCategory      `json:"category,omitempty"`
	Lon      float64             `json:"lon"`
	Lat      float64             `json:"lat"`
	From     *geo.DepartmentCode `json:"from"`
	To       *geo.DepartmentCode `json:"to"`
	FromRule routing.Rule        `json:"from_rule"`
	ToRule   routing.Rule        `json:"to_rule"`
	Areas    []areaMove          `json:"areas"`
}

type areaMove struct {
	Layer geo.LayerName  `json:"layer"`
	From  []geo.AreaCode `json:"from"`
	To    []geo.AreaCode `json:"to"`
}

type uncoveredAnswer struct {
	Layer        geo.LayerName  `json:"layer"`
	SquareMetres routing.Metres `json:"area_m2"`
	Assets       int            `json:"assets"`
	Reports      int            `json:"open_reports"`
	Outline      jsonShape      `json:"outline"`
}

type workloadAnswer struct {
	Layer  geo.LayerName `json:"layer"`
	Before spreadAnswer  `json:"before"`
	After  spreadAnswer  `json:"after"`
	Areas  []loadImpact  `json:"areas"`
}

type spreadAnswer struct {
	Assets rangeAnswer `json:"assets"`
	Open   rangeAnswer `json:"open_reports"`
	Recent rangeAnswer `json:"recent_reports"`
}

type rangeAnswer struct {
	Count     int     `json:"count"` // of areas
	Min       int     `json:"min"`
	Max       int     `json:"max"`
	Mean      float64 `json:"mean"`
	Deviation float64 `json:"standard_deviation"`
}

type loadImpact struct {
	Code   geo.AreaCode `json:"code"`
	Before *loadAnswer  `json:"before"` // null: it is not there
	After  *loadAnswer  `json:"after"`
}

type loadAnswer struct {
	Assets int `json:"assets"`
	Open   int `json:"open_reports"`
	Recent int `json:"recent_reports"`
}

type retiredAnswer struct {
	Rows    []retiredRow   `json:"rows"`
	Groups  []retiredGroup `json:"groups"`
	Posts   []retiredPost  `json:"posts"`
	Rulings []geo.RulingID `json:"rulings"`
}

type retiredRow struct {
	ID        geo.RuleID     `json:"id"`
	Layer     string         `json:"layer"`
	Area      string         `json:"area"`
	Codes     []geo.AreaCode `json:"codes"`
	Remaining int            `json:"remaining"`
}

type retiredGroup struct {
	Kind    string         `json:"kind"`
	Code    string         `json:"code"`
	Layer   geo.LayerName  `json:"layer"`
	Members []geo.AreaCode `json:"members"`
}

// retiredPost is a post without the person, whom not everybody may know.
type retiredPost struct {
	Layer string `json:"layer"`
	Code  string `json:"code"`
	Role  string `json:"role"`
}

type affectedAnswer struct {
	Edition       geo.Edition `json:"edition"`
	EffectiveFrom time.Time   `json:"effective_from"`
	PublishedAt   time.Time   `json:"published_at"`
	Reports       movedAnswer `json:"reports"`
}

// jsonShape is a shape written as a geometry.
type jsonShape struct{ *geo.Shape }

func (s jsonShape) MarshalJSON() ([]byte, error) { return appendShape(nil, s.Shape), nil }

// sendImpact answers with an impact, as one document or as features.
func (s *server) sendImpact(w *response, found *impact.Impact, q impactQuery, draft geo.DraftID) error {
	if q.features {
		return s.sendFeatures(w, impactFeatures(found, q))
	}
	answer := impactAnswer{
		Draft: draft, Before: found.Before, After: found.After, Since: found.Since.In(s.Zone).Truncate(time.Second), Layers: []layerImpact{},
		Assets: describeMoved(&found.Assets), Open: describeMoved(&found.Open), Recent: describeMoved(&found.Recent),
		Lost: []uncoveredAnswer{}, Retired: describeRetired(&found.Retired),
	}
	for i := range found.Layers {
		answer.Layers = append(answer.Layers, describeLayer(&found.Layers[i], q))
	}
	for i := range found.Uncovered {
		u := &found.Uncovered[i]
		answer.Lost = append(answer.Lost, uncoveredAnswer{u.Layer, routing.Metres(u.SquareMetres), u.Assets, u.Reports, jsonShape{&u.Outline}})
	}
	answer.Work.Grids, answer.Work.Parents = describeWorkload(&found.Grids, q), describeWorkload(&found.Parents, q)
	return sendJSON(w, answer)
}

// cut is the part of a list that was asked for.
func cut[T any](all []T, q impactQuery) []T {
	all = all[min(q.Skip, len(all)):]
	return all[:min(q.Limit, len(all))]
}

func describeLayer(l *impact.LayerChange, q impactQuery) layerImpact {
	answer := layerImpact{l.Layer, l.Changed, l.Begun, l.Ended, l.Recoded, []areaImpact{}}
	for _, a := range cut(l.Areas, q) {
		answer.Areas = append(answer.Areas, areaImpact{
			whatBecame(&a), a.Reshaped, a.Recoded, describeArea(a.Was, a.WasMetres2), describeArea(a.Is, a.IsMetres2),
		})
	}
	return answer
}

func whatBecame(a *impact.AreaChange) string {
	switch {
	case a.Was == nil:
		return "begun"
	case a.Is == nil:
		return "ended"
	}
	return "changed"
}

func describeArea(a *geo.Area, metres2 float64) *areaState {
	if a == nil {
		return nil
	}
	return &areaState{a.Code, a.Name, a.Department, a.Parent, routing.Metres(metres2)}
}

func describeMoved(m *impact.Moved) movedAnswer {
	answer := movedAnswer{
		Total: m.Total, Area: m.Area, Department: m.Department, LostAreas: m.LostAreas, LostDepartment: m.LostDepartment,
		Directions: []directionAnswer{}, Listed: []thingAnswer{},
	}
	for _, d := range m.Directions {
		answer.Directions = append(answer.Directions, directionAnswer{orNull(d.From), orNull(d.To), d.Count})
	}
	for i := range m.Listed {
		answer.Listed = append(answer.Listed, describeThing(&m.Listed[i]))
	}
	return answer
}

func describeThing(t *impact.Thing) thingAnswer {
	answer := thingAnswer{
		ID: t.ID, Standard: t.Standard, Category: describeCategory(t.Category), Lon: t.At.Lon(), Lat: t.At.Lat(),
		From: orNull(t.From), To: orNull(t.To), FromRule: t.FromRule, ToRule: t.ToRule, Areas: []areaMove{},
	}
	for _, a := range t.Areas {
		answer.Areas = append(answer.Areas, areaMove{a.Layer, orEmpty(a.From), orEmpty(a.To)})
	}
	return answer
}

// orEmpty is a list that is never null.
func orEmpty[T any](all []T) []T {
	if all == nil {
		return []T{}
	}
	return all
}

// orNull is a code, null for none.
func orNull(code geo.DepartmentCode) *geo.DepartmentCode {
	if code == "" {
		return nil
	}
	return &code
}

func describeWorkload(l *impact.Workload, q impactQuery) *workloadAnswer {
	if len(l.Areas) == 0 {
		return nil
	}
	answer := &workloadAnswer{l.Layer, describeSpread(&l.Before), describeSpread(&l.After), []loadImpact{}}
	load := func(there bool, l impact.Load) *loadAnswer {
		if !there {
			return nil
		}
		answer := loadAnswer(l)
		return &answer
	}
	for _, a := range cut(l.Areas, q) {
		answer.Areas = append(answer.Areas, loadImpact{a.Code, load(a.WasThere, a.Before), load(a.IsThere, a.After)})
	}
	return answer
}

func describeSpread(s *impact.Spread) spreadAnswer {
	return spreadAnswer{rangeAnswer(s.Assets), rangeAnswer(s.Open), rangeAnswer(s.Recent)}
}

func describeRetired(found *impact.Retired) retiredAnswer {
	answer := retiredAnswer{Rows: []retiredRow{}, Groups: []retiredGroup{}, Posts: []retiredPost{}, Rulings: orEmpty(found.Rulings)}
	for _, r := range found.Rows {
		answer.Rows = append(answer.Rows, retiredRow(r))
	}
	for _, g := range found.Groups {
		answer.Groups = append(answer.Groups, retiredGroup(g))
	}
	for _, p := range found.Posts {
		answer.Posts = append(answer.Posts, retiredPost{p.Layer, p.Code, p.Role})
	}
	return answer
}

// sendAffected answers with the reports from before an edition was published.
func (s *server) sendAffected(w *response, answer *affectedAnswer, things []impact.Thing, q impactQuery) error {
	if q.features {
		return s.sendFeatures(w, thingFeatures("report", things))
	}
	return sendJSON(w, answer)
}

// feature writes one feature.
type feature func(b []byte) []byte

// impactFeatures are what a map of an impact draws: areas that changed, ground that nobody
// holds any more, assets and reports that move.
func impactFeatures(found *impact.Impact, q impactQuery) (features []feature) {
	for _, l := range found.Layers {
		for _, a := range cut(l.Areas, q) {
			features = append(features, func(b []byte) []byte { return appendAreaImpact(b, l.Layer, &a) })
		}
	}
	for i := range found.Uncovered {
		u := &found.Uncovered[i]
		features = append(features, func(b []byte) []byte {
			b = appendShape(append(b, `{"type":"Feature","geometry":`...), &u.Outline)
			b = appendString(append(b, `,"properties":{"what":"uncovered","layer":`...), string(u.Layer))
			b = appendMetres(append(b, `,"area_m2":`...), u.SquareMetres)
			b = appendInt(append(b, `,"assets":`...), int64(u.Assets))
			b = appendInt(append(b, `,"open_reports":`...), int64(u.Reports))
			return append(b, "}}"...)
		})
	}
	features = append(features, thingFeatures("asset", found.Assets.Listed)...)
	reports := found.Open.Listed
	for _, t := range found.Recent.Listed {
		if !t.Open {
			reports = append(reports, t)
		}
	}
	return append(features, thingFeatures("report", reports)...)
}

// appendAreaImpact writes an area as it is after, or as it was where it ended.
func appendAreaImpact(b []byte, layer geo.LayerName, a *impact.AreaChange) []byte {
	shown := a.Is
	if shown == nil {
		shown = a.Was
	}
	b = appendShape(append(b, `{"type":"Feature","geometry":`...), &shown.Shape)
	b = appendString(append(b, `,"properties":{"what":"area","layer":`...), string(layer))
	b = appendString(append(b, `,"became":`...), whatBecame(a))
	b = appendBool(append(b, `,"reshaped":`...), a.Reshaped)
	b = appendState(append(b, `,"was":`...), a.Was)
	b = appendState(append(b, `,"is":`...), a.Is)
	return append(appendString(append(b, `,"code":`...), string(shown.Code)), "}}"...)
}

// thingFeatures are things at their places.
func thingFeatures(what string, things []impact.Thing) (features []feature) {
	for i := range things {
		t := &things[i]
		features = append(features, func(b []byte) []byte {
			b = appendPoint(append(b, `{"type":"Feature","geometry":`...), t.At)
			b = appendString(append(b, `,"properties":{"what":`...), what)
			b = appendString(append(b, `,"id":`...), t.ID)
			b = appendOptional(append(b, `,"from":`...), string(t.From))
			b = appendOptional(append(b, `,"to":`...), string(t.To))
			b = appendList(append(b, `,"areas":`...), t.Areas, func(b []byte, a impact.AreaMove) []byte {
				b = appendString(append(b, `{"layer":`...), string(a.Layer))
				b = appendList(append(b, `,"from":`...), a.From, appendCode)
				return append(appendList(append(b, `,"to":`...), a.To, appendCode), '}')
			})
			if what == "report" {
				b = appendBool(append(b, `,"open":`...), t.Open)
			}
			return append(b, "}}"...)
		})
	}
	return features
}

func appendCode(b []byte, code geo.AreaCode) []byte { return appendString(b, string(code)) }

// sendFeatures answers with features that are all there is.
func (s *server) sendFeatures(w *response, features []feature) error {
	w.Header().Set("Content-Type", geoJSON)
	out := s.newStream(w)
	out.buf = append(out.buf, `{"type":"FeatureCollection","features":[`...)
	for i, f := range features {
		if i > 0 {
			out.buf = append(out.buf, ',', '\n')
		}
		out.buf = f(out.buf)
		if err := out.full(); err != nil {
			return err
		}
	}
	out.buf = append(out.buf, "]}\n"...)
	return out.send()
}
