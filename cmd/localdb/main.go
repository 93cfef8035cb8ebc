// Command localdb keeps the private PostgreSQL of this checkout: see package localdb.
//
//	localdb up                start it; its URL is the last line
//	localdb down              stop it; the data stay
//	localdb url               its URL, when it is up
//	localdb with -- COMMAND   run a command with GRIDWARDEN_DATABASE_URL set
//	localdb remove            stop it and delete its data
//	localdb install           install PostgreSQL and PostGIS unless they are there; exit 3
//	                          when they are not and cannot be
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"gridwarden/geo"
	"gridwarden/geo/postgis/localdb"
)

func main() {
	exit, err := run(os.Args[1:])
	switch {
	case errors.Is(err, context.Canceled):
		fmt.Fprintln(os.Stderr, "localdb: interrupted")
		exit = 130
	case err != nil:
		fmt.Fprintln(os.Stderr, "localdb:", err)
		exit = max(exit, 2)
	}
	os.Exit(exit)
}

func run(args []string) (exit int, err error) {
	root, err := localdb.Root(".")
	if err != nil {
		return 2, err
	}
	if len(args) > 1 && args[0] == "with" && args[1] == "--" {
		return localdb.With(context.Background(), root, os.Stderr, args[2:])
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	if len(args) != 1 {
		return 2, geo.Errorf(geo.Invalid, "usage: localdb up | down | url | remove | install | with -- COMMAND")
	}
	switch args[0] {
	case "up":
		url, _, err := localdb.Up(ctx, root, os.Stderr)
		if err == nil {
			fmt.Println(url)
		}
		return 0, err
	case "install":
		err := localdb.Install(ctx, root, os.Stderr)
		if errors.Is(err, localdb.ErrMissing) {
			return 3, err
		}
		return 0, err
	case "url":
		url, running := localdb.URL(root)
		if !running {
			return 1, geo.Errorf(geo.Unavailable, "the private database is not up: run \"make db\"")
		}
		fmt.Println(url)
		return 0, nil
	case "down":
		return 0, localdb.Down(ctx, root)
	case "remove":
		return 0, localdb.Remove(ctx, root)
	}
	return 2, geo.Errorf(geo.Invalid, "%q is none of: localdb up | down | url | remove | install | with -- COMMAND", args[0])
}
