package chinese

// access are the sentences of gridwarden/geo/access.
var access = map[string]string{
	"the roles %s and %s exclude each other: make two keys, for two people":                 "角色 %s 与 %s 不能兼任，请分别建两枚密钥，由两人持有",
	"there is no role %q: there are %s":                                                     "没有角色 %q，可用的角色有 %s",
	"the role %s goes with no other but %s, not with %s: make two keys, for two people":     "角色 %s 只能与 %s 兼任，不能与 %s 兼任，请分别建两枚密钥，由两人持有",
	"a key needs a name: say whose it is":                                                   "请填写密钥的名称，说明由谁使用",
	"the key would have expired already, at %s":                                             "所填有效期 %s 已过，请改填以后的时间",
	"this is not a key: a key looks like gw_…_… and is shown once by gridwarden key create": "这不是密钥；密钥形如 gw_…_…，由 gridwarden key create 创建时显示一次",
	"the key %s was revoked at %s: ask for a new one":                                       "密钥 %s 已于 %s 吊销，请向管理员申请新的密钥",
	"the key %s expired at %s: ask for a new one":                                           "密钥 %s 已于 %s 到期，请向管理员申请新的密钥",
	"this key is not known here":                                                            "没有这枚密钥，请检查后重新输入",
	"the key %s lacks the right to %s: it needs the role %s":                                "密钥 %s 没有“%s”权限，需要 %s 角色；请联系管理员，或换用其他密钥登录",

	"Right read":           "查看内部信息",
	"Right see restricted": "查看受限图层",
	"Right measure":        "查看运行指标",
	"Right report":         "上报",
	"Right dispatch":       "派遣",
	"Right plan":           "规划",
	"Right publish":        "发布",
	"Right people":         "查看人员姓名和电话",
	"Right deliver":        "消息推送",
	"Right keys":           "密钥管理",
	"Right audit":          "查看审计日志",
}
