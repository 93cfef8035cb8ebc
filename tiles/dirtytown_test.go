package tiles_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"

	"gridwarden/geo"
	"gridwarden/geo/index"
)

// town is a chain of two layers over one mesh of crooked blocks, and assets, to be edited
// step by step. Each cell of the mesh belongs to a grid, each grid to a block.
type town struct {
	random *rand.Rand
	n      int
	nodes  map[[2]int]geo.Coord // the corners of the cells, and between them two more on each side
	grid   map[[2]int]int       // of each cell
	block  map[int]int          // of each grid
	words  map[string][2]string // name and department of an area, by layer and code
	assets map[geo.AssetID]geo.Asset

	next     int64 // number of a version
	sequence geo.Sequence
	areas    map[string]*geo.Area
}

// fine is in how many steps a side of a cell is drawn.
const fine = 3

const cellSide = 9500 // about 100 m

func newTown(seed uint64, n, assets int) *town {
	c := &town{
		random: rand.New(rand.NewPCG(seed, 7)), n: n, nodes: map[[2]int]geo.Coord{}, grid: map[[2]int]int{}, block: map[int]int{},
		words: map[string][2]string{}, assets: map[geo.AssetID]geo.Asset{}, areas: map[string]*geo.Area{},
	}
	for i := range n*fine + 1 {
		for j := range n*fine + 1 {
			if i%fine == 0 || j%fine == 0 {
				c.nodes[[2]int{i, j}] = c.crooked(i, j)
			}
		}
	}
	for i := range n {
		for j := range n {
			c.grid[[2]int{i, j}] = i*n + j
			c.block[i*n+j] = i/3*n + j/3
		}
	}
	for i := range assets {
		id := geo.AssetID(fmt.Sprintf("%016d", i))
		c.assets[id] = geo.Asset{ID: id, Category: manhole, State: "完好", Point: c.somewhere()}
	}
	return c
}

// crooked is about where a node of the mesh lies.
func (c *town) crooked(i, j int) geo.Coord {
	const step = cellSide / fine
	sway := func() int32 { return c.random.Int32N(step) - step/2 }
	return geo.Coord{X: 1_200_870_000 + int32(i)*step + sway(), Y: 302_040_000 + int32(j)*step + sway()}
}

func (c *town) somewhere() geo.Coord {
	size := int32(c.n * cellSide)
	return geo.Coord{X: 1_200_870_000 + c.random.Int32N(size), Y: 302_040_000 + c.random.Int32N(size)}
}

// box is the ground of the town and a little round it.
func (c *town) box() geo.Box {
	size := int32(c.n * cellSide)
	return geo.Box{
		Min: geo.Coord{X: 1_200_870_000 - cellSide, Y: 302_040_000 - cellSide},
		Max: geo.Coord{X: 1_200_870_000 + size + cellSide, Y: 302_040_000 + size + cellSide},
	}
}

// outline is the border of the cells that are in.
func (c *town) outline(in func(cell [2]int) bool) geo.MultiPolygon {
	is := func(i, j int) bool { return i >= 0 && j >= 0 && i < c.n && j < c.n && in([2]int{i, j}) }
	next := map[[2]int][][2]int{}
	add := func(i, j, k, l int) { next[[2]int{i, j}] = append(next[[2]int{i, j}], [2]int{k, l}) }
	for i := range c.n {
		for j := range c.n {
			if !is(i, j) {
				continue
			}
			if !is(i, j-1) {
				add(i, j, i+1, j)
			}
			if !is(i+1, j) {
				add(i+1, j, i+1, j+1)
			}
			if !is(i, j+1) {
				add(i+1, j+1, i, j+1)
			}
			if !is(i-1, j) {
				add(i, j+1, i, j)
			}
		}
	}
	var shells, holes []geo.Ring
	for _, start := range slices.SortedFunc(maps.Keys(next), func(a, b [2]int) int { return slices.Compare(a[:], b[:]) }) {
		for len(next[start]) > 0 {
			if ring := c.walk(next, start); ring.SignedArea2() > 0 {
				shells = append(shells, ring)
			} else {
				holes = append(holes, ring)
			}
		}
	}
	return nest(shells, holes)
}

// walk follows the border from a corner until it is back.
func (c *town) walk(next map[[2]int][][2]int, start [2]int) (ring geo.Ring) {
	for at := start; len(ring) == 0 || at != start; {
		to := next[at][0]
		next[at] = next[at][1:]
		for k := range fine {
			ring = append(ring, c.nodes[[2]int{at[0]*fine + k*(to[0]-at[0]), at[1]*fine + k*(to[1]-at[1])}])
		}
		at = to
	}
	return ring
}

// nest gives each hole to the smallest shell whose box holds it.
func nest(shells, holes []geo.Ring) geo.MultiPolygon {
	slices.SortFunc(shells, func(a, b geo.Ring) int { return int(a.SignedArea2()>>20 - b.SignedArea2()>>20) })
	var m geo.MultiPolygon
	for _, s := range shells {
		m = append(m, geo.Polygon{s})
	}
	for _, h := range holes {
		for i := range m {
			s := geo.Shape{Polygons: m[i : i+1]}
			hole := geo.Shape{Polygons: geo.MultiPolygon{{h}}}
			if b := s.Box().Union(hole.Box()); b == s.Box() {
				m[i] = append(m[i], h)
				break
			}
		}
	}
	return m
}

// drawn are the areas of the town as it is, by layer and code.
func (c *town) drawn() map[string]*geo.Area {
	all := map[string]*geo.Area{}
	add := func(layer geo.LayerName, number, parent string, in func([2]int) bool) {
		shape := c.outline(in)
		if shape == nil {
			return
		}
		key := string(layer) + number
		all[key] = &geo.Area{Layer: layer, Code: geo.AreaCode(number), Name: c.words[key][0], Department: geo.DepartmentCode(c.words[key][1]),
			Parent: geo.AreaCode(parent), Shape: geo.Shape{Polygons: shape}}
	}
	for g := range c.block {
		add("grids", fmt.Sprintf("%05d", g), fmt.Sprintf("%03d", c.block[g]), func(cell [2]int) bool { return c.grid[cell] == g })
	}
	for b := range c.n * c.n {
		add("blocks", fmt.Sprintf("%03d", b), "", func(cell [2]int) bool { return c.block[c.grid[cell]] == b })
	}
	return all
}

// change is what leads from the town as it was last to how it is; assets are those that
// changed, a deleted one by its id alone.
func (c *town) change(assets ...geo.AssetID) *geo.Changes {
	ch := &geo.Changes{From: geo.Position{Sequence: c.sequence}, To: geo.Position{Sequence: c.sequence + 1}}
	if c.sequence == 0 {
		ch.Layers = []geo.Layer{{Name: "blocks", Kind: geo.Coverage, Rank: 2}, {Name: "grids", Kind: geo.Coverage, Rank: 1, Parent: "blocks"}}
		ch.Departments = []geo.Department{{Code: "D1", Name: "城管一大队"}, {Code: "D2", Name: "城管二大队"}}
		ch.Categories = []geo.Category{{CategoryKey: manhole, Name: "上水井盖"}, {CategoryKey: lamp, Name: "路灯"}}
		assets = slices.Sorted(maps.Keys(c.assets))
	}
	now := c.drawn()
	for _, key := range slices.Sorted(maps.Keys(c.areas)) {
		if now[key] == nil {
			ch.AreasEnded = append(ch.AreasEnded, c.areas[key].ID)
		}
	}
	for _, key := range slices.Sorted(maps.Keys(now)) {
		a, was := now[key], c.areas[key]
		if was != nil {
			if a.ID = was.ID; reflect.DeepEqual(a, was) {
				now[key] = was
				continue
			}
			ch.AreasEnded = append(ch.AreasEnded, was.ID)
		}
		c.next++
		a.ID = geo.AreaID(c.next)
		ch.Areas = append(ch.Areas, a)
	}
	for _, id := range assets {
		a, there := c.assets[id]
		if a.Version != 0 {
			ch.AssetsEnded = append(ch.AssetsEnded, a.Version)
		}
		if !there {
			continue
		}
		if a.State == deleted {
			delete(c.assets, id)
			continue
		}
		c.next++
		a.Version = geo.AssetVersion(c.next)
		c.assets[id] = a
		ch.Assets = append(ch.Assets, a)
	}
	c.areas = now
	c.sequence++
	return ch
}

// reload is the town as it is, as one change from nothing, in which versions have other
// numbers than before.
func (c *town) reload() *geo.Changes {
	all := *c
	all.sequence, all.areas, all.assets = 0, map[string]*geo.Area{}, maps.Clone(c.assets)
	for id, a := range all.assets {
		a.Version = 0
		all.assets[id] = a
	}
	ch := all.change()
	ch.To.Sequence = c.sequence
	return ch
}

// deleted marks an asset that goes with the next change.
const deleted = "deleted"

var lamp = geo.CategoryKey{Standard: manhole.Standard, Kind: geo.Component, Code: "01002"}

// edit does something to the town and gives the change.
func (c *town) edit() (what string, change *geo.Changes) {
	r := c.random
	cell := [2]int{r.IntN(c.n), r.IntN(c.n)}
	name := fmt.Sprint("名 ", r.Int32())
	grid := fmt.Sprintf("grids%05d", c.grid[cell])
	block := fmt.Sprintf("blocks%03d", c.block[c.grid[cell]])
	switch what = []string{"move", "move", "move", "hand over", "split", "merge", "rename", "rename block", "department", "asset", "asset", "asset", "again"}[r.IntN(13)]; what {
	case "move":
		all := slices.SortedFunc(maps.Keys(c.nodes), func(a, b [2]int) int { return slices.Compare(a[:], b[:]) })
		at := all[r.IntN(len(all))]
		c.nodes[at] = c.crooked(at[0], at[1])
	case "hand over":
		c.grid[cell] = c.grid[[2]int{(cell[0] + 1) % c.n, cell[1]}]
	case "split":
		fresh := 10_000 + int(c.sequence)
		c.block[fresh] = c.block[c.grid[cell]]
		c.grid[cell] = fresh
	case "merge":
		from, to := c.grid[cell], c.grid[[2]int{cell[0], (cell[1] + 1) % c.n}]
		for at, g := range c.grid {
			if g == from {
				c.grid[at] = to
			}
		}
	case "rename":
		c.words[grid] = [2]string{name, c.words[grid][1]}
	case "rename block":
		c.words[block] = [2]string{name, c.words[block][1]}
	case "department":
		c.words[grid] = [2]string{c.words[grid][0], []string{"D1", "D2"}[r.IntN(2)]}
	case "asset":
		return what, c.editAsset()
	case "again": // new versions that look as before
		was := c.areas[grid]
		if was != nil {
			next := *was
			next.InputHash[0]++
			c.areas[grid] = &next
		}
	}
	return what, c.change()
}

func (c *town) editAsset() *geo.Changes {
	ids := slices.Sorted(maps.Keys(c.assets))
	id := ids[c.random.IntN(len(ids))]
	a := c.assets[id]
	switch c.random.IntN(5) {
	case 0:
		id = geo.AssetID(fmt.Sprintf("9%015d", c.sequence))
		a = geo.Asset{ID: id, Category: lamp, State: "完好", Point: c.somewhere()}
	case 1:
		a.State = deleted
	case 2:
		a.Point = c.somewhere()
	case 3:
		a.Point.X += 300
	default:
		a.State = fmt.Sprint("破损", c.sequence)
	}
	c.assets[id] = a
	return c.change(id)
}

// after is the view after a change.
func after(t testing.TB, s *index.Snapshot, c *geo.Changes) *index.Snapshot {
	t.Helper()
	next, err := s.Apply(c)
	if err != nil {
		t.Fatal(err)
	}
	return next
}
