package coverage

import (
	"fmt"
	"slices"
	"strings"

	"github.com/paulmach/orb"

	"gridwarden/geo"
)

// Near gives the part of a chain in a box: of each layer, lowest first, all areas whose box
// meets it, with Code, Parent and Shape. It is asked again with a larger box where an edit
// turns out to reach further, so what an edit costs depends on what lies near it alone.
type Near func(geo.Box) []Layer

// Parents says what an edit does with ground that would change from one area of a layer
// above to another.
type Parents uint8

const (
	Refuse Parents = iota // the edit fails with [InTheWay]
	Follow                // the areas above follow
	Keep                  // that ground stays where it is, and the rest of the edit is done
)

// EditOptions say how exactly what is drawn is meant, and what parents do.
type EditOptions struct {
	Tolerance float64 // metres: what is drawn nearer to a border is on it; two centimetres at least
	Parents   Parents
}

// Redrawn is what an edit did to a chain. An area whose shape and parent stayed is not in it,
// and every vertex of it stayed.
type Redrawn struct {
	Layers  [][]Built        // of each layer, lowest first: the areas that began, or whose shape or parent changed
	Ended   [][]geo.AreaCode // of each layer: areas of which nothing is left
	LeftOut []orb.LineString // what was drawn but left out, because the parents stay
	Moved   []Moved          // the borders of layers above that moved
	Notes   []string         // what the planner should know, one sentence each
}

// Moved is a border between two areas of an upper layer that an edit moves.
type Moved struct {
	Layer    int             // in the chain, lowest first
	Between  [2]geo.AreaCode // smaller code first; empty: ground that no area of the layer holds
	Position orb.Point       // on it, degrees
}

// InTheWay says that an edit would move borders of the layers above, and which.
type InTheWay struct {
	Moved []Moved
	error
}

// Unwrap is the refusal as an error of kind Conflict.
func (e *InTheWay) Unwrap() error { return e.error }

// inTheWay refuses an edit that moves borders above.
func inTheWay(layers []geo.LayerName, moved []Moved, remedy string) error {
	var words []string
	for _, m := range moved {
		what := fmt.Sprintf("between %s", named(layers[m.Layer], m.Between[:]...))
		if m.Between[0] == "" {
			what = "of " + named(layers[m.Layer], m.Between[1])
		}
		if len(words) == 0 || !slices.Contains(words, what) {
			words = append(words, what)
		}
	}
	return &InTheWay{moved, geo.Errorf(geo.Conflict, "this would move the border %s; %s", strings.Join(words, " and the border "), remedy)}
}

// howParents is the remedy of [InTheWay] where the planner has the choice.
const howParents = "choose whether the layers above follow, or keep their borders and that part of the edit is left out"
