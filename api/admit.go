package api

import (
	"net"
	"net/http"
	"slices"
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

// admit lets a reader in. With a key it may read everything (nil); without one only what
// is public: of a request that names no layers, those layers are the answer. It marks the
// answer for caches: what needed a key is private, and another key's reader asks again.
func (s *server) admit(w *response, r *http.Request, of subject) (only []geo.LayerName, err error) {
	h := w.Header()
	if !s.KeysOn {
		h.Set("Cache-Control", "no-cache")
		h.Set("Access-Control-Allow-Origin", "*")
		h.Set("Access-Control-Expose-Headers", exposed)
		return nil, nil
	}
	h.Set("Vary", "Authorization, Cookie")
	h.Set("Cache-Control", "private, no-cache")
	if r.Header.Get("Authorization") != "" {
		return nil, s.present(w, r, access.Read)
	}
	names := of(r)
	if names == nil {
		if len(s.Public) == 0 {
			return nil, keyNeeded()
		}
		names = s.Public
	}
	for _, name := range names {
		if !slices.Contains(s.Public, name) {
			return nil, keyNeeded()
		}
	}
	h.Set("Cache-Control", "no-cache")
	h.Set("Access-Control-Allow-Origin", "*")
	h.Set("Access-Control-Expose-Headers", exposed)
	return names, nil
}

// exposed are the headers a page of another origin may read.
const exposed = "ETag, Link, Gridwarden-Sequence, Gridwarden-History, X-Request-Id"

func keyNeeded() error {
	return geo.Errorf(geo.Unauthenticated, "this needs a key: send it as Authorization: Bearer gw_…; gridwarden key create makes one")
}

// need wraps a handler that takes a key with a right.
func (s *server) need(right access.Right, h handler) handler {
	return func(w *response, r *http.Request) error {
		if s.KeysOn {
			if err := s.present(w, r, right); err != nil {
				return err
			}
		}
		return h(w, r.WithContext(geo.By(r.Context(), actorOf(w, r))))
	}
}

// actorOf is who sent a request, as the record has it.
func actorOf(w *response, r *http.Request) geo.Actor {
	from, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		from = r.RemoteAddr
	}
	return geo.Actor{Name: w.key.Name, Key: w.key.ID, Roles: w.key.Roles, Scope: w.key.Scope, From: from}
}

// may tells whether a request that was let in may also see what takes another right.
func (s *server) may(w *response, r *http.Request, right access.Right) bool {
	return !s.KeysOn || s.present(w, r, right) == nil
}

// present checks the key a request came with.
func (s *server) present(w *response, r *http.Request, right access.Right) error {
	scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	if !strings.EqualFold(scheme, "Bearer") {
		return keyNeeded()
	}
	key, err := s.keys.check(r.Context(), strings.TrimSpace(token))
	if err != nil {
		return err
	}
	w.key = key
	return access.Allows(key, right)
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
