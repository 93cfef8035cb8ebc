package main

import (
	"strings"
	"testing"

	"gridwarden/geo/democity"
)

// Ctrl-C in the middle of the first make run must not leave half a city for ever.
func TestASeedingCutShortIsTakenUpAgain(t *testing.T) {
	c := newCity(t)
	dir := c.TempDir()
	small := []string{"demo", "--grids", "40", "--assets", "300"}
	m, err := democity.Write(c.Context(), dir, democity.Size{Grids: 40, Assets: 300})
	if err != nil {
		t.Fatal(err)
	}
	for _, step := range demoImports(m)[:2] { // cut short before the assets and the key
		c.must(step...)
	}
	_, errs, code := c.try(append(small, "--seed")...)
	if code != exitDone || !strings.Contains(errs, "going on with it") || !strings.Contains(errs, "gw_") {
		t.Fatalf("exit %d: %s", code, errs)
	}
	view := c.view()
	if view.AssetCount() != 300 || view.Edition().Number != 5 {
		t.Errorf("%d assets in edition %d, want 300 in 5: the areas, and four tables of duty", view.AssetCount(), view.Edition().Number)
	}
	if _, errs, _ = c.try(append(small, "--seed")...); !strings.Contains(errs, "has data") {
		t.Errorf("seeded twice: %s", errs)
	}
}

func TestSeedingLeavesDataOfOnesOwnAlone(t *testing.T) {
	c := newCity(t)
	c.must("import", "departments", c.file("departments.csv", "code,name\nX,环卫所\n"))
	at := c.view().Position()
	if _, errs, code := c.try("demo", "--seed", "--grids", "40", "--assets", "0"); code != exitDone || !strings.Contains(errs, "has data") {
		t.Errorf("exit %d: %s", code, errs)
	}
	if now := c.view().Position(); now != at {
		t.Errorf("the database moved from %v to %v", at, now)
	}
}
