package api

import (
	"context"
	"encoding/json"
	"net/http"
	"strconv"
	"time"

	"gridwarden/geo"
	"gridwarden/geo/index"
)

// Webhooks keeps the addresses that are told of assignments.
type Webhooks interface {
	// AddWebhook makes one for an address: geo.Invalid when nothing may be sent there,
	// geo.Conflict when it is told already.
	AddWebhook(ctx context.Context, url string) (geo.Webhook, error)
	// Webhooks are all there are, the oldest first.
	Webhooks(ctx context.Context) ([]geo.Webhook, error)
	// EndWebhook ends one for good; geo.NotFound when there is none.
	EndWebhook(ctx context.Context, id geo.WebhookID) error
	// DeadLetters are what could not be delivered to one, after a number, at most limit.
	DeadLetters(ctx context.Context, id geo.WebhookID, after int64, limit int) ([]geo.DeadLetter, error)
	// Resend sends a dead letter again; geo.NotFound when there is none.
	Resend(ctx context.Context, id geo.WebhookID, letter int64) error
	// ResendAll sends many again and tells how many; 0 when none is left.
	ResendAll(ctx context.Context, id geo.WebhookID) (int, error)
}

// DeliveryBody makes what a webhook is sent: the assignments as the feed tells them, with
// the names the departments have then.
func DeliveryBody(live *index.Live, zone *time.Location) func(*geo.Delivery) ([]byte, error) {
	s := &server{Config: Config{Live: live, Zone: zone}}
	type round struct {
		Report      geo.ReportID       `json:"report"`
		Round       int                `json:"round"`
		Assignments []assignmentAnswer `json:"assignments"`
	}
	return func(d *geo.Delivery) ([]byte, error) {
		return json.Marshal(struct {
			Type      string    `json:"type"`
			Timestamp time.Time `json:"timestamp"`
			Data      round     `json:"data"`
		}{"report.assigned", d.Assignments[0].At.In(zone), round{d.Report, d.Round, s.describeAssignments(d.Assignments)}})
	}
}

// webhookAnswer is a webhook as it is told.
type webhookAnswer struct {
	ID        geo.WebhookID `json:"id"`
	URL       string        `json:"url"`
	Secret    string        `json:"secret,omitempty"` // only once, when it is made
	CreatedAt time.Time     `json:"created_at"`
	After     int64         `json:"after"`
}

func (s *server) describeWebhook(w *geo.Webhook) webhookAnswer {
	return webhookAnswer{ID: w.ID, URL: w.URL, CreatedAt: s.told(w.CreatedAt), After: w.After}
}

// hooks wraps a handler of webhooks: whatever it answers is not kept on the way.
func (s *server) hooks(h handler) handler {
	return func(w *response, r *http.Request) error {
		if s.Webhooks == nil {
			return elsewhere()
		}
		w.Header().Set("Cache-Control", "no-store")
		return h(w, r)
	}
}

// webhooks lists them, without their secrets.
func (s *server) webhooks(w *response, r *http.Request) error {
	if _, err := readParams(r); err != nil {
		return err
	}
	all, err := s.Webhooks.Webhooks(r.Context())
	if err != nil {
		return err
	}
	answer := struct {
		Webhooks []webhookAnswer `json:"webhooks"`
	}{[]webhookAnswer{}}
	for i := range all {
		answer.Webhooks = append(answer.Webhooks, s.describeWebhook(&all[i]))
	}
	return sendJSON(w, answer)
}

// addWebhook makes a webhook and shows its secret, this once.
func (s *server) addWebhook(w *response, r *http.Request) error {
	if _, err := readParams(r); err != nil {
		return err
	}
	var q struct {
		URL string `json:"url"`
	}
	if err := decode(w, r, &q, "url"); err != nil {
		return err
	}
	made, err := s.Webhooks.AddWebhook(r.Context(), q.URL)
	if err != nil {
		return err
	}
	answer := s.describeWebhook(&made)
	answer.Secret = made.Secret
	return sendStatusJSON(w, http.StatusCreated, answer)
}

// endWebhook ends a webhook; what waited for it is dropped and stays in the feed.
func (s *server) endWebhook(w *response, r *http.Request) error {
	if _, err := readParams(r); err != nil {
		return err
	}
	if err := s.Webhooks.EndWebhook(r.Context(), webhookInPath(r)); err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

// deadLetterAnswer is a delivery that was given up.
type deadLetterAnswer struct {
	ID       int64        `json:"id"`
	Report   geo.ReportID `json:"report"`
	Round    int          `json:"round"`
	Attempts int          `json:"attempts"`
	At       time.Time    `json:"at"`
	Reason   string       `json:"reason"`
}

// deadLetters lists what could not be delivered, the oldest first.
func (s *server) deadLetters(w *response, r *http.Request) error {
	p, err := readParams(r, cursorParam, "limit")
	if err != nil {
		return err
	}
	after, limit, err := p.after()
	if err != nil {
		return err
	}
	dead, err := s.Webhooks.DeadLetters(r.Context(), webhookInPath(r), after, limit)
	if err != nil {
		return err
	}
	answer := struct {
		After   int64              `json:"after"` // to go on from
		Letters []deadLetterAnswer `json:"dead_letters"`
	}{after, []deadLetterAnswer{}}
	for _, l := range dead {
		answer.After = l.ID
		answer.Letters = append(answer.Letters, deadLetterAnswer{l.ID, l.Report, l.Round, l.Attempts, s.told(l.At), l.Reason})
	}
	return sendJSON(w, answer)
}

// resendLetter sends one dead letter again.
func (s *server) resendLetter(w *response, r *http.Request) error {
	if _, err := readParams(r); err != nil {
		return err
	}
	letter, err := strconv.ParseInt(inPath(r, "letter"), 10, 64)
	if err != nil {
		return geo.Errorf(geo.NotFound, "there is no dead letter %s: dead letters have numbers", clip(inPath(r, "letter")))
	}
	if err := s.Webhooks.Resend(r.Context(), webhookInPath(r), letter); err != nil {
		return err
	}
	return sendStatusJSON(w, http.StatusAccepted, resent{1})
}

// resendLetters sends many dead letters again; asked until it tells 0, all.
func (s *server) resendLetters(w *response, r *http.Request) error {
	if _, err := readParams(r); err != nil {
		return err
	}
	n, err := s.Webhooks.ResendAll(r.Context(), webhookInPath(r))
	if err != nil {
		return err
	}
	return sendStatusJSON(w, http.StatusAccepted, resent{n})
}

// resent is how many dead letters were put back into the queue.
type resent struct {
	Resent int `json:"resent"`
}

func webhookInPath(r *http.Request) geo.WebhookID { return geo.WebhookID(inPath(r, "webhook")) }
