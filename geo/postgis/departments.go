package postgis

import (
	"context"
	"slices"

	"github.com/jackc/pgx/v5"

	"gridwarden/geo"
)

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
		at, err := putDepartments(ctx, tx, put, ended)
		if err != nil {
			return err
		}
		return did(ctx, tx, "import departments", "", nil, changeOf(out, at, column(put, func(d *geo.Department) string { return string(d.Code) })))
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

func putDepartments(ctx context.Context, tx pgx.Tx, put []geo.Department, ended []geo.DepartmentCode) (geo.Position, error) {
	change := newChange()
	if _, err := tx.Exec(ctx, endDepartmentsSQL, [16]byte(change), ended); err != nil {
		return geo.Position{}, err
	}
	var batch pgx.Batch
	for _, d := range put {
		batch.Queue(beginDepartmentSQL, string(d.Code), d.Name, string(d.Parent), d.Kind, d.Aliases, string(d.Successor), d.ValidUntil.String(), [16]byte(change))
	}
	if err := tx.SendBatch(ctx, &batch).Close(); err != nil {
		return geo.Position{}, err
	}
	return record(ctx, tx, change, "departments", "")
}
