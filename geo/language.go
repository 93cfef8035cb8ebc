package geo

import (
	"fmt"
	"strings"

	"gridwarden/geo/chinese"
)

// Language is one that people are spoken to in.
type Language string

const (
	English Language = "en" // of the sources, the log and the commands, and of who asks for no other
	Chinese Language = "zh"
)

// Said is words for a person, in whichever language that person reads: an English format,
// by which [chinese] finds its own, and what fills it in.
type Said struct {
	english string // with its arguments in it
	format  string
	args    []any
}

// Say is words as [fmt.Sprintf] makes them. An argument that is an error, or words itself,
// is told in the same language.
func Say(format string, args ...any) Said {
	return Said{fmt.Sprintf(format, args...), format, args}
}

// Joined are several as one, two at a time: "%s, %s", "%s or %s". None are no words.
func Joined[T any](format string, parts []T) (all Said) {
	for i, part := range parts {
		if i == 0 {
			all = Say("%v", part)
		} else {
			all = Say(format, all, part)
		}
	}
	return all
}

// IsZero tells whether nothing is said.
func (s Said) IsZero() bool { return s.english == "" }

// String is the words in English.
func (s Said) String() string { return s.english }

// In is the words in a language; what nobody has put into that language is in English.
func (s Said) In(l Language) string {
	if l != Chinese {
		return s.english
	}
	format, known := chinese.Of(s.format)
	if !known {
		format = strings.ReplaceAll(s.format, "%w", "%s")
	}
	args := make([]any, len(s.args))
	for i, arg := range s.args {
		args[i] = in(arg, l)
	}
	return fmt.Sprintf(format, args...)
}

// NameIn is the name of a state or kind in a language, inside a sentence. [chinese] has it
// under the type and the name.
func NameIn(l Language, kind, name string) string {
	if chinese, known := chinese.Of(kind + " " + name); known && l == Chinese {
		return chinese
	}
	return name
}

// sayable is what can be said in each language.
type sayable interface{ In(l Language) string }

// in is an argument in a language.
func in(arg any, l Language) any {
	switch arg := arg.(type) {
	case sayable:
		return arg.In(l)
	case error:
		return SentenceIn(arg, l)
	}
	return arg
}
