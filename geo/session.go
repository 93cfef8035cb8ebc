package geo

import "time"

// Session lets a browser in for a key, so that the key itself is not kept there.
type Session struct {
	ID        string
	Key       string   // the id of the key it stands for
	Hash      [32]byte // SHA-256 of its own secret
	ExpiresAt time.Time
}
