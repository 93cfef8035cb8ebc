package filter

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"gridwarden/geo"
)

// token is one word of a filter.
type token struct {
	kind kind
	text string // of a word as written, of a text or quoted name without its quotes
	at   int    // the character it begins with, counted from 1
}

type kind uint8

const (
	end kind = iota
	word
	quoted // a word in double quotes
	text
	sign // = <> ( ) ,
)

// scanner takes a filter apart.
type scanner struct {
	rest string
	at   int // the character rest begins with
}

// next is the next token; at the end it is one of kind end, again and again.
func (s *scanner) next() (token, error) {
	blank := strings.TrimLeftFunc(s.rest, unicode.IsSpace)
	s.skip(len(s.rest) - len(blank))
	if s.rest == "" {
		return token{end, "", s.at}, nil
	}
	first, width := utf8.DecodeRuneInString(s.rest)
	switch {
	case first == '\'':
		return s.between(text, '\'')
	case first == '"':
		return s.between(quoted, '"')
	case strings.ContainsRune("=(),", first):
		return s.take(sign, width), nil
	case strings.HasPrefix(s.rest, "<>"):
		return s.take(sign, len("<>")), nil
	}
	if n := strings.IndexFunc(s.rest, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '_' }); n != 0 {
		if n < 0 {
			n = len(s.rest)
		}
		return s.take(word, n), nil
	}
	return token{}, geo.Errorf(geo.Invalid, "the filter cannot be read at character %d: %q has no meaning here; conditions are written with =, <>, IN, LIKE and IS NULL, texts in single quotes", s.at, first)
}

func (s *scanner) take(k kind, n int) token {
	t := token{k, s.rest[:n], s.at}
	s.skip(n)
	return t
}

func (s *scanner) skip(n int) {
	s.at += utf8.RuneCountInString(s.rest[:n])
	s.rest = s.rest[n:]
}

// between takes what stands in quotes, a quote in it written twice.
func (s *scanner) between(k kind, quote byte) (token, error) {
	for i := 1; i < len(s.rest); i++ {
		if s.rest[i] != quote {
			continue
		}
		if i+1 < len(s.rest) && s.rest[i+1] == quote {
			i++
			continue
		}
		t := s.take(k, i+1)
		q := string(quote)
		t.text = strings.ReplaceAll(t.text[1:i], q+q, q)
		return t, nil
	}
	return token{}, geo.Errorf(geo.Invalid, "the filter cannot be read at character %d: the quote that opens there is never closed", s.at)
}
