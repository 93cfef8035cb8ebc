package planning

import (
	"encoding/json"
	"time"

	"github.com/paulmach/orb"

	"gridwarden/geo"
)

// EditKind says what an edit does.
type EditKind string

// The kinds of edit. In a coverage each keeps it whole by construction: what one area loses
// another gains, neighbours keep one border, and the layers above follow or the edit says why not.
const (
	MoveBorder EditKind = "move-border" // the border between two areas runs along Line instead, from where Line's ends touch it
	MoveNode   EditKind = "move-node"   // the node at At goes To, and every border that meets there with it
	InsertNode EditKind = "insert-node" // a node at At, in the border that runs there
	DeleteNode EditKind = "delete-node" // the node at At, where two borders' parts meet and no third
	Split      EditKind = "split"       // the area is cut in two along Line
	Merge      EditKind = "merge"       // the areas become one
	Reparent   EditKind = "reparent"    // the areas move to another parent
	Draw       EditKind = "draw"        // a new area in a gap; of an overlay or line layer, a new area anywhere
	Close      EditKind = "close"       // the area ends and its ground goes to its neighbours; of other layers it just ends
	Set        EditKind = "set"         // name, department, attributes, code
	Reshape    EditKind = "reshape"     // an area of an overlay or line layer gets another shape
	Replace    EditKind = "replace"     // a region as a file has it, matched three ways against the base
	Regroup    EditKind = "regroup"     // members move between groups
)

// Parents says what an edit does where it runs along a border of the layers above.
type Parents string

const (
	RefuseParents Parents = ""       // the edit is refused, saying which parents stand in the way
	FollowParents Parents = "follow" // their borders move with it
	KeepParents   Parents = "keep"   // that part of the edit is left out, and the answer says so
)

// Edit is one change a planner makes, as it is sent and kept. Coordinates are longitude,
// latitude in WGS 84 degrees; which fields an edit takes depends on its kind, and others
// are refused.
type Edit struct {
	Kind      EditKind        `json:"edit"`
	Layer     geo.LayerName   `json:"layer,omitempty"`
	Areas     []geo.AreaCode  `json:"areas,omitempty"`       // the areas it is about
	Line      orb.LineString  `json:"line,omitempty"`        // move-border, split
	Polygon   orb.Polygon     `json:"polygon,omitempty"`     // draw
	Geometry  json.RawMessage `json:"geometry,omitempty"`    // GeoJSON: draw and reshape in overlay and line layers
	At        *orb.Point      `json:"at,omitempty"`          // nodes; close: only the part of the area that is there
	To        *orb.Point      `json:"to,omitempty"`          // move-node
	Tolerance float64         `json:"tolerance_m,omitempty"` // how far what is drawn may be off, in metres; at most MaxTolerance
	Parents   Parents         `json:"parents,omitempty"`
	Parent    geo.AreaCode    `json:"parent,omitempty"` // reparent: to which; draw: in which
	Into      geo.AreaCode    `json:"into,omitempty"`   // merge: whose code, name and department stay; close: who gets the ground; draw: who gets it instead of a new area

	Codes      []geo.AreaCode      `json:"codes,omitempty"` // of new areas, in the order of the standard: west to east, then north to south; none: by the standard
	Name       *string             `json:"name,omitempty"`
	Department *geo.DepartmentCode `json:"department,omitempty"`
	Attributes json.RawMessage     `json:"attributes,omitempty"` // an object: these fields are set, null removes one
	Side       geo.Side            `json:"side,omitempty"`       // line layers
	Reach      float64             `json:"reach_m,omitempty"`    // line layers
	Features   json.RawMessage     `json:"features,omitempty"`   // replace: a GeoJSON FeatureCollection; code, name and department are properties
	Group      *GroupMove          `json:"group,omitempty"`      // regroup
}

// GroupMove moves members between groups of one kind.
type GroupMove struct {
	Kind    string         `json:"kind"`
	From    string         `json:"from,omitempty"` // empty: from none
	To      string         `json:"to,omitempty"`   // empty: to none
	Members []geo.AreaCode `json:"members"`
}

// MaxTolerance is the greatest tolerance an edit may have, in metres.
const MaxTolerance = 100

// AreaName names an area among all.
type AreaName struct {
	Layer geo.LayerName `json:"layer"`
	Code  geo.AreaCode  `json:"code"`
}

// Recode is a code that an edit changes.
type Recode struct {
	Layer    geo.LayerName
	From, To geo.AreaCode
}

// Effect is what an edit did. It is kept with the edit, so that undoing and redoing give the
// same bytes whatever the program has learned since.
type Effect struct {
	Areas   []*geo.Area // as they are after it: new ones and those that changed, every layer's; IDs are not filled
	Ended   []AreaName  // that are there no longer
	Groups  []geo.Group // as they are after it, where it changed them; one without members ends
	Recoded []Recode
	LeftOut []orb.LineString // parts of the edit that were left out
	Notes   []geo.Said       // what the planner should know, one sentence each
}

// DoneEdit is an edit of a draft with who did it, when and why.
type DoneEdit struct {
	Number  int // in the draft, from 1
	Author  string
	At      time.Time
	Reason  string
	Edit    Edit
	Effect  Effect
	Needs   []geo.AreaCode // areas outside the author's scope that it changes: each needs the consent of one in whose scope it lies
	Consent []Consent
}

// Consent is somebody's agreement to an edit beyond its author's scope.
type Consent struct {
	Areas  []geo.AreaCode // those of Needs it covers
	Author string
	At     time.Time
}
