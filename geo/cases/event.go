package cases

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"gridwarden/geo"
)

// step is what a kind of event does to a life.
type step struct {
	state  geo.ReportState // that it leads to; empty: see Life.take
	whole  bool            // it is about the report whatever department it names
	opens  bool            // it opens a report again that has ended
	filed  bool            // it makes sense only after filed
	moment func(*Life) *time.Time
}

// order is the order of a life, for events of the same moment.
var order = []geo.EventKind{
	geo.WasFiled, geo.WasRejected, geo.WasDispatched, geo.WasAccepted, geo.WasHandledOnSpot, geo.WasExtended, geo.WasSuspended,
	geo.WasResumed, geo.WasHandled, geo.WasReworked, geo.WasClosed, geo.WasVoided, geo.WasMerged,
}

var steps = map[geo.EventKind]step{
	geo.WasFiled:         {state: geo.Filed, whole: true, opens: true, moment: func(l *Life) *time.Time { return &l.FiledAt }},
	geo.WasRejected:      {state: geo.Rejected, whole: true},
	geo.WasDispatched:    {state: geo.Dispatched, opens: true, filed: true, moment: func(l *Life) *time.Time { return &l.DispatchedAt }},
	geo.WasAccepted:      {state: geo.Accepted, filed: true},
	geo.WasHandledOnSpot: {state: geo.HandledOnSpot, whole: true},
	geo.WasExtended:      {filed: true},
	geo.WasSuspended:     {state: geo.Suspended, filed: true},
	geo.WasResumed:       {filed: true},
	geo.WasHandled:       {state: geo.Handled, filed: true, moment: func(l *Life) *time.Time { return &l.HandledAt }},
	geo.WasReworked:      {state: geo.Reworked, opens: true, filed: true},
	geo.WasClosed:        {state: geo.Closed, whole: true, filed: true},
	geo.WasVoided:        {state: geo.Void, whole: true},
	geo.WasMerged:        {state: geo.Merged, whole: true},
}

// CheckEvent refuses an event that says too little to be kept: Invalid, with what is
// missing. Whether it fits into the life so far does not matter here.
func CheckEvent(e geo.ReportEvent) error {
	switch {
	case !slices.Contains(order, e.Kind):
		return geo.Errorf(geo.Invalid, "%q is no kind of event: write one of %s", e.Kind, kinds())
	case e.At.IsZero():
		return geo.Errorf(geo.Invalid, "the event %s has no time: say when it happened", e.Kind)
	case e.Kind == geo.WasExtended && e.Until.IsZero():
		return geo.Errorf(geo.Invalid, "the event extended does not say until when: give the new due time")
	case e.Kind == geo.WasMerged && e.Into == "":
		return geo.Errorf(geo.Invalid, "the event merged does not say into which report")
	case e.Kind == geo.WasMerged && e.Into == e.Report:
		return geo.Errorf(geo.Invalid, "the event merged refers to itself: a report cannot be merged into itself")
	case e.Report == "" && e.ExternalID == "":
		return geo.Errorf(geo.Invalid, "the event %s names no report: give our id, or the source and its own", e.Kind)
	}
	return nil
}

// kinds are all kinds of event, for a sentence.
func kinds() string {
	var all []string
	for _, k := range order {
		all = append(all, string(k))
	}
	return strings.Join(all, ", ")
}

// EventID is what an event is known by within its report: the sender's id, or what
// happened and when.
func EventID(e geo.ReportEvent) string {
	return cmp.Or(e.SenderID, string(e.Kind)+"@"+e.At.UTC().Format(time.RFC3339Nano))
}

// InOrder is the events as they happened: by time, then as a life goes, then by id. Of
// those with one id the first stays.
func InOrder(events []geo.ReportEvent) []geo.ReportEvent {
	sorted := slices.Clone(events)
	slices.SortStableFunc(sorted, func(a, b geo.ReportEvent) int {
		return cmp.Or(
			a.At.Compare(b.At),
			cmp.Compare(slices.Index(order, a.Kind), slices.Index(order, b.Kind)),
			cmp.Compare(EventID(a), EventID(b)),
		)
	})
	seen := make(map[string]bool, len(sorted))
	return slices.DeleteFunc(sorted, func(e geo.ReportEvent) bool {
		id := EventID(e)
		again := seen[id]
		seen[id] = true
		return again
	})
}
