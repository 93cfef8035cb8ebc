package chinese

// words are the sentences of gridwarden/geo.
var words = map[string]string{
	"%q is not a date: write 2026-07-01 or 20260701":                                                             "%q 不是日期，请写成 2026-07-01 或 20260701",
	"%q is not a layer name: use small letters, digits, - and _, starting with a letter, 63 at most, e.g. grids": "%q 不能作图层名：请以小写字母开头，只用小写字母、数字、- 和 _，最多 63 个字符，例如 grids",
	"%s, feature %d": "%s 第 %d 个要素",
	"%s, line %d":    "%s 第 %d 行",
	"%s: %s":         "%s：%s",
	"latitude %v is outside -90…90: longitude and latitude seem to be swapped; the order is longitude, latitude": "纬度 %v 超出 -90 至 90，经纬度可能写反了：应先写经度，再写纬度",
	"the coordinate %v, %v is not a finite number":                                                               "坐标 %v, %v 不是有效的数字，请检查后重新填写",
	"the coordinate %v, %v is outside longitude -180…180, latitude -90…90":                                       "坐标 %v, %v 超出范围：经度为 -180 至 180，纬度为 -90 至 90",
	"the layer name %q is taken by the assets; choose another":                                                   "图层名 %q 已用于部件，请另取一个",
	"the report %s of %s is here already, as %s: correct that one":                                               "%[2]s 的上报 %[1]s 此前已收到，编号为 %[3]s，请在那一件上更正",
	"the shape is empty": "图形是空的，请重新绘制",
	"the shape is more than 214 degrees wide; a shape that crosses the antimeridian must be cut there (RFC 7946, 3.1.9)": "图形跨度超过 214 度；跨越 180 度经线的图形须在该处断开（RFC 7946 第 3.1.9 节）",
}
