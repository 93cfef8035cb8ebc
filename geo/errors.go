package geo

import (
	"errors"
	"fmt"
	"strings"
)

// Kind says what sort of failure an error is, for the program; its sentence is for the
// person. The api turns kinds into statuses in one table, the commands into exit codes.
type Kind uint8

const (
	Internal        Kind = iota // ours to mend: logged, never shown
	Invalid                     // the request or the file is wrong
	NotFound                    // no such layer, area, asset …
	Conflict                    // it contradicts what is there now
	Faulty                      // the data has faults; the report lists them
	TooLarge                    // over a limit; the sentence names it
	Unauthenticated             // a key is needed
	Forbidden                   // the key lacks the right
	Unavailable                 // not now: the database is away, the view is behind
)

// Error is a failure with a kind and a sentence that says what is wrong, where, and what
// to do.
type Error struct {
	Kind  Kind
	Said  Said
	Cause error // for the log; never shown to a client
}

func (e *Error) Error() string {
	if e.Cause != nil {
		return e.Said.english + ": " + e.Cause.Error()
	}
	return e.Said.english
}

func (e *Error) Unwrap() error { return e.Cause }

// In is the sentence in a language, without the cause.
func (e *Error) In(l Language) string { return e.Said.In(l) }

// ErrPassedOver is in the chain of the Conflict of who publishes from an edition that is no
// longer the newest.
var ErrPassedOver = errors.New("another edition is the newest")

// Errorf makes an error of a kind. A %w verb keeps the wrapped error's chain for
// [errors.Is]; its text becomes part of the sentence.
func Errorf(kind Kind, format string, args ...any) error {
	wrapped := fmt.Errorf(format, args...)
	said := Said{wrapped.Error(), format, args}
	if errors.Unwrap(wrapped) != nil {
		return &kinded{kind, said, wrapped}
	}
	return &Error{Kind: kind, Said: said}
}

// Because makes an error of a kind with a cause, which is for the log alone.
func Because(cause error, kind Kind, format string, args ...any) error {
	return &Error{Kind: kind, Said: Say(format, args...), Cause: cause}
}

// kinded gives a wrapped error another kind without changing its text.
type kinded struct {
	kind Kind
	Said
	error
}

func (k *kinded) Unwrap() error { return k.error }

// Sentence is what a person reads of an error: the message of the outermost [Error] without
// its cause, the whole text of any other.
func Sentence(err error) string { return SentenceIn(err, English) }

// SentenceIn is the sentence of an error in a language. Errors that were joined are a line
// each. What is not said in that language is in English.
func SentenceIn(err error, l Language) string {
	var ours *Error
	if errors.As(err, &ours) && ours.Cause != nil {
		return ours.In(l)
	}
	switch e := err.(type) { // the outermost speaks, with what it wraps among its words
	case sayable:
		return e.In(l)
	case interface{ Unwrap() []error }:
		lines := make([]string, 0, len(e.Unwrap()))
		for _, one := range e.Unwrap() {
			lines = append(lines, SentenceIn(one, l))
		}
		return strings.Join(lines, "\n")
	}
	return err.Error()
}

// WordsOf are the words of the outermost error of ours in err's chain, to be kept.
func WordsOf(err error) Said {
	for e := err; e != nil; e = errors.Unwrap(e) {
		switch e := e.(type) {
		case *Error:
			return e.Said
		case *kinded:
			return e.Said
		}
	}
	return Say("%s", err.Error())
}

// Each are the errors that were joined into one; none of nil.
func Each(err error) []error {
	var joined interface{ Unwrap() []error }
	switch {
	case err == nil:
		return nil
	case errors.As(err, &joined):
		return joined.Unwrap()
	}
	return []error{err}
}

// KindOf is the kind of the outermost error of ours in err's chain, [Internal] when there
// is none.
func KindOf(err error) Kind {
	for e := err; e != nil; e = errors.Unwrap(e) {
		switch e := e.(type) {
		case *kinded:
			return e.kind
		case *Error:
			return e.Kind
		}
	}
	return Internal
}
