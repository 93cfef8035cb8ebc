package search

import (
	"cmp"
	"slices"

	"gridwarden/geo"
	"gridwarden/geo/crs"
	"gridwarden/geo/index"
)

// points are the places a text may mean as a coordinate, those that lie in an area first. A
// pair in China that does not say which number is which was copied off some map, and is read
// in each of the systems that maps there are drawn in.
func points(view *index.Snapshot, text string) (hits []Hit) {
	positions, labelled := Coordinates(text)
	for _, p := range positions {
		for _, system := range systems(p, labelled) {
			if at, err := place(p, system); err == nil {
				hits = append(hits, Hit{Point: &Point{at, system, areasAt(view, at)}})
			}
		}
	}
	nowhere := func(h Hit) int { return min(1, len(h.Point.Areas)) }
	slices.SortStableFunc(hits, func(a, b Hit) int { return cmp.Compare(nowhere(b), nowhere(a)) })
	return hits
}

// systems are those a position may be in.
func systems(p Position, labelled bool) []crs.CRS {
	at, err := geo.CoordOf(p.Lon, p.Lat)
	if err == nil && !labelled && crs.Shifted().Contains(at) {
		return []crs.CRS{crs.CRS84, crs.GCJ02, crs.BD09}
	}
	return []crs.CRS{crs.CRS84}
}

func place(p Position, system crs.CRS) (geo.Coord, error) {
	lon, lat, err := system.ToWGS84(p.Lon, p.Lat)
	if err != nil {
		return geo.Coord{}, err
	}
	return geo.CoordOf(lon, lat)
}

// areasAt are the areas at a place, the lowest first.
func areasAt(view *index.Snapshot, at geo.Coord) (areas []*geo.Area) {
	for _, hit := range view.Locate(at).Areas {
		areas = append(areas, hit.Area)
	}
	return areas
}
