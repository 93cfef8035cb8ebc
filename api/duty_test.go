package api_test

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"gridwarden/api"
	"gridwarden/geo"
	"gridwarden/geo/access"
)

func townPosts() []geo.Post {
	day := geo.Date{Year: 2026, Month: time.July, Day: 1}
	return []geo.Post{
		{Layer: "grids", Code: "G11", Role: "网格员", Person: "王芳", Phone: "571-1001", Shift: "Mon-Fri 08:00-18:00"},
		{Layer: "grids", Code: "G11", Role: "网格员", Person: "李强", Phone: "571-1002", Shift: "Mon-Sun 20:00-02:00"},
		{Layer: "grids", Code: "G12", Role: "网格员", Person: "陈静", Phone: "571-1003"},
		{Layer: "duty", Code: "W1", Role: "巡查员", Person: "赵敏", Phone: "571-1004", ValidUntil: day},
		{Layer: "duty", Code: "W1", Role: "巡查员", Person: "孙丽", Phone: "571-1005", ValidFrom: geo.Date{Year: 2026, Month: time.July, Day: 2}},
		{Layer: "roads", Code: "R1", Role: "路长", Person: "周伟", Phone: "571-1006"},
	}
}

type dutyJSON struct {
	At    string
	Posts []struct{ Layer, Code, Name, Role, Person, Phone string }
}

func (d dutyJSON) people() string {
	var people []string
	for _, p := range d.Posts {
		people = append(people, p.Person)
	}
	return strings.Join(people, " ")
}

func TestWhoIsOnDutyNowAndHere(t *testing.T) {
	t.Parallel()
	d := openDesk(t, nil)
	_, err := d.store.ImportPosts(t.Context(), townPosts(), false)
	must(t, err)
	for _, c := range []struct {
		name, at, want string
		column, row    float64
	}{
		{"by day", "2026-07-01T10:00:00+08:00", "王芳 赵敏", .5, .5},
		{"at the end of the shift", "2026-07-01T18:00:00+08:00", "赵敏", .5, .5},
		{"at night", "2026-07-01T21:00:00+08:00", "李强 赵敏", .5, .5},
		{"after midnight, of the shift before, and another patrol", "2026-07-02T01:59:00+08:00", "李强 孙丽", .5, .5},
		{"on Saturday", "2026-07-04T10:00:00+08:00", "孙丽", .5, .5},
		{"in the next grid, on the road", "2026-07-01T10:00:00+08:00", "陈静 周伟 赵敏", 1.5, .99},
		{"where nobody is", "2026-07-01T10:00:00+08:00", "", 9, 9},
	} {
		got := d.get(t, "/v1/duty?"+query(c.column, c.row)+"&at="+url.QueryEscape(c.at))
		var answer dutyJSON
		got.json(t, &answer)
		if got.status != 200 || answer.people() != c.want || got.header.Get("Cache-Control") != "no-store" {
			t.Errorf("%s: %q, want %q: %s", c.name, answer.people(), c.want, got.body)
		}
	}
	for query, says := range map[string]string{"lon=1": "lat is missing", query(.5, .5) + "&at=noon": "at=noon", query(.5, .5) + "&when=x": "unknown parameter"} {
		if got := d.get(t, "/v1/duty?"+query); got.status != 400 || !strings.Contains(got.detail(t), says) {
			t.Errorf("%s: %d %s", query, got.status, got.body)
		}
	}
	if log := d.log.String(); strings.Contains(log, "571-") || strings.Contains(log, "王芳") {
		t.Error("the log names people")
	}
}

// lockedDesk is a desk with keys on and what makes the header of a key with some roles.
func lockedDesk(t testing.TB) (d *desk, bearer func(roles ...string) string) {
	t.Helper()
	keys := &fakeStore{keys: map[string]geo.Key{}}
	bearer = func(roles ...string) string {
		token, key, err := access.New("test", roles, nil, time.Now(), time.Time{})
		must(t, err)
		keys.keys[key.ID] = key
		return "Bearer " + token
	}
	return openDesk(t, nil, func(c *api.Config) { c.Keys, c.KeysOn = keys, true }), bearer
}

func TestNamesAndNumbersAreForWhoMaySeePeople(t *testing.T) {
	t.Parallel()
	d, bearer := lockedDesk(t)
	_, err := d.store.ImportPosts(t.Context(), townPosts(), false)
	must(t, err)
	path := "/v1/duty?" + query(1.5, .5) + "&at=2026-07-01T10:00:00%2B08:00"
	for role, people := range map[string]string{access.Viewer: " ", access.Dispatcher: "陈静 赵敏", access.Planner: " "} {
		var answer dutyJSON
		got := d.get(t, path, "Authorization", bearer(role))
		if got.json(t, &answer); got.status != 200 || answer.people() != people || len(answer.Posts) != 2 || answer.Posts[0].Role != "网格员" {
			t.Errorf("%s: %d %s", role, got.status, got.body)
		}
	}
	if got := d.get(t, path, "Authorization", bearer(access.System)); got.status != 403 {
		t.Errorf("a key for the metrics: %d", got.status)
	}
	for _, c := range []struct {
		role, path string
		status     int
	}{{access.Viewer, "/v1/reports", 403}, {access.Planner, "/v1/events", 403}, {access.Dispatcher, "/v1/reports", 201}, {access.Dispatcher, "/v1/rulings/x/publish", 403}, {access.Planner, "/v1/rulings/x/publish", 404}} {
		if got := d.post(t, c.path, `{"address":"x"}`, "Authorization", bearer(c.role)); got.status != c.status {
			t.Errorf("%s posts to %s: %d %s", c.role, c.path, got.status, got.body)
		}
	}
}
