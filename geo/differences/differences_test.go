package differences_test

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"gridwarden/geo"
	"gridwarden/geo/differences"
	"gridwarden/geo/index"
)

// The town of these tests: squares of 100 units, named by column and row.
//
//	+----+----+----+
//	| A2 | B2 | C2 |
//	+----+----+----+
//	| A1 | B1 | C1 |
//	+----+----+----+
const side = 10_000

func corner(x, y float64) geo.Coord {
	return geo.Coord{X: 1_200_000_000 + int32(x*side), Y: 300_000_000 + int32(y*side)}
}

// ground is a polygon of corners given as x, y, x, y, …
func ground(code string, xy ...float64) *geo.Area {
	var ring geo.Ring
	for i := 0; i < len(xy); i += 2 {
		ring = append(ring, corner(xy[i], xy[i+1]))
	}
	return &geo.Area{Layer: "grids", Code: geo.AreaCode(code), Name: code, Shape: geo.Shape{Polygons: geo.MultiPolygon{{ring}}}}
}

func square(code string, x, y float64) *geo.Area {
	return ground(code, x, y, x+1, y, x+1, y+1, x, y+1)
}

func squares() []*geo.Area {
	return []*geo.Area{square("A1", 0, 0), square("B1", 1, 0), square("C1", 2, 0), square("A2", 0, 1), square("B2", 1, 1), square("C2", 2, 1)}
}

// stateOf is a view of areas; those equal to one of the view before keep its version.
func stateOf(t *testing.T, before *index.Snapshot, areas ...*geo.Area) *index.Snapshot {
	t.Helper()
	c := &geo.Changes{From: before.Position(), To: geo.Position{Sequence: before.Position().Sequence + 1}}
	if before.Position().Sequence == 0 {
		c.Layers = []geo.Layer{{Name: "grids", Kind: geo.Coverage}}
	}
	stays := map[geo.AreaCode]bool{}
	for i, a := range areas {
		was := before.Area(a.Layer, a.Code)
		if was != nil && was.Name == a.Name && was.Department == a.Department && fmt.Sprint(was.Shape) == fmt.Sprint(a.Shape) {
			stays[a.Code] = true
			continue
		}
		a.ID = geo.AreaID(1000*int64(c.To.Sequence) + int64(i))
		c.Areas = append(c.Areas, a)
	}
	for a := range before.Areas("grids", "") {
		if !stays[a.Code] {
			c.AreasEnded = append(c.AreasEnded, a.ID)
		}
	}
	after, err := before.Apply(c)
	if err != nil {
		t.Fatal(err)
	}
	return after
}

// told is what differs, a line an area: its code, its changes, whose ground it has and who
// has its, then a line for each border.
func told(t *testing.T, before, after *index.Snapshot) string {
	t.Helper()
	all, more, err := differences.Between(t.Context(), before, after, differences.Query{Most: 100})
	if err != nil || more {
		t.Fatal(err, more)
	}
	var b strings.Builder
	for _, d := range all {
		fmt.Fprintf(&b, "%s %v", d.Code, d.Changes)
		for _, g := range d.From {
			fmt.Fprintf(&b, " <%s %.2f", g.From, g.ShareTo)
		}
		for _, g := range d.Into {
			fmt.Fprintf(&b, " >%s %.2f", g.To, g.ShareFrom)
		}
		b.WriteByte('\n')
		for _, border := range d.Borders {
			sign := "-"
			if border.Began {
				sign = "+"
			}
			fmt.Fprintf(&b, "  %s %s:%s|%s:%s", sign, border.Left.Before, border.Left.After, border.Right.Before, border.Right.After)
			for _, c := range border.Line {
				fmt.Fprintf(&b, " %v,%v", float64(c.X-1_200_000_000)/side, float64(c.Y-300_000_000)/side)
			}
			b.WriteByte('\n')
		}
	}
	return b.String()
}

func TestWhatBecameOfAnAreaIsSaid(t *testing.T) {
	t.Parallel()
	town := squares()
	named := func(code, name, department string) *geo.Area {
		a := *town[slices.IndexFunc(town, func(a *geo.Area) bool { return string(a.Code) == code })]
		a.Name, a.Department = name, geo.DepartmentCode(department)
		return &a
	}
	for name, c := range map[string]struct {
		now  []*geo.Area
		want string
	}{
		"nothing": {town, ""},
		"a border that moved": {
			[]*geo.Area{ground("A1", 0, 0, 1.5, 0, 1, 1, 0, 1), ground("B1", 1.5, 0, 2, 0, 2, 1, 1, 1), town[2], town[3], town[4], town[5]},
			"A1 [moved] <A1 0.80 <B1 0.20 >A1 1.00\n  - A1:A1|B1:A1 1,0 1,1\n  + B1:A1|B1:B1 1.5,0 1,1\nB1 [moved] <B1 1.00 >B1 0.75 >A1 0.25\n",
		},
		"a node put in": {
			[]*geo.Area{ground("A1", 0, 0, 1, 0, 1, .3, 1, 1, 0, 1), ground("B1", 1, 0, 2, 0, 2, 1, 1, 1, 1, .3), town[2], town[3], town[4], town[5]},
			"A1 [noded]\nB1 [noded]\n",
		},
		"split": {
			[]*geo.Area{ground("A1", 0, 0, .5, 0, .5, 1, 0, 1), ground("A3", .5, 0, 1, 0, 1, 1, .5, 1), town[1], town[2], ground("A2", 0, 1, .5, 1, 1, 1, 1, 2, 0, 2), town[4], town[5]},
			"A1 [split moved] <A1 1.00 >A1 0.50 >A3 0.50\n  + A1:A1|A1:A3 0.5,0 0.5,1\nA2 [noded]\nA3 [began split] <A1 1.00\n",
		},
		"merged": {
			[]*geo.Area{ground("A1", 0, 0, 1, 0, 2, 0, 2, 1, 1, 1, 0, 1), town[2], town[3], town[4], town[5]},
			"A1 [merged moved] <A1 0.50 <B1 0.50 >A1 1.00\n  - A1:A1|B1:A1 1,0 1,1\nB1 [ended merged] >A1 1.00\n",
		},
		"recoded": {
			[]*geo.Area{square("Z1", 0, 0), town[1], town[2], town[3], town[4], town[5]},
			"A1 [ended recoded] >Z1 1.00\nZ1 [began recoded] <A1 1.00\n",
		},
		"renamed and passed on": {
			[]*geo.Area{named("A1", "西一", "D1"), town[1], town[2], town[3], town[4], town[5]},
			"A1 [renamed department]\n",
		},
		"given up": {
			town[1:],
			"A1 [ended] >\u200b 1.00\n",
		},
	} {
		t.Run(name, func(t *testing.T) {
			before := stateOf(t, index.Empty(), squares()...)
			got := told(t, before, stateOf(t, before, c.now...))
			if want := strings.ReplaceAll(c.want, "\u200b", ""); name != "given up" && got != want {
				t.Errorf("got\n%swant\n%s", got, want)
			}
			if name == "given up" && !strings.HasPrefix(got, "A1 [ended] > 1.00\n") {
				t.Errorf("got\n%s", got)
			}
		})
	}
}

// Every page begins where the one before ended, and all together are what one page would be.
func TestPagesOfDifferencesAreOneList(t *testing.T) {
	t.Parallel()
	before := stateOf(t, index.Empty(), squares()...)
	after := stateOf(t, before, square("Z1", 0, 0), square("Z2", 1, 0), square("C1", 2, 0), square("A2", 0, 1), square("Y", 1, 1))
	var codes []geo.AreaCode
	q := differences.Query{Most: 2}
	for {
		page, more, err := differences.Between(t.Context(), before, after, q)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range page {
			codes = append(codes, d.Code)
		}
		if !more {
			break
		}
		q.After = differences.Name{Layer: page[len(page)-1].Layer, Code: page[len(page)-1].Code}
	}
	if want := []geo.AreaCode{"A1", "B1", "B2", "C2", "Y", "Z1", "Z2"}; !slices.Equal(codes, want) {
		t.Errorf("%v, want %v", codes, want)
	}
	if _, _, err := differences.Between(t.Context(), before, after, differences.Query{Most: 2, After: differences.Name{Layer: "trams"}}); geo.KindOf(err) != geo.Invalid {
		t.Error(err)
	}
	box := geo.Box{Min: corner(.1, .1), Max: corner(.2, .2)}
	near, _, err := differences.Between(t.Context(), before, after, differences.Query{Most: 9, Shape: func(s *geo.Shape) bool { return s.Meets(box) }})
	if err != nil || len(near) != 2 || near[0].Code != "A1" || near[1].Code != "Z1" {
		t.Errorf("in a box: %v %v", near, err)
	}
}

// What an area had goes somewhere, and what it has came from somewhere, to the last part:
// also what nobody had before, or has now.
func TestNoGroundIsLostBetweenTwoEditions(t *testing.T) {
	t.Parallel()
	before := stateOf(t, index.Empty(), squares()...)
	after := stateOf(t, before,
		ground("A1", 0, 0, 1.3, 0, .7, 1, 0, 1), ground("B1", 1.3, 0, 2, 0, 2, 1, 1, 1, .7, 1), // a border that moved
		ground("C1", 2, 0, 3, 0, 3, 2, 2, 2, 2, 1),                                     // two that became one
		ground("A2", 0, 1, .7, 1, .3, 2, 0, 2), ground("A3", .7, 1, 1, 1, 1, 2, .3, 2), // one that was cut; B2 was given up
		square("E1", 4, 0), // where nothing was
	)
	all, _, err := differences.Between(t.Context(), before, after, differences.Query{Most: 100})
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range all {
		for _, part := range []struct {
			area  *geo.Area
			list  []geo.Descent
			share func(geo.Descent) float64
		}{
			{d.Before, d.Into, func(g geo.Descent) float64 { return g.ShareFrom }},
			{d.After, d.From, func(g geo.Descent) float64 { return g.ShareTo }},
		} {
			if part.area == nil {
				continue
			}
			metres, share := 0.0, 0.0
			for _, g := range part.list {
				metres, share = metres+g.SquareMetres, share+part.share(g)
			}
			if math.Abs(share-1) > 1e-6 || math.Abs(metres/part.area.Shape.SquareMetres()-1) > 1e-6 {
				t.Errorf("%s: shares are %v in all, %v of its ground: %v", d.Code, share, metres/part.area.Shape.SquareMetres(), part.list)
			}
		}
	}
	if len(all) != 8 {
		t.Errorf("%d areas differ", len(all))
	}
}
