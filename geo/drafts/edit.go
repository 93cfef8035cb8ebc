package drafts

import (
	"context"

	"gridwarden/geo"
	"gridwarden/geo/planning"
)

// Done is what came of an edit.
type Done struct {
	Draft  geo.Draft
	Edit   planning.DoneEdit
	Faults []planning.Fault // near it, those that were there before too
}

// Edit does an edit on a draft as it is now. version is that the planner saw; 0: whichever
// it is, so that of several who edit one draft each does so on what the others left. Undone
// edits cannot be done again after it.
func (d *Desk) Edit(ctx context.Context, id geo.DraftID, version int64, e planning.Edit, reason string) (*Done, error) {
	return nil, geo.Errorf(geo.Unavailable, "not yet")
}

// Approve lets the edits of a draft move borders of a locked layer.
func (d *Desk) Approve(ctx context.Context, id geo.DraftID, version int64, a geo.Approval) (geo.Draft, error) {
	return geo.Draft{}, geo.Errorf(geo.Unavailable, "not yet")
}

// Consent agrees to an edit beyond its author's scope, for the areas it needs that lie in
// the scope of who acts.
func (d *Desk) Consent(ctx context.Context, id geo.DraftID, number int) (geo.Draft, error) {
	return geo.Draft{}, geo.Errorf(geo.Unavailable, "not yet")
}
