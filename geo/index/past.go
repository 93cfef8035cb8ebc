package index

import (
	"unsafe"

	"gridwarden/geo"
)

// SharesAssets tells whether two views have one packing of assets, which is most of what a
// view's assets take.
func (s *Snapshot) SharesAssets(o *Snapshot) bool { return s.assets.packed == o.assets.packed }

// Thrifty is the same view as it takes less memory: with its assets packed anew where those
// that came loose take more than a packing of all would.
func (s *Snapshot) Thrifty() (*Snapshot, error) {
	if int64(s.assets.points)*looseBytes <= s.assets.packed.bytes() {
		return s, nil
	}
	return s.Repacked()
}

// Beyond is about the memory in bytes that the view holds and another does not: of views
// that went on from one another what differs. It walks the codes of both.
func (s *Snapshot) Beyond(o *Snapshot) int64 {
	n := s.assets.beyond(o.assets)
	for _, l := range s.atlas.layers {
		if other := o.atlas.layer(l.Name); l != other {
			n += l.beyond(other)
		}
	}
	return n
}

// What an entry that changed makes anew of the three trees, measured: leaves have room for
// many, and neighbours share them. Never more than the trees themselves.
const (
	leafBytes = 700
	treeBytes = 150
)

func (l *layer) beyond(o *layer) int64 {
	if o == nil {
		o = newLayer(l.Layer)
	}
	n := int64(len(l.slots)) * int64(unsafe.Sizeof(slot{}))
	if l.directory != o.directory && l.directory != nil {
		n += l.directory.beyond(o.directory)
	}
	anew := int64(0)
	l.byCode.tree.Scan(func(code geo.AreaCode, e *entry) bool {
		other := o.find(code)
		if e == other {
			return true
		}
		anew++
		n += int64(unsafe.Sizeof(*e))
		if other == nil || other.area != e.area {
			n += int64(unsafe.Sizeof(*e.area)) + int64(len(e.area.Code)+len(e.area.Name)+len(e.area.Attributes)) + e.figure.bytes()
		}
		return true
	})
	return n + min(anew*leafBytes, int64(l.byCode.tree.Len())*treeBytes)
}

// beyond is the sheets that another directory does not have, and the list of all.
func (d *directory) beyond(o *directory) int64 {
	n := int64(len(d.sheets)) * int64(unsafe.Sizeof(sheet{}))
	for j := range d.height {
		for i := range d.width {
			s, other := d.sheets[j*d.width+i], o.sheet(d.west+i, d.south+j)
			if len(s.words) > 0 && (len(other.words) == 0 || &s.words[0] != &other.words[0]) {
				n += s.bytes()
			}
		}
	}
	return n
}

func (s *sheet) bytes() int64 {
	n := int64(len(s.words)) * 4
	for i := range s.parts {
		n += int64(unsafe.Sizeof(sheet{})) + s.parts[i].bytes()
	}
	return n
}

func (s *assets) beyond(o *assets) (n int64) {
	if s == o {
		return 0
	}
	if s.packed != o.packed {
		n += s.packed.bytes()
	}
	for i, page := range s.hidden.pages {
		if page != nil && (i >= len(o.hidden.pages) || o.hidden.pages[i] != page) {
			n += 1 << (pageBits - 3)
		}
	}
	s.byKey.tree.Scan(func(key string, e *looseAsset) bool {
		if other, _ := o.byKey.tree.Get(key); other != e {
			n += looseBytes + int64(2*len(e.asset.ID)+len(e.asset.Name))
			if e.shape != nil {
				n += e.figure.bytes()
			}
		}
		return true
	})
	return n
}
