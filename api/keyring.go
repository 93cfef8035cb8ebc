package api

import (
	"context"
	"sync"
	"time"

	"gridwarden/geo"
	"gridwarden/geo/access"
)

// keyring remembers keys for a few seconds, so that the database is not asked with every
// request; a revoked key is shut within that time. While the database is away, a key it
// knows goes on working: nobody could have revoked it there either.
type keyring struct {
	from     KeyReader
	sessions Sessions
	mu       sync.Mutex
	known    map[string]heldKey
}

// heldKey is a key as it was read.
type heldKey struct {
	key  geo.Key
	read time.Time
}

// maxHeld bounds the ring. Only keys that exist are held, so it is never reached by
// guessing.
const maxHeld = 10_000

// check is the key of a token that is good now.
func (k *keyring) check(ctx context.Context, token string) (geo.Key, error) {
	id, secret, err := access.Parse(token)
	if err != nil {
		return geo.Key{}, err
	}
	if k.from == nil {
		return geo.Key{}, noKeys()
	}
	key, err := k.find(ctx, id, id, k.from.Key)
	if err != nil {
		return geo.Key{}, err
	}
	return key, access.Verify(key, secret, time.Now())
}

// session is the key behind a session that is good now.
func (k *keyring) session(ctx context.Context, token string) (geo.Key, error) {
	id, secret, err := access.Parse(token)
	if err != nil {
		return geo.Key{}, err
	}
	if k.sessions == nil {
		return geo.Key{}, noKeys()
	}
	key, err := k.find(ctx, ofSession(id), id, k.sessions.Session)
	if err != nil {
		return geo.Key{}, err
	}
	return key, access.Verify(key, secret, time.Now())
}

func noKeys() error {
	return geo.Errorf(geo.Unavailable, "this server has no database and so knows no keys: it answers without one what is public; ask a server that has one for more")
}

// ofSession is what a session is held under: its token opens nothing as a key.
func ofSession(id string) string { return "session " + id }

// find is what is held under a name, or else read by its id.
func (k *keyring) find(ctx context.Context, name, id string, read func(context.Context, string) (geo.Key, error)) (geo.Key, error) {
	held, ok := k.held(name)
	if ok && time.Since(held.read) < keyLifetime {
		return held.key, nil
	}
	asking, cancel := context.WithTimeout(ctx, maxWait)
	defer cancel()
	key, err := read(asking, id)
	switch {
	case err == nil:
		k.hold(name, heldKey{key, time.Now()})
		return key, nil
	case geo.KindOf(err) == geo.NotFound:
		k.forget(name)
		return geo.Key{}, access.Unknown()
	case ok && ctx.Err() == nil:
		return held.key, nil
	}
	return geo.Key{}, geo.Because(err, geo.Unavailable, "the key cannot be checked now because the database is away; try again")
}

func (k *keyring) held(id string) (heldKey, bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	h, ok := k.known[id]
	return h, ok
}

func (k *keyring) hold(id string, h heldKey) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.known == nil || len(k.known) >= maxHeld {
		k.known = map[string]heldKey{}
	}
	k.known[id] = h
}

func (k *keyring) forget(id string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	delete(k.known, id)
}
