package api_test

import (
	"strings"
	"testing"
)

// decision is the answer of /v1/route.
type decision struct {
	Department *struct{ Code, Name string }
	Rule       string
	Path       []struct{ Code string }
	Areas      []struct{ Layer, Code string }
	Asset      *struct {
		ID       string
		Distance float64 `json:"distance_m"`
	}
	Edition     int
	Explanation []struct {
		Rule, Subject, Department *string
		Decided                   bool
		Why                       string
	}
}

const (
	lampJSON = `,"category":{"standard":"CJ/T 214-2007","kind":"component","code":"0112"}`
	dirtJSON = `,"category":{"standard":"CJ/T 214-2007","kind":"matter","code":"0201"}`
)

// report is the body of a report in the town.
func report(columns, rows float64, more string) string {
	return strings.TrimSuffix(point(columns, rows), "}") + more + "}"
}

func TestWhoAnswersIsToldWithTheWayToIt(t *testing.T) {
	s := start(t)
	for name, c := range map[string]struct{ body, rule, department, path string }{
		"a lamp at hand: its maintainer":         {report(.5, .5, lampJSON), "asset.maintainer", "D3", "D3"},
		"a lamp named, a street away":            {report(1.5, .5, lampJSON+`,"asset_id":"L001"`), "asset.maintainer", "D3", "D3"},
		"a lamp named, too far to be meant":      {report(3.2, .2, lampJSON+`,"asset_id":"L001"`), "fallback", "D2", "D2 D0"},
		"no lamp near: the grid's department":    {report(.1, .1, lampJSON+`,"accuracy_m":5`), "territory", "D10", "D10 D1 D0"},
		"dirt: the territory before the asset":   {report(1.5, .5, dirtJSON), "territory", "D11", "D11 D1 D0"},
		"a grid that names nobody: its parent":   {report(3.1, .1, dirtJSON), "fallback", "D2", "D2 D0"},
		"no category: the territory":             {report(.1, .1, ""), "territory", "D10", "D10 D1 D0"},
		"outside everything: kept for a person":  {`{"lon":10,"lat":10}`, "unrouted", "", ""},
		"an asset nobody knows is passed over":   {report(.1, .1, `,"asset_id":"X"`), "territory", "D10", "D10 D1 D0"},
		"a crs of maps drawn in China converted": {`{"lon":120.17487,"lat":30.27810,"crs":"GCJ-02"}`, "territory", "D10", "D10 D1 D0"},
	} {
		got := s.post(t, "/v1/route", c.body)
		var d decision
		got.json(t, &d)
		department, path := "", []string{}
		if d.Department != nil {
			department = d.Department.Code
		}
		for _, p := range d.Path {
			path = append(path, p.Code)
		}
		if got.status != 200 || d.Rule != c.rule || department != c.department || strings.Join(path, " ") != c.path || d.Edition != 3 || len(d.Explanation) == 0 {
			t.Errorf("%s: %d %s", name, got.status, got.body)
		}
	}
	if metrics := s.get(t, "/metrics").body; !strings.Contains(metrics, `gridwarden_decisions_total{rule="unrouted"} 1`) {
		t.Error("the unrouted report is not counted")
	}
}

func TestWrongReportsGetASentence(t *testing.T) {
	s := start(t)
	for _, c := range []struct {
		body   string
		status int
		says   string
	}{
		{``, 400, "empty"},
		{`{`, 400, "middle"},
		{`{"lon":1,"lat":2}{}`, 400, "goes on"},
		{`{"lon":1,"lat":2} x`, 400, "goes on"},
		{`{"lon":1,"lat":2,"reported_at":7}`, 400, "reported_at is a JSON number"},
		{`{"lon":1,"lat":2,"answers":[]}`, 400, "answers is a JSON array"},
		{`{"lon":1,"lat":2,"level":-1}`, 400, "level is -1"},
		{`{"lon":1,"lat":2,"family":"井盖"}`, 422, "family"},
		{`{"lon":1,"lat":2,"whistle":["nobody"]}`, 422, "no department"},
		{`{"lon":1,"lat":2`, 400, "middle"},
		{`nonsense`, 400, "not JSON from byte"},
		{`[1,2]`, 400, "array"},
		{`"x"`, 400, "string"},
		{`null`, 400, "lon or lat is missing"},
		{`{"lat":2}`, 400, "lon or lat is missing"},
		{`{"lon":"120","lat":2}`, 400, "field lon is a JSON string"},
		{`{"lon":1e999,"lat":2}`, 400, "lon"},
		{`{"lon":30,"lat":120}`, 400, "swapped"},
		{`{"lon":1,"lat":2,"catgory":{}}`, 400, `unknown field "catgory"`},
		{`{"lon":1,"lat":2,"category":{"standard":"a","kind":"component","code":"b","colour":1}}`, 400, `unknown field "colour"`},
		{`{"lon":1,"lat":2,"category":{"code":"0112"}}`, 400, "category needs"},
		{`{"lon":1,"lat":2,"category":{"standard":"a","kind":"thing","code":"b"}}`, 400, "category needs"},
		{`{"lon":1,"lat":2,"category":{"standard":"a","kind":"matter","code":"b"}}`, 422, "/v1/categories"},
		{`{"lon":1,"lat":2,"accuracy_m":-1}`, 400, "accuracy_m"},
		{`{"lon":1,"lat":2,"accuracy_m":1e6}`, 400, "accuracy_m"},
		{`{"lon":1,"lat":2,"reported_at":"yesterday"}`, 400, `reported_at is "yesterday"`},
		{`{"lon":1,"lat":2,"crs":"EPSG:4549"}`, 400, "EPSG:4549"},
		{`{"lon":1,"lat":2,"source":"` + strings.Repeat("x", 2<<20) + `"}`, 413, "larger than 1048576 bytes"},
	} {
		got := s.post(t, "/v1/route", c.body)
		if got.status != c.status || !strings.Contains(got.detail(t), c.says) {
			t.Errorf("%.80s: %d %.300s", c.body, got.status, got.body)
		}
		if strings.Contains(got.body, "api.") || strings.Contains(got.body, "float64") {
			t.Errorf("%.80s: the sentence speaks Go: %s", c.body, got.body)
		}
	}
	if got := s.post(t, "/v1/route", `{}`, "Content-Type", "text/plain"); got.status != 415 {
		t.Errorf("text/plain: %d", got.status)
	}
	if got := s.post(t, "/v1/route?lon=1", `{}`); got.status != 400 {
		t.Errorf("a query: %d", got.status)
	}
}

func TestAFiftyMegabyteBodyIsNotRead(t *testing.T) {
	s := start(t)
	got := s.post(t, "/v1/route", `{"lon":1,"lat":2,"source":"`+strings.Repeat("x", 50<<20)+`"}`)
	if got.status != 413 || !strings.Contains(got.detail(t), "larger") {
		t.Errorf("%d %s", got.status, got.body)
	}
}
