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
	all, err := store.Load(t.Context())
	check(t, err)
	return all
}

func TestAFollowerSeesAnImportAtOnce(t *testing.T) {
	t.Parallel()
	store, _ := open(t)
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
}

func TestATitleAloneReachesTheFollower(t *testing.T) {
	t.Parallel()
	store, _ := open(t)
	publish(t, store, geo.Publication{Layers: []geo.Layer{grids}, Areas: []*geo.Area{square("grids", "A", 0, 0)}})
	news, _ := follow(t, store, loaded(t, store).To)
	titled := grids
	titled.Title, titled.Visibility = "网格", geo.Public
	publish(t, store, geo.Publication{Base: 1, Layers: []geo.Layer{titled}})
	got := next(t, news)
	if len(got.Layers) != 1 || got.Layers[0] != titled || got.Edition.Number != 2 || len(got.Areas)+len(got.AreasEnded) > 0 {
		t.Errorf("%+v", got)
	}
}

func TestNothingIsSeenTwiceAndNothingIsMissed(t *testing.T) {
	t.Parallel()
	store, _ := open(t)
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
}

func TestWhatCameAndWentMeanwhileIsAbsent(t *testing.T) {
	t.Parallel()
	store, _ := open(t)
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
}

func TestAFollowerOutlivesItsConnection(t *testing.T) {
	t.Parallel()
	store, conn := open(t)
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
}

func TestAFollowerWithoutNoticesStillPolls(t *testing.T) {
	t.Parallel()
	store, conn := open(t)
	news, _ := follow(t, store, loaded(t, store).To)
	// A change whose notice is lost: written as another program would, without pg_notify.
	_, err := conn.Exec(t.Context(), `
WITH c AS (UPDATE state SET sequence = sequence + 1 RETURNING sequence)
INSERT INTO changes (sequence, id, kind) SELECT sequence, gen_random_uuid(), 'areas' FROM c`)
	check(t, err)
	if got := next(t, news); got.To.Sequence != 2 {
		t.Errorf("%+v", got)
	}
}

func TestAnotherHistoryIsNeverFollowed(t *testing.T) {
	t.Parallel()
	for name, spoil := range map[string]string{
		"restored to before":       "DELETE FROM changes WHERE sequence = 3",
		"restored and gone on":     "UPDATE changes SET id = gen_random_uuid() WHERE sequence = 3",
		"a number that is missing": "INSERT INTO changes (sequence, id, kind) VALUES (5, gen_random_uuid(), 'areas')",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			store, conn := open(t)
			importAssets(t, store, lamp("1", 0))
			importAssets(t, store, lamp("1", 1))
			_, end := follow(t, store, loaded(t, store).To)
			time.Sleep(100 * time.Millisecond)
			_, err := conn.Exec(t.Context(), spoil)
			check(t, err)
			if err := next(t, end); !errors.Is(err, postgis.ErrHistory) {
				t.Errorf("Follow ended with %v", err)
			}
		})
	}
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
