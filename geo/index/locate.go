package index

import "gridwarden/geo"

// Place is everything that lies at one point.
type Place struct {
	Point geo.Coord
	Areas []Hit
	Lines []LineHit
}

// Hit is an area that holds or touches a point.
type Hit struct {
	Area       *geo.Area
	OnEdge     bool
	Neighbours []*geo.Area
}

// LineHit is a line whose reach covers a point.
type LineHit struct {
	Area            *geo.Area
	Distance, Along float64
	Side            geo.Side
}

// Near is an asset and how far away it is.
type Near struct {
	Asset  geo.Asset
	Metres float64
}
