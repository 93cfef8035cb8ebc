package geo

// AreaVersion is an area as it was over a span of editions.
type AreaVersion struct {
	Area  *Area   // From is the first edition
	Until Edition // the first that it no longer holds in; 0: it holds in the newest
}
