package chinese

// duty are the sentences of geo/duty: what is wrong with a cell of a duty row or of the
// tables beside it.
var duty = map[string]string{
	"column %q: %s": "“%s”列：%s",
	"the text has more than %d characters, the most that is kept":                           "文字超过 %d 个字的上限",
	"the code has %d bytes where %d are the most":                                           "代码有 %d 字节，最多 %d 字节",
	"%q holds a sign that cannot be seen, such as a line break; take it out":                "%q 中有看不见的字符（如换行符），请删除",
	"%q holds a sign that cannot be seen; take it out":                                      "%q 中有看不见的字符，请删除",
	"the cell is blank: every row needs it":                                                 "此格为空，每行都须填写",
	"%q has * within it: write it once, at the end of a prefix such as 330103*":             "%q 中间有 *：* 只能写一次，放在前缀的末尾，如 330103*",
	"%q is named twice: name it once":                                                       "%q 重复，请只写一次",
	"%q is not known here: write one of %s":                                                 "无法识别 %q，请填写以下之一：%s",
	"%s is the serial number a spreadsheet has for a date: write it as 2026-07-01":          "%s 是电子表格的日期序号，请写成 2026-07-01 的形式",
	"%q is not a date: write 2026-07-01":                                                    "%q 不是日期，请写成 2026-07-01 的形式",
	"%s is before %s, where the row begins":                                                 "%s 早于该行的生效日期 %s",
	"a unit stands beside it and no number: write how many":                                 "填了时限单位却没有数字，请填写数字",
	"%q is not a time: write a number above 0, at most %d":                                  "%q 不是时限，请填写大于 0 且不超过 %d 的数字",
	"a number without its unit: write one of natural_day, urgent_hour, work_day, work_hour": "填了数字却没有时限单位，请填写 natural_day（自然日）、urgent_hour（紧急工作时）、work_day（工作日）或 work_hour（工作时）",

	// What a row names.
	"there is no layer and no kind of group %q: import it first, or correct the cell": "没有图层或分组类型 %q，请先导入，或修改此格",
	"%s has no area %s":             "%s 中没有区域 %s",
	"whose code begins with \"%s\"": "（编码以“%s”开头）",
	"there is no category of the standard %q: import the categories first, or correct the cell":                      "没有标准 %q 的类别，请先导入类别，或修改此格",
	"there is no family %q; if it is a code, name its standard":                                                      "没有同族名称 %q；如果是代码，请填写其标准",
	"%s has no category or family %s":                                                                                "%s 中没有类别或同族名称 %s",
	"the filing standards of %s have no condition %q":                                                                "%s 的立案标准中没有立案条件 %q",
	"there is no layer %q whose departments could answer: import it first, or correct the cell":                      "没有图层 %q，无法由其所属单位负责；请先导入，或修改此格",
	"the row refers to itself: %s is the one who answers and cannot be its own helper":                               "%s 已是责任单位，不能同时作自己的配合单位",
	"the category %q is a code, and one code means different things in different standards: name the standard":       "类别 %q 是代码，同一代码在不同标准中含义不同，请填写标准",
	"%q is the beginning of a family's name: name the family whole, or a standard and a prefix of its codes":         "%q 只是同族名称的开头，请填写完整的同族名称，或填写标准和代码前缀",
	"the condition %q belongs to a category: name that too":                                                          "立案条件 %q 属于某个类别，请同时填写类别",
	"the area %q lies in a layer: name that too":                                                                     "区域 %q 属于某个图层，请同时填写图层",
	"the row is for places without an asset, and this asks for one":                                                  "该行只用于没有部件的地点，此格却要求有部件",
	"the row is for places without an asset, and %s is a body of one":                                                "该行只用于没有部件的地点，而 %s 是部件的单位",
	"the id has %d characters where %d are the most":                                                                 "编号有 %d 个字，最多 %d 个",
	"%q is not a priority: write a whole number between -%d and %d; smaller goes first":                              "%q 不是优先级，请填写 -%d 到 %d 之间的整数，小的在前",
	"%q names nobody: write asset.maintainer, asset.owner, asset.authority, layer:NAME, department:CODE or fallback": "%q 没有指明责任单位，请填写 asset.maintainer（养护单位）、asset.owner（权属单位）、asset.authority（主管部门）、layer:图层、department:代码或 fallback（属地兜底）",
	"%q is not a condition: write key=value, several joined by ;":                                                    "%q 不是条件，请写成“项目=值”，多个条件以 ; 分隔",
	"%q is asked for twice: write its values as %s=a|b":                                                              "%q 出现两次，请把几个值写成 %s=甲|乙",

	// The tables beside.
	"%q is no code: a filing standard names one category":                                                                    "%q 不是代码：立案标准只对应一个类别",
	"the cell is blank: write component or matter":                                                                           "此格为空，请填写 component（部件）或 matter（事项）",
	"a season says when is worked: write hours such as workday 08:00-12:00;workday 14:00-18:00":                              "作息期须写明工作时段，如 workday 08:00-12:00;workday 14:00-18:00",
	"only a season has hours: a %s is whole days":                                                                            "只有作息期有时段，%s 按整天计",
	"the row refers to itself: the old code and the new are the same":                                                        "新旧代码相同",
	"%q is no place: write the kind of group or the layer, a colon, and the code, such as duty:Z-7 or grids:330103001001001": "%q 不是地点，请写成“分组类型或图层:编码”，如 duty:Z-7 或 grids:330103001001001",
	"%d of group, area and line are filled: a post is at exactly one":                                                        "分组、区域、线填了 %d 项，岗位只能对应其中一项",
}
