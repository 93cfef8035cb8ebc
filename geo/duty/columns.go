package duty

import (
	"slices"
	"strings"
)

// The columns of the tables, in the order they are written. A file may have them in any
// order, leave out those it does not use, and name them in Chinese: see [Column].
var (
	RuleColumns = []string{
		"id", "priority", "standard", "kind", "category", "condition", "layer", "area", "where", "asset", "asset_where",
		"valid_from", "valid_until", "hours", "assign", "helpers", "deadline", "deadline_unit", "basis", "note",
	}
	StandardColumns = []string{
		"standard", "kind", "category", "condition", "condition_text", "class", "limit", "unit", "close_condition", "basis",
		"valid_from", "valid_until",
	}
	CalendarColumns  = []string{"kind", "from", "until", "hours", "note"}
	GroupColumns     = []string{"kind", "code", "name", "member_layer", "member"}
	PostColumns      = []string{"group", "area", "line", "role", "person", "phone", "shift", "valid_from", "valid_until"}
	CrosswalkColumns = []string{"from_standard", "from_kind", "from_code", "to_standard", "to_kind", "to_code"}
)

// Column is the column that a heading means among columns: its name in any case, or one of
// its Chinese names; not known when it means none of them.
func Column(heading string, columns []string) (column string, known bool) {
	name := strings.ToLower(strings.TrimSpace(half(heading)))
	for _, meant := range append([]string{name}, chinese()[name]...) {
		if slices.Contains(columns, meant) {
			return meant, true
		}
	}
	return "", false
}

// chinese says which columns a Chinese heading may mean: the first that the table has.
func chinese() map[string][]string {
	return map[string][]string{
		"编号": {"id", "code"}, "优先级": {"priority"}, "标准": {"standard"}, "类型": {"kind"},
		"类别": {"category"}, "立案条件": {"condition_text", "condition"}, "条件代码": {"condition"},
		"图层": {"layer"}, "区域": {"area"}, "条件": {"where"}, "部件要求": {"asset"}, "部件条件": {"asset_where"},
		"生效日期": {"valid_from"}, "失效日期": {"valid_until"}, "时段": {"hours", "shift"},
		"责任单位": {"assign"}, "配合单位": {"helpers"}, "时限": {"deadline", "limit"}, "时限单位": {"deadline_unit", "unit"},
		"依据": {"basis"}, "备注": {"note"},

		"等级": {"class"}, "区域等级": {"class"}, "结案条件": {"close_condition"},

		"开始日期": {"from", "valid_from"}, "结束日期": {"until", "valid_until"}, "工作时间": {"hours"},

		"编码": {"code"}, "名称": {"name"}, "成员图层": {"member_layer"}, "成员": {"member"},

		"网格": {"group"}, "路段": {"line"}, "角色": {"role"}, "姓名": {"person"}, "电话": {"phone"}, "班次": {"shift"},

		"原标准": {"from_standard"}, "原类型": {"from_kind"}, "原代码": {"from_code"},
		"新标准": {"to_standard"}, "新类型": {"to_kind"}, "新代码": {"to_code"},
	}
}
