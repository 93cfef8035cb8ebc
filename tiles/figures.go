package tiles

import (
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"maps"
	"slices"

	"gridwarden/geo"
	"gridwarden/geo/index"
)

// Figures are numbers for each area of the coverages, by which a map colours it: how many
// assets, and how many open reports, lie there. They do not change.
type Figures struct {
	version string
	of      map[geo.LayerName]map[geo.AreaCode]*Figure
}

// Figure are the numbers of one area.
type Figure struct{ Assets, Reports Number }

// Number is how many there are, and of each category, in the order of the categories.
type Number struct {
	All uint64
	Of  []CategoryNumber
}

// CategoryNumber is how many there are of one category.
type CategoryNumber struct {
	Category geo.CategoryKey
	Count    uint64
}

// Spot is a place and the category of what is there.
type Spot struct {
	At       geo.Coord
	Category geo.CategoryKey
}

// NewFigures counts the assets of a view and the open reports given. What lies exactly on a
// border is counted where look-ups find it.
func NewFigures(s *index.Snapshot, reports []Spot) *Figures {
	f := &Figures{of: map[geo.LayerName]map[geo.AreaCode]*Figure{}}
	c := counter{figures: f}
	for _, l := range s.Layers() {
		if l.Kind == geo.Coverage {
			c.layers = append(c.layers, l.Name)
			f.of[l.Name] = map[geo.AreaCode]*Figure{}
		}
	}
	c.finder = s.Finder(c.layers...)
	c.number = func(g *Figure) *Number { return &g.Assets }
	for a := range s.AssetsIn(s.AssetBounds()) {
		c.add(Spot{a.Point, a.Category})
	}
	c.flush()
	c.number = func(g *Figure) *Number { return &g.Reports }
	for _, r := range reports {
		c.add(r)
	}
	c.flush()
	f.version = f.hash()
	return f
}

// Of are the numbers of an area; nil where nothing is counted.
func (f *Figures) Of(layer geo.LayerName, code geo.AreaCode) *Figure {
	if f == nil {
		return nil
	}
	return f.of[layer][code]
}

// Version is the same for figures with the same numbers.
func (f *Figures) Version() string {
	if f == nil {
		return ""
	}
	return f.version
}

// counter counts spots in some thousands at a time.
type counter struct {
	figures *Figures
	layers  []geo.LayerName
	finder  *index.Finder
	number  func(*Figure) *Number
	points  []geo.Coord
	kinds   []geo.CategoryKey
	areas   []*geo.Area
}

func (c *counter) add(s Spot) {
	c.points, c.kinds = append(c.points, s.At), append(c.kinds, s.Category)
	if len(c.points) == 4096 {
		c.flush()
	}
}

func (c *counter) flush() {
	n := len(c.layers)
	c.areas = slices.Grow(c.areas[:0], n*len(c.points))[:n*len(c.points)]
	c.finder.All(c.points, c.areas)
	for i, kind := range c.kinds {
		for k, layer := range c.layers {
			if a := c.areas[i*n+k]; a != nil {
				of := c.figures.of[layer]
				if of[a.Code] == nil {
					of[a.Code] = &Figure{}
				}
				c.number(of[a.Code]).add(kind)
			}
		}
	}
	c.points, c.kinds = c.points[:0], c.kinds[:0]
}

func (n *Number) add(kind geo.CategoryKey) {
	n.All++
	at, known := slices.BinarySearchFunc(n.Of, kind, func(o CategoryNumber, k geo.CategoryKey) int { return compareCategories(o.Category, k) })
	if !known {
		n.Of = slices.Insert(n.Of, at, CategoryNumber{Category: kind})
	}
	n.Of[at].Count++
}

func compareCategories(a, b geo.CategoryKey) int {
	return cmp.Or(cmp.Compare(a.Standard, b.Standard), cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Code, b.Code))
}

// hash is the same for the same numbers.
func (f *Figures) hash() string {
	h := sha256.New()
	var b []byte
	for _, layer := range slices.Sorted(maps.Keys(f.of)) {
		for _, code := range slices.Sorted(maps.Keys(f.of[layer])) {
			b = append(append(append(append(b[:0], layer...), 0), code...), 0)
			for _, n := range []Number{f.of[layer][code].Assets, f.of[layer][code].Reports} {
				b = binary.AppendUvarint(b, n.All)
				for _, o := range n.Of {
					b = append(append(append(append(b, o.Category.Standard...), 0), o.Category.Kind...), 0)
					b = binary.AppendUvarint(append(append(b, o.Category.Code...), 0), o.Count)
				}
			}
			h.Write(b)
		}
	}
	return hex.EncodeToString(h.Sum(nil)[:8])
}
