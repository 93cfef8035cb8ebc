package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"gridwarden/geo"
	"gridwarden/geo/delivery"
)

// receiver is a webhook's receiver that fails and goes away as it is told. It takes only
// what is signed, and tells messages apart by their webhook-id.
type receiver struct {
	*testing.T
	addr, url, secret string
	server            *http.Server

	mu       sync.Mutex
	failing  bool
	messages int
	got      map[feedEntry]bool
	wrong    []string
}

func newReceiver(t *testing.T) *receiver {
	t.Helper()
	addr := freeAddress(t)
	r := &receiver{T: t, addr: addr, url: "http://" + addr, got: map[feedEntry]bool{}}
	t.Cleanup(r.stop)
	r.start()
	return r
}

// freeAddress is a port nobody listens on, to which something can come back.
func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

func (r *receiver) start() {
	r.Helper()
	l, err := net.Listen("tcp", r.addr)
	if err != nil {
		r.Fatal(err)
	}
	r.server = &http.Server{Handler: r, ReadHeaderTimeout: time.Second}
	go func() { _ = r.server.Serve(l) }() // until it is stopped
}

// stop goes away in the middle of whatever comes in.
func (r *receiver) stop() { _ = r.server.Close() }

// takes is how long a message is under way before it is taken, and after.
const takes = 15 * time.Millisecond

// fail takes messages and says it could not.
func (r *receiver) fail(failing bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.failing = failing
}

func (r *receiver) ServeHTTP(w http.ResponseWriter, request *http.Request) {
	body, err := io.ReadAll(request.Body)
	if err != nil {
		return // cut off
	}
	time.Sleep(takes) // so that kills find messages under way, taken or not
	defer time.Sleep(takes)
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.failing {
		w.WriteHeader(http.StatusInternalServerError)
		return
	}
	r.messages++
	if err := r.take(request.Header, body); err != nil {
		r.wrong = append(r.wrong, err.Error())
	}
}

// take checks a message as a receiver should and keeps what it tells.
func (r *receiver) take(h http.Header, body []byte) error {
	at, err := strconv.ParseInt(h.Get("webhook-timestamp"), 10, 64)
	if err != nil || time.Since(time.Unix(at, 0)).Abs() > 5*time.Minute {
		return fmt.Errorf("the time is %q", h.Get("webhook-timestamp"))
	}
	want, err := delivery.Sign(r.secret, h.Get("webhook-id"), at, body)
	if err != nil || h.Get("webhook-signature") != want {
		return fmt.Errorf("the signature %q is wrong: %w", h.Get("webhook-signature"), err)
	}
	var message struct {
		Type string
		Data struct {
			Report      string
			Round       int
			Assignments []feedEntry
		}
	}
	if err := json.Unmarshal(body, &message); err != nil || message.Type != "report.assigned" || strings.Contains(string(body), "hush") {
		return fmt.Errorf("it says %s (%w)", body, err)
	}
	if id := delivery.MessageID(geo.ReportID(message.Data.Report), message.Data.Round); h.Get("webhook-id") != id {
		return fmt.Errorf("the id is %q, want %q", h.Get("webhook-id"), id)
	}
	for _, a := range message.Data.Assignments {
		r.got[a] = true
	}
	return nil
}

func (r *receiver) count() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.messages
}

// missing counts the assignments that have not come.
func (r *receiver) missing(want map[feedEntry]bool) (n int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for a := range want {
		if !r.got[a] {
			n++
		}
	}
	return n
}
