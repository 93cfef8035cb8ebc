package geo_test

import (
	"encoding/json"
	"strings"
	"testing"

	"gridwarden/geo"
)

// TestWhatWasSaidIsKeptForReadersOfBothLanguages keeps words as a draft does, and reads them
// again for either reader.
func TestWhatWasSaidIsKeptForReadersOfBothLanguages(t *testing.T) {
	t.Parallel()
	gone := geo.Errorf(geo.NotFound, "%s has no area %q; was it split, merged or given another code?", geo.LayerName("grids"), geo.AreaCode("g1"))
	wrapped := geo.Errorf(geo.Conflict, "the geometry cannot be read: %w; give a GeoJSON geometry, %s", gone, geo.Say("Polygon or MultiPolygon"))
	for _, words := range []geo.Said{
		geo.Joined("%s; %s", []geo.Said{geo.Say("edit %d: %s", 3, gone), geo.Say("edit %d: %s", uint8(4), "x")}),
		geo.Say("%.0f %% of what is drawn is held already, most of it by %s; draw the gap only, or split what holds the ground", 3.0, geo.Date{Year: 2026, Month: 7, Day: 1}),
		geo.WordsOf(wrapped),
		geo.WordsOf(geo.Because(gone, geo.Unavailable, "the draft is not scheduled")),
		{},
	} {
		kept, err := json.Marshal(words)
		var read geo.Said
		if err == nil {
			err = json.Unmarshal(kept, &read)
		}
		if err != nil {
			t.Fatal(err)
		}
		for _, l := range []geo.Language{geo.English, geo.Chinese} {
			if got, want := read.In(l), words.In(l); got != want || strings.Contains(got, "%!") {
				t.Errorf("kept as %s, in %s it reads %q, not %q", kept, l, got, want)
			}
		}
		if zh := read.In(geo.Chinese); !words.IsZero() && zh == words.String() {
			t.Errorf("a Chinese reader is told %q", zh)
		}
	}
	var old geo.Said
	if err := json.Unmarshal([]byte(`"100 % of it"`), &old); err != nil || old.In(geo.Chinese) != "100 % of it" {
		t.Errorf("what was kept as a text reads %q, %v", old.In(geo.Chinese), err)
	}
}
