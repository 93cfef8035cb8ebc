package planning

import (
	"errors"

	"gridwarden/geo"
)

// maxRefusals is how many sentences one refusal has; the rest is counted.
const maxRefusals = 100

// refusals collects what is wrong with the rows of a table.
type refusals struct {
	sources []geo.Source
	list    []error
	more    int
}

// add takes what is wrong with the row of a number, which is named so where its place in a
// file is not known.
func (r *refusals) add(row int, name any, err error) {
	if len(r.list) >= maxRefusals {
		r.more++
		return
	}
	if row >= 0 && row < len(r.sources) {
		r.list = append(r.list, geo.Errorf(geo.Faulty, "%w", &geo.PlacedError{Source: r.sources[row], Err: err}))
		return
	}
	r.list = append(r.list, geo.Errorf(geo.Faulty, "%s: %w", name, err))
}

// place is where the row of a number was read.
func (r *refusals) place(row int) geo.Said {
	if row >= 0 && row < len(r.sources) {
		return geo.Say("%s", r.sources[row])
	}
	return geo.Say("the row before")
}

// err is everything in one error of the kind Faulty, a sentence a line; nil for nothing.
func (r *refusals) err() error {
	if len(r.list) == 0 {
		return nil
	}
	list := r.list
	if r.more > 0 {
		list = append(list[:len(list):len(list)], geo.Errorf(geo.Faulty, "and %d more", r.more))
	}
	return geo.Errorf(geo.Faulty, "%w", errors.Join(list...))
}
