package drafts

import (
	"context"
	"slices"
	"strings"
	"unicode/utf8"

	"gridwarden/geo"
	"gridwarden/geo/planning"
)

// Done is what came of an edit.
type Done struct {
	Draft  geo.Draft
	Edit   planning.DoneEdit
	Faults []planning.Fault // near it, those that were there before too
}

// attempts is how often an edit is done anew when other servers change the draft meanwhile.
const attempts = 50

// Edit does an edit on a draft as it is now. version is that the planner saw; 0: whichever
// it is, so that of several who edit one draft each does so on what the others left. Undone
// edits cannot be done again after it. An edit that cannot be done leaves the draft as it
// was.
func (d *Desk) Edit(ctx context.Context, id geo.DraftID, version int64, e planning.Edit, reason string) (*Done, error) {
	reason = strings.TrimSpace(reason)
	if n := utf8.RuneCountInString(reason); n > MaxReason {
		return nil, geo.Errorf(geo.Invalid, "the reason has %d characters: at most %d are taken", n, MaxReason)
	}
	release, err := d.take(ctx, id)
	if err != nil {
		return nil, err
	}
	defer release()
	for try := 1; ; try++ {
		s, err := d.editable(ctx, id, version)
		if err != nil {
			return nil, err
		}
		done, err := d.edit(ctx, s, planning.DoneEdit{Author: geo.ActorOf(ctx).Name, At: d.Now(), Reason: reason, Edit: e})
		if err != nil && version == 0 && try < attempts && d.moved(ctx, s) {
			continue
		}
		return done, err
	}
}

// moved tells whether a draft is at another version than its sheet.
func (d *Desk) moved(ctx context.Context, s *sheet) bool {
	draft, err := d.Store.Draft(ctx, s.draft.ID)
	return err == nil && draft.Version != s.draft.Version
}

// editable is a draft whose edits the actor may change, as it is now.
func (d *Desk) editable(ctx context.Context, id geo.DraftID, version int64) (*sheet, error) {
	draft, err := d.writable(ctx, id, version)
	if err != nil {
		return nil, err
	}
	if draft.State == geo.DraftScheduled {
		return nil, isScheduled(&draft)
	}
	return d.sheetOf(ctx, draft)
}

// edit does an edit on a sheet and keeps it.
func (d *Desk) edit(ctx context.Context, s *sheet, e planning.DoneEdit) (*Done, error) {
	if s.draft.Head >= MaxEdits {
		return nil, geo.Errorf(geo.TooLarge, "the draft has %d edits, and no draft takes more: publish it, and go on in another", MaxEdits)
	}
	rules := planning.Rules{Used: d.used(s.draft.ID), Approved: approved(&s.draft), Base: s.base}
	effect, err := planning.Do(ctx, s.view, &e.Edit, rules)
	if err != nil {
		return nil, err
	}
	view, err := planning.After(s.view, effect)
	if err != nil {
		return nil, err
	}
	faults, err := planning.Faults(ctx, s.view, view, effect)
	if err != nil {
		return nil, err
	}
	e.Effect, e.Needs = *effect, needs(geo.ActorOf(ctx), s.view, view, effect)
	draft, err := d.Store.AddDraftEdit(ctx, s.draft.ID, s.draft.Version, &e)
	if err != nil {
		return nil, err
	}
	edits := s.edits[:s.draft.Head]
	if len(edits) < len(s.edits) {
		edits = slices.Clip(edits) // what is undone stays on the sheet before
	}
	d.keep(&sheet{draft: draft, edits: append(edits, e), base: s.base, view: view})
	return &Done{Draft: draft, Edit: e, Faults: faults}, nil
}

// used tells which codes were ever used, but by one draft.
func (d *Desk) used(but geo.DraftID) func(context.Context, geo.LayerName, []geo.AreaCode) ([]geo.AreaCode, error) {
	return func(ctx context.Context, layer geo.LayerName, codes []geo.AreaCode) ([]geo.AreaCode, error) {
		return d.Store.UsedCodes(ctx, but, layer, codes)
	}
}

// approved tells for which layers a draft carries the document that lets their borders move.
func approved(draft *geo.Draft) func(geo.LayerName) bool {
	return func(layer geo.LayerName) bool {
		return slices.ContainsFunc(draft.Approvals, func(a geo.Approval) bool { return a.Layer == layer })
	}
}
