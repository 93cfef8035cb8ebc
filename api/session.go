package api

import (
	"context"
	"net"
	"net/http"
	"time"

	"gridwarden/geo"
	"gridwarden/geo/access"
)

// Sessions keeps what browsers are let in by.
type Sessions interface {
	CreateSession(ctx context.Context, s geo.Session) error
	// Session is the key a session stands for, with the hash of the session's secret:
	// geo.NotFound when there is none.
	Session(ctx context.Context, id string) (geo.Key, error)
	// EndSession ends one; it is no error that there is none.
	EndSession(ctx context.Context, id string) error
}

// sessionCookie is the name of the cookie that holds a session's token.
const sessionCookie = "gridwarden_session"

// sessionOf is the token of the session a request came with; empty without one.
func sessionOf(r *http.Request) string {
	if c, err := r.Cookie(sessionCookie); err == nil {
		return c.Value
	}
	return ""
}

// sessionAnswer is whose a session is, and what it may do.
type sessionAnswer struct {
	Name      string         `json:"name"` // empty: a visitor, who showed no key
	Key       string         `json:"key"`  // its id
	Roles     []string       `json:"roles"`
	Rights    []access.Right `json:"rights"`
	Scope     []geo.AreaCode `json:"scope,omitempty"` // none: everywhere
	ExpiresAt *time.Time     `json:"expires_at,omitempty"`
}

// session tells who is let in by the key or session of the request, and without one what
// any visitor may do.
func (s *server) session(w *response, r *http.Request) error {
	unkept(w)
	if !shown(r) {
		return s.sendSession(w, http.StatusOK, &geo.Key{}, time.Time{})
	}
	key, err := s.holder(r)
	if err != nil {
		return err
	}
	return s.sendSession(w, http.StatusOK, &key, key.ExpiresAt)
}

// addSession exchanges the key of a request for a cookie. It never lasts longer than the
// key, and ends with it.
func (s *server) addSession(w *response, r *http.Request) error {
	unkept(w)
	if r.Header.Get("Authorization") == "" {
		return keyNeeded()
	}
	if s.Sessions == nil {
		return elsewhere()
	}
	key, err := s.holder(r)
	if err != nil {
		return err
	}
	w.key = key
	token, session := access.NewSession(key, time.Now())
	if err := s.Sessions.CreateSession(geo.By(r.Context(), actorOf(w, r)), session); err != nil {
		return err
	}
	http.SetCookie(w, s.cookie(r, token, session.ExpiresAt))
	return s.sendSession(w, http.StatusCreated, &key, session.ExpiresAt)
}

// endSession ends the session of a request, even one that is no longer good, and takes the
// cookie back.
func (s *server) endSession(w *response, r *http.Request) error {
	unkept(w)
	token := sessionOf(r)
	if token == "" {
		return geo.Errorf(geo.Unauthenticated, "there is no session to end")
	}
	if err := s.sameOrigin(r); err != nil {
		return err
	}
	if s.Sessions != nil {
		if key, err := s.keys.session(r.Context(), token); err == nil {
			w.key = key
			id, _, _ := access.Parse(token)
			if err := s.Sessions.EndSession(geo.By(r.Context(), actorOf(w, r)), id); err != nil {
				return err
			}
			s.keys.forget(ofSession(id))
		}
	}
	http.SetCookie(w, s.cookie(r, "", time.Unix(0, 0)))
	w.WriteHeader(http.StatusNoContent)
	return nil
}

// unkept has no cache keep an answer.
func unkept(w *response) {
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("Vary", "Authorization, Cookie")
}

// cookie is sent back to this host alone, only by its own pages, and never shown to their
// scripts. It travels encrypted, unless it does not leave the machine.
func (s *server) cookie(r *http.Request, token string, expires time.Time) *http.Cookie {
	return &http.Cookie{
		Name: sessionCookie, Value: token, Path: "/", Expires: expires,
		HttpOnly: true, SameSite: http.SameSiteStrictMode, Secure: !isLoopback(r.Host),
	}
}

// isLoopback tells whether a host is this machine, as its own browser names it.
func isLoopback(host string) bool {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

func (s *server) sendSession(w *response, status int, key *geo.Key, expires time.Time) error {
	return sendStatusJSON(w, status, sessionAnswer{
		Name: key.Name, Key: key.ID, Roles: append([]string{}, key.Roles...), Rights: s.rightsOf(key), Scope: key.Scope, ExpiresAt: s.moment(expires),
	})
}

// rightsOf is what the holder of a key may do here. No key has none: a visitor reads what is
// public, unless everything is open to everyone.
func (s *server) rightsOf(key *geo.Key) []access.Right {
	if !s.KeysOn {
		return access.RightsOf(access.AllRoles())
	}
	return access.RightsOf(key.Roles)
}
