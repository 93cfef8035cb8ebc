// Package delivery signs assignments and sends them to webhooks, in the way of Standard
// Webhooks (standardwebhooks.com): the headers webhook-id, webhook-timestamp and
// webhook-signature, an HMAC-SHA256 over all three parts.
//
// Where it sends to is held short, since whoever may make a webhook could otherwise look
// about in the network the server stands in: only hosts that were listed when the server
// was started, no redirects, no proxies, certificates checked, and no private address that
// was not listed itself, whatever a name resolves to. Of an answer only the status counts.
package delivery

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/base32"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"gridwarden/geo"
)

// Limits of one message.
const (
	maxAnswer  = 64 << 10 // bytes of an answer that are read, to use its connection again
	maxHeaders = 64 << 10
	perHost    = 16 // connections to one host that are kept
	longestURL = 2048
)

// NewWebhook makes a webhook for an address, with a new secret. An address that [Hosts]
// refuses is Invalid.
func NewWebhook(address string, hosts Hosts) (geo.Webhook, error) {
	if err := hosts.Check(address); err != nil {
		return geo.Webhook{}, err
	}
	id, secret := make([]byte, 10), make([]byte, 32)
	rand.Read(id) // never fails
	rand.Read(secret)
	return geo.Webhook{
		ID:     geo.WebhookID(strings.ToLower(base32.StdEncoding.EncodeToString(id))),
		URL:    address,
		Secret: secretPrefix + base64.StdEncoding.EncodeToString(secret),
	}, nil
}

// Sender sends deliveries. Its methods may be called from any goroutine.
type Sender struct {
	hosts  Hosts
	client *http.Client
	body   func(*geo.Delivery) ([]byte, error)
	now    func() time.Time
}

// NewSender makes a sender to the listed hosts. A receiver has the timeout for its whole
// answer. Body makes the JSON that is sent.
func NewSender(hosts Hosts, timeout time.Duration, body func(*geo.Delivery) ([]byte, error)) *Sender {
	dialer := &net.Dialer{Timeout: timeout, ControlContext: hosts.guard}
	return &Sender{
		hosts: hosts,
		body:  body,
		now:   time.Now,
		client: &http.Client{
			Timeout:       timeout,
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
			Transport: &http.Transport{
				DialContext:            dialer.DialContext,
				ForceAttemptHTTP2:      true,
				DisableCompression:     true,
				MaxIdleConnsPerHost:    perHost,
				IdleConnTimeout:        time.Minute,
				TLSHandshakeTimeout:    timeout,
				MaxResponseHeaderBytes: maxHeaders,
			},
		},
	}
}

// Close ends the connections that are kept.
func (s *Sender) Close() { s.client.CloseIdleConnections() }

// Send sends one delivery once. It arrived when the answer is any 2xx; everything else is
// an error that says what came instead, without the address, which may hold a token. The
// host is checked again: the list may be another than when the webhook was made.
func (s *Sender) Send(ctx context.Context, d *geo.Delivery) error {
	if err := s.hosts.Check(d.Webhook.URL); err != nil {
		return err
	}
	body, err := s.body(d)
	if err != nil {
		return err
	}
	request, err := s.request(ctx, d, body)
	if err != nil {
		return err
	}
	answer, err := s.client.Do(request)
	if err != nil {
		return withoutAddress(err)
	}
	defer answer.Body.Close()
	_, _ = io.CopyN(io.Discard, answer.Body, maxAnswer) // what it says does not matter
	return judge(answer)
}

// request is the signed message.
func (s *Sender) request(ctx context.Context, d *geo.Delivery, body []byte) (*http.Request, error) {
	id, at := MessageID(d.Report, d.Round), s.now().Unix()
	signature, err := Sign(d.Webhook.Secret, id, at, body)
	if err != nil {
		return nil, err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, d.Webhook.URL, bytes.NewReader(body))
	if err != nil {
		return nil, withoutAddress(err)
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("User-Agent", "gridwarden")
	request.Header.Set("webhook-id", id)
	request.Header.Set("webhook-timestamp", strconv.FormatInt(at, 10))
	request.Header.Set("webhook-signature", signature)
	return request, nil
}

// MessageID names the message about one round of a report: the same for every attempt and
// when it is sent again, so that a receiver knows what it has already.
func MessageID(report geo.ReportID, round int) string {
	return fmt.Sprintf("msg_%s_%d", report, round)
}

// judge tells whether an answer means that the message arrived.
func judge(answer *http.Response) error {
	switch status := answer.StatusCode; {
	case status >= 200 && status < 300:
		return nil
	case status >= 300 && status < 400:
		return fmt.Errorf("the receiver answered with %d, which leads elsewhere; redirects are not followed", status)
	default:
		return fmt.Errorf("the receiver answered with %d", status)
	}
}

// withoutAddress is an error of net/http or net/url without the address it quotes.
func withoutAddress(err error) error {
	var quoted *url.Error
	if !errors.As(err, &quoted) {
		return err
	}
	if quoted.Timeout() {
		return errors.New("the receiver did not answer in time")
	}
	return quoted.Err
}
