package api

import (
	"context"
	"net/http"
	"time"

	"gridwarden/geo"
	"gridwarden/geo/audit"
	"gridwarden/geo/impact"
	"gridwarden/geo/index"
	"gridwarden/geo/planning"
	"gridwarden/geo/routing"
)

// maxTransfers is how many transfers of duty are told; they are counted all.
const maxTransfers = 1000

// ruleImpact is what a change of the table of duty would do.
type ruleImpact struct {
	Layer            geo.LayerName `json:"layer"` // of the areas of the cells
	Cells            []transfer    `json:"cells"`
	CellsTotal       int           `json:"cells_total"`
	Assets           movedAnswer   `json:"assets"`
	Open             movedAnswer   `json:"open_reports"`
	Recent           movedAnswer   `json:"recent_reports"`
	HolesBefore      int           `json:"holes_before"`
	HolesAfter       int           `json:"holes_after"`
	CollisionsBefore int           `json:"collisions_before"`
	CollisionsAfter  int           `json:"collisions_after"`
}

// transfer is ground of an area on which a category passes to another department.
type transfer struct {
	Category audit.CategoryDocument `json:"category"`
	Area     geo.AreaCode           `json:"area"`
	Name     string                 `json:"name"`
	From     geo.DepartmentCode     `json:"from"` // empty: nobody
	To       geo.DepartmentCode     `json:"to"`
	Metres2  routing.Metres         `json:"area_m2"`
}

// tellRuleImpact tells what the table would do were it the rows given. Where they ask assets
// for what this server has not loaded, it says so instead.
func (s *server) tellRuleImpact(answer *ruleChanges, r *http.Request, v view, rules []geo.DutyRow) error {
	after, err := planning.WithRules(v.whole, rules)
	if geo.KindOf(err) == geo.Conflict {
		answer.Untold = geo.Say("rows ask assets for attributes that none asked for before: what that does is seen once it is published").In(languageOf(r))
		return nil
	}
	if err != nil {
		return err
	}
	was, is, err := s.bothAudits(r.Context(), v.whole, after)
	if err != nil {
		return err
	}
	found, err := s.compare(r, v.whole, after, impactQuery{Options: impact.Options{
		Limit: defaultLimit, Routing: s.Routing, Now: time.Now(), Hides: v.hidesCategory,
	}})
	if err != nil {
		return err
	}
	answer.Impact = describeRuleImpact(was, is, found)
	return nil
}

func describeRuleImpact(was, is *audit.Audit, found *impact.Impact) *ruleImpact {
	before, after := was.Counts(), is.Counts()
	told := &ruleImpact{
		Layer: is.StreetLayer(), Cells: []transfer{}, CellsTotal: len(is.Transfers),
		Assets: describeMoved(&found.Assets), Open: describeMoved(&found.Open), Recent: describeMoved(&found.Recent),
		HolesBefore: before[audit.Hole], HolesAfter: after[audit.Hole],
		CollisionsBefore: before[audit.Collision], CollisionsAfter: after[audit.Collision],
	}
	for _, t := range is.Transfers[:min(len(is.Transfers), maxTransfers)] {
		told.Cells = append(told.Cells, transfer{is.CategoryDocument(t.Category), t.Area.Code, t.Area.Name, t.From, t.To, routing.Metres(t.Metres2)})
	}
	return told
}

// bothAudits are the audits of the newest view and of one with other rows, which takes over
// the places of the first.
func (s *server) bothAudits(ctx context.Context, before, after *index.Snapshot) (was, is *audit.Audit, err error) {
	o := audit.Options{Settings: s.Routing, At: time.Now()}
	if was, err = s.audits.of(ctx, before, o); err != nil {
		return nil, nil, err
	}
	o.Before = was
	is, err = s.otherAudits.of(ctx, after, o)
	return was, is, err
}
