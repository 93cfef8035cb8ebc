package main

// columnHelp says which columns the file of an import of duty has, and what they may hold;
// empty for other commands.
func columnHelp(command string) string {
	const any = `
Columns may stand in any order and be left out where they are not marked *; a heading that
means none of them is refused. Chinese headings and words are read too. The file is CSV as
spreadsheets write it, in UTF-8, GBK, GB18030 or UTF-16.
`
	const whole = `
The table becomes what the file says: rows no longer in it end and are listed; more than
5 % of the table only with --allow-end; with --merge none. It is published as an edition.
`
	switch command {
	case "import rules":
		return ruleHelp + whole + any
	case "import standards":
		return `Columns (标准, 类型, 类别, 条件代码, 立案条件, 等级, 时限, 时限单位, 结案条件, 依据, 生效日期, 失效日期):
  standard* kind* category*  the category, one code; kind is component or matter
  condition condition_text   the code of the condition to file a case, and its words
  class                      of the place: A, B, C, or 严管, 控制, 一般; empty: any
  limit* unit*               how long handling may take; unit as deadline_unit of import rules
  close_condition basis      when it is done; the law or document
  valid_from valid_until     days as 2026-07-01, the last one included; lines of the same
                             category, condition and class may not overlap
` + whole + any
	case "import calendar":
		return `Columns (类型, 开始日期, 结束日期, 时段, 备注):
  kind*         season (working hours of its days), holiday (days not worked), or workday
                (Saturdays and Sundays that are worked instead)
  from* until   days as 2026-07-01, the last one included; empty until: the one day
  hours         of a season: workday 08:00-12:00;workday 14:00-18:00
  note
` + whole + any
	case "import groups":
		return `Columns, a row for each member (类型, 编码, 名称, 成员图层, 成员):
  kind*                  management, duty, evaluation (管理网格, 责任网格, 评价网格) or your own
  code* name             of the group
  member_layer* member*  an area, which is in at most one group of a kind
Groups over two communities (evaluation: streets), groups in pieces, and areas in no group
of a kind are told.
` + whole + any
	case "import posts":
		return `Columns (网格, 区域, 路段, 角色, 姓名, 电话, 班次, 生效日期, 失效日期):
  group area line          exactly one: KIND:CODE of a group, LAYER:CODE of an area or line
  role* person*  phone     who; told only to keys with that right
  shift                    hours as in import rules; empty: always
  valid_from valid_until   days as 2026-07-01, the last one included
The posts become what the file says; others end. No edition is made.
` + any
	case "import crosswalk":
		return `Columns, all needed (原标准, 原类型, 原代码, 新标准, 新类型, 新代码):
  from_standard* from_kind* from_code*  the old code, once
  to_standard* to_kind* to_code*        the category it means today
` + whole + any
	}
	return ""
}

const ruleHelp = `Columns (编号, 优先级, 标准, 类型, 类别, 立案条件, 图层, 区域, 条件, 部件要求, 部件条件, 生效日期,
失效日期, 时段, 责任单位, 配合单位, 时限, 时限单位, 依据, 备注):
  id*                      of the row, for ever, 64 characters at most
  priority                 a whole number, smaller goes first; empty: 100
  standard kind category   a code; the beginning of codes, 0100*; or a family, 井盖, which
                           needs no standard; kind is component or matter; empty: any
  condition                its code in the filing standards
  layer area               a layer or a kind of group, and a code or 330103* in it
  where                    answers of the report: position=pavement|kerb;inside_fence=yes
  asset asset_where        must or no; attributes of the asset as in where, or id=ID
  valid_from valid_until   days as 2026-07-01, the last one included
  hours                    Mon-Fri 08:00-18:00;workday 20:00-02:00;holiday; empty: always
  assign*                  asset.maintainer, asset.owner, asset.authority, layer:NAME,
                           department:CODE or fallback
  helpers                  departments, separated by ;
  deadline deadline_unit   a number of urgent_hour, work_hour, work_day or natural_day;
                           empty: the filing standard's
  basis note               the law or document; anything
Departments are codes, names or aliases. Every layer, area, category and department named
must be there.
`
