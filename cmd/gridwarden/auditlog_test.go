package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"gridwarden/geo"
	"gridwarden/geo/postgis"
)

// deeds are the lines of the audit log.
func (c *city) deeds(store *postgis.Store) []geo.Deed {
	c.Helper()
	all, err := store.Deeds(c.Context(), 0, 1<<20)
	if err != nil {
		c.Fatal(err)
	}
	return all
}

const auditedGrids = `{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"code":"G1","department":"D1"},
"geometry":{"type":"Polygon","coordinates":[[[120,30],[120.001,30],[120.001,30.001],[120,30.001],[120,30]]]}}]}`

// TestEachCommandThatWritesLeavesOneLine: commands are looked up among all there are, so that
// a new one that imports or exports is not forgotten.
func TestEachCommandThatWritesLeavesOneLine(t *testing.T) {
	c := newCity(t)
	store, file := c.store(), c.file
	out := filepath.Join(t.TempDir(), "out")
	grids := file("grids.geojson", auditedGrids)
	left := map[string]int{}
	for _, one := range []struct{ command, args, action string }{
		{"import departments", file("d.csv", "code,name\nD1,一队\n"), "import departments"},
		{"import categories", file("c.csv", "standard,kind,code,name\nS,component,01,灯\nS,matter,02,脏\n"), "import categories"},
		{"import areas", "--layer grids --code code --department department " + grids, "publish"},
		{"import areas", "--layer grids --code code --department department --dry-run " + grids, ""},
		{"import assets", "--standard S --category-code 01 --id id --lon x --lat y " + file("a.csv", "id,x,y\nA,120.0005,30.0005\n"), "import assets"},
		{"import assets", "--standard S --category-code 01 --id id --lon x --lat y " + file("a.csv", "id,x,y\nA,120.0005,30.0005\n"), ""},
		{"import rules", file("r.csv", "id,priority,kind,standard,category,assign\nR1,1,matter,S,02,department:D1\n"), "publish"},
		{"import standards", file("s.csv", "standard,kind,category,condition,class,limit,unit\nS,matter,02,1,,4,work_hour\n"), "publish"},
		{"import calendar", file("k.csv", "kind,from,until\nholiday,2026-10-01,2026-10-07\n"), "publish"},
		{"import groups", file("g.csv", "kind,code,name,member_layer,member\nduty,W1,一组,grids,G1\n"), "publish"},
		{"import crosswalk", file("w.csv", "from_standard,from_kind,from_code,to_standard,to_kind,to_code\nOLD,matter,9,S,matter,02\n"), "publish"},
		{"import posts", file("p.csv", "group,area,role,person,phone\nduty:W1,,网格员,陈静,0571\n"), "import posts"},
		{"import reports", "--source old " + file("h.csv", "external_id,lon,lat,standard,kind,category,reported_at\n1,120.0005,30.0005,S,matter,02,2026-11-22T08:00:00Z\n"), "back-fill reports"},
		{"key create", "--name x", "create key"},
		{"snapshot write", out + ".snapshot", "write snapshot"},
		{"export tiles", out + ".pmtiles", "export tiles"},
		{"export areas", "--layer grids " + out + ".areas", "export areas"},
		{"export assets", out + ".assets", "export assets"},
		{"export reports", out + ".reports", "export reports"},
		{"audit export", out + ".log", "export audit log"},
		{"audit verify", "", ""},
		{"check", "", ""},
	} {
		before := c.deeds(store)
		c.must(append(strings.Fields(one.command), strings.Fields(one.args)...)...)
		after := c.deeds(store)[len(before):]
		want := 1
		if one.action == "" {
			want = 0
		}
		if len(after) != want || want == 1 && (after[0].Action != one.action || after[0].From != "gridwarden "+one.command || after[0].Actor == "") {
			t.Errorf("%s %s left %+v", one.command, one.args, after)
		}
		left[one.command] += len(after)
	}
	for _, known := range commands() {
		verb, _, _ := strings.Cut(known.name, " ")
		if (verb == "import" || verb == "export") && left[known.name] == 0 {
			t.Errorf("%s left nothing in the audit log, or was not tried", known.name)
		}
	}
	c.must("key", "revoke", c.deeds(store)[c.find(store, "create key")].Subject)
	if d := c.deeds(store); d[len(d)-1].Action != "revoke key" {
		t.Errorf("%+v", d[len(d)-1])
	}
	for _, d := range c.deeds(store) {
		if text := string(d.Before) + string(d.After); strings.Contains(text, "陈静") || strings.Contains(text, "0571") || strings.Contains(text, "gw_") {
			t.Errorf("the log tells names, numbers or keys: %s", text)
		}
	}
}

// find is the place of the first line with an action.
func (c *city) find(store *postgis.Store, action string) int {
	for i, d := range c.deeds(store) {
		if d.Action == action {
			return i
		}
	}
	c.Fatalf("there is no line %q", action)
	return -1
}

func TestWhoRewritesTheLogIsFoundOut(t *testing.T) {
	c := newCity(t)
	for i := range 6 {
		c.must("key", "create", "--name", fmt.Sprint("k", i))
	}
	sound := c.must("audit", "verify")
	_, noted, _ := strings.Cut(strings.TrimSpace(sound), "elsewhere ")
	if !strings.Contains(sound, "sound: 6 lines") || !strings.HasPrefix(noted, "6:") {
		t.Fatal(sound)
	}
	conn, err := pgx.Connect(t.Context(), c.url)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.Background())
	refused := func(says, sql string, args ...string) {
		t.Helper()
		tx, err := conn.Begin(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		// Only a superuser gets past the triggers.
		for _, sql := range []string{"SET LOCAL session_replication_role = replica", "CREATE TABLE kept AS TABLE audit_log", "CREATE TABLE kept_head AS TABLE audit_head", sql} {
			if _, err := tx.Exec(t.Context(), sql); err != nil {
				t.Fatal(sql, err)
			}
		}
		if err := tx.Commit(t.Context()); err != nil {
			t.Fatal(err)
		}
		out, errs, code := c.try(append([]string{"audit", "verify"}, args...)...)
		if code != exitFaults || !strings.Contains(errs, says) {
			t.Errorf("%s: exit %d\n%s%s", sql, code, out, errs)
		}
		if _, err := conn.Exec(t.Context(), `SET session_replication_role = replica; DELETE FROM audit_log; INSERT INTO audit_log TABLE kept;
			DELETE FROM audit_head; INSERT INTO audit_head TABLE kept_head; DROP TABLE kept, kept_head; RESET session_replication_role`); err != nil {
			t.Fatal(err)
		}
	}
	refused("line 3 of the audit log was changed", "UPDATE audit_log SET actor = 'nobody' WHERE number = 3")
	refused("line 3 of the audit log was changed", "UPDATE audit_log SET at = at - interval '1 day' WHERE number = 3")
	refused("line 2 of the audit log is missing", "DELETE FROM audit_log WHERE number = 2")
	refused("ends with line 5, and its head says line 6", "DELETE FROM audit_log WHERE number = 6")
	refused("breaks at line 4", "UPDATE audit_log SET previous = hash WHERE number = 4")
	refused("line 3 of the audit log was changed", "UPDATE audit_log SET after = '{}', hash = sha256('forged') WHERE number = 3")
	refused("has no line 6", "DELETE FROM audit_log WHERE number = 6; UPDATE audit_head SET number = 5, hash = (SELECT hash FROM audit_log WHERE number = 5)", "--noted", noted)
	refused("is not the one that was noted", "UPDATE audit_log SET hash = hash", "--noted", "2:"+strings.TrimPrefix(noted, "6:"))
	if again := c.must("audit", "verify", "--noted", noted); again != sound {
		t.Error(again)
	}
	c.refused(exitUsage, []string{"--noted"}, "audit", "verify", "--noted", "6")
}

// TestAnExportedLogProvesItself: from the file alone every hash can be worked out again.
func TestAnExportedLogProvesItself(t *testing.T) {
	c := newCity(t)
	c.must("import", "departments", c.file("d.csv", "code,name\nD1,\"一队 \"\"甲\"\" <&>\"\n"))
	c.must("key", "create", "--name", "陈静")
	out := filepath.Join(t.TempDir(), "log")
	c.must("audit", "export", out+".ndjson")
	c.must("audit", "export", "--format", "csv", out+".csv")
	text, err := os.ReadFile(out + ".ndjson")
	if err != nil {
		t.Fatal(err)
	}
	previous := [32]byte{}
	for line := range strings.Lines(string(text)) {
		var r geo.DeedRecord
		if err := json.Unmarshal([]byte(line), &r); err != nil {
			t.Fatal(err)
		}
		at, err := parseMoment(r.At, nil)
		if err != nil {
			t.Fatal(err)
		}
		d := geo.Deed{Number: r.Number, At: at, Actor: r.Actor, Key: r.Key, From: r.Origin, Action: r.Action, Subject: r.Subject, Before: r.Before, After: r.After, Previous: previous}
		if fmt.Sprintf("%x", d.Sum()) != r.Hash || fmt.Sprintf("%x", previous) != r.Previous {
			t.Errorf("line %d does not prove itself: %s", r.Number, line)
		}
		previous = d.Sum()
	}
	table, err := os.ReadFile(out + ".csv")
	if err != nil || strings.Count(string(table), "\n") != 1+3 || !strings.Contains(string(table), fmt.Sprintf("%x", previous)) {
		t.Error(err, string(table))
	}
}
