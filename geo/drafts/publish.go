package drafts

import (
	"context"
	"slices"
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
	Draft    geo.Draft       // as it became; none when an edition was taken back
	Edition  geo.EditionInfo // zero: it is scheduled
	Position geo.Position
	Faults   []planning.Fault // those that refuse it, with an error of the kind Faulty
}

// Publish makes the next edition of a draft, or schedules it. It is a Conflict when another
// edition than o.Base is the newest, or the draft is not based on it: rebase it first. All
// that an edit was held to is looked at again, on the state that the edition is made from;
// under the lock the store sees that the edition and the draft are still those.
func (d *Desk) Publish(ctx context.Context, id geo.DraftID, o PublishOptions) (*Published, error) {
	release, err := d.take(ctx, id)
	if err != nil {
		return nil, err
	}
	defer release()
	s, err := d.open(ctx, id)
	if err != nil {
		return nil, err
	}
	if err := d.publishable(geo.ActorOf(ctx), s, &o); err != nil {
		return nil, err
	}
	p, faults, err := d.publication(ctx, s, &o)
	if err != nil {
		return &Published{Draft: s.draft, Faults: faults}, err
	}
	if o.EffectiveFrom.After(d.Now()) {
		return d.schedule(ctx, s, &o)
	}
	return d.publish(ctx, s, p)
}

// publishable refuses to publish a draft that has not come so far, or by one who may not.
func (d *Desk) publishable(actor geo.Actor, s *sheet, o *PublishOptions) error {
	if err := asExpected(&s.draft, o.Version); err != nil {
		return err
	}
	newest := d.Live.Load().Edition().Number
	switch {
	case s.draft.State == geo.DraftScheduled:
		return isScheduled(&s.draft)
	case o.Base != newest:
		return geo.Errorf(geo.Conflict, "the newest edition is %d, not %d: look at what was published meanwhile, rebase the draft and publish it then", newest, o.Base)
	case s.draft.Base != newest:
		return geo.Errorf(geo.Conflict, "the draft is based on edition %d, and the newest is %d: rebase it, look at what it does then, and publish it", s.draft.Base, newest)
	case s.draft.Head == 0:
		return geo.Errorf(geo.Conflict, "the draft has no edit in force: there is nothing to publish")
	case !o.EffectiveFrom.IsZero() && o.EffectiveFrom.Before(d.Now()) && o.Document == "":
		return needsDocument(o)
	}
	if err := d.fourEyes(actor, s); err != nil {
		return err
	}
	if err := s.agreed(); err != nil {
		return err
	}
	return s.publishableBy(actor)
}

// publishableBy refuses a publisher whose scope does not hold what the draft changes, but
// for what others consented to.
func (s *sheet) publishableBy(actor geo.Actor) error {
	beyond := needs(actor, s.base, s.view, planning.Fold(s.base, s.inForce()))
	beyond = slices.DeleteFunc(beyond, func(code geo.AreaCode) bool {
		return slices.ContainsFunc(s.edits[:s.draft.Head], func(e planning.DoneEdit) bool {
			return slices.ContainsFunc(e.Consent, func(c planning.Consent) bool { return slices.Contains(c.Areas, code) })
		})
	})
	if len(beyond) > 0 {
		return geo.Errorf(geo.Forbidden, "the draft changes %s, which is not in your scope: a publisher in whose scope it lies has to publish it", listed(beyond))
	}
	return nil
}

func needsDocument(o *PublishOptions) error {
	return geo.Errorf(geo.Invalid, "an edition that holds from %s, before it is published, needs the document that says so: give its number", o.EffectiveFrom.Format(time.RFC3339))
}

// fourEyes refuses who publishes what they drew themselves, where publishing takes two.
func (d *Desk) fourEyes(actor geo.Actor, s *sheet) error {
	switch {
	case !d.FourEyes:
		return nil
	case actor.Name == "":
		return geo.Errorf(geo.Forbidden, "publishing takes two persons here, and without keys nobody is known: turn keys on, or four-eyes publishing off")
	case slices.ContainsFunc(s.edits[:s.draft.Head], func(e planning.DoneEdit) bool { return e.Author == actor.Name }):
		return geo.Errorf(geo.Forbidden, "publishing takes two persons here, and edits of this draft are yours: ask another publisher")
	}
	return nil
}

// publication is what a draft publishes, once it has been looked at again; with an error of
// the kind Faulty come the faults.
func (d *Desk) publication(ctx context.Context, s *sheet, o *PublishOptions) (*geo.Publication, []planning.Fault, error) {
	faults, err := planning.Faults(ctx, s.base, s.view, planning.Fold(s.base, s.inForce()))
	if err != nil {
		return nil, nil, err
	}
	bad := slices.DeleteFunc(faults, func(f planning.Fault) bool { return f.Severity != planning.SeverityError })
	if n := len(bad); n > 0 {
		return nil, bad, geo.Errorf(geo.Faulty, "the draft has %d errors, the first: %s; mend them, and publish it then", n, bad[0].Sentence())
	}
	p, err := planning.Publication(ctx, s.base, s.view, s.inForce(), s.draft.Approvals)
	if err != nil {
		return nil, nil, err
	}
	if p == nil {
		return nil, nil, geo.Errorf(geo.Conflict, "the edits of the draft come to nothing: what it has is what edition %d has", s.draft.Base)
	}
	p.EffectiveFrom, p.Note, p.Document = o.EffectiveFrom, o.Note, o.Document
	p.Draft, p.DraftVersion = s.draft.ID, s.draft.Version
	return p, nil, d.inEffect(&s.draft, p)
}

// inEffect refuses to let lines of law hold elsewhere before the approval takes effect.
func (d *Desk) inEffect(draft *geo.Draft, p *geo.Publication) error {
	from := p.EffectiveFrom
	if from.IsZero() {
		from = d.Now()
	}
	for _, a := range draft.Approvals {
		uses := func(l geo.Descent) bool { return l.Layer == a.Layer }
		if day := a.EffectiveDay.Time(d.Zone); !a.EffectiveDay.IsZero() && from.Before(day) && slices.ContainsFunc(p.Lineage, uses) {
			return geo.Errorf(geo.Conflict, "the document %s lets borders of %s move from %s on: publish with that day or a later one as effective_from", a.Document, a.Layer, a.EffectiveDay)
		}
	}
	return nil
}

func (d *Desk) publish(ctx context.Context, s *sheet, p *geo.Publication) (*Published, error) {
	edition, at, err := d.Store.Publish(ctx, p)
	if err != nil {
		return nil, err
	}
	draft, err := d.Store.Draft(ctx, s.draft.ID)
	if err != nil { // it is published all the same
		draft = s.draft
		draft.State, draft.Published, draft.Schedule = geo.DraftPublished, edition.Number, nil
		draft.Version++
	}
	return &Published{Draft: draft, Edition: edition, Position: at}, nil
}

// schedule lets a draft be published at its time.
func (d *Desk) schedule(ctx context.Context, s *sheet, o *PublishOptions) (*Published, error) {
	draft := s.draft
	draft.State = geo.DraftScheduled
	draft.Schedule = &geo.Schedule{At: o.EffectiveFrom.UTC(), Note: o.Note, Author: geo.ActorOf(ctx).Name}
	draft, err := d.Store.PutDraft(ctx, draft)
	if err != nil {
		return nil, err
	}
	d.carry(s.draft.Version, draft)
	return &Published{Draft: draft}, nil
}

// TakeBack makes a new edition that equals an older one: its layers, areas and tables of
// duty ([planning.Return]). It holds from now, or from o.EffectiveFrom where a document says
// so. It changes areas wherever they are, so it is not for those with a limited scope.
func (d *Desk) TakeBack(ctx context.Context, to geo.Edition, o PublishOptions) (*Published, error) {
	now := d.Live.Load()
	newest := now.Edition().Number
	switch {
	case o.Base != newest:
		return nil, geo.Errorf(geo.Conflict, "the newest edition is %d, not %d: look at what was published meanwhile, and whether it shall be taken back too", newest, o.Base)
	case to < 1 || to >= newest:
		return nil, geo.Errorf(geo.Invalid, "edition %d cannot be taken back to: the editions before the newest go from 1 to %d", to, newest-1)
	case len(geo.ActorOf(ctx).Scope) > 0:
		return nil, geo.Errorf(geo.Forbidden, "taking an edition back changes areas everywhere, and your scope is limited: ask a publisher whose is not")
	case o.EffectiveFrom.After(d.Now()):
		return nil, geo.Errorf(geo.Invalid, "an edition is taken back at once, and %s is still to come", o.EffectiveFrom.Format(time.RFC3339))
	case !o.EffectiveFrom.IsZero() && o.Document == "":
		return nil, needsDocument(&o)
	}
	then, err := d.Past(ctx, to)
	if err != nil {
		return nil, err
	}
	p, err := planning.Return(ctx, now, then)
	if err != nil {
		return nil, err
	}
	if p == nil {
		return nil, geo.Errorf(geo.Conflict, "edition %d is what edition %d was: there is nothing to take back", newest, to)
	}
	p.EffectiveFrom, p.Note, p.Document = o.EffectiveFrom, o.Note, o.Document
	edition, at, err := d.Store.Publish(ctx, p)
	if err != nil {
		return nil, err
	}
	return &Published{Edition: edition, Position: at}, nil
}
