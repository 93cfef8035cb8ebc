package geo

// Size is how much a view holds, told before it is made.
type Size struct {
	Areas    int64 `json:"areas"`
	Assets   int64 `json:"assets"`
	Shapes   int64 `json:"shapes"`     // of the assets those that are more than a point
	Vertices int64 `json:"vertices"`   // of areas and assets
	Text     int64 `json:"text_bytes"` // bytes of the codes, names and attributes of areas, and the ids and names of assets
}
