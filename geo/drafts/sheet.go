package drafts

import (
	"context"
	"fmt"
	"slices"
	"time"

	"gridwarden/geo"
	"gridwarden/geo/index"
	"gridwarden/geo/planning"
)

// sheet is a draft at one version with its edits and the view they give. It never changes.
type sheet struct {
	draft geo.Draft
	edits []planning.DoneEdit // undone ones too
	base  *index.Snapshot
	view  *index.Snapshot
	used  time.Time // guarded by the desk
}

// A sheet keeps alive the view it was made from, of which it shares all but what differs.
const (
	keptSheets = 8
	keptFor    = 10 * time.Minute // unused
)

// inForce are the effects of the edits that are not undone.
func (s *sheet) inForce() []planning.Effect { return effects(s.edits[:s.draft.Head]) }

func effects(edits []planning.DoneEdit) []planning.Effect {
	all := make([]planning.Effect, len(edits))
	for i := range edits {
		all[i] = edits[i].Effect
	}
	return all
}

// open is the newest sheet of a draft: as the store has it, on the view its base has now.
// It costs what changed since the last one: nothing, one step to another view of the base,
// or reading the edits anew.
func (d *Desk) open(ctx context.Context, id geo.DraftID) (*sheet, error) {
	draft, err := d.Store.Draft(ctx, id)
	if err != nil {
		return nil, err
	}
	return d.sheetOf(ctx, draft)
}

// sheetOf is the sheet of a draft. Those who ask for one that has to be made wait for the
// first of them.
func (d *Desk) sheetOf(ctx context.Context, draft geo.Draft) (*sheet, error) {
	kept := d.find(draft.ID)
	base, err := d.base(ctx, draft.Base)
	if err != nil {
		return nil, err
	}
	fresh := kept != nil && kept.draft.Version == draft.Version
	if fresh && sameView(kept.base, base) {
		return kept, nil
	}
	key := fmt.Sprint(draft.ID, draft.Version, base.Position(), base.History())
	made := d.making.DoChan(key, func() (any, error) {
		if fresh {
			return d.make(draft, kept.edits, base)
		}
		return d.read(context.WithoutCancel(ctx), draft, base)
	})
	select {
	case <-ctx.Done():
		return nil, ctx.Err()
	case result := <-made:
		s, _ := result.Val.(*sheet)
		return s, result.Err
	}
}

// read makes a sheet from the store. The draft may have gone on since it was looked at.
func (d *Desk) read(ctx context.Context, seen geo.Draft, base *index.Snapshot) (*sheet, error) {
	draft, edits, err := d.Store.DraftEdits(ctx, seen.ID, 0)
	if err != nil {
		return nil, err
	}
	if draft.Base != seen.Base {
		if base, err = d.base(ctx, draft.Base); err != nil {
			return nil, err
		}
	}
	return d.make(draft, edits, base)
}

// make puts a sheet together and keeps it.
func (d *Desk) make(draft geo.Draft, edits []planning.DoneEdit, base *index.Snapshot) (*sheet, error) {
	s := &sheet{draft: draft, edits: edits, base: base, view: base}
	if draft.Head > 0 {
		view, err := planning.After(base, planning.Fold(base, s.inForce()))
		if err != nil {
			return nil, err
		}
		s.view = view
	}
	d.keep(s)
	return s, nil
}

// base is the view of an edition: the one served now while it is the newest.
func (d *Desk) base(ctx context.Context, edition geo.Edition) (*index.Snapshot, error) {
	if now := d.Live.Load(); now.Edition().Number == edition {
		return now, nil
	}
	return d.Past(ctx, edition)
}

func sameView(a, b *index.Snapshot) bool {
	return a.Position() == b.Position() && a.History() == b.History()
}

// find is the sheet that is kept of a draft.
func (d *Desk) find(id geo.DraftID) *sheet {
	d.mu.Lock()
	defer d.mu.Unlock()
	at := slices.IndexFunc(d.sheets, func(s *sheet) bool { return s.draft.ID == id })
	if at < 0 {
		return nil
	}
	s := d.sheets[at]
	s.used = d.Now()
	copy(d.sheets[1:at+1], d.sheets[:at])
	d.sheets[0] = s
	return s
}

// keep puts a sheet in place of the one that was kept of its draft, but for one of a later
// version.
func (d *Desk) keep(s *sheet) {
	d.mu.Lock()
	defer d.mu.Unlock()
	at := slices.IndexFunc(d.sheets, func(o *sheet) bool { return o.draft.ID == s.draft.ID })
	if at >= 0 {
		if d.sheets[at].draft.Version > s.draft.Version {
			return
		}
		d.sheets = slices.Delete(d.sheets, at, at+1)
	}
	s.used = d.Now()
	d.sheets = slices.Insert(d.sheets, 0, s)
	if len(d.sheets) > keptSheets {
		d.sheets = slices.Delete(d.sheets, keptSheets, len(d.sheets))
	}
}

// tidy drops sheets that nobody has looked at for a while.
func (d *Desk) tidy() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.sheets = slices.DeleteFunc(d.sheets, func(s *sheet) bool { return d.Now().Sub(s.used) > keptFor })
}

// View is a draft as it is now, as if it were published.
func (d *Desk) View(ctx context.Context, id geo.DraftID) (*index.Snapshot, geo.Draft, error) {
	_, view, draft, err := d.Views(ctx, id)
	return view, draft, err
}

// Views is View with the view of the base, of the same moment.
func (d *Desk) Views(ctx context.Context, id geo.DraftID) (base, view *index.Snapshot, draft geo.Draft, err error) {
	s, err := d.open(ctx, id)
	if err != nil {
		return nil, nil, geo.Draft{}, err
	}
	return s.base, s.view, s.draft, nil
}

// Edits are all edits of a draft, undone ones too: those after Head.
func (d *Desk) Edits(ctx context.Context, id geo.DraftID) ([]planning.DoneEdit, geo.Draft, error) {
	s, err := d.open(ctx, id)
	if err != nil {
		return nil, geo.Draft{}, err
	}
	return s.edits, s.draft, nil
}

// Recodes are the codes that the edits in force change, from what the base has to what the
// draft has.
func (d *Desk) Recodes(ctx context.Context, id geo.DraftID) ([]planning.Recode, geo.Draft, error) {
	s, err := d.open(ctx, id)
	if err != nil {
		return nil, geo.Draft{}, err
	}
	return planning.Recodes(s.inForce()), s.draft, nil
}

// Faults are the faults near whatever the edits in force touched.
func (d *Desk) Faults(ctx context.Context, id geo.DraftID) ([]planning.Fault, geo.Draft, error) {
	s, err := d.open(ctx, id)
	if err != nil {
		return nil, geo.Draft{}, err
	}
	faults, err := planning.Faults(ctx, s.base, s.view, planning.Fold(s.base, s.inForce()))
	return faults, s.draft, err
}
