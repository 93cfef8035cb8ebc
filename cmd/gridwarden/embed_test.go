package main

import "testing"

func TestAParentIsAnOriginAndNothingElse(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]int{
		"": 0, " \t": 0, "https://desk.example": 1, "http://10.1.2.3:8080  https://[::1]:9": 2,
		"desk.example": -1, "https://desk.example/": -1, "https://desk.example/x": -1, "https://*.example": -1, "https://a;script-src": -1,
		"*": -1, "'self'": -1, "javascript:alert(1)": -1, "https://a,https://b": -1, "https://user@desk.example": -1, "https://desk.example?": -1, "https://": -1,
	} {
		got, err := parseParents(text)
		if want < 0 && err == nil || want >= 0 && (err != nil || len(got) != want) {
			t.Errorf("%q: %v %v", text, got, err)
		}
	}
}
