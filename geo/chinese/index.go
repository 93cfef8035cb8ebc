package chinese

// index are the sentences of gridwarden/geo/index.
var index = map[string]string{
	"%d requests wait already for changes that this server does not have yet; try again in a moment": "已有 %d 个请求在等待最新数据，请稍后重试",
}
