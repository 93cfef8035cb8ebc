package planning

import (
	"cmp"
	"context"
	"reflect"
	"slices"

	"gridwarden/geo"
	"gridwarden/geo/index"
)

// Publication is what effects on a base come to: the areas that really differ between the
// view of the base and that after them, the groups where they do, and lineage, in which
// approvals stand for their layers. An edit that another took back leaves no trace. It is nil
// when nothing differs.
//
// What a planner edits says so in its hash ([geo.InputHash.Edited]); a neighbour that merely
// got a node is as it was read.
func Publication(ctx context.Context, base, after *index.Snapshot, effects []Effect, approvals []geo.Approval) (*geo.Publication, error) {
	t := &turnover{now: base, next: after, approvals: approvals, edited: true}
	for _, name := range touched(Fold(base, effects)) {
		t.compare(name)
	}
	t.compareGroups()
	return t.publication(ctx)
}

// Return is what makes the newest edition equal an older one: its layers, areas and tables
// of duty. Layers that were not there yet stay, without areas; rows that were rulings stay
// with their areas, for what was decided stays decided; assets, departments and categories have no edition.
// It is nil when the two are the same.
func Return(ctx context.Context, now, then *index.Snapshot) (*geo.Publication, error) {
	t := &turnover{now: now, next: then, ruled: map[AreaName]bool{}}
	for _, l := range then.Layers() {
		if was, known := now.Layer(l.Name); !known || was != l {
			t.out.Layers = append(t.out.Layers, l)
		}
		for a := range then.Areas(l.Name, "") {
			if was := now.Area(l.Name, a.Code); was == nil || was.ID != a.ID {
				t.compare(AreaName{l.Name, a.Code})
			}
		}
	}
	t.compareTables()
	for _, l := range now.Layers() {
		for a := range now.Areas(l.Name, "") {
			if then.Area(l.Name, a.Code) == nil && !t.ruled[AreaName{l.Name, a.Code}] {
				t.compare(AreaName{l.Name, a.Code})
			}
		}
	}
	return t.publication(ctx)
}

// turnover gathers what differs between the view that is published and the one that shall be.
type turnover struct {
	now, next *index.Snapshot
	approvals []geo.Approval
	edited    bool              // by planners: hashes say so
	ruled     map[AreaName]bool // areas of rows that were rulings
	was, is   []*geo.Area
	out       geo.Publication
}

// compare takes in an area, where it differs.
func (t *turnover) compare(name AreaName) {
	was, is := t.now.Area(name.Layer, name.Code), t.next.Area(name.Layer, name.Code)
	words, ground := true, true
	switch {
	case was == nil && is == nil:
		return
	case was != nil && is != nil:
		words = !SameWords(was, is)
		shape := !reflect.DeepEqual(was.Shape, is.Shape)
		if !words && !shape {
			return
		}
		ground = shape && Redrawn(was, is)
	}
	if was != nil {
		t.out.Ended = append(t.out.Ended, was.ID)
		t.was = append(t.was, was)
	}
	if is != nil {
		version := *is
		version.ID, version.From = 0, 0
		if t.edited {
			version.InputHash = version.InputHash.AsEdited(words, ground)
		}
		t.out.Areas = append(t.out.Areas, &version)
		t.is = append(t.is, is)
	}
}

func (t *turnover) compareGroups() {
	replace(&t.out.Duty.Groups, t.now.Duty().Groups, t.next.Duty().Groups)
}

// compareTables takes in every table of duty but the rulings, which no edition has.
func (t *turnover) compareTables() {
	now, next := t.now.Duty(), t.next.Duty()
	rules := slices.Clone(next.Rules)
	for _, row := range now.Rules {
		_, ruled := row.ID.Ruling()
		if ruled && !slices.ContainsFunc(rules, func(r geo.DutyRow) bool { return r.ID == row.ID }) {
			rules = append(rules, row)
			t.ruled[AreaName{geo.LayerName(row.Layer), geo.AreaCode(row.Area)}] = true
		}
	}
	slices.SortFunc(rules, func(a, b geo.DutyRow) int { return cmp.Compare(a.ID, b.ID) })
	replace(&t.out.Duty.Rules, now.Rules, rules)
	replace(&t.out.Duty.Standards, now.Standards, next.Standards)
	replace(&t.out.Duty.Calendar, now.Calendar, next.Calendar)
	replace(&t.out.Duty.Crosswalk, now.Crosswalk, next.Crosswalk)
	t.compareGroups()
}

// replace takes a table over where it differs; one that was emptied is empty, not nil.
func replace[T any](table *[]T, now, next []T) {
	if len(now)+len(next) > 0 && !reflect.DeepEqual(now, next) {
		*table = append([]T{}, next...)
	}
}

func (t *turnover) publication(ctx context.Context) (*geo.Publication, error) {
	p := &t.out
	d := &p.Duty
	if len(p.Layers)+len(p.Ended)+len(p.Areas) == 0 && d.Rules == nil && d.Standards == nil && d.Calendar == nil && d.Groups == nil && d.Crosswalk == nil {
		return nil, nil
	}
	p.Base = t.now.Edition().Number
	lineage, err := Lineage(ctx, t.was, t.is)
	if err != nil {
		return nil, err
	}
	for i := range lineage {
		for _, a := range t.approvals {
			if a.Layer == lineage[i].Layer {
				lineage[i].Approval = a.Document
			}
		}
	}
	p.Lineage = lineage
	return p, nil
}
