package postgis

import (
	"cmp"
	"context"
	"slices"

	"github.com/jackc/pgx/v5"

	"gridwarden/geo"
)

// ImportCategories merges categories by standard, kind and code. Where a row says nothing
// about family, source, confidence or visibility, what is there stays. A parent that is no
// class of the same standard and kind is Invalid, as is a key given twice.
func (s *Store) ImportCategories(ctx context.Context, given []geo.Category, dryRun bool) (out Outcome, err error) {
	err = s.write(ctx, "importing categories", dryRun, func(tx pgx.Tx) error {
		if err := takeTurn(ctx, tx, lockBodies); err != nil {
			return err
		}
		var now geo.Changes
		if err := readCategories(ctx, tx, span{}, &now); err != nil {
			return err
		}
		given, err := completeCategories(now.Categories, given)
		if err != nil {
			return err
		}
		put, ended, counted, err := merge(now.Categories, given, func(c geo.Category) geo.CategoryKey { return c.CategoryKey }, categoryName)
		if err != nil {
			return err
		}
		out = counted
		if len(put) == 0 {
			return nil
		}
		at, err := putCategories(ctx, tx, put, ended)
		if err != nil {
			return err
		}
		return did(ctx, tx, "import categories", "", nil, changeOf(out, at, column(put, func(c *geo.Category) string { return c.Standard + " " + c.Code })))
	})
	if err != nil {
		return Outcome{}, err
	}
	return out, nil
}

func categoryName(k geo.CategoryKey) string {
	return "the " + string(k.Kind) + " " + k.Code + " of " + k.Standard
}

// completeCategories fills in what the rows leave open and checks them.
func completeCategories(there, given []geo.Category) ([]geo.Category, error) {
	all := make(map[geo.CategoryKey]geo.Category, len(there)+len(given))
	old := make(map[geo.CategoryKey]geo.Category, len(there))
	for _, c := range there {
		all[c.CategoryKey], old[c.CategoryKey] = c, c
	}
	for _, c := range given {
		all[c.CategoryKey] = c
	}
	out := slices.Clone(given)
	for i := range out {
		c := &out[i]
		was := old[c.CategoryKey]
		c.Family, c.Source, c.Confidence = cmp.Or(c.Family, was.Family), cmp.Or(c.Source, was.Source), cmp.Or(c.Confidence, was.Confidence)
		c.Visibility = cmp.Or(c.Visibility, was.Visibility, geo.Protected)
		if err := checkCategory(*c, all); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func checkCategory(c geo.Category, all map[geo.CategoryKey]geo.Category) error {
	switch {
	case c.Standard == "" || c.Code == "" || c.Name == "":
		return geo.Errorf(geo.Invalid, "%s needs a standard, a code and a name", categoryName(c.CategoryKey))
	case c.Kind != geo.Component && c.Kind != geo.Matter:
		return geo.Errorf(geo.Invalid, "%s is neither a component nor a matter", categoryName(c.CategoryKey))
	case c.Parent == "":
		return nil
	}
	parent, exists := all[geo.CategoryKey{Standard: c.Standard, Kind: c.Kind, Code: c.Parent}]
	if !exists || parent.Parent != "" || c.Parent == c.Code {
		return geo.Errorf(geo.Invalid, "%s names %s as its class, which is no class of that standard and kind", categoryName(c.CategoryKey), c.Parent)
	}
	return nil
}

const endCategorySQL = `UPDATE categories SET ended = $1 WHERE ended IS NULL AND standard = $2 AND kind = $3 AND code = $4`

const beginCategorySQL = `
INSERT INTO categories (standard, kind, code, name, name_en, parent, family, source, confidence, visibility, begun)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`

func putCategories(ctx context.Context, tx pgx.Tx, put []geo.Category, ended []geo.CategoryKey) (geo.Position, error) {
	change := newChange()
	var batch pgx.Batch
	for _, k := range ended {
		batch.Queue(endCategorySQL, [16]byte(change), k.Standard, string(k.Kind), k.Code)
	}
	for _, c := range put {
		batch.Queue(beginCategorySQL, c.Standard, string(c.Kind), c.Code, c.Name, c.NameEN, c.Parent, c.Family, c.Source, c.Confidence, string(c.Visibility), [16]byte(change))
	}
	if err := tx.SendBatch(ctx, &batch).Close(); err != nil {
		return geo.Position{}, err
	}
	return record(ctx, tx, change, "categories", "")
}
