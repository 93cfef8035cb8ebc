package impact

import (
	"cmp"
	"slices"
	"time"

	"gridwarden/geo"
	"gridwarden/geo/routing"
)

// Rerouted is the next round of an open report with its present assignments, when it passes
// to others between the view of before and that of after; nil when it stays. It stays where
// both views name the same lead, helpers and verifier, whatever it was given for, and where
// it is already with those of after. A lead that keeps it keeps its deadline.
func Rerouted(before, after *routing.Engine, c *geo.Case, now time.Time) *geo.Reassignment {
	if c.Report.Point == nil {
		return nil
	}
	round := func(e *routing.Engine, dispatched time.Time) []geo.Assignment {
		d := Decide(e, c, dispatched)
		return routing.Assignments(&d, &c.Report, c.Round+1, geo.ReasonRepublished, now)
	}
	next := round(after, now)
	if sameParties(round(before, now), next) || sameParties(c.Assignments, next) {
		return nil
	}
	for _, a := range c.Assignments {
		if a.Role == geo.Lead && a.Department != "" && a.Department == next[0].Department && !a.At.IsZero() {
			next = round(after, a.At)
		}
	}
	return &geo.Reassignment{Report: c.Report.ID, Round: c.Round + 1, Reason: geo.ReasonRepublished, Assignments: next}
}

// party is who has a part in a round.
type party struct {
	role       geo.Role
	department geo.DepartmentCode
	group      string
}

func sameParties(a, b []geo.Assignment) bool {
	return slices.Equal(parties(a), parties(b))
}

func parties(round []geo.Assignment) []party {
	all := make([]party, len(round))
	for i, a := range round {
		all[i] = party{a.Role, a.Department, a.Group}
	}
	slices.SortFunc(all, func(a, b party) int {
		return cmp.Or(cmp.Compare(a.role, b.role), cmp.Compare(a.department, b.department), cmp.Compare(a.group, b.group))
	})
	return all
}
