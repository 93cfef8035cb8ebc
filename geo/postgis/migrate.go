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

// Migrate brings the schema of the database at url to the newest. It holds a lock
// meanwhile, so that several processes may call it at once; one works, the others wait. A
// database that is already there is left as it is.
func Migrate(ctx context.Context, url string) error {
	return migrate(ctx, url, migrations.Files(), func(ctx context.Context, p *goose.Provider) error {
		_, err := p.Up(ctx)
		return err
	})
}

// migrate runs do with the migrations of files on the database at url.
func migrate(ctx context.Context, url string, files fs.FS, do func(context.Context, *goose.Provider) error) error {
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
	return fault(do(ctx, provider), "migrating the database")
}
