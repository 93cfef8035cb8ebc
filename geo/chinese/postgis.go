package chinese

// postgis are the sentences of gridwarden/geo/postgis. What was being done when the database
// failed is left to the log.
var postgis = map[string]string{
	"%s failed": "操作未能完成%.0s，请稍后重试",
	"the database does not answer (%s); see that it runs and try again":                                                                "数据库没有应答，请稍后重试；仍无应答请联系系统管理员%.0s",
	"a value cannot be stored (%s): a text holds a NUL or broken character, or a number is out of range":                               "有内容无法保存：文字中有空字符或乱码，或数字超出范围，请检查后重试%.0s",
	"the database took too long (%s); try again":                                                                                       "数据库处理超时，请重试%.0s",
	"the database takes no writes now (%s): it is read-only, or a standby; try again in a moment, or have --database name the primary": "数据库暂时不能写入（只读或备用），请稍后重试；系统管理员可用 --database 改连主库%.0s",
	"the database refuses this user (%s); the user must own the database, and PostGIS must be installed in it":                         "数据库拒绝了本服务的用户，请联系系统管理员：该用户须为数据库所有者，且数据库须装有 PostGIS%.0s",
	"the database has no gridwarden schema (%s); run \"gridwarden migrate\"":                                                           "数据库尚未初始化，请系统管理员运行 gridwarden migrate%.0s",
	"somebody else wrote at the same time (%s); try again":                                                                             "他人正在同时写入，请重试%.0s",
	"the database is not available (%s); see that it runs and try again":                                                               "数据库暂不可用，请稍后重试；仍不可用请联系系统管理员%.0s",
	"the database does not let this user in, or is not there (%s); check the database URL":                                             "数据库不存在或不允许本服务登录，请系统管理员检查数据库地址%.0s",

	"there is no version %d of any asset":                                                                        "没有版本 %d 的部件",
	"EPSG:%d is not a coordinate system that PostGIS knows":                                                      "不认识坐标系 EPSG:%d，请检查编号",
	"the coordinate %v, %v has no place in EPSG:%d; check the coordinate system and the order easting, northing": "坐标 %v, %v 不在 EPSG:%d 的范围内，请检查坐标系，以及是否先写东坐标、再写北坐标",

	// Reports
	"there is no report %s":                 "没有编号为 %s 的上报",
	"there is no report %s of %s":           "没有来自 %[2]s、编号为 %[1]s 的上报",
	"there is no report %s to merge into":   "要并入的 %s 不存在，请检查编号",
	"a report cannot be merged into itself": "不能并入自身，请填写另一件",
	"the report %s is %s and takes no other: file this one by itself, or merge it into one that is open":   "%s 已%s，不能再并入他件；请单独受理，或并入未结的案件",
	"the report %s is in round %d now, so round %d cannot follow: read it again":                           "%s 已派遣到第 %d 轮，不能再作第 %d 轮派遣，请查看最新内容",
	"the report %s is %s and stays with whom it was":                                                       "%s 已%s，责任单位不再变动",
	"a report is routed anew for a return that is %s":                                                      "回退的状态为“%s”时才重新派遣",
	"the request with the key %q still runs: wait for its answer":                                          "Idempotency-Key 为 %q 的请求仍在处理，请等待结果",
	"the key %q was used for another request: take a new key for each, and the same one only to repeat it": "Idempotency-Key %q 已用于另一请求；每个请求请用新的，只有重试时才用同一个",

	// Returns and rulings
	"there is no return %d":                                                            "没有第 %d 号回退",
	"the return does not say which department it is of":                                "请填写是哪个单位申请回退",
	"a return needs a reason: say why it is not the department's":                      "请填写回退理由，说明为何不属本单位",
	"the report %s is not with the department %s now, so it cannot return it":          "%[1]s 现不由单位 %[2]s 负责，该单位不能回退",
	"the department %s has returned the report %s already; a dispatcher has to decide": "单位 %s 已就 %s 申请回退，请等待裁定",
	"a return that is %s routes the report anew":                                       "“%s”的回退须重新派遣",
	"the return %d was decided before: it is %s":                                       "第 %d 号回退已有结果：%s",
	"there is no ruling %s in force":                                                   "没有有效的裁定 %s",
	"the ruling %s was made before; give the new one another id":                       "裁定 %s 已存在，请另取编号",
	"the ground of the ruling is not a valid patch of land: draw it without crossings": "裁定的地面画得不对，边线不能交叉，请重新绘制",
	"a ruling names the department that shall answer":                                  "裁定须指明由哪个单位负责",

	// Drafts
	"there is no edition %d to base a draft on: take the newest":                                                "没有可作为草案依据的第 %d 版，请以最新版次为依据",
	"there is a draft %s already":                                                                               "草案 %s 已存在",
	"there is no draft %s":                                                                                      "没有草案 %s，可能已被删除",
	"the draft has no edit %d: they go from 1 to %d":                                                            "草案没有第 %d 项修改，序号为 1 至 %d",
	"the draft has not so many edits that %d could be in force":                                                 "草案没有 %d 项修改，请查看最新内容",
	"a draft has a time to be published when it is scheduled or held, and otherwise none":                       "只有待发布或暂缓发布的草案才有发布时间",
	"the draft was published as edition %d and changes no more: make a new one":                                 "草案已发布为第 %d 版，不能再修改，请新建草案",
	"the draft was discarded%s and changes no more: make a new one":                                             "草案已%s废弃，不能再修改，请新建草案",
	"the draft was changed meanwhile%s, at %s: it is at version %d, this was made of version %d; read it again": "草案在 %[2]s 已%[1]s修改：现为第 %[3]d 稿，您改的是第 %[4]d 稿，请查看最新内容后再改",
	" by %s": "由%s",

	// Editions
	"edition %d is there no longer":                                                                                        "第 %d 版已不存在",
	"sequence %d is not in the past of %d":                                                                                 "第 %d 号变更不在第 %d 号之前",
	"there is no edition %d, and none at all yet":                                                                          "没有第 %d 版，系统尚未发布任何版次",
	"there is no edition %d: they go from 1 to %d, the newest":                                                             "没有第 %d 版，版次为第 1 版至第 %d 版（最新）",
	"edition %d was published meanwhile, this was made from edition %d: do it again from the newest":                       "期间已发布第 %d 版，而此项操作依据的是第 %d 版，请在最新版次上重做",
	"an edition answers from the moment it is published, and %s is still to come: schedule the draft for that time":        "新版次自发布时起生效，而 %s 尚未到来，请将草案定时到那时发布",
	"an edition that holds from %s, before it is published, needs the document that says so: give its number":              "新版次自 %s 起生效，早于发布时间，请填写作为依据的文件的文号",
	"the layer %s has areas of another kind and cannot become %s: give the new layer another name":                         "图层 %s 中是另一种区域，不能改为“%s”，请给新图层另取名称",
	"the smallest area of the layer %s, %g m², is larger than its largest, %g m²: change one of them":                      "图层 %s 的最小面积 %g 平方米大于最大面积 %g 平方米，请改其中一个",
	"%d of the %d areas to replace have ended already: do it again from the newest edition":                                "所替换的 %[2]d 个区域中有 %[1]d 个已终止，请在最新版次上重做",
	"%d areas belong to layers that do not exist":                                                                          "有 %d 个区域所属的图层不存在",
	"an area would be in its layer twice: its code is already taken by an area that does not end":                          "有区域的编码已被同一图层的其他区域占用，请换一个编码",
	"the shape of area %s in layer %s is not valid for PostGIS: %s":                                                        "图层 %[2]s 中区域 %[1]s 的图形无效，请修正（%[3]s）",
	"an area has an empty shape":                                                                                           "有区域的图形是空的，请重新绘制",
	"an area of a line layer needs lines, of any other layer polygons":                                                     "线图层的区域应为线，其他图层的区域应为面，请重新绘制",
	"%s: %s is there twice; keep one":                                                                                      "%s：%s 有两行，请只留一行",
	"%s: a row names a layer that does not exist":                                                                          "%s：有一行所填的图层不存在，请改正",
	"%s: a row cannot be stored: it lacks what it needs, a word in it is none of those known, or it ends before it begins": "%s：有一行无法保存：缺少必填项，或有不认识的词，或终止早于开始，请检查",

	// Keys and webhooks
	"there is a key %s already":              "密钥 %s 已存在",
	"the key would expire before it is made": "密钥的有效期早于创建时间，请改填以后的时间",
	"there is no key %s":                     "没有密钥 %s",
	"there is no such session":               "登录已失效，请重新登录",
	"there is a webhook at this address already; end it first to get another secret": "此地址已有推送；要更换签名密钥，请先终止现有推送",
	"there is no webhook %s":               "没有编号为 %s 的推送",
	"the webhook %s has no dead letter %d": "推送 %s 没有第 %d 号未送达消息",
}
