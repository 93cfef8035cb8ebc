package index

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"hash"
	"math"

	"gridwarden/geo"
)

// ContentHash is a hash of everything the view shows: the edition, layers, areas, assets,
// departments, categories and tables of duty, each in its own order. It does not depend on the changes
// that led here, nor on position or history. It walks the whole view.
func (s *Snapshot) ContentHash() [32]byte {
	w := digest{to: sha256.New()}
	w.number(int64(s.edition.Number), s.edition.PublishedAt.UnixMicro(), s.edition.EffectiveFrom.UnixMicro())
	w.text(s.edition.Note)
	w.number(int64(len(s.atlas.layers)))
	for _, l := range s.atlas.layers {
		w.layer(&l.Layer)
		w.number(int64(l.byCode.tree.Len()))
		for a := range s.Areas(l.Name, "") {
			w.area(a)
		}
	}
	w.number(int64(s.AssetCount()))
	for a := range s.Assets(geo.AssetKey{}) {
		w.asset(&a)
	}
	w.number(int64(len(s.departments)))
	for i := range s.departments {
		w.department(&s.departments[i])
	}
	w.number(int64(len(s.categories)))
	for i := range s.categories {
		w.category(&s.categories[i])
	}
	duty, _ := json.Marshal(s.duty) // texts and numbers always marshal
	w.text(string(duty))
	w.flush()
	return [32]byte(w.to.Sum(nil))
}

// digest writes values so that different content gives different bytes: numbers in eight
// bytes, texts after their length, lists after their count.
type digest struct {
	to     hash.Hash
	buffer []byte
}

func (w *digest) flush() {
	w.to.Write(w.buffer)
	w.buffer = w.buffer[:0]
}

func (w *digest) number(values ...int64) {
	for _, v := range values {
		w.buffer = binary.BigEndian.AppendUint64(w.buffer, uint64(v))
	}
	if len(w.buffer) > 1<<15 {
		w.flush()
	}
}

func (w *digest) text(values ...string) {
	for _, v := range values {
		w.number(int64(len(v)))
		w.buffer = append(w.buffer, v...)
	}
}

func (w *digest) float(v float64) { w.number(int64(math.Float64bits(v))) }

func (w *digest) layer(l *geo.Layer) {
	w.text(string(l.Name), l.Title, string(l.Kind), string(l.Parent), string(l.Visibility), l.Authority, string(l.Lock))
	w.number(int64(l.Rank))
	w.float(l.Reach)
	w.float(l.SmallestArea)
	w.float(l.LargestArea)
}

func (w *digest) area(a *geo.Area) {
	w.number(int64(a.ID), int64(a.From))
	w.text(string(a.Layer), string(a.Code), a.Name, string(a.Department), string(a.Parent),
		string(a.Attributes), string(a.Side), a.Class, string(a.InputHash[:]))
	w.float(a.Reach)
	w.shape(&a.Shape)
}

func (w *digest) asset(a *geo.Asset) {
	w.number(int64(a.Version))
	w.text(string(a.ID), a.Category.Standard, string(a.Category.Kind), a.Category.Code, a.Name, a.State,
		string(a.Authority), string(a.Owner), string(a.Maintainer), string(a.Attributes))
	w.path([]geo.Coord{a.Point})
	shape := a.Shape
	if shape == nil {
		shape = &geo.Shape{}
	}
	w.shape(shape)
}

func (w *digest) shape(s *geo.Shape) {
	w.number(int64(len(s.Polygons)), int64(len(s.Lines)))
	for _, polygon := range s.Polygons {
		w.number(int64(len(polygon)))
		for _, ring := range polygon {
			w.path(ring)
		}
	}
	for _, line := range s.Lines {
		w.path(line)
	}
}

func (w *digest) path(path []geo.Coord) {
	w.number(int64(len(path)))
	for _, c := range path {
		w.number(int64(c.X)<<32 | int64(uint32(c.Y)))
	}
}

func (w *digest) department(d *geo.Department) {
	w.text(string(d.Code), d.Name, string(d.Parent), d.Kind, string(d.Successor), d.ValidUntil.String())
	w.number(int64(len(d.Aliases)))
	w.text(d.Aliases...)
}

func (w *digest) category(c *geo.Category) {
	w.text(c.Standard, string(c.Kind), c.Code, c.Name, c.NameEN, c.Parent, c.Family, c.Source, c.Confidence, string(c.Visibility))
}
