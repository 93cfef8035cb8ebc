package planning

import "gridwarden/geo"

func (d *doing) replace() error {
	return geo.Errorf(geo.Unavailable, "replace cannot be done yet")
}
