package audit

import (
	"context"
	"math"
	"reflect"
	"testing"

	"pgregory.net/rapid"

	"gridwarden/geo"
	"gridwarden/geo/index"
	"gridwarden/geo/routing"
	"gridwarden/geo/testsize"
)

// step is how many units lie between the points of a poll.
const step = 4

// poll asks who answers for each category at points all over the city.
type poll map[geo.Coord]map[geo.CategoryKey]geo.DepartmentCode

func polled(view *index.Snapshot, keys []geo.CategoryKey, day geo.Date) poll {
	engine := routing.New(view, routing.Settings{})
	s := newSurveyor(view, engine.Chain(), engine.RelevantLayers())
	p := poll{}
	for x := -20; x < gridsIn*gridSide+20; x += step {
		for y := -20; y < gridsIn*gridSide+20; y += step {
			place := s.locate(at(x, y))
			if len(place.Areas) == 0 {
				continue
			}
			p[place.Point] = map[geo.CategoryKey]geo.DepartmentCode{}
			for _, k := range keys {
				o := engine.Outcome(&routing.Situation{Place: place, Category: k, Date: day, Moment: engine.Calendar().Moment(day.Time(utc))})
				p[place.Point][k] = o.Department
			}
		}
	}
	return p
}

// subject is a category in an area.
type subject struct {
	area geo.AreaCode
	geo.CategoryKey
}

// bySubject counts, by subject, what is told of each point.
func bySubject[V comparable](view *index.Snapshot, layer geo.LayerName, p poll, of func(geo.Coord, geo.CategoryKey) V) map[subject]map[V]int {
	counts := map[subject]map[V]int{}
	for point, leads := range p {
		place := view.Locate(point)
		area := areaOf(&place, layer)
		if area == nil {
			continue
		}
		for k := range leads {
			c := subject{area.Code, k}
			if counts[c] == nil {
				counts[c] = map[V]int{}
			}
			counts[c][of(point, k)]++
		}
	}
	return counts
}

func TestTheMatrixOfAnyLayerIsWhatAPollTells(t *testing.T) {
	rounds, clear := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		if rounds++; rounds > testsize.N(10, 200) {
			return
		}
		w := newWorld()
		keys := w.city(t)
		view, today := w.view(t), date(2026, 7, 1)
		layer := rapid.SampledFrom([]geo.LayerName{"grids", "streets"}).Draw(t, "layer")
		a, err := Run(context.Background(), view, Options{At: today.Time(utc)})
		if err != nil {
			t.Fatal(err)
		}
		m, err := a.Matrix(layer, 0)
		if err != nil {
			t.Fatal(err)
		}
		p := polled(view, keys, today)
		asked := bySubject(view, layer, p, func(at geo.Coord, k geo.CategoryKey) geo.DepartmentCode { return p[at][k] })
		for _, row := range m.Rows {
			for n, area := range m.Areas {
				for _, k := range row.Categories {
					who, sure := winner(asked[subject{area.Code, k}])
					if sure && row.Cells[n].Department != who {
						t.Fatalf("%s %s: the matrix names %q, asked are %v", area.Code, k.Code, row.Cells[n].Department, asked[subject{area.Code, k}])
					}
					if sure {
						clear++
					}
				}
			}
		}
	})
	if clear == 0 {
		t.Error("nothing was compared")
	}
}

// winner is who has by far the most points; not sure when nobody has.
func winner(counts map[geo.DepartmentCode]int) (who geo.DepartmentCode, sure bool) {
	most, second, all := 0, 0, 0
	for code, n := range counts {
		all += n
		switch {
		case code == "":
		case n > most:
			who, most, second = code, n, most
		case n > second:
			second = n
		}
	}
	return who, all > 50 && (most-second > all/4 || most == 0)
}

func TestWhatPassesToOthersIsWhatTwoPollsTell(t *testing.T) {
	rounds, passed := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		if rounds++; rounds > testsize.N(15, 300) {
			return
		}
		w := newWorld()
		keys := w.city(t)
		before, today := w.view(t), date(2026, 7, 1)
		after := w.other(t, before)
		then := run(t, before, Options{At: today.Time(utc)})
		a := run(t, after, Options{At: today.Time(utc), Before: then})
		if known, anew := run(t, after, Options{At: today.Time(utc), Known: then}), run(t, after, Options{At: today.Time(utc)}); !reflect.DeepEqual(known.Page(0, 1000, geo.English), anew.Page(0, 1000, geo.English)) {
			t.Fatalf("with what was known before it tells %q, anew %q", known.told(), anew.told())
		}
		was, is := polled(before, keys, today), polled(after, keys, today)
		east, north := geo.FrameAt(at(0, 0)).Scales()
		a.accounts(t, bySubject(after, a.StreetLayer(), is, func(at geo.Coord, k geo.CategoryKey) passing {
			return passing{was[at][k], is[at][k]}
		}), step*step*east*north)
		passed += len(a.Transfers)
	})
	if passed == 0 {
		t.Error("nothing ever passes to others")
	}
}

func run(t *rapid.T, view *index.Snapshot, o Options) *Audit {
	a, err := Run(context.Background(), view, o)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// accounts holds the transfers to the points at which one leads before and another after,
// each of which stands for so many square metres.
func (a *Audit) accounts(t *rapid.T, asked map[subject]map[passing]int, metres2 float64) {
	told := map[subject]map[passing]float64{}
	for _, transfer := range a.Transfers {
		c := subject{transfer.Area.Code, transfer.Category}
		if told[c] == nil {
			told[c] = map[passing]float64{}
		}
		told[c][passing{transfer.From, transfer.To}] = transfer.Metres2
	}
	for c, counts := range asked {
		for p, n := range counts {
			if want := float64(n) * metres2; p.from != p.to && math.Abs(told[c][p]-want) > 0.2*want+40*metres2 {
				t.Fatalf("%s %s: %v m² pass from %q to %q, asked are %v", c.area, c.Code, told[c][p], p.from, p.to, want)
			}
		}
		for p, m := range told[c] {
			if want := float64(counts[p]) * metres2; p.from == p.to || math.Abs(m-want) > 0.2*want+40*metres2 {
				t.Fatalf("%s %s: told are %v m² from %q to %q, asked %v", c.area, c.Code, m, p.from, p.to, want)
			}
		}
	}
}

func TestAMatrixIsOfALayerOfTheChainAndNotEndless(t *testing.T) {
	a := audited(t, town())
	if m, err := a.Matrix("grids", 6); err != nil || len(m.Areas) != 2 || len(m.Rows) == 0 {
		t.Errorf("%+v %v", m, err)
	}
	if _, err := a.Matrix("parks", 0); geo.KindOf(err) != geo.Invalid {
		t.Errorf("of a layer that is not of the chain: %v", err)
	}
	if _, err := a.Matrix("grids", 1); geo.KindOf(err) != geo.TooLarge {
		t.Errorf("of more cells than are told: %v", err)
	}
	if got := a.StreetLayer(); got != "streets" {
		t.Errorf("the streets are %q", got)
	}
}
