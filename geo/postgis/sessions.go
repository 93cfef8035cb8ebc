package postgis

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5"

	"gridwarden/geo"
)

const createSessionSQL = `
WITH past AS (DELETE FROM sessions WHERE expires_at < now())
INSERT INTO sessions (id, key, hash, expires_at) VALUES ($1, $2, $3, $4)`

// CreateSession keeps a new session and forgets those that expired.
func (s *Store) CreateSession(ctx context.Context, n geo.Session) error {
	return s.write(ctx, "keeping a session", false, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, createSessionSQL, n.ID, n.Key, n.Hash[:], n.ExpiresAt); err != nil {
			return err
		}
		return did(ctx, tx, "begin session", n.Key, nil, map[string]any{"session": n.ID, "expires": n.ExpiresAt.UTC()})
	})
}

const sessionSQL = `
SELECT k.id, k.name, s.hash, k.roles, k.scope, k.created_at, least(s.expires_at, k.expires_at), k.revoked_at
FROM sessions s JOIN keys k ON k.id = s.key WHERE s.id = $1`

// Session is the key that a session stands for, with the session's own hash, and its expiry
// where that is sooner; NotFound when there is none, or it was ended.
func (s *Store) Session(ctx context.Context, id string) (geo.Key, error) {
	ctx, cancel := context.WithTimeout(ctx, readTimeout)
	defer cancel()
	rows, err := s.pool.Query(ctx, sessionSQL, id)
	if err != nil {
		return geo.Key{}, fault(err, "reading a session")
	}
	key, err := pgx.CollectExactlyOneRow(rows, scanKey)
	if errors.Is(err, pgx.ErrNoRows) {
		return geo.Key{}, geo.Errorf(geo.NotFound, "there is no such session")
	}
	return key, fault(err, "reading a session")
}

// EndSession ends a session; one that is not there is none.
func (s *Store) EndSession(ctx context.Context, id string) error {
	return s.write(ctx, "ending a session", false, func(tx pgx.Tx) error {
		var key string
		err := tx.QueryRow(ctx, "DELETE FROM sessions WHERE id = $1 RETURNING key", id).Scan(&key)
		if errors.Is(err, pgx.ErrNoRows) {
			return nil
		}
		if err != nil {
			return err
		}
		return did(ctx, tx, "end session", key, nil, map[string]any{"session": id})
	})
}
