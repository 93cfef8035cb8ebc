package api

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/gorilla/mux"

	"gridwarden/geo"
	"gridwarden/geo/access"
)

// handler answers a request or returns why not.
type handler func(w *response, r *http.Request) error

// route is one path and what answers each method there. HEAD is answered by GET.
type route struct {
	path    string
	methods map[string]handler
}

func get(h handler) map[string]handler { return map[string]handler{http.MethodGet: h} }

// routes is the whole service: what is asked most is looked at first.
func (s *server) routes() []route {
	return slices.Concat(s.dailyRoutes(), s.dutyRoutes(), s.planningRoutes())
}

// dailyRoutes are those of look-ups, data, reports, keys and tiles.
func (s *server) dailyRoutes() []route {
	return []route{
		{"/healthz", get(s.healthz)},
		{"/readyz", get(s.readyz)},
		{"/metrics", get(s.need(access.Measure, s.metrics.serve))},
		{"/openapi.json", get(s.openapi)},

		{"/v1/locate", map[string]handler{
			http.MethodGet:  s.read(layersInQuery, s.locate),
			http.MethodPost: s.read(layersInQuery, s.locateStream),
		}},
		{"/v1/route", map[string]handler{http.MethodPost: s.read(whatIsPublic, s.route)}},
		{"/v1/search", get(s.read(whatIsPublic, s.search))},

		{"/v1/layers", get(s.read(whatIsPublic, s.layers))},
		{"/v1/layers/{layer}", get(s.read(layersInPath, s.layer))},
		{"/v1/layers/{layer}/areas", get(s.read(layersInPath, s.areas))},
		{"/v1/layers/{layer}/areas/{code}", get(s.read(layersInPath, s.area))},
		{"/v1/layers/{layer}/areas/{code}/history", get(s.read(layersInPath, s.areaHistory))},
		{"/v1/assets", get(s.read(inventory, s.assets))},
		{"/v1/assets/{id}", get(s.read(inventory, s.asset))},
		{"/v1/departments", get(s.read(inventory, s.departments))},
		{"/v1/categories", get(s.read(inventory, s.categories))},
		{"/v1/groups", get(s.read(whatIsPublic, s.groups))},

		{"/v1/reports", map[string]handler{
			http.MethodGet:  s.kept(access.Read, s.reports),
			http.MethodPost: s.kept(access.Report, s.addReport),
		}},
		{"/v1/reports/{id}", map[string]handler{
			http.MethodGet:   s.kept(access.Read, s.report),
			http.MethodPatch: s.kept(access.Dispatch, s.patchReport),
		}},
		{"/v1/reports/{id}/changes", get(s.kept(access.Read, s.reportChanges))},
		{"/v1/reports/{id}/description", map[string]handler{http.MethodDelete: s.kept(access.Dispatch, s.blankDescription)}},
		{"/v1/reports/{id}/events", map[string]handler{http.MethodPost: s.kept(access.Dispatch, s.reportEvents)}},
		{"/v1/reports/{id}/returns", map[string]handler{http.MethodPost: s.kept(access.Dispatch, s.addReturn)}},
		{"/v1/events", map[string]handler{http.MethodPost: s.kept(access.Dispatch, s.events)}},
		{"/v1/returns", get(s.kept(access.Read, s.returns))},
		{"/v1/returns/counts", get(s.kept(access.Read, s.returnCounts))},
		{"/v1/returns/{id}", map[string]handler{http.MethodPost: s.kept(access.Dispatch, s.decideReturn)}},
		{"/v1/assignments", get(s.kept(access.Read, s.assignments))},

		{"/v1/session", map[string]handler{http.MethodGet: s.session, http.MethodPost: s.addSession, http.MethodDelete: s.endSession}},
		{"/v1/keys", map[string]handler{
			http.MethodGet:  s.need(access.Keys, s.listKeys),
			http.MethodPost: s.need(access.Keys, s.addKey),
		}},
		{"/v1/keys/{id}", map[string]handler{http.MethodDelete: s.need(access.Keys, s.revokeKey)}},
		{"/v1/audit-log", get(s.need(access.Audit, s.auditLog))},

		{"/v1/webhooks", map[string]handler{
			http.MethodGet:  s.need(access.Deliver, s.hooks(s.webhooks)),
			http.MethodPost: s.need(access.Deliver, s.hooks(s.addWebhook)),
		}},
		{"/v1/webhooks/{webhook}", map[string]handler{http.MethodDelete: s.need(access.Deliver, s.hooks(s.endWebhook))}},
		{"/v1/webhooks/{webhook}/dead", get(s.need(access.Deliver, s.hooks(s.deadLetters)))},
		{"/v1/webhooks/{webhook}/dead/resend", map[string]handler{http.MethodPost: s.need(access.Deliver, s.hooks(s.resendLetters))}},
		{"/v1/webhooks/{webhook}/dead/{letter}/resend", map[string]handler{http.MethodPost: s.need(access.Deliver, s.hooks(s.resendLetter))}},

		{"/v1/basemap", get(s.basemapSet)},
		{"/basemap/{layer}/{z}/{x}/{y}", get(s.basemapTile)},

		{"/v1/changes/tiles", get(s.read(layersInQuery, s.tileChanges))},

		{"/tiles/{layers}.json", get(s.read(layersInPath, s.tileJSON))},
		{"/tiles/{layers}/{z}/{x}/{y}.mvt", get(s.read(layersInPath, s.tile))},
	}
}

// dutyRoutes are those of who answers for what.
func (s *server) dutyRoutes() []route {
	return []route{
		{"/v1/duty", get(s.kept(access.Read, s.duty))},
		{"/v1/responsibility", get(s.read(whatIsPublic, s.responsibility))},
		{"/v1/rules", map[string]handler{
			http.MethodGet:  s.kept(access.Read, s.rules),
			http.MethodPost: s.kept(access.Plan, s.changeRules),
		}},
		{"/v1/rules.csv", get(s.kept(access.Read, s.rulesTable))},
		{"/v1/rules/{id}", map[string]handler{
			http.MethodGet:    s.kept(access.Read, s.rule),
			http.MethodPut:    s.kept(access.Plan, s.putRule),
			http.MethodPatch:  s.kept(access.Plan, s.patchRule),
			http.MethodDelete: s.kept(access.Plan, s.deleteRule),
		}},
		{"/v1/rulings", get(s.kept(access.Read, s.rulings))},
		{"/v1/rulings/{id}", map[string]handler{http.MethodDelete: s.kept(access.Dispatch, s.endRuling)}},
		{"/v1/rulings/{id}/publish", map[string]handler{http.MethodPost: s.kept(access.Plan, s.publishRuling)}},
	}
}

// planningRoutes are those of drafts and editions.
func (s *server) planningRoutes() []route {
	return []route{
		{"/v1/drafts", map[string]handler{
			http.MethodGet:  s.planned(access.Read, s.drafts),
			http.MethodPost: s.planned(access.Plan, s.addDraft),
		}},
		{"/v1/drafts/{draft}", map[string]handler{
			http.MethodGet:    s.planned(access.Read, s.draft),
			http.MethodPatch:  s.planned(access.Plan, s.patchDraft),
			http.MethodDelete: s.planned(access.Plan, s.discardDraft),
		}},
		{"/v1/drafts/{draft}/edits", map[string]handler{
			http.MethodGet:  s.planned(access.Read, s.edits),
			http.MethodPost: s.planned(access.Plan, s.addEdit),
		}},
		{"/v1/drafts/{draft}/undo", map[string]handler{http.MethodPost: s.planned(access.Plan, s.undo)}},
		{"/v1/drafts/{draft}/redo", map[string]handler{http.MethodPost: s.planned(access.Plan, s.redo)}},
		{"/v1/drafts/{draft}/consent", map[string]handler{http.MethodPost: s.planned(access.Plan, s.addConsent)}},
		{"/v1/drafts/{draft}/approvals/{layer}", map[string]handler{http.MethodPut: s.planned(access.Plan, s.putApproval)}},
		{"/v1/drafts/{draft}/faults", get(s.planned(access.Read, s.draftFaults))},
		{"/v1/drafts/{draft}/recode.csv", get(s.planned(access.Read, s.recode))},
		{"/v1/drafts/{draft}/impact", get(s.planned(access.Read, s.draftImpact))},
		{"/v1/drafts/{draft}/changes", get(s.planned(access.Read, s.draftChanges))},
		{"/v1/drafts/{draft}/rebase", map[string]handler{http.MethodPost: s.planned(access.Plan, s.rebaseDraft)}},
		{"/v1/drafts/{draft}/publish", map[string]handler{http.MethodPost: s.planned(access.Publish, s.publishDraft)}},
		{"/v1/drafts/{draft}/schedule", map[string]handler{http.MethodDelete: s.planned(access.Read, s.unschedule)}},

		{"/v1/editions", get(s.read(whatIsPublic, s.editions))},
		{"/v1/editions/take-back", map[string]handler{http.MethodPost: s.planned(access.Publish, s.takeBack)}},
		{"/v1/editions/{edition}", get(s.read(whatIsPublic, s.edition))},
		{"/v1/editions/{edition}/differences", get(s.read(whatIsPublic, s.differences))},
		{"/v1/editions/{edition}/impact", get(s.kept(access.Read, s.editionImpact))},
		{"/v1/editions/{edition}/affected", get(s.kept(access.Read, s.affected))},
	}
}

// router sends requests to their routes, what is left under /v1 and /tiles to a 404 in
// our own form, and everything else to the page. Paths are matched as escaped, so that a
// code may hold a slash.
func (s *server) router() http.Handler {
	m := mux.NewRouter().UseEncodedPath()
	for _, r := range s.routes() {
		m.Handle(r.path, s.handle(r.path, r.dispatch))
	}
	missing := s.handle("", func(_ *response, r *http.Request) error {
		return geo.Errorf(geo.NotFound, "there is nothing at %s; /openapi.json lists what there is", clip(r.URL.Path))
	})
	m.NotFoundHandler = missing
	if s.UI != nil {
		m.PathPrefix("/v1/").Handler(missing)
		m.PathPrefix("/tiles/").Handler(missing)
		m.PathPrefix("/basemap/").Handler(missing)
		m.PathPrefix("/").Handler(s.page())
	}
	return m
}

// page is the handler of the page, counted as one route.
func (s *server) page() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.(*response).route = "page" // observe made it
		s.UI.ServeHTTP(w, r)
	})
}

// handle makes a handler of net/http: the error of h becomes a problem.
func (s *server) handle(path string, h handler) http.Handler {
	return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		w := rw.(*response) // observe made it
		w.route = path
		err := refuseKeyInAddress(r)
		if err == nil {
			err = h(w, r)
		}
		if err != nil {
			s.fail(w, err)
		}
	})
}

// dispatch answers with the handler of the method.
func (to route) dispatch(w *response, r *http.Request) error {
	method := r.Method
	if method == http.MethodHead {
		method = http.MethodGet
	}
	if h, ok := to.methods[method]; ok {
		return h(w, r)
	}
	allowed := allow(to.methods)
	w.Header().Set("Allow", allowed)
	if r.Method == http.MethodOptions && to.methods[http.MethodGet] != nil {
		preflight(w.Header())
		w.WriteHeader(http.StatusNoContent)
		return nil
	}
	return refuse(http.StatusMethodNotAllowed, "%s is not answered here: use %s", clip(r.Method), allowed)
}

// preflight lets pages of other origins read with the headers that reads take. Nothing is
// written across origins.
func preflight(h http.Header) {
	h.Set("Access-Control-Allow-Origin", "*")
	h.Set("Access-Control-Allow-Methods", "GET, HEAD")
	h.Set("Access-Control-Allow-Headers", "Gridwarden-Min-Sequence, Gridwarden-History, If-None-Match, Last-Event-ID")
	h.Set("Access-Control-Max-Age", "86400")
}

func allow(methods map[string]handler) string {
	var names []string
	for m := range methods {
		names = append(names, m)
		if m == http.MethodGet {
			names = append(names, http.MethodHead)
		}
	}
	slices.Sort(names)
	return strings.Join(names, ", ")
}

// inPath is a variable of the path, unescaped.
func inPath(r *http.Request, name string) string {
	raw := mux.Vars(r)[name]
	if plain, err := url.PathUnescape(raw); err == nil {
		return plain
	}
	return raw
}
