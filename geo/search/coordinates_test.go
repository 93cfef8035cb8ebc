package search_test

import (
	"fmt"
	"math"
	"strconv"
	"testing"

	"pgregory.net/rapid"

	"gridwarden/geo/search"
)

func TestCoordinatesAreReadAsPeopleWriteThem(t *testing.T) {
	t.Parallel()
	const lon, lat = 120.17, 30.28
	for _, text := range []string{
		"120.17,30.28", "30.28, 120.17", " 120.17   30.28 ", "120.17，30.28", "120.17、30.28", "１２０．１７，３０．２８", "(120.17, 30.28)", "[120.17,30.28]",
		"N30.28 E120.17", "30.28N 120.17E", "30.28n,120.17e", "30.28°N, 120.17°E", "E120.17 N30.28", "东经120.17 北纬30.28", "北纬30.28度，东经120.17度",
		"30.28 北纬 120.17 东经", "lat: 30.28, lng: 120.17", "longitude=120.17 latitude=30.28", "经度：120.17；纬度：30.28", "120.17° 30.28°",
		`30°16'48"N 120°10'12"E`, "30°16′48″N, 120°10′12″E", "30°16.8' 120°10.2'", "北纬30度16分48秒 东经120度10分12秒", "东经120°10′12″、北纬30°16′48″",
		"N 30° 16' 48\" E 120° 10' 12\"", "30°16'48 120°10'12", "30º16’48”N 120º10’12”E", "30°16'48''N 120°10'12''E",
	} {
		got, _ := search.Coordinates(text)
		if len(got) != 1 || math.Hypot(got[0].Lon-lon, got[0].Lat-lat) > 1e-9 {
			t.Errorf("%q is read as %v", text, got)
		}
	}
}

func TestAPairThatMayBeMeantBothWaysIsReadBothWays(t *testing.T) {
	t.Parallel()
	got, labelled := search.Coordinates("48.2 16.3")
	if len(got) != 2 || got[0] != (search.Position{Lon: 48.2, Lat: 16.3}) || got[1] != (search.Position{Lon: 16.3, Lat: 48.2}) || labelled {
		t.Errorf("%v %v", got, labelled)
	}
	for text, want := range map[string]search.Position{
		"48.2N 16.3": {Lon: 16.3, Lat: 48.2}, "N48.2 16.3": {Lon: 16.3, Lat: 48.2}, "48.2 16.3E": {Lon: 16.3, Lat: 48.2},
		"S33.9 E18.4": {Lon: 18.4, Lat: -33.9}, "40.7N 74W": {Lon: -74, Lat: 40.7}, "南纬33.9，西经18.4": {Lon: -18.4, Lat: -33.9},
	} {
		if got, labelled := search.Coordinates(text); len(got) != 1 || got[0] != want || !labelled {
			t.Errorf("%q is read as %v, labelled %v", text, got, labelled)
		}
	}
}

func TestWhatIsNoPairIsNoCoordinate(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"", "120.17", "99010100101", "12-3", "1.2.3 4", "120.17,30.28,5", "N30 N31", "E120 E30", "200,100", "91N 10E", "30°61' 120°10'", "网格 12 3",
		"30.28 120.17 x", "-30 S 18 E", "1e5,3", "NaN,NaN", ".,.", "°,°", "N E", "30..2 120", "120.17 30.28 GCJ",
	} {
		if got, _ := search.Coordinates(text); len(got) != 0 {
			t.Errorf("%q is read as %v", text, got)
		}
	}
}

// TestEveryPlaceIsFoundAgainHoweverItIsWritten writes places in all the ways and reads them.
func TestEveryPlaceIsFoundAgainHoweverItIsWritten(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		want := search.Position{
			Lon: rapid.Float64Range(-180, 180).Draw(t, "lon"), Lat: rapid.Float64Range(-90, 90).Draw(t, "lat"),
		}
		style := rapid.SampledFrom([]func(float64) string{decimal, minutes, seconds}).Draw(t, "style")
		side := func(v float64, plus, minus string) string {
			if v < 0 {
				return minus
			}
			return plus
		}
		lon, lat := style(math.Abs(want.Lon)), style(math.Abs(want.Lat))
		east, north := side(want.Lon, "E", "W"), side(want.Lat, "N", "S")
		if rapid.Bool().Draw(t, "in Chinese") {
			east, north = side(want.Lon, "东经", "西经"), side(want.Lat, "北纬", "南纬")
		}
		gap := rapid.SampledFrom([]string{", ", " ", "，", "；", "\t"}).Draw(t, "gap")
		text := rapid.SampledFrom([]string{
			east + lon + gap + north + lat, lat + north + gap + lon + east, north + " " + lat + gap + east + " " + lon,
		}).Draw(t, "text")
		got, labelled := search.Coordinates(text)
		if len(got) != 1 || !labelled || math.Abs(got[0].Lon-want.Lon) > 1e-8 || math.Abs(got[0].Lat-want.Lat) > 1e-8 {
			t.Fatalf("%v, written %q, is read as %v", want, text, got)
		}
	})
}

func decimal(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }

func minutes(v float64) string {
	whole := math.Floor(v)
	return fmt.Sprintf("%.0f°%s'", whole, under60((v-whole)*60))
}

func seconds(v float64) string {
	whole := math.Floor(v)
	minute := math.Floor((v - whole) * 60)
	return fmt.Sprintf("%.0f°%.0f′%s″", whole, minute, under60(((v-whole)*60-minute)*60))
}

// under60 writes a part of 60 to what floating point leaves of it.
func under60(v float64) string { return strconv.FormatFloat(max(0, min(v, 59.999999)), 'f', 9, 64) }

func FuzzAnyTextIsReadOrRefused(f *testing.F) {
	for _, text := range []string{"120.17,30.28", `30°16'48"N 120°10'12"E`, "北纬30度16分 东经120度10分", "\xff°,\xfe", "e1 n", "−1 −1"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got, _ := search.Coordinates(text)
		if len(got) > 2 {
			t.Errorf("%q is read in %d ways", text, len(got))
		}
		for _, p := range got {
			if !(math.Abs(p.Lon) <= 180 && math.Abs(p.Lat) <= 90) {
				t.Errorf("%q is read as %v", text, p)
			}
		}
		search.Pinyin(text)
	})
}
