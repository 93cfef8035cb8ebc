package geo

import "time"

// Key lets a person or system in. Only the hash of its secret is kept; the secret is
// shown once, when it is made.
type Key struct {
	ID        string   // public part, names the key in lists and logs
	Name      string   // whose it is
	Hash      [32]byte // SHA-256 of the secret part, which has 256 random bits
	Roles     []string
	Scope     []AreaCode // areas it is limited to, with all below them; none: everywhere
	CreatedAt time.Time
	ExpiresAt time.Time // zero: never
	RevokedAt time.Time // zero: not
}
