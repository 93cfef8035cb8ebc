package main

import (
	"context"
	"log/slog"
	"path/filepath"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"gridwarden/geo"
	"gridwarden/geo/postgis"
	"gridwarden/geo/postgis/pgtest"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"gridwarden": main, "privatedb": privateDB})
}

// TestWhatPeopleType runs the scripts of testdata/script against the real command, each
// with a database of its own. The command untouched holds when nothing was ever written.
func TestWhatPeopleType(t *testing.T) {
	scripts, err := filepath.Glob("../../testdata/script/*.txtar")
	if err != nil || len(scripts) == 0 {
		t.Fatalf("no scripts: %v", err)
	}
	for _, script := range scripts {
		t.Run(filepath.Base(script), func(t *testing.T) {
			t.Parallel()
			url := pgtest.New(t)
			fresh := newest(t, url)
			testscript.Run(t, testscript.Params{
				Files: []string{script},
				Setup: func(env *testscript.Env) error {
					env.Setenv("GRIDWARDEN_DATABASE_URL", url)
					return nil
				},
				Cmds: map[string]func(*testscript.TestScript, bool, []string){
					"untouched": func(ts *testscript.TestScript, _ bool, _ []string) {
						if at := newest(t, url); at != fresh {
							ts.Fatalf("the database moved from %v to %v", fresh, at)
						}
					},
				},
			})
		})
	}
}

func newest(t *testing.T, url string) geo.Position {
	store, err := postgis.Open(context.Background(), url, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	at, _, err := store.Newest(context.Background(), geo.Position{})
	if err != nil {
		t.Fatal(err)
	}
	return at
}
