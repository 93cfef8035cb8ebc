package chinese

// filter are the sentences of gridwarden/geo/filter.
var filter = map[string]string{
	"the filter has %d bytes; %d are the most: ask for less at once": "筛选条件有 %d 字节，最多 %d 字节，请分几次查询",
	"the filter is not UTF-8": "筛选条件不是 UTF-8 编码，请转换后重试",
	"the filter cannot be read at character %d: %s where %s was expected": "筛选条件第 %d 个字符处有误：%s，应为 %s",
	"it ends":                "到此结束",
	"there is the text '%s'": "此处是文字 '%s'",
	`there is "%s"`:          `此处是 "%s"`,
	"there is %s":            "此处是 %s",
	"AND, OR or the end":     "AND、OR 或结尾",
	"AND, OR or )":           "AND、OR 或 )",
	"IN or LIKE":             "IN 或 LIKE",
	"=, <>, IN, NOT IN, LIKE, NOT LIKE, IS NULL or IS NOT NULL": "=、<>、IN、NOT IN、LIKE、NOT LIKE、IS NULL 或 IS NOT NULL",
	"a property":               "属性名",
	"one of the properties %s": "以下属性之一：%s",
	"a text in single quotes":  "单引号中的文字",
	", or )":                   "逗号或 )",
	"the filter cannot be read at character %d: it is nested deeper than %d":                                                                             "筛选条件第 %d 个字符处嵌套超过 %d 层，请写得简单些",
	`the filter cannot be read at character %d: a pattern is 'beginning%%', with its only %% at its end and no _; for a plain %% or _ write \%% or \_`:   `筛选条件第 %d 个字符处有误：匹配应写成 '开头%%'，只能在末尾有一个 %%，不能有 _；要匹配 %% 或 _ 本身请写成 \%% 或 \_`,
	"the filter cannot be read at character %d: %q has no meaning here; conditions are written with =, <>, IN, LIKE and IS NULL, texts in single quotes": "筛选条件第 %d 个字符处的 %q 没有意义；条件用 =、<>、IN、LIKE、IS NULL，文字放在单引号中",
	"the filter cannot be read at character %d: the quote that opens there is never closed":                                                              "筛选条件第 %d 个字符处的引号没有配对，请补上",
}
