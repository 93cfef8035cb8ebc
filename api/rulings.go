package api

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"gridwarden/geo"
)

// Publisher makes editions, and ends rulings.
type Publisher interface {
	// Publish makes the next edition; the rulings among its duty rows end with it.
	Publish(ctx context.Context, p *geo.Publication) (geo.EditionInfo, geo.Position, error)
	// EndRuling lets a ruling hold no longer; geo.NotFound when it does not hold.
	EndRuling(ctx context.Context, id geo.RulingID, note string) error
}

// How far a ruling holds.
const (
	onReport = "report" // this report only
	onAsset  = "asset"  // this asset, whatever is reported of it
	onGround = "ground" // this kind of thing on a patch of ground
)

// rulingsLayer is the overlay that holds the ground of rulings once they are published, as
// areas with the codes of their duty rows.
const rulingsLayer = geo.LayerName("rulings")

// rulingRequest is a ruling as a dispatcher gives it.
type rulingRequest struct {
	Department geo.DepartmentCode `json:"department"`
	Basis      string             `json:"basis"`
	Scope      string             `json:"scope"`
	Ground     *groundRequest     `json:"ground"`
	Until      string             `json:"until"`
}

func (q *rulingRequest) empty() bool {
	return q.Department == "" && q.Basis == "" && q.Scope == "" && q.Ground == nil && q.Until == ""
}

// ruling checks a ruling against the report it is about.
func (q *rulingRequest) ruling(v view, c *geo.Case, now time.Time, zone *time.Location) (*geo.Ruling, error) {
	if strings.TrimSpace(q.Basis) == "" {
		return nil, geo.Errorf(geo.Invalid, "basis is missing: a ruling says by which law or document it was decided")
	}
	if err := checkTexts([]sentText{{"basis", q.Basis, maxNote}}); err != nil {
		return nil, err
	}
	today := geo.DateOf(now, zone)
	if err := v.inOffice(q.Department, today); err != nil {
		return nil, err
	}
	until, err := geo.ParseDate(q.Until)
	switch {
	case err != nil:
		return nil, geo.Errorf(geo.Invalid, "until: %w", err)
	case !until.IsZero() && until.Before(today):
		return nil, geo.Errorf(geo.Invalid, "until is %s, which is over: give the last day it holds, or leave it out", until)
	}
	ruling := &geo.Ruling{
		ID: geo.RulingID(geo.NewReportID(now)), Report: c.Report.ID, Department: q.Department, Basis: q.Basis, Until: until,
	}
	return ruling, q.reach(ruling, c)
}

// inOffice refuses a department that is not known, or has ended.
func (v view) inOffice(code geo.DepartmentCode, today geo.Date) error {
	d, known := v.Department(code)
	switch {
	case code == "":
		return geo.Errorf(geo.Invalid, "department is missing: a ruling names who shall answer, by code")
	case !known:
		return geo.Errorf(geo.Faulty, "there is no department %q: /v1/departments lists them", clip(string(code)))
	case !d.ValidUntil.IsZero() && d.ValidUntil.Before(today) && d.Successor != "":
		return geo.Errorf(geo.Faulty, "%s (%s) ended on %s: name its successor %s", d.Name, d.Code, d.ValidUntil, d.Successor)
	case !d.ValidUntil.IsZero() && d.ValidUntil.Before(today):
		return geo.Errorf(geo.Faulty, "%s (%s) ended on %s: name one that is in office", d.Name, d.Code, d.ValidUntil)
	}
	return nil
}

// reach says how far a ruling holds.
func (q *rulingRequest) reach(ruling *geo.Ruling, c *geo.Case) error {
	if q.Ground != nil && q.Scope != onGround {
		return geo.Errorf(geo.Invalid, "ground is given and scope is %q: write scope ground, or leave ground out", clip(q.Scope))
	}
	switch q.Scope {
	case "", onReport:
		return nil
	case onAsset:
		record, err := presentRecord(c)
		if err != nil {
			return err
		}
		if record == nil || record.Asset == nil {
			return geo.Errorf(geo.Faulty, "the report has no asset at hand: rule for the report or for a patch of ground")
		}
		ruling.Asset = &geo.AssetKey{ID: record.Asset.ID, Standard: record.Asset.Standard}
		return nil
	case onGround:
		return q.onGround(ruling, c)
	}
	return geo.Errorf(geo.Invalid, "scope is %q: write report, asset or ground", clip(q.Scope))
}

// onGround binds a ruling to a patch of ground, and to the kind of thing that was disputed
// there.
func (q *rulingRequest) onGround(ruling *geo.Ruling, c *geo.Case) error {
	if q.Ground == nil {
		return geo.Errorf(geo.Invalid, "ground is missing: give the patch as a GeoJSON Polygon or MultiPolygon")
	}
	shape, err := q.Ground.shape()
	if err != nil {
		return err
	}
	if c.Report.Point != nil {
		if inside, onEdge := shape.Polygons.Locate(*c.Report.Point); !inside && !onEdge {
			return geo.Errorf(geo.Faulty, "the ground does not hold the place of the report, %s: a ruling is about the place that was disputed", c.Report.Point)
		}
	}
	ruling.Ground = shape
	ruling.Category = c.Report.Category
	record, err := presentRecord(c)
	if err == nil && record != nil && record.Category != nil {
		ruling.Category = record.Category.Key()
	}
	return err
}

// rulingAnswer is a ruling and, where it holds beyond its report, the duty row it would be.
type rulingAnswer struct {
	ID         geo.RulingID    `json:"id"`
	Report     geo.ReportID    `json:"report"`
	Department *named          `json:"department"`
	Basis      string          `json:"basis"`
	Scope      string          `json:"scope"`
	Category   *routeCategory  `json:"category,omitempty"`
	Asset      geo.AssetID     `json:"asset_id,omitempty"`
	Standard   string          `json:"asset_standard,omitempty"`
	Ground     json.RawMessage `json:"ground,omitempty"`
	Until      string          `json:"until,omitempty"`
	Row        *proposedAnswer `json:"proposed,omitempty"`
}

// proposedAnswer is a duty row as cells: what they hold when the row is published.
type proposedAnswer struct {
	ID         geo.RuleID       `json:"id"`
	Priority   int              `json:"priority"`
	Standard   string           `json:"standard"`
	Kind       geo.CategoryKind `json:"kind"`
	Category   string           `json:"category"`
	Layer      string           `json:"layer"`
	Area       string           `json:"area"`
	Asset      string           `json:"asset"`
	AssetWhere string           `json:"asset_where"`
	ValidUntil string           `json:"valid_until"`
	Assign     string           `json:"assign"`
	Basis      string           `json:"basis"`
	Note       string           `json:"note"`
}

func (s *server) describeRuling(v view, r *geo.Ruling) rulingAnswer {
	answer := rulingAnswer{
		ID: r.ID, Report: r.Report, Department: s.name(r.Department), Basis: r.Basis, Scope: scopeOf(r),
		Category: describeCategory(r.Category), Until: r.Until.String(),
	}
	if r.Asset != nil {
		answer.Asset, answer.Standard = r.Asset.ID, r.Asset.Standard
	}
	if r.Ground != nil {
		answer.Ground = appendShape(nil, r.Ground)
	}
	if answer.Scope != onReport {
		row := v.proposed(r)
		answer.Row = &proposedAnswer{
			ID: row.ID, Priority: row.Priority, Standard: row.Standard, Kind: row.Kind, Category: row.Category, Layer: row.Layer, Area: row.Area,
			Asset: row.Asset, AssetWhere: row.AssetWhere, ValidUntil: row.ValidUntil.String(), Assign: row.Assign, Basis: row.Basis, Note: row.Note,
		}
	}
	return answer
}

func scopeOf(r *geo.Ruling) string {
	switch {
	case r.Asset != nil:
		return onAsset
	case r.Ground != nil:
		return onGround
	}
	return onReport
}

// proposed is the duty row a ruling becomes. Like the ruling it goes before all others.
func (v view) proposed(r *geo.Ruling) geo.DutyRow {
	row := geo.DutyRow{
		ID: r.ID.Row(), Priority: v.firstPriority(), Standard: r.Category.Standard, Kind: r.Category.Kind,
		Category: r.Category.Code, ValidUntil: r.Until, Assign: "department:" + string(r.Department), Basis: r.Basis,
		Note: "裁定 · report " + string(r.Report),
	}
	if r.Asset != nil {
		row.Asset, row.AssetWhere = "must", "id="+string(r.Asset.ID)+";standard="+r.Asset.Standard
	}
	if r.Ground != nil {
		row.Layer, row.Area = string(rulingsLayer), string(r.ID.Row())
	}
	return row
}

// firstPriority is before that of every row that was no ruling.
func (v view) firstPriority() int {
	first := 0
	for _, row := range v.Duty().Rules {
		if _, was := row.ID.Ruling(); !was {
			first = min(first, row.Priority-1)
		}
	}
	return first
}

// rulings lists those in force that are not among the duty rows yet, by id.
func (s *server) rulings(w *response, r *http.Request, v view) error {
	p, err := readParams(r, "limit", cursorParam)
	if err != nil {
		return err
	}
	page, next, err := pageByID(p, v.Duty().Rulings, func(ruling *geo.Ruling) string { return string(ruling.ID) })
	if err != nil {
		return err
	}
	answer := struct {
		Rulings []rulingAnswer `json:"rulings"`
		Next    string         `json:"next,omitempty"` // after which id the next page begins
	}{make([]rulingAnswer, len(page)), next}
	for i := range page {
		answer.Rulings[i] = s.describeRuling(v, &page[i])
	}
	return sendJSON(w, answer)
}

// rulingInPath is the ruling a path names.
func (v view) rulingInPath(r *http.Request) (*geo.Ruling, error) {
	id := geo.RulingID(inPath(r, "id"))
	all := v.Duty().Rulings
	if i := slices.IndexFunc(all, func(o geo.Ruling) bool { return o.ID == id }); i >= 0 {
		return &all[i], nil
	}
	if slices.ContainsFunc(v.Duty().Rules, func(row geo.DutyRow) bool { return row.ID == id.Row() }) {
		return nil, geo.Errorf(geo.Conflict, "the ruling %s was published already, as the duty row %s", id, id.Row())
	}
	return nil, geo.Errorf(geo.NotFound, "there is no ruling %s that waits to be published: /v1/rulings lists them", clip(string(id)))
}

// publishRuling puts a ruling that holds beyond its report among the duty rows, as the next
// edition; the ruling ends with it.
func (s *server) publishRuling(w *response, r *http.Request, v view) error {
	if _, err := readParams(r); err != nil {
		return err
	}
	ruling, err := v.rulingInPath(r)
	if err != nil {
		return err
	}
	if scopeOf(ruling) == onReport {
		return geo.Errorf(geo.Conflict, "the ruling %s is about its own report only: there is nothing to publish", ruling.ID)
	}
	row := v.proposed(ruling)
	if err := expressible(ruling); err != nil {
		return err
	}
	if err := v.mayChange(r, &row); err != nil {
		return err
	}
	p := &geo.Publication{Base: v.Edition().Number, Note: "ruling " + string(ruling.ID)}
	p.Duty.Rules = append(slices.Clone(v.Duty().Rules), row)
	if ruling.Ground != nil {
		if err := v.addGround(p, ruling); err != nil {
			return err
		}
	}
	edition, at, err := s.Publisher.Publish(r.Context(), p)
	if err != nil {
		return err
	}
	w.Header().Set("Gridwarden-Sequence", strconv.FormatInt(int64(at.Sequence), 10))
	return sendJSON(w, struct {
		Edition geo.Edition `json:"edition"`
		Row     geo.RuleID  `json:"row"`
	}{edition.Number, row.ID})
}

// expressible refuses a ruling on an asset whose id a condition of a row cannot hold.
func expressible(r *geo.Ruling) error {
	if r.Asset != nil && strings.ContainsAny(string(r.Asset.ID)+r.Asset.Standard, ";|；｜") {
		return geo.Errorf(geo.Faulty, "the asset %s cannot be named in a duty row, where ; and | divide: the ruling goes on to hold as it is", r.Asset.ID)
	}
	return nil
}

// addGround adds the area a ruling's row is about, and its layer when there is none yet.
func (v view) addGround(p *geo.Publication, ruling *geo.Ruling) error {
	switch l, there := v.Layer(rulingsLayer); {
	case !there:
		rank := 0
		for _, l := range v.Layers() {
			rank = max(rank, l.Rank+1)
		}
		p.Layers = []geo.Layer{{Name: rulingsLayer, Title: "裁定 rulings", Kind: geo.Overlay, Rank: rank, Visibility: geo.Protected}}
	case l.Kind != geo.Overlay:
		return geo.Errorf(geo.Conflict, "the layer %s is a %s and cannot hold the ground of rulings, which may overlap: the ruling goes on to hold as it is", l.Name, l.Kind)
	}
	p.Areas = []*geo.Area{{
		Layer: rulingsLayer, Code: geo.AreaCode(ruling.ID.Row()), Name: groundName(ruling.ID), Shape: *ruling.Ground,
	}}
	return nil
}

// groundName is what the ground of a ruling is called: by the end of its id, for the ids of
// one minute begin alike.
func groundName(id geo.RulingID) string { return "裁定 " + string(id[max(0, len(id)-8):]) }

// endRuling lets a ruling hold no longer. What was decided by it stays as it is.
func (s *server) endRuling(w *response, r *http.Request, v view) error {
	if _, err := readParams(r); err != nil {
		return err
	}
	id := geo.RulingID(inPath(r, "id"))
	if err := s.Publisher.EndRuling(r.Context(), id, "ended"); err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}
