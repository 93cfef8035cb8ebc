package index

import "gridwarden/geo"

// What things take in a view, measured: the values, the slices they are in, and their
// places in trees, tables and directories.
const (
	areaTakes   = 650 // beside its vertices and texts
	vertexTakes = 16  // eight of them the coordinate, one its zoom, the others the directory or outline over it
	assetTakes  = 36  // beside its texts
	shapeTakes  = 600 // an asset that is more than a point, beside its vertices
)

// Estimate is about the memory in bytes that a view of a size will take, to be known before
// it is taken. While it is made it takes up to twice as much.
func Estimate(z geo.Size) int64 {
	return z.Areas*areaTakes + z.Vertices*vertexTakes + z.Assets*assetTakes + z.Shapes*shapeTakes + z.Text
}

// Size is how much the view holds. It walks all of it.
func (s *Snapshot) Size() geo.Size {
	var z geo.Size
	for _, l := range s.atlas.layers {
		for a := range s.Areas(l.Name, "") {
			z.Areas++
			z.Vertices += int64(a.Shape.Vertices())
			z.Text += int64(len(a.Code) + len(a.Name) + len(a.Attributes))
		}
	}
	for a := range s.Assets(geo.AssetKey{}) {
		z.Assets++
		z.Text += int64(len(a.ID) + len(a.Name))
		if a.Shape != nil {
			z.Shapes++
			z.Vertices += int64(a.Shape.Vertices())
		}
	}
	return z
}
