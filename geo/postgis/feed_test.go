package postgis_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"gridwarden/geo"
	"gridwarden/geo/testsize"
)

// TestNobodyWhoReadsOnMissesAnAssignment lets many write at once, some of them rolled back,
// while others read on after the last number they saw.
func TestNobodyWhoReadsOnMissesAnAssignment(t *testing.T) {
	t.Parallel()
	store, _ := open(t)
	writers, each := 8, testsize.N(15, 200)
	var written sync.WaitGroup
	var done atomic.Bool
	for w := range writers {
		written.Go(func() {
			for i := range each {
				id, _, err := store.AddReport(t.Context(), pothole(fmt.Sprintf("P-%d-%d", w, i)), leads("roads"), geo.Idempotency{})
				if err != nil {
					t.Error(err)
					return
				}
				switch i % 3 {
				case 0:
					err = store.Reassign(t.Context(), &geo.Reassignment{Report: id, Round: 2, Reason: "corrected", Assignments: leads("parks")})
				case 1:
					_, err = store.AddReturn(t.Context(), geo.Return{Report: id, Department: "roads", Reason: "不归我"})
				case 2:
					_, _, again := store.AddReport(t.Context(), pothole(fmt.Sprintf("P-%d-%d", w, i)), leads("roads"), geo.Idempotency{})
					if geo.KindOf(again) != geo.Conflict {
						t.Errorf("the same report once more: %v", again)
					}
				}
				if err != nil {
					t.Error(err)
				}
			}
		})
	}
	var readers sync.WaitGroup
	for range 3 {
		readers.Go(func() {
			seen, after := 0, int64(0)
			for last := false; ; last = done.Load() {
				page, upTo, err := store.Feed(t.Context(), after, 7, false)
				if err != nil {
					t.Error(err)
					return
				}
				for _, a := range page {
					if a.Feed <= after {
						t.Errorf("%d comes after %d", a.Feed, after)
					}
					after = a.Feed
				}
				seen += len(page)
				after = upTo
				if last && len(page) == 0 {
					break
				}
			}
			if want := writers * (each + (each+2)/3) * 3; seen != want {
				t.Errorf("read %d of %d assignments", seen, want)
			}
		})
	}
	written.Wait()
	done.Store(true)
	readers.Wait()
	head, err := store.FeedHead(t.Context())
	check(t, err)
	if want := int64(writers * ((each+(each+2)/3)*3 + (each+1)/3)); head != want {
		t.Errorf("the head is %d, want %d: a number is missing or was lost", head, want)
	}
}

func TestBackfilledAssignmentsComeOnlyWhenAskedFor(t *testing.T) {
	t.Parallel()
	store, _ := open(t)
	add(t, store, pothole("live-1"))
	backfill(t, store, past("old", 4))
	add(t, store, pothole("live-2"))
	live, upTo, err := store.Feed(t.Context(), 0, 100, false)
	check(t, err)
	whole, _, err := store.Feed(t.Context(), 0, 100, true)
	check(t, err)
	if len(live) != 6 || len(whole) != 10 || upTo != 10 || live[3].Feed != 8 || whole[3].Feed != 4 || !whole[3].Backfilled {
		t.Errorf("%d live, %d in all, up to %d", len(live), len(whole), upTo)
	}
	page, upTo, err := store.Feed(t.Context(), 1, 2, true)
	check(t, err)
	if len(page) != 2 || upTo != 3 {
		t.Errorf("%d up to %d", len(page), upTo)
	}
	if _, upTo, err = store.Feed(t.Context(), 99, 2, true); err != nil || upTo != 10 {
		t.Errorf("from another history: up to %d, %v", upTo, err)
	}
}

func TestWhoFollowsTheFeedIsToldSoon(t *testing.T) {
	t.Parallel()
	store, conn := open(t)
	ctx, cancel := context.WithCancel(t.Context())
	heads, ended := make(chan int64, 100), make(chan error, 1)
	go func() { ended <- store.FollowFeed(ctx, func(head int64) { heads <- head }) }()
	await := func(want int64) {
		t.Helper()
		for {
			select {
			case head := <-heads:
				if head == want {
					return
				}
			case <-time.After(10 * time.Second):
				t.Fatalf("nobody told of %d", want)
			}
		}
	}
	await(0)
	add(t, store, pothole("P-1"))
	await(3)
	_, err := conn.Exec(t.Context(), "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND query LIKE 'SELECT head%'")
	check(t, err)
	_, err = conn.Exec(t.Context(), "UPDATE feed SET head = 17") // no notice
	check(t, err)
	await(17)
	cancel()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}
