package api

import (
	"gridwarden/geo"
	"gridwarden/geo/crs"
)

// frame is the parameter crs of an answer that is drawn: the system of its coordinates, and
// of a bbox asked for.
func (p params) frame() (crs.CRS, error) {
	frame, err := crs.Parse(p.Get("crs"))
	if err != nil {
		return "", err
	}
	if _, transformed := frame.EPSG(); transformed {
		return "", geo.Errorf(geo.Invalid, "crs=%s: answers are drawn in OGC:CRS84, GCJ-02 or BD-09", clip(p.Get("crs")))
	}
	return frame, nil
}

// areaIn is an area as drawn in a frame.
func areaIn(frame crs.CRS, a *geo.Area) *geo.Area {
	if frame == crs.CRS84 {
		return a
	}
	drawn := *a
	drawn.Shape = *frame.Shape(&a.Shape)
	return &drawn
}

// assetIn is an asset as drawn in a frame.
func assetIn(frame crs.CRS, a geo.Asset) geo.Asset {
	a.Point = frame.Place(a.Point)
	if a.Shape != nil {
		a.Shape = frame.Shape(a.Shape)
	}
	return a
}
