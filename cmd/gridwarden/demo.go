package main

import (
	"context"
	"fmt"

	"gridwarden/geo/democity"
)

// demo writes the demo city as files and says how to import them.
func demo(ctx context.Context, c *call) error {
	size := democity.Default()
	c.flags.IntVar(&size.Grids, "grids", size.Grids, "how many unit grids")
	c.flags.IntVar(&size.Assets, "assets", size.Assets, "how many assets")
	if err := c.parse(); err != nil {
		return err
	}
	if len(c.args) != 1 {
		return usagef("name the directory to write the demo city to")
	}
	m, err := democity.Write(ctx, c.args[0], size, func(s string) { fmt.Fprintln(c.err, s) })
	if err != nil {
		return err
	}
	fmt.Fprintf(c.out, "a generated city of %d grids and %d assets; import it with\n", m.Grids, m.AssetCount)
	fmt.Fprintf(c.out, "  gridwarden import departments %s\n", m.Departments)
	fmt.Fprintf(c.out, "  gridwarden import areas --plan %s\n", m.Plan)
	fmt.Fprintf(c.out, "  gridwarden import assets --category category --grid grid %s\n", m.Assets)
	return nil
}
