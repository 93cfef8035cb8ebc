package drafts

import (
	"context"
	"crypto/rand"
	"slices"
	"strings"
	"unicode/utf8"

	"gridwarden/geo"
	"gridwarden/geo/access"
)

// Limits of drafts.
const (
	MaxName    = 200    // characters of a name
	MaxEditors = 100    // of a draft
	MaxEdits   = 10_000 // of a draft
	MaxDrafts  = 1000   // that one author has open at a time
	MaxReason  = 1000   // characters of a reason
)

// Create begins a draft on an edition, the newest when it is 0.
func (d *Desk) Create(ctx context.Context, name string, base geo.Edition) (geo.Draft, error) {
	name = strings.TrimSpace(name)
	if err := checkName(name); err != nil {
		return geo.Draft{}, err
	}
	newest := d.Live.Load().Edition().Number
	switch {
	case newest == 0:
		return geo.Draft{}, geo.Errorf(geo.Conflict, "nothing is published yet to make a draft of: import areas first")
	case base == 0:
		base = newest
	case base != newest:
		if _, err := d.base(ctx, base); err != nil {
			return geo.Draft{}, err
		}
	}
	author := geo.ActorOf(ctx).Name
	if err := d.roomFor(ctx, author); err != nil {
		return geo.Draft{}, err
	}
	id := geo.DraftID(strings.ToLower(rand.Text()))
	return d.Store.CreateDraft(ctx, geo.Draft{ID: id, Name: name, Base: base, Author: author, State: geo.DraftOpen})
}

func checkName(name string) error {
	switch n := utf8.RuneCountInString(name); {
	case n == 0:
		return geo.Errorf(geo.Invalid, "a draft needs a name: say what it is for, as others read it in the list")
	case n > MaxName:
		return geo.Errorf(geo.Invalid, "the name of the draft has %d characters: at most %d are taken", n, MaxName)
	}
	return nil
}

// roomFor refuses an author who has too many drafts open.
func (d *Desk) roomFor(ctx context.Context, author string) error {
	open, err := d.Store.Drafts(ctx)
	if err != nil {
		return err
	}
	n := 0
	for i := range open {
		if open[i].Author == author {
			n++
		}
	}
	if n >= MaxDrafts {
		return geo.Errorf(geo.TooLarge, "%d drafts are open already: publish or discard some first", n)
	}
	return nil
}

// List are the drafts in some states, the newest change first; none named: those that
// something can still become of.
func (d *Desk) List(ctx context.Context, states ...geo.DraftState) ([]geo.Draft, error) {
	return d.Store.Drafts(ctx, states...)
}

// Get is a draft.
func (d *Desk) Get(ctx context.Context, id geo.DraftID) (geo.Draft, error) {
	return d.Store.Draft(ctx, id)
}

// Stale tells whether a draft that something could still become of was forgotten. One that
// is scheduled waits for its time.
func (d *Desk) Stale(draft *geo.Draft) bool {
	return (draft.State == geo.DraftOpen || draft.State == geo.DraftHeld) && d.Now().Sub(draft.ChangedAt) > d.StaleAge
}

// Change is what can be said anew of a draft; nil stays as it is.
type Change struct {
	Name    *string
	Editors *[]string // the names of their keys
}

// Patch renames a draft, or shares it with others.
func (d *Desk) Patch(ctx context.Context, id geo.DraftID, version int64, c Change) (geo.Draft, error) {
	if c.Name != nil {
		if err := checkName(strings.TrimSpace(*c.Name)); err != nil {
			return geo.Draft{}, err
		}
	}
	if c.Editors != nil && len(*c.Editors) > MaxEditors {
		return geo.Draft{}, geo.Errorf(geo.Invalid, "the draft would be shared with %d: at most %d are taken", len(*c.Editors), MaxEditors)
	}
	return d.change(ctx, id, version, func(draft *geo.Draft) error {
		if c.Name != nil {
			draft.Name = strings.TrimSpace(*c.Name)
		}
		if c.Editors != nil {
			draft.Editors = slices.Compact(slices.Sorted(slices.Values(*c.Editors)))
		}
		return nil
	})
}

// Discard lets nothing become of a draft any more. What was done stays on record.
func (d *Desk) Discard(ctx context.Context, id geo.DraftID, version int64) (geo.Draft, error) {
	return d.change(ctx, id, version, func(draft *geo.Draft) error {
		draft.State, draft.Schedule = geo.DraftDiscarded, nil
		return nil
	})
}

// Unschedule takes a draft off its schedule, or what it was held for, so that it can be
// worked on again.
func (d *Desk) Unschedule(ctx context.Context, id geo.DraftID, version int64) (geo.Draft, error) {
	return d.change(ctx, id, version, func(draft *geo.Draft) error {
		if draft.Schedule == nil {
			return geo.Errorf(geo.Conflict, "the draft is not scheduled")
		}
		draft.State, draft.Schedule = geo.DraftOpen, nil
		return nil
	})
}

// Undo takes back the last edits in force, Redo does undone ones again, as many as steps
// says.
func (d *Desk) Undo(ctx context.Context, id geo.DraftID, version int64, steps int) (geo.Draft, error) {
	return d.step(ctx, id, version, -steps, steps)
}

// Redo is the other way of Undo.
func (d *Desk) Redo(ctx context.Context, id geo.DraftID, version int64, steps int) (geo.Draft, error) {
	return d.step(ctx, id, version, steps, steps)
}

func (d *Desk) step(ctx context.Context, id geo.DraftID, version int64, by, steps int) (geo.Draft, error) {
	return d.change(ctx, id, version, func(draft *geo.Draft) error {
		switch head := draft.Head + by; {
		case steps < 1:
			return geo.Errorf(geo.Invalid, "steps is %d: at least 1", steps)
		case draft.State == geo.DraftScheduled:
			return isScheduled(draft)
		case head < 0:
			return geo.Errorf(geo.Conflict, "%d edits are in force: no more can be undone", draft.Head)
		case head > draft.Edits:
			return geo.Errorf(geo.Conflict, "%d edits are undone: no more can be done again", draft.Edits-draft.Head)
		default:
			draft.Head = head
		}
		return nil
	})
}

// change does something to a draft that leaves its edits as they are. The version is that
// it is expected to have; 0: whichever it has.
func (d *Desk) change(ctx context.Context, id geo.DraftID, version int64, do func(*geo.Draft) error) (geo.Draft, error) {
	release, err := d.take(ctx, id)
	if err != nil {
		return geo.Draft{}, err
	}
	defer release()
	draft, err := d.writable(ctx, id, version)
	if err != nil {
		return geo.Draft{}, err
	}
	before := draft.Version
	if err := do(&draft); err != nil {
		return geo.Draft{}, err
	}
	if draft, err = d.Store.PutDraft(ctx, draft); err == nil {
		d.carry(before, draft)
	}
	return draft, err
}

// carry takes the sheet of a draft on to a version that has the same edits.
func (d *Desk) carry(before int64, draft geo.Draft) {
	kept := d.find(draft.ID)
	switch {
	case kept == nil || kept.draft.Version != before:
	case kept.draft.Head == draft.Head:
		d.keep(&sheet{draft: draft, edits: kept.edits, base: kept.base, view: kept.view})
	default:
		_, _ = d.make(draft, kept.edits, kept.base) // else it is read anew
	}
}

// writable is a draft that the actor may change, at the version expected.
func (d *Desk) writable(ctx context.Context, id geo.DraftID, version int64) (geo.Draft, error) {
	draft, err := d.Store.Draft(ctx, id)
	if err != nil {
		return draft, err
	}
	if err := mayChange(geo.ActorOf(ctx), &draft); err != nil {
		return draft, err
	}
	return draft, asExpected(&draft, version)
}

// asExpected refuses a draft that is done with, or at another version than expected.
func asExpected(draft *geo.Draft, version int64) error {
	switch {
	case draft.State == geo.DraftPublished:
		return geo.Errorf(geo.Conflict, "the draft %s was published as edition %d: make a new one", draft.ID, draft.Published)
	case draft.State == geo.DraftDiscarded:
		return geo.Errorf(geo.Conflict, "the draft %s was discarded: make a new one", draft.ID)
	case version != 0 && version != draft.Version:
		return geo.Errorf(geo.Conflict, "the draft %s was changed meanwhile and is at version %d: read it again, and change it as it is now", draft.ID, draft.Version)
	}
	return nil
}

func isScheduled(draft *geo.Draft) error {
	return geo.Errorf(geo.Conflict, "the draft %s is to be published at %s: take it off its schedule first", draft.ID, draft.Schedule.At.UTC().Format("2006-01-02T15:04:05Z"))
}

// mayChange refuses those who only read a draft: all but its author, whom it is shared with,
// who scheduled it, and who may do everything.
func mayChange(actor geo.Actor, draft *geo.Draft) error {
	scheduled := draft.Schedule != nil && actor.Name == draft.Schedule.Author
	if actor.Name == "" || draft.Author == "" || actor.Name == draft.Author || scheduled ||
		slices.Contains(draft.Editors, actor.Name) || slices.Contains(actor.Roles, access.Admin) {
		return nil
	}
	return geo.Errorf(geo.Forbidden, "the draft %s is %s's: ask to have it shared with %s, or make one of your own", draft.ID, draft.Author, actor.Name)
}
