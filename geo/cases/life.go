package cases

import (
	"maps"
	"slices"
	"time"

	"gridwarden/geo"
)

// Life is what events make of a report, or of one helper's part in it. Times are zero for
// what did not happen. Of what happened more than once the first counts for FiledAt and
// DispatchedAt, from which clocks run, and the last for the others.
type Life struct {
	State          geo.ReportState
	FiledAt        time.Time
	DispatchedAt   time.Time
	HandledAt      time.Time
	ClosedAt       time.Time     // when it stopped being open, in whatever way; zero while it is open
	ExtendedTo     time.Time     // the due time that holds instead of the assignment's
	Suspended      time.Duration // in all, without a suspension that still lasts
	SuspendedSince time.Time     // zero: the clock runs
	Into           geo.ReportID  // of one merged
	Helpers        map[geo.DepartmentCode]*Life
	Odd            []Oddity

	before geo.ReportState // before the suspension
}

// Oddity is an event that does not fit into the life; it is kept all the same.
type Oddity struct {
	Event string   // its id
	Why   geo.Said // a sentence
}

// Parts says who has a part in a report, lead or helper.
type Parts map[geo.DepartmentCode]geo.Role

// PartsOf are the parts in a report. Who led in any of its rounds is no helper.
func PartsOf(assignments []geo.Assignment) Parts {
	parts := Parts{}
	for _, a := range assignments {
		if a.Department != "" && (a.Role == geo.Lead || a.Role == geo.Helper && parts[a.Department] == "") {
			parts[a.Department] = a.Role
		}
	}
	return parts
}

// State is the state of a report; see [Fold].
func State(events []geo.ReportEvent, located bool, parts Parts) geo.ReportState {
	return Fold(events, located, parts).State
}

// Fold makes the life of a report from all its events, in any order, repeated ones
// included. An event about one of the helpers is told of that helper's part and leaves the
// report's state alone; one that names who led, or no department, is the lead's. One of a
// department without a part changes nothing and is told as odd; but while nobody has led,
// whom the case system names is the lead: a person dispatched what was not routed.
//
// A state stays until a later event changes it. A report that ended is opened again only
// by filed, dispatched or reworked: a handled that comes late does not bring back what is
// closed. Resumed leads back to what was before suspended; any other step ends a
// suspension too. What cannot be, such as closed before filed, counts and is told as odd.
// Without events a report is received, or unlocated when it has no point.
func Fold(events []geo.ReportEvent, located bool, parts Parts) Life {
	life := Life{State: geo.Received}
	if !located {
		life.State = geo.Unlocated
	}
	led := slices.Contains(slices.Collect(maps.Values(parts)), geo.Lead)
	for _, e := range InOrder(events) {
		var why geo.Said
		switch role := parts[e.Department]; {
		case e.Department == "" || steps[e.Kind].whole:
			why = life.take(e)
		case role == geo.Helper:
			why = life.helper(e.Department).take(e)
		case role == geo.Lead || !led:
			why = life.take(e)
		default:
			why = geo.Say("%s by %s, which has no part in the report: the state stays", e.Kind, e.Department)
		}
		if !why.IsZero() {
			life.Odd = append(life.Odd, Oddity{EventID(e), why})
		}
	}
	return life
}

// helper is the part of a helper; it was called when its first event came.
func (l *Life) helper(code geo.DepartmentCode) *Life {
	if l.Helpers == nil {
		l.Helpers = map[geo.DepartmentCode]*Life{}
	}
	if l.Helpers[code] == nil {
		l.Helpers[code] = &Life{State: geo.Received, FiledAt: l.FiledAt}
	}
	return l.Helpers[code]
}

// take adds the next event and says what is odd about it.
func (l *Life) take(e geo.ReportEvent) (odd geo.Said) {
	s, known := steps[e.Kind]
	if !known {
		return geo.Say("%q is no kind of event", e.Kind)
	}
	if !l.State.Open() && !s.opens && (s.state == "" || s.state.Open()) {
		return geo.Say("%s after it was %s: the state stays", e.Kind, l.State)
	}
	if s.filed && l.FiledAt.IsZero() {
		odd = geo.Say("%s, and it was not told that it was filed before", e.Kind)
	}
	if s.moment != nil {
		if at := s.moment(l); at.IsZero() || e.Kind == geo.WasHandled {
			*at = e.At
		}
	}
	switch e.Kind {
	case geo.WasExtended:
		l.ExtendedTo = e.Until
		return odd
	case geo.WasSuspended:
		if l.State == geo.Suspended {
			return geo.Say("suspended while it was suspended already")
		}
		l.before, l.SuspendedSince = l.State, e.At
	case geo.WasResumed:
		if l.State != geo.Suspended {
			return geo.Say("resumed, and it was not suspended")
		}
		s.state = l.before
	case geo.WasMerged:
		l.Into = e.Into
	}
	l.enter(s.state, e.At)
	return odd
}

// enter moves to a state and keeps the clocks.
func (l *Life) enter(state geo.ReportState, at time.Time) {
	if l.State == geo.Suspended {
		l.Suspended += at.Sub(l.SuspendedSince)
		l.SuspendedSince = time.Time{}
	}
	switch {
	case state.Open():
		l.ClosedAt = time.Time{}
	case l.State.Open():
		l.ClosedAt = at
	}
	if state != geo.Merged {
		l.Into = ""
	}
	l.State = state
}

// OddAbout is what is odd about an event; nothing is said when nothing is.
func (l Life) OddAbout(event string) geo.Said {
	for _, o := range l.Odd {
		if o.Event == event {
			return o.Why
		}
	}
	return geo.Said{}
}

// Of is the life of a case.
func Of(c *geo.Case) Life {
	return Fold(c.Events, c.Report.Point != nil, PartsOf(c.Assignments))
}
