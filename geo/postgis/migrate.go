package postgis

import (
	"context"

	"gridwarden/geo/postgis/schema"
)

// Migrate brings the schema to the newest, the tables of the job queue with it. Several
// processes may call it at once; a schema that is already there is left as it is.
func (s *Store) Migrate(ctx context.Context) error {
	return fault(schema.Migrate(ctx, s.url), "migrating the schema")
}
