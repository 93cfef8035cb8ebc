package tiles

import (
	"slices"
	"strings"

	"github.com/paulmach/orb/maptile"

	"gridwarden/geo"
)

// fields are all attributes that can be asked for: those of areas, then those of assets.
var fields = []string{
	"code", "name", "department", "department_name", "parent", "class", "assets", "reports",
	"id", "standard", "category", "category_name", "state", "authority", "owner", "maintainer", "categories",
}

// CheckFields refuses names of attributes that no tile has.
func CheckFields(names []string) error {
	for _, n := range names {
		if !slices.Contains(fields, n) {
			return geo.Errorf(geo.Invalid, "tiles have no field %q: use %s", n, strings.Join(fields, ", "))
		}
	}
	return nil
}

// Matrix is how many columns and rows of tiles a frame has at a zoom; 0 for none.
func (f Frame) Matrix(z maptile.Zoom) (columns, rows uint32) {
	switch {
	case z > MaxZoom || f == Geographic && z == 0:
		return 0, 0
	case f == Geographic:
		return 1 << z, 1 << (z - 1)
	}
	return 1 << z, 1 << z
}
