package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gridwarden/geo"
	"gridwarden/geo/index"
	"gridwarden/geo/postgis"
	"gridwarden/geo/postgis/pgtest"
)

// city is one private database and the commands typed at it.
type city struct {
	*testing.T
	url string
}

func newCity(t *testing.T) *city {
	t.Helper()
	t.Parallel()
	return &city{t, pgtest.New(t)}
}

// try types one command and gives what it printed and its exit code.
func (c *city) try(args ...string) (out, errs string, code int) {
	c.Helper()
	var stdout, stderr bytes.Buffer
	code = run(c.Context(), append(args, "--database", c.url), strings.NewReader(""), &stdout, &stderr)
	return stdout.String(), stderr.String(), code
}

// must types a command that has to succeed.
func (c *city) must(args ...string) string {
	c.Helper()
	out, errs, code := c.try(args...)
	if code != exitDone {
		c.Fatalf("gridwarden %s: exit %d\n%s%s", strings.Join(args, " "), code, tail(out), errs)
	}
	return out
}

// refused types a command that has to fail with the exit code and a sentence that holds
// every part, and has to leave the database as it was.
func (c *city) refused(code int, parts []string, args ...string) string {
	c.Helper()
	before := c.view().Position()
	out, errs, got := c.try(args...)
	if got != code {
		c.Fatalf("gridwarden %s: exit %d, want %d\n%s%s", strings.Join(args, " "), got, code, tail(out), errs)
	}
	for _, part := range parts {
		if !strings.Contains(out+errs, part) {
			c.Errorf("gridwarden %s does not say %q:\n%s%s", strings.Join(args, " "), part, tail(out), errs)
		}
	}
	if after := c.view().Position(); after != before {
		c.Errorf("gridwarden %s failed and yet moved the database from %v to %v", strings.Join(args, " "), before, after)
	}
	return out + errs
}

func tail(s string) string { return s[max(0, len(s)-3000):] }

func (c *city) store() *postgis.Store {
	c.Helper()
	store, err := postgis.Open(c.Context(), c.url, (&settings{}).logger(c.Output()))
	if err != nil {
		c.Fatal(err)
	}
	c.Cleanup(store.Close)
	return store
}

// view is everything the database holds, as a server would load it.
func (c *city) view() *index.Snapshot {
	c.Helper()
	built := index.NewBuilder()
	changes, err := c.store().Load(context.WithoutCancel(c.Context()), built.Asset)
	if err != nil {
		c.Fatal(err)
	}
	view, err := built.View(changes)
	if err != nil {
		c.Fatal(err)
	}
	return view
}

// at is the code of the area of a layer at a place; empty for none.
func at(view *index.Snapshot, layer geo.LayerName, lon, lat float64) geo.AreaCode {
	p, err := geo.CoordOf(lon, lat)
	if err != nil {
		return geo.AreaCode(err.Error())
	}
	for _, hit := range view.Locate(p, layer).Areas {
		return hit.Area.Code
	}
	return ""
}

// file writes a file for one test.
func (c *city) file(name, content string) string {
	c.Helper()
	path := filepath.Join(c.TempDir(), name)
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		c.Fatal(err)
	}
	return path
}
