package api_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/getkin/kin-openapi/routers"

	"gridwarden/api"
	"gridwarden/geo"
	"gridwarden/geo/access"
)

// keyed is a desk with keys on, and what makes the header of a key with roles.
func keyed(t *testing.T, settings ...func(*api.Config)) (*desk, func(roles ...string) string) {
	t.Helper()
	var d *desk
	settings = append(settings, func(c *api.Config) { c.KeysOn = true })
	d = openDesk(t, []geo.DutyRow{parkDuty}, append([]func(*api.Config){func(c *api.Config) {
		store := c.Reports.(interface {
			api.KeyReader
			api.Sessions
			api.KeyKeeper
			api.AuditLog
		})
		c.Keys, c.Sessions, c.KeyKeeper, c.AuditLog = store, store, store, store
	}}, settings...)...)
	return d, func(roles ...string) string {
		token, key, err := access.New(strings.Join(roles, "+"), roles, nil, time.Now(), time.Now().Add(time.Hour))
		must(t, err)
		must(t, d.store.CreateKey(t.Context(), key))
		return "Bearer " + token
	}
}

// cookieOf is the header Cookie of a session.
func cookieOf(t *testing.T, got answer) string {
	t.Helper()
	set := got.header.Get("Set-Cookie")
	cookie, _, _ := strings.Cut(set, ";")
	if got.status != 201 || !strings.HasPrefix(cookie, "gridwarden_session=gw_") {
		t.Fatalf("%d %s %s", got.status, set, got.body)
	}
	return cookie
}

// keyAsks asks what has to do with keys, and gives the routes that were asked.
func keyAsks(t *testing.T, router routers.Router) (asked []string) {
	t.Helper()
	d, bearer := keyed(t)
	security, auditor, viewer := bearer(access.Security), bearer(access.Auditor), bearer(access.Viewer)
	ask := func(method, path, body string, status int, headers ...string) answer {
		before := d.deeds(t)
		got := d.do(t, method, path, body, append([]string{"Content-Type", "application/json"}, headers...)...)
		if got.status != status {
			t.Errorf("%s %s: %d %s", method, path, got.status, got.body)
		}
		route := validate(t, router, method, path, "application/json", body, got)
		if got.status < 300 {
			asked = append(asked, route)
		}
		if lines := d.deeds(t) - before; (lines == 1) != (method != "GET" && got.status < 300) || lines > 1 {
			t.Errorf("%s left %d lines in the audit log", route, lines)
		}
		return got
	}
	ask("GET", "/v1/session", "", 200, "Authorization", viewer)
	ask("GET", "/v1/session", "", 401, "Authorization", "Bearer gw_aaaa_aaaa")
	cookie := cookieOf(t, ask("POST", "/v1/session", "", 201, "Authorization", viewer))
	ask("DELETE", "/v1/session", "", 204, "Cookie", cookie)
	var made struct{ ID string }
	ask("POST", "/v1/keys", `{"name":"x","roles":["security","auditor"]}`, 400, "Authorization", security)
	ask("POST", "/v1/keys", `{"name":"陈静","roles":["planner"],"scope":["330102"]}`, 201, "Authorization", security).json(t, &made)
	ask("GET", "/v1/keys", "", 200, "Authorization", security)
	ask("DELETE", "/v1/keys/"+made.ID, "", 204, "Authorization", security)
	ask("DELETE", "/v1/keys/none", "", 404, "Authorization", security)
	ask("GET", "/v1/audit-log?limit=3", "", 200, "Authorization", auditor)
	ask("GET", "/v1/audit-log", "", 403, "Authorization", security)
	ask("GET", "/v1/keys", "", 403, "Authorization", auditor)
	return asked
}

func TestASessionOpensWhatItsKeyDoesUntilEitherEnds(t *testing.T) {
	t.Parallel()
	d, bearer := keyed(t)
	key := bearer(access.Reporter)
	got := d.post(t, "/v1/session", "", "Authorization", key)
	cookie := cookieOf(t, got)
	for _, want := range []string{"HttpOnly", "SameSite=Strict", "Path=/"} {
		if !strings.Contains(got.header.Get("Set-Cookie"), want) {
			t.Errorf("the cookie lacks %s: %s", want, got.header.Get("Set-Cookie"))
		}
	}
	if strings.Contains(got.header.Get("Set-Cookie"), "Secure") || strings.Contains(got.body+got.header.Get("Set-Cookie"), strings.TrimPrefix(key, "Bearer ")) {
		t.Errorf("the cookie holds the key, or would not come back to this machine: %s", got.header.Get("Set-Cookie"))
	}
	away, _ := http.NewRequestWithContext(t.Context(), "POST", d.URL+"/v1/session", http.NoBody)
	away.Host = "grid.example.org"
	away.Header.Set("Authorization", key)
	answered, err := http.DefaultClient.Do(away)
	must(t, err)
	answered.Body.Close()
	if !strings.Contains(answered.Header.Get("Set-Cookie"), "Secure") {
		t.Errorf("the cookie travels in the open: %s", answered.Header.Get("Set-Cookie"))
	}
	if got := d.get(t, "/v1/layers", "Cookie", cookie); got.status != 200 || got.header.Get("Vary") != "Authorization, Cookie" || !strings.Contains(got.header.Get("Cache-Control"), "private") {
		t.Errorf("%d %v", got.status, got.header)
	}
	if got := d.post(t, "/v1/reports", report(.5, .5, ""), "Cookie", cookie); got.status != 201 {
		t.Errorf("%d %s", got.status, got.body)
	}
	if got := d.post(t, "/v1/events", "{}", "Cookie", cookie); got.status != 403 {
		t.Errorf("a session may more than its key: %d", got.status)
	}
	token := strings.TrimPrefix(cookie, "gridwarden_session=")
	if got := d.get(t, "/v1/layers", "Authorization", "Bearer "+token); got.status != 401 {
		t.Errorf("a session's token is taken as a key: %d", got.status)
	}
	if got := d.get(t, "/v1/layers", "Cookie", "gridwarden_session="+strings.TrimPrefix(key, "Bearer ")); got.status != 401 {
		t.Errorf("a key is taken as a session: %d", got.status)
	}
	if got := d.do(t, "DELETE", "/v1/session", "", "Cookie", cookie); got.status != 204 || !strings.Contains(got.header.Get("Set-Cookie"), "gridwarden_session=;") {
		t.Errorf("%d %v", got.status, got.header)
	}
	if got := d.get(t, "/v1/layers", "Cookie", cookie); got.status != 401 {
		t.Errorf("an ended session still opens: %d", got.status)
	}
	if got := d.get(t, "/v1/layers", "Authorization", key); got.status != 200 {
		t.Errorf("the key ended with its session: %d", got.status)
	}
}

// TestAVisitorIsToldWhatAnyoneMayDo: a page asks before anybody is let in, and that is no fault.
func TestAVisitorIsToldWhatAnyoneMayDo(t *testing.T) {
	t.Parallel()
	rights := func(d *desk, headers ...string) (out struct {
		Key           string
		Roles, Rights []string
	}) {
		t.Helper()
		got := d.get(t, "/v1/session", headers...)
		if got.status != 200 {
			t.Fatalf("%d %s", got.status, got.body)
		}
		got.json(t, &out)
		return out
	}
	closed, bearer := keyed(t)
	if got := rights(closed); got.Key != "" || got.Roles == nil || len(got.Roles) > 0 || got.Rights == nil || len(got.Rights) > 0 {
		t.Errorf("a visitor of a closed service: %+v", got)
	}
	if got := rights(closed, "Authorization", bearer(access.Planner, access.Publisher)); got.Key == "" || strings.Join(got.Rights, ",") != "read,see restricted,plan,publish" {
		t.Errorf("a planner who publishes: %+v", got)
	}
	if got := rights(openDesk(t, nil)); got.Key != "" || len(got.Rights) != 11 {
		t.Errorf("where no key is asked for: %+v", got)
	}
}

func TestAPageOfAnotherSiteWritesNothing(t *testing.T) {
	t.Parallel()
	d, bearer := keyed(t)
	cookie := cookieOf(t, d.post(t, "/v1/session", "", "Authorization", bearer(access.Dispatcher)))
	write := func(headers ...string) int {
		return d.post(t, "/v1/reports", report(.5, .5, ""), append([]string{"Cookie", cookie}, headers...)...).status
	}
	for _, c := range []struct {
		headers []string
		status  int
	}{
		{[]string{"Sec-Fetch-Site", "cross-site"}, 403},
		{[]string{"Sec-Fetch-Site", "same-site"}, 403},
		{[]string{"Origin", "https://evil.example.org"}, 403},
		{[]string{"Sec-Fetch-Site", "same-origin"}, 201},
		{nil, 201},
	} {
		if got := write(c.headers...); got != c.status {
			t.Errorf("%v: %d", c.headers, got)
		}
	}
	if got := d.do(t, "DELETE", "/v1/session", "", "Cookie", cookie, "Sec-Fetch-Site", "cross-site"); got.status != 403 {
		t.Errorf("another site ends a session: %d", got.status)
	}
	if got := d.get(t, "/v1/layers", "Cookie", cookie, "Sec-Fetch-Site", "cross-site"); got.status != 200 {
		t.Errorf("reading is refused: %d", got.status)
	}
	open := openDesk(t, nil)
	if got := open.post(t, "/v1/reports", report(.5, .5, ""), "Sec-Fetch-Site", "cross-site"); got.status != 403 {
		t.Errorf("with keys off any site writes to this machine: %d", got.status)
	}
}

func TestADistrictsPlannerWritesNoRowOfTheNextDistrict(t *testing.T) {
	t.Parallel()
	d, _ := keyed(t)
	token, key, err := access.New("长庆", []string{access.Planner}, []geo.AreaCode{"C1"}, time.Now(), time.Now().Add(time.Hour))
	must(t, err)
	must(t, d.store.CreateKey(t.Context(), key))
	put := func(id, layer, area string) int {
		body := fmt.Sprintf(`{"priority":50,"kind":"matter","standard":"CJ/T 214-2007","layer":%q,"area":%q,"assign":"department:D1"}`, layer, area)
		got := d.do(t, "PUT", "/v1/rules/"+id, body, "Content-Type", "application/json", "Authorization", "Bearer "+token, "If-Match", "*")
		if got.status == 403 && !strings.Contains(got.detail(t), "C1") {
			t.Error(got.body)
		}
		return got.status
	}
	for _, c := range []struct {
		id, layer, area string
		status          int
	}{
		{"a", "communities", "C1", 201}, {"a", "communities", "C2", 403}, {"b", "communities", "", 403}, {"b", "", "", 403}, {"b", "grids", "G11", 201},
		{"c", "grids", "G14", 403}, {"c", geo.DutyGroup, "W1", 201}, {"R-park", "communities", "C1", 403},
	} {
		if got := put(c.id, c.layer, c.area); got != c.status {
			t.Errorf("%s in %s %s: %d, want %d", c.id, c.layer, c.area, got, c.status)
		}
	}
	if got := d.do(t, "DELETE", "/v1/rules/R-park", "", "Authorization", "Bearer "+token, "If-Match", "*"); got.status != 403 {
		t.Errorf("a row that holds everywhere is ended: %d", got.status)
	}
}
