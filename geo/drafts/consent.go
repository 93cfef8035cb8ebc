package drafts

import (
	"context"
	"slices"
	"strings"

	"gridwarden/geo"
	"gridwarden/geo/access"
	"gridwarden/geo/index"
	"gridwarden/geo/planning"
)

// needs are the areas that an effect changes outside the scope of who makes it. A node put
// into a neighbour's border changes nothing of the neighbour.
func needs(actor geo.Actor, before, after *index.Snapshot, e *planning.Effect) (codes []geo.AreaCode) {
	if len(actor.Scope) == 0 {
		return nil
	}
	for _, name := range touchedBy(e) {
		was, is := before.Area(name.Layer, name.Code), after.Area(name.Layer, name.Code)
		if was != nil && is != nil && planning.SameWords(was, is) && !planning.Redrawn(was, is) {
			continue
		}
		if was != nil && !lies(actor.Scope, before, was) || is != nil && !lies(actor.Scope, after, is) {
			codes = append(codes, name.Code)
		}
	}
	slices.Sort(codes)
	return slices.Compact(codes)
}

// touchedBy names every area of an effect.
func touchedBy(e *planning.Effect) []planning.AreaName {
	names := slices.Clone(e.Ended)
	for _, a := range e.Areas {
		names = append(names, planning.AreaName{Layer: a.Layer, Code: a.Code})
	}
	return names
}

// lies tells whether an area of a view lies in a scope.
func lies(scope []geo.AreaCode, view *index.Snapshot, a *geo.Area) bool {
	return access.InScope(scope, a.Code, above(view, a)...)
}

// above are the areas that an area lies in, up its chain.
func above(view *index.Snapshot, a *geo.Area) (codes []geo.AreaCode) {
	for a != nil && a.Parent != "" {
		codes = append(codes, a.Parent)
		layer, _ := view.Layer(a.Layer)
		if a = view.Area(layer.Parent, a.Parent); len(codes) > len(view.Layers()) {
			break // parents in a ring
		}
	}
	return codes
}

// open are the areas of an edit that still need somebody's consent.
func open(e *planning.DoneEdit) []geo.AreaCode {
	return slices.DeleteFunc(slices.Clone(e.Needs), func(code geo.AreaCode) bool {
		return slices.ContainsFunc(e.Consent, func(c planning.Consent) bool { return slices.Contains(c.Areas, code) })
	})
}

// Consent agrees to an edit beyond its author's scope, for the areas it needs that lie in
// the scope of who acts. The author cannot consent, nor one whose scope holds none of them.
func (d *Desk) Consent(ctx context.Context, id geo.DraftID, number int) (geo.Draft, error) {
	release, err := d.take(ctx, id)
	if err != nil {
		return geo.Draft{}, err
	}
	defer release()
	s, err := d.open(ctx, id)
	if err != nil {
		return geo.Draft{}, err
	}
	if err := asExpected(&s.draft, 0); err != nil {
		return geo.Draft{}, err
	}
	if number < 1 || number > s.draft.Head {
		return geo.Draft{}, geo.Errorf(geo.NotFound, "there is no edit %d in force: they go from 1 to %d", number, s.draft.Head)
	}
	actor := geo.ActorOf(ctx)
	e := &s.edits[number-1]
	covered, err := s.consents(actor, e)
	if err != nil {
		return geo.Draft{}, err
	}
	consent := planning.Consent{Areas: covered, Author: actor.Name, At: d.Now()}
	return d.Store.AddConsent(ctx, id, s.draft.Version, number, consent)
}

// consents are the areas an edit still needs that an actor can agree to.
func (s *sheet) consents(actor geo.Actor, e *planning.DoneEdit) ([]geo.AreaCode, error) {
	waiting := open(e)
	if len(waiting) == 0 {
		return nil, geo.Errorf(geo.Conflict, "edit %d waits for nobody's consent", e.Number)
	}
	if actor.Name != "" && actor.Name == e.Author {
		return nil, geo.Errorf(geo.Forbidden, "edit %d is yours: another has to agree to it, in whose scope %s lies", e.Number, listed(waiting))
	}
	covered := slices.DeleteFunc(slices.Clone(waiting), func(code geo.AreaCode) bool { return !s.within(actor.Scope, e, code) })
	if len(covered) == 0 {
		return nil, geo.Errorf(geo.Forbidden, "edit %d waits for consent to change %s, which is not in your scope", e.Number, listed(waiting))
	}
	return covered, nil
}

// within tells whether an area that an edit changes lies in a scope, as it is or as it was
// in the base.
func (s *sheet) within(scope []geo.AreaCode, e *planning.DoneEdit, code geo.AreaCode) bool {
	if access.InScope(scope, code) {
		return true
	}
	for _, name := range touchedBy(&e.Effect) {
		if name.Code != code {
			continue
		}
		for _, view := range []*index.Snapshot{s.view, s.base} {
			if a := view.Area(name.Layer, name.Code); a != nil && lies(scope, view, a) {
				return true
			}
		}
	}
	return false
}

// agreed refuses a draft of which an edit in force waits for consent.
func (s *sheet) agreed() error {
	for i := range s.edits[:s.draft.Head] {
		e := &s.edits[i]
		if waiting := open(e); len(waiting) > 0 {
			return geo.Errorf(geo.Conflict, "edit %d, by %s, changes %s beyond its author's scope: someone in whose scope that lies has to consent first", e.Number, e.Author, listed(waiting))
		}
	}
	return nil
}

// listed are the first of some codes, for a sentence.
func listed(codes []geo.AreaCode) geo.Said {
	const most = 10
	texts := make([]string, 0, most)
	for _, c := range codes[:min(len(codes), most)] {
		texts = append(texts, string(c))
	}
	if more := len(codes) - most; more > 0 {
		return geo.Say("%s and %d more", strings.Join(texts, ", "), more)
	}
	return geo.Say("%s", strings.Join(texts, ", "))
}

// Approve lets the edits of a draft move borders of a locked layer. Another approval for the
// layer takes its place.
func (d *Desk) Approve(ctx context.Context, id geo.DraftID, version int64, a geo.Approval) (geo.Draft, error) {
	view, _, err := d.View(ctx, id)
	if err != nil {
		return geo.Draft{}, err
	}
	layer, known := view.Layer(a.Layer)
	switch {
	case !known:
		return geo.Draft{}, geo.Errorf(geo.NotFound, "there is no layer %s to approve a change of", a.Layer)
	case a.Document == "" || a.Body == "":
		return geo.Draft{}, geo.Errorf(geo.Invalid, "an approval needs the number of the document and the body that issued it")
	case layer.Authority != "" && layer.Authority != a.Body:
		return geo.Draft{}, geo.Errorf(geo.Forbidden, "the borders of %s are %s's to change, and the document is of %s: enter one that %s issued", a.Layer, layer.Authority, a.Body, layer.Authority)
	}
	a.Author, a.At = geo.ActorOf(ctx).Name, d.Now().UTC()
	return d.change(ctx, id, version, func(draft *geo.Draft) error {
		if draft.State == geo.DraftScheduled {
			return isScheduled(draft)
		}
		others := slices.DeleteFunc(slices.Clone(draft.Approvals), func(o geo.Approval) bool { return o.Layer == a.Layer })
		draft.Approvals = append(others, a)
		return nil
	})
}
