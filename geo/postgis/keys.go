package postgis

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"

	"gridwarden/geo"
)

const createKeySQL = `
INSERT INTO keys (id, name, hash, roles, scope, created_at, expires_at) VALUES ($1, $2, $3, coalesce($4::text[], '{}'), coalesce($5::text[], '{}'), $6, $7)`

// CreateKey keeps a new key. Its id must be new: a Conflict otherwise.
func (s *Store) CreateKey(ctx context.Context, k geo.Key) error {
	err := s.write(ctx, "keeping a key", false, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, createKeySQL, k.ID, k.Name, k.Hash[:], k.Roles, k.Scope, k.CreatedAt, timeOrNull(k.ExpiresAt)); err != nil {
			return err
		}
		return did(ctx, tx, "create key", k.ID, nil, map[string]any{"name": k.Name, "roles": k.Roles, "scope": k.Scope, "expires": timeOrNull(k.ExpiresAt)})
	})
	if violates(err, "keys_pkey") || violates(err, "keys_hash_key") {
		return geo.Errorf(geo.Conflict, "there is a key %s already", k.ID)
	}
	if violates(err, "keys_check") {
		return geo.Errorf(geo.Invalid, "the key would expire before it is made")
	}
	return err
}

const keysSQL = `
SELECT id, name, hash, roles, scope, created_at, expires_at, revoked_at FROM keys`

// Keys are all keys, expired and revoked ones too, the oldest first.
func (s *Store) Keys(ctx context.Context) ([]geo.Key, error) {
	rows, err := s.pool.Query(ctx, keysSQL+" ORDER BY created_at, id")
	if err != nil {
		return nil, fault(err, "listing keys")
	}
	keys, err := pgx.CollectRows(rows, scanKey)
	return keys, fault(err, "listing keys")
}

// Key is one key; NotFound when there is none. An expired or revoked one is returned: to
// refuse it is the caller's.
func (s *Store) Key(ctx context.Context, id string) (geo.Key, error) {
	ctx, cancel := context.WithTimeout(ctx, readTimeout)
	defer cancel()
	rows, err := s.pool.Query(ctx, keysSQL+" WHERE id = $1", id)
	if err != nil {
		return geo.Key{}, fault(err, "reading a key")
	}
	key, err := pgx.CollectExactlyOneRow(rows, scanKey)
	if errors.Is(err, pgx.ErrNoRows) {
		return geo.Key{}, geo.Errorf(geo.NotFound, "there is no key %s", id)
	}
	return key, fault(err, "reading a key")
}

// RevokeKey ends a key for good. Revoking it again keeps the first moment; NotFound when
// there is none.
func (s *Store) RevokeKey(ctx context.Context, id string) error {
	return s.write(ctx, "revoking a key", false, func(tx pgx.Tx) error {
		tag, err := tx.Exec(ctx, "UPDATE keys SET revoked_at = coalesce(revoked_at, now()) WHERE id = $1", id)
		if err != nil {
			return err
		}
		if tag.RowsAffected() == 0 {
			return geo.Errorf(geo.NotFound, "there is no key %s", id)
		}
		return did(ctx, tx, "revoke key", id, nil, nil)
	})
}

func scanKey(row pgx.CollectableRow) (k geo.Key, err error) {
	var hash []byte
	var expires, revoked *time.Time
	err = row.Scan(&k.ID, &k.Name, &hash, &k.Roles, &k.Scope, &k.CreatedAt, &expires, &revoked)
	copy(k.Hash[:], hash)
	k.CreatedAt, k.ExpiresAt, k.RevokedAt = k.CreatedAt.UTC(), orZero(expires), orZero(revoked)
	return k, err
}

func timeOrNull(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

func orZero(t *time.Time) time.Time {
	if t == nil {
		return time.Time{}
	}
	return t.UTC()
}
