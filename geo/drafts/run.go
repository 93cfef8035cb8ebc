package drafts

import (
	"context"
	"time"

	"gridwarden/geo"
)

const (
	lookEvery   = 3 * time.Second
	publishWait = 5 * time.Minute // for one scheduled draft
)

// Run publishes scheduled drafts when their time has come, also those whose time came while
// nothing ran, until ctx ends. Several servers may run it: each draft is published once.
func (d *Desk) Run(ctx context.Context) {
	tick := time.NewTicker(lookEvery)
	defer tick.Stop()
	for {
		d.tidy()
		d.publishDue(ctx)
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// publishDue publishes what is due, one after another. What fails for now is tried again
// the next time.
func (d *Desk) publishDue(ctx context.Context) {
	for ctx.Err() == nil {
		stuck := false
		found, err := d.Store.DueDraft(ctx, d.Now(), func(ctx context.Context, draft geo.Draft) error {
			ctx, cancel := context.WithTimeout(ctx, publishWait)
			defer cancel()
			err := d.publishScheduled(ctx, &draft)
			stuck = err != nil
			return err
		})
		if err != nil && ctx.Err() == nil {
			d.Log.Error("publishing what is due", "error", err)
		}
		if !found || stuck || err != nil {
			return
		}
	}
}

// publishScheduled publishes one draft whose time has come, rebased over what was published
// meanwhile, as who scheduled it. Where that cannot be, the draft is held, and says why. An
// error means: not now.
func (d *Desk) publishScheduled(ctx context.Context, draft *geo.Draft) error {
	ctx = geo.By(ctx, geo.Actor{Name: draft.Schedule.Author, From: "schedule"})
	release, err := d.take(ctx, draft.ID)
	if err != nil {
		return err
	}
	defer release()
	s, err := d.open(ctx, draft.ID)
	if err != nil {
		return err
	}
	if s.draft.State != geo.DraftScheduled || s.draft.Schedule.At.After(d.Now()) {
		return nil // taken off its schedule meanwhile
	}
	s, told, err := d.onNewest(ctx, s)
	if err != nil || !told.IsZero() {
		return d.holdOr(ctx, s, told, err)
	}
	at := s.draft.Schedule
	from := at.EffectiveFrom
	if from.IsZero() {
		from = at.At
	}
	p, _, err := d.publication(ctx, s, &PublishOptions{EffectiveFrom: from, Note: at.Note})
	if err == nil {
		err = s.agreed()
	}
	if err == nil {
		var done *Published
		if done, err = d.publish(ctx, s, p); err == nil {
			d.Log.Info("published as scheduled", "draft", draft.ID, "edition", done.Edition.Number)
			return nil
		}
		if geo.KindOf(err) == geo.Conflict {
			return err // another edition, or a change of the draft, came first
		}
	}
	return d.holdOr(ctx, s, geo.Said{}, err)
}

// onNewest is a draft on the newest edition; told says why it cannot be.
func (d *Desk) onNewest(ctx context.Context, s *sheet) (next *sheet, told geo.Said, err error) {
	next, rebased, err := d.rebase(ctx, s, nil)
	if err != nil {
		return s, geo.Said{}, err
	}
	if n := len(rebased.Conflicts); n > 0 {
		var edits []geo.Said
		for _, c := range rebased.Conflicts[:min(n, 5)] {
			edits = append(edits, geo.Say("edit %d: %s", c.Number, c.Reason))
		}
		return s, geo.Say("it conflicts in %d of its edits with what was published since edition %d (%s): rebase it, and publish it then", n, s.draft.Base, geo.Joined("%s; %s", edits)), nil
	}
	return next, geo.Said{}, nil
}

// holdOr holds a draft for a reason, or for an error that will not pass by itself; any other
// error it gives back.
func (d *Desk) holdOr(ctx context.Context, s *sheet, told geo.Said, err error) error {
	if err != nil {
		switch geo.KindOf(err) {
		case geo.Invalid, geo.NotFound, geo.Conflict, geo.Faulty, geo.TooLarge, geo.Forbidden:
			told = geo.WordsOf(err)
		default:
			return err
		}
	}
	draft := s.draft
	schedule := *draft.Schedule
	schedule.Told = told
	draft.State, draft.Schedule = geo.DraftHeld, &schedule
	d.Log.Warn("not published as scheduled", "draft", draft.ID, "because", told.String())
	_, err = d.Store.PutDraft(ctx, draft)
	return err
}
