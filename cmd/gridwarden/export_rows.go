package main

import (
	"cmp"
	"context"
	"io"
	"slices"
	"strconv"
	"time"

	"gridwarden/geo"
	"gridwarden/geo/ingest"
	"gridwarden/geo/postgis"
)

func columnsOf(texts ...string) (all []ingest.Column) {
	for _, name := range texts {
		all = append(all, ingest.Column{Name: name})
	}
	return all
}

// exportAreas writes the areas of layers into a file.
func exportAreas(ctx context.Context, c *call) error {
	e := &export{what: "areas"}
	e.register(c, "`NAME` of the layer, or several separated by commas")
	if err := c.parse(); err != nil {
		return err
	}
	names := fields[geo.LayerName](e.layers)
	if len(names) == 0 {
		return usagef("--layer NAME is missing")
	}
	return c.exporting(ctx, e, func(ctx context.Context, e *export, x *postgis.Exports, out io.Writer) error {
		layers, err := x.Layers(ctx)
		if err != nil {
			return err
		}
		lines := false
		for _, name := range names {
			if err := hasLayer(layers, name); err != nil {
				return err
			}
			lines = lines || layers[slices.IndexFunc(layers, func(l geo.Layer) bool { return l.Name == name })].Kind == geo.Lines
		}
		columns := append(columnsOf("layer", "code", "name", "department", "parent"),
			ingest.Column{Name: "since_edition", Number: true}, ingest.Column{Name: "area_m2", Number: true})
		if lines {
			columns = append(columns, ingest.Column{Name: "class"}, ingest.Column{Name: "side"}, ingest.Column{Name: "reach_m", Number: true})
		}
		if err := e.begin(out, columns); err != nil {
			return err
		}
		err = x.Areas(ctx, names, func(a *geo.Area) error {
			values := []string{string(a.Layer), string(a.Code), a.Name, string(a.Department), string(a.Parent), strconv.FormatInt(int64(a.From), 10), decimal(a.Shape.SquareMetres())}
			if lines {
				values = append(values, a.Class, string(a.Side), decimal(a.Reach))
			}
			return e.write(&ingest.Feature{Shape: &a.Shape, Values: values, Attributes: a.Attributes})
		})
		return cmp.Or(err, e.into.Close())
	})
}

// decimal writes a measure to a hundredth, "" for zero.
func decimal(v float64) string {
	if v == 0 {
		return ""
	}
	return strconv.FormatFloat(v, 'f', 2, 64)
}

// exportAssets writes all assets into a file, with all their attributes.
func exportAssets(ctx context.Context, c *call) error {
	e := &export{what: "assets"}
	e.register(c, "`NAMES` of layers separated by commas: each is a column with the code of the area that an asset lies in")
	c.flags.BoolVar(&e.restricted, "restricted", false, "also assets of restricted categories")
	if err := c.parse(); err != nil {
		return err
	}
	return c.exporting(ctx, e, func(ctx context.Context, e *export, x *postgis.Exports, out io.Writer) error {
		places, hidden, err := e.surroundings(ctx, x)
		if err != nil {
			return err
		}
		columns := columnsOf("standard", "kind", "category", "id", "name", "state", "authority", "owner", "maintainer")
		if err := e.begin(out, append(columns, places.columns()...)); err != nil {
			return err
		}
		err = x.Assets(ctx, func(a *geo.Asset) error {
			if e.leaves(hidden, a.Category) {
				return nil
			}
			values := []string{
				a.Category.Standard, string(a.Category.Kind), a.Category.Code, string(a.ID), a.Name, a.State,
				string(a.Authority), string(a.Owner), string(a.Maintainer),
			}
			return e.write(&ingest.Feature{Point: &a.Point, Shape: a.Shape, Values: append(values, places.at(&a.Point)...), Attributes: a.Attributes})
		})
		return cmp.Or(err, e.into.Close())
	})
}

// exportReports writes all reports into a file, as they stand now and without what people
// wrote in them. An edition says by whose areas they are placed.
func exportReports(ctx context.Context, c *call) error {
	e := &export{what: "reports"}
	e.register(c, "`NAMES` of layers separated by commas: each is a column with the code of the area that a report lies in")
	c.flags.BoolVar(&e.restricted, "restricted", false, "also reports of restricted categories")
	if err := c.parse(); err != nil {
		return err
	}
	return c.exporting(ctx, e, func(ctx context.Context, e *export, x *postgis.Exports, out io.Writer) error {
		places, hidden, err := e.surroundings(ctx, x)
		if err != nil {
			return err
		}
		columns := append(columnsOf("id", "source", "external_id", "reported_at", "received_at", "state", "lead", "standard", "kind", "category", "family", "condition", "asset"),
			ingest.Column{Name: "accuracy_m", Number: true}, ingest.Column{Name: "address"}, ingest.Column{Name: "backfilled", Number: true})
		if err := e.begin(out, append(columns, places.columns()...)); err != nil {
			return err
		}
		told := func(t time.Time) string { return t.In(c.settings.zone).Format(time.RFC3339) }
		err = x.Reports(ctx, func(r *geo.Report, lead geo.DepartmentCode) error {
			if e.leaves(hidden, r.Category) {
				return nil
			}
			values := []string{
				string(r.ID), r.Source, r.ExternalID, told(r.ReportedAt), told(r.ReceivedAt), string(r.State), string(lead),
				r.Category.Standard, string(r.Category.Kind), r.Category.Code, r.Family, r.Condition, string(r.Asset),
				decimal(r.Accuracy), r.Address, strconv.FormatBool(r.Backfilled),
			}
			return e.write(&ingest.Feature{Point: r.Point, Values: append(values, places.at(r.Point)...)})
		})
		return cmp.Or(err, e.into.Close())
	})
}

// surroundings are where things lie, and the names of the categories that are restricted.
func (e *export) surroundings(ctx context.Context, x *postgis.Exports) (*places, map[geo.CategoryKey]string, error) {
	categories, err := x.Categories(ctx)
	if err != nil {
		return nil, nil, err
	}
	hidden := map[geo.CategoryKey]string{}
	for _, k := range categories {
		if k.Visibility == geo.Restricted {
			hidden[k.CategoryKey] = k.Name
		}
	}
	places, err := e.places(ctx, x)
	return places, hidden, err
}
