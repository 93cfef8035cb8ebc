package planning

import (
	"cmp"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"hash/fnv"
	"maps"
	"math"
	"slices"

	"gridwarden/geo"
	"gridwarden/geo/duty"
	"gridwarden/geo/index"
)

// After is the view after an effect. It shares with the view before what the effect does not
// touch, so that it costs what changed. History and edition stay, the position moves on by
// one, with a change id of its own.
//
// An area without an ID gets a negative one made of what it says, so that the same state of
// an area has the same ID in every view of every draft; one with an ID is taken as it is. An
// effect that ends what is not there is a Conflict: it was made from another view.
func After(view *index.Snapshot, e *Effect) (*index.Snapshot, error) {
	from := view.Position()
	c := &geo.Changes{
		History: view.History(), From: from, To: geo.Position{Sequence: from.Sequence + 1},
		Edition: view.Edition(), AssetKeys: view.AssetKeys(),
	}
	rand.Read(c.To.Change[:]) // never fails: crypto/rand ends the program instead
	for _, name := range e.Ended {
		was := view.Area(name.Layer, name.Code)
		if was == nil {
			return nil, geo.Errorf(geo.Conflict, "%s %s ends and is not there; do the edit again on this state", name.Layer, name.Code)
		}
		c.AreasEnded = append(c.AreasEnded, was.ID)
	}
	for _, a := range e.Areas {
		if was := view.Area(a.Layer, a.Code); was != nil {
			c.AreasEnded = append(c.AreasEnded, was.ID)
		}
		c.Areas = append(c.Areas, numbered(a))
	}
	if len(e.Groups) > 0 {
		c.Duty.Groups = regrouped(view.Duty().Groups, e.Groups)
	}
	return view.Apply(c)
}

// WithRules is the view with other duty rows, which are in order. The same rows make the
// same view of the same one, at the same position. Its error is a Conflict when they ask
// assets for attributes without which those of the view were loaded.
func WithRules(view *index.Snapshot, rules []geo.DutyRow) (*index.Snapshot, error) {
	from := view.Position()
	c := &geo.Changes{
		History: view.History(), From: from, To: geo.Position{Sequence: from.Sequence + 1}, Edition: view.Edition(),
		Duty: geo.DutyTables{Rules: rules},
	}
	h := sha256.New()
	h.Write(from.Change[:])
	for i := range rules {
		for _, cell := range duty.FormatRule(rules[i]) {
			h.Write(append([]byte(cell), 0xff)) // in no text
		}
		c.AssetKeys = append(c.AssetKeys, duty.AssetKeys(rules[i].AssetWhere)...)
	}
	copy(c.To.Change[:], h.Sum(nil))
	return view.Apply(c)
}

// numbered is an area with an ID.
func numbered(a *geo.Area) *geo.Area {
	if a.ID != 0 {
		return a
	}
	next := *a
	next.ID = draftID(a)
	return &next
}

// draftID is a negative number for what an area says, within the whole numbers that a double
// holds.
func draftID(a *geo.Area) geo.AreaID {
	h := fnv.New64a()
	for _, text := range []string{
		string(a.Layer), string(a.Code), a.Name, string(a.Department), string(a.Parent),
		string(a.Attributes), string(a.Side), a.Class, string(a.InputHash[:]),
	} {
		h.Write([]byte(text))
		h.Write([]byte{0xff}) // in no text
	}
	number := func(v uint64) { h.Write(binary.BigEndian.AppendUint64(nil, v)) }
	number(math.Float64bits(a.Reach))
	for _, path := range paths(&a.Shape) {
		number(uint64(len(path)))
		for _, c := range path {
			number(uint64(uint32(c.X))<<32 | uint64(uint32(c.Y)))
		}
	}
	return -geo.AreaID(h.Sum64()>>12) - 1
}

// regrouped is the table of groups with some in place of those of the same kind and code;
// those without members are left out.
func regrouped(all, changed []geo.Group) []geo.Group {
	type key struct{ kind, code string }
	next := make(map[key]bool, len(changed))
	for _, g := range changed {
		next[key{g.Kind, g.Code}] = true
	}
	groups := make([]geo.Group, 0, len(all)+len(changed))
	for _, g := range all {
		if !next[key{g.Kind, g.Code}] {
			groups = append(groups, g)
		}
	}
	for _, g := range changed {
		if len(g.Members) > 0 {
			groups = append(groups, g)
		}
	}
	slices.SortFunc(groups, compareGroups)
	return groups
}

func compareGroups(a, b geo.Group) int {
	return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Code, b.Code))
}

// touched names every area that an effect begins, changes or ends, each once.
func touched(e *Effect) []AreaName {
	names := slices.Clone(e.Ended)
	for _, a := range e.Areas {
		names = append(names, AreaName{a.Layer, a.Code})
	}
	return names
}

// Fold is what some effects do one after another, as one effect on the view before the
// first. Of what they left out and noted it says nothing.
func Fold(base *index.Snapshot, effects []Effect) *Effect {
	areas, ended := map[AreaName]*geo.Area{}, map[AreaName]bool{}
	groups := map[[2]string]geo.Group{}
	for i := range effects {
		for _, name := range effects[i].Ended {
			ended[name] = base.Area(name.Layer, name.Code) != nil
			delete(areas, name)
		}
		for _, a := range effects[i].Areas {
			name := AreaName{a.Layer, a.Code}
			areas[name] = a
			delete(ended, name)
		}
		for _, g := range effects[i].Groups {
			groups[[2]string{g.Kind, g.Code}] = g
		}
	}
	maps.DeleteFunc(ended, func(_ AreaName, is bool) bool { return !is })
	e := &Effect{Ended: slices.SortedFunc(maps.Keys(ended), compareNames), Recoded: Recodes(effects)}
	for _, name := range slices.SortedFunc(maps.Keys(areas), compareNames) {
		e.Areas = append(e.Areas, areas[name])
	}
	e.Groups = slices.SortedFunc(maps.Values(groups), compareGroups)
	return e
}

func compareNames(a, b AreaName) int {
	return cmp.Or(cmp.Compare(a.Layer, b.Layer), cmp.Compare(a.Code, b.Code))
}
