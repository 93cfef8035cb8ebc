package postgis

import (
	"github.com/jackc/pgx/v5"

	"gridwarden/geo"
)

// span says which changes a read carries a view over. Forward they are those after the
// sequence after, up to the newest the transaction sees, and what is there in the end are
// the open rows. Back they are those after the sequence after, up to until, taken back.
// Rows that began and ended in the span are absent either way.
type span struct {
	after, until geo.Sequence
	back         bool
	all          bool // what stayed is wanted too, as if it began
}

// whole tells whether it is a full load.
func (s span) whole() bool { return s.after == 0 && !s.back }

// Conditions on the columns begun and ended of versions. What is old is told by not being
// among the newer changes: its own change may have been pruned from the log. What is new is
// looked up by the ids of the changes, gathered first: a join would read, where most of a
// city began or ended with one import, the whole index for one edit.
const (
	isOld = "NOT EXISTS (SELECT FROM changes AS newer WHERE newer.id = begun AND newer.sequence > @after)"

	isOpen     = "ended IS NULL"
	openAfter  = "ended IS NULL AND begun = ANY(ARRAY(SELECT id FROM changes WHERE sequence > @after))"
	endedAfter = "ended = ANY(ARRAY(SELECT id FROM changes WHERE sequence > @after)) AND " + isOld

	wasOpen     = isOld + " AND (ended IS NULL OR ended IN (SELECT id FROM changes WHERE sequence > @after))"
	endedWithin = "ended = ANY(ARRAY(SELECT id FROM changes WHERE sequence > @after AND sequence <= @until)) AND " + isOld
	begunWithin = "begun = ANY(ARRAY(SELECT id FROM changes WHERE sequence > @after AND sequence <= @until)) AND (ended IS NULL OR ended IN (SELECT id FROM changes WHERE sequence > @until))"
)

// args are the values in the conditions.
func (s span) args() []any { return []any{pgx.NamedArgs{"after": s.after, "until": s.until}} }

// there picks the versions that are there where the span leads to.
func (s span) there() (where string) {
	if s.back {
		return wasOpen
	}
	return isOpen
}

// begins picks, of the versions that are there in the end, those that were not at first.
func (s span) begins() (where string) {
	switch {
	case s.all:
		return s.there()
	case s.back:
		return endedWithin
	case s.after > 0:
		return openAfter
	}
	return isOpen
}

// ends picks, of the versions that were there at first, those that are not in the end; of
// a full load it must not be asked.
func (s span) ends() (where string) {
	if s.back {
		return begunWithin
	}
	return endedAfter
}
