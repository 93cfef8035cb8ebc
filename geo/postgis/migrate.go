package postgis

import (
	"context"
	"database/sql"
	"fmt"
	"io/fs"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"

	"gridwarden/migrations"
)

// Migrate brings the schema to the newest. It holds a lock meanwhile, so that several
// processes may call it at once: one works, the others wait. A schema that is already
// there is left as it is.
func (s *Store) Migrate(ctx context.Context) error {
	return migrate(s.url, migrations.Files(), func(p *goose.Provider) error {
		_, err := p.Up(ctx)
		return err
	})
}

// migrate runs do with the migrations of files on the database at url.
func migrate(url string, files fs.FS, do func(*goose.Provider) error) error {
	config, err := pgx.ParseConfig(url)
	if err != nil {
		return badURL(err)
	}
	db := sql.OpenDB(stdlib.GetConnector(*config))
	defer db.Close()
	locker, err := lock.NewPostgresSessionLocker(lock.WithLockTimeout(1, 600))
	if err != nil {
		return fmt.Errorf("making the migration lock: %w", err)
	}
	provider, err := goose.NewProvider(goose.DialectPostgres, db, files, goose.WithSessionLocker(locker), goose.WithDisableGlobalRegistry(true))
	if err != nil {
		return fmt.Errorf("reading the migrations: %w", err)
	}
	return fault(do(provider), "migrating the schema")
}
