package api

import (
	"net/http"
	"regexp"
	"strings"
)

// link is one entry of a links member.
type link struct {
	Rel  string `json:"rel"`
	Href string `json:"href"`
	Type string `json:"type"`
}

var saneHost = regexp.MustCompile(`^[A-Za-z0-9.-]{1,253}(:[0-9]{1,5})?$|^\[[0-9A-Fa-f:.]{2,45}\](:[0-9]{1,5})?$`)

// baseURL is how the client reaches this server, as it or the proxy before it said
// (X-Forwarded-Proto, X-Forwarded-Host). What is no plain host name gives an address
// relative to the host, which is right everywhere.
func baseURL(r *http.Request) string {
	host := r.Host
	if forwarded, _, _ := strings.Cut(r.Header.Get("X-Forwarded-Host"), ","); saneHost.MatchString(strings.TrimSpace(forwarded)) {
		host = strings.TrimSpace(forwarded)
	}
	if !saneHost.MatchString(host) {
		return ""
	}
	scheme := "http"
	if r.TLS != nil {
		scheme = "https"
	}
	switch forwarded := r.Header.Get("X-Forwarded-Proto"); forwarded {
	case "http", "https":
		scheme = forwarded
	}
	return scheme + "://" + host
}

// selfAndNext are the links of a page: itself, and where there is more, the next one,
// which is the same request with another cursor.
func selfAndNext(r *http.Request, cursor string) []link {
	base := baseURL(r) + r.URL.EscapedPath()
	self := base
	if r.URL.RawQuery != "" {
		self += "?" + r.URL.Query().Encode()
	}
	links := []link{{"self", self, geoJSON}}
	if cursor != "" {
		query := r.URL.Query()
		query.Set(cursorParam, cursor)
		links = append(links, link{"next", base + "?" + query.Encode(), geoJSON})
	}
	return links
}

// linkHeader is RFC 8288's form of links. Addresses are escaped and hold no > or comma.
func linkHeader(links []link) string {
	var parts []string
	for _, l := range links {
		u := strings.NewReplacer("<", "%3C", ">", "%3E").Replace(l.Href)
		parts = append(parts, "<"+u+`>; rel="`+l.Rel+`"; type="`+l.Type+`"`)
	}
	return strings.Join(parts, ", ")
}
