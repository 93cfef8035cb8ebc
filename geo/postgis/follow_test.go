package postgis_test

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"gridwarden/geo"
	"gridwarden/geo/postgis"
	"gridwarden/geo/postgis/pgtest"
)

// bothWays runs a test once with notices and once as where LISTEN is refused or lost.
func bothWays(t *testing.T, test func(t *testing.T, store *postgis.Store, conn *pgx.Conn)) {
	t.Parallel()
	for name, mute := range map[string]bool{"listening": false, "looking": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			store, conn := open(t)
			if mute {
				store.PollOnly()
			}
			test(t, store, conn)
		})
	}
}

// follow runs Follow in the background and hands over what it applies.
func follow(t *testing.T, store *postgis.Store, from geo.Position) (<-chan *geo.Changes, <-chan error) {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	news, end := make(chan *geo.Changes, 100), make(chan error, 1)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		end <- store.Follow(ctx, from, func(c *geo.Changes) error {
			news <- c
			return nil
		})
	}()
	t.Cleanup(func() { stop(); <-ended })
	return news, end
}

func next[T any](t *testing.T, from <-chan T) (v T) {
	t.Helper()
	select {
	case v = <-from:
	case <-time.After(20 * time.Second):
		t.Fatal("nothing came")
	}
	return v
}

func loaded(t *testing.T, store *postgis.Store) *geo.Changes {
	t.Helper()
	all, err := store.LoadAll(t.Context())
	check(t, err)
	return all
}

func TestAFollowerSeesAnImportAtOnce(t *testing.T) {
	bothWays(t, func(t *testing.T, store *postgis.Store, _ *pgx.Conn) {
		start := loaded(t, store)
		news, _ := follow(t, store, start.To)
		_, at := publish(t, store, geo.Publication{Layers: []geo.Layer{grids}, Areas: []*geo.Area{square("grids", "A", 0, 0)}})
		began := time.Now()
		got := next(t, news)
		if late := time.Since(began); late > 9*time.Second { // it would look by itself after ten
			t.Errorf("%v late", late)
		}
		if got.From != start.To || got.To != at || got.History != start.History || got.Edition.Number != 1 {
			t.Errorf("%+v", got)
		}
		if len(got.Layers) != 1 || len(got.Areas) != 1 || got.Areas[0].Code != "A" || got.Categories != nil || got.Assets != nil {
			t.Errorf("%+v", got)
		}
	})
}

func TestATitleAloneReachesTheFollower(t *testing.T) {
	bothWays(t, func(t *testing.T, store *postgis.Store, _ *pgx.Conn) {
		publish(t, store, geo.Publication{Layers: []geo.Layer{grids}, Areas: []*geo.Area{square("grids", "A", 0, 0)}})
		news, _ := follow(t, store, loaded(t, store).To)
		titled := grids
		titled.Title, titled.Visibility = "网格", geo.Public
		publish(t, store, geo.Publication{Base: 1, Layers: []geo.Layer{titled}})
		got := next(t, news)
		if len(got.Layers) != 1 || got.Layers[0] != titled || got.Edition.Number != 2 || len(got.Areas)+len(got.AreasEnded) > 0 {
			t.Errorf("%+v", got)
		}
	})
}

func TestNothingIsSeenTwiceAndNothingIsMissed(t *testing.T) {
	bothWays(t, func(t *testing.T, store *postgis.Store, _ *pgx.Conn) {
		at := loaded(t, store).To
		news, _ := follow(t, store, at)
		var writer sync.WaitGroup
		defer writer.Wait()
		writer.Go(func() {
			for i := range 40 {
				out, err := store.ImportAssets(t.Context(), given(lamp(geo.AssetID(fmt.Sprint(i%7)), int32(i))), false)
				if err != nil || out.Read != 1 {
					t.Errorf("%+v %v", out, err)
				}
			}
		})
		open := map[geo.AssetVersion]geo.AssetID{}
		for at.Sequence < 41 {
			c := next(t, news)
			if c.From != at {
				t.Fatalf("from %+v, the last ended at %+v", c.From, at)
			}
			at = c.To
			for _, v := range c.AssetsEnded {
				if _, known := open[v]; !known {
					t.Errorf("version %d ended, which was never seen", v)
				}
				delete(open, v)
			}
			for _, a := range c.Assets {
				open[a.Version] = a.ID
			}
		}
		var ids []geo.AssetID
		for _, id := range open {
			ids = append(ids, id)
		}
		slices.Sort(ids)
		if want := []geo.AssetID{"0", "1", "2", "3", "4", "5", "6"}; !reflect.DeepEqual(ids, want) {
			t.Errorf("open in the end: %v", ids)
		}
	})
}

func TestWhatCameAndWentMeanwhileIsAbsent(t *testing.T) {
	bothWays(t, func(t *testing.T, store *postgis.Store, _ *pgx.Conn) {
		importAssets(t, store, lamp("old", 0))
		publish(t, store, geo.Publication{Layers: []geo.Layer{grids}, Areas: []*geo.Area{square("grids", "A", 0, 0)}})
		start := loaded(t, store)
		for i := range int32(3) {
			importAssets(t, store, lamp("old", 10+i), lamp("new", 20+i))
			now := loaded(t, store)
			publish(t, store, geo.Publication{Ended: []geo.AreaID{now.Areas[0].ID}, Areas: []*geo.Area{square("grids", "A", i, 1)}})
		}
		news, _ := follow(t, store, start.To)
		got, now := next(t, news), loaded(t, store)
		if got.To != now.To || !reflect.DeepEqual(got.Areas, now.Areas) || len(got.Assets) != 2 {
			t.Errorf("%+v, now %+v", got, now)
		}
		if want := []geo.AreaID{start.Areas[0].ID}; !reflect.DeepEqual(got.AreasEnded, want) {
			t.Errorf("areas ended %v, want %v", got.AreasEnded, want)
		}
		if want := []geo.AssetVersion{start.Assets[0].Version}; !reflect.DeepEqual(got.AssetsEnded, want) {
			t.Errorf("assets ended %v, want %v", got.AssetsEnded, want)
		}
	})
}

func TestAFollowerOutlivesItsConnection(t *testing.T) {
	bothWays(t, func(t *testing.T, store *postgis.Store, conn *pgx.Conn) {
		news, _ := follow(t, store, loaded(t, store).To)
		for i := range int32(3) {
			time.Sleep(50 * time.Millisecond)
			_, err := conn.Exec(t.Context(), "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()")
			check(t, err)
			if _, err := store.ImportAssets(t.Context(), given(lamp("1", i)), false); err != nil {
				refused(t, err, geo.Unavailable) // the pool's connections were cut too
				importAssets(t, store, lamp("1", i))
			}
			if got := next(t, news); len(got.Assets) != 1 || got.Assets[0].Point.X != 1_200_000_000+i {
				t.Errorf("round %d: %+v", i, got)
			}
		}
	})
}

func TestAFollowerWithoutNoticesStillPolls(t *testing.T) {
	bothWays(t, func(t *testing.T, store *postgis.Store, conn *pgx.Conn) {
		news, _ := follow(t, store, loaded(t, store).To)
		// A change whose notice is lost: written as another program would, without pg_notify.
		_, err := conn.Exec(t.Context(), `
WITH c AS (UPDATE state SET sequence = sequence + 1 RETURNING sequence)
INSERT INTO changes (sequence, id, kind) SELECT sequence, gen_random_uuid(), 'areas' FROM c`)
		check(t, err)
		if got := next(t, news); got.To.Sequence != 2 {
			t.Errorf("%+v", got)
		}
	})
}

// TestAnotherHistoryIsNeverFollowed spoils a log that is followed at its third change, in
// the ways a promotion, a restore and pruning do, and counts what it says was lost.
func TestAnotherHistoryIsNeverFollowed(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		spoil string
		lost  int
	}{
		"restored to before":       {"DELETE FROM changes WHERE sequence > 1", 2},
		"restored and gone on":     {"UPDATE changes SET id = gen_random_uuid() WHERE sequence = 3", 1},
		"restored and gone far on": {"UPDATE changes SET id = gen_random_uuid() WHERE sequence > 1; INSERT INTO changes (sequence, id, kind) SELECT n, gen_random_uuid(), 'areas' FROM generate_series(4, 9) AS n", 2},
		"a number that is missing": {"INSERT INTO changes (sequence, id, kind) VALUES (5, gen_random_uuid(), 'areas')", 0},
		"pruned while it was away": {"INSERT INTO changes (sequence, id, kind) VALUES (4, gen_random_uuid(), 'areas'); DELETE FROM changes WHERE sequence < 4", 0},
	} {
		t.Run(name, func(t *testing.T) {
			bothWays(t, func(t *testing.T, store *postgis.Store, conn *pgx.Conn) {
				importAssets(t, store, lamp("1", 0))
				_, end := follow(t, store, loaded(t, store).To)
				importAssets(t, store, lamp("1", 1))
				time.Sleep(400 * time.Millisecond) // it has looked, whichever way
				_, err := conn.Exec(t.Context(), c.spoil, pgx.QueryExecModeSimpleProtocol)
				check(t, err)
				err = next(t, end)
				var lost *postgis.LostError
				if !errors.Is(err, postgis.ErrHistory) || errors.As(err, &lost) != (c.lost > 0) || lost != nil && (lost.Changes != c.lost || lost.More) {
					t.Errorf("Follow ended with %v, want %d changes lost", err, c.lost)
				}
			})
		})
	}
}

func TestALogThatWasPrunedWhileAServerWasDownIsLoadedAnew(t *testing.T) {
	t.Parallel()
	store, conn := open(t)
	start := loaded(t, store).To
	importAssets(t, store, lamp("1", 0))
	importAssets(t, store, lamp("1", 1))
	_, err := conn.Exec(t.Context(), "DELETE FROM changes WHERE sequence < 3")
	check(t, err)
	var lost *postgis.LostError
	_, end := follow(t, store, start)
	if err := next(t, end); !errors.Is(err, postgis.ErrHistory) || errors.As(err, &lost) {
		t.Errorf("%v", err)
	}
}

// TestTheFirstChangeOnAnotherServerBeginsAnotherHistory: as after a promotion, where the
// log goes on from where the follower is.
func TestTheFirstChangeOnAnotherServerBeginsAnotherHistory(t *testing.T) {
	bothWays(t, func(t *testing.T, store *postgis.Store, conn *pgx.Conn) {
		importAssets(t, store, lamp("1", 0))
		start := loaded(t, store)
		news, _ := follow(t, store, start.To)
		importAssets(t, store, lamp("1", 1))
		same := next(t, news)
		if same.History != start.History {
			t.Error("the history is another after a change on the same server")
		}
		_, err := conn.Exec(t.Context(), "UPDATE state SET server = 'the old primary'")
		check(t, err)
		if got := loaded(t, store); got.History != start.History {
			t.Error("the history is another before anything was written")
		}
		importAssets(t, store, lamp("1", 2))
		other := next(t, news)
		if other.From != same.To || other.History == start.History {
			t.Errorf("%+v follows %+v with the same history", other.From, same.To)
		}
		importAssets(t, store, lamp("1", 3))
		if got := next(t, news); got.History != other.History {
			t.Error("the history is another after each change")
		}
	})
}

// TestAWriteThatIsRefusedFindsTheNewPrimary: the server takes no writes any more, while its
// connections live on; those made after the refusal do.
func TestAWriteThatIsRefusedFindsTheNewPrimary(t *testing.T) {
	t.Parallel()
	url := pgtest.New(t)
	config, err := pgx.ParseConfig(url)
	check(t, err)
	admin, name := dial(t, url), pgx.Identifier{config.Database}.Sanitize()
	_, err = admin.Exec(t.Context(), "ALTER DATABASE "+name+" SET default_transaction_read_only = on")
	check(t, err)
	store := openAt(t, url)
	check(t, store.Ping(t.Context()))
	_, err = admin.Exec(t.Context(), "ALTER DATABASE "+name+" RESET default_transaction_read_only")
	check(t, err)
	_, err = store.ImportDepartments(t.Context(), []geo.Department{office("1", "")}, false)
	refused(t, err, geo.Unavailable, "takes no writes now")
	_, err = store.ImportDepartments(t.Context(), []geo.Department{office("1", "")}, false)
	check(t, err)
}

func TestAnErrorOfTheViewEndsFollowing(t *testing.T) {
	t.Parallel()
	store, _ := open(t)
	start := loaded(t, store)
	importAssets(t, store, lamp("1", 0))
	mine := errors.New("no room")
	if err := store.Follow(t.Context(), start.To, func(*geo.Changes) error { return mine }); !errors.Is(err, mine) {
		t.Errorf("%v", err)
	}
}

func TestADatabaseThatIsDownIsWaitedFor(t *testing.T) {
	t.Parallel()
	url := pgtest.New(t)
	store := openAt(t, url)
	start := loaded(t, store)
	config, err := pgx.ParseConfig(url)
	check(t, err)
	admin := dial(t, pgtest.New(t))
	name := pgx.Identifier{config.Database}.Sanitize()
	run := func(sql string) {
		t.Helper()
		_, err := admin.Exec(t.Context(), sql)
		check(t, err)
	}
	run("ALTER DATABASE " + name + " ALLOW_CONNECTIONS false")
	run("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '" + config.Database + "'")
	refused(t, store.Ping(t.Context()), geo.Unavailable)
	news, _ := follow(t, store, start.To)
	time.Sleep(300 * time.Millisecond)
	run("ALTER DATABASE " + name + " ALLOW_CONNECTIONS true")
	check(t, store.Ping(t.Context()))
	importAssets(t, store, lamp("1", 0))
	if got := next(t, news); len(got.Assets) != 1 {
		t.Errorf("%+v", got)
	}
}

func TestAnAddressThatCannotBeReadIsNotRepeated(t *testing.T) {
	t.Parallel()
	_, err := postgis.Open(t.Context(), "postgres://user:s3cret@host:notaport/db", nil)
	refused(t, err, geo.Invalid, "database URL")
	store := openAt(t, "postgres:///nothing?host=/nonexistent&user=nobody")
	refused(t, store.Ping(t.Context()), geo.Unavailable, "does not answer")
}
