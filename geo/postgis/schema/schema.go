// Package schema brings a database to the schema this program works with: the numbered
// migrations, and the tables of the job queue, whose migrations its library holds.
package schema

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/rivermigrate"

	"gridwarden/migrations"
)

// Migrate brings the schema of the database at url to the newest. It holds a lock
// meanwhile, so that several processes may call it at once: one works, the others wait. A
// schema that is already there is left as it is.
func Migrate(ctx context.Context, url string) error {
	return migrate(ctx, url, migrations.Files(), func(p *goose.Provider) error {
		if _, err := p.Up(ctx); err != nil {
			return err
		}
		return migrateJobs(ctx, url)
	})
}

// MigrateTo runs migrations up to a version, as a release of that day would have: for tests
// of the way from there.
func MigrateTo(ctx context.Context, url string, files fs.FS, version int64) error {
	return migrate(ctx, url, files, func(p *goose.Provider) error {
		_, err := p.UpTo(ctx, version)
		return err
	})
}

// migrate runs do with the migrations of files on the database at url, under a lock.
func migrate(ctx context.Context, url string, files fs.FS, do func(*goose.Provider) error) error {
	config, err := pgx.ParseConfig(url)
	if err != nil {
		return err
	}
	db := sql.OpenDB(stdlib.GetConnector(*config))
	defer db.Close()
	provider, err := goose.NewProvider(goose.DialectPostgres, db, files, goose.WithDisableGlobalRegistry(true))
	if err != nil {
		return fmt.Errorf("reading the migrations: %w", err)
	}
	return underLock(ctx, db, func() error { return do(provider) })
}

// underLock runs do while no other process migrates. The lock is goose's own, but held here:
// the queue's migrations, which know none, need it as well.
func underLock(ctx context.Context, db *sql.DB, do func() error) error {
	locker, err := lock.NewPostgresSessionLocker(lock.WithLockTimeout(1, 600))
	if err != nil {
		return fmt.Errorf("making the migration lock: %w", err)
	}
	conn, err := db.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close() //nolint:errcheck // the lock was given back, or goes with it
	if err := locker.SessionLock(ctx, conn); err != nil {
		return err
	}
	err = do()
	return errors.Join(err, locker.SessionUnlock(context.WithoutCancel(ctx), conn))
}

// migrateJobs brings the tables of the job queue to the version this program works with.
// Newer ones, which a later program made, are left.
func migrateJobs(ctx context.Context, url string) error {
	pool, err := pgxpool.New(ctx, url)
	if err != nil {
		return err
	}
	defer pool.Close()
	migrator, err := rivermigrate.New(riverpgxv5.New(pool), &rivermigrate.Config{Logger: slog.New(slog.DiscardHandler)}) // its steps are no news to people
	if err != nil {
		return fmt.Errorf("reading the queue's migrations: %w", err)
	}
	_, err = migrator.Migrate(ctx, rivermigrate.DirectionUp, &rivermigrate.MigrateOpts{TargetVersion: migrations.Jobs})
	return err
}
