package index

import "gridwarden/geo"

// Bytes is about the memory the view holds in bytes, without the small tables.
func (s *Snapshot) Bytes() int64 {
	n := s.assets.bytes()
	for _, l := range s.atlas.layers {
		if l.directory != nil {
			n += l.directory.bytes()
		}
		l.byCode.tree.Scan(func(_ geo.AreaCode, e *entry) bool {
			n += entryBytes + int64(len(e.area.Code)+len(e.area.Name)+len(e.area.Attributes)) + e.figure.bytes()
			if zooms := e.zooms.Load(); zooms != nil {
				n += zoomsBytes + int64(len(*zooms))
			}
			return true
		})
	}
	return n
}

// What one area or loose asset takes beside its shape and texts: the value itself and its
// places in three trees, whose nodes are about two thirds full.
const (
	entryBytes = 280 + 72 + 150
	zoomsBytes = 24
	looseBytes = 192 + 72 + 170
)

func (s *assets) bytes() int64 {
	n := s.packed.bytes() + int64(len(s.hidden.pages))<<(pageBits-3)
	s.byKey.tree.Scan(func(_ string, e *looseAsset) bool {
		n += looseBytes + int64(2*len(e.asset.ID)+len(e.asset.Name)+len(e.asset.Attributes))
		if e.shape != nil {
			n += e.figure.bytes()
		}
		return true
	})
	return n
}

// bytes is the shape with its slices, and the outline over it.
func (f *figure) bytes() int64 {
	n := int64(f.shape.Vertices()) * 8
	for _, p := range f.shape.Polygons {
		n += 24 + 24*int64(len(p))
	}
	n += 24 * int64(len(f.shape.Lines))
	if f.outline != nil {
		n += f.outline.bytes()
	}
	return n
}
