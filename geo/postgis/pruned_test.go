package postgis_test

import (
	"reflect"
	"testing"

	"gridwarden/geo"
)

// What began with a change that is no longer in the log still ends for a follower that has
// come past it.
func TestAPrunedLogHidesNoEnd(t *testing.T) {
	t.Parallel()
	store, conn := open(t)
	importAssets(t, store, lamp("1", 0), lamp("2", 0))
	importAssets(t, store, lamp("2", 1))
	start := loaded(t, store)
	_, err := conn.Exec(t.Context(), "DELETE FROM changes WHERE sequence < (SELECT sequence FROM state)")
	check(t, err)
	news, _ := follow(t, store, start.To)
	importAssets(t, store, lamp("1", 5))
	var was []geo.AssetVersion
	for _, a := range start.Assets {
		if a.ID == "1" {
			was = append(was, a.Version)
		}
	}
	if got := next(t, news); len(got.Assets) != 1 || !reflect.DeepEqual(got.AssetsEnded, was) {
		t.Errorf("begun %v, ended %v, want %v", got.Assets, got.AssetsEnded, was)
	}
	now := loaded(t, store)
	back, err := store.Past(t.Context(), now.To, start.To.Sequence)
	check(t, err)
	if len(back.Assets) != 1 || back.Assets[0].Version != was[0] || len(back.AssetsEnded) != 1 {
		t.Errorf("on the way back begins %v, ends %v", back.Assets, back.AssetsEnded)
	}
}
