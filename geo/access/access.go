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
	Viewer     = "viewer"     // reads what is internal, metrics included
	Reporter   = "reporter"   // reads what is internal and files reports
	Dispatcher = "dispatcher" // takes reports in, decides returns, sees who is on duty
	Planner    = "planner"    // drafts areas, writes assets and duty rows
	Publisher  = "publisher"  // publishes what was drafted
	Admin      = "admin"      // all work of the city
	System     = "system"     // runs the machine: reads the metrics, not the city
	Security   = "security"   // makes and revokes keys
	Auditor    = "auditor"    // reads the audit log
)

// Right is one thing a role allows.
type Right string

// The rights there are.
const (
	Read          Right = "read"           // what is internal: areas, assets, departments, tiles, decisions, reports
	SeeRestricted Right = "see restricted" // layers and categories that are restricted, beside what is internal
	Measure       Right = "measure"        // the metrics of the process
	Report        Right = "report"         // file reports
	Dispatch      Right = "dispatch"       // reports, their events and returns
	Plan          Right = "plan"           // drafts, duty rows and what goes with them
	Publish       Right = "publish"        // make a draft the next edition
	People        Right = "people"         // names and telephone numbers of posts
	Deliver       Right = "deliver"        // webhooks and their dead letters
	Keys          Right = "keys"           // make, list and revoke keys
	Audit         Right = "audit"          // read the audit log
)

// In is the right in a language.
func (r Right) In(l geo.Language) string { return geo.NameIn(l, "Right", string(r)) }

// AllRoles are all there are, the narrower first.
func AllRoles() []string {
	return []string{Viewer, Reporter, Dispatcher, Planner, Publisher, System, Security, Auditor, Admin}
}

// rightsOf is the one table of what each role may do.
func rightsOf(role string) []Right {
	switch role {
	case Viewer:
		return []Right{Read, Measure}
	case Reporter:
		return []Right{Read, Report}
	case Dispatcher:
		return []Right{Read, SeeRestricted, Report, Dispatch, People}
	case Planner:
		return []Right{Read, SeeRestricted, Plan}
	case Publisher:
		return []Right{Read, SeeRestricted, Publish}
	case Admin:
		return []Right{Read, SeeRestricted, Measure, Report, Dispatch, Plan, Publish, People, Deliver}
	case System:
		return []Right{Measure}
	case Security:
		return []Right{Keys}
	case Auditor:
		return []Right{Audit}
	}
	return nil
}

// RightsOf are what roles allow together, each once; of a role there is not, nothing.
func RightsOf(roles []string) []Right {
	rights := []Right{}
	for _, role := range roles {
		for _, right := range rightsOf(role) {
			if !slices.Contains(rights, right) {
				rights = append(rights, right)
			}
		}
	}
	return rights
}

// The three who keep the machine, the keys and the audit log are three (三员分立), and none
// of them does the work of the city: who makes keys cannot use all of them, who works does
// not judge the record of it. Beside one of the three roles a key can only read.
func checkRoles(roles []string) error {
	kept := ""
	for _, role := range roles {
		switch role {
		case System, Security, Auditor:
			if kept != "" && kept != role {
				return geo.Errorf(geo.Invalid, "the roles %s and %s exclude each other: make two keys, for two people", kept, role)
			}
			kept = role
		}
	}
	for _, role := range roles {
		switch {
		case rightsOf(role) == nil:
			return geo.Errorf(geo.Invalid, "there is no role %q: there are %s", role, strings.Join(AllRoles(), ", "))
		case kept != "" && role != kept && role != Viewer:
			return geo.Errorf(geo.Invalid, "the role %s goes with no other but %s, not with %s: make two keys, for two people", kept, Viewer, role)
		}
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
// is everywhere. Refused are a blank name, an unknown role, roles that exclude each other
// and an expiry that has passed.
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
	if err := checkRoles(roles); err != nil {
		return "", geo.Key{}, err
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

// SessionLife is how long a session lasts at most.
const SessionLife = 12 * time.Hour

// NewSession lets somebody in for a key until it expires, or for [SessionLife]. The token
// looks like a key's, and opens only where sessions do.
func NewSession(key geo.Key, now time.Time) (token string, session geo.Session) {
	id, secret := random(idBytes), random(secretBytes)
	expires := now.Add(SessionLife)
	if !key.ExpiresAt.IsZero() && key.ExpiresAt.Before(expires) {
		expires = key.ExpiresAt
	}
	return prefix + id + "_" + secret, geo.Session{ID: id, Key: key.ID, Hash: sha256.Sum256([]byte(secret)), ExpiresAt: expires}
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
	for _, role := range AllRoles() {
		if !slices.Contains(rightsOf(role), right) {
			continue
		}
		if slices.Contains(key.Roles, role) {
			return nil
		}
		need = append(need, role)
	}
	return geo.Errorf(geo.Forbidden, "the key %s lacks the right to %s: it needs the role %s", key.ID, right, geo.Joined("%s or %s", need))
}

// InScope tells whether an area may be changed by one whose scope is limited to some codes:
// the area's own code begins with one of them, or that of an area above it, which are given
// where codes of the layers do not begin with one another. No scope is everywhere, and what
// has no code lies in none.
func InScope(scope []geo.AreaCode, code geo.AreaCode, above ...geo.AreaCode) bool {
	return len(scope) == 0 || slices.ContainsFunc(scope, func(s geo.AreaCode) bool {
		begins := func(c geo.AreaCode) bool { return s != "" && strings.HasPrefix(string(c), string(s)) }
		return begins(code) || slices.ContainsFunc(above, begins)
	})
}
