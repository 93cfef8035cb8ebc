package coverage

import (
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
	Notes   []geo.Said       // what the planner should know, one sentence each
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

// In is the refusal in a language.
func (e *InTheWay) In(l geo.Language) string { return geo.SentenceIn(e.error, l) }

// inTheWay refuses an edit that moves borders above.
func inTheWay(layers []geo.LayerName, moved []Moved, remedy geo.Said) error {
	type border struct {
		layer   int
		between [2]geo.AreaCode
	}
	told := map[border]bool{}
	var words []geo.Said
	for _, m := range moved {
		what := border{m.Layer, m.Between}
		if told[what] {
			continue
		}
		told[what] = true
		if m.Between[0] == "" {
			words = append(words, geo.Say("of %s", named(layers[m.Layer], m.Between[1])))
			continue
		}
		words = append(words, geo.Say("between %s", named(layers[m.Layer], m.Between[:]...)))
	}
	return &InTheWay{moved, geo.Errorf(geo.Conflict, "this would move the border %s; %s", geo.Joined("%s and the border %s", words), remedy)}
}

// howParents is the remedy of [InTheWay] where the planner has the choice.
var howParents = geo.Say("choose whether the layers above follow, or keep their borders and that part of the edit is left out")
