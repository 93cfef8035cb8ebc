package api_test

import (
	"bytes"
	"context"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/gorillamux"

	"gridwarden/api"
	"gridwarden/geo"
)

// spec is the document as served, made strict: what it does not name must not come.
func spec(t *testing.T, s *service) *openapi3.T {
	t.Helper()
	doc, err := openapi3.NewLoader().LoadFromData([]byte(s.get(t, "/openapi.json").body))
	if err != nil {
		t.Fatal(err)
	}
	if err := doc.Validate(context.Background()); err != nil {
		t.Fatal(err)
	}
	for _, schema := range doc.Components.Schemas {
		strict(schema.Value)
	}
	// Both halves of this allOf are open: they name one object together.
	for _, half := range []string{"Problem", "Readiness"} {
		doc.Components.Schemas[half].Value.AdditionalProperties = openapi3.BoolSchema{}
	}
	return doc
}

func strict(s *openapi3.Schema) {
	no := false
	if s.Type.Is("object") && s.AdditionalProperties.Has == nil && s.AdditionalProperties.Schema == nil {
		s.AdditionalProperties.Has = &no
	}
	for _, p := range s.Properties {
		if p.Ref == "" {
			strict(p.Value)
		}
	}
	if s.Items != nil && s.Items.Ref == "" {
		strict(s.Items.Value)
	}
}

func TestTheSpecNamesEveryRouteAndNoOther(t *testing.T) {
	doc := spec(t, start(t))
	routes := api.Routes()
	for path, item := range doc.Paths.Map() {
		have := slices.Sorted(maps.Keys(item.Operations()))
		want := slices.Sorted(slices.Values(routes[path]))
		if !slices.Equal(have, want) {
			t.Errorf("%s: the spec has %v, the router %v", path, have, want)
		}
		delete(routes, path)
	}
	for path := range routes {
		t.Errorf("%s is not in the spec", path)
	}
}

// specAsk is a request, and the status of its answer.
type specAsk struct {
	method, path, kind, body string
	status                   int
}

// TestRealAnswersAreAsTheSpecSays asks every operation for an answer and for problems and
// holds each to the spec.
func TestRealAnswersAreAsTheSpecSays(t *testing.T) {
	s := openDesk(t, []geo.DutyRow{parkDuty}, (&fakeHooks{}).serve, planningDesk, drawnOn(t), func(c *api.Config) { c.Past = twoStates{c.Live, youngTown(t)} })
	doc := spec(t, s.service)
	router, err := gorillamux.NewRouter(doc)
	if err != nil {
		t.Fatal(err)
	}
	openapi3filter.RegisterBodyDecoder("application/x-ndjson", openapi3filter.PlainBodyDecoder)
	openapi3filter.RegisterBodyDecoder("application/vnd.mapbox-vector-tile", openapi3filter.FileBodyDecoder)
	openapi3filter.RegisterBodyDecoder("image/png", openapi3filter.FileBodyDecoder)
	here := query(.6, .95)
	asked, rows := map[string]bool{}, deedsOf{}
	for _, c := range slices.Concat(draftAsks(t, s), reportAsks(t, s), editionAsks(), []specAsk{
		{"GET", "/healthz", "", "", 200},
		{"GET", "/readyz", "", "", 200},
		{"GET", "/metrics", "", "", 200},
		{"GET", "/openapi.json", "", "", 200},
		{"GET", "/v1/locate?" + here, "", "", 200},
		{"GET", "/v1/locate?" + query(1, 1), "", "", 200},
		{"GET", "/v1/locate?lon=x", "", "", 400},
		{"POST", "/v1/locate", "application/x-ndjson", `{"lon":120.1705,"lat":30.2805}` + "\n", 200},
		{"POST", "/v1/locate", "text/csv", "lon,lat\n120.1705,30.2805\n", 200},
		{"POST", "/v1/locate", "text/html", "lon,lat\n", 415},
		{"POST", "/v1/route", "application/json", `{"lon":120.1705,"lat":30.2805,"category":{"standard":"CJ/T 214-2007","kind":"component","code":"0112"}}`, 200},
		{"POST", "/v1/route", "application/json", `{"lon":1,"lat":3,"reported_at":"2026-08-01T00:00:00Z","source":"12345","condition":"broken","answers":{"side":"left"}}`, 200},
		{"POST", "/v1/route", "application/json", `{"lon":120.1705,"lat":30.2805,"category":{"standard":"x","kind":"matter","code":"1"}}`, 422},
		{"POST", "/v1/route", "application/x-ndjson", `{"lon":120.1705,"lat":30.2805}` + "\n", 200},
		{"GET", "/v1/search?q=1&limit=100", "", "", 200},
		{"GET", "/v1/search?q=ludeng", "", "", 200},
		{"GET", "/v1/search?q=L001", "", "", 200},
		{"GET", "/v1/search?q=%E9%95%BF%E5%BA%86", "", "", 200},
		{"GET", "/v1/search?q=120.17+30.28", "", "", 200},
		{"GET", "/v1/responsibility?matrix=1", "", "", 200},
		{"GET", "/v1/responsibility?matrix=1&by=grids", "", "", 200},
		{"GET", "/v1/responsibility?matrix=1&by=parks", "", "", 400},
		{"GET", "/v1/responsibility?format=geojson&limit=5", "", "", 200},
		{"GET", "/v1/rules.csv", "", "", 200},
		{"POST", "/v1/rules?dry_run=1", "application/json", `{"rows":[{"id":"new","layer":"grids","area":"G11","assign":"department:D2"}],"note":"x"}`, 200},
		{"POST", "/v1/rules?dry_run=1", "text/csv", "id,assign\nx,nobody\n", 200},
		{"POST", "/v1/rules", "application/json", `{"rows":[{"id":"new","layer":"grids","area":"G11","assign":"department:D2"}]}`, 200},
		{"POST", "/v1/rules", "application/json", `{"rows":[{"id":"new"}]}`, 422},
		{"GET", "/v1/responsibility?format=pdf", "", "", 400},
		{"GET", "/v1/layers", "", "", 200},
		{"GET", "/v1/layers/grids", "", "", 200},
		{"GET", "/v1/layers/trams", "", "", 404},
		{"GET", "/v1/layers/grids/areas?limit=3", "", "", 200},
		{"GET", "/v1/layers/parks/areas", "", "", 200},
		{"GET", "/v1/layers/roads/areas", "", "", 200},
		{"GET", "/v1/layers/grids/areas?bbox=1", "", "", 400},
		{"GET", "/v1/layers/roads/areas/R1", "", "", 200},
		{"GET", "/v1/layers/roads/areas/R2", "", "", 404},
		{"GET", "/v1/assets?limit=2", "", "", 200},
		{"GET", "/v1/assets?kind=component&state=%E7%A0%B4%E6%8D%9F", "", "", 200},
		{"GET", "/v1/assets?after=%21", "", "", 400},
		{"GET", "/v1/assets/L001?standard=CJ%2FT+214-2007", "", "", 200},
		{"GET", "/v1/assets/L000", "", "", 404},
		{"GET", "/v1/departments", "", "", 200},
		{"GET", "/v1/groups", "", "", 200},
		{"GET", "/v1/categories?kind=matter", "", "", 200},
		{"GET", "/v1/webhooks", "", "", 200},
		{"POST", "/v1/webhooks", "application/json", `{"url":"https://hooks.example.org/a"}`, 201},
		{"POST", "/v1/webhooks", "application/json", `{"url":"https://evil.example.org/"}`, 400},
		{"DELETE", "/v1/webhooks/h1", "", "", 204},
		{"GET", "/v1/webhooks/h1/dead?after=1&limit=5", "", "", 200},
		{"POST", "/v1/webhooks/h1/dead/resend", "", "", 202},
		{"POST", "/v1/webhooks/h1/dead/7/resend", "", "", 202},
		{"POST", "/v1/webhooks/h1/dead/8/resend", "", "", 404},
		{"GET", "/v1/rules", "", "", 200},
		{"PUT", "/v1/rules/R-park", "application/json", parkRow, 200},
		{"PATCH", "/v1/rules/R-park", "application/json", `{"helpers":null}`, 200},
		{"GET", "/v1/rules/R-park", "", "", 200},
		{"GET", "/v1/rules/none", "", "", 404},
		{"DELETE", "/v1/rules/R-park", "", "", 204},
		{"GET", "/v1/basemap", "", "", 200},
		{"GET", "/basemap/0/3/5/0", "", "", 200},
		{"GET", "/basemap/0/3/5/1", "", "", 502},
		{"GET", "/basemap/0/3/5/2", "", "", 204},
		{"GET", "/basemap/0/3/9/9", "", "", 404},
		{"GET", "/tiles/grids,assets.json", "", "", 200},
		{"GET", "/tiles/trams.json", "", "", 404},
		{"GET", tilePath("grids,assets", 14), "", "", 200},
		{"GET", "/tiles/grids/14/0/0.mvt", "", "", 204},
		{"GET", "/tiles/grids/14/99999/0.mvt", "", "", 404},
	}) {
		s.catchUp(t)
		before := s.deeds(t)
		got := s.do(t, c.method, c.path, c.body, "Content-Type", c.kind, "If-Match", s.newestFor(c.path))
		if got.status != c.status {
			t.Errorf("%s %s: %d %s", c.method, c.path, got.status, got.body)
			continue
		}
		route := validate(t, router, c.method, c.path, c.kind, c.body, got)
		if c.status < 300 {
			asked[route] = true
			rows.add(route, s.deeds(t)-before)
		}
	}
	rows.check(t, doc)
	for _, route := range keyAsks(t, router) {
		asked[route] = true
	}
	openapi3filter.RegisterBodyDecoder("text/event-stream", eventDecoder)
	changes := "/v1/changes/tiles?after=0&layers=grids"
	asked[validate(t, router, "GET", changes, "", "", firstEvent(t, s.service, changes))] = true
	followed := "/v1/reports/" + s.report(t, report(.5, .5, lampJSON)).ID + "/changes"
	asked[validate(t, router, "GET", followed, "", "", s.firstData(t, followed))] = true
	watched := s.draft(t).path("/changes")
	asked[validate(t, router, "GET", watched, "", "", s.firstData(t, watched))] = true
	for path, item := range doc.Paths.Map() {
		for method := range item.Operations() {
			if !asked[method+" "+path] {
				t.Errorf("%s %s was never asked", method, path)
			}
		}
	}
}

// validate holds an answer to the spec, and the request too when it was answered well: a
// spec that forbids what the service takes is as wrong as the other way round.
func validate(t *testing.T, router routers.Router, method, path, kind, body string, got answer) string {
	t.Helper()
	r, err := http.NewRequest(method, path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", kind)
	r.Header.Set("If-Match", "*") // as they were asked
	route, vars, err := router.FindRoute(r)
	if err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	options := &openapi3filter.Options{IncludeResponseStatus: true, AuthenticationFunc: openapi3filter.NoopAuthenticationFunc}
	request := &openapi3filter.RequestValidationInput{Request: r, PathParams: vars, Route: route, Options: options}
	if got.status < 300 {
		if err := openapi3filter.ValidateRequest(context.Background(), request); err != nil {
			t.Errorf("the spec refuses what was answered: %s %s: %v", method, path, err)
		}
	}
	err = openapi3filter.ValidateResponse(context.Background(), &openapi3filter.ResponseValidationInput{
		RequestValidationInput: request, Status: got.status, Header: got.header, Options: options,
		Body: io.NopCloser(bytes.NewReader([]byte(got.body))),
	})
	if err != nil {
		t.Errorf("%s %s is not as the spec says: %v\n%s", method, path, err, got.body)
	}
	return method + " " + route.Path
}
