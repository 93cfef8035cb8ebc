package main

import (
	"encoding/csv"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"gridwarden/geo"
	"gridwarden/geo/index"
	"gridwarden/geo/ingest"
	"gridwarden/geo/propose"
	"gridwarden/geo/realdata"
	"gridwarden/geo/routing"
	"gridwarden/geo/testsize"
)

const (
	nycFile     = "us-nyc/truth_311_feb2023.csv"
	nycStandard = "NYC 311"
)

// nycLayers are those that exceptions are looked for in.
var nycLayers = []geo.LayerName{"borough", "community_district", "police_precinct"}

// TestNewYorkReportsReachTheAgencyThatGotThem proposes a table from the reports with even
// ids, imports it as a person would, and routes the ones with odd ids.
func TestNewYorkReportsReachTheAgencyThatGotThem(t *testing.T) {
	c := newCity(t)
	for _, l := range newYork {
		if slices.Contains(nycLayers, l.layer) {
			c.must("import", "areas", "--effective", "2023-01-01", "--layer", string(l.layer), "--code", l.code, "--repair", realdata.Path(t, "us-nyc/"+l.file))
		}
	}
	even, odd := halvesByID(c)
	rules := filepath.Join(t.TempDir(), "rules.csv")
	proposing := []string{
		"propose", "rules", "--history", even, "--standard", nycStandard, "--type", "category", "--subtype", "subcategory", "--department", "department",
		"--layers", "borough,community_district,police_precinct", "--time-zone", "America/New_York", "-o", rules, "--check", odd,
	}
	out := c.must(proposing...)
	t.Log(out)
	if again := c.must(proposing...); again != out {
		t.Errorf("the same command again proposed\n%s", again)
	}
	for _, what := range []string{"departments", "categories"} {
		c.must("import", what, strings.Replace(rules, ".csv", "-"+what+".csv", 1))
	}
	c.must("import", "rules", "--merge", "--effective", "2023-01-01", rules)
	filled := c.must("import", "reports", "--source", "311", "--standard", nycStandard, "--answers", "subcategory", "--department", "department",
		"--time-zone", "America/New_York", "--skip-unknown", odd)
	t.Log(filled)
	view := c.view()
	right, seen := checkNewYork(t, view, odd)
	told := fmt.Sprintf("%d of %d were decided as it happened", right, seen)
	if !strings.Contains(filled, told) || !strings.Contains(filled, fmt.Sprintf("%d stored", seen)) {
		t.Errorf("the back-fill does not say %q", told)
	}
	oftenHalved(t, view)
}

// halvesByID writes the truth as two files, by even and odd id.
func halvesByID(c *city) (even, odd string) {
	c.Helper()
	rows := nycRows(c)
	halves := [2][][]string{{rows[0]}, {rows[0]}}
	for _, row := range rows[1:] {
		id, err := strconv.Atoi(row[0])
		if err != nil {
			c.Fatal(err)
		}
		halves[id%2] = append(halves[id%2], row)
	}
	var paths [2]string
	for i, half := range halves {
		var b strings.Builder
		if err := csv.NewWriter(&b).WriteAll(half); err != nil {
			c.Fatal(err)
		}
		paths[i] = c.file([]string{"even.csv", "odd.csv"}[i], b.String())
	}
	return paths[0], paths[1]
}

func nycRows(t testing.TB) [][]string {
	t.Helper()
	in, err := os.Open(realdata.Path(t, nycFile))
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	rows, err := csv.NewReader(in).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

// nycReports are the reports of a file with the columns of the truth.
func nycReports(t testing.TB, file string) []ingest.ReportInput {
	t.Helper()
	zone, err := time.LoadLocation("America/New_York")
	if err != nil {
		t.Fatal(err)
	}
	var all []ingest.ReportInput
	for in, err := range ingest.Reports(t.Context(), file, ingest.ReportOptions{
		Source: "311", Standard: nycStandard, Kind: geo.Matter, Zone: zone,
		Department: "department", Subtype: "subcategory", Answers: []string{"subcategory"},
	}) {
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, in)
	}
	return all
}

// checkNewYork routes reports by what was imported and compares agency and districts. It
// counts those whose type was seen, and the right ones among them.
func checkNewYork(t *testing.T, view *index.Snapshot, file string) (seenRight, seen int) {
	t.Helper()
	engine := routing.New(view, routing.Settings{Zone: time.UTC})
	ruled := map[string]bool{}
	for _, r := range view.Duty().Rules {
		ruled[r.Category] = true
	}
	all, right, unseen := 0, 0, map[string]int{}
	for _, in := range nycReports(t, file) {
		request, _ := routing.RequestOf(&in.Report, in.ReportedAt)
		decision := engine.Decide(request)
		hit := one(decision.Department != nil && string(decision.Department.Code) == in.Department)
		all, right = all+1, right+hit
		if ruled[in.Category.Code] {
			seen, seenRight = seen+1, seenRight+hit
		} else {
			unseen[in.Category.Code]++
		}
	}
	t.Logf("odd ids: %d of %d whose type was seen (%.2f %%), %d of all %d (%.2f %%); types never seen: %v",
		seenRight, seen, percent(seenRight, seen), right, all, percent(right, all), unseen)
	if percent(seenRight, seen) < 98.5 || percent(right, all) < 97.5 {
		t.Error("too few reach the agency that the city gave them to")
	}
	checkDistricts(t, view, file)
	return seenRight, seen
}

// checkDistricts compares the areas that decisions look at with those that GEOS found: they
// may differ only on an edge, as far as borders were matched.
func checkDistricts(t *testing.T, view *index.Snapshot, file string) {
	t.Helper()
	in, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	rows, err := csv.NewReader(in).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	compared, onEdge := 0, 0
	for _, layer := range nycLayers {
		column := slices.Index(rows[0], string(layer)+"_geos")
		for _, row := range rows[1:] {
			compared++
			if why := differs(t, view, layer, row[1], row[2], row[column]); why != "" {
				onEdge++
				t.Log(why)
			}
		}
	}
	t.Logf("%d districts as GEOS has them, %d on an edge", compared-onEdge, onEdge)
}

// oftenHalved does the same for many random halves, each proposed from its first and tried
// on its second.
func oftenHalved(t *testing.T, view *index.Snapshot) {
	t.Helper()
	reports := nycReports(t, realdata.Path(t, nycFile))
	p := &proposer{view: view, layers: nycLayers, names: newNames(view)}
	cases := make([]propose.Case, len(reports))
	for i := range reports {
		cases[i] = p.caseOf(&reports[i])
	}
	var ofSeen, ofAll []float64
	seeds := testsize.N(15, 100)
	for seed := range uint64(seeds) {
		order := rand.New(rand.NewPCG(seed, 0)).Perm(len(reports))
		seen, all := halved(t, view, reports, cases, order)
		ofSeen, ofAll = append(ofSeen, seen), append(ofAll, all)
	}
	slices.Sort(ofSeen)
	slices.Sort(ofAll)
	t.Logf("seeds 0 to %d: whose type was seen: min %.2f %%, median %.2f %%; all: min %.2f %%, median %.2f %%", seeds-1,
		ofSeen[0], ofSeen[len(ofSeen)/2], ofAll[0], ofAll[len(ofAll)/2])
	if ofSeen[0] < 98.5 || ofAll[0] < 97.5 {
		t.Error("the worst half is worse than any may be")
	}
}

// halved proposes from the first half of an order and gives the percentages right in the
// second: of those whose type was seen, and of all.
func halved(t *testing.T, view *index.Snapshot, reports []ingest.ReportInput, cases []propose.Case, order []int) (ofSeen, ofAll float64) {
	t.Helper()
	past, seenTypes := propose.NewHistory(), map[string]bool{}
	first, second := order[:len(order)/2], order[len(order)/2:]
	for _, i := range first {
		past.Add(cases[i])
		seenTypes[cases[i].Type] = true
	}
	proposal := past.Propose(propose.Options{Standard: nycStandard, Subtype: "subcategory", Layers: nycLayers})
	engine := routing.New(withRules(t, view, proposal.Rules), routing.Settings{})
	right, seen, seenRight := 0, 0, 0
	for _, i := range second {
		request, _ := routing.RequestOf(&reports[i].Report, reports[i].ReportedAt)
		decision := engine.Decide(request)
		hit := one(decision.Department != nil && string(decision.Department.Code) == reports[i].Department)
		right += hit
		if seenTypes[cases[i].Type] {
			seen, seenRight = seen+1, seenRight+hit
		}
	}
	return percent(seenRight, seen), percent(right, len(second))
}

// withRules is the view with other duty rows. Its areas, which name no departments here,
// are left out where no row asks for one: a hundred halves take long enough.
func withRules(t *testing.T, view *index.Snapshot, rules []geo.DutyRow) *index.Snapshot {
	t.Helper()
	at := view.Position()
	at.Sequence++
	changes := &geo.Changes{History: view.History(), From: view.Position(), To: at, Duty: geo.DutyTables{Rules: rules}}
	if !slices.ContainsFunc(rules, func(r geo.DutyRow) bool { return r.Layer != "" }) {
		changes.From, changes.Departments, changes.Categories = geo.Position{}, view.Departments(), view.Categories()
		view = index.Empty()
	}
	next, err := view.Apply(changes)
	if err != nil {
		t.Fatal(err)
	}
	return next
}
