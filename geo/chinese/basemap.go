package chinese

// basemap are the sentences of gridwarden/tiles/basemap.
var basemap = map[string]string{
	"tianditu asks for a key: apply for one of the kind for servers (服务端) at console.tianditu.gov.cn and give it": "天地图需要密钥，请在 console.tianditu.gov.cn 申请“服务端”类型的密钥",
	"the base map has no layer %d: it has %d":                       "底图没有第 %d 层，共有 %d 层",
	"the base map has no tile %d/%d/%d: it goes from zoom %d to %d": "底图没有瓦片 %d/%d/%d，级别为 %d 至 %d",
	"%q is no base map: write none, tianditu, a file .pmtiles, or addresses of tiles with {z}, {x} and {y} such as https://tiles.example/{z}/{x}/{y}.png": "%q 不是底图，请用 none、tianditu、.pmtiles 文件，或含有 {z}、{x}、{y} 的瓦片地址，例如 https://tiles.example/{z}/{x}/{y}.png",
	"the address %q asks for a key: give it":                            "底图地址 %q 需要密钥，请提供",
	"the address %q cannot be asked: write it with https:// and a host": "底图地址 %q 无法访问，请写成 https:// 加主机名",
	"the base map of %s cannot be reached":                              "连接不上 %s 的底图，请稍后重试，或联系系统管理员",
	"the base map of %s did not answer within %v: %w":                   "%s 的底图在 %v 内没有应答，请稍后重试%.0s",
	"the base map was not there in time: %w":                            "底图未能及时取到，请稍后重试%.0s",
	"the base map of %s %s":                                             "%s 的底图%s",
	"answered %d: its key is wrong, used up or not for this server":     "应答 %d：密钥有误、已用完或不适用于本服务器，请系统管理员检查",
	"answered %d":                                       "应答 %d，请稍后重试",
	"sent a tile of more than %d MB":                    "发来的瓦片超过 %d MB，请系统管理员检查地址",
	"sent no image: its address or key may be wrong":    "发来的不是图片，地址或密钥可能有误，请系统管理员检查",
	"sends to another host, where nothing is asked for": "转到了另一主机，未予采用，请系统管理员检查地址",
}
