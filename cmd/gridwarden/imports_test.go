package main_test

import (
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// rooms says which of our packages each package may import, and nothing else of ours.
// Tests may import what they like.
func rooms() map[string]string {
	return map[string]string{
		"cmd/gridwarden": "api api/ui geo geo/access geo/audit geo/calendar geo/cases geo/coverage geo/crs geo/delivery geo/democity geo/drafts geo/duty geo/filter geo/impact geo/index geo/ingest geo/planning geo/postgis geo/postgis/localdb geo/propose geo/routing geo/simplify geo/snapshot tiles tiles/archive tiles/basemap",
		"cmd/localdb":    "geo geo/postgis/localdb",

		"api":            "geo geo/access geo/audit geo/calendar geo/cases geo/crs geo/differences geo/drafts geo/duty geo/filter geo/impact geo/index geo/ingest geo/planning geo/routing geo/search tiles tiles/basemap",
		"api/ui":         "",
		"api/ui/stories": "",
		"api/ui/uitest":  "",
		"tiles":          "geo geo/crs geo/filter geo/index geo/plane geo/simplify",
		"tiles/archive":  "geo geo/index tiles",
		"tiles/basemap":  "geo tiles/archive",

		"geo":             "geo/chinese",
		"geo/chinese":     "",
		"geo/access":      "geo",
		"geo/audit":       "geo geo/calendar geo/coverage geo/duty geo/index geo/plane geo/routing",
		"geo/calendar":    "geo",
		"geo/cases":       "geo geo/calendar",
		"geo/coverage":    "geo geo/plane",
		"geo/crs":         "geo",
		"geo/delivery":    "geo",
		"geo/democity":    "geo",
		"geo/differences": "geo geo/index geo/planning",
		"geo/drafts":      "geo geo/access geo/index geo/planning",
		"geo/duty":        "geo geo/calendar",
		"geo/filter":      "geo",
		"geo/impact":      "geo geo/cases geo/duty geo/index geo/plane geo/planning geo/routing",
		"geo/index":       "geo geo/simplify",
		"geo/ingest":      "geo geo/calendar geo/crs geo/duty geo/plane",
		"geo/plane":       "",
		"geo/planning":    "geo geo/calendar geo/coverage geo/duty geo/index geo/plane",
		"geo/propose":     "geo geo/duty",
		"geo/realdata":    "geo",
		"geo/routing":     "geo geo/calendar geo/duty geo/index",
		"geo/search":      "geo geo/crs geo/index",
		"geo/simplify":    "geo",
		"geo/snapshot":    "geo geo/index",
		"geo/testsize":    "",

		"geo/postgis":         "geo geo/cases geo/duty geo/planning geo/postgis/schema",
		"geo/postgis/localdb": "geo",
		"geo/postgis/pgtest":  "geo/postgis/localdb geo/postgis/schema migrations",
		"geo/postgis/schema":  "migrations",
		"migrations":          "",
	}
}

// homes says where each library of others may be imported outside tests: behind one door
// each, but for orb, the currency of geometry. A library that is not here is for tests.
func homes() map[string]string {
	return map[string]string{
		"github.com/paulmach/orb": "api cmd/gridwarden geo geo/coverage geo/ingest geo/planning geo/postgis geo/realdata tiles tiles/archive tiles/basemap",

		"github.com/chromedp/chromedp":        "api/ui/uitest",
		"github.com/getkin/kin-openapi":       "api",
		"github.com/gorilla/mux":              "api",
		"github.com/jackc/pgx/v5":             "geo/postgis geo/postgis/localdb geo/postgis/pgtest geo/postgis/schema",
		"github.com/klauspost/compress":       "tiles",
		"github.com/maypok86/otter/v2":        "tiles tiles/archive tiles/basemap",
		"github.com/mozillazg/go-pinyin":      "geo/search",
		"github.com/parquet-go/parquet-go":    "geo/snapshot",
		"github.com/pressly/goose/v3":         "geo/postgis/schema",
		"github.com/prometheus/client_golang": "api",
		"github.com/riverqueue/river":         "geo/postgis geo/postgis/schema",
		"github.com/schollz/progressbar/v3":   "cmd/gridwarden",
		"github.com/tidwall/btree":            "geo/index",
		"github.com/tidwall/rtree":            "geo/index",
		"github.com/twpayne/go-geom":          "geo/postgis",
		"golang.org/x/sync":                   "api cmd/gridwarden geo/drafts geo/index geo/snapshot tiles tiles/archive tiles/basemap",
		"golang.org/x/term":                   "cmd/gridwarden geo/postgis/localdb",
		"golang.org/x/text":                   "api geo/index geo/ingest",
		"zombiezen.com/go/sqlite":             "tiles/archive",
	}
}

func TestNoRoomReachesPastItsDoor(t *testing.T) {
	t.Parallel()
	allowed, doors := rooms(), homes()
	for pkg, imports := range importsOf(t) {
		ours, known := allowed[pkg]
		if !known {
			t.Errorf("%s is not in the import table: say what it may import", pkg)
			continue
		}
		for _, path := range imports {
			switch room, isOurs := strings.CutPrefix(path, "gridwarden/"); {
			case isOurs && !contains(ours, room):
				t.Errorf("%s imports %s; it may import of ours: %s", pkg, room, ours)
			case !isOurs && strings.Contains(path, ".") && !contains(home(doors, path), pkg):
				t.Errorf("%s imports %s, whose home is: %q", pkg, path, home(doors, path))
			}
		}
	}
}

func TestTheImportTableNamesOnlyWhatIsThere(t *testing.T) {
	t.Parallel()
	there := importsOf(t)
	for pkg := range rooms() {
		if _, exists := there[pkg]; !exists {
			t.Errorf("there is no package %s", pkg)
		}
	}
	for library, pkgs := range homes() {
		for pkg := range strings.FieldsSeq(pkgs) {
			uses := func(path string) bool { return path == library || strings.HasPrefix(path, library+"/") }
			if !slices.ContainsFunc(there[pkg], uses) {
				t.Errorf("%s does not import %s", pkg, library)
			}
		}
	}
}

// importsOf lists what each package imports outside its tests, by path within the module.
func importsOf(t *testing.T) map[string][]string {
	t.Helper()
	out, err := exec.Command("go", "list", "-f", `{{.ImportPath}} {{join .Imports " "}}`, "gridwarden/...").Output()
	if err != nil {
		t.Fatal(err)
	}
	imports := map[string][]string{}
	for line := range strings.Lines(string(out)) {
		words := strings.Fields(line)
		imports[strings.TrimPrefix(words[0], "gridwarden/")] = words[1:]
	}
	return imports
}

func contains(list, word string) bool { return slices.Contains(strings.Fields(list), word) }

// home is where the library that holds a package may be imported.
func home(doors map[string]string, path string) string {
	for library, home := range doors {
		if path == library || strings.HasPrefix(path, library+"/") {
			return home
		}
	}
	return ""
}
