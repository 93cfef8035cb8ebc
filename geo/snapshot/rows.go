package snapshot

import (
	"strings"

	"gridwarden/geo"
)

// areaRow is one row of a layer's file. Attributes are JSON written as text: the library's own
// type of it takes documents apart and loses the null ones.
type areaRow struct {
	ID         int64    `parquet:"id"`
	Code       string   `parquet:"code"`
	Name       string   `parquet:"name"`
	Department string   `parquet:"department,dict"`
	Parent     string   `parquet:"parent,dict"`
	Attributes string   `parquet:"attributes,optional"`
	Side       string   `parquet:"side,dict"`
	Reach      float64  `parquet:"reach_m"`
	Class      string   `parquet:"class,dict"`
	From       int64    `parquet:"from_edition"`
	InputHash  [32]byte `parquet:"input_hash"`
	Box        boxRow   `parquet:"bbox"`
	Geometry   []byte   `parquet:"geometry"`
}

type boxRow struct {
	XMin float64 `parquet:"xmin"`
	YMin float64 `parquet:"ymin"`
	XMax float64 `parquet:"xmax"`
	YMax float64 `parquet:"ymax"`
}

// set takes over an area, with its geometry written into the memory of the last one.
func (r *areaRow) set(a *geo.Area, box geo.Box) {
	*r = areaRow{
		ID: int64(a.ID), Code: string(a.Code), Name: a.Name, Department: string(a.Department), Parent: string(a.Parent),
		Attributes: string(a.Attributes), Side: string(a.Side), Reach: a.Reach, Class: a.Class, From: int64(a.From),
		InputHash: a.InputHash,
		Box:       boxRow{box.Min.Lon(), box.Min.Lat(), box.Max.Lon(), box.Max.Lat()},
		Geometry:  appendShape(r.Geometry[:0], &a.Shape),
	}
}

// areasOf are the areas of one row group of a layer's file.
func areasOf(c *columns, layer geo.LayerName) ([]*geo.Area, error) {
	id, from, reach := c.numbers("id"), c.numbers("from_edition"), c.floats("reach_m")
	code, name, department, parent := c.texts("code"), c.texts("name"), c.texts("department"), c.texts("parent")
	attributes, side, class, hash := c.texts("attributes"), c.texts("side"), c.texts("class"), c.hashes("input_hash")
	areas := make([]*geo.Area, c.rows)
	for i := range areas {
		areas[i] = &geo.Area{
			ID: geo.AreaID(id[i]), Layer: layer, Code: geo.AreaCode(code[i]), Name: name[i],
			Department: geo.DepartmentCode(department[i]), Parent: geo.AreaCode(parent[i]),
			Attributes: document(attributes[i]), Side: geo.Side(side[i]), Reach: reach[i], Class: class[i],
			From: geo.Edition(from[i]), InputHash: hash[i],
		}
	}
	c.blobs("geometry", func(i int, b []byte) (err error) {
		areas[i].Shape, err = parseShape(b)
		return err
	})
	return areas, c.err
}

// assetRow is one row of the assets' file. The geometry is always the asset's point; what
// is more than a point has its shape as well.
type assetRow struct {
	Version    int64  `parquet:"version"`
	ID         string `parquet:"id"`
	Standard   string `parquet:"standard,dict"`
	Kind       string `parquet:"kind,dict"`
	Category   string `parquet:"category,dict"`
	Name       string `parquet:"name,dict"`
	State      string `parquet:"state,dict"`
	Authority  string `parquet:"authority,dict"`
	Owner      string `parquet:"owner,dict"`
	Maintainer string `parquet:"maintainer,dict"`
	Attributes string `parquet:"attributes,optional,dict"`
	Geometry   []byte `parquet:"geometry"`
	Shape      []byte `parquet:"shape,optional"`
}

func (r *assetRow) set(a *geo.Asset) {
	*r = assetRow{
		Version: int64(a.Version), ID: string(a.ID), Standard: a.Category.Standard, Kind: string(a.Category.Kind),
		Category: a.Category.Code, Name: a.Name, State: a.State, Authority: string(a.Authority), Owner: string(a.Owner),
		Maintainer: string(a.Maintainer), Attributes: string(a.Attributes), Geometry: appendPoint(r.Geometry[:0], a.Point),
	}
	if a.Shape != nil {
		r.Shape = appendShape(nil, a.Shape)
	}
}

// assetsOf are the assets of one row group.
func assetsOf(c *columns) ([]geo.Asset, error) {
	version, id, name, state := c.numbers("version"), c.texts("id"), c.texts("name"), c.texts("state")
	standard, kind, category := c.texts("standard"), c.texts("kind"), c.texts("category")
	authority, owner, maintainer := c.texts("authority"), c.texts("owner"), c.texts("maintainer")
	attributes := c.texts("attributes")
	assets := make([]geo.Asset, c.rows)
	for i := range assets {
		assets[i] = geo.Asset{
			Version: geo.AssetVersion(version[i]), ID: geo.AssetID(id[i]),
			Category: geo.CategoryKey{Standard: standard[i], Kind: geo.CategoryKind(kind[i]), Code: category[i]},
			Name:     name[i], State: state[i],
			Authority: geo.DepartmentCode(authority[i]), Owner: geo.DepartmentCode(owner[i]), Maintainer: geo.DepartmentCode(maintainer[i]),
			Attributes: document(attributes[i]),
		}
	}
	c.blobs("geometry", func(i int, b []byte) (err error) {
		assets[i].Point, err = parsePoint(b)
		return err
	})
	c.blobs("shape", func(i int, b []byte) error {
		shape, err := parseShape(b)
		a := &assets[i]
		a.Shape = &shape
		a.ID, a.Name = geo.AssetID(strings.Clone(string(a.ID))), strings.Clone(a.Name) // it is held whole: not with its page
		return err
	})
	return assets, c.err
}

// document is the attributes as they are held: nil for none.
func document(text string) []byte {
	if text == "" {
		return nil
	}
	return []byte(text)
}
