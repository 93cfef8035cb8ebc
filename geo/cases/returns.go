package cases

import (
	"slices"

	"gridwarden/geo"
)

// ReturnPolicy says who decides returns.
type ReturnPolicy string

const (
	Review    ReturnPolicy = "review"    // a dispatcher
	Automatic ReturnPolicy = "automatic" // routed anew at once, the first time
)

// ParseReturnPolicy reads the setting; empty is review.
func ParseReturnPolicy(s string) (ReturnPolicy, error) {
	switch p := ReturnPolicy(s); p {
	case "":
		return Review, nil
	case Review, Automatic:
		return p, nil
	}
	return "", geo.Errorf(geo.Invalid, "%q is no way to decide returns: write review or automatic", s)
}

// Bounced tells whether a report was returned twice. Then it is never routed by itself
// again, whatever the policy: a person names who answers. Returns are all of the report, the
// one in question included; those that were refused do not count.
func Bounced(returns []geo.Return) bool {
	counted := 0
	for _, r := range returns {
		if r.State != geo.Refused {
			counted++
		}
	}
	return counted >= 2
}

// MayRouteItself tells whether a report that was returned is routed anew without a person.
func MayRouteItself(policy ReturnPolicy, returns []geo.Return) bool {
	return policy == Automatic && !Bounced(returns)
}

// Without are the departments a report is routed anew without: those whose return was
// accepted or led to a ruling, each once, in order.
func Without(returns []geo.Return) []geo.DepartmentCode {
	var out []geo.DepartmentCode
	for _, r := range returns {
		if r.State == geo.Granted || r.State == geo.RuledUpon {
			out = append(out, r.Department)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}
