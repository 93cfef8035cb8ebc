package delivery_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"gridwarden/geo"
	"gridwarden/geo/delivery"
)

func TestOnlyListedHostsAreSentTo(t *testing.T) {
	h := hosts(t, "hooks.example.org, 203.0.113.7:8443,http://127.0.0.1:9000,[2001:db8::1],")
	for _, address := range []string{
		"https://hooks.example.org/", "https://hooks.example.org:443/a/b?c=d", "https://HOOKS.example.org",
		"https://203.0.113.7:8443/hook", "http://127.0.0.1:9000/hook", "https://[2001:db8::1]/hook",
	} {
		if err := h.Check(address); err != nil {
			t.Errorf("%s: %v", address, err)
		}
	}
	for _, address := range []string{
		"", "hooks.example.org", "//hooks.example.org/", "https:hooks.example.org", "https://", "https:///a", "ftp://hooks.example.org/", "file:///etc/passwd",
		"http://hooks.example.org/",           // not in the clear
		"https://hooks.example.org:8443/",     // another port
		"https://hooks.example.org./",         // another name
		"https://hooks.example.org.evil.com/", // the name in front
		"https://evil.com/hooks.example.org",
		"https://hooks.example.org@evil.com/", // the name as a user
		"https://user@hooks.example.org/",
		"https://evil.com#@hooks.example.org/", "https://hooks.example.org#", "https://evil.com\\@hooks.example.org/",
		"https://evil.com?@hooks.example.org/", "https://hooks.example.org%2eevil.com/", "https://hooks.example.org\x00.evil.com/",
		"https://xn--hooks-example.org/", "https://ｈooks.example.org/", "https://hooks。example.org/",
		"http://127.0.0.1/", "http://localhost:9000/", "http://2130706433:9000/", "http://0x7f000001:9000/", "http://127.1:9000/",
		"http://0177.0.0.1:9000/", "http://[::ffff:127.0.0.1]:9000/", "http://[::1]:9000/", "http://169.254.169.254/latest/meta-data",
		"https://hooks.example.org:443443/", "https://hooks.example.org/" + strings.Repeat("a", 2048),
	} {
		if err := h.Check(address); geo.KindOf(err) != geo.Invalid {
			t.Errorf("%q is taken: %v", address, err)
		}
	}
}

func TestWithoutAListNothingIsSent(t *testing.T) {
	says(t, delivery.Hosts{}.Check("https://hooks.example.org/"), "--webhook-hosts")
	says(t, hosts(t, " ").Check("https://hooks.example.org/"), "--webhook-hosts")
	r := receiver(t, func(http.ResponseWriter, *http.Request) { t.Error("it was sent") })
	says(t, send(t, "", r.URL, time.Minute), "--webhook-hosts")
	says(t, send(t, "hooks.example.org", r.URL, time.Minute), "may not be sent")
}

func TestAListThatCannotBeMeantIsRefused(t *testing.T) {
	for _, list := range []string{"*", "*.example.org", "a.example.org/path", "https://a.example.org/path", "http://", "ftp://a.example.org", "user@a.example.org", "a b", "10.0.0.0/8", "a?b", "a#b"} {
		if _, err := delivery.ParseHosts(list); geo.KindOf(err) != geo.Invalid {
			t.Errorf("%q: %v", list, err)
		}
	}
}

// TestANameThatLeadsInsideLeadsNowhere: localhost stands for any listed name whose owner
// lets it resolve to an address of the inner network.
func TestANameThatLeadsInsideLeadsNowhere(t *testing.T) {
	r := receiver(t, func(http.ResponseWriter, *http.Request) {})
	port := r.URL[strings.LastIndex(r.URL, ":"):]
	byName := "http://localhost" + port
	says(t, send(t, byName, byName, time.Minute), "not public", "127.0.0.1")
	check(t, send(t, byName+",127.0.0.1,[::1]", byName, time.Minute)) // listed itself: it is meant
}

func TestInnerAddressesAreNotPublic(t *testing.T) {
	for _, inner := range []string{
		"0.0.0.0", "10.1.2.3", "100.64.1.1", "127.0.0.1", "169.254.169.254", "172.16.0.1", "192.168.1.1", "192.0.0.8", "198.18.0.1", "224.0.0.1", "240.0.0.1", "255.255.255.255",
		"[::]", "[::1]", "[fe80::1]", "[fc00::1]", "[ff02::1]", "[64:ff9b::7f00:1]", "[2002:7f00:1::]", "[::ffff:10.0.0.1]", "[2001::1]",
	} {
		if delivery.Guard(hosts(t, "hooks.example.org"), inner+":443") == nil {
			t.Errorf("%s is let through", inner)
		}
	}
	for _, public := range []string{"1.1.1.1", "220.181.38.148", "[2400:3200::1]"} {
		if err := delivery.Guard(hosts(t, "hooks.example.org"), public+":443"); err != nil {
			t.Errorf("%s: %v", public, err)
		}
	}
	if err := delivery.Guard(hosts(t, "10.1.2.3"), "10.1.2.3:443"); err != nil {
		t.Errorf("a listed one: %v", err)
	}
}

func FuzzWhatIsTakenIsOnTheList(f *testing.F) {
	f.Add("https://hooks.example.org/a?b")
	f.Add("https://hooks.example.org@evil.com/")
	h, err := delivery.ParseHosts("hooks.example.org")
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, address string) {
		if h.Check(address) != nil {
			return
		}
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, address, nil)
		if err != nil {
			return // and so it is not sent
		}
		if !strings.EqualFold(r.URL.Hostname(), "hooks.example.org") || r.URL.Scheme != "https" {
			t.Errorf("%q goes to %s", address, r.URL.Host)
		}
	})
}
