// Package crs names the coordinate systems that enter and leave gridwarden, and converts
// the two shifted Chinese ones by formula.
//
// Inside the project everything is longitude, latitude in WGS 84 / CGCS2000 degrees.
// [GCJ02] and [BD09], the frames of maps drawn in China, are converted here, without a
// database; any other system is an EPSG number and is for PostGIS to transform.
package crs

import (
	"math"
	"strconv"
	"strings"

	"gridwarden/geo"
)

// CRS is a coordinate system in its canonical spelling: [CRS84], [GCJ02], [BD09] or
// "EPSG:N". The zero value is [CRS84].
type CRS string

const (
	CRS84 CRS = "OGC:CRS84" // longitude, latitude in WGS 84 degrees; CGCS2000 counts as the same
	GCJ02 CRS = "GCJ-02"    // the shifted frame of Chinese maps
	BD09  CRS = "BD-09"     // Baidu's degrees: GCJ-02 shifted once more
)

// Parse reads the name of a coordinate system in any usual spelling: "EPSG:4549",
// "urn:ogc:def:crs:EPSG::4549", "http://www.opengis.net/def/crs/OGC/1.3/CRS84", "gcj02",
// "BD-09". Empty is [CRS84]. EPSG:4326 and EPSG:4490 (CGCS2000) are [CRS84] as well:
// files hold longitude first, whatever the order in the register. An unknown name is
// geo.Invalid, with the names that can be used.
func Parse(name string) (CRS, error) {
	plain := strings.ToUpper(strings.TrimSpace(name))
	switch strings.NewReplacer("-", "", "_", "", " ", "").Replace(plain) {
	case "", "OGC:CRS84", "CRS84", "WGS84", "CGCS2000":
		return CRS84, nil
	case "GCJ02":
		return GCJ02, nil
	case "BD09", "BD09LL":
		return BD09, nil
	}
	if strings.HasSuffix(plain, ":CRS84") || strings.HasSuffix(plain, "/CRS84") {
		return CRS84, nil
	}
	if n, ok := epsgNumber(plain); ok {
		if n == 4326 || n == 4490 {
			return CRS84, nil
		}
		return CRS("EPSG:" + strconv.Itoa(n)), nil
	}
	return "", geo.Errorf(geo.Invalid, "%q is not a coordinate system known here: use OGC:CRS84, EPSG:N (such as EPSG:4549), GCJ-02 or BD-09", name)
}

// epsgNumber reads the number at the end of a name that mentions EPSG.
func epsgNumber(name string) (int, bool) {
	before, digits := name[:max(0, strings.LastIndexAny(name, ":/"))], name[strings.LastIndexAny(name, ":/")+1:]
	if !strings.Contains(before, "EPSG") {
		return 0, false
	}
	n, err := strconv.Atoi(digits)
	return n, err == nil && n > 0 && n <= math.MaxInt32
}

// EPSG is the number of a system that only PostGIS can transform; false for those that
// [CRS.ToWGS84] converts.
func (c CRS) EPSG() (int, bool) {
	digits, found := strings.CutPrefix(string(c), "EPSG:")
	n, err := strconv.Atoi(digits)
	return n, found && err == nil
}

// ToWGS84 converts a longitude and latitude of this system to WGS 84. An EPSG system is
// geo.Invalid: it takes a database. Numbers that are no position come back as they are or
// as NaN; the check of the range is geo.CoordOf's.
func (c CRS) ToWGS84(lon, lat float64) (float64, float64, error) {
	switch c {
	case CRS84, "":
		return lon, lat, nil
	case GCJ02:
		lon, lat = gcjToWGS(lon, lat)
		return lon, lat, nil
	case BD09:
		lon, lat = gcjToWGS(bdToGCJ(lon, lat))
		return lon, lat, nil
	}
	return 0, 0, geo.Errorf(geo.Invalid, "%s cannot be used here: use OGC:CRS84, GCJ-02 or BD-09", string(c))
}

// FromWGS84 is the way back: see [CRS.ToWGS84].
func (c CRS) FromWGS84(lon, lat float64) (float64, float64, error) {
	switch c {
	case CRS84, "":
		return lon, lat, nil
	case GCJ02:
		lon, lat = wgsToGCJ(lon, lat)
		return lon, lat, nil
	case BD09:
		lon, lat = gcjToBD(wgsToGCJ(lon, lat))
		return lon, lat, nil
	}
	return 0, 0, geo.Errorf(geo.Invalid, "%s cannot be used here: use OGC:CRS84, GCJ-02 or BD-09", string(c))
}

// ToWGS84 converts a longitude and latitude of the system named to WGS 84: [Parse], then
// [CRS.ToWGS84].
func ToWGS84(name string, lon, lat float64) (float64, float64, error) {
	c, err := Parse(name)
	if err != nil {
		return 0, 0, err
	}
	return c.ToWGS84(lon, lat)
}

// FromWGS84 converts a WGS 84 longitude and latitude to the system named: [Parse], then
// [CRS.FromWGS84].
func FromWGS84(name string, lon, lat float64) (float64, float64, error) {
	c, err := Parse(name)
	if err != nil {
		return 0, 0, err
	}
	return c.FromWGS84(lon, lat)
}
