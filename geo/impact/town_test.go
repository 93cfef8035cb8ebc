package impact_test

import (
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"
	"time"

	"gridwarden/geo"
	"gridwarden/geo/index"
	"gridwarden/geo/plane"
)

// The town of these tests is a board of cells, each held by one grid or by nobody. Grids are
// in communities, these in streets; parks lie over them and roads run through.
const (
	side     = 12
	cellSide = 10_000 // units: about 100 m
	west     = 1_200_000_000
	south    = 300_000_000
)

var (
	lamp  = geo.CategoryKey{Standard: "GB", Kind: geo.Component, Code: "01001"}
	cover = geo.CategoryKey{Standard: "GB", Kind: geo.Component, Code: "01002"}
	noise = geo.CategoryKey{Standard: "GB", Kind: geo.Matter, Code: "06001"}
	now   = time.Date(2026, 7, 1, 10, 0, 0, 0, time.UTC)
)

// town is one state of it.
type town struct {
	owner     [side * side]geo.AreaCode // of each cell the grid; empty: nobody
	community map[geo.AreaCode]geo.AreaCode
	street    map[geo.AreaCode]geo.AreaCode
	body      map[string]geo.DepartmentCode // by layer and code
	parks     map[geo.AreaCode][4]int32     // cells west, south, east, north
	roads     map[geo.AreaCode]int32        // the row of cells along whose south it runs
	duty      geo.DutyTables
}

func newTown() *town {
	t := &town{
		community: map[geo.AreaCode]geo.AreaCode{}, street: map[geo.AreaCode]geo.AreaCode{}, body: map[string]geo.DepartmentCode{},
		parks: map[geo.AreaCode][4]int32{"P1": {1, 1, 4, 3}, "P2": {6, 6, 9, 10}},
		roads: map[geo.AreaCode]int32{"R1": 3, "R2": 8},
	}
	for cell := range t.owner {
		i, j := cell%side, cell/side
		grid := geo.AreaCode(fmt.Sprintf("g%02d", i/2+j/2*side/2))
		t.owner[cell] = grid
		t.community[grid] = geo.AreaCode(fmt.Sprintf("c%d", i/4+j/4*3))
		t.street[t.community[grid]] = geo.AreaCode(fmt.Sprintf("s%d", i/4))
		t.body["grids "+string(grid)] = geo.DepartmentCode("a")
	}
	for _, c := range t.community {
		t.body["communities "+string(c)] = "b"
		t.body["streets "+string(t.street[c])] = "c"
	}
	t.body["grids g07"], t.body["grids g08"], t.body["parks P1"], t.body["roads R1"] = "", "d", "e", "d"
	for k := range 4 {
		members := []geo.AreaCode{}
		for g := range 9 {
			members = append(members, geo.AreaCode(fmt.Sprintf("g%02d", 9*k+g)))
		}
		t.duty.Groups = append(t.duty.Groups, geo.Group{Kind: "management", Code: fmt.Sprint("m", k), Layer: "grids", Members: members})
	}
	t.duty.Rules = []geo.DutyRow{
		{ID: "r1", Priority: 1, Layer: "parks", Assign: "layer:parks"},
		{ID: "r2", Priority: 2, Layer: "grids", Area: "g1*", Kind: geo.Matter, Assign: "department:d"},
		{ID: "r3", Priority: 3, Layer: "management", Area: "m2", Category: "01002", Assign: "department:e"},
		{ID: "r4", Priority: 4, Layer: "roads", Area: "R2", Assign: "department:f"},
	}
	return t
}

func (t *town) clone() *town {
	o := *t
	o.community, o.street, o.body = maps.Clone(t.community), maps.Clone(t.street), maps.Clone(t.body)
	o.parks, o.roads = maps.Clone(t.parks), maps.Clone(t.roads)
	o.duty.Rules, o.duty.Groups = slices.Clone(t.duty.Rules), slices.Clone(t.duty.Groups)
	return &o
}

func corner(i, j int32) geo.Coord { return geo.Coord{X: west + i*cellSide, Y: south + j*cellSide} }

// areas are all areas of the state, without ids.
func (t *town) areas() []*geo.Area {
	cells := map[[2]string][]int{}
	parent := map[[2]string]geo.AreaCode{}
	for cell, g := range t.owner {
		if g == "" {
			continue
		}
		c := t.community[g]
		for layer, of := range map[string]geo.AreaCode{"grids": g, "communities": c, "streets": t.street[c]} {
			cells[[2]string{layer, string(of)}] = append(cells[[2]string{layer, string(of)}], cell)
		}
		parent[[2]string{"grids", string(g)}], parent[[2]string{"communities", string(c)}] = c, t.street[c]
	}
	var all []*geo.Area
	add := func(layer, code string, shape geo.Shape) {
		all = append(all, &geo.Area{
			Layer: geo.LayerName(layer), Code: geo.AreaCode(code), Shape: shape, Parent: parent[[2]string{layer, code}],
			Department: t.body[layer+" "+code],
		})
	}
	for _, name := range slices.SortedFunc(maps.Keys(cells), func(a, b [2]string) int { return slices.Compare(a[:], b[:]) }) {
		add(name[0], name[1], union(cells[name]))
	}
	for _, code := range slices.Sorted(maps.Keys(t.parks)) {
		p := t.parks[code]
		ring := geo.Ring{corner(p[0], p[1]), corner(p[2], p[1]), corner(p[2], p[3]), corner(p[0], p[3])}
		add("parks", string(code), geo.Shape{Polygons: geo.MultiPolygon{{ring}}})
	}
	for _, code := range slices.Sorted(maps.Keys(t.roads)) {
		add("roads", string(code), geo.Shape{Lines: geo.MultiLine{{corner(0, t.roads[code]), corner(side, t.roads[code])}}})
		all[len(all)-1].Side, all[len(all)-1].Reach = geo.Both, 20
	}
	return all
}

// union is the ground of some cells.
func union(cells []int) geo.Shape {
	d := plane.NewDrawing(4 * len(cells))
	for _, cell := range cells {
		i, j := int32(cell%side), int32(cell/side)
		var ring plane.Ring
		for _, c := range []geo.Coord{corner(i, j), corner(i+1, j), corner(i+1, j+1), corner(i, j+1)} {
			ring = append(ring, plane.Point{X: int64(c.X), Y: int64(c.Y)})
		}
		d.Ring(ring, 0)
	}
	a, err := d.Arrange(context.Background(), 1)
	if err != nil {
		panic(err)
	}
	owners := make([]int32, len(a.Faces))
	for f := range owners {
		owners[f] = -1
		if len(a.Sets.Pieces(a.Faces[f])) == 1 {
			owners[f] = 0
		}
	}
	var shape geo.Shape
	for _, polygon := range a.Dissolve(owners, 1)[0] {
		var p geo.Polygon
		for _, ring := range polygon {
			var r geo.Ring
			for _, v := range ring {
				r = append(r, geo.Coord{X: int32(v.X), Y: int32(v.Y)})
			}
			p = append(p, r)
		}
		shape.Polygons = append(shape.Polygons, p)
	}
	return shape
}

// first is the view of a town with assets.
func (t *town) first(tb testing.TB, assets []geo.Asset) *index.Snapshot {
	c := &geo.Changes{
		To: geo.Position{Sequence: 1}, Edition: geo.EditionInfo{Number: 1}, Assets: assets, Duty: t.duty,
		Layers: []geo.Layer{
			{Name: "grids", Kind: geo.Coverage, Parent: "communities", Rank: 300},
			{Name: "communities", Kind: geo.Coverage, Parent: "streets", Rank: 310},
			{Name: "streets", Kind: geo.Coverage, Rank: 320},
			{Name: "parks", Kind: geo.Overlay, Rank: 200},
			{Name: "roads", Kind: geo.Lines, Rank: 100, Reach: 10},
		},
		Areas: t.areas(),
	}
	for i, a := range c.Areas {
		a.ID = geo.AreaID(i + 1)
	}
	for _, code := range []geo.DepartmentCode{"a", "b", "c", "d", "e", "f"} {
		c.Departments = append(c.Departments, geo.Department{Code: code, Name: "部门" + string(code)})
	}
	for _, k := range []geo.CategoryKey{lamp, cover, noise} {
		c.Categories = append(c.Categories, geo.Category{CategoryKey: k})
	}
	view, err := index.Empty().Apply(c)
	if err != nil {
		tb.Fatal(err)
	}
	return view
}

// next is the view of a later state.
func (t *town) next(tb testing.TB, before *index.Snapshot) *index.Snapshot {
	c := &geo.Changes{From: before.Position(), Edition: geo.EditionInfo{Number: before.Edition().Number + 1}}
	c.To = geo.Position{Sequence: c.From.Sequence + 1}
	old, newest := map[[2]string]*geo.Area{}, geo.AreaID(0)
	for _, l := range before.Layers() {
		for a := range before.Areas(l.Name, "") {
			old[[2]string{string(a.Layer), string(a.Code)}] = a
			newest = max(newest, a.ID)
		}
	}
	for _, a := range t.areas() {
		name := [2]string{string(a.Layer), string(a.Code)}
		was := old[name]
		delete(old, name)
		if was != nil {
			same := *was
			same.ID = 0
			if reflect.DeepEqual(&same, a) {
				continue
			}
			c.AreasEnded = append(c.AreasEnded, was.ID)
		}
		newest++
		a.ID = newest
		c.Areas = append(c.Areas, a)
	}
	for _, was := range old {
		c.AreasEnded = append(c.AreasEnded, was.ID)
	}
	if !reflect.DeepEqual(before.Duty().Rules, t.duty.Rules) {
		c.Duty.Rules = t.duty.Rules
	}
	if !reflect.DeepEqual(before.Duty().Groups, t.duty.Groups) {
		c.Duty.Groups = t.duty.Groups
	}
	after, err := before.Apply(c)
	if err != nil {
		tb.Fatal(err)
	}
	return after
}

// edit does something to the town.
func (t *town) edit(r *rand.Rand, rows bool) {
	grids := slices.Sorted(maps.Keys(t.community))
	grid := grids[r.IntN(len(grids))]
	cell := r.IntN(len(t.owner))
	switch kind := r.IntN(11); kind {
	case 0, 1, 2: // a border moves: a cell goes to the grid beside it
		if beside := cell + 1; beside < len(t.owner) && t.owner[beside] != "" {
			t.owner[cell] = t.owner[beside]
		}
	case 3: // nobody's
		t.owner[cell] = ""
	case 4: // a new grid
		next := geo.AreaCode(fmt.Sprintf("n%02d", len(t.community)))
		t.community[next] = t.community[grid]
		t.body["grids "+string(next)] = "d"
		t.owner[cell] = next
	case 5: // recoded, as ground and all
		next := geo.AreaCode(fmt.Sprintf("k%02d", len(t.community)))
		t.community[next] = t.community[grid]
		t.body["grids "+string(next)] = t.body["grids "+string(grid)]
		for i, g := range t.owner {
			if g == grid {
				t.owner[i] = next
			}
		}
	case 6: // another parent
		t.community[grid] = t.community[grids[r.IntN(len(grids))]]
	case 7: // another department
		bodies := slices.Sorted(maps.Keys(t.body))
		t.body[bodies[r.IntN(len(bodies))]] = geo.DepartmentCode([]string{"", "a", "d", "e"}[r.IntN(4)])
	case 8:
		i, j := r.Int32N(side-3), r.Int32N(side-3)
		t.parks[geo.AreaCode(fmt.Sprint("P", r.IntN(4)))] = [4]int32{i, j, i + 1 + r.Int32N(3), j + 1 + r.Int32N(3)}
		if r.IntN(3) == 0 {
			t.roads["R1"] = r.Int32N(side)
		}
	case 9: // a member moves
		from, to := r.IntN(4), r.IntN(4)
		if members := t.duty.Groups[from].Members; len(members) > 0 && from != to {
			t.duty.Groups[from].Members = slices.Clone(members[1:])
			t.duty.Groups[to].Members = append(slices.Clone(t.duty.Groups[to].Members), members[0])
		}
	case 10:
		if rows {
			k := r.IntN(len(t.duty.Rules))
			t.duty.Rules[k].Assign = []string{"department:f", "fallback", "layer:communities"}[r.IntN(3)]
		}
	}
}

// things are assets strewn over the town and a little beyond.
func things(r *rand.Rand, n int) []geo.Asset {
	var all []geo.Asset
	for i := range n {
		a := geo.Asset{Version: geo.AssetVersion(i + 1), ID: geo.AssetID(fmt.Sprintf("A%05d", i)), Category: []geo.CategoryKey{lamp, cover}[r.IntN(2)], Point: somewhere(r)}
		if r.IntN(3) == 0 {
			a.Maintainer = "f"
		}
		all = append(all, a)
	}
	return all
}

// somewhere is a place in the town or a little beyond, now and then exactly on a border.
func somewhere(r *rand.Rand) geo.Coord {
	c := geo.Coord{X: west - cellSide + r.Int32N((side+2)*cellSide), Y: south - cellSide + r.Int32N((side+2)*cellSide)}
	if r.IntN(10) == 0 {
		c.X -= (c.X - west) % cellSide
	}
	if r.IntN(10) == 0 {
		c.Y -= (c.Y - south) % cellSide
	}
	return c
}

// book keeps reports and posts in memory.
type book struct {
	cases []geo.Case
	posts []geo.Post
	asked int // how many reports were handed out
}

func reports(r *rand.Rand, n int) *book {
	b := &book{}
	for i := range n {
		at := somewhere(r)
		c := geo.Case{Report: geo.Report{
			ID: geo.ReportID(fmt.Sprintf("T%05d", i)), Point: &at, Category: []geo.CategoryKey{lamp, noise, noise}[r.IntN(3)],
			Accuracy: []float64{0, 50, 300}[r.IntN(3)], State: []geo.ReportState{geo.Received, geo.Closed}[r.IntN(2)],
			ReportedAt: now.Add(-time.Duration(r.IntN(200*24)) * time.Hour),
		}}
		switch r.IntN(12) {
		case 0:
			c.Report.Answers = map[string]string{"area:grids": fmt.Sprintf("g%02d", r.IntN(36))}
		case 1:
			c.Report.Answers = map[string]string{"in:parks:P1": "yes"}
		case 2:
			c.Returns = []geo.Return{{Department: "a", State: geo.Granted}}
		case 3:
			c.Rulings = []geo.Ruling{{ID: "u", Department: "e"}}
		}
		b.cases = append(b.cases, c)
	}
	return b
}

func (b *book) ReportsWithin(_ context.Context, boxes []geo.Box, since time.Time, each func(*geo.Case) error) error {
	for i := range b.cases {
		r := &b.cases[i].Report
		near := func(box geo.Box) bool {
			if len(r.Answers) > 0 {
				box = box.Union(geo.FrameAt(box.Min).Around(geo.MaxAccuracy)).Union(geo.FrameAt(box.Max).Around(geo.MaxAccuracy))
			}
			return box.Contains(*r.Point)
		}
		if !slices.ContainsFunc(boxes, near) || !r.State.Open() && r.ReportedAt.Before(since) {
			continue
		}
		b.asked++
		if err := each(&b.cases[i]); err != nil {
			return err
		}
	}
	return nil
}

func (b *book) ReportPlacesWithin(_ context.Context, boxes []geo.Box, since time.Time, each func(geo.Coord, time.Time, bool) error) error {
	for i := range b.cases {
		r := &b.cases[i].Report
		if slices.ContainsFunc(boxes, func(box geo.Box) bool { return box.Contains(*r.Point) }) && (r.State.Open() || !r.ReportedAt.Before(since)) {
			if err := each(*r.Point, r.ReportedAt, r.State.Open()); err != nil {
				return err
			}
		}
	}
	return nil
}

func (b *book) Posts(_ context.Context, places []geo.PostPlace) (posts []geo.Post, _ error) {
	for _, p := range b.posts {
		if slices.Contains(places, geo.PostPlace{Layer: p.Layer, Code: p.Code}) {
			posts = append(posts, p)
		}
	}
	return posts, nil
}
