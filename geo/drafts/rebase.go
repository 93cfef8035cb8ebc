package drafts

import (
	"context"
	"slices"

	"gridwarden/geo"
	"gridwarden/geo/index"
	"gridwarden/geo/planning"
)

// Choice says what becomes of an edit that conflicts with what was published meanwhile.
type Choice string

// The choices.
const (
	Drop Choice = "drop" // the edit is left out
	Mine Choice = "mine" // it is done on the new base all the same, where that is possible
)

// Conflict is an edit that would do something else on the new base than it did: what it
// changed was changed meanwhile. Its areas are those the edit touched, and of these those
// that are otherwise now: for drawing side by side.
type Conflict struct {
	Number int         // of the edit
	Reason geo.Said    // a sentence
	Base   []*geo.Area // as the edit found them
	Theirs []*geo.Area // as they are on the new base
	Ours   []*geo.Area // as the edit made them
}

// Rebased is what came of a rebase. With conflicts the draft is as it was.
type Rebased struct {
	Draft     geo.Draft
	Conflicts []Conflict
	Dropped   []int // edits that were left out, by the numbers they had
}

// Rebase does the edits of a draft again, one by one, on the newest edition; on that already
// it does nothing. An edit whose places nobody touched does the same as before. Choices are
// by the number of the edit; where a conflict has none, the draft stays as it was. Of the
// undone edits those that no longer fit are left out, and what came after them.
func (d *Desk) Rebase(ctx context.Context, id geo.DraftID, version int64, choices map[int]Choice) (*Rebased, error) {
	release, err := d.take(ctx, id)
	if err != nil {
		return nil, err
	}
	defer release()
	s, err := d.editable(ctx, id, version)
	if err != nil {
		return nil, err
	}
	for number := range choices {
		if number < 1 || number > s.draft.Head {
			return nil, geo.Errorf(geo.Invalid, "a choice is given for edit %d: the edits in force go from 1 to %d", number, s.draft.Head)
		}
	}
	_, done, err := d.rebase(ctx, s, choices)
	return done, err
}

// rebase is Rebase of a sheet, and the sheet of what comes of it.
func (d *Desk) rebase(ctx context.Context, s *sheet, choices map[int]Choice) (*sheet, *Rebased, error) {
	base := d.Live.Load()
	if base.Edition().Number <= s.draft.Base {
		return s, &Rebased{Draft: s.draft}, nil
	}
	r := replay{
		desk: d, draft: &s.draft, base: s.base, was: s.base, is: base, choices: choices,
		alike: slices.Equal(s.base.Layers(), base.Layers()), out: &Rebased{Draft: s.draft},
	}
	for i := range s.edits {
		if err := r.again(ctx, &s.edits[i]); err != nil {
			return nil, nil, err
		}
	}
	if len(r.out.Conflicts) > 0 {
		return s, r.out, nil
	}
	draft := s.draft
	draft.Base, draft.Head, draft.Edits = base.Edition().Number, r.head, len(r.edits)
	draft, err := d.Store.RebaseDraft(ctx, draft, r.edits)
	if err != nil {
		return nil, nil, err
	}
	r.out.Draft = draft
	next, err := d.make(draft, r.edits, base)
	return next, r.out, err
}

// replay does edits again on another base.
type replay struct {
	desk    *Desk
	draft   *geo.Draft
	base    *index.Snapshot // the edits were made on
	was, is *index.Snapshot // the draft on the old and on the new base, as far as it has come
	alike   bool            // the layers are the same on both
	cut     bool            // an undone edit no longer fits
	choices map[int]Choice

	edits []planning.DoneEdit
	head  int
	out   *Rebased
}

// again does one edit again.
func (r *replay) again(ctx context.Context, e *planning.DoneEdit) error {
	after, err := planning.After(r.was, &e.Effect)
	if err != nil {
		return err
	}
	step := step{edit: e, was: r.was, is: r.is, wasAfter: after}
	r.was = after
	inForce := e.Number <= r.draft.Head
	choice := r.choices[e.Number]
	if choice == Drop || r.cut {
		r.out.Dropped = append(r.out.Dropped, e.Number)
		return nil
	}
	var reason geo.Said
	next := *e
	if !r.alike || !step.undisturbed() {
		if reason, err = r.redo(ctx, &step, &next); err != nil {
			return err
		}
	}
	switch {
	case reason.IsZero() || choice == Mine && step.isAfter != nil:
		return r.keep(&step, &next, inForce)
	case inForce:
		r.out.Conflicts = append(r.out.Conflicts, step.conflict(reason))
	default:
		r.cut = true
		r.out.Dropped = append(r.out.Dropped, e.Number)
	}
	return nil
}

// redo does an edit anew and tells why that is a conflict; zero: it does what it did.
func (r *replay) redo(ctx context.Context, s *step, next *planning.DoneEdit) (reason geo.Said, err error) {
	rules := planning.Rules{
		Used: r.desk.used(r.draft.ID), Approved: approved(r.draft), Base: r.base, Again: begun(s.was, &next.Effect),
	}
	effect, err := planning.Do(ctx, r.is, &next.Edit, rules)
	if err != nil {
		return refused(ctx, err)
	}
	if s.isAfter, err = planning.After(r.is, effect); err != nil {
		return refused(ctx, err)
	}
	reason = s.differs(effect)
	next.Effect = *effect
	if !reason.IsZero() { // as it is with the choice mine: another edit, of who chose so
		actor := geo.ActorOf(ctx)
		next.Author, next.At = actor.Name, r.desk.Now()
		next.Needs, next.Consent = needs(actor, s.is, s.isAfter, effect), nil
	}
	return reason, nil
}

// refused is the sentence of an edit that cannot be done; an error that is not about the
// edit stays one.
func refused(ctx context.Context, err error) (geo.Said, error) {
	switch geo.KindOf(err) {
	case geo.Invalid, geo.NotFound, geo.Conflict, geo.Faulty, geo.TooLarge:
		return geo.WordsOf(err), ctx.Err()
	}
	return geo.Said{}, err
}

// keep takes over an edit that was done again.
func (r *replay) keep(s *step, next *planning.DoneEdit, inForce bool) (err error) {
	if s.isAfter == nil {
		if s.isAfter, err = planning.After(r.is, &next.Effect); err != nil {
			return err
		}
	}
	r.is = s.isAfter
	next.Number = len(r.edits) + 1
	r.edits = append(r.edits, *next)
	if inForce {
		r.head++
	}
	return nil
}

// begun are the codes of each layer that an effect gave to new areas.
func begun(before *index.Snapshot, e *planning.Effect) map[geo.LayerName][]geo.AreaCode {
	codes := map[geo.LayerName][]geo.AreaCode{}
	for _, a := range e.Areas {
		if before.Area(a.Layer, a.Code) == nil {
			codes[a.Layer] = append(codes[a.Layer], a.Code)
		}
	}
	return codes
}
