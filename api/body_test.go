package api_test

import (
	"bufio"
	"fmt"
	"net"
	"net/http"
	"strings"
	"testing"
)

func TestABodyThatCannotBeReadIsTheClientsError(t *testing.T) {
	s := start(t)
	for name, c := range map[string]struct{ path, contentType string }{
		"a report":     {"/v1/route", "application/json"},
		"many at once": {"/v1/locate", "text/csv"},
	} {
		conn, err := net.Dial("tcp", strings.TrimPrefix(s.URL, "http://"))
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		fmt.Fprintf(conn, "POST %s HTTP/1.1\r\nHost: x\r\nContent-Type: %s\r\nTransfer-Encoding: chunked\r\n\r\nZZ\r\n", c.path, c.contentType)
		got, err := http.ReadResponse(bufio.NewReader(conn), nil)
		if err != nil {
			t.Fatal(err)
		}
		defer got.Body.Close()
		if got.StatusCode != 400 {
			t.Errorf("%s: %s", name, got.Status)
		}
	}
}

func TestABodyOfAnotherKindIsToldWhatToSend(t *testing.T) {
	s := start(t)
	for name, c := range map[string]struct {
		path    string
		headers []string
		says    string
	}{
		"no type":      {"/v1/route", nil, "Content-Type is missing: send application/json"},
		"another type": {"/v1/route", []string{"Content-Type", "text/plain"}, `\"text/plain\": send application/json`},
		"of a stream":  {"/v1/locate", []string{"Content-Type", "text/plain"}, "application/x-ndjson or text/csv"},
		"packed":       {"/v1/locate", []string{"Content-Type", "text/csv", "Content-Encoding", "gzip"}, `packed with \"gzip\"`},
	} {
		if got := s.do(t, "POST", c.path, "{}", c.headers...); got.status != 415 || !strings.Contains(got.body, c.says) {
			t.Errorf("%s: %d %s", name, got.status, got.body)
		}
	}
}

func TestAListOfETagsMayTakeSeveralLines(t *testing.T) {
	s := start(t)
	path := tilePath("grids", 15)
	etag := s.get(t, path, "Accept-Encoding", "gzip").header.Get("ETag")
	r, err := http.NewRequest("GET", s.URL+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header["Accept-Encoding"] = []string{"br", "gzip"}
	r.Header["If-None-Match"] = []string{`"x"`, etag}
	got, err := s.Client().Transport.RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	defer got.Body.Close()
	if got.StatusCode != http.StatusNotModified {
		t.Errorf("%s", got.Status)
	}
}
