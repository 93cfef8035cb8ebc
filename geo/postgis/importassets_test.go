package postgis_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"reflect"
	"slices"
	"testing"
	"time"

	"gridwarden/geo"
	"gridwarden/geo/postgis"
	"gridwarden/geo/postgis/pgtest"
)

func TestImportingTheSameAssetsAgainChangesNothing(t *testing.T) {
	t.Parallel()
	store, conn := open(t)
	assets := []geo.Asset{lamp("1", 0), lamp("2", 5), lamp("3", 9)}
	assets[0].Attributes = json.RawMessage(`{"高度": 8.5}`)
	if got, want := importAssets(t, store, assets...), (postgis.Outcome{Read: 3, Added: 3}); got != want {
		t.Errorf("first: %+v", got)
	}
	if got, want := importAssets(t, store, assets...), (postgis.Outcome{Read: 3, Unchanged: 3}); got != want {
		t.Errorf("again: %+v", got)
	}
	if n := count(t, conn, "SELECT count(*) FROM changes"); n != 2 {
		t.Errorf("%d changes, want the built-in categories and one import", n)
	}
}

func TestAChangedAssetKeepsItsPast(t *testing.T) {
	t.Parallel()
	store, conn := open(t)
	importAssets(t, store, lamp("1", 0), lamp("2", 5))
	broken := lamp("2", 5)
	broken.State = "破损"
	got := importAssets(t, store, broken, lamp("4", 1))
	if want := (postgis.Outcome{Read: 2, Added: 1, Changed: 1}); got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
	all, err := store.LoadAll(t.Context())
	check(t, err)
	states := map[geo.AssetID]string{}
	for _, a := range all.Assets {
		states[a.ID] = a.State
	}
	if want := map[geo.AssetID]string{"1": "完好", "2": "破损", "4": "完好"}; !reflect.DeepEqual(states, want) {
		t.Errorf("open: %v", states)
	}
	if n := count(t, conn, "SELECT count(*) FROM assets a JOIN assets b ON a.ended = b.begun AND a.id = b.id WHERE a.id = '2' AND a.state = '完好'"); n != 1 {
		t.Errorf("the old state of 2 is lost")
	}
}

func TestADryRunTellsAndWritesNothing(t *testing.T) {
	t.Parallel()
	store, conn := open(t)
	importAssets(t, store, lamp("1", 0))
	got, err := store.ImportAssets(t.Context(), given(lamp("1", 8), lamp("2", 0)), true)
	check(t, err)
	if want := (postgis.Outcome{Read: 2, Added: 1, Changed: 1}); got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
	if n := count(t, conn, "SELECT count(*) FROM assets") + count(t, conn, "SELECT count(*) FROM changes"); n != 3 {
		t.Errorf("the dry run wrote something")
	}
}

// A dry run leaves an empty table; vacuumed, the planner takes it for one that stays empty.
func TestAnImportAfterADryRunIsNotSlow(t *testing.T) {
	t.Parallel()
	store, conn := open(t)
	assets := make([]geo.Asset, 40_000)
	for i := range assets {
		assets[i] = lamp(geo.AssetID(fmt.Sprint(i)), int32(i))
	}
	_, err := store.ImportAssets(t.Context(), given(assets...), true)
	check(t, err)
	_, err = conn.Exec(t.Context(), "VACUUM assets")
	check(t, err)
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	got, err := store.ImportAssets(ctx, given(assets...), false)
	check(t, err)
	if want := (postgis.Outcome{Read: len(assets), Added: len(assets)}); got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
}

func TestAnIDGivenTwiceIsNamed(t *testing.T) {
	t.Parallel()
	store, conn := open(t)
	var assets []geo.Asset
	for i := range int32(12) {
		id := geo.AssetID(fmt.Sprintf("id-%02d", i))
		assets = append(assets, lamp(id, i), lamp(id, i))
	}
	_, err := store.ImportAssets(t.Context(), given(assets...), false)
	refused(t, err, geo.Invalid, "12 assets", "id-00 (CJ/T 214-2007)", "id-09", "…")
	if n := count(t, conn, "SELECT count(*) FROM assets"); n != 0 {
		t.Errorf("%d assets", n)
	}
}

func TestAnErrorInTheFileComesBackAsItIs(t *testing.T) {
	t.Parallel()
	store, conn := open(t)
	bad := geo.Errorf(geo.Invalid, "assets.csv, line 3: the latitude is empty")
	_, err := store.ImportAssets(t.Context(), func(yield func(geo.Asset, error) bool) {
		_ = yield(lamp("1", 0), nil) && yield(geo.Asset{}, bad)
	}, false)
	if !errors.Is(err, bad) {
		t.Errorf("%v", err)
	}
	_, err = store.ImportAssets(t.Context(), given(geo.Asset{Category: lamp("", 0).Category}), false)
	refused(t, err, geo.Invalid, "no id")
	nul := lamp("2", 0)
	nul.Attributes = json.RawMessage(`{"a": "\u0000"}`)
	_, err = store.ImportAssets(t.Context(), given(nul), false)
	refused(t, err, geo.Invalid, "NUL")
	if n := count(t, conn, "SELECT count(*) FROM assets"); n != 0 {
		t.Errorf("%d assets", n)
	}
}

func TestAssetsThatCannotBeStoredAreNamed(t *testing.T) {
	t.Parallel()
	store, _ := open(t)
	bow, park := lamp("bow-tie", 0), lamp("park", 0)
	park.Shape = &square("", "", 0, 0).Shape
	bow.Shape = &geo.Shape{Polygons: geo.MultiPolygon{{{{X: 0, Y: 0}, {X: 9, Y: 9}, {X: 9, Y: 0}, {X: 0, Y: 9}}}}}
	_, err := store.ImportAssets(t.Context(), given(park, bow), false)
	refused(t, err, geo.Invalid, `"bow-tie" has a shape that is not valid`, "Self-intersection")
}

func TestANameInPlaceOfTheCategoryCodeIsSeen(t *testing.T) {
	t.Parallel()
	store, _ := open(t)
	a, b := lamp("1", 0), lamp("2", 0)
	a.Category = geo.CategoryKey{Standard: "GB/T 47678.5-2026", Kind: geo.Component, Code: "路灯"}
	b.Category = geo.CategoryKey{Standard: "GB/T 47678.5-2026", Kind: geo.Component, Code: "没有"}
	_, err := store.ImportAssets(t.Context(), given(a, b), false)
	refused(t, err, geo.Invalid, `"路灯" of GB/T 47678.5-2026 (1 assets, the name of 01037)`, `"没有" of GB/T 47678.5-2026 (1 assets)`, "the field with the codes")
}

func TestAnAssetComesBackWhole(t *testing.T) {
	t.Parallel()
	store, _ := open(t)
	bridge := lamp("bridge", 3)
	bridge.Owner, bridge.Attributes = "O", json.RawMessage(`{"n": 1}`)
	bridge.Shape = &geo.Shape{Lines: geo.MultiLine{{{X: 1_200_000_003, Y: 300_000_000}, {X: 1_200_000_900, Y: 300_000_777}}}}
	park := lamp("park", 0)
	park.Shape = &square("", "", 0, 0).Shape
	importAssets(t, store, bridge, park)

	all, err := store.LoadAll(t.Context())
	check(t, err)
	slices.SortFunc(all.Assets, func(a, b geo.Asset) int { return int(a.Version - b.Version) })
	kept := bridge.Attributes
	bridge.Attributes, bridge.Version, park.Version = nil, all.Assets[0].Version, all.Assets[1].Version
	if want := []geo.Asset{bridge, park}; !reflect.DeepEqual(all.Assets, want) {
		t.Errorf("loaded %+v, want %+v", all.Assets, want)
	}

	bridge.State, bridge.Attributes = "破损", json.RawMessage(`{"n": 2}`)
	importAssets(t, store, bridge)
	for version, want := range map[geo.AssetVersion]json.RawMessage{bridge.Version: kept, bridge.Version + 1: nil, bridge.Version + 2: bridge.Attributes} {
		if got, err := store.AssetAttributes(t.Context(), version); err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("the attributes of version %d are %s, want %s: %v", version, got, want, err)
		}
	}
	_, err = store.AssetAttributes(t.Context(), 99)
	refused(t, err, geo.NotFound, "version 99")
}

// One edit must cost the same in a village and in a city.
func TestOneEditDoesNotReadTheWholeCity(t *testing.T) {
	t.Parallel()
	url := pgtest.New(t)
	conn := dial(t, url)
	const n = 5000
	city := make([]geo.Asset, n)
	for i := range city {
		city[i] = lamp(geo.AssetID(fmt.Sprint(i)), int32(i))
	}
	// What a connection read is told when it closes.
	edit := func(assets ...geo.Asset) (read int) {
		store, err := postgis.Open(t.Context(), url, slog.New(slog.DiscardHandler))
		check(t, err)
		importAssets(t, store, assets...)
		store.Close()
		time.Sleep(300 * time.Millisecond)
		return count(t, conn, "SELECT coalesce(sum(seq_tup_read), 0)::bigint FROM pg_stat_user_tables WHERE relname = 'assets'")
	}
	before := edit(city...)
	for _, a := range []geo.Asset{lamp("17", -1), lamp("new", -2)} {
		after := edit(a)
		if after-before >= n {
			t.Errorf("an edit of %s read %d rows one by one", a.ID, after-before)
		}
		before = after
	}
}
