package ingest_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/text/encoding/simplifiedchinese"
	"pgregory.net/rapid"

	"gridwarden/geo"
	"gridwarden/geo/ingest"
)

// town is how the reports of these tests are read.
func town() ingest.ReportOptions {
	return ingest.ReportOptions{
		Source: "s", Standard: "town", Kind: geo.Matter, Zone: time.FixedZone("", 8*3600), Now: time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC),
	}
}

// reportsOf reads a file: its reports, and what is wrong with the others, a line each.
func reportsOf(t testing.TB, content []byte, o ingest.ReportOptions) (all []ingest.ReportInput, wrong string, stopped error) {
	t.Helper()
	path := write(t, "past.csv", string(content))
	for in, err := range ingest.Reports(context.Background(), path, o) {
		switch {
		case err == nil:
			all = append(all, in)
		case geo.KindOf(err) == geo.Faulty:
			wrong += strings.ReplaceAll(err.Error(), filepath.Dir(path)+"/", "") + "\n"
		default:
			stopped = err
		}
	}
	return all, wrong, stopped
}

func TestTimesAreReadAsSystemsAndSpreadsheetsWriteThem(t *testing.T) {
	want := time.Date(2023, 2, 28, 23, 45, 0, 0, time.FixedZone("", 8*3600))
	for _, written := range []string{
		"2023-02-28 23:45:00", "2023-02-28 23:45", "2023-02-28T23:45:00", "2023/2/28 23:45", "2023/2/28 23:45:00", "02/28/2023 11:45:00 PM",
		"2/28/2023 11:45 PM", "2023年2月28日 23:45", "2023年2月28日 23:45:00", "2023年2月28日23时45分", "2023-02-28T15:45:00Z", "2023-02-28 16:45:00+01:00", "20230228234500", "2023-02-28 23：45",
	} {
		all, wrong, err := reportsOf(t, []byte("id,created,category,lon,lat\n1,"+written+",0201,120,30\n"), town())
		if err != nil || wrong != "" || len(all) != 1 || !all[0].ReportedAt.Equal(want) {
			t.Errorf("%s is read as %v (%s %v)", written, all, wrong, err)
		}
	}
	all, wrong, _ := reportsOf(t, []byte("id,created,category,lon,lat\n1,2023-02-28,0201,120,30\n2,28/02/2023 23:45,0201,120,30\n"), town())
	if len(all) != 1 || !all[0].ReportedAt.Equal(time.Date(2023, 2, 27, 16, 0, 0, 0, time.UTC)) || !strings.Contains(wrong, `column "created" is "28/02/2023 23:45"`) {
		t.Errorf("a day alone is %v; a day before its month is told as %s", all, wrong)
	}
}

func TestColumnsAreFoundByTheirUsualNamesAndFilesByTheirContent(t *testing.T) {
	plain := "案件编号,上报时间,类别,经度,纬度,地址,条件代码\n7,2023-02-28 23:45,0201,120.1527,30.2733,幸福路1号,02\n8,2023-02-28 23:46,0201,,,幸福路2号,\n"
	gbk, err := simplifiedchinese.GBK.NewEncoder().Bytes([]byte(plain))
	if err != nil {
		t.Fatal(err)
	}
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	_, _ = z.Write([]byte(plain)) // to memory: cannot fail
	_ = z.Close()
	for name, content := range map[string][]byte{"UTF-8": []byte(plain), "GBK": gbk, "gzip": packed.Bytes(), "tabs": []byte(strings.ReplaceAll(plain, ",", "\t"))} {
		all, wrong, err := reportsOf(t, content, town())
		if err != nil || wrong != "" || len(all) != 2 {
			t.Fatalf("%s: %v, %s, %v", name, all, wrong, err)
		}
		first, second := all[0], all[1]
		if first.ExternalID != "7" || first.Category.Code != "0201" || *first.Point != (geo.Coord{X: 1201527000, Y: 302733000}) ||
			first.Address != "幸福路1号" || first.Condition != "02" || first.State != geo.Closed || !first.Backfilled || first.Source.Line != 2 {
			t.Errorf("%s: the first is %+v", name, first)
		}
		if second.Point != nil || second.Address != "幸福路2号" {
			t.Errorf("%s: the second has no position, and is %+v", name, second)
		}
	}
}

func TestOtherSystemsAreConvertedAtTheDoor(t *testing.T) {
	o := town()
	o.CRS = "GCJ-02"
	all, wrong, err := reportsOf(t, []byte("id,created,category,lon,lat\n1,2023-02-28,0201,120.1574,30.2709\n"), o)
	if err != nil || wrong != "" || len(all) != 1 || *all[0].Point == (geo.Coord{X: 1201574000, Y: 302709000}) {
		t.Errorf("%v, %s, %v", all, wrong, err)
	}
}

func TestEverythingWrongWithARowIsToldAtOnce(t *testing.T) {
	o := town()
	o.State, o.ClosedAt, o.KindField = "state", "closed", "kind"
	_, wrong, err := reportsOf(t, []byte(`id,created,category,lon,lat,state,closed,kind,accuracy
,tomorrow,,x,30,lost,2020-01-01,thing,-5
2,2023-02-28,0201,120,30,closed,2023-01-01,matter,5
3,2023-02-28,"0201,120,30
4,2023-02-28,3.30103E+14,120,30,,,,
`), o)
	if err != nil {
		t.Fatal(err)
	}
	for _, part := range []string{
		`past.csv, line 2: column "id" is blank`, `past.csv, line 2: column "created" is "tomorrow"`, `past.csv, line 2: column "category" is blank`,
		`past.csv, line 2: field "lon" is "x"`, `past.csv, line 2: column "state" is "lost"`, `past.csv, line 2: column "kind" is "thing"`,
		`past.csv, line 2: column "accuracy" is "-5"`, `past.csv, line 3: column "closed" says that it was closed before it was reported`,
		"past.csv, line 4: a quote", "past.csv, line 5: field \"category\" is 3.30103E+14",
	} {
		if !strings.Contains(wrong, part) {
			t.Errorf("it does not say %q:\n%s", part, wrong)
		}
	}
}

func TestAFileThatCannotHoldReportsIsRefusedInASentence(t *testing.T) {
	for content, want := range map[string]string{
		"":                                   "is empty",
		"id,created,category,lon,lat\n":      "has no rows",
		"id,created,lon,lat\n1,2023,120,30":  "name the column of the category of each report (--category FIELD)",
		"a,b,c,d\n1,2,3,4":                   "name the fields of the position with --lon and --lat",
		"id,created,category,lon\n1,2,3,4\n": "name the fields of the position",
	} {
		all, wrong, err := reportsOf(t, []byte(content), town())
		if err == nil || geo.KindOf(err) != geo.Invalid || !strings.Contains(err.Error(), want) || len(all) > 0 || wrong != "" {
			t.Errorf("%q gives %v, %s, %v", content, all, wrong, err)
		}
	}
}

func TestPastReportsComeBackAsTheyWereWritten(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		var b strings.Builder
		b.WriteString("id,created,category,lon,lat,answer\n")
		n := rapid.IntRange(1, 20).Draw(r, "n")
		points, times := make([]geo.Coord, n), make([]time.Time, n)
		for i := range n {
			points[i] = geo.Coord{X: rapid.Int32Range(-1_800_000_000, 1_800_000_000).Draw(r, "x"), Y: rapid.Int32Range(-900_000_000, 900_000_000).Draw(r, "y")}
			times[i] = time.Unix(rapid.Int64Range(0, 1_790_000_000).Draw(r, "at"), 0).UTC()
			fmt.Fprintf(&b, "%d,%s,0201,%.7f,%.7f,yes\n", i, times[i].Format(time.RFC3339), points[i].Lon(), points[i].Lat())
		}
		o := town()
		o.Answers = []string{"answer"}
		all, wrong, err := reportsOf(t, []byte(b.String()), o)
		if err != nil || wrong != "" || len(all) != n {
			r.Fatalf("%d of %d: %s %v", len(all), n, wrong, err)
		}
		for i, in := range all {
			if *in.Point != points[i] || !in.ReportedAt.Equal(times[i]) || in.Answers["answer"] != "yes" || in.Source.Line != i+2 {
				r.Fatalf("report %d is %+v", i, in)
			}
		}
	})
}

func FuzzReports(f *testing.F) {
	seeds(f)
	for _, s := range []string{
		"id,created,category,lon,lat\n1,2023-02-28 23:45,0201,120,30\n",
		"编号;上报时间;类别;地址\n1;2023年2月28日 23:45;0201;幸福路\n",
		"id,created,category,lon,lat\n1,\"02/28/2023 11:45:00 PM\",0201,1e2,\"30\"\n",
	} {
		f.Add([]byte(s))
	}
	dir := f.TempDir()
	f.Fuzz(func(t *testing.T, content []byte) {
		path := place(t, dir, content)
		for in, err := range ingest.Reports(t.Context(), path, town()) {
			sound(t, err, path)
			if err == nil && (in.ExternalID == "" || in.Category.Code == "" || in.ReportedAt.IsZero() || in.ReportedAt.After(town().Now) || in.Point == nil && in.Address == "") {
				t.Errorf("read %+v", in)
			}
		}
	})
}
