// Package access makes and checks keys. It is pure: it knows nothing of where keys are
// kept or how they arrive.
//
// A key is shown once, as gw_<id>_<secret>. The id names it in lists and logs; of the
// secret, 256 random bits, only a SHA-256 is kept. No slow hash is needed: nobody
// guesses 256 bits.
package access

import (
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base32"
	"slices"
	"strings"
	"time"

	"gridwarden/geo"
)

// Roles a key can carry. What a role may do is in one table, see [Allows].
const (
	Viewer     = "viewer"     // reads everything, metrics included
	System     = "system"     // runs the machine: reads the metrics, not the city
	Dispatcher = "dispatcher" // takes reports in, decides returns, sees who is on duty
	Planner    = "planner"    // writes areas, assets and duty rows
	Admin      = "admin"      // everything
)

// Right is one thing a role allows.
type Right string

// The rights there are.
const (
	Read     Right = "read"     // areas, assets, departments, tiles, decisions, reports
	Measure  Right = "measure"  // the metrics of the process
	Dispatch Right = "dispatch" // reports, their events and returns
	Plan     Right = "plan"     // duty rows and what goes with them
	People   Right = "people"   // names and telephone numbers of posts
	Deliver  Right = "deliver"  // webhooks and their dead letters
)

// allRoles are all there are, the narrower first.
func allRoles() []string { return []string{Viewer, System, Dispatcher, Planner, Admin} }

// rightsOf is the one table of what each role may do.
func rightsOf(role string) []Right {
	switch role {
	case Viewer:
		return []Right{Read, Measure}
	case System:
		return []Right{Measure}
	case Dispatcher:
		return []Right{Read, Dispatch, People}
	case Planner:
		return []Right{Read, Plan}
	case Admin:
		return []Right{Read, Measure, Dispatch, Plan, People, Deliver}
	}
	return nil
}

const (
	prefix       = "gw_"
	idBytes      = 8
	secretBytes  = 32
	longestToken = 128
)

// New makes a key for a named person or system, good from now until expires (zero:
// for ever), and the token that proves it: the only time the secret is seen. No roles
// means [Viewer]. A scope limits what the key may change, not what it may read; none
// is everywhere. Refused are a blank name, an unknown role and an expiry that has passed.
func New(name string, roles []string, scope []geo.AreaCode, now, expires time.Time) (token string, key geo.Key, err error) {
	name = strings.TrimSpace(name)
	if len(roles) == 0 {
		roles = []string{Viewer}
	}
	switch {
	case name == "":
		return "", geo.Key{}, geo.Errorf(geo.Invalid, "a key needs a name: say whose it is")
	case !expires.IsZero() && !expires.After(now):
		return "", geo.Key{}, geo.Errorf(geo.Invalid, "the key would have expired already, at %s", expires.Format(time.RFC3339))
	}
	for _, role := range roles {
		if rightsOf(role) == nil {
			return "", geo.Key{}, geo.Errorf(geo.Invalid, "there is no role %q: there are %s", role, strings.Join(allRoles(), ", "))
		}
	}
	id, secret := random(idBytes), random(secretBytes)
	return prefix + id + "_" + secret, geo.Key{
		ID:        id,
		Name:      name,
		Hash:      sha256.Sum256([]byte(secret)),
		Roles:     slices.Clone(roles),
		Scope:     slices.Clone(scope),
		CreatedAt: now,
		ExpiresAt: expires,
	}, nil
}

// random is n random bytes as small letters and digits.
func random(n int) string {
	b := make([]byte, n)
	rand.Read(b) // never fails
	return strings.ToLower(base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(b))
}

// Parse splits a token into the id under which the key is kept and its secret. What does
// not look like a token is refused without repeating it: it may be half a secret.
func Parse(token string) (id, secret string, err error) {
	rest, ok := strings.CutPrefix(token, prefix)
	id, secret, parted := strings.Cut(rest, "_")
	if !ok || !parted || len(token) > longestToken || !plain(id) || !plain(secret) {
		return "", "", geo.Errorf(geo.Unauthenticated, "this is not a key: a key looks like gw_…_… and is shown once by gridwarden key create")
	}
	return id, secret, nil
}

// plain tells whether s is what [random] can have made: never empty.
func plain(s string) bool {
	for i := range len(s) {
		if c := s[i]; (c < 'a' || c > 'z') && (c < '2' || c > '7') {
			return false
		}
	}
	return s != ""
}

// Verify tells whether the secret is the key's and the key still good at that moment. It
// compares in constant time, and says "expired" or "revoked" only to the one who knows
// the secret. A key is good until the very moment it expires.
func Verify(key geo.Key, secret string, now time.Time) error {
	hash := sha256.Sum256([]byte(secret))
	switch {
	case subtle.ConstantTimeCompare(hash[:], key.Hash[:]) != 1:
		return Unknown()
	case !key.RevokedAt.IsZero():
		return geo.Errorf(geo.Unauthenticated, "the key %s was revoked at %s: ask for a new one", key.ID, key.RevokedAt.UTC().Format(time.RFC3339))
	case !key.ExpiresAt.IsZero() && !now.Before(key.ExpiresAt):
		return geo.Errorf(geo.Unauthenticated, "the key %s expired at %s: ask for a new one", key.ID, key.ExpiresAt.UTC().Format(time.RFC3339))
	}
	return nil
}

// Unknown is the answer to a key nobody made, and to a wrong secret: the two are not told
// apart.
func Unknown() error {
	return geo.Errorf(geo.Unauthenticated, "this key is not known here")
}

// Allows refuses a key none of whose roles has the right, naming the roles that do.
func Allows(key geo.Key, right Right) error {
	var need []string
	for _, role := range allRoles() {
		if !slices.Contains(rightsOf(role), right) {
			continue
		}
		if slices.Contains(key.Roles, role) {
			return nil
		}
		need = append(need, role)
	}
	return geo.Errorf(geo.Forbidden, "the key %s lacks the right to %s: it needs the role %s", key.ID, right, strings.Join(need, " or "))
}
