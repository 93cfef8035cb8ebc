// Package planning is the one way boundaries and the tables of duty change: load the base,
// change it, check the whole, publish. An import is a publish; there is no second way to
// write areas or duty rows, but for a ruling, whose row and ground are made as they were
// decided.
//
// [Import] is pure. It takes the open state of the newest edition and the layers an
// import gives, and answers with everything the caller must print and, when something
// would change, the [geo.Publication] that the database writes in one transaction. What
// the coverage room finds wrong is in [Outcome.Faults] with place and size; errors that
// were not mended refuse the whole import.
//
// A planner's draft is a list of edits. [Do] does an [Edit] on a view and gives its [Effect];
// [After] is the view after it, [Fold] makes one effect of several, so that a draft without
// its last edits is one step from its base; [WithRules] is the view with another table of duty; [Faults] tells what is wrong near it and how
// to mend that. [Publication] is what the effects of a draft come to.
package planning

import (
	"context"
	"time"

	"gridwarden/geo"
	"gridwarden/geo/coverage"
)

// EndLimit is the share of a layer that an import may end without being told to.
const EndLimit = 0.05

// Options say how an import is done.
type Options struct {
	Tolerance     float64   // metres: narrower slivers and overlaps are closed; 0 names every one
	Repair        bool      // mend what is larger, telling what moved
	AllowEnd      bool      // more than EndLimit of a layer may end
	Overwrite     bool      // areas that planners edited since they were read may change or end
	Examine       bool      // look at every input as drawn, also unchanged ones (a dry run)
	EffectiveFrom time.Time // zero: from the moment of publishing
	Note          string
}

// Outcome is what an import would do.
type Outcome struct {
	Publication  *geo.Publication // nil when nothing would change
	Layers       []LayerReport    // the layers given first, then others that were touched
	Faults       []geo.Fault
	Closed       int             // slivers and overlaps closed within the tolerance
	GreatestMove float64         // metres
	Gained       []coverage.Gain // parents extended by repair
	Overhangs    []Overhang      // parents whose children stick out, the worst first
}

// Overhang sums up the nesting errors of one parent.
type Overhang struct {
	Layer        geo.LayerName // the parent's
	Code         geo.AreaCode
	Name         string
	Children     []geo.AreaCode
	SquareMetres float64
}

// Errors counts the faults that refuse the import.
func (o *Outcome) Errors() int {
	n := 0
	for _, f := range o.Faults {
		if f.Error && !f.Mended {
			n++
		}
	}
	return n
}

// LayerReport counts what happens to the areas of one layer.
type LayerReport struct {
	Layer     geo.LayerName
	Parts     int // features read
	Added     []geo.AreaCode
	Changed   []geo.AreaCode
	Noded     []geo.AreaCode // untouched by the files, but a neighbour or child put a node in or moved the border
	Ended     []geo.AreaCode
	Untouched int
}

// Import plans the import of layers over the base. The error is Invalid when the layers
// contradict one another, Conflict when too much would end or what planners edited would be
// overwritten, and Faulty when the areas have
// errors that were not mended; the outcome is there in the last two cases too.
func Import(ctx context.Context, base *geo.Base, inputs []geo.LayerInput, o Options) (*Outcome, error) {
	p, err := newImporter(base, inputs, o)
	if err != nil {
		return nil, err
	}
	out := p.outcome
	if err := p.tooManyEnd(); err != nil {
		return out, err
	}
	if err := p.overEdits(); err != nil {
		return out, err
	}
	if !p.anythingToDo() {
		p.report()
		return out, nil
	}
	if err := p.buildShapes(ctx); err != nil {
		return out, err
	}
	p.report()
	p.sumOverhangs()
	if n := out.Errors(); n > 0 {
		return out, geo.Errorf(geo.Faulty, "the areas have %d %s; nothing was imported", n, plural(n, "error", "errors"))
	}
	out.Publication, err = p.publication(ctx)
	return out, err
}

func plural(n int, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}
