package api_test

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"gridwarden/api"
	"gridwarden/geo"
	"gridwarden/geo/access"
	"gridwarden/geo/index"
)

// fakeHooks stands for the webhooks of the database: one, h1, with the dead letter 7.
type fakeHooks struct {
	made  []string
	ended []geo.WebhookID
	again []int64
}

func (f *fakeHooks) serve(c *api.Config) { c.Webhooks = f }

var h1 = geo.Webhook{ID: "h1", URL: "https://hooks.example.org/a", Secret: "whsec_c2VjcmV0", CreatedAt: time.Date(2026, 11, 22, 4, 0, 0, 0, time.UTC), After: 17}

func (f *fakeHooks) AddWebhook(_ context.Context, url string) (geo.Webhook, error) {
	if !strings.HasPrefix(url, "https://hooks.example.org/") {
		return geo.Webhook{}, geo.Errorf(geo.Invalid, "webhooks may not be sent there")
	}
	f.made = append(f.made, url)
	return h1, nil
}

func (f *fakeHooks) Webhooks(context.Context) ([]geo.Webhook, error) { return []geo.Webhook{h1}, nil }

func (f *fakeHooks) EndWebhook(_ context.Context, id geo.WebhookID) error {
	f.ended = append(f.ended, id)
	return f.known(id)
}

func (f *fakeHooks) DeadLetters(_ context.Context, id geo.WebhookID, after int64, _ int) ([]geo.DeadLetter, error) {
	if after >= 7 {
		return nil, f.known(id)
	}
	return []geo.DeadLetter{{ID: 7, Report: "r1", Round: 2, Attempts: 24, At: h1.CreatedAt, Reason: "the receiver answered with 500"}}, f.known(id)
}

func (f *fakeHooks) Resend(_ context.Context, id geo.WebhookID, letter int64) error {
	if letter != 7 {
		return geo.Errorf(geo.NotFound, "the webhook %s has no dead letter %d", id, letter)
	}
	f.again = append(f.again, letter)
	return f.known(id)
}

func (f *fakeHooks) ResendAll(_ context.Context, id geo.WebhookID) (int, error) {
	return 1, f.known(id)
}

func (f *fakeHooks) known(id geo.WebhookID) error {
	if id != h1.ID {
		return geo.Errorf(geo.NotFound, "there is no webhook %s", id)
	}
	return nil
}

func TestASecretIsShownOnceAndNeverListed(t *testing.T) {
	hooks := &fakeHooks{}
	s := start(t, hooks.serve)
	got := s.post(t, "/v1/webhooks", `{"url":"https://hooks.example.org/a"}`)
	if got.status != http.StatusCreated || !strings.Contains(got.body, h1.Secret) || !strings.Contains(got.body, `"after":17`) || got.header.Get("Cache-Control") != "no-store" {
		t.Error(got)
	}
	if got := s.get(t, "/v1/webhooks"); got.status != http.StatusOK || strings.Contains(got.body, "whsec") || !strings.Contains(got.body, h1.URL) {
		t.Error(got)
	}
	if strings.Contains(s.log.String(), "whsec") || strings.Contains(s.log.String(), "hooks.example.org") {
		t.Error("the log holds the secret or the address")
	}
}

func TestWebhooksThatCannotBeAreRefused(t *testing.T) {
	s := start(t, (&fakeHooks{}).serve)
	for _, c := range []struct {
		method, path, body string
		status             int
		says               string
	}{
		{"POST", "/v1/webhooks", `{"url":"https://evil.example.org/"}`, 400, "may not be sent"},
		{"POST", "/v1/webhooks", `{"address":"x"}`, 400, "url"},
		{"POST", "/v1/webhooks?url=x", `{}`, 400, "unknown parameter"},
		{"DELETE", "/v1/webhooks/h2", "", 404, "no webhook h2"},
		{"GET", "/v1/webhooks/h2/dead", "", 404, "no webhook h2"},
		{"GET", "/v1/webhooks/h1/dead?after=-1", "", 400, "after"},
		{"POST", "/v1/webhooks/h2/dead/resend", "", 404, "no webhook h2"},
		{"POST", "/v1/webhooks/h1/dead/8/resend", "", 404, "no dead letter 8"},
		{"POST", "/v1/webhooks/h1/dead/x/resend", "", 404, "numbers"},
		{"GET", "/v1/webhooks/h1", "", 405, "DELETE"},
	} {
		got := s.do(t, c.method, c.path, c.body, "Content-Type", "application/json")
		if got.status != c.status || !strings.Contains(got.detail(t), c.says) {
			t.Errorf("%s %s: %d %s", c.method, c.path, got.status, got.body)
		}
	}
	if got := start(t).get(t, "/v1/webhooks"); got.status != http.StatusServiceUnavailable {
		t.Errorf("a server without a database: %d %s", got.status, got.body)
	}
}

func TestDeadLettersAreSeenPageByPageAndSentAgain(t *testing.T) {
	hooks := &fakeHooks{}
	s := start(t, hooks.serve)
	var page struct {
		After   int64
		Letters []struct {
			ID, Attempts   int
			Report, Reason string
		} `json:"dead_letters"`
	}
	s.get(t, "/v1/webhooks/h1/dead?limit=1").json(t, &page)
	if len(page.Letters) != 1 || page.After != 7 || page.Letters[0].Reason != "the receiver answered with 500" || page.Letters[0].Attempts != 24 {
		t.Errorf("%+v", page)
	}
	if got := s.get(t, "/v1/webhooks/h1/dead?after=7"); !strings.Contains(got.body, `"after":7,"dead_letters":[]`) {
		t.Error(got.body)
	}
	if got := s.do(t, "POST", "/v1/webhooks/h1/dead/7/resend", ""); got.status != http.StatusAccepted || len(hooks.again) != 1 {
		t.Error(got)
	}
	if got := s.do(t, "POST", "/v1/webhooks/h1/dead/resend", ""); got.status != http.StatusAccepted || !strings.Contains(got.body, `"resent":1`) {
		t.Error(got)
	}
	if got := s.do(t, "DELETE", "/v1/webhooks/h1", ""); got.status != http.StatusNoContent || len(hooks.ended) != 1 {
		t.Error(got)
	}
}

func TestWebhooksAreManagedWithTheRightAlone(t *testing.T) {
	for role, status := range map[string]int{access.Admin: 200, access.Viewer: 403, access.Dispatcher: 403, access.Planner: 403, access.System: 403} {
		s, _, key := locked(t, nil, role)
		want := status
		if status == 200 {
			want = http.StatusServiceUnavailable // let in, and there is no database
		}
		if got := s.get(t, "/v1/webhooks", "Authorization", key); got.status != want {
			t.Errorf("%s: %d %s", role, got.status, got.body)
		}
		if got := s.get(t, "/v1/webhooks"); got.status != 401 {
			t.Errorf("without a key: %d %s", got.status, got.body)
		}
	}
}

func TestAMessageTellsWhatTheFeedTells(t *testing.T) {
	live := &index.Live{}
	live.Store(apply(t, index.Empty(), townChanges()))
	zone := time.FixedZone("", 8*3600)
	body, err := api.DeliveryBody(live, zone)(&geo.Delivery{Webhook: h1, Report: "r1", Round: 2, Assignments: []geo.Assignment{
		{Feed: 18, Report: "r1", Round: 2, Role: geo.Lead, Department: "nobody-knows", Rule: "territory", At: h1.CreatedAt, Reason: "returned", Decision: json.RawMessage(`{"long":"story"}`)},
	}})
	if err != nil {
		t.Fatal(err)
	}
	want := `{"type":"report.assigned","timestamp":"2026-11-22T12:00:00+08:00","data":{"report":"r1","round":2,"assignments":[` +
		`{"feed":18,"report":"r1","round":2,"role":"lead","department":{"code":"nobody-knows","name":""},"rule":"territory","edition":0,"at":"2026-11-22T12:00:00+08:00","reason":"returned"}]}}`
	if string(body) != want {
		t.Errorf("\n%s\nwant\n%s", body, want)
	}
}
