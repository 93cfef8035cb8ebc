package api

import (
	"net"
	"net/http"
	"strings"

	"gridwarden/geo"
	"gridwarden/geo/access"
	"gridwarden/tiles"
)

// subject says which layers a request reads, so that one without a key can be admitted
// to what is public. Nil is whatever is public: the answer then holds nothing else.
type subject func(r *http.Request) []geo.LayerName

func whatIsPublic(*http.Request) []geo.LayerName { return nil }

// inventory is the assets and what goes with them: departments and categories.
func inventory(*http.Request) []geo.LayerName { return []geo.LayerName{tiles.AssetsLayer} }

func layersInQuery(r *http.Request) []geo.LayerName { return layerList(r.URL.Query().Get("layers")) }

func layersInPath(r *http.Request) []geo.LayerName {
	return append(layerList(inPath(r, "layer")), layerList(inPath(r, "layers"))...)
}

// layerList reads a,b,c; nil for nothing.
func layerList(s string) []geo.LayerName {
	if s == "" {
		return nil
	}
	var names []geo.LayerName
	for name := range strings.SplitSeq(s, ",") {
		names = append(names, geo.LayerName(name))
	}
	return names
}

// admit lets a reader in: with a key that reads; without one only to what is public, and of
// a request that names no layers, the answer then holds nothing else. It marks the answer for
// caches: what needed a key is private, and another key's reader asks again.
func (s *server) admit(w *response, r *http.Request, of subject) error {
	h := w.Header()
	if !s.KeysOn {
		h.Set("Cache-Control", "no-cache")
		h.Set("Access-Control-Allow-Origin", "*")
		h.Set("Access-Control-Expose-Headers", exposed)
		return nil
	}
	h.Set("Vary", "Authorization, Cookie")
	h.Set("Cache-Control", "private, no-cache")
	if shown(r) {
		return s.present(w, r, access.Read)
	}
	names := of(r)
	if names == nil && len(s.Public) == 0 && !s.Open {
		return keyNeeded()
	}
	for _, name := range names {
		if !s.anyone(name) {
			return keyNeeded()
		}
	}
	h.Set("Cache-Control", "no-cache")
	h.Set("Access-Control-Allow-Origin", "*")
	h.Set("Access-Control-Expose-Headers", exposed)
	return nil
}

// exposed are the headers a page of another origin may read.
const exposed = "ETag, Link, Gridwarden-Sequence, Gridwarden-History, X-Request-Id"

func keyNeeded() error {
	return geo.Errorf(geo.Unauthenticated, "this needs a key: send it as Authorization: Bearer gw_…; gridwarden key create makes one")
}

// need wraps a handler that takes a key with a right. What it does is done by the holder of
// the key. A write that comes without Authorization, so perhaps of a page that a browser has
// open, must come from a page of ours.
func (s *server) need(right access.Right, h handler) handler {
	return func(w *response, r *http.Request) error {
		if s.KeysOn {
			if err := s.present(w, r, right); err != nil {
				return err
			}
		}
		if err := s.sameOrigin(r); err != nil {
			return err
		}
		return h(w, r.WithContext(geo.By(r.Context(), actorOf(w, r))))
	}
}

// sameOrigin refuses a write by the page of another site.
func (s *server) sameOrigin(r *http.Request) error {
	if r.Header.Get("Authorization") != "" {
		return nil
	}
	if err := s.origins.Check(r); err != nil {
		return geo.Errorf(geo.Forbidden, "this comes from a page of another site, which may not write here")
	}
	return nil
}

// actorOf is who sent a request, as the record has it.
func actorOf(w *response, r *http.Request) geo.Actor {
	from, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		from = r.RemoteAddr
	}
	a := geo.Actor{From: from}
	if k := &w.key; k.ID != "" {
		a.Name, a.Key, a.Roles, a.Scope = k.Name, k.ID, k.Roles, k.Scope
	}
	return a
}

// may tells whether a request that was let in may also see what takes another right.
func (s *server) may(w *response, r *http.Request, right access.Right) bool {
	return !s.KeysOn || s.present(w, r, right) == nil
}

// present checks the key a request came with, or the session, once.
func (s *server) present(w *response, r *http.Request, right access.Right) error {
	if w.key.ID == "" {
		key, err := s.holder(r)
		if err != nil {
			return err
		}
		w.key = key
	}
	return access.Allows(w.key, right)
}

// shown tells whether a request came with a key or a session, good or bad.
func shown(r *http.Request) bool {
	return r.Header.Get("Authorization") != "" || sessionOf(r) != ""
}

// holder is the key of a request: that in the header, else that of the session.
func (s *server) holder(r *http.Request) (geo.Key, error) {
	header := r.Header.Get("Authorization")
	if session := sessionOf(r); header == "" && session != "" {
		return s.keys.session(r.Context(), session)
	}
	scheme, token, _ := strings.Cut(header, " ")
	if !strings.EqualFold(scheme, "Bearer") {
		return geo.Key{}, keyNeeded()
	}
	return s.keys.check(r.Context(), strings.TrimSpace(token))
}

// refuseKeyInAddress says no to a key in the query, whether or not it is good: addresses
// are kept in logs, histories and caches.
func refuseKeyInAddress(r *http.Request) error {
	query := r.URL.RawQuery
	for query != "" {
		var pair string
		pair, query, _ = strings.Cut(query, "&")
		name, _, _ := strings.Cut(pair, "=")
		switch strings.ToLower(name) {
		case "key", "token", "apikey", "api_key", "api-key", "access_token":
			return geo.Errorf(geo.Invalid, "a key does not belong in an address, where logs and histories keep it: send it as Authorization: Bearer gw_…, and have this one revoked if it is real")
		}
	}
	return nil
}
