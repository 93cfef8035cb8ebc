package ingest

import (
	"strings"

	"github.com/paulmach/orb"
)

// plainObject reads the position of what most objects are: members with plain texts,
// numbers and words, and the two of the position once each, as decimal numbers or texts of
// such. What it takes is JSON, and encoding/json gives the same; everything else is not
// usual: objects within, backslashes, exponents in a coordinate.
func plainObject(s string, names [2]string) (at orb.Point, usual bool) {
	i := afterBlanks(s, 0)
	if names == [2]string{} || byteAt(s, i) != '{' {
		return at, false
	}
	var found [2]bool
	for {
		start := afterBlanks(s, i+1)
		if i = afterText(s, start); i < 0 {
			return at, false
		}
		name := s[start+1 : i-1]
		if i = afterBlanks(s, i); byteAt(s, i) != ':' {
			return at, false
		}
		start = afterBlanks(s, i+1)
		if i = afterValue(s, start); i < 0 {
			return at, false
		}
		for k := range names {
			if name != names[k] {
				continue
			}
			v, ok := decimal(strings.TrimSpace(strings.Trim(s[start:i], `"`)))
			if !ok || found[k] {
				return at, false
			}
			at[k], found[k] = v, true
		}
		i = afterBlanks(s, i)
		switch byteAt(s, i) {
		case ',':
		case '}':
			return at, found[0] && found[1] && afterBlanks(s, i+1) == len(s)
		default:
			return at, false
		}
	}
}

// byteAt is the i-th byte, 0 behind the end; JSON has none such.
func byteAt(s string, i int) byte {
	if i < len(s) {
		return s[i]
	}
	return 0
}

func afterBlanks(s string, i int) int {
	for i < len(s) && (s[i] == ' ' || s[i] == '\t' || s[i] == '\r' || s[i] == '\n') {
		i++
	}
	return i
}

// afterText is the end of the text that begins at i; -1 for none, and for one that is not
// as it stands.
func afterText(s string, i int) int {
	if byteAt(s, i) != '"' {
		return -1
	}
	for i++; i < len(s) && s[i] >= ' ' && s[i] != '\\'; i++ {
		if s[i] == '"' {
			return i + 1
		}
	}
	return -1
}

// afterValue is the end of the text, number or word that begins at i; -1 for anything else.
func afterValue(s string, i int) int {
	switch c := byteAt(s, i); {
	case c == '"':
		return afterText(s, i)
	case c == '-' || c-'0' <= 9:
		return afterNumber(s, i)
	}
	for _, word := range [...]string{"null", "true", "false"} {
		if strings.HasPrefix(s[min(i, len(s)):], word) {
			return i + len(word)
		}
	}
	return -1
}

// afterNumber is the end of the number that begins at i; -1 where JSON has none.
func afterNumber(s string, i int) int {
	if s[i] == '-' {
		i++
	}
	whole := i
	i = afterDigits(s, i)
	if i == whole || s[whole] == '0' && i > whole+1 {
		return -1
	}
	if byteAt(s, i) == '.' {
		start := i + 1
		if i = afterDigits(s, start); i == start {
			return -1
		}
	}
	if c := byteAt(s, i); c == 'e' || c == 'E' {
		i++
		if c := byteAt(s, i); c == '+' || c == '-' {
			i++
		}
		start := i
		if i = afterDigits(s, start); i == start {
			return -1
		}
	}
	return i
}

func afterDigits(s string, i int) int {
	for i < len(s) && s[i]-'0' <= 9 {
		i++
	}
	return i
}
