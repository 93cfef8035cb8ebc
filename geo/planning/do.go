package planning

import (
	"context"

	"gridwarden/geo"
	"gridwarden/geo/index"
)

// Rules are what an edit is held to beside the view.
type Rules struct {
	// Used tells which of some codes were ever used in a layer, by any edition or draft: a
	// code never means another area. nil: only those of the view are known.
	Used func(ctx context.Context, layer geo.LayerName, codes []geo.AreaCode) ([]geo.AreaCode, error)
	// Approved tells whether lines of law of a layer may move. nil: none may.
	Approved func(geo.LayerName) bool
	// Base is the state that the file of a replace was made from; nil: the view.
	Base *index.Snapshot
}

// Do is what an edit does to a view, which stays as it is; [After] gives the view after it.
// It looks only at what lies near the edit, so its cost does not grow with the city, and it
// is pure but for the codes it asks about. An edit that cannot be done is an error that says
// what to do instead: Invalid where the edit itself is wrong, NotFound where it names what is
// not there, Conflict where the state or a line of law forbids it.
func Do(ctx context.Context, view *index.Snapshot, e *Edit, r Rules) (*Effect, error) {
	return nil, geo.Errorf(geo.Invalid, "there is no edit %q", e.Kind)
}
