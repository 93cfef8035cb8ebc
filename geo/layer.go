package geo

import "regexp"

// LayerName names a layer in commands, addresses and tiles: "grids", "police-beats".
type LayerName string

var layerName = regexp.MustCompile(`^[a-z][a-z0-9_-]{0,62}$`)

// Check refuses names that cannot stand in an address: they start with a small letter and
// go on with small letters, digits, "-" and "_", 63 at most; "assets" is taken.
func (n LayerName) Check() error {
	switch {
	case !layerName.MatchString(string(n)):
		return Errorf(Invalid, "%q is not a layer name: use small letters, digits, - and _, starting with a letter, 63 at most, e.g. grids", string(n))
	case n == "assets":
		return Errorf(Invalid, "the layer name %q is taken by the assets; choose another", string(n))
	}
	return nil
}

// LayerKind says how the areas of a layer lie to one another.
type LayerKind string

const (
	Coverage LayerKind = "coverage" // share borders, never overlap; a point has at most one
	Overlay  LayerKind = "overlay"  // may overlap and leave gaps
	Lines    LayerKind = "line"     // lines with a side and a reach in metres
)

// In is the kind in a language.
func (k LayerKind) In(l Language) string { return NameIn(l, "LayerKind", string(k)) }

// Visibility says whom a layer or category is meant for. It is told with the layer; what is
// read without a key is named where the service starts.
type Visibility string

const (
	Public     Visibility = "public"     // anyone
	Protected  Visibility = "internal"   // any key; the default
	Restricted Visibility = "restricted" // a key with the right
)

// Layer is a named set of areas with one purpose.
type Layer struct {
	Name       LayerName
	Title      string // for people, in their own language; the name when empty
	Kind       LayerKind
	Parent     LayerName // the layer above in its chain; empty at the top
	Rank       int       // order between layers that answer for one place; smaller first
	Reach      float64   // metres, line layers only: the default of its areas
	Visibility Visibility

	Authority    string  // who may change its borders: a body by name; empty: nobody in particular
	Lock         Lock    // whether its borders are lines of law
	SmallestArea float64 // square metres: smaller areas are noted; 0: no bound
	LargestArea  float64 // square metres: larger areas are noted; 0: no bound
}
