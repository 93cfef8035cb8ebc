package api_test

import (
	"fmt"
	"net/url"
	"strings"
	"testing"

	"gridwarden/geo/access"
)

// reportPage is a page of reports.
type reportPage struct {
	Reports []struct {
		ID, State, Family, Address string
		Open                       bool
		Category                   *struct{ Kind, Code string }
		Lon                        float64
		Metres                     *float64 `json:"distance_m"`
		Department                 *struct{ Code, Name string }
		DueAt                      string `json:"due_at"`
		Asset                      string `json:"asset_id"`
	}
	Next string
}

// list is a page of reports, and their addresses in its order.
func (d *desk) list(t *testing.T, query string, headers ...string) (page reportPage, addresses string) {
	t.Helper()
	got := d.get(t, "/v1/reports?"+query, headers...)
	if got.status != 200 {
		t.Fatalf("%s: %d %s", query, got.status, got.body)
	}
	if strings.Contains(got.body, "words") {
		t.Errorf("a list repeats what the reporter wrote: %s", got.body)
	}
	got.json(t, &page)
	for _, r := range page.Reports {
		addresses += r.Address
	}
	return page, addresses
}

func TestACallTakerSeesWhatIsOpenNearby(t *testing.T) {
	t.Parallel()
	d := openDesk(t, nil)
	file := func(name string, column float64, what string) string {
		return d.report(t, report(column, .5, what+`,"address":"`+name+`","description":"words"`)).ID
	}
	file("a", .5, dirtJSON)
	file("b", .52, lampJSON)
	closed := file("c", .54, dirtJSON)
	file("d", .9, dirtJSON)
	if got := d.post(t, "/v1/reports/"+closed+"/events", `{"kind":"closed","at":"2026-01-01T00:00:00Z"}`); got.status != 200 {
		t.Fatal(got)
	}
	dirt := "&category=" + url.QueryEscape(dirtKey.Standard+"/matter/"+dirtKey.Code)
	for query, want := range map[string]string{
		"": "dcba", "open=1": "dba", "limit=2": "dc", query(.5, .5): "abcd", query(.55, .5) + "&radius_m=10": "cba", query(.5, .5) + "&radius_m=20": "abcd"[:3],
		query(.5, .5) + "&open=1&limit=1": "a", "department=D10": "dca", "department=D3": "b", "department=D1": "", "category=matter/" + dirtKey.Code: "dca",
		dirt[1:] + "&open=1": "da", query(.5, .5) + dirt + "&open=true&radius_m=20": "a",
	} {
		page, got := d.list(t, query)
		if got != want {
			t.Errorf("%q lists %q, want %q", query, got, want)
		}
		for _, r := range page.Reports {
			if (r.Metres != nil) != strings.Contains(query, "lon=") || r.Department == nil || r.Department.Name == "" || r.Open == (r.ID == closed) || r.Lon == 0 {
				t.Errorf("%q: %+v", query, r)
			}
		}
	}
	var walked string
	for next := ""; ; {
		page, addresses := d.list(t, "limit=3&after="+next)
		if walked += addresses; page.Next == "" {
			break
		}
		next = page.Next
	}
	if walked != "dcba" {
		t.Errorf("page by page: %q", walked)
	}
}

func TestAListOfReportsSaysWhatItCannotTake(t *testing.T) {
	t.Parallel()
	d := openDesk(t, nil)
	for query, status := range map[string]int{
		"lon=120": 400, "lon=120&lat=30&after=x": 400, "radius_m=5": 400, query(1, 1) + "&radius_m=5001": 400, "open=yes": 400, "limit=1001": 400,
		"category=02001": 400, "category=thing/02001": 400, "category=matter/none": 422, "family=nothing": 422, "family=a&category=matter/1": 400, "colour=red": 400,
	} {
		if got := d.get(t, "/v1/reports?"+query); got.status != status || got.detail(t) == "" {
			t.Errorf("%s: %d %s", query, got.status, got.body)
		}
	}
}

func TestReportsOfWhatIsRestrictedAreListedForWhoMaySeeIt(t *testing.T) {
	t.Parallel()
	d, bearer := secretTown(t)
	reporter, dispatcher := bearer(access.Reporter), bearer(access.Dispatcher)
	camera := fmt.Sprintf(`,"category":{"standard":%q,"kind":"component","code":%q},"address":"S"`, cameraKey.Standard, cameraKey.Code)
	d.report(t, report(.4, .4, camera), "Authorization", reporter)
	d.report(t, report(.4, .4, dirtJSON+`,"address":"a"`), "Authorization", reporter)
	if _, got := d.list(t, "", "Authorization", reporter); got != "a" {
		t.Errorf("to who may not see cameras %q is listed", got)
	}
	if _, got := d.list(t, query(.4, .4), "Authorization", dispatcher); got != "aS" {
		t.Errorf("to who may see cameras %q is listed", got)
	}
	if got := d.get(t, "/v1/reports"); got.status != 401 {
		t.Errorf("without a key: %d %s", got.status, got.body)
	}
}
