package drafts

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"

	"gridwarden/geo"
	"gridwarden/geo/index"
	"gridwarden/geo/planning"
)

// step is one edit between two views, as it was done and as it is done again.
type step struct {
	edit     *planning.DoneEdit
	was      *index.Snapshot // before it, on the old base
	wasAfter *index.Snapshot
	is       *index.Snapshot // before it, on the new base
	isAfter  *index.Snapshot // nil when it could not be done
}

// undisturbed tells whether all that the edit looked at is as it was, version for version:
// what it touched, and what lies near the areas of its layer, but for those above. Then it
// does what it did.
func (s *step) undisturbed() bool {
	e := &s.edit.Effect
	if len(e.Groups) > 0 || s.edit.Edit.Kind == planning.Replace || len(begun(s.was, e)) > 0 {
		return false
	}
	near := geo.EmptyBox()
	for _, name := range touchedBy(e) {
		was, is := s.was.Area(name.Layer, name.Code), s.is.Area(name.Layer, name.Code)
		if was == nil || is == nil || was.ID != is.ID {
			return false
		}
		if name.Layer == s.edit.Edit.Layer {
			near = near.Union(was.Shape.Box())
		}
	}
	above := aboveLayer(s.was, s.edit.Edit.Layer)
	for _, l := range s.was.Layers() {
		if !slices.Contains(above, l.Name) && !slices.Equal(idsIn(s.was, l.Name, near), idsIn(s.is, l.Name, near)) {
			return false
		}
	}
	return true
}

// aboveLayer are the layers above one in its chain.
func aboveLayer(view *index.Snapshot, layer geo.LayerName) []geo.LayerName {
	chain := view.Chain(layer)
	return chain[slices.Index(chain, layer)+1:]
}

// idsIn are the versions of a layer in a box.
func idsIn(view *index.Snapshot, layer geo.LayerName, box geo.Box) (ids []geo.AreaID) {
	for a := range view.AreasIn(layer, box) {
		ids = append(ids, a.ID)
	}
	slices.Sort(ids)
	return ids
}

// differs says in a sentence what the edit does otherwise than it did; zero: nothing.
func (s *step) differs(again *planning.Effect) geo.Said {
	old := &s.edit.Effect
	for _, check := range []func(old, again *planning.Effect) geo.Said{s.codes, s.borders, s.words, s.groups} {
		if reason := check(old, again); !reason.IsZero() {
			return reason
		}
	}
	return geo.Said{}
}

// codes compares which areas begin and end.
func (s *step) codes(old, again *planning.Effect) geo.Said {
	for _, name := range slices.Concat(touchedBy(old), touchedBy(again)) {
		was := [2]bool{s.was.Area(name.Layer, name.Code) != nil, s.wasAfter.Area(name.Layer, name.Code) != nil}
		is := [2]bool{s.is.Area(name.Layer, name.Code) != nil, s.isAfter.Area(name.Layer, name.Code) != nil}
		begins, ends := !was[0] && was[1], was[0] && !was[1]
		switch {
		case begins != (!is[0] && is[1]):
			return geo.Say("it made the area %s of %s, and would not make the same now", name.Code, name.Layer)
		case ends != (is[0] && !is[1]):
			return geo.Say("it ended the area %s of %s, and would end others now", name.Code, name.Layer)
		case begins && !s.meet(name):
			return geo.Say("the area %s of %s, which it makes, would lie elsewhere now", name.Code, name.Layer)
		}
	}
	return geo.Said{}
}

// meet tells whether an area that begins lies where it lay: of each the middle is in the box
// of the other.
func (s *step) meet(name planning.AreaName) bool {
	was, is := s.wasAfter.Area(name.Layer, name.Code).Shape.Box(), s.isAfter.Area(name.Layer, name.Code).Shape.Box()
	return was.Contains(middle(is)) && is.Contains(middle(was))
}

func middle(b geo.Box) geo.Coord {
	return geo.Coord{X: int32((int64(b.Min.X) + int64(b.Max.X)) / 2), Y: int32((int64(b.Min.Y) + int64(b.Max.Y)) / 2)}
}

// borders compares which pieces of borders move.
func (s *step) borders(old, again *planning.Effect) geo.Said {
	layers := map[geo.LayerName]bool{}
	for _, name := range slices.Concat(touchedBy(old), touchedBy(again)) {
		layers[name.Layer] = true
	}
	for layer := range layers {
		wasGone, wasCome := moved(layer, s.was, s.wasAfter, old)
		isGone, isCome := moved(layer, s.is, s.isAfter, again)
		if !planning.SamePieces(wasGone, isGone) || !planning.SamePieces(wasCome, isCome) {
			return geo.Say("a border of %s that it moves was changed meanwhile", layer)
		}
	}
	return geo.Said{}
}

// moved are the pieces of borders of a layer that an effect moved.
func moved(layer geo.LayerName, before, after *index.Snapshot, e *planning.Effect) (gone, come []planning.Piece) {
	var old, new []*geo.Area
	for _, name := range touchedBy(e) {
		if name.Layer != layer {
			continue
		}
		if a := before.Area(name.Layer, name.Code); a != nil {
			old = append(old, a)
		}
		if a := after.Area(name.Layer, name.Code); a != nil {
			new = append(new, a)
		}
	}
	return planning.Moved(old, new)
}

// words compares what the edit says anew of areas, field by field.
func (s *step) words(old, _ *planning.Effect) geo.Said {
	for _, name := range touchedBy(old) {
		was, wasAfter := s.was.Area(name.Layer, name.Code), s.wasAfter.Area(name.Layer, name.Code)
		is, isAfter := s.is.Area(name.Layer, name.Code), s.isAfter.Area(name.Layer, name.Code)
		if was == nil || wasAfter == nil || is == nil || isAfter == nil {
			continue
		}
		a, b, c, d := fields(was), fields(wasAfter), fields(is), fields(isAfter)
		for key := range union(a, b) {
			switch {
			case reflect.DeepEqual(a[key], b[key]): // not its concern
			case !reflect.DeepEqual(c[key], a[key]) && !reflect.DeepEqual(c[key], b[key]), !reflect.DeepEqual(d[key], b[key]):
				return geo.Say("the %s of %s %s, which it changes, was changed meanwhile", called(key), name.Layer, name.Code)
			}
		}
	}
	return geo.Said{}
}

// attributeField is how the names of attributes begin among the fields of an area.
const attributeField = "attribute "

// fields are the words of an area by name.
func fields(a *geo.Area) map[string]any {
	words := map[string]any{}
	if len(a.Attributes) > 0 {
		var attributes map[string]any
		if json.Unmarshal(a.Attributes, &attributes) == nil {
			for key, value := range attributes {
				words[attributeField+key] = value
			}
		}
	}
	words["name"], words["department"], words["parent"] = a.Name, string(a.Department), string(a.Parent)
	words["side"], words["reach"], words["class"] = string(a.Side), a.Reach, a.Class
	return words
}

// called names a field for a sentence.
func called(field string) geo.Said {
	if attribute, is := strings.CutPrefix(field, attributeField); is {
		return geo.Say("attribute %s", attribute)
	}
	return map[string]geo.Said{
		"name": geo.Say("name"), "department": geo.Say("department"), "parent": geo.Say("parent"),
		"side": geo.Say("side"), "reach": geo.Say("reach"), "class": geo.Say("class"),
	}[field]
}

func union(a, b map[string]any) map[string]bool {
	keys := map[string]bool{}
	for key := range a {
		keys[key] = true
	}
	for key := range b {
		keys[key] = true
	}
	return keys
}

// groups compares which members go into which groups and which leave them.
func (s *step) groups(old, again *planning.Effect) geo.Said {
	if was, is := moves(s.was, old), moves(s.is, again); !reflect.DeepEqual(was, is) {
		return geo.Say("the groups whose members it moves were changed meanwhile")
	}
	return geo.Said{}
}

// move is a member that a group gains or loses.
type move struct {
	kind, group string
	member      geo.AreaCode
}

// moves tells the members that an effect moves; true: into the group.
func moves(before *index.Snapshot, e *planning.Effect) map[move]bool {
	all := map[move]bool{}
	for _, g := range e.Groups {
		var had []geo.AreaCode
		for _, o := range before.Duty().Groups {
			if o.Kind == g.Kind && o.Code == g.Code {
				had = o.Members
			}
		}
		for _, m := range had {
			all[move{g.Kind, g.Code, m}] = false
		}
		for _, m := range g.Members {
			if slices.Contains(had, m) {
				delete(all, move{g.Kind, g.Code, m})
			} else {
				all[move{g.Kind, g.Code, m}] = true
			}
		}
	}
	return all
}

// conflict draws the step.
func (s *step) conflict(reason geo.Said) Conflict {
	c := Conflict{Number: s.edit.Number, Reason: reason}
	names := touchedBy(&s.edit.Effect)
	otherwise := slices.DeleteFunc(slices.Clone(names), func(n planning.AreaName) bool {
		was, is := s.was.Area(n.Layer, n.Code), s.is.Area(n.Layer, n.Code)
		return was != nil && is != nil && planning.SameWords(was, is) && !planning.Redrawn(was, is)
	})
	if len(otherwise) > 0 {
		names = otherwise
	}
	for _, side := range []struct {
		view *index.Snapshot
		into *[]*geo.Area
	}{{s.was, &c.Base}, {s.is, &c.Theirs}, {s.wasAfter, &c.Ours}} {
		for _, n := range names {
			if a := side.view.Area(n.Layer, n.Code); a != nil {
				*side.into = append(*side.into, a)
			}
		}
	}
	return c
}
