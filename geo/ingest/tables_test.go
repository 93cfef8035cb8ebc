package ingest_test

import (
	"strings"
	"testing"
	"time"

	"gridwarden/geo"
	"gridwarden/geo/ingest"
)

func TestDepartmentsAreReadWhole(t *testing.T) {
	t.Parallel()
	got, err := ingest.ReadDepartments(t.Context(), write(t, "d.csv", `code,name,kind,aliases,successor,valid_until,remark
D1,城管局,office,"城管; 城市管理局 |执法局",,,x
D0,"旧局, 已撤",office,,D1,2026-06-30,
`), "")
	if err != nil {
		t.Fatal(err)
	}
	if a := strings.Join(got[0].Aliases, "/"); a != "城管/城市管理局/执法局" {
		t.Errorf("aliases %s", a)
	}
	if d := got[1]; d.Name != "旧局, 已撤" || d.Successor != "D1" || d.ValidUntil != (geo.Date{Year: 2026, Month: time.June, Day: 30}) {
		t.Errorf("read %+v", d)
	}
}

func TestAllFaultsOfATableComeAtOnceByLineAndColumn(t *testing.T) {
	t.Parallel()
	_, err := ingest.ReadDepartments(t.Context(), write(t, "d.csv", `code,name,parent,valid_until,successor
D1,a,,,
,b,,,
D3,,,,
D1,again,,,
D5,c,,46203,
D6,d,,next year,
9.133E+17,e,,,
D8,f,3.3E+14,,
D9,g,,,D9
D10,h
D11,"i,,,
`), "")
	told(t, err,
		`d.csv, line 3: column "code" is blank`, `line 4: column "name" is blank`, "line 5: the code D1 stands already in line 2",
		`line 6: field "valid_until" is 46203`, `line 7: column "valid_until": "next year"`, `line 8: field "code" is 9.133E+17`,
		`line 9: field "parent" is 3.3E+14`, `line 10: column "successor"`, "line 11: the row has 2 cells", "line 12: a quote")
	_, err = ingest.ReadDepartments(t.Context(), write(t, "d.csv", "code,name,parent\nA,a,\nB,b,A\nC,c,B\nD,d,C\nE,e,F\nF,f,E\n"), "")
	told(t, err, "line 5", "line 6", "line 7", "three levels")
	_, err = ingest.ReadDepartments(t.Context(), write(t, "d.csv", "编码,name\n1,a\n"), "")
	told(t, err, `d.csv has no field "code"`, "name, 编码")
	_, err = ingest.ReadDepartments(t.Context(), write(t, "d.csv", "code,name,code\n1,a,2\n"), "")
	told(t, err, "d.csv", "two columns")
	_, err = ingest.ReadDepartments(t.Context(), write(t, "d.csv", "code,name\n"), "")
	told(t, err, "d.csv", "no rows")
	_, err = ingest.ReadDepartments(t.Context(), write(t, "d.csv", ""), "")
	told(t, err, "d.csv", "empty")
}

func TestCategoriesAreReadWhole(t *testing.T) {
	t.Parallel()
	got, err := ingest.ReadCategories(t.Context(), write(t, "c.csv", `standard,kind,code,name,name_en,parent,family,visibility
S,component,01,市政公用设施,,,,
S,component,01001,供水井盖,Water cover,01,井盖,public
S,matter,01001,供水井盖异常,,01,井盖,
T,component,0101,上水井盖,,01,,
`), "")
	if err != nil {
		t.Fatal(err)
	}
	want := geo.Category{
		CategoryKey: geo.CategoryKey{Standard: "S", Kind: geo.Component, Code: "01001"},
		Name:        "供水井盖", NameEN: "Water cover", Parent: "01", Family: "井盖", Visibility: geo.Public,
	}
	if len(got) != 4 || got[1] != want || got[2].Visibility != geo.Protected {
		t.Errorf("read %+v", got)
	}
	_, err = ingest.ReadCategories(t.Context(), write(t, "c.csv", `standard,kind,code,name,visibility
S,thing,1,a,
S,matter,2,b,secret
S,matter,3,c,
S,matter,3,d,
`), "")
	told(t, err, `line 2: column "kind" is "thing"`, `line 3: column "visibility" is "secret"`, "line 5: S matter 3 stands already in line 4")
	_, err = ingest.ReadCategories(t.Context(), write(t, "c.csv", "standard,kind,code,name\nS,matter,01001,a\nS,matter,01002,b\nS,matter,1003,c\n"), "")
	told(t, err, "line 4", "leading zero")
}
