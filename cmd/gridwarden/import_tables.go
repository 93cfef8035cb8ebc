package main

import (
	"context"
	"fmt"

	"gridwarden/geo/ingest"
	"gridwarden/geo/postgis"
)

// importTable imports one CSV: it reads, writes in one transaction, and tells the counts.
func importTable[T any](ctx context.Context, c *call, what string,
	read func(context.Context, string, string) ([]T, error),
	write func(*postgis.Store, context.Context, []T, bool) (postgis.Outcome, error),
) error {
	encoding := c.flags.String("encoding", "auto", "auto, utf-8, gbk or gb18030")
	dryRun := c.flags.Bool("dry-run", false, "report what would happen and change nothing")
	if err := c.parse(); err != nil {
		return err
	}
	if len(c.args) != 1 {
		return usagef("name one CSV file of %s", what)
	}
	rows, err := read(ctx, c.args[0], *encoding)
	if err != nil {
		return err
	}
	store, err := c.open(ctx)
	if err != nil {
		return err
	}
	defer store.Close()
	o, err := write(store, ctx, rows, *dryRun)
	if err != nil {
		return err
	}
	fmt.Fprintf(c.out, "%s: %d read: %d new, %d changed, %d untouched\n", what, o.Read, o.Added, o.Changed, o.Unchanged)
	if *dryRun {
		fmt.Fprintln(c.out, "dry run: nothing was written")
	}
	return nil
}

func importDepartments(ctx context.Context, c *call) error {
	return importTable(ctx, c, "departments", ingest.ReadDepartments, (*postgis.Store).ImportDepartments)
}

func importCategories(ctx context.Context, c *call) error {
	return importTable(ctx, c, "categories", ingest.ReadCategories, (*postgis.Store).ImportCategories)
}
