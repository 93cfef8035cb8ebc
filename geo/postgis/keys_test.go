package postgis_test

import (
	"crypto/sha256"
	"reflect"
	"testing"
	"time"

	"gridwarden/geo"
)

func TestAKeyIsKeptUntilItIsRevoked(t *testing.T) {
	t.Parallel()
	store, _ := open(t)
	made := time.Date(2026, 11, 22, 8, 0, 0, 0, time.UTC)
	key := geo.Key{
		ID: "k1", Name: "值班室", Hash: sha256.Sum256([]byte("secret")), Roles: []string{"reader", "planner"},
		Scope: []geo.AreaCode{"330103"}, CreatedAt: made, ExpiresAt: made.AddDate(1, 0, 0),
	}
	forever := geo.Key{ID: "k2", Name: "系统", Hash: sha256.Sum256(nil), CreatedAt: made.Add(time.Second)}
	check(t, store.CreateKey(t.Context(), key))
	check(t, store.CreateKey(t.Context(), forever))
	refused(t, store.CreateKey(t.Context(), key), geo.Conflict, "k1")

	got, err := store.Key(t.Context(), "k1")
	check(t, err)
	if !reflect.DeepEqual(got, key) {
		t.Errorf("got %+v, want %+v", got, key)
	}
	check(t, store.RevokeKey(t.Context(), "k1"))
	once, err := store.Key(t.Context(), "k1")
	check(t, err)
	check(t, store.RevokeKey(t.Context(), "k1"))
	keys, err := store.Keys(t.Context())
	check(t, err)
	if len(keys) != 2 || keys[0].RevokedAt.IsZero() || keys[0].RevokedAt != once.RevokedAt || !keys[1].RevokedAt.IsZero() || !keys[1].ExpiresAt.IsZero() {
		t.Errorf("%+v", keys)
	}
	_, err = store.Key(t.Context(), "k3")
	refused(t, err, geo.NotFound, "k3")
	refused(t, store.RevokeKey(t.Context(), "k3"), geo.NotFound, "k3")
}
