package main

import (
	"context"
	"encoding/hex"
	"log/slog"
	"time"

	"golang.org/x/sync/errgroup"

	"gridwarden/api"
	"gridwarden/geo"
	"gridwarden/geo/index"
	"gridwarden/geo/snapshot"
)

// serveAlone serves reads from a snapshot, without a database. What only a database has
// (reports, rules to write, states of the past, keys) is answered with a sentence.
func (s *serveFlags) serveAlone(ctx context.Context, c *call, set *api.Config) error {
	listener, err := s.listen(ctx)
	if err != nil {
		return err
	}
	log, live := c.settings.logger(c.err), &index.Live{}
	set.Log, set.Live = log, live
	set.Health = func() api.Health { return api.Health{Alone: true} }
	handler := api.New(*set)
	log.Info("serving", "address", "http://"+listener.Addr().String())
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error {
		view, err := readSnapshot(ctx, s.snapshot, c.memory(s.tiles+set.Basemap.Memory()))
		if err != nil {
			return err
		}
		warnOf(view, set.Routing.Check, log)
		live.Store(view)
		log.Warn("there is no database: this server answers look-ups, decisions and tiles from the snapshot alone, as of its sequence; it takes no reports and no changes", "snapshot", s.snapshot, "sequence", view.Position().Sequence)
		return nil
	})
	group.Go(func() error { tellView(ctx, live, log); return nil })
	group.Go(func() error { return api.Serve(ctx, listener, handler, log) })
	return group.Wait()
}

// readSnapshot reads the view of a snapshot and tells what it took.
func readSnapshot(ctx context.Context, from string, m *memory) (*index.Snapshot, error) {
	view, _, err := readSnapshotFor(ctx, from, m)
	return view, err
}

// readSnapshotFor is readSnapshot that tells the rights it was written for, too; none where
// nothing is left out.
func readSnapshotFor(ctx context.Context, from string, m *memory) (*index.Snapshot, geo.Visibility, error) {
	started := time.Now()
	view, manifest, err := snapshot.Read(ctx, from, m.admit, func(int64) {})
	if err != nil {
		return nil, "", err
	}
	m.tell(view, time.Since(started))
	return view, manifest.Rights, nil
}

func warnOf(view *index.Snapshot, check func(*index.Snapshot) error, log *slog.Logger) {
	if check == nil {
		return
	}
	if err := check(view); err != nil {
		log.Warn("a setting does not fit the city", "error", err)
	}
}

// begin serves the snapshot until the database is followed, which goes on from where the
// snapshot ends. The database wins: a snapshot of another city is not served once the
// database has said so, one that is damaged is left aside, and one that the log no longer
// continues is served only until the view is loaded beside it.
func (f *follower) begin(ctx context.Context, from string) {
	view, rights, err := readSnapshotFor(ctx, from, f.memory)
	if ctx.Err() != nil {
		return
	}
	if err == nil && rights != "" {
		err = geo.Errorf(geo.Invalid, "it was written with --rights %s: what it leaves out would be missing in all that follows", rights)
	}
	if err != nil {
		f.log.Error("the snapshot is not served; loading from the database", "snapshot", from, "error", geo.Sentence(err))
		return
	}
	history := view.History()
	ours, logged, err := f.store.Continues(ctx, history, view.Position())
	switch {
	case err != nil:
		f.log.Warn("the database does not answer; serving the snapshot, as of its sequence, until it does", "snapshot", from, "error", err)
	case !ours:
		f.log.Error("the snapshot is of another city, or of this one before it was restored: the database never had that state; loading from the database", "snapshot", from, "history", hex.EncodeToString(history[:]), "sequence", view.Position().Sequence)
		return
	case !logged:
		f.log.Warn("the change log no longer continues the snapshot; serving it until everything is loaded", "snapshot", from, "sequence", view.Position().Sequence)
	}
	warnOf(view, f.check, f.log)
	f.live.Store(view)
	f.loaded.Store(logged || err != nil)
}
