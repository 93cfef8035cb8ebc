// Package impact tells what a change of boundaries and duty does before it is published:
// which areas change, which assets and reports get another area or department, how the work
// of the grids shifts, what nobody holds any more, and what still names a code that
// retires. It compares two views, exactly: whatever it counts was located and decided in
// both. Only ground that can answer otherwise is looked at, so that its cost is that of the
// change and not of the city.
package impact

import (
	"context"
	"time"

	"gridwarden/geo"
	"gridwarden/geo/planning"
	"gridwarden/geo/routing"
)

// Records are what the database keeps beside the view.
type Records interface {
	// ReportsWithin calls each with the reports that lie in any of the boxes, or near one
	// where they are answered, and are open or were reported since a moment: with their
	// returns and the rulings made about them, in no order, and none twice. It ends with
	// each's error.
	ReportsWithin(ctx context.Context, boxes []geo.Box, since time.Time, each func(*geo.Case) error) error
	// ReportPlacesWithin calls each with where the reports in the boxes are that are open or
	// were reported since, and when, and whether they are open.
	ReportPlacesWithin(ctx context.Context, boxes []geo.Box, since time.Time, each func(at geo.Coord, reported time.Time, open bool) error) error
	// Posts are the present posts at some places.
	Posts(ctx context.Context, places []geo.PostPlace) ([]geo.Post, error)
}

// Options say how far an impact looks.
type Options struct {
	Days    int       // reports of so many days are looked at beside the open ones; 0: 90
	Since   time.Time // or else those reported since; zero: as Days say
	Until   time.Time // and until then; zero: to this day
	Now     time.Time // as of when assets are decided, and reports are dispatched; zero: the present
	Limit   int       // how many things a list names; 0: 100. Counts are always of all
	Skip    int       // how many of each list come before
	Routing routing.Settings
	Hides   func(geo.CategoryKey) bool // assets of these are left out; nil: none is
	Recoded []planning.Recode          // codes known to have been changed, for areas whose shape changed as well
}

// Impact is what a change does.
type Impact struct {
	Before, After geo.Edition
	Since, Until  time.Time // recent reports are those reported in between; Until zero: to this day
	Layers        []LayerChange
	Assets        Moved
	Open          Moved // reports that wait for somebody
	Recent        Moved // reports of the last days, open or not
	Uncovered     []Uncovered
	Grids         Workload // of the lowest layer of the duty chain
	Parents       Workload // of the layer above it; empty without one
	Retired       Retired
}

// LayerChange is what changes in a layer; layers in which nothing does are left out.
type LayerChange struct {
	Layer                          geo.LayerName
	Changed, Begun, Ended, Recoded int
	Areas                          []AreaChange // by code, those that ended under the code they had
}

// AreaChange is one area before and after.
type AreaChange struct {
	Was, Is               *geo.Area // nil: begun, ended
	WasMetres2, IsMetres2 float64
	Reshaped              bool // both are there, and their ground differs
	Recoded               bool // both are there, and their codes differ
}

// Moved counts things that change area or department.
type Moved struct {
	Total          int // that change either
	Area           int // another area in some layer
	Department     int // another department, or none, or one for none
	LostAreas      int // in areas before, in none after
	LostDepartment int // somebody's before, nobody's after
	Directions     []Direction
	Listed         []Thing // the first ones by id, as Options say
}

// Direction counts what passes from one department to another, the most first. Where both
// are one, only the area changes.
type Direction struct {
	From, To geo.DepartmentCode // empty: nobody
	Count    int
}

// Thing is an asset or a report that changes.
type Thing struct {
	ID       string
	Standard string // of an asset's id
	Category geo.CategoryKey
	At       geo.Coord
	Open     bool // of a report
	From, To geo.DepartmentCode
	FromRule routing.Rule
	ToRule   routing.Rule
	Areas    []AreaMove // the layers in which the area is another one
}

// AreaMove tells the areas of a layer that a thing leaves, and those it comes into.
type AreaMove struct {
	Layer    geo.LayerName
	From, To []geo.AreaCode
}

// Uncovered is ground that an area of a coverage held before and none holds after.
type Uncovered struct {
	Layer        geo.LayerName
	SquareMetres float64
	Outline      geo.Shape
	Assets       int // that stand on it
	Reports      int // open ones on it
}

// Workload is how much there is to do in each area touched, by code.
type Workload struct {
	Layer         geo.LayerName
	Areas         []AreaLoad
	Before, After Spread
}

// AreaLoad is the work of one area; an area that is not there has none.
type AreaLoad struct {
	Code              geo.AreaCode
	WasThere, IsThere bool
	Before, After     Load
}

// Load is what there is in an area.
type Load struct{ Assets, Open, Recent int }

// Spread says how even the work is over the areas that are there.
type Spread struct{ Assets, Open, Recent Range }

// Range sums up some numbers; all zero for none.
type Range struct {
	Count           int
	Min, Max        int
	Mean, Deviation float64 // the standard deviation of all of them
}

// Retired is what names a code that is no longer there.
type Retired struct {
	Rows    []RetiredRow
	Groups  []RetiredGroup
	Posts   []geo.Post
	Rulings []geo.RulingID // that hold on ground which changes
}

// RetiredRow is a duty row that names codes which retire.
type RetiredRow struct {
	ID        geo.RuleID
	Layer     string         // a layer, or a kind of group
	Area      string         // as written: a code, or a prefix with *
	Codes     []geo.AreaCode // that it named and that retire, in order
	Remaining int            // areas or groups it still names afterwards
}

// RetiredGroup is a group with members that retire.
type RetiredGroup struct {
	Kind, Code string
	Layer      geo.LayerName
	Members    []geo.AreaCode // that retire
}
