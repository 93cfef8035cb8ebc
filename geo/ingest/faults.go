package ingest

import (
	"errors"
	"fmt"
	"strings"

	"gridwarden/geo"
)

// faults collects what is wrong with files, up to [MaxFaults] sentences.
type faults struct {
	list []error
	more int
}

func (f *faults) add(errs ...error) {
	for _, err := range errs {
		switch {
		case err == nil:
		case len(f.list) < MaxFaults:
			f.list = append(f.list, err)
		default:
			f.more++
		}
	}
}

// full tells whether no more will be told.
func (f *faults) full() bool { return len(f.list) >= MaxFaults }

// err is everything collected as one error of the kind geo.Faulty, a sentence a line; nil
// when there is nothing.
func (f *faults) err() error {
	if len(f.list) == 0 {
		return nil
	}
	list := f.list
	if f.more > 0 {
		list = append(list[:len(list):len(list)], geo.Errorf(geo.Faulty, "and %d more", f.more))
	}
	return geo.Errorf(geo.Faulty, "%w", errors.Join(list...))
}

// at puts the place in front of what is wrong there; no place adds nothing.
func at(source geo.Source, err error) error {
	if source == (geo.Source{}) {
		return geo.Errorf(geo.Faulty, "%w", err)
	}
	return geo.Errorf(geo.Faulty, "%w", &geo.PlacedError{Source: source, Err: err})
}

// faultAt is one sentence about a place.
func faultAt(source geo.Source, format string, args ...any) error {
	return at(source, geo.Errorf(geo.Faulty, format, args...))
}

// shorten makes a text from a file fit into a sentence.
func shorten(s string) string {
	if len(s) > 60 {
		s = s[:60] + "…"
	}
	return strings.ToValidUTF8(s, "")
}

// andMore is ", and 3 more like it", empty for none.
func andMore(n int) string {
	if n <= 0 {
		return ""
	}
	return fmt.Sprintf(", and %d more like it", n)
}
