package main

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"gridwarden/geo"
	"gridwarden/geo/testsize"
)

// A city of very many exceptions is imported, and its second import, with one row changed,
// writes one row.
func TestAVeryLongDutyListIsImported(t *testing.T) {
	c := newCity(t)
	c.must("import", "departments", c.file("d.csv", "code,name\nCG,城管局\nJJ,交警大队\n"))
	c.must("import", "categories", c.file("c.csv", "standard,kind,code,name\nGB,matter,06001,机动车乱停放\nGB,matter,06002,非机动车乱停放\n"))
	c.must("import", "areas", "--layer", "grids", c.file("g.geojson", `{"type":"FeatureCollection","features":[
		{"type":"Feature","properties":{"code":"330103001"},"geometry":{"type":"Polygon","coordinates":[[[120,30],[120.01,30],[120.01,30.01],[120,30.01],[120,30]]]}}]}`))

	n := testsize.N(8_000, 100_000)
	var b strings.Builder
	b.WriteString("id,priority,standard,kind,category,layer,area,hours,assign,helpers,deadline,deadline_unit\n")
	for i := range n {
		fmt.Fprintf(&b, "R%06d,%d,GB,matter,0600%d,grids,330103*,Mon-Fri 08:00-18:00;holiday,department:城管局,交警大队,%d,work_hour\n", i, i%9, i%2+1, i%48+1)
	}
	rules := b.String()
	began := time.Now()
	out := c.must("import", "rules", c.file("rules.csv", rules))
	took := time.Since(began)
	if !strings.Contains(out, fmt.Sprintf("duty rows: %d read: %d new\n", n, n)) {
		t.Error(out)
	}
	began = time.Now()
	out = c.must("import", "rules", c.file("again.csv", strings.Replace(rules, "R000007,7,", "R000007,1,", 1)))
	t.Logf("%d rows imported in %v, one changed in %v", n, took, time.Since(began))
	if !strings.Contains(out, fmt.Sprintf(": 1 changed, %d untouched\n", n-1)) {
		t.Error(out)
	}
	view := c.view()
	if held := view.Duty().Rules; len(held) != n || held[7].ID != "R000007" || held[7].Priority != 1 || held[7].Assign != "department:CG" || held[7].Helpers[0] != geo.DepartmentCode("JJ") {
		t.Errorf("%d rows are held, of them %+v", len(held), held[7])
	}

	bad := strings.Replace(rules, "R000009,0,GB,matter,06002", "R000009,0,GB,matter,06009", 1)
	bad = strings.Replace(bad, "R000010,1,GB,matter,06001,grids,330103*,Mon-Fri 08:00-18:00", "R000010,1,GB,matter,06001,grids,330103*,Mon-Fri 08:00-25:00", 1)
	c.refused(exitFaults, []string{`bad.csv, line 11: column "category"`, `bad.csv, line 12: column "hours"`}, "import", "rules", c.file("bad.csv", bad))
}
