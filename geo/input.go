package geo

import (
	"encoding/json"

	"github.com/paulmach/orb"
)

// Source says where in the files a thing was read.
type Source struct {
	File    string
	Feature int // 1 for the first feature or data row
	Line    int // of the file, where it has lines; else 0
}

// String is "grids.geojson, feature 17" or "assets.csv, line 18".
func (s Source) String() string { return s.said().String() }

// In is the place in a language.
func (s Source) In(l Language) string { return s.said().In(l) }

func (s Source) said() Said {
	switch {
	case s.Line > 0:
		return Say("%s, line %d", s.File, s.Line)
	case s.Feature > 0:
		return Say("%s, feature %d", s.File, s.Feature)
	}
	return Say("%s", s.File)
}

// PlacedError is what is wrong at a place in the files; its text begins with the place.
type PlacedError struct {
	Source Source
	Err    error // a sentence
}

func (e *PlacedError) Error() string { return e.said().String() }

// In is the place and what is wrong there in a language.
func (e *PlacedError) In(l Language) string { return e.said().In(l) }

func (e *PlacedError) said() Said { return Say("%s: %s", e.Source, e.Err) }

func (e *PlacedError) Unwrap() error { return e.Err }

// AreaInput is one area as read from files, before snapping: the features of one code
// joined. Coordinates are longitude, latitude in degrees.
type AreaInput struct {
	Code       AreaCode
	Name       string
	Department DepartmentCode
	Parent     AreaCode // as the file says; empty when it says nothing
	Attributes json.RawMessage
	Side       Side
	Reach      float64 // metres
	Class      string
	Parts      []AreaPart
	Hash       InputHash
}

// AreaPart is one feature of an area's input: a Polygon or MultiPolygon, in a line layer
// a LineString or MultiLineString.
type AreaPart struct {
	Source   Source
	Geometry orb.Geometry
}

// LayerInput is one layer as an import gives it: its areas as read, or how to make them
// from a lower layer.
type LayerInput struct {
	Layer    Layer       // what is empty or 0 stays as it is; by-nesting and bounds below 0 take back what was set
	Areas    []AreaInput // in code order
	Dissolve *Dissolve   // when set, Areas is empty
	Merge    bool        // areas not named here stay
}

// Dissolve makes a layer by joining the areas of a lower one that have the same value in
// a field.
type Dissolve struct {
	From       LayerName
	Code       string // the field of the lower layer that holds the new code
	Name       string // the field that holds the new name; may be empty
	Department string // the field that holds the new department; may be empty
}

// AssetInput is one asset as read from a file. Bodies are as written there: a code, a
// name or an alias, still to be matched.
type AssetInput struct {
	Asset
	Source Source
	Mended bool     // its rings crossed: the shape is the ground they enclose an odd number of times
	Grid   AreaCode // the grid the surveyors wrote, when asked for
}

// Base is what an import of areas or duty tables starts from: the open state of one
// edition.
type Base struct {
	Edition     Edition
	Layers      []Layer // all
	Areas       []*Area // of the layers asked for
	Departments []Department
	Categories  []Category
	Duty        DutyTables // the open rows; Rulings are not filled
}
