package routing

import (
	"cmp"
	"encoding/json"
	"fmt"
	"time"

	"gridwarden/geo"
	"gridwarden/geo/index"
)

// deadline is the row's own, else the filing standard's; nil when neither sets one.
func (d *decider) deadline() *Deadline {
	var out *Deadline
	if row := d.decision.Row; row != nil && row.Deadline > 0 {
		out = &Deadline{Limit: row.Deadline, Unit: row.DeadlineUnit, Basis: row.Basis}
	} else if f := d.standard(); f != nil {
		out = &Deadline{Limit: f.Limit, Unit: f.Unit, Class: f.Class, Condition: f.ConditionText, Basis: f.Basis}
	} else {
		return nil
	}
	out.From = d.request.Dispatched
	if d.settings.FromReport || out.From.IsZero() {
		out.From = d.request.Reported
	}
	out.From = out.From.In(d.settings.Zone).Truncate(time.Second)
	var err error
	if out.DueAt, err = d.calendar.Due(out.From, out.Limit, out.Unit); err != nil {
		d.trace.note(Step{Reason: noDeadlineTime, Args: []string{geo.Sentence(err)}})
		return nil
	}
	return out
}

// standard is the line of the filing standards that holds on the day: of the condition
// named, or of the only one there is, before one for any condition; of the class of the
// place before one for any class. Of equal lines the first in their order counts.
func (d *decider) standard() *geo.FilingStandard {
	var buffer [16]*geo.FilingStandard
	held := buffer[:0]
	if d.known == nil {
		return nil
	}
	all := d.known.standards
	for i := range all {
		if f := &all[i]; !d.situation.Date.Before(f.ValidFrom) && (f.ValidUntil.IsZero() || !f.ValidUntil.Before(d.situation.Date)) {
			held = append(held, f)
		}
	}
	condition, class := cmp.Or(d.situation.Condition, onlyCondition(held)), d.class()
	var best *geo.FilingStandard
	for _, f := range held {
		fits := (f.Condition == "" || f.Condition == condition) && (f.Class == "" || f.Class == class)
		if fits && (best == nil || exactness(f) > exactness(best)) {
			best = f
		}
	}
	return best
}

// exactness is more for a line that names its condition, and then for one that names the
// class.
func exactness(f *geo.FilingStandard) int {
	n := 0
	if f.Condition != "" {
		n += 2
	}
	if f.Class != "" {
		n++
	}
	return n
}

// onlyCondition is the one that all lines share; empty when they differ.
func onlyCondition(all []*geo.FilingStandard) string {
	for _, f := range all {
		if f.Condition != all[0].Condition {
			return ""
		}
	}
	if len(all) == 0 {
		return ""
	}
	return all[0].Condition
}

// class is the class of the place, as the class layer's area there says.
func (d *decider) class() string {
	if d.settings.ClassLayer == "" {
		return ""
	}
	for _, h := range d.situation.Place.Areas {
		if h.Area.Layer == d.settings.ClassLayer && d.classes[h.Area.ID] != "" {
			return d.classes[h.Area.ID]
		}
	}
	return ""
}

// classesOf reads the class of each area of the class layer.
func classesOf(s *index.Snapshot, set Settings) map[geo.AreaID]string {
	classes := map[geo.AreaID]string{}
	if set.ClassLayer == "" {
		return classes
	}
	for a := range s.Areas(set.ClassLayer, "") {
		var fields map[string]any
		if json.Unmarshal(a.Attributes, &fields) != nil {
			continue
		}
		if value, has := fields[set.ClassField]; has && value != nil {
			classes[a.ID] = fmt.Sprint(value)
		}
	}
	return classes
}
