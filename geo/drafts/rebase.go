package drafts

import (
	"context"

	"gridwarden/geo"
)

// Choice says what becomes of an edit that conflicts with what was published meanwhile.
type Choice string

// The choices.
const (
	Drop Choice = "drop" // the edit is left out
	Mine Choice = "mine" // it is done on the new base all the same, where that is possible
)

// Conflict is an edit that changed what was published otherwise meanwhile. Its areas are
// those the edit touched that differ: for drawing side by side.
type Conflict struct {
	Number int // of the edit
	Reason string
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

// Rebase does the edits of a draft again, one by one, on the newest edition. Choices are
// by the number of the edit.
func (d *Desk) Rebase(ctx context.Context, id geo.DraftID, version int64, choices map[int]Choice) (*Rebased, error) {
	return nil, geo.Errorf(geo.Unavailable, "not yet")
}
