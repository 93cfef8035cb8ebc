package main

import (
	"cmp"
	"context"
	"flag"
	"log/slog"
	"os"

	"gridwarden/geo/postgis"
)

// sourceFlags say where the view is read from.
type sourceFlags struct {
	url    string
	listen bool
}

func (s *sourceFlags) register(f *flag.FlagSet) {
	f.StringVar(&s.url, "read-database", "", "PostgreSQL `URL` to load and follow the view from, such as a streaming replica's; writes go to --database; default $GRIDWARDEN_READ_DATABASE_URL, else --database")
	f.BoolVar(&s.listen, "listen", true, "be told of changes by LISTEN; off, as poolers in transaction mode need it, the server looks for them by itself a few times a second")
}

// open is the store that the view is read from: a replica's, else the primary's own. It
// closes with done, the primary not. The environment's address is taken here and not as the
// flag's default, which the help would show with its password.
func (s *sourceFlags) open(ctx context.Context, primary *postgis.Store, log *slog.Logger) (source *postgis.Store, done func(), err error) {
	source, done = primary, func() {}
	if url := cmp.Or(s.url, os.Getenv("GRIDWARDEN_READ_DATABASE_URL")); url != "" {
		if source, err = postgis.Open(ctx, url, log); err != nil {
			return nil, nil, err
		}
		done = source.Close
	}
	if !s.listen {
		primary.PollOnly()
		source.PollOnly()
	}
	return source, done, nil
}
