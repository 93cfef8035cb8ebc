package delivery_test

import (
	"context"
	"encoding/base64"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"gridwarden/geo"
	"gridwarden/geo/delivery"
)

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func hosts(t *testing.T, list string) delivery.Hosts {
	t.Helper()
	h, err := delivery.ParseHosts(list)
	check(t, err)
	return h
}

// send sends one delivery to an address, from a server started with the list of hosts.
func send(t *testing.T, list, address string, timeout time.Duration) error {
	t.Helper()
	s := delivery.NewSender(hosts(t, list), timeout, func(*geo.Delivery) ([]byte, error) { return []byte(`{"test": 2432232314}`), nil })
	defer s.Close()
	return s.Send(t.Context(), &geo.Delivery{Webhook: geo.Webhook{URL: address, Secret: secret}, Report: "r1", Round: 2})
}

func receiver(t *testing.T, answer http.HandlerFunc) *httptest.Server {
	t.Helper()
	s := httptest.NewServer(answer)
	t.Cleanup(s.Close)
	return s
}

func says(t *testing.T, err error, words ...string) {
	t.Helper()
	if err == nil {
		t.Fatal("no error")
	}
	for _, word := range words {
		if !strings.Contains(err.Error(), word) {
			t.Errorf("%q does not say %q", err, word)
		}
	}
}

const secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"

func TestASignatureIsTheOneReceiversCompute(t *testing.T) {
	// From the specification of Standard Webhooks and the tests of its libraries.
	got, err := delivery.Sign(secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, []byte(`{"test": 2432232314}`))
	check(t, err)
	if want := "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

func TestABadSecretIsNotRepeated(t *testing.T) {
	for _, bad := range []string{"", "whsec_", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_?hush"} {
		if _, err := delivery.Sign(bad, "m", 1, nil); err == nil || bad != "" && strings.Contains(err.Error(), "hush") {
			t.Errorf("%q: %v", bad, err)
		}
	}
}

func TestAReceiverCanVerifyWhatItGets(t *testing.T) {
	var verified atomic.Bool
	r := receiver(t, func(_ http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		at, _ := strconv.ParseInt(r.Header.Get("webhook-timestamp"), 10, 64)
		want, err := delivery.Sign(secret, "msg_r1_2", at, body)
		verified.Store(err == nil && r.Header.Get("webhook-id") == "msg_r1_2" && r.Header.Get("webhook-signature") == want &&
			time.Since(time.Unix(at, 0)) < time.Minute && r.Header.Get("Content-Type") == "application/json")
	})
	check(t, send(t, r.URL, r.URL+"/hook?token=1", time.Minute))
	if !verified.Load() {
		t.Error("what came cannot be verified")
	}
}

func TestANewWebhookHasASecretOfItsOwn(t *testing.T) {
	h := hosts(t, "hooks.example.org")
	a, err := delivery.NewWebhook("https://hooks.example.org/a", h)
	check(t, err)
	b, err := delivery.NewWebhook("https://hooks.example.org/a", h)
	check(t, err)
	key, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(a.Secret, "whsec_"))
	if a.Secret == b.Secret || a.ID == b.ID || len(a.ID) != 16 || err != nil || len(key) != 32 {
		t.Errorf("%+v %+v %v", a, b, err)
	}
	if _, err := delivery.NewWebhook("https://elsewhere.example.org/", h); geo.KindOf(err) != geo.Invalid {
		t.Error(err)
	}
}

func TestARedirectDoesNotLeadElsewhere(t *testing.T) {
	var led atomic.Bool
	r := receiver(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/inner" {
			led.Store(true)
			return
		}
		http.Redirect(w, r, "/inner", http.StatusTemporaryRedirect)
	})
	says(t, send(t, r.URL, r.URL+"/hook", time.Minute), "307", "not followed")
	if led.Load() {
		t.Error("the redirect was followed")
	}
}

func TestOnlyATwoHundredIsAnArrival(t *testing.T) {
	for status, arrived := range map[int]bool{200: true, 202: true, 204: true, 304: false, 400: false, 404: false, 410: false, 500: false, 503: false} {
		r := receiver(t, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status) })
		if err := send(t, r.URL, r.URL, time.Minute); (err == nil) != arrived {
			t.Errorf("%d: %v", status, err)
		} else if err != nil {
			says(t, err, strconv.Itoa(status))
		}
	}
}

func TestASlowReceiverIsCutOff(t *testing.T) {
	for name, answer := range map[string]func(http.ResponseWriter, <-chan struct{}){
		"before the answer": func(_ http.ResponseWriter, gone <-chan struct{}) { <-gone },
		"within the answer": func(w http.ResponseWriter, gone <-chan struct{}) {
			w.(http.Flusher).Flush()
			<-gone
		},
	} {
		r := receiver(t, func(w http.ResponseWriter, r *http.Request) {
			_, _ = io.Copy(io.Discard, r.Body) // only then is it seen that the sender left
			answer(w, r.Context().Done())
		})
		err := send(t, r.URL, r.URL+"/?token=hush", 200*time.Millisecond) // which returns: else both would wait for ever
		if name == "before the answer" {
			says(t, err, "in time")
		}
		if err != nil && strings.Contains(err.Error(), "hush") {
			t.Errorf("%s: the error repeats the address: %v", name, err)
		}
	}
}

func TestALongAnswerIsNotRead(t *testing.T) {
	sent := make(chan int, 1)
	r := receiver(t, func(w http.ResponseWriter, _ *http.Request) {
		n, chunk := 0, make([]byte, 1<<20)
		for range 1 << 10 {
			wrote, err := w.Write(chunk)
			n += wrote
			if err != nil {
				break
			}
		}
		sent <- n
	})
	check(t, send(t, r.URL, r.URL, time.Minute))
	if n := <-sent; n > 64<<20 {
		t.Errorf("%d bytes of an answer were taken", n)
	}
}

func TestACertificateNobodySignedIsRefused(t *testing.T) {
	r := httptest.NewTLSServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	defer r.Close()
	r.Config.ErrorLog = nil
	says(t, send(t, r.Listener.Addr().String(), r.URL, time.Minute), "certificate")
}

func TestAReceiverThatIsAwayIsAnError(t *testing.T) {
	r := httptest.NewServer(nil)
	r.Close()
	says(t, send(t, r.URL, r.URL+"/?token=hush", time.Minute), "refused")
}

func TestAMessageThatCannotBeMadeIsNotSent(t *testing.T) {
	s := delivery.NewSender(hosts(t, "a.example.org"), time.Second, func(*geo.Delivery) ([]byte, error) { return nil, context.Canceled })
	says(t, s.Send(t.Context(), &geo.Delivery{Webhook: geo.Webhook{URL: "https://a.example.org/"}}), "canceled")
}
