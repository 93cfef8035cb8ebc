package main

import (
	"net/url"
	"regexp"
	"strings"
)

// originHost is a host of an origin, with or without a port: what a security policy takes as
// one word.
var originHost = regexp.MustCompile(`^([A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])(:[0-9]{1,5})?$`)

// parseParents reads the origins whose screens may frame the page at /embed.
func parseParents(text string) ([]string, error) {
	parents := strings.Fields(text)
	for _, parent := range parents {
		u, err := url.Parse(parent)
		if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Scheme+"://"+u.Host != parent || !originHost.MatchString(u.Host) {
			return nil, usagef("--embed-parents: %q is no origin: write scheme and host alone, such as https://desk.example or http://10.1.2.3:8080, several separated by spaces", parent)
		}
	}
	return parents, nil
}
