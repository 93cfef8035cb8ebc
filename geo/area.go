package geo

import "encoding/json"

// AreaCode identifies an area within its layer, for ever: a 15-digit grid code, "SQ-3-2".
type AreaCode string

// AreaID is the number of one version of an area. The database gives it; it never changes
// and never returns. It is the feature id in tiles.
type AreaID int64

// Side says on which side of a line its area answers, seen along the line.
type Side string

const (
	Left  Side = "left"
	Right Side = "right"
	Both  Side = "both"
)

// Area is one version of one area of a layer. Areas are immutable once made.
type Area struct {
	ID         AreaID
	Layer      LayerName
	Code       AreaCode
	Name       string
	Department DepartmentCode  // the territorial department; may be empty
	Parent     AreaCode        // the area of the parent layer that holds it; empty at the top
	Attributes json.RawMessage // a JSON object of the other fields, as read; nil when none
	Shape      Shape
	Side       Side    // line layers only
	Reach      float64 // metres, line layers only
	Class      string  // line layers only: the class of road or bank
	From       Edition // the first edition it holds in
	InputHash  InputHash
}

// InputHash is of an area as read, before snapping and matching: its first half of the
// words and numbers, its second half of the coordinates. An area whose input has the same
// hash is untouched; one with the same second half keeps its shape.
type InputHash [32]byte

// SameDrawing tells whether two inputs have the same coordinates.
func (h InputHash) SameDrawing(o InputHash) bool { return [16]byte(h[16:]) == [16]byte(o[16:]) }

// editedMark stands for the half of a hash that says no more how an area was read: a planner
// has edited what it is of since.
const editedMark = "edited in draft."

// AsEdited is the hash of an area whose words, or whose drawing, were edited since it was
// read. No input has it.
func (h InputHash) AsEdited(words, drawing bool) InputHash {
	if words {
		copy(h[:16], editedMark)
	}
	if drawing {
		copy(h[16:], editedMark)
	}
	return h
}

// Edited tells whether words, and whether the drawing, were edited since the area was read.
func (h InputHash) Edited() (words, drawing bool) {
	return string(h[:16]) == editedMark, string(h[16:]) == editedMark
}
