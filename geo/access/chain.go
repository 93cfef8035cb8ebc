package access

import (
	"gridwarden/geo"
)

// Chain checks the audit log line by line, from the first. Its zero value is ready.
type Chain struct{ last geo.Deed }

// Add takes the next line. It is Faulty when the line is not the one that follows, or was
// changed: the sentence says where the chain breaks.
func (c *Chain) Add(d *geo.Deed) error {
	number := c.last.Number + 1
	switch {
	case d.Number != number:
		return geo.Errorf(geo.Faulty, "line %d of the audit log is missing: line %d follows line %d", number, d.Number, c.last.Number)
	case d.Previous != c.last.Hash:
		return geo.Errorf(geo.Faulty, "the chain of the audit log breaks at line %d: it does not hold the hash of line %d, so one of the two was changed or replaced", number, c.last.Number)
	case d.Hash != d.Sum():
		return geo.Errorf(geo.Faulty, "line %d of the audit log was changed: it does not have its hash", number)
	}
	c.last = *d
	return nil
}

// End is the last line, once the head of the log is known: what was cut off at the end is
// Faulty too.
func (c *Chain) End(head *geo.Deed) (geo.Deed, error) {
	if head.Number != c.last.Number || head.Hash != c.last.Hash {
		return c.last, geo.Errorf(geo.Faulty, "the audit log ends with line %d, and its head says line %d: the end was cut off or replaced", c.last.Number, head.Number)
	}
	return c.last, nil
}
