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

// String is the cell that [ParseAssign] reads the same from.
func (a Assign) String() string {
	switch a.To {
	case ToLayer:
		return "layer:" + string(a.Layer)
	case ToDepartment:
		return "department:" + string(a.Department)
	}
	return string(a.To)
}

// ParseAssign reads asset.maintainer, asset.owner, asset.authority, layer:NAME,
// department:CODE or fallback, or the same in Chinese: 养护单位, 权属单位, 主管部门,
// 图层：NAME, 部门：CODE, 属地兜底.
func ParseAssign(cell string) (Assign, error) {
	word, name, _ := strings.Cut(strings.Replace(cell, "：", ":", 1), ":")
	name = plain(strings.TrimSpace(name))
	switch to := assignTo(plain(strings.TrimSpace(word))); {
	case name == "" && (to == ToMaintainer || to == ToOwner || to == ToAuthority || to == ToFallback):
		return Assign{To: to}, nil
	case name != "" && to == ToLayer:
		return Assign{To: to, Layer: geo.LayerName(name)}, nil
	case name != "" && to == ToDepartment:
		return Assign{To: to, Department: geo.DepartmentCode(name)}, nil
	}
	return Assign{}, geo.Errorf(geo.Faulty, "%q names nobody: write asset.maintainer, asset.owner, asset.authority, layer:NAME, department:CODE or fallback", cell)
}

// assignTo is a word of the cell; one in Chinese is taken for its plain one.
func assignTo(word string) AssignTo {
	switch word {
	case "养护单位":
		return ToMaintainer
	case "权属单位":
		return ToOwner
	case "主管部门", "主管单位":
		return ToAuthority
	case "图层":
		return ToLayer
	case "部门", "单位":
		return ToDepartment
	case "属地兜底", "兜底":
		return ToFallback
	}
	return AssignTo(word)
}
