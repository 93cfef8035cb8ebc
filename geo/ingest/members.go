package ingest

import (
	"bytes"
	"encoding/json"
	"iter"
)

// members are the names and values of a JSON object that is known to be valid JSON, in
// order; anything but an object has none. Values share the object's memory. It is what
// encoding/json would tell, at a fraction of its cost: an import reads millions.
func members(object []byte) iter.Seq2[[]byte, json.RawMessage] {
	return func(yield func([]byte, json.RawMessage) bool) {
		rest := blankless(object)
		if len(rest) == 0 || rest[0] != '{' {
			return
		}
		for rest = blankless(rest[1:]); len(rest) > 0 && rest[0] == '"'; {
			n := valueEnd(rest)
			name := unescape(rest[:n])
			rest = blankless(rest[n:])
			rest = blankless(rest[1:]) // the colon
			n = valueEnd(rest)
			if !yield(name, json.RawMessage(rest[:n:n])) {
				return
			}
			if rest = blankless(rest[n:]); rest[0] == ',' {
				rest = blankless(rest[1:])
			}
		}
	}
}

func blankless(b []byte) []byte { return bytes.TrimLeft(b, " \t\r\n") }

// unescape is the text of a JSON string.
func unescape(quoted []byte) []byte {
	if bytes.IndexByte(quoted, '\\') < 0 {
		return quoted[1 : len(quoted)-1]
	}
	var s string
	_ = json.Unmarshal(quoted, &s) // it is known to be valid
	return []byte(s)
}

// valueEnd is the length of the JSON value that b begins with.
func valueEnd(b []byte) int {
	n, _ := new(progress).end(b)
	return n
}
