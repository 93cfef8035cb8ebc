package main

import (
	"fmt"
	"io"
	"net/http"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"gridwarden/geo"
	"gridwarden/geo/index"
	"gridwarden/geo/snapshot"
)

// The demo city is the same one with a database and without: the second is no other way in.
func TestTheDemoCityWithoutADatabaseIsTheOneWithIt(t *testing.T) {
	c := newCity(t)
	size := []string{"--grids", "40", "--assets", "300"}
	if _, errs, code := c.try(append([]string{"demo", "--seed"}, size...)...); code != exitDone {
		t.Fatalf("exit %d: %s", code, errs)
	}
	dir := filepath.Join(t.TempDir(), "demo")
	if code := run(t.Context(), append([]string{"demo", "--snapshot", dir}, size...), strings.NewReader(""), io.Discard, t.Output()); code != exitDone {
		t.Fatalf("exit %d", code)
	}
	alone, _, err := snapshot.Read(t.Context(), dir, func(geo.Size) error { return nil }, func(int64) {})
	if err != nil {
		t.Fatal(err)
	}
	with := c.view()
	for what, pair := range map[string][2]any{
		"layers": {with.Layers(), alone.Layers()}, "departments": {with.Departments(), alone.Departments()}, "categories": {with.Categories(), alone.Categories()},
		"duty": {with.Duty(), alone.Duty()}, "areas": {areasOf(with), areasOf(alone)}, "assets": {assetsOf(with), assetsOf(alone)}, "keys": {len(with.AssetKeys()), len(alone.AssetKeys())},
	} {
		if !reflect.DeepEqual(pair[0], pair[1]) {
			t.Errorf("the %s differ:\n%.2000v\n%.2000v", what, pair[0], pair[1])
		}
	}

	s := startServer(t, "none", "--snapshot", dir)
	s.eventually("it is ready", s.isReady)
	asset := assetsOf(with)[0]
	status, body := s.ask("/v1/route", fmt.Sprintf(`{"lon":%v,"lat":%v,"category":{"standard":%q,"kind":"component","code":%q}}`, asset.Point.Lon(), asset.Point.Lat(), asset.Category.Standard, asset.Category.Code))
	if status != http.StatusOK || !strings.Contains(body, `"department":{"code"`) {
		t.Errorf("route answers %d: %s", status, body)
	}
}

// areasOf are all areas without the numbers that the database gives.
func areasOf(view *index.Snapshot) (areas []geo.Area) {
	for _, l := range view.Layers() {
		for a := range view.Areas(l.Name, "") {
			bare := *a
			bare.ID, bare.From = 0, 0
			areas = append(areas, bare)
		}
	}
	return areas
}

func assetsOf(view *index.Snapshot) (assets []geo.Asset) {
	for a := range view.Assets(geo.AssetKey{}) {
		a.Version = 0
		assets = append(assets, a)
	}
	return assets
}
