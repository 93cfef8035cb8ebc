package planning

import (
	"bytes"
	"encoding/json"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/paulmach/orb"

	"gridwarden/geo"
	"gridwarden/geo/coverage"
)

// replace takes a region over as a file has it. Each area is matched by its code against the
// state the file was made from (Rules.Base): what the file leaves as it was there stays as it
// is now, whatever was edited since; what the file changes is taken; where both changed it
// differently the edit is refused, naming the areas. An area that is not in the file ends
// only where it is named. Borders match what lies round the region.
func (d *doing) replace() error {
	if d.level > 0 {
		return geo.Errorf(geo.Conflict, "areas of %s are made of those of %s; replace a region of %s", d.layer.Name, d.chain[0], d.chain[0])
	}
	if d.edit.Parents == KeepParents {
		return geo.Errorf(geo.Invalid, "a region cannot be replaced in part; leave \"parents\" out, or give \"follow\"")
	}
	m := &match{doing: d, file: map[geo.AreaCode]*fileArea{}, drawn: map[geo.AreaCode]*fileArea{}}
	for _, step := range []func() error{m.read, m.compare, m.endNamed, m.build, m.name} {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

// match is a file matched three ways: with the state it was made from and the one now.
type match struct {
	*doing
	file      map[geo.AreaCode]*fileArea
	drawn     map[geo.AreaCode]*fileArea // those whose shape or parent the file changes
	vertices  int                        // of the file
	conflicts []string
}

// fileArea is one area as the file has it.
type fileArea struct {
	code   geo.AreaCode
	words  map[string]string // what it says, by field; see wordsOf
	parent *geo.AreaCode     // nil: it says nothing of a parent
	parts  []geo.AreaPart
}

// Bounds of one file.
const (
	maxFeatures     = maxAreas
	maxFileVertices = 1_000_000
)

// read reads the features; those of one code are the parts of one area.
func (m *match) read() error {
	var file struct {
		Type     string            `json:"type"`
		Features []json.RawMessage `json:"features"`
	}
	if err := json.Unmarshal(m.edit.Features, &file); err != nil || file.Type != "FeatureCollection" {
		return geo.Errorf(geo.Invalid, "the features cannot be read; give a GeoJSON FeatureCollection")
	}
	if len(file.Features) == 0 || len(file.Features) > maxFeatures {
		return geo.Errorf(geo.Invalid, "the file has %d features; give from 1 to %d", len(file.Features), maxFeatures)
	}
	for i, raw := range file.Features {
		source := geo.Source{File: "the file", Feature: i + 1}
		f, err := m.feature(raw, source)
		if err != nil {
			return geo.Errorf(geo.Invalid, "%s: %w", source, err)
		}
		before := m.file[f.code]
		if before == nil {
			m.file[f.code] = f
			continue
		}
		before.parts = append(before.parts, f.parts...)
		f.parts = before.parts
		if !reflect.DeepEqual(before, f) {
			return geo.Errorf(geo.Invalid, "%s: the parts of %s do not agree in name, department, parent or attributes; make them agree", source, f.code)
		}
	}
	return nil
}

// feature reads one feature.
func (m *match) feature(raw json.RawMessage, source geo.Source) (*fileArea, error) {
	var in struct {
		ID         any                        `json:"id"`
		Geometry   json.RawMessage            `json:"geometry"`
		Properties map[string]json.RawMessage `json:"properties"`
	}
	if err := json.Unmarshal(raw, &in); err != nil {
		return nil, geo.Errorf(geo.Invalid, "it is no feature with a geometry and properties")
	}
	g, err := readGeometry(in.Geometry)
	if err != nil || polygonsOf(g) == nil {
		return nil, geo.Errorf(geo.Invalid, "it has no Polygon or MultiPolygon that can be read")
	}
	if m.vertices += verticesOf(g); m.vertices > maxFileVertices {
		return nil, geo.Errorf(geo.TooLarge, "the file has more than %d vertices up to here; replace a smaller region at a time", maxFileVertices)
	}
	f := &fileArea{words: map[string]string{}, parts: []geo.AreaPart{{Source: source, Geometry: g}}}
	if id, is := in.ID.(string); is {
		f.code = geo.AreaCode(id)
	}
	for name, value := range in.Properties {
		if err := f.property(name, value); err != nil {
			return nil, err
		}
	}
	if f.code == "" {
		return nil, geo.Errorf(geo.Invalid, "it has no code; give each area its code in the property \"code\"")
	}
	if code := geo.DepartmentCode(f.words["department"]); code != "" {
		if _, known := m.view.Department(code); !known {
			return nil, geo.Errorf(geo.NotFound, "there is no department %q; give the code of one", code)
		}
	}
	return f, nil
}

// property reads one property. Those that areas have here are known by their names, the ones
// that only say where they come from are passed over, all others are attributes.
func (f *fileArea) property(name string, value json.RawMessage) error {
	switch name {
	case "layer", "since_edition":
		return nil
	case "attributes":
		var nested map[string]json.RawMessage
		if err := json.Unmarshal(value, &nested); err != nil {
			return geo.Errorf(geo.Invalid, "the property \"attributes\" is no object")
		}
		for field, value := range nested {
			f.words[attribute+field] = compacted(value)
		}
		return nil
	case "code", "name", "department", "parent":
	default:
		f.words[attribute+name] = compacted(value)
		return nil
	}
	text := ""
	if err := json.Unmarshal(value, &text); err != nil { // null is ""
		return geo.Errorf(geo.Invalid, "the property %q is no text; write it in quotes", name)
	}
	if err := checkText(name, text, maxText); err != nil {
		return err
	}
	switch name {
	case "code":
		f.code = geo.AreaCode(text)
	case "parent":
		parent := geo.AreaCode(text)
		f.parent = &parent
	default:
		f.words[name] = text
	}
	return nil
}

// attribute begins the fields of attributes among the words of an area.
const attribute = "attributes."

// wordsOf is what an area says, by field: name, department, and of each attribute its JSON.
// What it does not say is "".
func wordsOf(a *geo.Area) map[string]string {
	if a == nil {
		return nil
	}
	words := map[string]string{"name": a.Name, "department": string(a.Department)}
	var fields map[string]json.RawMessage
	if json.Unmarshal(a.Attributes, &fields) == nil {
		for field, value := range fields {
			words[attribute+field] = compacted(value)
		}
	}
	return words
}

// compacted is JSON without space, "" for null.
func compacted(value json.RawMessage) string {
	var out bytes.Buffer
	if json.Compact(&out, value) != nil || out.String() == "null" {
		return ""
	}
	return out.String()
}

// say gives an area some of the words of the file.
func (f *fileArea) say(a *geo.Area, fields []string) (err error) {
	given := map[string]json.RawMessage{}
	for _, field := range fields {
		word := f.words[field]
		name, is := strings.CutPrefix(field, attribute)
		switch {
		case is && word == "":
			given[name] = json.RawMessage("null")
		case is:
			given[name] = json.RawMessage(word)
		case field == "name":
			a.Name = word
		default:
			a.Department = geo.DepartmentCode(word)
		}
	}
	if len(given) > 0 {
		text, _ := json.Marshal(given) // of JSON read before
		a.Attributes, err = withAttributes(a.Attributes, text)
	}
	return err
}

// compare matches every area of the file and takes over what it changes.
func (m *match) compare() error {
	base := m.rules.Base
	if base == nil {
		base = m.view
	}
	for _, code := range slices.Sorted(maps.Keys(m.file)) {
		f := m.file[code]
		was, now := base.Area(m.layer.Name, code), m.view.Area(m.layer.Name, code)
		fields, wordsOK := f.changed(wordsOf(was), wordsOf(now))
		redraws, shapeOK, err := f.redraws(was, now)
		switch {
		case err != nil:
			return err
		case was != nil && now == nil && (f.differs(wordsOf(was)) || redraws), !wordsOK, !shapeOK:
			m.conflicts = append(m.conflicts, string(code))
			continue
		case was != nil && now == nil:
			continue // it ended since, and the file wants nothing of it
		case now == nil:
			m.begin(&geo.Area{Layer: m.layer.Name, Code: code})
		}
		if redraws {
			m.drawn[code] = f
		}
		if len(fields) > 0 {
			if err := f.say(m.change(m.layer.Name, code), fields); err != nil {
				return err
			}
		}
	}
	if len(m.conflicts) > 0 {
		return geo.Errorf(geo.Conflict, "the file and the draft both changed %s since the file was made; make the file from the draft as it is, or leave these areas out of it", someOf(m.conflicts))
	}
	return nil
}

// changed are the fields that the file changes and that are not yet as it says. It is false
// when one of them says something else since.
func (f *fileArea) changed(was, now map[string]string) (fields []string, ok bool) {
	ok = true
	for _, field := range slices.Sorted(maps.Keys(f.words)) {
		word := f.words[field]
		if word != was[field] && word != now[field] {
			fields = append(fields, field)
			ok = ok && now[field] == was[field]
		}
	}
	return fields, ok
}

// differs tells whether the file says something else than was said.
func (f *fileArea) differs(was map[string]string) bool {
	fields, _ := f.changed(was, was)
	return len(fields) > 0
}

// redraws tells whether the file changes the shape or parent of an area, and it is not yet as
// the file has it. ok is false when it was changed otherwise since.
func (f *fileArea) redraws(was, now *geo.Area) (redraws, ok bool, err error) {
	asWas, err := f.drawnAs(was)
	if err != nil || asWas {
		return false, true, err
	}
	asNow, err := f.drawnAs(now)
	if err != nil || asNow {
		return false, true, err
	}
	untouched := was == nil && now == nil || was != nil && (now == nil || !Redrawn(was, now) && was.Parent == now.Parent)
	return true, untouched, nil
}

// drawnAs tells whether the file has an area in the place and under the parent that it has.
func (f *fileArea) drawnAs(a *geo.Area) (bool, error) {
	if a == nil || f.parent != nil && *f.parent != a.Parent {
		return false, nil
	}
	drawn := &geo.Area{}
	for _, part := range f.parts {
		for _, polygon := range polygonsOf(part.Geometry) {
			var p geo.Polygon
			for _, ring := range polygon {
				var r geo.Ring
				for _, point := range ring {
					c, err := geo.CoordOf(point[0], point[1])
					if err != nil {
						return false, geo.Errorf(geo.Invalid, "%s: %w", part.Source, err)
					}
					r = append(r, c)
				}
				if r = slices.Compact(r); len(r) > 1 && r[0] == r[len(r)-1] {
					r = r[:len(r)-1]
				}
				p = append(p, r)
			}
			drawn.Shape.Polygons = append(drawn.Shape.Polygons, p)
		}
	}
	return !Redrawn(a, drawn), nil
}

// endNamed ends the areas named, which must not be in the file.
func (m *match) endNamed() error {
	for _, code := range m.edit.Areas {
		if m.file[code] != nil {
			return geo.Errorf(geo.Invalid, "%s is in the file and shall end; leave it out of one of the two", code)
		}
		if base := m.rules.Base; base != nil {
			was, now := base.Area(m.layer.Name, code), m.view.Area(m.layer.Name, code)
			if was == nil || Redrawn(was, now) {
				return geo.Errorf(geo.Conflict, "%s was changed since the file was made and shall end; close it in an edit of its own", code)
			}
		}
		m.end(m.layer.Name, code)
	}
	return nil
}

// build draws what the file changes into the fabric: with what lies near, and again with more
// where it reaches further.
func (m *match) build() error {
	if len(m.drawn) == 0 {
		return nil
	}
	box := geo.EmptyBox()
	for code, f := range m.drawn {
		if was := m.view.Area(m.layer.Name, code); was != nil {
			box = box.Union(was.Shape.Box())
		}
		for _, part := range f.parts {
			bound := part.Geometry.Bound()
			for _, corner := range []orb.Point{bound.Min, bound.Max} {
				c, err := geo.CoordOf(corner[0], corner[1])
				if err != nil {
					return geo.Errorf(geo.Invalid, "%s: %w", part.Source, err)
				}
				box = box.Union(geo.FrameAt(c).Around(m.edit.Tolerance))
			}
		}
	}
	const tries = 8
	for range tries {
		built, err := coverage.Build(m.ctx, m.layersIn(box), coverage.Options{Tolerance: m.edit.Tolerance, Repair: m.edit.Parents == FollowParents})
		if err != nil {
			return err
		}
		if err := m.judge(built.Faults); err != nil {
			return err
		}
		reached := m.reached(built)
		if reached.IsEmpty() || box.Contains(reached.Min) && box.Contains(reached.Max) {
			return m.takeBuilt(built)
		}
		box = box.Union(reached)
	}
	return geo.Errorf(geo.TooLarge, "the region reaches ever further into what lies round it; replace it in smaller parts")
}

// layersIn are the layers near a box, what the file changes as drawn.
func (m *match) layersIn(box geo.Box) []coverage.Layer {
	layers := m.near(box)
	lowest := &layers[0]
	lowest.Areas = slices.DeleteFunc(lowest.Areas, func(a coverage.Area) bool { return m.drawn[a.Code] != nil })
	for code, f := range m.drawn {
		a := coverage.Area{Code: code, Parts: f.parts}
		if now := m.now(m.layer.Name, code); now != nil {
			a.Parent = now.Parent
		}
		if f.parent != nil {
			a.Parent = *f.parent
		}
		lowest.Areas = append(lowest.Areas, a)
	}
	sortByCode(lowest.Areas)
	return layers
}

// judge refuses what cannot be drawn so.
func (m *match) judge(faults []geo.Fault) error {
	told := slices.DeleteFunc(slices.Clone(faults), func(f geo.Fault) bool {
		nested := f.Kind == geo.FaultNesting && f.Mended
		return !f.Error || nested
	})
	if len(told) == 0 {
		return nil
	}
	what := told[0].Message
	if n := len(told) - 1; n > 0 {
		what = geo.Say("%s; %d more", what, n)
	}
	remedy := geo.Say("correct the file, or give a tolerance")
	if told[0].Kind == geo.FaultNesting && told[0].Area > 0 { // it sticks out
		remedy = geo.Say("correct the file, or give a tolerance, or let parents follow")
	}
	return geo.Errorf(geo.Conflict, "the file does not fit what lies round it: %s; %s", what, remedy)
}

// reached is the box of all that the drawing changes.
func (m *match) reached(built *coverage.Result) geo.Box {
	box := geo.EmptyBox()
	for i, layer := range m.chain {
		for _, b := range built.Layers[i] {
			is := &geo.Area{Shape: geo.Shape{Polygons: b.Shape}}
			if now := m.now(layer, b.Code); now == nil || !reflect.DeepEqual(now.Shape, is.Shape) {
				box = box.Union(changedBox(now, is))
			}
		}
	}
	return box
}

// takeBuilt takes the drawing over.
func (m *match) takeBuilt(built *coverage.Result) error {
	for i, layer := range m.chain {
		for _, b := range built.Layers[i] {
			if len(b.Shape) == 0 {
				return geo.Errorf(geo.Conflict, "nothing would be left of %s %s; name it in \"areas\" to end it, or give it ground", layer, b.Code)
			}
			now := m.now(layer, b.Code)
			if now.Parent != b.Parent || !reflect.DeepEqual(now.Shape.Polygons, b.Shape) {
				a := m.change(layer, b.Code)
				a.Shape, a.Parent = geo.Shape{Polygons: b.Shape}, b.Parent
			}
		}
	}
	return nil
}

// name judges the codes of the areas that begin, each under the parent it got.
func (m *match) name() error {
	var parents, codes []geo.AreaCode
	for _, code := range slices.Sorted(maps.Keys(m.drawn)) {
		if m.view.Area(m.layer.Name, code) == nil {
			parents = append(parents, m.now(m.layer.Name, code).Parent)
			codes = append(codes, code)
		}
	}
	return m.book.give(m.layer.Name, parents, codes)
}

// changedBox is the box of the pieces of border that only one of two states of an area has.
func changedBox(was, is *geo.Area) geo.Box {
	states := [2]map[Piece]bool{{}, piecesOf([]*geo.Area{is})}
	if was != nil {
		states[0] = piecesOf([]*geo.Area{was})
	}
	box := geo.EmptyBox()
	for i, pieces := range states {
		for p := range pieces {
			if !states[1-i][p] {
				box = box.Extend(p[0]).Extend(p[1])
			}
		}
	}
	return box
}
