package geo

import (
	"cmp"
	"encoding/json"
)

// AssetID identifies an asset within its category's standard: a 16- or 17-digit code, or
// one derived from category and place.
type AssetID string

// AssetVersion is the number of one version of an asset, given by the database, never
// reused; it is the feature id in tiles.
type AssetVersion int64

// AssetKey names an asset among all: two standards may share an id. The zero key is before
// every asset.
type AssetKey struct {
	ID       AssetID
	Standard string
}

// Compare orders keys by id, then standard.
func (k AssetKey) Compare(o AssetKey) int {
	return cmp.Or(cmp.Compare(k.ID, o.ID), cmp.Compare(k.Standard, o.Standard))
}

// Asset is one version of a thing at a point, along a line or over a patch, with the
// bodies that answer for it.
type Asset struct {
	Version    AssetVersion
	ID         AssetID
	Category   CategoryKey
	Name       string
	State      string          // 完好, 破损 …: an open list
	Authority  DepartmentCode  // 主管部门
	Owner      DepartmentCode  // 权属单位
	Maintainer DepartmentCode  // 养护单位
	Point      Coord           // where it stands; for a line or patch a point on it
	Shape      *Shape          // nil for a point
	Attributes json.RawMessage // in snapshots only those duty rows ask for, as texts; PostGIS holds all
}

// Key names the asset in all its versions.
func (a *Asset) Key() AssetKey { return AssetKey{a.ID, a.Category.Standard} }

// Own is what every asset says of itself by the keys that duty rows ask it for; ok is false
// for any other key, which names one of its attributes.
func (a *Asset) Own(key string) (value string, ok bool) {
	switch key {
	case "id":
		return string(a.ID), true
	case "standard":
		return a.Category.Standard, true
	case "category":
		return a.Category.Code, true
	case "name":
		return a.Name, true
	case "state":
		return a.State, true
	case "authority":
		return string(a.Authority), true
	case "owner":
		return string(a.Owner), true
	case "maintainer":
		return string(a.Maintainer), true
	}
	return "", false
}
