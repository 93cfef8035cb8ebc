package geo

import "time"

// DraftID identifies a draft, for ever.
type DraftID string

// Draft is a planner's edits on top of a base edition. Its edits are numbered from 1; the
// first Head of them are in force, those after are undone and can be redone until another
// edit takes their place.
type Draft struct {
	ID        DraftID
	Name      string
	Base      Edition
	Author    string   // who made it
	Editors   []string // whom it is shared with, by the names of their keys
	CreatedAt time.Time
	ChangedAt time.Time
	Version   int64 // grows with whatever happens to it, for If-Match
	Head      int   // edits in force
	Edits     int   // edits there are, undone ones included
	State     DraftState
	Approvals []Approval
	Schedule  *Schedule // when State is DraftScheduled or DraftHeld
	Published Edition   // when State is DraftPublished
}

// DraftState is where a draft stands in its life.
type DraftState string

const (
	DraftOpen      DraftState = "open"
	DraftScheduled DraftState = "scheduled" // to be published at its time
	DraftHeld      DraftState = "held"      // its time came, and it conflicted with what was published meanwhile
	DraftPublished DraftState = "published"
	DraftDiscarded DraftState = "discarded"
)

// Approval allows a draft to move lines of law: borders of locked layers.
type Approval struct {
	Layer        LayerName // whose borders may move
	Document     string    // its number
	Body         string    // who issued it
	Date         Date
	EffectiveDay Date
	FileHash     string // SHA-256 of the document, in hex
	Author       string // who entered it
	At           time.Time
}

// Schedule says when and how a draft is published by itself.
type Schedule struct {
	At            time.Time
	EffectiveFrom time.Time // zero: At
	Note          string
	Author        string
	Second        string // who agreed, where publishing takes two
	Told          Said   // why it was held
}

// Lock says whether the borders of a layer may be moved without an approval.
type Lock string

const (
	LockByNesting Lock = ""       // locked when it is another layer's parent
	Locked        Lock = "locked" // never without an approval
	Unlocked      Lock = "open"   // always
)

// Descent tells that ground of one area became ground of another, in one layer: lineage.
// One that begins from nothing has no From, one that ends into nothing no To.
type Descent struct {
	Edition      Edition // that brought it; given when it is stored
	Layer        LayerName
	From, To     AreaCode
	SquareMetres float64
	ShareFrom    float64 // of the ground From had
	ShareTo      float64 // of the ground To has
	Approval     string  // the document that allowed it, where one did
}

// Actor is who does something, for the record.
type Actor struct {
	Name  string     // the name of the key; empty: keys are off
	Key   string     // its id
	Roles []string   // of the key
	Scope []AreaCode // areas it is limited to, with all below them; none: everywhere
	From  string     // the address the request came from, or the command
}
