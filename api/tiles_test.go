package api_test

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"io"
	"strings"
	"testing"

	"github.com/paulmach/orb/encoding/mvt"

	"gridwarden/geo"
)

func TestATileHoldsTheLayersNamed(t *testing.T) {
	s := start(t)
	got := s.get(t, tilePath("grids,assets,parks", 14), "Accept-Encoding", "identity")
	layers, err := mvt.Unmarshal([]byte(got.body))
	if err != nil || got.status != 200 || got.header.Get("Content-Type") != "application/vnd.mapbox-vector-tile" {
		t.Fatal(got.status, err)
	}
	names := map[string]bool{}
	for _, l := range layers {
		names[l.Name] = len(l.Features) > 0
	}
	if len(names) != 3 || !names["grids"] || !names["assets"] || !names["parks"] {
		t.Error(names)
	}
	if other := s.get(t, tilePath("parks,grids,assets", 14), "Accept-Encoding", "identity"); other.body != got.body || other.header.Get("ETag") != got.header.Get("ETag") {
		t.Error("the order in which layers are named changes the tile")
	}
}

func TestAClientThatHasTheTileIsNotSentItAgain(t *testing.T) {
	s := start(t)
	path := tilePath("grids", 15)
	plain := s.get(t, path, "Accept-Encoding", "identity")
	packed := s.get(t, path, "Accept-Encoding", "br, gzip;q=0.5")
	if packed.header.Get("Content-Encoding") != "gzip" || plain.header.Get("Content-Encoding") != "" || plain.header.Get("ETag") == packed.header.Get("ETag") {
		t.Fatal(plain.header, packed.header)
	}
	r, err := gzip.NewReader(strings.NewReader(packed.body))
	if err != nil {
		t.Fatal(err)
	}
	if raw, err := io.ReadAll(r); err != nil || !bytes.Equal(raw, []byte(plain.body)) {
		t.Error("gzip holds another tile", err)
	}
	for _, match := range []string{plain.header.Get("ETag"), "W/" + plain.header.Get("ETag"), `"x", ` + plain.header.Get("ETag"), "*"} {
		got := s.get(t, path, "Accept-Encoding", "identity", "If-None-Match", match)
		if got.status != 304 || got.body != "" || got.header.Get("ETag") != plain.header.Get("ETag") {
			t.Errorf("%s: %d", match, got.status)
		}
	}
	if got := s.get(t, path, "Accept-Encoding", "gzip;q=0", "If-None-Match", packed.header.Get("ETag")); got.status != 200 || got.header.Get("Content-Encoding") != "" {
		t.Errorf("the ETag of gzip stands for plain bytes: %d", got.status)
	}
	head := s.do(t, "HEAD", path, "", "Accept-Encoding", "identity")
	if head.status != 200 || head.body != "" || head.header.Get("ETag") != plain.header.Get("ETag") || head.header.Get("Content-Length") == "" {
		t.Error(head)
	}
	if !strings.Contains(strings.Join(plain.header.Values("Vary"), ","), "Accept-Encoding") || plain.header.Get("Cache-Control") != "no-cache" {
		t.Error(plain.header)
	}
}

func TestAChangedBorderChangesTheTile(t *testing.T) {
	s := start(t)
	path := tilePath("parks", 15)
	before := s.get(t, path)
	now := s.live.Load()
	s.live.Store(apply(t, now, &geo.Changes{History: history, From: now.Position(), To: geo.Position{Sequence: 6}, Edition: now.Edition(),
		AreasEnded: []geo.AreaID{now.Area("parks", "P1").ID},
		Areas:      []*geo.Area{{ID: 50, Layer: "parks", Code: "P1", Shape: rectangle(.5, .5, 1.9, 1.9)}}}))
	if got := s.get(t, path, "If-None-Match", before.header.Get("ETag")); got.status != 200 || got.header.Get("Gridwarden-Sequence") != "6" {
		t.Errorf("%d %v", got.status, got.header)
	}
}

func TestWrongTilesGetASentence(t *testing.T) {
	s := start(t)
	for _, c := range []struct {
		path   string
		status int
		says   string
	}{
		{tilePath("grids", 12), 200, ""},
		{"/tiles/grids/22/0/0.mvt", 204, ""},
		{"/tiles/grids/23/0/0.mvt", 404, "deepest is 22"},
		{"/tiles/grids/3/8/0.mvt", 404, "from 0 to 7"},
		{"/tiles/grids/3/0/8.mvt", 404, "from 0 to 7"},
		{"/tiles/grids/3/-1/0.mvt", 404, "no tile"},
		{"/tiles/grids/x/0/0.mvt", 404, "no tile"},
		{"/tiles/grids/300/0/0.mvt", 404, "no tile"},
		{"/tiles/grids/3/99999999999/0.mvt", 404, "no tile"},
		{"/tiles/trams/3/0/0.mvt", 404, "grids, communities"},
		{"/tiles/grids,trams/3/0/0.mvt", 404, "trams"},
		{"/tiles/grids,,/3/0/0.mvt", 404, `no layer ""`},
		{"/tiles/grids/3/0/0.png", 404, "nothing at"},
		{"/tiles/grids/0/0/0.mvt?style=x", 400, "unknown parameter"},
	} {
		got := s.get(t, c.path)
		if got.status != c.status {
			t.Errorf("%s: %d %s", c.path, got.status, got.body)
		} else if c.status >= 400 && !strings.Contains(got.detail(t), c.says) {
			t.Errorf("%s: %q does not say %q", c.path, got.detail(t), c.says)
		}
	}
}

func TestTileJSONNamesAnAddressTheClientCanReach(t *testing.T) {
	s := start(t)
	for _, c := range []struct {
		headers []string
		want    string
	}{
		{nil, s.URL},
		{[]string{"X-Forwarded-Proto", "https", "X-Forwarded-Host", "city.example:8443"}, "https://city.example:8443"},
		{[]string{"X-Forwarded-Host", "[2001:db8::1]"}, "http://[2001:db8::1]"},
		{[]string{"X-Forwarded-Host", "a.example, proxy.example"}, "http://a.example"},
		{[]string{"X-Forwarded-Proto", "javascript", "X-Forwarded-Host", `evil"><script>`}, s.URL},
	} {
		var set struct {
			TileJSON string
			Tiles    []string
			Vector   []struct{ ID string } `json:"vector_layers"`
		}
		if err := json.Unmarshal([]byte(s.get(t, "/tiles/parks,grids.json", c.headers...).body), &set); err != nil {
			t.Fatal(err)
		}
		if set.TileJSON != "3.0.0" || len(set.Vector) != 2 || set.Tiles[0] != c.want+"/tiles/grids,parks/{z}/{x}/{y}.mvt" {
			t.Errorf("%v: %+v", c.headers, set)
		}
	}
}
