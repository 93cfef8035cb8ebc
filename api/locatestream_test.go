package api_test

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"runtime"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"gridwarden/api"
	"gridwarden/geo/testsize"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const ndjson = "application/x-ndjson"

func point(columns, rows float64) string {
	c := at(columns, rows)
	return fmt.Sprintf(`{"lon":%.7f,"lat":%.7f}`, c.Lon(), c.Lat())
}

// lines reads an NDJSON answer.
func lines(t *testing.T, body string) (all []place) {
	t.Helper()
	for line := range strings.Lines(body) {
		var p place
		if err := json.Unmarshal([]byte(line), &p); err != nil {
			t.Fatalf("%v in %q", err, line)
		}
		all = append(all, p)
	}
	return all
}

func TestABadLineIsAnsweredInItsPlace(t *testing.T) {
	s := start(t)
	body := strings.Join([]string{
		point(.2, .2), `{"lon":"abc","lat":1}`, point(1.2, .2), `{"lon":30.28,"lat":120.17}`, `rubbish`, `{"lon":1}`, `[1,2]`,
		`{"lon":1e999,"lat":2}`, `"` + strings.Repeat("x", 2<<20) + `"`, point(2.2, .2), "\xff\xfe", point(3.2, .2),
	}, "\n")
	got := s.post(t, "/v1/locate?layers=grids", body, "Content-Type", ndjson)
	all := lines(t, got.body)
	if got.status != 200 || len(all) != 12 {
		t.Fatalf("%d, %d lines: %.300s", got.status, len(all), got.body)
	}
	for i, want := range []string{"G11", "", "G12", "", "", "", "", "", "", "G13", "", "G14"} {
		if p := all[i]; p.codes() != want || (want == "") != (p.Error != "") || (p.Error != "" && p.Line != i+1) {
			t.Errorf("line %d: %+v", i+1, p)
		}
	}
	if !strings.Contains(all[3].Error, "swapped") {
		t.Errorf("swapped coordinates are told as %q", all[3].Error)
	}
}

func TestATableKeepsItsColumnsAndGetsTheCodes(t *testing.T) {
	s := start(t)
	c, far := at(.6, .95), at(50, 50)
	body := fmt.Sprintf("id,lon,note,lat\n1,%v,\"a, \"\"b\"\"\",%v\n2,x,,%v\n3,1\n4,%v,路,%v\n", c.Lon(), c.Lat(), c.Lat(), far.Lon(), far.Lat())
	got := s.post(t, "/v1/locate?edge=1", body, "Content-Type", "text/csv; charset=utf-8")
	rows, err := csv.NewReader(strings.NewReader(got.body)).ReadAll()
	if err != nil || len(rows) != 5 {
		t.Fatal(err, got.body)
	}
	if head := strings.Join(rows[0], ","); head != "id,lon,note,lat,grids,grids_edge_distance_m,communities,communities_edge_distance_m,parks,parks_edge_distance_m,roads,roads_edge_distance_m,error" {
		t.Error(head)
	}
	if r := rows[1]; r[2] != `a, "b"` || r[4] != "G11" || r[5] != "5.543" || r[6] != "C1" || r[8] != "P1" || r[10] != "R1" || r[12] != "" {
		t.Errorf("%q", r)
	}
	if rows[2][12] == "" || rows[3][12] == "" || rows[2][0] != "2" || rows[3][0] != "3" || rows[4][4] != "" || rows[4][12] != "" {
		t.Errorf("%q", rows)
	}
}

func TestAWrongStreamIsRefusedBeforeItBegins(t *testing.T) {
	s := start(t)
	for _, c := range []struct {
		query, kind, body string
		status            int
		says              string
	}{
		{"", "text/plain", "x", 415, "text/csv"},
		{"", "", "x", 415, "text/csv"},
		{"", "text/csv", "a,b\n1,2\n", 400, "lon"},
		{"", "text/csv", "", 400, ""},
		{"?layers=trams", ndjson, "", 404, "trams"},
		{"?crs=EPSG:4549", ndjson, point(1, 1), 400, "EPSG:4549"},
		{"?edition=9", ndjson, point(1, 1), 404, "no such past"},
		{"?speed=9", ndjson, point(1, 1), 400, "unknown parameter"},
	} {
		got := s.post(t, "/v1/locate"+c.query, c.body, "Content-Type", c.kind)
		if got.status != c.status || !strings.Contains(got.detail(t), c.says) {
			t.Errorf("%s %s: %d %s", c.query, c.kind, got.status, got.body)
		}
	}
}

func TestALineIsAnsweredBeforeTheNextIsSent(t *testing.T) {
	s := start(t)
	in, out := io.Pipe()
	r, _ := http.NewRequest(http.MethodPost, s.URL+"/v1/locate?layers=grids", in)
	r.Header.Set("Content-Type", ndjson)
	go fmt.Fprintln(out, point(.5, .5))
	got, err := s.Client().Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer got.Body.Close()
	answers := bufio.NewScanner(got.Body)
	for i := range 3 {
		if !answers.Scan() || !strings.Contains(answers.Text(), fmt.Sprintf(`"G1%d"`, i+1)) {
			t.Fatalf("answer %d: %q %v", i+1, answers.Text(), answers.Err())
		}
		fmt.Fprintln(out, point(float64(i)+1.5, .5))
	}
	out.Close()
	if !answers.Scan() || answers.Scan() {
		t.Error("the answer does not end after the last line")
	}
}

// TestOneBadLineAmongAMillionSpoilsNoOther streams without holding either side.
func TestOneBadLineAmongAMillionSpoilsNoOther(t *testing.T) {
	s := start(t)
	n := testsize.N(50_000, 1_000_000)
	good := []byte(point(2.5, 1.5) + "\n")
	in, out := io.Pipe()
	go func() {
		w := bufio.NewWriter(out)
		for i := range n {
			if i == n/2 {
				_, _ = w.WriteString("}{\n")
				continue
			}
			_, _ = w.Write(good)
		}
		_ = w.Flush()
		out.Close()
	}()
	r, _ := http.NewRequest(http.MethodPost, s.URL+"/v1/locate?layers=grids", in)
	r.Header.Set("Content-Type", ndjson)
	got, err := s.Client().Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer got.Body.Close()
	answers, seen := bufio.NewScanner(got.Body), 0
	for ; answers.Scan(); seen++ {
		if bad := bytes.Contains(answers.Bytes(), []byte(`"error"`)); bad != (seen == n/2) || !bad && !bytes.Contains(answers.Bytes(), []byte(`"G23"`)) {
			t.Fatalf("line %d: %s", seen+1, answers.Text())
		}
	}
	if seen != n || answers.Err() != nil {
		t.Errorf("%d answers to %d lines: %v", seen, n, answers.Err())
	}
}

// stubborn opens a stream that sends without end and never reads, and returns how to hang
// up.
func stubborn(t *testing.T, s *service) net.Conn {
	t.Helper()
	conn, err := net.Dial("tcp", s.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	fmt.Fprintf(conn, "POST /v1/locate HTTP/1.1\r\nHost: x\r\nContent-Type: %s\r\nTransfer-Encoding: chunked\r\n\r\n", ndjson)
	return conn
}

func TestAClientThatStopsReadingIsCutOff(t *testing.T) {
	s := start(t, func(c *api.Config) { c.Stall = 200 * time.Millisecond })
	conn := stubborn(t, s)
	defer conn.Close()
	chunk := strings.Repeat(point(.5, .5)+"\n", 1000)
	chunk = fmt.Sprintf("%x\r\n%s\r\n", len(chunk), chunk)
	begun := time.Now()
	for time.Since(begun) < 20*time.Second {
		_ = conn.SetWriteDeadline(time.Now().Add(20 * time.Second))
		if _, err := io.WriteString(conn, chunk); err != nil {
			return // cut off; goleak sees that nothing stayed
		}
	}
	t.Error("the server goes on for a client that reads nothing")
}

func TestAClientThatStopsSendingIsCutOff(t *testing.T) {
	s := start(t, func(c *api.Config) { c.Stall = 200 * time.Millisecond })
	conn := stubborn(t, s)
	defer conn.Close()
	fmt.Fprintf(conn, "%x\r\n%s\n\r\n", len(point(.5, .5))+1, point(.5, .5))
	_ = conn.SetReadDeadline(time.Now().Add(10 * time.Second))
	got, err := io.ReadAll(conn)
	if err != nil || !bytes.Contains(got, []byte(`"G11"`)) || bytes.HasSuffix(got, []byte("0\r\n\r\n")) {
		t.Errorf("%v: %s", err, got)
	}
}

func TestAClientThatLeavesTakesItsWorkAlong(t *testing.T) {
	s := start(t)
	before := runtime.NumGoroutine()
	for range 20 {
		conn := stubborn(t, s)
		fmt.Fprintf(conn, "%x\r\n%s\n\r\n", len(point(.5, .5))+1, point(.5, .5))
		conn.Close()
	}
	for range 200 {
		if runtime.NumGoroutine() <= before {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Errorf("%d goroutines before, %d after", before, runtime.NumGoroutine())
}

func TestMoreStreamsThanTheServerTakesAreToldToWait(t *testing.T) {
	s := start(t)
	var open []net.Conn
	defer func() {
		for _, c := range open {
			c.Close()
		}
	}()
	for range 2 * runtime.GOMAXPROCS(0) {
		conn := stubborn(t, s)
		open = append(open, conn)
		fmt.Fprintf(conn, "%x\r\n%s\n\r\n", len(point(.5, .5))+1, point(.5, .5))
		if _, err := bufio.NewReader(conn).ReadString('\n'); err != nil {
			t.Fatal(err)
		}
	}
	got := s.post(t, "/v1/locate", point(.5, .5), "Content-Type", ndjson)
	if got.status != 503 || got.header.Get("Retry-After") == "" || !strings.Contains(got.detail(t), "try again") {
		t.Errorf("%d %s", got.status, got.body)
	}
	if got := s.get(t, "/v1/locate?"+query(.5, .5)); got.status != 200 {
		t.Errorf("single look-ups suffer: %d", got.status)
	}
}
