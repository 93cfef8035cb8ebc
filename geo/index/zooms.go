package index

import "gridwarden/geo"

// Zooms tells from which zoom on each vertex of an area of this view is drawn: a byte for
// each, polygon by polygon, ring by ring, line by line. nil: all from zoom 0 on.
func (s *Snapshot) Zooms(*geo.Area) []uint8 { return nil }
