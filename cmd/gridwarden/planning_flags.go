package main

import (
	"context"
	"flag"
	"log/slog"
	"time"

	"gridwarden/api"
	"gridwarden/geo"
	"gridwarden/geo/drafts"
	"gridwarden/geo/index"
)

// planningFlags are the settings of drafts.
type planningFlags struct {
	fourEyes  bool
	forgotten time.Duration
}

func (p *planningFlags) register(f *flag.FlagSet) {
	f.BoolVar(&p.fourEyes, "four-eyes", envOr("GRIDWARDEN_FOUR_EYES", "") != "", "nobody publishes a draft alone that they edited: a second one agrees; default whether $GRIDWARDEN_FOUR_EYES is set")
	f.DurationVar(&p.forgotten, "drafts-forgotten", 30*24*time.Hour, "a draft that nobody changes for longer is told as forgotten, in the list of drafts and in the metrics")
}

func (p *planningFlags) complete() error {
	if p.forgotten <= 0 {
		return usagef("--drafts-forgotten is a time such as 720h, not %v", p.forgotten)
	}
	return nil
}

// desk is where drafts are worked on.
func (p *planningFlags) desk(store drafts.Store, live *index.Live, past *pastViews, zone *time.Location, log *slog.Logger) *drafts.Desk {
	return drafts.New(drafts.Config{
		Store: store, Live: live, FourEyes: p.fourEyes, StaleAge: p.forgotten, Zone: zone, Log: log,
		Past: func(ctx context.Context, edition geo.Edition) (*index.Snapshot, error) {
			view, _, err := past.View(ctx, api.When{Edition: edition})
			return view, err
		},
	})
}
