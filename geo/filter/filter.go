package filter

import "gridwarden/geo"

// Filter picks areas and assets. A nil Filter picks all.
type Filter struct {
	text string
}

// Parse reads a filter; an empty text picks all.
func Parse(text string) (*Filter, error) {
	if text == "" {
		return nil, nil
	}
	return nil, geo.Errorf(geo.Invalid, "the filter cannot be read")
}

// String is the filter in the one form that all filters of the same meaning as written
// share; empty for nil.
func (f *Filter) String() string {
	if f == nil {
		return ""
	}
	return f.text
}

// Area tells whether the filter picks an area.
func (f *Filter) Area(*geo.Area) bool { return true }

// Asset tells whether the filter picks an asset.
func (f *Filter) Asset(*geo.Asset) bool { return true }
