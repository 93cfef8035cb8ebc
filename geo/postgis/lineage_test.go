package postgis_test

import (
	"fmt"
	"reflect"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"gridwarden/geo"
)

// bequeath publishes an edition in which ground goes from areas to areas, written A>B, and
// gives the descents as they should be read.
func bequeath(t *testing.T, base geo.Edition, publish func(geo.Publication), passages ...[2]geo.AreaCode) (all []geo.Descent) {
	t.Helper()
	for _, p := range passages {
		all = append(all, geo.Descent{Layer: "grids", From: p[0], To: p[1], SquareMetres: 0.1 + 0.2, ShareFrom: 1. / 3, ShareTo: 1, Approval: "7号"})
	}
	publish(geo.Publication{Lineage: all})
	for i := range all {
		all[i].Edition = base + 1
	}
	return all
}

func TestTheHistoryOfAnAreaGoesBackAndForthButNotAside(t *testing.T) {
	t.Parallel()
	store := onGrids(t)
	publishOne := func(p geo.Publication) { publish(t, store, p) }
	first := bequeath(t, 1, publishOne, [2]geo.AreaCode{"A", "C"}, [2]geo.AreaCode{"A", "D"}, [2]geo.AreaCode{"B", "E"}, [2]geo.AreaCode{"", "N"})
	second := bequeath(t, 2, publishOne, [2]geo.AreaCode{"C", "F"}, [2]geo.AreaCode{"D", "G"}, [2]geo.AreaCode{"E", "F"})
	third := bequeath(t, 3, publishOne, [2]geo.AreaCode{"F", ""})
	// C had nothing to do with D's ground, nor with what E brought to F before.
	want := []geo.Descent{first[0], second[0], third[0]}
	got, more, err := store.History(t.Context(), "grids", "C")
	check(t, err)
	if !reflect.DeepEqual(got, want) || more {
		t.Errorf("C: %+v, want %+v", got, want)
	}
	want = []geo.Descent{first[0], first[2], second[0], second[2], third[0]}
	if got, _, err := store.History(t.Context(), "grids", "F"); err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("F: %+v, want %+v, %v", got, want, err)
	}
	for _, code := range []geo.AreaCode{"X", ""} {
		if got, _, err := store.History(t.Context(), "parks", code); err != nil || len(got) > 0 {
			t.Errorf("%q: %+v, %v", code, got, err)
		}
	}
}

// kin walks the lineage as one would by hand.
func kin(all []geo.Descent, code geo.AreaCode) (found []geo.Descent) {
	seen := map[geo.Descent]bool{}
	var walk func(code geo.AreaCode, edition geo.Edition, back bool)
	walk = func(code geo.AreaCode, edition geo.Edition, back bool) {
		for _, d := range all {
			switch {
			case seen[d] || code == "":
			case back && d.To == code && d.Edition < edition:
				seen[d] = true
				walk(d.From, d.Edition, back)
			case !back && d.From == code && d.Edition > edition:
				seen[d] = true
				walk(d.To, d.Edition, back)
			}
		}
	}
	walk(code, 1<<40, true)
	before := seen
	seen = map[geo.Descent]bool{}
	walk(code, 0, false)
	for _, d := range all {
		if before[d] || seen[d] {
			found = append(found, d)
		}
	}
	return found
}

func TestHistoriesAreWhatOneFindsByHand(t *testing.T) {
	t.Parallel()
	store := onGrids(t)
	edition := geo.Edition(1)
	rapid.Check(t, func(rt *rapid.T) {
		codes := rapid.Custom(func(rt *rapid.T) geo.AreaCode {
			return geo.AreaCode(fmt.Sprint(edition/100, rapid.StringMatching("[A-F]").Draw(rt, "code")))
		})
		edition = (edition/100 + 1) * 100 // codes of each case are its own
		var all []geo.Descent
		for range rapid.IntRange(1, 6).Draw(rt, "editions") {
			var passages [][2]geo.AreaCode
			for range rapid.IntRange(1, 4).Draw(rt, "passages") {
				p := [2]geo.AreaCode{codes.Draw(rt, "from"), codes.Draw(rt, "to")}
				if !slices.Contains(passages, p) {
					passages = append(passages, p)
				}
			}
			newest, err := store.Base(t.Context())
			ok(rt, err)
			all = append(all, bequeath(t, newest.Edition, func(p geo.Publication) { publish(t, store, p) }, passages...)...)
		}
		slices.SortFunc(all, func(a, b geo.Descent) int {
			return slices.Compare([]string{fmt.Sprintf("%09d", a.Edition), string(a.From), string(a.To)}, []string{fmt.Sprintf("%09d", b.Edition), string(b.From), string(b.To)})
		})
		code := codes.Draw(rt, "of")
		got, _, err := store.History(t.Context(), "grids", code)
		if ok(rt, err); !slices.Equal(got, kin(all, code)) {
			rt.Fatalf("%s of %+v:\n%+v\nby hand\n%+v", code, all, got, kin(all, code))
		}
	})
}
