package index

// AssetKeys are the attributes that assets have here, sorted: those duty rows ask for. The
// slice is shared: read only.
func (s *Snapshot) AssetKeys() []string { return s.assetKeys }
