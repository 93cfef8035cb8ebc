package delivery

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"strings"
	"syscall"

	"gridwarden/geo"
)

// Hosts are the places webhooks may be sent to. The zero value is none.
type Hosts struct {
	origins   map[string]bool     // scheme://host:port
	addresses map[netip.Addr]bool // those listed as such
}

// ParseHosts reads a list such as "hooks.example.org,10.1.2.3:8443,http://127.0.0.1:9000":
// hosts or addresses with or without a port, for https, or with http:// before them where
// nobody else hears. An empty list is none.
func ParseHosts(list string) (Hosts, error) {
	h := Hosts{origins: map[string]bool{}, addresses: map[netip.Addr]bool{}}
	for entry := range strings.SplitSeq(list, ",") {
		if entry = strings.TrimSpace(entry); entry == "" {
			continue
		}
		address := entry
		if !strings.Contains(entry, "://") {
			address = "https://" + entry
		}
		origin, host, err := originOf(address)
		if err != nil || strings.Count(address, "/") != 2 || strings.Contains(address, "?") {
			return Hosts{}, geo.Errorf(geo.Invalid, "%q is no host for webhooks: write HOST, HOST:PORT or http://HOST:PORT", entry)
		}
		h.origins[origin] = true
		if ip, err := netip.ParseAddr(host); err == nil {
			h.addresses[ip.Unmap()] = true
		}
	}
	return h, nil
}

// Check refuses an address that is not on a listed host: scheme, host and port must be
// those of one entry, to the letter. The path and query are free.
func (h Hosts) Check(address string) error {
	if len(h.origins) == 0 {
		return geo.Errorf(geo.Invalid, "this server sends to no webhooks: start it with --webhook-hosts HOST[:PORT],…")
	}
	origin, _, err := originOf(address)
	if err != nil {
		return err
	}
	if !h.origins[origin] {
		return geo.Errorf(geo.Invalid, "webhooks may not be sent to %s: only to the hosts that the server was started with (--webhook-hosts)", origin)
	}
	return nil
}

// originOf is scheme://host:port of an address, and its host.
func originOf(address string) (origin, host string, err error) {
	u, err := url.Parse(address)
	switch {
	case err != nil || len(address) > longestURL || u.Opaque != "":
		return "", "", geo.Errorf(geo.Invalid, "the url cannot be read: write https://HOST/PATH")
	case u.Scheme != "https" && u.Scheme != "http":
		return "", "", geo.Errorf(geo.Invalid, "the url is none of https: write https://HOST/PATH")
	case u.User != nil || strings.Contains(u.Host, "@"):
		return "", "", geo.Errorf(geo.Invalid, "the url holds a user or password; the signature proves who sends")
	case u.Fragment != "" || strings.Contains(address, "#"):
		return "", "", geo.Errorf(geo.Invalid, "the url holds a #, which is never sent")
	}
	host = strings.ToLower(u.Hostname())
	if !plainHost(host) {
		return "", "", geo.Errorf(geo.Invalid, "the host of the url cannot be read: write a name in letters a-z (punycode for others) or an address")
	}
	port := u.Port()
	if port == "" {
		port = map[string]string{"https": "443", "http": "80"}[u.Scheme]
	}
	return u.Scheme + "://" + net.JoinHostPort(host, port), host, nil
}

// plainHost tells whether a host is made of what names and addresses are made of.
func plainHost(host string) bool {
	for _, c := range host {
		if (c < 'a' || c > 'z') && (c < '0' || c > '9') && !strings.ContainsRune("-._:", c) {
			return false
		}
	}
	return host != ""
}

// guard looks at the address a connection is about to be made to, after the name was
// resolved: a listed name that leads into the private network leads nowhere, unless that
// address is listed too.
func (h Hosts) guard(_ context.Context, _, address string, _ syscall.RawConn) error {
	at, err := netip.ParseAddrPort(address)
	if err != nil {
		return fmt.Errorf("the address %s cannot be read: %w", address, err)
	}
	ip := at.Addr().Unmap().WithZone("")
	if isPublic(ip) || h.addresses[ip] {
		return nil
	}
	return fmt.Errorf("the host resolves to %s, an address that is not public; list it itself with --webhook-hosts if it is meant", ip)
}

// isPublic tells whether anybody's machine may stand at an address: not this machine, not
// the network around it, nothing reserved (RFC 6890, RFC 6598) and none of the ranges that
// wrap another address (RFC 6052, 3056, 4380).
func isPublic(ip netip.Addr) bool {
	if !ip.IsGlobalUnicast() || ip.IsPrivate() {
		return false
	}
	for _, block := range [...]string{
		"0.0.0.0/8", "100.64.0.0/10", "192.0.0.0/24", "192.0.2.0/24", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "240.0.0.0/4",
		"64:ff9b::/96", "64:ff9b:1::/48", "100::/64", "2001::/23", "2001:db8::/32", "2002::/16",
	} {
		if netip.MustParsePrefix(block).Contains(ip) {
			return false
		}
	}
	return true
}
