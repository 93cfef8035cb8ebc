package main

import (
	"context"
	"fmt"
	"strings"
	"text/tabwriter"
	"time"

	"gridwarden/geo"
	"gridwarden/geo/access"
)

// maxKeyDays is about a hundred years.
const maxKeyDays = 36_500

// rolesHelp says what each role may do; the table of it is in geo/access.
const rolesHelp = "`ROLES`, separated by commas: viewer reads what is not restricted, the metrics too, but not what reporters wrote, nor the names and numbers of those on duty; " +
	"reporter reads the same but the metrics, and files reports; " +
	"dispatcher reads everything, takes reports in and decides returns; planner reads what is restricted too, drafts areas and writes duty rows; " +
	"publisher reads what is restricted too and publishes drafts; admin does all of it and keeps the webhooks; " +
	"system reads the metrics, security makes and revokes keys, auditor reads the audit log: each of these three goes with no other but viewer"

// keyCreate makes a key, stores its hash, and prints its secret, once.
func keyCreate(ctx context.Context, c *call) error {
	name := c.flags.String("name", "", "`NAME` of the one whose key it is: a person or a system")
	roles := c.flags.String("roles", access.Viewer, rolesHelp)
	scope := c.flags.String("scope", "", "`CODES` of the areas it may change, separated by commas, with every area whose code begins so or that lies below them; default everywhere")
	days := c.flags.Int("days", 365, "how many `DAYS` it lasts; 0 is for ever")
	if err := c.parseAlone(); err != nil {
		return err
	}
	if *name == "" || *days < 0 || *days > maxKeyDays {
		return usagef("give --name NAME, and --days from 0 to %d", maxKeyDays)
	}
	var expires time.Time
	if *days > 0 {
		expires = time.Now().AddDate(0, 0, *days)
	}
	token, key, err := access.New(*name, fields[string](*roles), fields[geo.AreaCode](*scope), time.Now(), expires)
	if err != nil {
		return err
	}
	store, err := c.open(ctx)
	if err != nil {
		return err
	}
	defer store.Close()
	if err := store.CreateKey(ctx, key); err != nil {
		return err
	}
	fmt.Fprintf(c.err, "key %s for %s; it is shown only this once:\n", key.ID, key.Name)
	fmt.Fprintln(c.out, token)
	return nil
}

// fields splits a comma-separated list.
func fields[T ~string](list string) []T {
	var out []T
	for f := range strings.SplitSeq(list, ",") {
		if f = strings.TrimSpace(f); f != "" {
			out = append(out, T(f))
		}
	}
	return out
}

func keyList(ctx context.Context, c *call) error {
	if err := c.parseAlone(); err != nil {
		return err
	}
	store, err := c.open(ctx)
	if err != nil {
		return err
	}
	defer store.Close()
	keys, err := store.Keys(ctx)
	if err != nil {
		return err
	}
	w := tabwriter.NewWriter(c.out, 0, 4, 2, ' ', 0)
	fmt.Fprintln(w, "ID\tNAME\tROLES\tCREATED\tEXPIRES\tREVOKED")
	for _, k := range keys {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\n", k.ID, k.Name, strings.Join(k.Roles, ","), c.day(k.CreatedAt), c.day(k.ExpiresAt), c.day(k.RevokedAt))
	}
	return w.Flush()
}

func (c *call) day(t time.Time) string {
	if t.IsZero() {
		return "-"
	}
	return t.In(c.settings.zone).Format(time.DateOnly)
}

func keyRevoke(ctx context.Context, c *call) error {
	if err := c.parse(); err != nil {
		return err
	}
	if len(c.args) != 1 {
		return usagef("name the ID of the key; gridwarden key list shows them")
	}
	store, err := c.open(ctx)
	if err != nil {
		return err
	}
	defer store.Close()
	if err := store.RevokeKey(ctx, c.args[0]); err != nil {
		return err
	}
	fmt.Fprintf(c.out, "key %s is revoked\n", c.args[0])
	return nil
}
