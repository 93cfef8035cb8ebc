package drafts

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"golang.org/x/sync/singleflight"

	"gridwarden/geo"
	"gridwarden/geo/index"
	"gridwarden/geo/planning"
)

// Store keeps drafts and publishes what comes of them. A version that is not, or no longer,
// that of the draft is a Conflict, a draft that is not there NotFound.
type Store interface {
	CreateDraft(ctx context.Context, d geo.Draft) (geo.Draft, error)
	// Drafts are those in some states, the newest change first; none named: those that are
	// open, scheduled and held.
	Drafts(ctx context.Context, states ...geo.DraftState) ([]geo.Draft, error)
	Draft(ctx context.Context, id geo.DraftID) (geo.Draft, error)
	// DraftEdits are a draft and its edits after a number, undone ones too, with what they
	// did, of one moment.
	DraftEdits(ctx context.Context, id geo.DraftID, after int) (geo.Draft, []planning.DoneEdit, error)
	// AddDraftEdit puts an edit after the head; undone ones go. It gives it its number.
	AddDraftEdit(ctx context.Context, id geo.DraftID, version int64, e *planning.DoneEdit) (geo.Draft, error)
	// PutDraft keeps the name, editors, head, state, approvals and schedule of a draft, which
	// has to be at d.Version.
	PutDraft(ctx context.Context, d geo.Draft) (geo.Draft, error)
	// RebaseDraft keeps the base, the head and all edits of a draft.
	RebaseDraft(ctx context.Context, d geo.Draft, edits []planning.DoneEdit) (geo.Draft, error)
	AddConsent(ctx context.Context, id geo.DraftID, version int64, number int, c planning.Consent) (geo.Draft, error)
	// UsedCodes tells which codes were ever used in a layer, by any edition or by any draft
	// that something can still become of but the one named.
	UsedCodes(ctx context.Context, but geo.DraftID, layer geo.LayerName, codes []geo.AreaCode) ([]geo.AreaCode, error)
	// DueDraft hands one scheduled draft whose time has come to publish, on one server only.
	DueDraft(ctx context.Context, now time.Time, publish func(context.Context, geo.Draft) error) (found bool, err error)
	Publish(ctx context.Context, p *geo.Publication) (geo.EditionInfo, geo.Position, error)
}

// Past is the view of an edition, whether or not it is the newest; one that is not there
// is NotFound.
type Past func(ctx context.Context, edition geo.Edition) (*index.Snapshot, error)

// Config is what a desk works with.
type Config struct {
	Store    Store
	Live     *index.Live
	Past     Past
	FourEyes bool           // nobody publishes what they drew themselves
	StaleAge time.Duration  // a draft untouched for longer is forgotten; 0: 30 days
	Zone     *time.Location // of effective days; nil: UTC
	Log      *slog.Logger   // nil: nothing is logged
	Now      func() time.Time
}

// Desk is where drafts are worked on. Its methods may be called from any goroutine.
type Desk struct {
	Config
	making singleflight.Group // sheets

	mu     sync.Mutex
	turns  map[geo.DraftID]*turn
	sheets []*sheet // the last used first
}

const staleAge = 30 * 24 * time.Hour

// New is a desk.
func New(c Config) *Desk {
	if c.StaleAge == 0 {
		c.StaleAge = staleAge
	}
	if c.Zone == nil {
		c.Zone = time.UTC
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	return &Desk{Config: c, turns: map[geo.DraftID]*turn{}}
}

// turn lets one thing happen to a draft at a time.
type turn struct {
	held    chan struct{}
	waiting int // those who have it or want it
}

// take waits until it is one's turn with a draft. release must be called, once.
func (d *Desk) take(ctx context.Context, id geo.DraftID) (release func(), err error) {
	d.mu.Lock()
	t := d.turns[id]
	if t == nil {
		t = &turn{held: make(chan struct{}, 1)}
		d.turns[id] = t
	}
	t.waiting++
	d.mu.Unlock()
	leave := func() {
		d.mu.Lock()
		defer d.mu.Unlock()
		if t.waiting--; t.waiting == 0 {
			delete(d.turns, id)
		}
	}
	select {
	case t.held <- struct{}{}:
		return func() { <-t.held; leave() }, nil
	case <-ctx.Done():
		leave()
		return nil, ctx.Err()
	}
}
