package api

import (
	"context"
	"net/http"
	"time"

	"gridwarden/geo"
	"gridwarden/geo/access"
)

// KeyKeeper makes, lists and revokes keys.
type KeyKeeper interface {
	CreateKey(ctx context.Context, k geo.Key) error
	Keys(ctx context.Context) ([]geo.Key, error)
	// RevokeKey ends a key for good; geo.NotFound when there is none.
	RevokeKey(ctx context.Context, id string) error
}

// keyAnswer is a key as it is told: never its secret, but for the one time it is made.
type keyAnswer struct {
	ID        string         `json:"id"`
	Token     string         `json:"token,omitempty"`
	Name      string         `json:"name"`
	Roles     []string       `json:"roles"`
	Scope     []geo.AreaCode `json:"scope,omitempty"` // none: everywhere
	CreatedAt time.Time      `json:"created_at"`
	ExpiresAt *time.Time     `json:"expires_at,omitempty"`
	RevokedAt *time.Time     `json:"revoked_at,omitempty"`
}

func (s *server) describeKey(k *geo.Key) keyAnswer {
	return keyAnswer{
		ID: k.ID, Name: k.Name, Roles: k.Roles, Scope: k.Scope,
		CreatedAt: s.told(k.CreatedAt), ExpiresAt: s.moment(k.ExpiresAt), RevokedAt: s.moment(k.RevokedAt),
	}
}

// listKeys lists all keys, the oldest first, revoked ones too.
func (s *server) listKeys(w *response, r *http.Request) error {
	unkept(w)
	if s.KeyKeeper == nil {
		return elsewhere()
	}
	if _, err := readParams(r); err != nil {
		return err
	}
	keys, err := s.KeyKeeper.Keys(r.Context())
	if err != nil {
		return err
	}
	answer := struct {
		Keys []keyAnswer `json:"keys"`
	}{make([]keyAnswer, len(keys))}
	for i := range keys {
		answer.Keys[i] = s.describeKey(&keys[i])
	}
	return sendJSON(w, answer)
}

// keyRequest is what a key is made with.
type keyRequest struct {
	Name      string         `json:"name"`
	Roles     []string       `json:"roles"`
	Scope     []geo.AreaCode `json:"scope"`
	ExpiresAt string         `json:"expires_at"`
}

// addKey makes a key and shows its token, once.
func (s *server) addKey(w *response, r *http.Request) error {
	unkept(w)
	if s.KeyKeeper == nil {
		return elsewhere()
	}
	var q keyRequest
	if err := decodeAlone(w, r, &q, "name, roles, scope, expires_at"); err != nil {
		return err
	}
	if err := checkTexts([]sentText{{"name", q.Name, maxName}}); err != nil {
		return err
	}
	expires, err := readTime("expires_at", q.ExpiresAt)
	if err != nil {
		return err
	}
	token, key, err := access.New(q.Name, q.Roles, q.Scope, time.Now(), expires)
	if err != nil {
		return err
	}
	if err := s.KeyKeeper.CreateKey(r.Context(), key); err != nil {
		return err
	}
	answer := s.describeKey(&key)
	answer.Token = token
	w.Header().Set("Location", "/v1/keys/"+key.ID)
	return sendStatusJSON(w, http.StatusCreated, answer)
}

// revokeKey ends a key, and every session for it, within seconds on every server.
func (s *server) revokeKey(w *response, r *http.Request) error {
	unkept(w)
	if s.KeyKeeper == nil {
		return elsewhere()
	}
	if _, err := readParams(r); err != nil {
		return err
	}
	id := inPath(r, "id")
	if err := s.KeyKeeper.RevokeKey(r.Context(), id); err != nil {
		return err
	}
	s.keys.forget(id)
	w.WriteHeader(http.StatusNoContent)
	return nil
}
