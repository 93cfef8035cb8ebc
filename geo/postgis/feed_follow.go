package postgis

import (
	"context"

	"github.com/jackc/pgx/v5"
)

// FollowFeed calls news with the head of the feed, at once and whenever it is another, at
// most half a second late, until ctx ends. When the database goes away it logs that once
// and connects again for ever. It returns the end of ctx.
func (s *Store) FollowFeed(ctx context.Context, news func(head int64)) error {
	f := &feedFollower{at: -1, news: news}
	return (&listener{store: s, channel: feedChannel, to: "the feed", look: f.look}).hold(ctx)
}

// feedFollower is one FollowFeed.
type feedFollower struct {
	at   int64
	news func(int64)
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
