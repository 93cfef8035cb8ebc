package postgis

import (
	"cmp"
	"context"
	"reflect"
	"slices"

	"github.com/jackc/pgx/v5"

	"gridwarden/geo"
)

// Outcome counts what an import of departments or categories did, or would do.
type Outcome struct{ Read, Added, Changed, Unchanged int }

// merge sorts what is given into new, changed and equal by key. What is there and not
// given stays. The same key given twice is Invalid.
func merge[K comparable, V any](there, given []V, key func(V) K, name func(K) string) (put []V, ended []K, out Outcome, err error) {
	open := make(map[K]V, len(there))
	for _, v := range there {
		open[key(v)] = v
	}
	seen := make(map[K]bool, len(given))
	out.Read = len(given)
	for _, v := range given {
		k := key(v)
		if seen[k] {
			return nil, nil, out, geo.Errorf(geo.Invalid, "%s is given twice; keep one row", name(k))
		}
		seen[k] = true
		old, exists := open[k]
		switch {
		case !exists:
			out.Added++
		case reflect.DeepEqual(old, v):
			out.Unchanged++
			continue
		default:
			out.Changed++
			ended = append(ended, k)
		}
		put = append(put, v)
	}
	return put, ended, out, nil
}

// ImportDepartments merges departments by code: new ones begin, different ones get a new
// version, those not given stay. A parent or successor that is not there, a circle, more
// than three levels or a code given twice is Invalid and nothing is written.
func (s *Store) ImportDepartments(ctx context.Context, given []geo.Department, dryRun bool) (out Outcome, err error) {
	err = s.write(ctx, "importing departments", dryRun, func(tx pgx.Tx) error {
		if err := takeTurn(ctx, tx, lockBodies); err != nil {
			return err
		}
		var now geo.Changes
		if err := readDepartments(ctx, tx, span{}, &now); err != nil {
			return err
		}
		code := func(d geo.Department) geo.DepartmentCode { return d.Code }
		put, ended, counted, err := merge(now.Departments, withoutEmptyAliases(given), code, func(c geo.DepartmentCode) string { return "the department " + string(c) })
		if err != nil {
			return err
		}
		if err := checkTree(now.Departments, put); err != nil {
			return err
		}
		out = counted
		if len(put) == 0 {
			return nil
		}
		return putDepartments(ctx, tx, put, ended)
	})
	if err != nil {
		return Outcome{}, err
	}
	return out, nil
}

// withoutEmptyAliases makes departments comparable with those read from the database.
func withoutEmptyAliases(given []geo.Department) []geo.Department {
	out := slices.Clone(given)
	for i := range out {
		if len(out[i].Aliases) == 0 {
			out[i].Aliases = nil
		}
	}
	return out
}

// checkTree looks at the departments as they would be.
func checkTree(there, put []geo.Department) error {
	all := make(map[geo.DepartmentCode]geo.Department, len(there)+len(put))
	for _, d := range slices.Concat(there, put) {
		all[d.Code] = d
	}
	for _, d := range put {
		if d.Code == "" || d.Name == "" {
			return geo.Errorf(geo.Invalid, "the department %q (%s) needs a code and a name", d.Code, d.Name)
		}
		if d.Successor != "" {
			if _, exists := all[d.Successor]; !exists || d.Successor == d.Code {
				return geo.Errorf(geo.Invalid, "the department %s names %s as its successor, which is no other department", d.Code, d.Successor)
			}
		}
	}
	for _, d := range all { // all: a moved department moves those below it
		level := 1
		for at := d; at.Parent != ""; level++ {
			parent, exists := all[at.Parent]
			if !exists {
				return geo.Errorf(geo.Invalid, "the department %s names %s as its parent, which does not exist", at.Code, at.Parent)
			}
			if level == 3 {
				return geo.Errorf(geo.Invalid, "the department %s stands more than three levels deep, or in a circle: %s is above %s", d.Code, parent.Code, at.Code)
			}
			at = parent
		}
	}
	return nil
}

const endDepartmentsSQL = `UPDATE departments SET ended = $1 WHERE ended IS NULL AND code = ANY($2)`

const beginDepartmentSQL = `
INSERT INTO departments (code, name, parent, kind, aliases, successor, valid_until, begun)
VALUES ($1, $2, $3, $4, coalesce($5::text[], '{}'), $6, nullif($7, '')::date, $8)`

func putDepartments(ctx context.Context, tx pgx.Tx, put []geo.Department, ended []geo.DepartmentCode) error {
	change := newChange()
	if _, err := tx.Exec(ctx, endDepartmentsSQL, [16]byte(change), ended); err != nil {
		return err
	}
	var batch pgx.Batch
	for _, d := range put {
		batch.Queue(beginDepartmentSQL, string(d.Code), d.Name, string(d.Parent), d.Kind, d.Aliases, string(d.Successor), d.ValidUntil.String(), [16]byte(change))
	}
	if err := tx.SendBatch(ctx, &batch).Close(); err != nil {
		return err
	}
	_, err := record(ctx, tx, change, "departments", "")
	return err
}

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
		return putCategories(ctx, tx, put, ended)
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

func putCategories(ctx context.Context, tx pgx.Tx, put []geo.Category, ended []geo.CategoryKey) error {
	change := newChange()
	var batch pgx.Batch
	for _, k := range ended {
		batch.Queue(endCategorySQL, [16]byte(change), k.Standard, string(k.Kind), k.Code)
	}
	for _, c := range put {
		batch.Queue(beginCategorySQL, c.Standard, string(c.Kind), c.Code, c.Name, c.NameEN, c.Parent, c.Family, c.Source, c.Confidence, string(c.Visibility), [16]byte(change))
	}
	if err := tx.SendBatch(ctx, &batch).Close(); err != nil {
		return err
	}
	_, err := record(ctx, tx, change, "categories", "")
	return err
}
