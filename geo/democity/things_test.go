package democity_test

import (
	"regexp"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"gridwarden/geo"
	"gridwarden/geo/democity"
)

func TestEveryAssetStandsInItsGrid(t *testing.T) {
	t.Parallel()
	dir, m := write(t, size)
	grids := make(map[string]geo.MultiPolygon)
	for _, f := range readFeatures(t, dir, "grids") {
		grids[f.Properties.Code] = geo.MultiPolygon{f.polygon(t)}
	}
	misplaced := 0
	for _, row := range readRows(t, m.Assets) {
		lon, _ := strconv.ParseFloat(row["lon"], 64)
		lat, _ := strconv.ParseFloat(row["lat"], 64)
		inside, onEdge := grids[row["grid"]].Locate(coord(t, lon, lat))
		if onEdge {
			t.Errorf("%s stands on the border of its grid", row["id"])
		}
		if !inside {
			misplaced++
		}
	}
	if misplaced != m.Misplaced {
		t.Errorf("%d assets are not in the grid they name; the manifest says %d", misplaced, m.Misplaced)
	}
}

func TestAssetsHaveCodesOfTheStandard(t *testing.T) {
	t.Parallel()
	_, m := write(t, size)
	form := regexp.MustCompile(`^9901\d\d(0[1-5]\d{3})\d{6}$`)
	seen := make(map[string]bool)
	categories := make(map[string]int)
	for _, row := range readRows(t, m.Assets) {
		match := form.FindStringSubmatch(row["id"])
		switch {
		case match == nil || match[1] != row["category"]:
			t.Errorf("the id %s does not say category %s", row["id"], row["category"])
		case row["id"][:6] != row["grid"][:6]:
			t.Errorf("%s is in another district than its grid %s", row["id"], row["grid"])
		case seen[row["id"]]:
			t.Errorf("%s is there twice", row["id"])
		case row["name"] == "" || utf8.RuneCountInString(row["name"]) > 30:
			t.Errorf("%s is called %q", row["id"], row["name"])
		}
		seen[row["id"]] = true
		categories[row["category"]]++
	}
	if len(categories) < 30 || categories["01037"] < len(seen)/10 {
		t.Errorf("%d categories, %d street lamps of %d assets", len(categories), categories["01037"], len(seen))
	}
}

func TestEveryBodyNamedIsInTheListOfDepartments(t *testing.T) {
	t.Parallel()
	dir, m := write(t, size)
	codes := make(map[string]bool)
	written := make(map[string]string) // codes, names and aliases
	depth := make(map[string]int)
	units := readRows(t, m.Departments)
	for _, u := range units {
		codes[u["code"]] = true
	}
	for _, u := range units {
		if depth[u["code"]] = depth[u["parent"]] + 1; depth[u["code"]] > 3 || u["parent"] != "" && depth[u["parent"]] == 0 {
			t.Errorf("%s: more than three levels, or its parent %q comes after it", u["code"], u["parent"])
		}
		if u["successor"] != "" && (!codes[u["successor"]] || u["valid_until"] == "") {
			t.Errorf("%s ended without a date or gave way to nobody", u["code"])
		}
		for _, way := range append(splitAliases(u["aliases"]), u["code"], u["name"]) {
			if other, taken := written[way]; taken {
				t.Errorf("%q is both %s and %s", way, other, u["code"])
			}
			written[way] = u["code"]
		}
	}
	for _, layer := range []string{"districts", "streets", "communities", "grids", "parks", "roads"} {
		for _, f := range readFeatures(t, dir, layer) {
			if d := f.Properties.Department; d != "" && !codes[d] {
				t.Errorf("%s: nobody has the code %q", f.Properties.Code, d)
			}
		}
	}
	byName := 0
	for _, row := range readRows(t, m.Assets) {
		for _, role := range []string{"authority", "owner", "maintainer"} {
			body := row[role]
			if body != "" && written[body] == "" {
				t.Errorf("%s: nobody is called %q", row["id"], body)
			}
			if body != "" && !codes[body] {
				byName++
			}
		}
	}
	if byName == 0 {
		t.Error("no body is written by its name or alias")
	}
}

func splitAliases(s string) []string {
	if s == "" {
		return nil
	}
	return strings.Split(s, ";")
}

func TestTheDefaultCityHasAboutSixtyUnitsAndMostGridsNameNone(t *testing.T) {
	t.Parallel()
	dir, m := write(t, democity.Size{Grids: democity.Default().Grids})
	if m.Units < 55 || m.Units > 75 {
		t.Errorf("%d units, about 60 wanted", m.Units)
	}
	if m.Districts < 3 || m.Streets < 8 || m.Communities < 24 {
		t.Errorf("only %d districts, %d streets, %d communities", m.Districts, m.Streets, m.Communities)
	}
	empty := 0
	for _, f := range readFeatures(t, dir, "grids") {
		if f.Properties.Department == "" {
			empty++
		}
	}
	if empty < m.Grids*8/10 || empty == m.Grids {
		t.Errorf("%d of %d grids leave the answer to their community", empty, m.Grids)
	}
}

func TestRoadsAndParksLieInTheCity(t *testing.T) {
	t.Parallel()
	dir, _ := write(t, size)
	vertices := make(map[geo.Coord]bool)
	city := geo.EmptyBox()
	for _, f := range readFeatures(t, dir, "grids") {
		for _, c := range f.polygon(t)[0] {
			vertices[c] = true
			city = city.Extend(c)
		}
	}
	seen := make(map[string]bool)
	for _, f := range readFeatures(t, dir, "roads") {
		p := f.Properties
		if p.Side != "both" || p.Reach < 20 || p.Reach > 80 || p.Class == "" || seen[p.Code] {
			t.Errorf("%+v", p)
		}
		seen[p.Code] = true
		for _, c := range f.line(t) {
			if !vertices[c] {
				t.Errorf("%s leaves the borders of the grids at %s", p.Code, c)
			}
		}
	}
	lakes := 0
	for _, f := range readFeatures(t, dir, "parks") {
		polygon := f.polygon(t)
		shape := geo.Shape{Polygons: geo.MultiPolygon{polygon}}
		if !shape.Box().Intersects(city) {
			t.Errorf("%s lies outside the city", f.Properties.Code)
		}
		for _, hole := range polygon[1:] {
			lakes++
			if inside, _ := (geo.MultiPolygon{polygon[:1]}).Locate(hole[0]); !inside || hole.SignedArea2() >= 0 {
				t.Errorf("%s: its lake is not a hole in it", f.Properties.Code)
			}
		}
	}
	if lakes == 0 {
		t.Error("no park has a lake")
	}
}
