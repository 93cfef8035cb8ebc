package postgis

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"
)

// FollowFeed calls news with the head of the feed, at once and whenever it is another, at
// most half a second late, until ctx ends. When the database goes away it logs that once
// and connects again for ever. It returns the end of ctx.
func (s *Store) FollowFeed(ctx context.Context, news func(head int64)) error {
	f := &feedFollower{store: s, at: -1, news: news}
	pause := firstPause
	for {
		err := f.connected(ctx)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if !f.away {
			f.away, pause = true, firstPause
			s.log.Warn("following the feed broke off; connecting again", "error", err)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(pause):
			pause = min(2*pause, lastPause)
		}
	}
}

// feedFollower is one FollowFeed.
type feedFollower struct {
	store *Store
	at    int64
	news  func(int64)
	away  bool // the outage has been told
}

// connected follows over one connection until it breaks.
func (f *feedFollower) connected(ctx context.Context) error {
	connecting, cancel := context.WithTimeout(ctx, pollTimeout)
	defer cancel()
	conn, err := pgx.ConnectConfig(connecting, f.store.pool.Config().ConnConfig)
	if err != nil {
		return err
	}
	defer conn.Close(context.WithoutCancel(ctx))
	// Poolers and read replicas refuse LISTEN; then polling is all there is.
	_, refused := conn.Exec(connecting, "LISTEN "+feedChannel)
	if refused != nil && conn.IsClosed() {
		return refused
	}
	for {
		if err := f.look(ctx, conn); err != nil {
			return err
		}
		if f.away {
			f.away = false
			f.store.log.Info("following the feed again", "head", f.at)
		}
		if err := waitForNews(ctx, conn, refused == nil); err != nil {
			return err
		}
	}
}

// look tells the head when it is another than before. After a restore it may be smaller.
func (f *feedFollower) look(ctx context.Context, conn *pgx.Conn) error {
	looking, cancel := context.WithTimeout(ctx, pollTimeout)
	defer cancel()
	var head int64
	if err := conn.QueryRow(looking, feedHeadSQL).Scan(&head); err != nil || head == f.at {
		return err
	}
	f.at = head
	f.news(head)
	return nil
}
