package chinese

// delivery are the sentences of gridwarden/geo/delivery.
var delivery = map[string]string{
	"%q is no host for webhooks: write HOST, HOST:PORT or http://HOST:PORT":                                "%q 不能作推送主机，请写成 HOST、HOST:PORT 或 http://HOST:PORT",
	"this server sends to no webhooks: start it with --webhook-hosts HOST[:PORT],…":                        "本服务器没有开启消息推送，请系统管理员以 --webhook-hosts HOST[:PORT],… 启动",
	"webhooks may not be sent to %s: only to the hosts that the server was started with (--webhook-hosts)": "不能推送到 %s，只能推送到系统管理员允许的主机（--webhook-hosts）",
	"the url cannot be read: write https://HOST/PATH":                                                      "推送地址无法读取，请写成 https://HOST/PATH",
	"the url is none of https: write https://HOST/PATH":                                                    "推送地址须用 https，请写成 https://HOST/PATH",
	"the url holds a user or password; the signature proves who sends":                                     "推送地址中不能有用户名或密码，请去掉；发送方由签名证明",
	"the url holds a #, which is never sent":                                                               "推送地址中不能有 #，请去掉",
	"the host of the url cannot be read: write a name in letters a-z (punycode for others) or an address":  "推送地址的主机名无法读取，请用英文字母的域名（中文域名用 punycode）或 IP 地址",
}
