package main

import (
	"gridwarden/geo"
	"gridwarden/geo/index"
	"gridwarden/geo/planning"
)

// names finds categories and departments by the way files write them. Finding departments
// is for one goroutine at a time.
type names struct {
	view     *index.Snapshot
	bodies   *planning.Matcher
	written  map[geo.CategoryKey]string // by standard, kind and name: the code; empty when two have it
	old      map[geo.CategoryKey]bool   // categories that a crosswalk leads from
	families map[string]bool
}

func newNames(view *index.Snapshot) *names {
	n := &names{view, planning.NewMatcher(view.Departments(), nil), map[geo.CategoryKey]string{}, map[geo.CategoryKey]bool{}, map[string]bool{}}
	for _, c := range view.Categories() {
		n.families[c.Family] = true
		key := geo.CategoryKey{Standard: c.Standard, Kind: c.Kind, Code: c.Name}
		if _, twice := n.written[key]; twice {
			n.written[key] = ""
			continue
		}
		n.written[key] = c.Code
	}
	for _, c := range view.Duty().Crosswalk {
		n.old[c.From] = true
	}
	return n
}

// category is the key with a code in place of a name; as it is where it is neither. A code
// of old stays: routing crosses it.
func (n *names) category(key geo.CategoryKey) (found geo.CategoryKey, known bool) {
	if _, known := n.view.Category(key); known || n.old[key] {
		return key, true
	}
	if code := n.written[key]; code != "" {
		return geo.CategoryKey{Standard: key.Standard, Kind: key.Kind, Code: code}, true
	}
	return key, false
}

// department is the code of a body; the text itself where it is nobody's.
func (n *names) department(text string) geo.DepartmentCode {
	if code, known := n.bodies.Code(text); known {
		return code
	}
	return geo.DepartmentCode(text)
}
