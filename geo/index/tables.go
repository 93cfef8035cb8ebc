package index

import (
	"cmp"
	"slices"

	"gridwarden/geo"
)

// Department is the department of a code.
func (s *Snapshot) Department(c geo.DepartmentCode) (geo.Department, bool) {
	return find(s.departments, geo.Department{Code: c}, byDepartment)
}

// Departments are all departments by code, those that ended included. The slice is shared:
// read only.
func (s *Snapshot) Departments() []geo.Department { return s.departments }

// Category is the category of a key.
func (s *Snapshot) Category(k geo.CategoryKey) (geo.Category, bool) {
	return find(s.categories, geo.Category{CategoryKey: k}, byCategory)
}

// Categories are all categories by standard, kind and code. The slice is shared: read only.
func (s *Snapshot) Categories() []geo.Category { return s.categories }

func byDepartment(a, b geo.Department) int { return cmp.Compare(a.Code, b.Code) }

func byCategory(a, b geo.Category) int { return compareKeys(a.CategoryKey, b.CategoryKey) }

func compareKeys(a, b geo.CategoryKey) int {
	return cmp.Or(
		cmp.Compare(a.Standard, b.Standard),
		cmp.Compare(a.Kind, b.Kind),
		cmp.Compare(a.Code, b.Code),
	)
}

func endedDepartments(c *geo.Changes) []geo.Department {
	ended := make([]geo.Department, len(c.DepartmentsEnded))
	for i, code := range c.DepartmentsEnded {
		ended[i].Code = code
	}
	return ended
}

func endedCategories(c *geo.Changes) []geo.Category {
	ended := make([]geo.Category, len(c.CategoriesEnded))
	for i, key := range c.CategoriesEnded {
		ended[i].CategoryKey = key
	}
	return ended
}

func find[T any](sorted []T, key T, compare func(a, b T) int) (T, bool) {
	if i, found := slices.BinarySearchFunc(sorted, key, compare); found {
		return sorted[i], true
	}
	var none T
	return none, false
}

// merge is the sorted rows without those of the keys ended, and with the changed ones added
// or put in place of those of the same key; of several with one key the last counts. These
// tables are short, so a change copies them whole.
func merge[T any](sorted, ended, changed []T, compare func(a, b T) int) []T {
	if len(ended)+len(changed) == 0 {
		return sorted
	}
	all := slices.DeleteFunc(slices.Clone(sorted), func(row T) bool {
		return slices.ContainsFunc(ended, func(e T) bool { return compare(e, row) == 0 })
	})
	all = append(all, changed...)
	slices.SortStableFunc(all, compare)
	kept := all[:0]
	for i, row := range all {
		if i+1 == len(all) || compare(row, all[i+1]) != 0 {
			kept = append(kept, row)
		}
	}
	return slices.Clip(kept)
}
