package api_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/maptile"

	"gridwarden/api"
	"gridwarden/geo"
	"gridwarden/geo/index"
	"gridwarden/tiles"
)

// The town of these tests. Each grid is 0.001° wide; its south-west corner is at 120.17,
// 30.28. Community C2 goes on for half a grid where no grid is.
//
//	        C1              C2
//	+-----+-----+ +-----+-----+--+
//	| G21 | G22 | | G23 | G24 |  |     park P1 lies over the crossing of G11, G12, G21, G22
//	+-----+-----+ +-----+-----+  |     road R1 runs along the south of the upper row
//	| G11 | G12 | | G13 | G14 |  |     lamps L001 … stand in the middle of the grids
//	+-----+-----+ +-----+-----+--+
//	(the columns touch; the space between is only drawn)
const (
	west, south = 1_201_700_000, 302_800_000
	side        = 10_000
)

var (
	history   = [16]byte{1: 7, 15: 9}
	published = time.Date(2026, 7, 1, 8, 0, 0, 0, time.UTC)
	lampKey   = geo.CategoryKey{Standard: "CJ/T 214-2007", Kind: geo.Component, Code: "0112"}
	dirtKey   = geo.CategoryKey{Standard: "CJ/T 214-2007", Kind: geo.Matter, Code: "0201"}
)

// at is the coordinate so many grids east and north of the corner.
func at(columns, rows float64) geo.Coord {
	return geo.Coord{X: west + int32(columns*side), Y: south + int32(rows*side)}
}

func rectangle(c0, r0, c1, r1 float64) geo.Shape {
	return geo.Shape{Polygons: geo.MultiPolygon{{{at(c0, r0), at(c1, r0), at(c1, r1), at(c0, r1)}}}}
}

func townAreas() []*geo.Area {
	areas := []*geo.Area{
		{Layer: "communities", Code: "C1", Name: "长庆社区", Department: "D1", Shape: rectangle(0, 0, 2, 2)},
		{Layer: "communities", Code: "C2", Name: `"新华"社区`, Department: "D2", Shape: rectangle(2, 0, 4.5, 2)},
		{Layer: "parks", Code: "P1", Name: "口袋公园", Department: "D3", Shape: rectangle(.5, .5, 1.5, 1.5),
			Attributes: json.RawMessage(`{"trees":12,"named":{"zh":"园"}}`)},
		{Layer: "roads", Code: "R1", Name: "庆春路", Department: "D3", Side: geo.Both, Reach: 15, Class: "primary",
			Shape: geo.Shape{Lines: geo.MultiLine{{at(0, 1), at(2, 1), at(4, 1)}}}},
	}
	for row := range 2 {
		for column := range 4 {
			department, parent := geo.DepartmentCode(fmt.Sprintf("D1%d", column)), geo.AreaCode("C1")
			if column >= 2 {
				department, parent = "", "C2"
			}
			areas = append(areas, &geo.Area{
				Layer: "grids", Code: geo.AreaCode(fmt.Sprintf("G%d%d", row+1, column+1)), Department: department, Parent: parent,
				Name: fmt.Sprintf("网格%d-%d", row+1, column+1), Shape: rectangle(float64(column), float64(row), float64(column+1), float64(row+1)),
			})
		}
	}
	for i, a := range areas {
		a.ID, a.From = geo.AreaID(i+1), 3
	}
	return areas
}

func lamp(n int, p geo.Coord) geo.Asset {
	return geo.Asset{
		Version: geo.AssetVersion(n), ID: geo.AssetID(fmt.Sprintf("L%03d", n)), Category: lampKey, Name: "路灯",
		State: "完好", Maintainer: "D3", Point: p,
	}
}

// townChanges is the whole town as one change.
func townChanges() *geo.Changes {
	c := &geo.Changes{
		History: history,
		To:      geo.Position{Sequence: 5, Change: geo.ChangeID{5}},
		Edition: geo.EditionInfo{Number: 3, PublishedAt: published, EffectiveFrom: published.AddDate(0, -1, 0)},
		Layers: []geo.Layer{
			{Name: "grids", Title: "单元网格", Kind: geo.Coverage, Parent: "communities", Rank: 1, Visibility: geo.Protected},
			{Name: "communities", Kind: geo.Coverage, Rank: 2, Visibility: geo.Protected},
			{Name: "parks", Kind: geo.Overlay, Rank: 3, Visibility: geo.Public, Authority: "园林局", SmallestArea: 0.5},
			{Name: "roads", Kind: geo.Lines, Rank: 4, Reach: 15, Visibility: geo.Public},
		},
		Areas: townAreas(),
		Departments: []geo.Department{
			{Code: "D0", Name: "区城管局"},
			{Code: "D1", Name: "长庆街道", Parent: "D0"},
			{Code: "D2", Name: "潮鸣街道", Parent: "D0", Aliases: []string{"潮鸣"}},
			{Code: "D3", Name: "养护公司", Kind: "company", ValidUntil: geo.Date{Year: 2099, Month: 12, Day: 31}},
			{Code: "D10", Name: "长庆社区一组", Parent: "D1"},
			{Code: "D11", Name: "长庆社区二组", Parent: "D1"},
		},
		Categories: []geo.Category{
			{CategoryKey: lampKey, Name: "路灯", NameEN: "street lamp", Parent: "01", Source: "CJ/T 214-2007", Confidence: "high", Visibility: geo.Protected},
			{CategoryKey: dirtKey, Name: "暴露垃圾", Visibility: geo.Protected},
		},
	}
	for i := range 8 {
		c.Assets = append(c.Assets, lamp(i+1, at(float64(i%4)+.5, float64(i/4)+.5)))
	}
	rail := lamp(9, at(1, 0))
	shape := geo.Shape{Lines: geo.MultiLine{{at(0, 0), at(2, 0)}}}
	rail.Shape, rail.State = &shape, "破损"
	twin := lamp(10, at(3, 1.5))
	twin.ID, twin.Category.Standard = "L001", "GB/T 47678.5-2026"
	c.Assets = append(c.Assets, rail, twin)
	c.Categories = append(c.Categories, geo.Category{CategoryKey: twin.Category, Name: "路灯", Visibility: geo.Protected})
	return c
}

func apply(t testing.TB, s *index.Snapshot, c *geo.Changes) *index.Snapshot {
	t.Helper()
	next, err := s.Apply(c)
	if err != nil {
		t.Fatal(err)
	}
	return next
}

// service is a running server of the town.
type service struct {
	*httptest.Server
	live *index.Live
	log  *journal
}

// journal collects the log.
type journal struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (j *journal) Write(b []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.b.Write(b)
}

func (j *journal) String() string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.b.String()
}

// start serves the town; settings change what is not as usual.
func start(t testing.TB, settings ...func(*api.Config)) *service {
	t.Helper()
	s := &service{live: &index.Live{}, log: &journal{}}
	s.live.Store(apply(t, index.Empty(), townChanges()))
	c := api.Config{Live: s.live, Past: &fakePast{live: s.live, then: youngTown(t)}, Editions: fakeEditions{}, Tiles: tiles.NewCache(1 << 20), Log: slog.New(slog.NewJSONHandler(s.log, nil))}
	for _, set := range settings {
		set(&c)
	}
	s.Server = httptest.NewServer(api.New(c))
	t.Cleanup(s.Close)
	return s
}

// answer is a whole answer.
type answer struct {
	status int
	header http.Header
	body   string
}

// json is the body as a document.
func (a answer) json(t testing.TB, v any) {
	t.Helper()
	if err := json.Unmarshal([]byte(a.body), v); err != nil {
		t.Fatalf("%v in %s", err, a.body)
	}
}

// detail is the sentence of a problem document.
func (a answer) detail(t testing.TB) string {
	t.Helper()
	var p struct{ Type, Title, Detail, Instance string }
	a.json(t, &p)
	if p.Instance == "" || p.Instance != a.header.Get("X-Request-Id") || p.Type != "about:blank" || a.header.Get("Content-Type") != "application/problem+json" {
		t.Errorf("not a problem document: %s %v", a.body, a.header)
	}
	return p.Detail
}

// do sends a request; headers come in pairs.
func (s *service) do(t testing.TB, method, path, body string, headers ...string) answer {
	t.Helper()
	r, err := http.NewRequest(method, s.URL+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	got, err := s.Client().Transport.RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	defer got.Body.Close()
	content, err := io.ReadAll(got.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer{got.StatusCode, got.Header, string(content)}
}

func (s *service) get(t testing.TB, path string, headers ...string) answer {
	t.Helper()
	return s.do(t, http.MethodGet, path, "", headers...)
}

func (s *service) post(t testing.TB, path, body string, headers ...string) answer {
	t.Helper()
	return s.do(t, http.MethodPost, path, body, append([]string{"Content-Type", "application/json"}, headers...)...)
}

// query is lon=…&lat=… of a place in the town.
func query(columns, rows float64) string {
	c := at(columns, rows)
	return fmt.Sprintf("lon=%.7f&lat=%.7f", c.Lon(), c.Lat())
}

// tilePath is the address of the tile in the middle of the town.
func tilePath(layers string, zoom maptile.Zoom) string {
	c := at(1.7, .8)
	t := maptile.At(orb.Point{c.Lon(), c.Lat()}, zoom)
	return fmt.Sprintf("/tiles/%s/%d/%d/%d.mvt", layers, t.Z, t.X, t.Y)
}
