package pgtest_test

import (
	"testing"

	"github.com/jackc/pgx/v5"

	"gridwarden/geo/postgis/pgtest"
)

func TestEachTestHasItsOwnDatabase(t *testing.T) {
	t.Parallel()
	a, b := pgtest.New(t), pgtest.New(t)
	if a == b {
		t.Fatalf("both tests got %s", a)
	}
	run(t, a, "INSERT INTO keys (id, name, hash, created_at) VALUES ('k', 'k', sha256(''), now())")
	if n := run(t, b, "SELECT FROM keys"); n != 0 {
		t.Errorf("%d keys in the other database", n)
	}
}

func TestAnEmptyDatabaseIsEmpty(t *testing.T) {
	t.Parallel()
	if n := run(t, pgtest.NewEmpty(t), "SELECT FROM pg_tables WHERE schemaname = 'public'"); n != 0 {
		t.Errorf("%d tables", n)
	}
}

func run(t *testing.T, url, sql string) int64 {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(t.Context())
	tag, err := conn.Exec(t.Context(), sql)
	if err != nil {
		t.Fatal(err)
	}
	return tag.RowsAffected()
}
