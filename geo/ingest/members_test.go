package ingest

import (
	"bytes"
	"encoding/json"
	"math/big"
	"testing"

	"pgregory.net/rapid"
)

// What is cut by hand must be what encoding/json says.
func FuzzMembers(f *testing.F) {
	for _, s := range []string{`{}`, ` { "a" : [1, {"b":"}"}] , "\u0061\"" :"x\\", "c":-1.5e3,"c":null} `, `{"":{"":[]}}`, `[1]`, `"a"`, `{"a":true}`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, object []byte) {
		if !json.Valid(object) {
			return
		}
		var want map[string]json.RawMessage
		_ = json.Unmarshal(object, &want) // an array or a text has no members
		got := map[string]json.RawMessage{}
		for name, value := range members(object) {
			if !json.Valid(value) {
				t.Fatalf("%q of %s is %s", name, object, value)
			}
			var plain string
			_ = json.Unmarshal(marshal(string(name)), &plain) // bytes that are no UTF-8 become U+FFFD, as they do there
			got[plain] = value
		}
		if len(got) != len(want) {
			t.Fatalf("%s has %d members, not %d", object, len(want), len(got))
		}
		for name, value := range want {
			if !bytes.Equal(got[name], value) {
				t.Errorf("%q of %s is %s, not %s", name, object, value, got[name])
			}
		}
	})
}

// A code must not lose or gain a digit by the way its number is written.
func TestANumberKeepsItsValue(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.StringMatching(`-?(0|[1-9][0-9]{0,17})(\.[0-9]{1,6})?([eE][+-]?[0-9]{1,2})?`).Draw(t, "number")
		plain := plainNumber(n)
		want, ok := new(big.Rat).SetString(n)
		got, fine := new(big.Rat).SetString(plain)
		if !ok || !fine || want.Cmp(got) != 0 {
			t.Fatalf("%s is written %s", n, plain)
		}
		if want.IsInt() && len(n) > 0 && !bytes.ContainsAny([]byte(n), "eE") && plain != want.Num().String() && plain != "-0" {
			t.Fatalf("%s is written %s", n, plain)
		}
	})
}
