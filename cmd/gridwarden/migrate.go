package main

import (
	"context"
	"fmt"
)

func migrate(ctx context.Context, c *call) error {
	if err := c.parseAlone(); err != nil {
		return err
	}
	store, err := c.open(ctx)
	if err != nil {
		return err
	}
	defer store.Close()
	if err := store.Migrate(ctx); err != nil {
		return err
	}
	fmt.Fprintln(c.out, "the database has the newest schema")
	return nil
}
