package planning_test

import (
	"fmt"
	"math"
	"testing"

	"gridwarden/geo"
)

// villages are four plots with the town and county they belong to.
func villages(towns ...string) geo.LayerInput {
	areas := plots().Areas
	for i, town := range towns {
		areas[i] = having(fmt.Sprintf(`{"town":%q,"townname":"Town %s","county":"C","office":%q}`, town, town, "0"+town), areas[i])
	}
	return fabric("villages", "", areas...)
}

func offices() []geo.Department {
	return []geo.Department{{Code: "01", Name: "first"}, {Code: "02", Name: "second"}}
}

func TestTownsAndCountiesAreMadeOfVillages(t *testing.T) {
	t.Parallel()
	s := newStore(t, offices()...)
	s.must(dissolved("counties", "towns", "county"), villages("1", "1", "2", "2"), dissolved("towns", "villages", "town"))
	wantParents(s, "villages", "1", "1", "2", "2")
	wantParents(s, "towns", "C", "C")
	town := s.area("towns", "1")
	if town.Name != "Town 1" || town.Department != "01" || string(town.Attributes) != `{"county":"C","office":"01","town":"1","townname":"Town 1"}` {
		t.Errorf("town 1 is %q of %q with %s", town.Name, town.Department, town.Attributes)
	}
	sum := squareDegrees(s.area("villages", "1")) + squareDegrees(s.area("villages", "2"))
	if got := squareDegrees(town); math.Abs(got-sum) > 1e-14 {
		t.Errorf("town 1 has %g square degrees, its villages %g", got, sum)
	}
	s.sound()

	out := s.must(villages("1", "1", "2", "2"), dissolved("towns", "villages", "town"), dissolved("counties", "towns", "county"))
	if out.Publication != nil {
		t.Errorf("the same again would publish %+v", out.Publication)
	}
}

func squareDegrees(a *geo.Area) float64 {
	sum := 0.0
	for _, p := range a.Shape.Polygons {
		for _, r := range p {
			sum += float64(r.SignedArea2()) / 2 / geo.Scale / geo.Scale
		}
	}
	return sum
}

func TestAVillageThatChangesItsTownMovesBothTowns(t *testing.T) {
	t.Parallel()
	s := newStore(t, offices()...)
	s.must(villages("1", "1", "2", "2"), dissolved("towns", "villages", "town"))
	one := squareDegrees(s.area("towns", "1"))

	// The villages alone: their towns stand until they are joined again.
	s.must(villages("1", "2", "2", "2"))
	wantParents(s, "villages", "1", "1", "2", "2")
	s.sound()

	s.must(dissolved("towns", "villages", "town"))
	wantParents(s, "villages", "1", "2", "2", "2")
	if got := squareDegrees(s.area("towns", "1")); got > 0.6*one {
		t.Errorf("town 1 had %g square degrees and has %g", one, got)
	}
	s.sound()

	s.options.AllowEnd = true
	s.must(villages("2", "2", "2", "2"), dissolved("towns", "villages", "town"))
	wantParents(s, "villages", "2", "2", "2", "2")
	if s.view.AreaCount("towns") != 1 {
		t.Error("the town without villages is still there")
	}
	s.sound()
}

func TestAVillageThatIsRedrawnRedrawsItsTown(t *testing.T) {
	t.Parallel()
	s := newStore(t, offices()...)
	s.must(villages("1", "1", "2", "2"), dissolved("towns", "villages", "town"))
	before := squareDegrees(s.area("towns", "2"))
	wide := villages("1", "1", "2", "2")
	wide.Areas[3].Parts = drawn("4", block(1, 1, 3, 2)).Parts
	wide = layerOf(wide.Layer, wide.Areas...)
	s.refused(geo.Faulty, []string{"villages 4 sticks out of towns 2"}, wide)
	s.must(wide, dissolved("towns", "villages", "town"))
	if got := squareDegrees(s.area("towns", "2")); got < 1.3*before {
		t.Errorf("town 2 had %g square degrees and has %g", before, got)
	}
	s.sound()
}

func TestDissolvingSaysWhatIsMissing(t *testing.T) {
	t.Parallel()
	s := newStore(t, offices()...)
	s.must(villages("1", "1", "2", "2"))
	s.refused(geo.Invalid, []string{`no field "borough"`, `"county" "office" "town" "townname"`}, dissolved("towns", "villages", "borough"))
	s.refused(geo.Invalid, []string{"hamlets", "not there"}, dissolved("towns", "hamlets", "town"))
	s.refused(geo.Invalid, []string{"in a ring"}, dissolved("a", "b", "x"), dissolved("b", "a", "x"))
	s.refused(geo.Invalid, []string{"in a ring"}, dissolved("villages", "villages", "town"))
	s.must(layerOf(geo.Layer{Name: "parks", Kind: geo.Overlay}, having(`{"town":"1"}`, drawn("P", block(0, 0, 1, 1)))))
	s.refused(geo.Invalid, []string{"parks", "an overlay", "only a coverage can be dissolved"}, dissolved("towns", "parks", "town"))

	s.must(dissolved("towns", "villages", "town"))
	s.refused(geo.Conflict, []string{"nests in towns already", "dissolve towns instead"}, dissolved("counties", "villages", "county"))
	s.must(dissolved("counties", "towns", "county"))
	wantParents(s, "towns", "C", "C")
	s.sound()
}
