package chinese

// crs are the sentences of gridwarden/geo/crs.
var crs = map[string]string{
	"%q is not a coordinate system known here: use OGC:CRS84, EPSG:N (such as EPSG:4549), GCJ-02 or BD-09": "不认识坐标系 %q，请用 OGC:CRS84、EPSG:N（如 EPSG:4549）、GCJ-02 或 BD-09",
	"%s cannot be used here: use OGC:CRS84, GCJ-02 or BD-09":                                               "此处不能用 %s，请用 OGC:CRS84、GCJ-02 或 BD-09",
}
