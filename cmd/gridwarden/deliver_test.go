package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
)

// post sends JSON and reads the answer's.
func (s *server) post(path, body string, answer any) (status int) {
	s.Helper()
	r, err := http.Post(s.url+path, "application/json", strings.NewReader(body))
	if err != nil {
		s.Fatal(err)
	}
	defer r.Body.Close()
	if err := json.NewDecoder(r.Body).Decode(answer); err != nil {
		s.Fatal(r.Status, err)
	}
	return r.StatusCode
}

func TestADeadLetterIsSentAgainWhenTheReceiverIsBack(t *testing.T) {
	c := newCity(t)
	c.must("import", "areas", "--layer", "grids", c.file("a.geojson", fmt.Sprintf(square, "A")))
	hook := newReceiver(t)
	s := startServer(t, c.url, "--webhook-hosts", hook.url, "--webhook-attempts", "1")
	s.eventually("it is ready", func() bool { status, _ := s.get("/readyz"); return status == http.StatusOK })
	var refused struct{ Detail string }
	if status := s.post("/v1/webhooks", `{"url":"http://127.0.0.1:1/"}`, &refused); status != http.StatusBadRequest || !strings.Contains(refused.Detail, "--webhook-hosts") {
		t.Errorf("%d %+v", status, refused)
	}
	var made struct{ ID, Secret string }
	if status := s.post("/v1/webhooks", fmt.Sprintf(`{"url":"%s/hook"}`, hook.url), &made); status != http.StatusCreated {
		t.Fatal(status)
	}
	hook.secret = made.Secret
	hook.fail(true)
	var report struct{ ID string }
	if status := s.post("/v1/reports", `{"lon":120.005,"lat":30.005,"category":{"standard":"CJ/T 214-2007","kind":"matter","code":"0102"}}`, &report); status != http.StatusCreated {
		t.Fatal(status)
	}
	dead := "/v1/webhooks/" + made.ID + "/dead"
	s.eventually("it is a dead letter", func() bool {
		_, body := s.get(dead)
		return strings.Contains(body, report.ID) && strings.Contains(body, "answered with 500")
	})
	hook.fail(false)
	var resent struct{ Resent int }
	if status := s.post(dead+"/resend", "", &resent); status != http.StatusAccepted || resent.Resent != 1 {
		t.Errorf("%d %+v", status, resent)
	}
	s.eventually("it has arrived", func() bool { return hook.count() == 1 })
	hook.mu.Lock()
	defer hook.mu.Unlock()
	if len(hook.wrong) > 0 {
		t.Error(hook.wrong)
	}
}

func TestSettingsOfWebhooksThatCannotBeMeantAreRefused(t *testing.T) {
	c := newCity(t)
	for _, args := range [][]string{
		{"--webhook-hosts", "*.example.org"}, {"--webhook-hosts", "https://a.example.org/path"},
		{"--webhook-attempts", "0"}, {"--webhook-timeout", "0s"}, {"--webhook-timeout", "1h"},
	} {
		c.refused(exitUsage, []string{args[0]}, append([]string{"serve", "--addr", "127.0.0.1:0"}, args...)...)
	}
	s := startServer(t, c.url)
	s.eventually("it answers", func() bool { status, _ := s.get("/healthz"); return status == http.StatusOK })
	var refused struct{ Detail string }
	if status := s.post("/v1/webhooks", `{"url":"https://hooks.example.org/"}`, &refused); status != http.StatusBadRequest || !strings.Contains(refused.Detail, "start it with --webhook-hosts") {
		t.Errorf("%d %+v", status, refused)
	}
}
