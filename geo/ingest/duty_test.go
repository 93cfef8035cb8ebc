package ingest_test

import (
	"fmt"
	"io"
	"os"
	"reflect"
	"strings"
	"testing"
	"time"

	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"

	"gridwarden/geo"
	"gridwarden/geo/ingest"
	"gridwarden/geo/testsize"
)

const rulesInChinese = "编号,优先级,标准,类型,类别,责任单位,配合单位,时段,生效日期,备注\r\n" +
	"R1,10,GB,事项,06001,部门：城管局,交警大队、园林中心,周一至周五 8:00－18:00；节假日,2026/7/1,\"第一行\r\n第二行, 完\"\r\n" +
	"R2,,,,井盖,养护单位,,,,\r\n,,,,,,,,,\r\n"

func TestRulesAreReadAsSpreadsheetsWriteThem(t *testing.T) {
	t.Parallel()
	want := []geo.DutyRow{
		{
			ID: "R1", Priority: 10, Standard: "GB", Kind: geo.Matter, Category: "06001", Assign: "department:城管局",
			Helpers: []geo.DepartmentCode{"交警大队", "园林中心"}, Hours: "周一至周五 8:00-18:00;节假日",
			ValidFrom: geo.Date{Year: 2026, Month: time.July, Day: 1}, Note: "第一行\n第二行, 完",
		},
		{ID: "R2", Priority: 100, Category: "井盖", Assign: "asset.maintainer"},
	}
	for name, file := range map[string]struct{ content, encoding string }{
		"utf-8":         {rulesInChinese, ""},
		"utf-8 said":    {rulesInChinese, "utf-8"},
		"with a mark":   {"\ufeff" + rulesInChinese, ""},
		"gbk":           {encoded(t, simplifiedchinese.GBK, rulesInChinese), ""},
		"gbk said":      {encoded(t, simplifiedchinese.GBK, rulesInChinese), "gbk"},
		"gb18030":       {encoded(t, simplifiedchinese.GB18030, rulesInChinese), "gb18030"},
		"utf-16":        {encoded(t, unicode.UTF16(unicode.LittleEndian, unicode.UseBOM), rulesInChinese), ""},
		"with tabs":     {strings.ReplaceAll(strings.ReplaceAll(rulesInChinese, ",", "\t"), "\t 完", ", 完"), ""},
		"plain headers": {"ID,Priority,standard,kind,category,assign,helpers,hours,valid_from,note\n" + rulesInChinese[strings.Index(rulesInChinese, "R1"):], ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			rows, sources, err := ingest.ReadRules(t.Context(), write(t, "rules.csv", file.content), file.encoding)
			if err != nil {
				t.Fatal(err)
			}
			if !reflect.DeepEqual(rows, want) {
				t.Errorf("read\n%+v, want\n%+v", rows, want)
			}
			if len(sources) != 2 || sources[0].Line != 2 || sources[1].Line != 4 {
				t.Errorf("from %v", sources)
			}
		})
	}
}

func TestAGBKFileReadAsUTF8IsRefusedWithASentence(t *testing.T) {
	t.Parallel()
	gbk := encoded(t, simplifiedchinese.GBK, rulesInChinese)
	rows, _, err := ingest.ReadRules(t.Context(), write(t, "rules.csv", gbk), "utf-8")
	told(t, err, "rules.csv", "column 1 of the header", "--encoding gb18030")
	if rows != nil {
		t.Errorf("and yet %d rows", len(rows))
	}
	plain := encoded(t, simplifiedchinese.GBK, "id,assign,note\nR1,fallback,\nR2,部门：城管局,备注\n")
	_, _, err = ingest.ReadRules(t.Context(), write(t, "rules.csv", plain), "utf-8")
	told(t, err, `line 3: column "assign": the text is not in the encoding`, "--encoding gb18030")
}

func TestEveryFaultOfATableIsToldByLineAndColumn(t *testing.T) {
	t.Parallel()
	rows, sources, err := ingest.ReadRules(t.Context(), write(t, "rules.csv", `编号,优先级,区域,时段,assign,helpers,失效日期
R1,x,A,25:00,department:D1,D1,46203
R2,,3.30E+14,,fallback,,
,,,,,,2026-01-01
R2,,,,fallback,,
R5,,,,fallback,,
R5,,,,fallback,,
R6,1
`), "")
	told(t, err,
		`line 2: column "优先级": "x"`, `line 2: column "时段"`, `line 2: column "helpers": the row refers to itself`, `line 2: column "失效日期": 46203`, "line 2: column \"layer\"",
		`line 3: column "区域": 3.30E+14`, `line 4: column "编号": the cell is blank`, `line 4: column "assign": the cell is blank`,
		"line 8: the row has 2 cells")
	if len(rows) != 6 || len(sources) != 6 || rows[0].Assign != "department:D1" {
		t.Errorf("the rows that could be read are not there: %+v", rows)
	}
	_, _, err = ingest.ReadRules(t.Context(), write(t, "rules.csv", "id,categroy,类别,category\n1,2,,\n"), "")
	told(t, err, `the column "categroy" means nothing`, `the column "category" means "category", and another does already`, `no field "assign"`)
	_, _, err = ingest.ReadRules(t.Context(), write(t, "rules.csv", "id,assign\n"), "")
	told(t, err, "no rows")
}

func TestTheTablesBesideTheRulesAreRead(t *testing.T) {
	t.Parallel()
	standards, _, err := ingest.ReadStandards(t.Context(), write(t, "s.csv", "标准,类型,类别,条件代码,立案条件,等级,时限,时限单位,结案条件\nGB,部件,01001,1,缺失、移位,A,2,紧急工作时,复位\n"), "")
	want := geo.FilingStandard{
		CategoryKey: geo.CategoryKey{Standard: "GB", Kind: geo.Component, Code: "01001"}, Condition: "1", ConditionText: "缺失、移位", Class: "A",
		Limit: 2, Unit: geo.UrgentHour, CloseCondition: "复位",
	}
	if err != nil || len(standards) != 1 || standards[0] != want {
		t.Errorf("read %+v, %v", standards, err)
	}
	standards, _, err = ingest.ReadStandards(t.Context(), write(t, "s.csv", "standard,kind,category,limit,unit\nS,matter,,2,work_day\nS,matter,1,3,work_day\n"), "")
	if told(t, err, `line 2: column "category": the cell is blank`); len(standards) != 1 || standards[0].Code != "1" {
		t.Errorf("beside the faults %+v", standards)
	}

	days, _, err := ingest.ReadCalendar(t.Context(), write(t, "c.csv", "类型,开始日期,结束日期,备注\n节假日,2026/10/1,2026/10/7,国庆\n补班,2026/10/10,,\n"), "")
	if err != nil || len(days) != 2 || days[1].Kind != geo.MakeUpWork || days[1].Until != days[1].From || days[0].Note != "国庆" {
		t.Errorf("read %+v, %v", days, err)
	}
	crosswalk, _, err := ingest.ReadCrosswalk(t.Context(), write(t, "x.csv", "原标准,原类型,原代码,新标准,新类型,新代码\nA,部件,0101,B,部件,01001\n"), "")
	if err != nil || len(crosswalk) != 1 || crosswalk[0].To.Code != "01001" {
		t.Errorf("read %+v", crosswalk)
	}
	posts, _, err := ingest.ReadPosts(t.Context(), write(t, "p.csv", "网格,区域,路段,角色,姓名,电话,班次\n责任网格:Z1,,,采集员,王某,13800000000,\n,,roads:L1,养护,李某,,22:00-06:00\n"), "")
	if err != nil || len(posts) != 2 || posts[0].Layer != geo.DutyGroup || posts[1].Layer != "roads" || posts[1].Shift == "" {
		t.Errorf("read %+v, %v", posts, err)
	}
}

func TestGroupsAreJoinedOfTheirMembers(t *testing.T) {
	t.Parallel()
	groups, sources, err := ingest.ReadGroups(t.Context(), write(t, "g.csv", `kind,code,name,member_layer,member
责任网格,Z1,,grids,A
责任网格,Z2,西片,grids,B
责任网格,Z1,东片,grids,C
management,Z1,东片,grids,A
`), "")
	want := []geo.Group{
		{Kind: "duty", Code: "Z1", Name: "东片", Layer: "grids", Members: []geo.AreaCode{"A", "C"}},
		{Kind: "duty", Code: "Z2", Name: "西片", Layer: "grids", Members: []geo.AreaCode{"B"}},
		{Kind: "management", Code: "Z1", Name: "东片", Layer: "grids", Members: []geo.AreaCode{"A"}},
	}
	if err != nil || !reflect.DeepEqual(groups, want) || sources[1].Line != 3 {
		t.Errorf("read %+v %v %v", groups, sources, err)
	}
	_, _, err = ingest.ReadGroups(t.Context(), write(t, "g.csv", `kind,code,name,member_layer,member
duty,Z1,东片,grids,A
duty,Z1,西片,grids,B
duty,Z1,,streets,C
duty,Z2,,grids,A
duty,Z2,,grids,3.30103E+14
`), "")
	told(t, err, `line 3: column "name": the group Z1 is named "东片" in line 2`, `line 4: column "member_layer"`, "line 5: the area A of a duty group stands already in line 2", `line 6: column "member": 3.30103E+14`)
}

func TestAVeryLongDutyListIsRead(t *testing.T) {
	n := testsize.N(50_000, 1_000_000)
	path := pipe(t, func(w io.Writer) {
		_, _ = io.WriteString(w, "id,priority,standard,kind,category,layer,area,hours,assign\n")
		for i := range n {
			fmt.Fprintf(w, "R%d,%d,GB,matter,%05d,grids,%d*,Mon-Fri 08:00-18:00;holiday,department:D%d\n", i, i%9, i%403, i%90_000, i%500)
		}
	})
	began := time.Now()
	rows, _, err := ingest.ReadRules(t.Context(), path, "")
	took := time.Since(began)
	if err != nil || len(rows) != n {
		t.Fatalf("%d rows, %v", len(rows), err)
	}
	t.Logf("%d rows in %v", n, took)
}

func TestATableTooLargeIsRefused(t *testing.T) {
	t.Parallel()
	if testsize.Long() {
		many := pipe(t, func(w io.Writer) {
			_, _ = io.WriteString(w, "id,assign\n")
			for i := range 1_000_001 {
				if _, err := fmt.Fprintf(w, "%x,fallback\n", i); err != nil {
					return
				}
			}
		})
		if _, _, err := ingest.ReadRules(t.Context(), many, ""); geo.KindOf(err) != geo.TooLarge || !strings.Contains(err.Error(), "1000000 rows") {
			t.Errorf("told %v", err)
		}
	}
	long := write(t, "long.csv", "id,assign,note\n1,fallback,\n"+strings.Repeat(strings.Repeat(" ", 1<<16)+"\n", 1<<10))
	if _, _, err := ingest.ReadRules(t.Context(), long, ""); geo.KindOf(err) != geo.TooLarge || !strings.Contains(err.Error(), "64 MB") {
		t.Errorf("told %v", err)
	}
}

func FuzzRules(f *testing.F) {
	f.Add([]byte(rulesInChinese))
	f.Add([]byte("id,assign\n1,fallback\n1,\"x"))
	f.Add([]byte("kind,code,name,member_layer,member\nduty,1,,g,1\nduty,1,a,h,2\n"))
	seeds(f)
	dir := f.TempDir()
	f.Fuzz(func(t *testing.T, content []byte) {
		path := place(t, dir, content)
		rows, sources, err := ingest.ReadRules(t.Context(), path, "")
		if sound(t, err, path); len(rows) != len(sources) {
			t.Errorf("%d rows of %d sources", len(rows), len(sources))
		}
		groups, _, err := ingest.ReadGroups(t.Context(), path, "")
		sound(t, err, path)
		for _, g := range groups {
			if len(g.Members) == 0 || err == nil && (g.Kind == "" || g.Code == "" || g.Layer == "") {
				t.Errorf("a group that is none: %+v", g)
			}
		}
		if err := os.Remove(path); err != nil {
			t.Fatal(err)
		}
	})
}
