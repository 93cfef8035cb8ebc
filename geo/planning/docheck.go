package planning

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"gridwarden/geo"
)

// Bounds of what one edit may carry, so that its cost has bounds too.
const (
	maxAreas      = 10_000  // areas or members named
	maxVertices   = 100_000 // of one line or polygon
	maxText       = 1000    // bytes of a name
	maxCode       = 100     // bytes of a code
	maxAttributes = 1 << 20 // bytes
)

// takes are the fields that an edit of a kind may have beside kind and layer; empty for a
// kind there is none of in such a layer.
func takes(kind EditKind, in geo.LayerKind) string {
	if in != geo.Coverage {
		switch kind {
		case Draw:
			return "codes geometry name department attributes" + ofLines(in)
		case Reshape:
			return "areas geometry" + ofLines(in)
		case Close:
			return "areas"
		case Set:
			return "areas name department attributes codes" + ofLines(in)
		case Regroup:
			return "group name"
		}
		return ""
	}
	switch kind {
	case MoveBorder:
		return "areas line tolerance_m parents"
	case MoveNode:
		return "at to tolerance_m parents"
	case InsertNode, DeleteNode:
		return "at tolerance_m parents"
	case Split:
		return "areas line tolerance_m codes"
	case Merge:
		return "areas into codes name department attributes parents"
	case Reparent:
		return "areas parent codes parents"
	case Draw:
		return "polygon parent codes name department attributes tolerance_m into parents"
	case Close:
		return "areas at into parents"
	case Set:
		return "areas name department attributes codes"
	case Replace:
		return "areas features tolerance_m parents"
	case Regroup:
		return "group name"
	}
	return ""
}

func ofLines(kind geo.LayerKind) string {
	if kind == geo.Lines {
		return " side reach_m"
	}
	return ""
}

// given are the fields an edit has, by the names they are sent by.
func (e *Edit) given() []string {
	var names []string
	for _, f := range []struct {
		name string
		is   bool
	}{
		{"areas", len(e.Areas) > 0}, {"line", len(e.Line) > 0}, {"polygon", len(e.Polygon) > 0},
		{"geometry", len(e.Geometry) > 0}, {"at", e.At != nil}, {"to", e.To != nil}, {"tolerance_m", e.Tolerance != 0},
		{"parents", e.Parents != ""}, {"parent", e.Parent != ""}, {"into", e.Into != ""}, {"codes", len(e.Codes) > 0},
		{"name", e.Name != nil}, {"department", e.Department != nil}, {"attributes", len(e.Attributes) > 0},
		{"side", e.Side != ""}, {"reach_m", e.Reach != 0}, {"features", len(e.Features) > 0}, {"group", e.Group != nil},
	} {
		if f.is {
			names = append(names, f.name)
		}
	}
	return names
}

// needs are the fields that an edit of a kind cannot do without.
func needs(kind EditKind, in geo.LayerKind) string {
	switch {
	case kind == Draw && in == geo.Coverage:
		return "polygon"
	case kind == Draw:
		return "codes geometry"
	case kind == Reshape:
		return "areas"
	}
	return map[EditKind]string{
		MoveBorder: "areas line", MoveNode: "at to", InsertNode: "at", DeleteNode: "at", Split: "areas line",
		Merge: "areas", Reparent: "areas parent", Close: "areas", Set: "areas", Replace: "features", Regroup: "group",
	}[kind]
}

// check refuses an edit whose fields are wrong, whatever the state.
func (d *doing) check() error {
	e := d.edit
	if err := d.checkFields(); err != nil {
		return err
	}
	if !(e.Tolerance >= 0 && e.Tolerance <= MaxTolerance) {
		return geo.Errorf(geo.Invalid, "a tolerance of %v metres is none; give tolerance_m from 0 to %d", e.Tolerance, MaxTolerance)
	}
	switch e.Parents {
	case RefuseParents, FollowParents, KeepParents:
	default:
		return geo.Errorf(geo.Invalid, "parents cannot be %q; leave it out, or give \"follow\" or \"keep\"", e.Parents)
	}
	switch e.Side {
	case "", geo.Left, geo.Right, geo.Both:
	default:
		return geo.Errorf(geo.Invalid, "side cannot be %q; give \"left\", \"right\" or \"both\"", e.Side)
	}
	if !(e.Reach >= 0 && e.Reach <= 10_000) {
		return geo.Errorf(geo.Invalid, "a reach of %v metres is none; give reach_m from 0 to 10000", e.Reach)
	}
	for _, step := range []func() error{d.checkSizes, d.checkWords, d.checkAreas} {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

// checkFields refuses fields that the kind does not take, and asks for those it needs.
func (d *doing) checkFields() error {
	e := d.edit
	allowed := strings.Fields(takes(e.Kind, d.layer.Kind))
	if len(allowed) == 0 {
		if takes(e.Kind, geo.Coverage)+takes(e.Kind, geo.Lines) == "" {
			return geo.Errorf(geo.Invalid, "there is no edit %q; the kinds are %s", e.Kind, strings.Join(kindNames(), ", "))
		}
		return geo.Errorf(geo.Invalid, "layer %s is %s, in which there is no %s; %s", d.layer.Name, aKind(d.layer.Kind), e.Kind, insteadOf(e.Kind))
	}
	given := e.given()
	for _, f := range given {
		if !slices.Contains(allowed, f) {
			return geo.Errorf(geo.Invalid, "an edit %s in layer %s takes no %q, only %s; leave it out", e.Kind, d.layer.Name, f, strings.Join(allowed, ", "))
		}
	}
	for f := range strings.FieldsSeq(needs(e.Kind, d.layer.Kind)) {
		if !slices.Contains(given, f) {
			return geo.Errorf(geo.Invalid, "an edit %s in layer %s needs %q; give it", e.Kind, d.layer.Name, f)
		}
	}
	return nil
}

func kindNames() []string {
	var names []string
	for _, k := range []EditKind{
		MoveBorder, MoveNode, InsertNode, DeleteNode, Split, Merge, Reparent, Draw, Close, Set, Reshape, Replace, Regroup,
	} {
		names = append(names, string(k))
	}
	return names
}

// aKind is a kind with its article.
func aKind(k geo.LayerKind) geo.Said {
	switch k {
	case geo.Overlay:
		return geo.Say("an overlay")
	case geo.Lines:
		return geo.Say("a line")
	}
	return geo.Say("a coverage")
}

// insteadOf says what to do where a layer does not have a kind of edit.
func insteadOf(kind EditKind) geo.Said {
	if kind == Reshape {
		return geo.Say("move its borders instead, so that its neighbours keep up")
	}
	return geo.Say("give its areas their shape with reshape, draw and close")
}

// checkSizes bounds what the edit carries.
func (d *doing) checkSizes() error {
	e := d.edit
	named := max(len(e.Areas), len(e.Codes))
	if e.Group != nil {
		named = max(named, len(e.Group.Members))
	}
	if named > maxAreas {
		return geo.Errorf(geo.TooLarge, "the edit names %d areas, more than %d; do it in several", named, maxAreas)
	}
	n := len(e.Line)
	for _, ring := range e.Polygon {
		n += len(ring)
	}
	if n > maxVertices {
		return geo.Errorf(geo.TooLarge, "the drawing has %d vertices, more than %d; simplify it, or do it in several edits", n, maxVertices)
	}
	if len(e.Attributes) > maxAttributes {
		return geo.Errorf(geo.TooLarge, "the attributes have %d bytes, more than %d; leave some out", len(e.Attributes), maxAttributes)
	}
	return nil
}

// checkWords looks at the name and department given.
func (d *doing) checkWords() error {
	e := d.edit
	if e.Name != nil {
		if err := checkText("name", *e.Name, maxText); err != nil {
			return err
		}
	}
	if e.Department != nil && *e.Department != "" {
		if _, known := d.view.Department(*e.Department); !known {
			return geo.Errorf(geo.NotFound, "there is no department %q; give the code of one, or \"\" for nobody", *e.Department)
		}
	}
	_, err := withAttributes(nil, e.Attributes)
	return err
}

// checkText refuses text that nobody could read or write down.
func checkText(what, text string, most int) error {
	switch {
	case len(text) > most:
		return geo.Errorf(geo.TooLarge, "the %s has %d bytes, more than %d; shorten it", what, len(text), most)
	case !utf8.ValidString(text):
		return geo.Errorf(geo.Invalid, "the %s is not UTF-8 text; send it in UTF-8", what)
	case strings.ContainsFunc(text, unicode.IsControl):
		return geo.Errorf(geo.Invalid, "the %s %q holds a control character; take it out", what, text)
	}
	return nil
}

// checkAreas sees that every area named is there, once, and as many as the kind wants.
func (d *doing) checkAreas() error {
	e := d.edit
	seen := make(map[geo.AreaCode]bool, len(e.Areas))
	for _, code := range e.Areas {
		if seen[code] {
			return geo.Errorf(geo.Invalid, "the area %s is named twice; name it once", code)
		}
		seen[code] = true
		if err := d.there(d.layer.Name, code); err != nil {
			return err
		}
	}
	if least, most := counts(e.Kind); len(e.Areas) < least || len(e.Areas) > most {
		return geo.Errorf(geo.Invalid, "an edit %s is about %s, and %d %s named; name them in \"areas\"", e.Kind, manyAreas(least, most), len(e.Areas), plural(len(e.Areas), "is", "are"))
	}
	return nil
}

// counts are how many areas an edit of a kind names, at least and at most.
func counts(kind EditKind) (least, most int) {
	switch kind {
	case MoveBorder:
		return 1, 2
	case Split, Reshape:
		return 1, 1
	case Merge:
		return 2, maxAreas
	case Reparent, Close, Set:
		return 1, maxAreas
	}
	return 0, maxAreas
}

func manyAreas(least, most int) geo.Said {
	switch {
	case least == most:
		return geo.Say("one area")
	case most == 2:
		return geo.Say("the two areas on both sides, or one at the edge of all")
	}
	return geo.Say("%d areas or more", least)
}

// there refuses an area that is not.
func (d *doing) there(layer geo.LayerName, code geo.AreaCode) error {
	if d.view.Area(layer, code) == nil {
		return geo.Errorf(geo.NotFound, "%s has no area %q; was it split, merged or given another code?", layer, code)
	}
	return nil
}
