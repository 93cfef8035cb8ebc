package geo

import "github.com/paulmach/orb"

// FaultKind names what is wrong with a coverage.
type FaultKind string

const (
	FaultOverlap   FaultKind = "overlap"        // two areas of a coverage hold the same ground
	FaultRing      FaultKind = "invalid-ring"   // a ring crosses or touches itself
	FaultNesting   FaultKind = "nesting"        // a child sticks out of its parent
	FaultUnmatched FaultKind = "unmatched-node" // a vertex on a neighbour's edge that is no node of it
	FaultCollapsed FaultKind = "collapsed"      // nothing is left of a part at 1e-7 degree
	FaultGap       FaultKind = "gap"            // enclosed ground that no area holds

	// Of what planners edit.
	FaultSpike        FaultKind = "spike"         // a border that runs out and back in a sharp point
	FaultTooSmall     FaultKind = "too-small"     // smaller than its layer wants
	FaultTooLarge     FaultKind = "too-large"     // larger than its layer wants
	FaultIsland       FaultKind = "island"        // a part cut off from the rest of its area
	FaultCode         FaultKind = "code"          // a code against the rules of its layer
	FaultNoDepartment FaultKind = "no-department" // nobody answers there
)

// Fault is something wrong with areas, with its place and size. Only errors refuse an
// import and make a check fail; the others are notes.
type Fault struct {
	Kind    FaultKind
	Error   bool
	Layer   LayerName
	Areas   []AreaCode       // the areas concerned, smallest code first
	Sources []Source         // where they were read, when known
	At      orb.Point        // a place on or in it, degrees
	Width   float64          // metres: the diameter of the largest inscribed circle
	Area    float64          // square metres
	Mended  bool             // closed within the tolerance, or by repair
	Message Said             // what is wrong, for a person
	Remedy  Said             // what to do about it, or what was done; may say nothing
	Outline orb.MultiPolygon // what it covers, for drawing; may be nil
}

// Sentence is what is wrong and what to do.
func (f *Fault) Sentence() Said {
	if f.Remedy.IsZero() {
		return f.Message
	}
	return Say("%s; %s", f.Message, f.Remedy)
}
