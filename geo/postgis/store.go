// Package postgis is the one place where gridwarden speaks SQL. It keeps layers, areas,
// assets, departments, categories, the tables of duty, reports with their assignments, and
// keys in PostGIS, tells what changed to whoever follows, queues what webhooks are to be
// told, and turns the database's errors into sentences.
//
// Nothing is overwritten: a new state of a thing is a new version, the old one is ended,
// and both name the change that did it. A transaction that changes anything visible takes
// its number in the change log as the last thing it does (see record), so the numbers
// stand in commit order without gaps and each is one state. Reports, assignments, returns
// and posts are numbered in the same way by a row of their own (the feed), for they change
// no view.
package postgis

import (
	"context"
	"log/slog"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"

	"gridwarden/geo"
)

// readTimeout bounds the reads that serve a client.
const readTimeout = 5 * time.Second

// Store is the database. Its methods may be called from any goroutine.
type Store struct {
	url  string
	pool *pgxpool.Pool
	log  *slog.Logger

	outbox *river.Client[pgx.Tx] // takes jobs in, works none
	mute   bool                  // no notices come: whoever follows looks by itself
}

// Open prepares the store at url; it fails only on a URL that cannot be read. Connections
// are made when they are needed: a database that is down is found out by [Store.Ping] or
// the first use, and used again when it is back.
func Open(ctx context.Context, url string, log *slog.Logger) (*Store, error) {
	config, err := pgxpool.ParseConfig(url)
	if err != nil {
		return nil, badURL(err)
	}
	if config.ConnConfig.ConnectTimeout == 0 {
		config.ConnConfig.ConnectTimeout = readTimeout
	}
	setDefault(config.ConnConfig.RuntimeParams, "application_name", "gridwarden")
	pool, err := newPool(ctx, config)
	if err != nil {
		return nil, badURL(err)
	}
	outbox, err := newOutbox(pool, log)
	if err != nil {
		pool.Close()
		return nil, err
	}
	return &Store{url: url, pool: pool, log: log, outbox: outbox}, nil
}

// newPool is a pool that leaves a server which takes no writes any more: the first write it
// refuses closes all connections, and those that are made anew find the primary, where the
// address names several hosts with target_session_attrs.
func newPool(ctx context.Context, config *pgxpool.Config) (pool *pgxpool.Pool, err error) {
	config.BeforeConnect = func(_ context.Context, conn *pgx.ConnConfig) error {
		closes := conn.OnPgError
		conn.OnPgError = func(c *pgconn.PgConn, e *pgconn.PgError) bool {
			if e.Code == readOnly {
				pool.Reset()
				return false
			}
			return closes(c, e)
		}
		return nil
	}
	pool, err = pgxpool.NewWithConfig(ctx, config)
	return pool, err
}

// Close ends all connections; it waits for those in use.
func (s *Store) Close() { s.pool.Close() }

// PollOnly makes everything that follows the database look for news by itself instead of
// asking for notices with LISTEN, which poolers in transaction mode lose. Call it before
// anything follows.
func (s *Store) PollOnly() { s.mute = true }

// Ping tells whether the database answers.
func (s *Store) Ping(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, readTimeout)
	defer cancel()
	return fault(s.pool.Ping(ctx), "asking whether it is there")
}

// write runs do in one transaction, which a dry run rolls back in the end.
func (s *Store) write(ctx context.Context, doing string, dryRun bool, do func(pgx.Tx) error) error {
	tx, err := s.pool.Begin(ctx)
	if err != nil {
		return fault(err, doing)
	}
	defer tx.Rollback(context.WithoutCancel(ctx)) // does nothing after Commit
	if err := do(tx); err != nil || dryRun {
		return fault(err, doing)
	}
	return fault(tx.Commit(ctx), doing)
}

// view is a transaction that sees one state, however long it reads.
var view = pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}

// read runs do on one state of the database.
func (s *Store) read(ctx context.Context, doing string, do func(pgx.Tx) error) error {
	return fault(pgx.BeginTxFunc(ctx, s.pool, view, do), doing)
}

func setDefault(params map[string]string, key, value string) {
	if _, set := params[key]; !set {
		params[key] = value
	}
}

// badURL tells that the address of the database cannot be read, without repeating it: it
// may hold a password.
func badURL(err error) error {
	return geo.Because(err, geo.Invalid, "the database URL cannot be read; write postgres://USER@HOST:PORT/NAME or postgres:///NAME?host=/SOCKET/FOLDER")
}
