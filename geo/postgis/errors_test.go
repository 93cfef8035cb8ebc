package postgis_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"

	"gridwarden/geo"
	"gridwarden/geo/postgis"
	"gridwarden/geo/postgis/pgtest"
)

func TestWordsOfTheDatabaseStayInTheLog(t *testing.T) {
	t.Parallel()
	for code, want := range map[string]struct {
		kind geo.Kind
		word string
	}{
		"08006": {geo.Unavailable, "not available"},
		"22021": {geo.Invalid, "NUL"},
		"22P05": {geo.Invalid, "NUL"},
		"25006": {geo.Unavailable, "read-only"},
		"28P01": {geo.Unavailable, "database URL"},
		"3D000": {geo.Unavailable, "database URL"},
		"40001": {geo.Conflict, "try again"},
		"40P01": {geo.Conflict, "try again"},
		"42501": {geo.Unavailable, "refuses this user"},
		"42P01": {geo.Unavailable, "gridwarden migrate"},
		"42703": {geo.Internal, "testing failed"},
		"53300": {geo.Unavailable, "not available"},
		"57014": {geo.Unavailable, "too long"},
		"57P01": {geo.Unavailable, "not available"},
	} {
		cause := &pgconn.PgError{Code: code, Message: "relation areas, ERROR: SELECT"}
		err := postgis.Fault(fmt.Errorf("scanning: %w", cause), "testing")
		refused(t, err, want.kind, want.word)
		if !errors.Is(err, cause) {
			t.Errorf("%s: the cause is lost for the log", code)
		}
	}
}

func TestErrorsOfOursAndTheEndOfTheRequestPassThrough(t *testing.T) {
	t.Parallel()
	ours := geo.Errorf(geo.Conflict, "edition 7 was published meanwhile")
	wrapped := geo.Errorf(geo.Invalid, "line 3: %w", ours)
	for _, err := range []error{nil, ours, wrapped, context.Canceled} {
		if got := postgis.Fault(err, "testing"); !errors.Is(got, err) || geo.KindOf(got) != geo.KindOf(err) {
			t.Errorf("%v became %v", err, got)
		}
	}
	refused(t, postgis.Fault(io.ErrUnexpectedEOF, "testing"), geo.Unavailable, "does not answer")
	refused(t, postgis.Fault(context.DeadlineExceeded, "testing"), geo.Unavailable, "does not answer")
	refused(t, postgis.Fault(errors.New("pgx: something new"), "testing"), geo.Internal, "testing failed")
}

func TestAReadReplicaServesAndSaysWhyItDoesNotWrite(t *testing.T) {
	t.Parallel()
	url := pgtest.New(t)
	writer := openAt(t, url)
	replica := openAt(t, url+"&default_transaction_read_only=on")
	start := loaded(t, replica)
	news, _ := follow(t, replica, start.To)
	importAssets(t, writer, lamp("1", 0))
	if got := next(t, news); len(got.Assets) != 1 {
		t.Errorf("%+v", got)
	}
	_, err := replica.ImportDepartments(t.Context(), []geo.Department{office("1", "")}, false)
	refused(t, err, geo.Unavailable, "read-only")
	_, _, err = replica.Publish(t.Context(), &geo.Publication{Layers: []geo.Layer{grids}})
	refused(t, err, geo.Unavailable, "read-only")
}

func TestTheNewestPositionIsTheOneLoaded(t *testing.T) {
	t.Parallel()
	store, _ := open(t)
	importAssets(t, store, lamp("1", 0))
	start := loaded(t, store).To
	at, there, err := store.Newest(t.Context(), start)
	check(t, err)
	if at != start || !there {
		t.Errorf("newest %+v, loaded %+v, which is in the log: %v", at, start, there)
	}
	start.Change[0]++
	if _, there, err = store.Newest(t.Context(), start); there || err != nil {
		t.Errorf("a change of another history is in the log: %v", err)
	}
}

func TestAConnectionThatIsCutIsNoFaultOfTheFile(t *testing.T) {
	t.Parallel()
	store, conn := open(t)
	cut := func(yield func(geo.Asset, error) bool) {
		if !yield(lamp("1", 0), nil) {
			return
		}
		_, err := conn.Exec(t.Context(), "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()")
		if err != nil {
			t.Error(err)
		}
		for i := range int32(100_000) {
			if !yield(lamp(geo.AssetID(fmt.Sprint(i)), i), nil) {
				return
			}
		}
	}
	_, err := store.ImportAssets(t.Context(), cut, false)
	refused(t, err, geo.Unavailable)
	if n := count(t, conn, "SELECT count(*) FROM assets"); n != 0 {
		t.Errorf("%d assets", n)
	}
}
