package planning

import (
	"slices"
	"strings"

	"gridwarden/geo"
)

// regroup moves members between groups of one kind. A group that is not there yet begins
// with the name given; one that loses its last member ends.
func (d *doing) regroup() error {
	m := d.edit.Group
	if err := d.checkMove(m); err != nil {
		return err
	}
	groups := d.view.Duty().Groups
	moving := make(map[geo.AreaCode]bool, len(m.Members))
	for _, code := range m.Members {
		if moving[code] {
			return geo.Errorf(geo.Invalid, "the member %s is named twice; name it once", code)
		}
		moving[code] = true
		if err := d.there(d.layer.Name, code); err != nil {
			return err
		}
		if in := groupOf(groups, m.Kind, d.layer.Name, code); in != m.From {
			return geo.Errorf(geo.Conflict, "%s is in %s, not in %s; give the group it is in as \"from\"", code, groupNamed(in), groupNamed(m.From))
		}
	}
	if from, is := findGroup(groups, m.Kind, m.From); is {
		from.Members = slices.DeleteFunc(slices.Clone(from.Members), func(c geo.AreaCode) bool { return moving[c] })
		d.effect.Groups = append(d.effect.Groups, from)
		d.noteEmpty(from)
	}
	if m.To == "" {
		return nil
	}
	to, is := findGroup(groups, m.Kind, m.To)
	if !is {
		to = geo.Group{Kind: m.Kind, Code: m.To, Layer: d.layer.Name}
	}
	if d.edit.Name != nil {
		to.Name = *d.edit.Name
	}
	to.Members = slices.Concat(to.Members, m.Members)
	d.effect.Groups = append(d.effect.Groups, to)
	slices.SortFunc(d.effect.Groups, compareGroups)
	return nil
}

// checkMove refuses a move between groups that cannot be.
func (d *doing) checkMove(m *GroupMove) error {
	switch {
	case m.Kind == "":
		return geo.Errorf(geo.Invalid, "the kind of group is missing; give \"kind\" in \"group\", such as %s", geo.DutyGroup)
	case len(m.Members) == 0:
		return geo.Errorf(geo.Invalid, "no members are named; give \"members\" in \"group\"")
	case m.From == m.To:
		return geo.Errorf(geo.Invalid, "the members would go from %s to the same; give another \"from\" or \"to\"", groupNamed(m.From))
	case d.edit.Name != nil && m.To == "":
		return geo.Errorf(geo.Invalid, "a name is given and no group for it; give \"to\", or leave the name out")
	}
	if _, is := d.view.Layer(geo.LayerName(m.Kind)); is {
		return geo.Errorf(geo.Invalid, "there is a layer %s, and a kind of group needs a name of its own", m.Kind)
	}
	for _, code := range []string{m.From, m.To} {
		if err := checkText("group", code, maxCode); err != nil {
			return err
		}
		g, is := findGroup(d.view.Duty().Groups, m.Kind, code)
		switch {
		case code == "":
		case is && g.Layer != d.layer.Name:
			return geo.Errorf(geo.Invalid, "the %s group %s has members of %s, not of %s", m.Kind, code, g.Layer, d.layer.Name)
		case is:
		case code == m.From || d.edit.Name == nil:
			return geo.Errorf(geo.NotFound, "there is no %s group %q; to make one, give its name too", m.Kind, code)
		}
	}
	return checkText("kind", m.Kind, maxCode)
}

// groupNamed names a group for a sentence.
func groupNamed(code string) geo.Said {
	if code == "" {
		return geo.Say("no group")
	}
	return geo.Say("the group %s", code)
}

func findGroup(groups []geo.Group, kind, code string) (geo.Group, bool) {
	i, found := slices.BinarySearchFunc(groups, geo.Group{Kind: kind, Code: code}, compareGroups)
	if !found {
		return geo.Group{}, false
	}
	return groups[i], true
}

// groupOf is the group of a kind that an area is in, "" for none.
func groupOf(groups []geo.Group, kind string, layer geo.LayerName, code geo.AreaCode) string {
	i, _ := slices.BinarySearchFunc(groups, geo.Group{Kind: kind}, compareGroups)
	for ; i < len(groups) && groups[i].Kind == kind; i++ {
		if groups[i].Layer == layer && slices.Contains(groups[i].Members, code) {
			return groups[i].Code
		}
	}
	return ""
}

// follow makes the groups follow areas that ended: who took an area's place is a member
// where it was, unless it is already in a group of that kind. The tables of duty stay.
func (d *doing) follow() {
	gone := map[geo.LayerName]map[geo.AreaCode]bool{}
	for _, name := range d.effect.Ended {
		if gone[name.Layer] == nil {
			gone[name.Layer] = map[geo.AreaCode]bool{}
		}
		gone[name.Layer][name.Code] = true
	}
	placed := map[string]map[AreaName]bool{} // heirs that have their group, by its kind
	for _, g := range d.view.Duty().Groups {
		ended := gone[g.Layer]
		if ended == nil || !slices.ContainsFunc(g.Members, func(c geo.AreaCode) bool { return ended[c] }) {
			continue
		}
		if placed[g.Kind] == nil {
			placed[g.Kind] = map[AreaName]bool{}
		}
		g.Members = d.membersAfter(g, ended, placed[g.Kind])
		d.effect.Groups = append(d.effect.Groups, g)
		d.noteEmpty(g)
	}
}

// membersAfter are the members of a group after the edit.
func (d *doing) membersAfter(g geo.Group, ended map[geo.AreaCode]bool, placed map[AreaName]bool) []geo.AreaCode {
	var members []geo.AreaCode
	for _, code := range g.Members {
		if !ended[code] {
			members = append(members, code)
			continue
		}
		for _, heir := range d.heirs[AreaName{g.Layer, code}] {
			name := AreaName{g.Layer, heir}
			switch {
			case d.view.Area(g.Layer, heir) != nil: // it has its own place already
			case slices.Contains(members, heir): // another part of it was in this group too
			case placed[name]:
				d.note("%s stays in the first of the %s groups of the areas it was made of, not in %s too", heir, g.Kind, g.Code)
			default:
				placed[name] = true
				members = append(members, heir)
			}
		}
	}
	return members
}

func (d *doing) noteEmpty(g geo.Group) {
	if len(g.Members) == 0 {
		d.note("the %s group %s has no members left and ends", g.Kind, strings.TrimSpace(g.Code+" "+g.Name))
	}
}

// note tells the planner something.
func (d *doing) note(format string, args ...any) {
	d.effect.Notes = append(d.effect.Notes, geo.Say(format, args...))
}
