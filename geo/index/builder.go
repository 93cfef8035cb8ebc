package index

import (
	"cmp"
	"slices"
	"sync/atomic"

	"gridwarden/geo"
)

// Builder makes a view whose assets come one by one and are packed while they come, so
// that they are never all held as values. Make one with
// [NewBuilder]; it is used once, by one goroutine.
type Builder struct {
	profiles catalogue
	texts    texts
	chunks   [][]row // each sorted but the last
	loose    loose   // those with a shape
}

// row is one asset that is a point on its way into the columns.
type row struct {
	z             uint64
	version       geo.AssetVersion
	profile, text uint32
}

func compareRows(a, b row) int { return cmp.Compare(a.z, b.z) }

const chunkRows = 1 << 16

// NewBuilder is a builder without assets.
func NewBuilder() *Builder { return &Builder{loose: newLoose()} }

// Asset takes one asset in, of which it keeps the shape alone. The texts of all of them
// together are TooLarge beyond four gigabytes; of two with one key or version the second
// is a Conflict, told now or by View.
func (b *Builder) Asset(a *geo.Asset) error {
	if a.Shape != nil {
		return b.loose.insert(a)
	}
	text, err := b.texts.put(string(a.ID), a.Name)
	if err != nil {
		return err
	}
	last := len(b.chunks) - 1
	if last < 0 || len(b.chunks[last]) == chunkRows {
		if last++; last > 0 {
			slices.SortFunc(b.chunks[last-1], compareRows)
			b.chunks = append(b.chunks, make([]row, 0, chunkRows))
		} else {
			b.chunks = append(b.chunks, nil)
		}
	}
	b.chunks[last] = append(b.chunks[last], row{zkey(a.Point), a.Version, b.profiles.of(a), text})
	return nil
}

// View is the view of everything in c, which must lead from the empty view, and of the
// assets that came. The builder is used up.
func (b *Builder) View(c *geo.Changes) (*Snapshot, error) {
	assets, err := b.assets()
	if err != nil {
		return nil, err
	}
	start := Empty()
	start.assets, start.assetKeys = assets, c.AssetKeys
	return start.Apply(c)
}

// assets are all that came, the points packed.
func (b *Builder) assets() (*assets, error) {
	p, err := b.pack()
	if err != nil {
		return nil, err
	}
	all := &assets{packed: p, loose: b.loose}
	b.loose.byKey.tree.Scan(func(_ string, e *looseAsset) bool {
		err = all.free(&e.asset)
		return err == nil
	})
	if err != nil {
		return nil, err
	}
	return all, nil
}

// pack sorts the points into columns.
func (b *Builder) pack() (*packed, error) {
	if len(b.chunks) > 0 {
		slices.SortFunc(b.chunks[len(b.chunks)-1], compareRows)
	}
	n := 0
	for _, c := range b.chunks {
		n += len(c)
	}
	table, renumbered := b.profiles.sorted(b.chunks)
	p := &packed{
		spots: make([]spot, n),
		bits:  make([]uint8, n),
		text:  b.texts.close(),
		table: table,
		veils: new(atomic.Pointer[[]*veil]),
	}
	i := 0
	mergeRows(b.chunks, func(r *row) {
		profile := renumbered[r.profile]
		p.spots[i], p.bits[i] = spot{r.version, unzkey(r.z), profile, r.text}, table.bits[profile]
		i++
	})
	b.chunks = nil // what is below takes as much
	if err := p.gather(); err != nil {
		return nil, err
	}
	p.plant()
	return p, p.order()
}

// gather puts the texts in the order of the points, so that who reads those of a place
// reads one stretch of memory.
func (b *packed) gather() error {
	var t texts
	for i := range b.spots {
		id, name := record(b.text, b.spots[i].text)
		place, err := t.put(string(id), name)
		if err != nil {
			return err
		}
		b.spots[i].text = place
	}
	b.text = t.close()
	return nil
}

// mergeRows gives the rows of sorted chunks in the order of all.
func mergeRows(chunks [][]row, yield func(*row)) {
	heap := make([][]row, 0, len(chunks)) // the chunk with the least first row is first
	for _, c := range chunks {
		if len(c) > 0 {
			heap = append(heap, c)
		}
	}
	for i := len(heap)/2 - 1; i >= 0; i-- {
		sink(heap, i)
	}
	for len(heap) > 0 {
		yield(&heap[0][0])
		if heap[0] = heap[0][1:]; len(heap[0]) == 0 {
			heap[0] = heap[len(heap)-1]
			heap = heap[:len(heap)-1]
		}
		sink(heap, 0)
	}
}

// sink moves the chunk at i down to its place in the heap.
func sink(heap [][]row, i int) {
	for {
		least := 2*i + 1
		if least >= len(heap) {
			return
		}
		if right := least + 1; right < len(heap) && heap[right][0].z < heap[least][0].z {
			least = right
		}
		if heap[i][0].z <= heap[least][0].z {
			return
		}
		heap[i], heap[least] = heap[least], heap[i]
		i = least
	}
}
