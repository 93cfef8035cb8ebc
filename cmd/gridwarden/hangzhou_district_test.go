package main

import (
	"encoding/json"
	"io"
	"maps"
	"math"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/paulmach/orb/geojson"
	"golang.org/x/text/encoding/simplifiedchinese"

	"gridwarden/geo"
	"gridwarden/geo/realdata"
	"gridwarden/geo/routing"
)

// The district's streets, communities and grids are real; departments, duty list, parks,
// zones, building site, road, lids and lamps are this project's own, drawn round these
// places, each deep inside one grid.
var (
	inPark       = spot{120.1798, 30.3028}   // grid WH-7-2, inside 示例公园
	nextToPark   = spot{120.1798, 30.3046}   // the same grid, a hundred metres north of it
	onRoad       = spot{120.1619, 30.3052}   // grid DX-1-1, half-way along 示例一路
	onSite       = spot{120.1766, 30.3265}   // grid DX-16-4, inside 示例工地
	behindFence  = spot{120.1766, 30.3275}   // 44 m north of its fence
	atKerb       = spot{120.1803, 30.3194}   // grid DX-6-3, nothing drawn
	byLids       = spot{120.16479, 30.3168}  // grid DX-5-1, a metre west of the rain cover
	byLamp       = spot{120.186, 30.3308}    // grid SQ-1-4
	atStation    = spot{120.1778, 30.2887}   // grid WH-99-2: no community walks there
	strict       = spot{120.1715, 30.2952}   // grid WH-5-1, 示例严管区
	controlled   = spot{120.1635, 30.2948}   // grid ZH-6-5, 示例控制区
	ordinary     = spot{120.1994, 30.3465}   // grid SQ-9-1, 示例一般区
	inVacantGrid = spot{120.1584, 30.2672}   // grid TS-1-2, named to nobody
	atBorder     = spot{120.16239, 30.30069} // grid DX-1-1, twelve metres from WH-6-3
	disputed     = spot{120.1792, 30.2965}   // grid WH-7-1
)

type spot struct{ lon, lat float64 }

// north is so many metres further north.
func (s spot) north(metres float64) spot {
	at, _ := geo.CoordOf(s.lon, s.lat)
	_, unit := geo.FrameAt(at).Scales()
	return spot{s.lon, math.Round((s.lat+metres/unit/geo.Scale)*geo.Scale) / geo.Scale}
}

// with is what a report says beside its place.
type with map[string]any

func matter(code string) with    { return category("matter", code) }
func component(code string) with { return category("component", code) }

func category(kind, code string) with {
	return with{"category": map[string]string{"standard": "GB/T 47678.5-2026", "kind": kind, "code": code}}
}

// and is the same report with something more said.
func (w with) and(key string, value any) with {
	more := maps.Clone(w)
	more[key] = value
	return more
}

func (w with) answered(key, value string) with {
	return w.and("answers", map[string]string{key: value})
}

// reported is when, in the city's time: 2026-10-03 15:00.
func (w with) reported(at string) with {
	return w.and("reported_at", strings.Replace(at, " ", "T", 1)+":00+08:00")
}

func (w with) at(s spot) string {
	body, _ := json.Marshal(w.and("lon", s.lon).and("lat", s.lat))
	return string(body)
}

// example is one rule proved by asking the service.
type example struct {
	*testing.T
	*district
}

// district is the service of the district.
type district struct {
	c *city
	s *server
}

// stored is a report as it is answered.
type stored struct {
	ID          string
	Round       int
	Assignments []struct {
		Role       geo.Role
		Department *routing.Body
		Group      string
		DueAt      *time.Time `json:"due_at"`
	}
	routing.Record
}

// settled is what became of a return, and of its report where it was routed anew.
type settled struct {
	Return struct {
		ID    int64
		State geo.ReturnState
	}
	Report *stored
}

// post reads the answer in Chinese.
func (e example) post(path, body string, status int, answer any) {
	e.Helper()
	request, err := http.NewRequestWithContext(e.Context(), http.MethodPost, e.s.url+path, strings.NewReader(body))
	if err != nil {
		e.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Accept-Language", "zh-CN,zh;q=0.9")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		e.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err == nil && response.StatusCode == status {
		err = json.Unmarshal(text, answer)
	}
	if err != nil || response.StatusCode != status {
		e.Fatalf("%s %s: %s %v\n%s", path, body, response.Status, err, text)
	}
}

// route says who would answer for what is found at a place.
func (e example) route(s spot, w with) *routing.Record {
	e.Helper()
	return e.routeBy("", s, w)
}

func (e example) routeBy(query string, s spot, w with) *routing.Record {
	e.Helper()
	var r routing.Record
	e.post("/v1/route?"+query, w.at(s), http.StatusOK, &r)
	return &r
}

// report stores a report of it.
func (e example) report(s spot, w with) *stored {
	e.Helper()
	var r stored
	e.post("/v1/reports", w.at(s), http.StatusCreated, &r)
	return &r
}

// settle gives a report back, or decides on that.
func (e example) settle(path, body string, status int) *settled {
	e.Helper()
	var r settled
	e.post(path, body, status, &r)
	return &r
}

func (e example) same(what, got, want string) {
	e.Helper()
	if got != want {
		e.Errorf("%s:\n%s, want\n%s", what, got, want)
	}
}

// goes checks the lead and what decided: "路灯所 by asset.maintainer".
func (e example) goes(r *routing.Record, want string) {
	e.Helper()
	got := "nobody"
	if r.Department != nil {
		got = r.Department.Name
	}
	got += " by " + string(r.Rule)
	if r.Row != "" {
		got += " " + string(r.Row)
	}
	if got != want {
		e.Errorf("it goes to %s, want %s\n%s", got, want, r.Paragraph)
	}
}

// asks checks the question and where each answer leads; "" for none.
func (e example) asks(r *routing.Record, want string) {
	e.Helper()
	got := ""
	if r.Contested != nil && r.Contested.Question != nil {
		var options []string
		for _, o := range r.Contested.Question.Options {
			if o.Department == nil {
				e.Fatalf("%s leads nowhere", o.Value)
			}
			options = append(options, o.Value+" → "+string(*o.Department))
		}
		got = r.Contested.Question.ID + "? " + strings.Join(options, ", ")
	}
	e.same("it asks", got, want)
}

// due checks when it must be done, in the city's time.
func (e example) due(r *routing.Record, want string) {
	e.Helper()
	got := "never"
	if r.Deadline != nil {
		got = r.Deadline.DueAt.Format("2006-01-02 15:04:05 Z07:00") + " " + r.Deadline.Class
	}
	e.same("it is due", got, want)
}

// newDistrict types in the district's duty as an official would, and serves it.
func newDistrict(t *testing.T) *district {
	c := newCity(t)
	c.must("import", "departments", c.excel("departments.csv", drawn(t, "departments.csv")+communities(t)))
	c.must("import", "areas", "--effective", "2026-01-01", "--layer", "streets", "--title", "街道", "--code", "街道编码", "--name", "街道",
		"--department", "街道", realdata.Path(t, "cn-hangzhou-xiacheng/streets.geojson"))
	c.must("import", "areas", "--layer", "communities", "--parent", "streets", "--parent-code", "街道编码", "--title", "社区", "--code", "社区编码", "--name", "社区",
		"--department", "责任单位", c.kept("communities.geojson", "社区编码"))
	c.must("import", "areas", "--layer", "grids", "--parent", "communities", "--title", "基础网格", "--code", "网格编号", "--name", "所属组织",
		"--department", "责任单位", "--repair", c.kept("grids.geojson", "网格编号"))
	for layer, title := range map[string]string{"parks": "公园", "sites": "工地", "zones": "管理分区"} {
		c.must("import", "areas", "--layer", layer, "--kind", "overlay", "--title", title, filepath.Join("testdata", "hangzhou", layer+".geojson"))
	}
	c.must("import", "areas", "--layer", "roads", "--kind", "line", "--reach", "80", "--title", "道路", filepath.Join("testdata", "hangzhou", "roads.geojson"))
	c.must("import", "assets", "--id", "编号", "--category", "类别", "--authority", "主管部门", "--owner", "权属单位", "--maintainer", "养护单位", c.excel("assets.csv", drawn(t, "assets.csv")))
	for _, table := range []string{"crosswalk", "calendar", "standards", "groups", "rules", "posts"} {
		c.must("import", table, c.excel(table+".csv", drawn(t, table+".csv")))
	}
	s := startServer(t, c.url, "--class-layer", "zones", "--class-field", "等级", "--clock", "report", "--returns", "automatic")
	s.eventually("it is ready", func() bool { status, _ := s.get("/readyz"); return status == http.StatusOK })
	return &district{c, s}
}

// drawn is one of our own tables.
func drawn(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", "hangzhou", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// excel writes a table as a Chinese Excel saves it: in GBK, lines ending in CR LF.
func (c *city) excel(name, table string) string {
	c.Helper()
	gbk, err := simplifiedchinese.GBK.NewEncoder().String(strings.ReplaceAll(table, "\n", "\r\n"))
	if err != nil {
		c.Fatal(err)
	}
	return c.file(name, gbk)
}

// communities are the rows of the real communities in the table of departments, each under
// the office of its street.
func communities(t *testing.T) string {
	t.Helper()
	rows := map[string]bool{}
	for _, f := range features(t, "cn-hangzhou-xiacheng/communities.geojson") {
		if code := f.Properties.MustString("社区编码"); keeper(code) != "" {
			rows[code+","+f.Properties.MustString("社区")+",JD-"+f.Properties.MustString("街道编码")+",community,\n"] = true
		}
	}
	return strings.Join(slices.Sorted(maps.Keys(rows)), "")
}

// keeper is the community that answers in an area with the code SQ-3 or SQ-3-2. Nobody does
// in the station's yard, which is no community; and the grids of one community name nobody.
func keeper(code string) string {
	parts := strings.Split(code, "-")
	community := strings.Join(parts[:2], "-")
	if community == "WH-99" || community == "TS-1" && len(parts) > 2 {
		return ""
	}
	return community
}

// kept is a real layer with a field for who answers in each area.
func (c *city) kept(name, code string) string {
	c.Helper()
	all := geojson.NewFeatureCollection()
	for _, f := range features(c.T, "cn-hangzhou-xiacheng/"+name) {
		f.Properties["责任单位"] = keeper(f.Properties.MustString(code))
		all.Append(f)
	}
	text, err := json.Marshal(all)
	if err != nil {
		c.Fatal(err)
	}
	return c.file(name, string(text))
}
