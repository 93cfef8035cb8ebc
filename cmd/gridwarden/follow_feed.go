package main

import (
	"context"

	"gridwarden/api"
	"gridwarden/geo/postgis"
)

// followFeed tells those who wait for the feed how far it is, until ctx ends. Then it sends
// them home: a server that stops need not wait for them.
func followFeed(ctx context.Context, store *postgis.Store, head *api.FeedHead) {
	defer head.End()
	_ = store.FollowFeed(ctx, head.Advance) // it ends with ctx
}
