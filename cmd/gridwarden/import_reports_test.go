package main

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"gridwarden/geo"
	"gridwarden/geo/routing"
)

// oneGrid is a layer of one grid whose department is named.
func oneGrid(department string) string {
	return `{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"code":"A","department":"` + department + `"},
"geometry":{"type":"Polygon","coordinates":[[[120,30],[120.01,30],[120.01,30.01],[120,30.01],[120,30]]]}}]}`
}

// twoEditions is a city whose one grid went from OLD to NEW in 2025; its first edition is
// of 2024.
func twoEditions(t *testing.T) *city {
	t.Helper()
	c := newCity(t)
	c.must("import", "departments", c.file("departments.csv", "code,name\nOLD,旧所\nNEW,新所\n"))
	c.must("import", "categories", c.file("categories.csv", "standard,kind,code,name\ntown,matter,0201,占道\n"))
	c.must("import", "areas", "--layer", "grids", "--effective", "2024-01-01", c.file("old.geojson", oneGrid("OLD")))
	c.must("import", "areas", "--layer", "grids", "--effective", "2025-01-01", c.file("new.geojson", oneGrid("NEW")))
	return c
}

// pastRows are n reports of the grid in no order, over the three years from 2023.
func pastRows(n int) (file string, at []time.Time) {
	var b strings.Builder
	b.WriteString("id,created,category,lon,lat\n")
	random := rand.New(rand.NewPCG(7, 7))
	begin := time.Date(2023, 1, 1, 0, 0, 0, 0, time.UTC)
	for i := range n {
		at = append(at, begin.Add(time.Duration(random.IntN(3*365*24*3600))*time.Second))
		fmt.Fprintf(&b, "%d,%s,0201,120.005,30.005\n", i, at[i].Format(time.RFC3339))
	}
	return b.String(), at
}

// fed is the feed with what was back-filled, by external id; one that stands there twice
// fails.
func (c *city) fed() map[string]geo.Assignment {
	c.Helper()
	store, all := c.store(), map[string]geo.Assignment{}
	for after := int64(0); ; {
		page, _, err := store.Feed(c.Context(), after, 1000, true)
		if err != nil {
			c.Fatal(err)
		}
		if len(page) == 0 {
			return all
		}
		for _, a := range page {
			if _, twice := all[a.ExternalID]; twice {
				c.Fatalf("report %s stands twice in the feed", a.ExternalID)
			}
			all[a.ExternalID], after = a, a.Feed
		}
	}
}

func TestEachPastReportIsRoutedByTheEditionOfItsDayAndToldToNobody(t *testing.T) {
	c := twoEditions(t)
	rows, at := pastRows(2*backfillBatch + 100)
	out := c.must("import", "reports", "--source", "s", "--standard", "town", c.file("past.csv", rows))
	if want := fmt.Sprintf("%d stored, 0 were there already", len(at)); !strings.Contains(out, want) {
		t.Errorf("it says %s", out)
	}
	zone, err := time.LoadLocation("Asia/Shanghai")
	if err != nil {
		t.Fatal(err)
	}
	first, second := time.Date(2024, 1, 1, 0, 0, 0, 0, zone), time.Date(2025, 1, 1, 0, 0, 0, 0, zone)
	all := c.fed()
	for i, moment := range at {
		a, want, edition := all[fmt.Sprint(i)], geo.DepartmentCode("OLD"), geo.Edition(1)
		if !moment.Before(second) {
			want, edition = "NEW", 2
		}
		told, err := routing.ParseRecord(a.Decision)
		if err != nil {
			t.Fatal(err)
		}
		if a.Department != want || a.Edition != edition || !a.At.Equal(moment) || !a.Backfilled || told.BeforeFirst != moment.Before(first) {
			t.Fatalf("the report of %v went to %s by edition %d at %v, before the first: %v", moment, a.Department, a.Edition, a.At, told.BeforeFirst)
		}
	}
	if page, _, err := c.store().Feed(t.Context(), 0, 10, false); err != nil || len(page) > 0 {
		t.Errorf("without asking for them the feed has %d of them: %v", len(page), err)
	}
	if jobs := c.count("SELECT count(*) FROM river_job"); jobs > 0 {
		t.Errorf("%d jobs would deliver them", jobs)
	}
}

// count asks the database for one number.
func (c *city) count(sql string) (n int) {
	c.Helper()
	conn, err := pgx.Connect(c.Context(), c.url)
	if err != nil {
		c.Fatal(err)
	}
	defer conn.Close(c.Context())
	if err := conn.QueryRow(c.Context(), sql).Scan(&n); err != nil {
		c.Fatal(err)
	}
	return n
}

func TestABackfillThatWasInterruptedIsTakenUpByTypingItAgain(t *testing.T) {
	c := twoEditions(t)
	rows, at := pastRows(8 * backfillBatch)
	file := c.file("past.csv", rows)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	ended := make(chan int, 1)
	var out bytes.Buffer
	go func() {
		ended <- run(ctx, []string{"import", "reports", "--source", "s", "--standard", "town", "--database", c.url, file}, strings.NewReader(""), &out, &out)
	}()
	for stored := 0; stored == 0; stored = c.count("SELECT count(*) FROM reports") {
		time.Sleep(5 * time.Millisecond)
	}
	cancel()
	code := <-ended
	stored := c.count("SELECT count(*) FROM reports")
	if code != exitInterrupted || stored == 0 || stored == len(at) || stored%backfillBatch != 0 {
		t.Errorf("exit %d with %d stored, want some whole batches\n%s", code, stored, out.String())
	}
	again := c.must("import", "reports", "--source", "s", "--standard", "town", file)
	if want := fmt.Sprintf("%d stored, %d were there already", len(at)-stored, stored); !strings.Contains(again, want) {
		t.Errorf("it says %s, want %s", again, want)
	}
	if all := c.fed(); len(all) != len(at) {
		t.Errorf("%d of %d reports are in the feed", len(all), len(at))
	}
}

func TestPastReportsAreOverUnlessTheFileSaysOtherwise(t *testing.T) {
	c := twoEditions(t)
	head, row := "id,created,category,lon,lat,state,closed\n", ",2024-03-05 08:00,0201,120.005,30.005,"
	both := c.file("both.csv", head+"1"+row+",2024-03-07 09:30\n"+"2"+row+"void,2024-03-08\n"+"3"+row+",\n"+"4"+row+"suspended,\n")
	for range 2 { // the second time nothing changes
		c.must("import", "reports", "--source", "both", "--standard", "town", "--state", "state", "--closed-at", "closed", both)
	}
	c.must("import", "reports", "--source", "plain", "--standard", "town", both)
	store := c.store()
	for _, want := range []struct {
		source, id string
		state      geo.ReportState
		events     string
	}{
		{"both", "1", geo.Closed, "closed 2024-03-07T01:30:00Z"},
		{"both", "2", geo.Void, "void 2024-03-07T16:00:00Z"},
		{"both", "3", geo.Received, ""},
		{"both", "4", geo.Suspended, "suspended 2024-03-05T00:00:00Z"},
		{"plain", "1", geo.Closed, "closed 2024-03-05T00:00:00Z"},
	} {
		id, err := store.ReportID(t.Context(), want.source, want.id)
		if err != nil {
			t.Fatal(err)
		}
		report, err := store.Report(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		var events []string
		for _, e := range report.Events {
			events = append(events, string(e.Kind)+" "+e.At.Format(time.RFC3339))
		}
		if got := strings.Join(events, ", "); report.Report.State != want.state || got != want.events {
			t.Errorf("%s %s is %s by %q, want %s by %q", want.source, want.id, report.Report.State, got, want.state, want.events)
		}
	}
}
