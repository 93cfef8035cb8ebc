package duty

import (
	"strings"

	"gridwarden/geo"
)

// Assign is whom a row names.
type Assign struct {
	To         AssignTo
	Layer      geo.LayerName      // of ToLayer
	Department geo.DepartmentCode // of ToDepartment
}

// AssignTo is the way in which a row names somebody.
type AssignTo string

const (
	ToMaintainer AssignTo = "asset.maintainer"
	ToOwner      AssignTo = "asset.owner"
	ToAuthority  AssignTo = "asset.authority"
	ToLayer      AssignTo = "layer"      // the department of the area there
	ToDepartment AssignTo = "department" // the one named
	ToFallback   AssignTo = "fallback"
)

// ParseAssign reads asset.maintainer, asset.owner, asset.authority, layer:NAME,
// department:CODE or fallback.
func ParseAssign(cell string) (Assign, error) {
	word, name, _ := strings.Cut(strings.Replace(cell, "：", ":", 1), ":")
	name = strings.TrimSpace(name)
	switch to := AssignTo(strings.TrimSpace(word)); {
	case name == "" && (to == ToMaintainer || to == ToOwner || to == ToAuthority || to == ToFallback):
		return Assign{To: to}, nil
	case name != "" && to == ToLayer:
		return Assign{To: to, Layer: geo.LayerName(name)}, nil
	case name != "" && to == ToDepartment:
		return Assign{To: to, Department: geo.DepartmentCode(name)}, nil
	}
	return Assign{}, geo.Errorf(geo.Faulty, "%q names nobody: write asset.maintainer, asset.owner, asset.authority, layer:NAME, department:CODE or fallback", cell)
}
