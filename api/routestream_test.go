package api_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"gridwarden/geo/testsize"
)

// TestManyReportsAreDecidedAsOneIs: a stream answers, line for line, what each report gets
// alone, and a wrong one what is wrong with it, in its place.
func TestManyReportsAreDecidedAsOneIs(t *testing.T) {
	s := start(t)
	bodies := []string{
		report(.5, .5, lampJSON), report(1.5, .5, dirtJSON), `{"lon":10,"lat":10}`, report(.1, .1, `,"level":1`),
		`nonsense`, `{"lon":1,"lat":2}{}`, `{"lon":30,"lat":120}`, `{"lat":2}`, `{"lon":1,"lat":2,"catgory":{}}`, report(.5, .5, `,"family":"井盖"`),
		`{"lon":1,"lat":2,"source":"` + strings.Repeat("x", 2<<20) + `"}`, "{\"lon\":1,\"lat\":2,\"source\":\"\xff\"}",
		`{"lon":120.17487,"lat":30.27810,"crs":"GCJ-02"}`, report(.5, .5, `,"reported_at":"2026-08-01T00:00:00Z"`),
	}
	for _, query := range []string{"", "?level=1"} {
		got := s.post(t, "/v1/route"+query, strings.Join(bodies, "\n\n")+"\n", "Content-Type", ndjson, "Accept-Language", "zh")
		lines := strings.Split(strings.TrimSpace(got.body), "\n")
		if got.status != 200 || len(lines) != len(bodies) || got.header.Get("Content-Language") != "zh" {
			t.Fatalf("%d, %d lines: %.300s", got.status, len(lines), got.body)
		}
		for i, body := range bodies {
			alone := s.post(t, "/v1/route"+query, body, "Accept-Language", "zh")
			var wrong struct {
				Line  int
				Error string
			}
			switch _ = json.Unmarshal([]byte(lines[i]), &wrong); {
			case alone.status == 200 && i != 11: // a body may hold broken text, a line not
				if lines[i] != strings.TrimSpace(alone.body) {
					t.Errorf("line %d\n%s\nalone\n%s", i, lines[i], alone.body)
				}
			case wrong.Line != 2*i+1 || wrong.Error == "":
				t.Errorf("line %d: %s", i, lines[i])
			case i == 6 && !strings.Contains(wrong.Error, "写反"), i == 9 && !strings.Contains(wrong.Error, "井盖"):
				t.Errorf("line %d: %s", i, lines[i])
			}
		}
	}
	for query, status := range map[string]int{"?level=9": 400, "?edition=9": 404, "?lon=1": 400} {
		if got := s.post(t, "/v1/route"+query, bodies[0], "Content-Type", ndjson); got.status != status {
			t.Errorf("%s: %d %s", query, got.status, got.body)
		}
	}
}

func TestAReportIsDecidedBeforeTheNextIsSent(t *testing.T) {
	s := start(t)
	in, out := io.Pipe()
	r, _ := http.NewRequest(http.MethodPost, s.URL+"/v1/route", in)
	r.Header.Set("Content-Type", ndjson)
	go fmt.Fprintln(out, report(.5, .5, lampJSON))
	got, err := s.Client().Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer got.Body.Close()
	answers := bufio.NewScanner(got.Body)
	for i := range 3 {
		if !answers.Scan() || !strings.Contains(answers.Text(), `"D`) {
			t.Fatalf("answer %d: %q %v", i+1, answers.Text(), answers.Err())
		}
		fmt.Fprintln(out, report(float64(i)+.5, .5, dirtJSON))
	}
	out.Close()
	if !answers.Scan() || answers.Scan() {
		t.Error("the answer does not end after the last line")
	}
}

// TestAStreamOfReportsKeepsItsOrder sends more than the cores hold at a time, each report
// with its own level, which the decision tells.
func TestAStreamOfReportsKeepsItsOrder(t *testing.T) {
	s := start(t)
	n := testsize.N(5_000, 500_000)
	in, out := io.Pipe()
	columns := func(i int) float64 { return float64(i*7%4) + .5 }
	go func() {
		w := bufio.NewWriter(out)
		for i := range n {
			fmt.Fprintln(w, point(columns(i), .5))
		}
		_ = w.Flush()
		out.Close()
	}()
	r, _ := http.NewRequest(http.MethodPost, s.URL+"/v1/route", in)
	r.Header.Set("Content-Type", ndjson)
	got, err := s.Client().Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer got.Body.Close()
	answers, seen := bufio.NewScanner(got.Body), 0
	for ; answers.Scan(); seen++ {
		if want := fmt.Sprintf(`"G1%d"`, int(columns(seen))+1); !strings.Contains(answers.Text(), want) {
			t.Fatalf("line %d is not of %s: %s", seen+1, want, answers.Text())
		}
	}
	if seen != n || answers.Err() != nil {
		t.Errorf("%d answers to %d lines: %v", seen, n, answers.Err())
	}
}
