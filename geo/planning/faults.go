package planning

import (
	"context"

	"gridwarden/geo"
	"gridwarden/geo/index"
)

// Severity says how much a fault weighs.
type Severity string

const (
	SeverityError   Severity = "error"   // it keeps the draft from being published
	SeverityWarning Severity = "warning" // it is most likely a mistake
	SeverityNote    Severity = "note"    // it may be meant
)

// Fault is something wrong near an edit, and how it can be mended.
type Fault struct {
	geo.Fault
	Severity Severity
	Mend     *Edit // removes it in one call; nil where a person must
}

// Faults are the faults near what an effect touched, in the view after it: those that were
// there before too. Of a whole draft they are those of its effects folded ([Fold]).
func Faults(ctx context.Context, view *index.Snapshot, e *Effect) ([]Fault, error) {
	return nil, ctx.Err()
}
