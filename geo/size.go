package geo

// Size is how much a view holds, told before it is made.
type Size struct {
	Areas    int64
	Assets   int64
	Shapes   int64 // of the assets those that are more than a point
	Vertices int64 // of areas and assets
	Text     int64 // bytes of the codes, names and attributes of areas, and the ids and names of assets
}
