package chinese

// tiles are the sentences of gridwarden/tiles.
var tiles = map[string]string{
	"tiles have no field %q: use %s":                "瓦片没有字段 %q，可用的有：%s",
	"the tile was not ready in time; ask again: %w": "瓦片未能及时生成，请重试：%s",
}
