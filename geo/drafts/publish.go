package drafts

import (
	"context"
	"time"

	"gridwarden/geo"
	"gridwarden/geo/planning"
)

// PublishOptions say how a draft becomes an edition.
type PublishOptions struct {
	Base          geo.Edition // the newest edition, as the publisher saw it
	Version       int64       // of the draft, as the publisher saw it; 0: whichever it has
	EffectiveFrom time.Time   // zero: now; to come: the draft is published then; past: needs Document
	Document      string      // that says so, where EffectiveFrom lies in the past
	Note          string
}

// Published is what came of publishing: an edition, or a draft that is scheduled.
type Published struct {
	Draft    geo.Draft       // of one that is published for now, as it became
	Edition  geo.EditionInfo // zero: it is scheduled
	Position geo.Position
	Faults   []planning.Fault // those that refuse it, with an error of the kind Faulty
}

// Publish makes the next edition of a draft, or schedules it. It is a Conflict when another
// edition than o.Base is the newest, or the draft is not based on it: rebase it first.
func (d *Desk) Publish(ctx context.Context, id geo.DraftID, o PublishOptions) (*Published, error) {
	return nil, geo.Errorf(geo.Unavailable, "not yet")
}

// TakeBack makes a new edition that equals an older one.
func (d *Desk) TakeBack(ctx context.Context, to geo.Edition, o PublishOptions) (*Published, error) {
	return nil, geo.Errorf(geo.Unavailable, "not yet")
}

// Run publishes scheduled drafts when their time comes, until ctx ends.
func (d *Desk) Run(ctx context.Context) {}
