package main

import (
	"cmp"
	"context"
	"flag"
	"io"
	"log/slog"
	"os"
	"time"
	_ "time/tzdata" // zones on machines that have none

	"gridwarden/geo"
	"gridwarden/geo/postgis"
	"gridwarden/geo/postgis/localdb"
)

// defaultAddress is where serve listens when nothing else is said.
const defaultAddress = "127.0.0.1:8080"

// settings every command shares. Flags beat the environment, which beats the defaults.
type settings struct {
	database string
	log      string
	zoneName string
	memory   string
	zone     *time.Location // of the city: days without a zone are meant there
	bound    bound          // of memory
}

func (s *settings) register(f *flag.FlagSet) {
	f.StringVar(&s.database, "database", "", "PostgreSQL `URL`; default $GRIDWARDEN_DATABASE_URL, else the private cluster of make run")
	f.StringVar(&s.log, "log", envOr("GRIDWARDEN_LOG", "text"), "log `FORMAT`: text or json; default $GRIDWARDEN_LOG")
	f.StringVar(&s.memory, "memory", os.Getenv("GRIDWARDEN_MEMORY"), "the `SIZE` of memory this may take, e.g. 2GB; what would not fit is refused; 0 is no bound; default $GRIDWARDEN_MEMORY, else $GOMEMLIMIT, else nearly all that the machine or its cgroup has left")
	f.StringVar(&s.zoneName, "time-zone", envOr("GRIDWARDEN_TIME_ZONE", "Asia/Shanghai"), "time `ZONE` of the city; default $GRIDWARDEN_TIME_ZONE")
}

func envOr(name, fallback string) string {
	if v := os.Getenv(name); v != "" {
		return v
	}
	return fallback
}

func (s *settings) complete() (err error) {
	if s.log != "text" && s.log != "json" {
		return usagef("--log is text or json, not %q", s.log)
	}
	if s.zone, err = time.LoadLocation(s.zoneName); err != nil {
		return usagef("--time-zone is a name such as Asia/Shanghai or UTC, not %q", s.zoneName)
	}
	if s.bound, err = newBound(s.memory); err != nil {
		return err
	}
	s.bound.keep()
	return nil
}

// logger writes structured logs in the format asked for.
func (s *settings) logger(w io.Writer) *slog.Logger {
	if s.log == "json" {
		return slog.New(slog.NewJSONHandler(w, nil))
	}
	return slog.New(slog.NewTextHandler(w, nil))
}

// databaseURL is the database to use: the one set, of which none is no database, else the
// private cluster if it is up.
// The environment's is taken here and not as the flag's default, which the help would show
// with its password.
func (s *settings) databaseURL() (string, error) {
	switch url := cmp.Or(s.database, os.Getenv("GRIDWARDEN_DATABASE_URL")); url {
	case "":
	case "none":
		return "", errNoDatabase
	default:
		return url, nil
	}
	if dir, err := os.Getwd(); err == nil {
		if url, up := localdb.URL(dir); up {
			return url, nil
		}
	}
	return "", errNoDatabase
}

var errNoDatabase = geo.Errorf(geo.Unavailable, "no database: set GRIDWARDEN_DATABASE_URL, or start the private one with make db")

// open opens the database.
func (c *call) open(ctx context.Context) (*postgis.Store, error) {
	url, err := c.settings.databaseURL()
	if err != nil {
		return nil, err
	}
	return postgis.Open(ctx, url, c.settings.logger(c.err))
}
