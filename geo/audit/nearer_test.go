package audit

import (
	"math"
	"math/rand/v2"
	"testing"

	"gridwarden/geo"
	"gridwarden/geo/testsize"
)

// bentRoad draws a road of edges of a length in units from a vertex to both sides, east or
// north with a sway of a third of that.
func bentRoad(r *rand.Rand, through geo.Coord, length int, north bool) geo.Line {
	const edges = 16
	sway := length / 3
	line := make(geo.Line, 2*edges+1)
	line[edges] = through
	for i := 1; i <= edges; i++ {
		for _, way := range [...]int{1, -1} {
			along, beside := int32(way*i*length), int32(r.IntN(2*sway)-sway)
			if north {
				along, beside = beside, along
			}
			line[edges+way*i] = geo.Coord{X: through.X + along, Y: through.Y + beside}
		}
	}
	return line
}

// Two roads that meet in a vertex, or cross elsewhere: each has all the ground that it is
// nearer to, as far as both reach, to the error of asking every metre.
func TestOfTwoRoadsThatMeetEachHasTheGroundNearerToIt(t *testing.T) {
	const around, step = 9000, 100
	east, north := geo.FrameAt(origin).Scales()
	for seed := range uint64(testsize.N(4, 400)) {
		r := rand.New(rand.NewPCG(seed, 1))
		through, length := origin, 1000
		if seed%2 == 1 {
			through, length = at(300, 700), 4000+r.IntN(4000)
		}
		w := newWorld()
		w.layer(geo.Layer{Name: "roads", Kind: geo.Lines, Reach: 60})
		w.area(geo.Area{Layer: "roads", Code: "one", Department: "one", Shape: geo.Shape{Lines: geo.MultiLine{bentRoad(r, origin, length, false)}}})
		w.area(geo.Area{Layer: "roads", Code: "other", Department: "other", Reach: 35, Shape: geo.Shape{Lines: geo.MultiLine{bentRoad(r, through, length, true)}}})
		w.Duty.Rules = []geo.DutyRow{{ID: "roads", Layer: "roads", Assign: "layer:roads"}}
		s := newSurveyor(w.view(t), nil, []geo.LayerName{"roads"})
		places, err := s.places(t.Context(), func(int, int) {})
		if err != nil {
			t.Fatal(err)
		}
		told, sampled := map[string]float64{}, map[string]float64{}
		for i := range places {
			if p := &places[i].At; len(p.Lines) == 2 {
				told[s.setOf(p)] += places[i].SquareMetres
			}
		}
		for x := -around; x <= around; x += step {
			for y := -around; y <= around; y += step {
				if p := s.locate(at(x, y)); len(p.Lines) == 2 {
					sampled[s.setOf(&p)] += step * step * east * north
				}
			}
		}
		for set, metres := range sampled {
			if math.Abs(told[set]-metres) > 30 {
				t.Errorf("seed %d: one of the two is nearest on %.0f m², told are %.0f", seed, metres, told[set])
			}
		}
		if len(sampled) != 2 || len(told) != 2 {
			t.Errorf("seed %d: %d sets are there, %d are told", seed, len(sampled), len(told))
		}
	}
}
