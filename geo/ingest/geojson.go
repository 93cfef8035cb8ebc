package ingest

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"iter"
	"strings"
	"unicode/utf8"

	"gridwarden/geo"
	"gridwarden/geo/crs"
)

// stream reads GeoJSON an element at a time: FeatureCollections with their members in any
// order, single features, and any number of these one after another, as text sequences
// (RFC 8142) with or without their record separators are.
type stream struct {
	path   string
	json   cutter
	crs    crs.CRS
	given  bool              // crs is what the caller says, whatever the file says
	digest bool              // wanted
	count  int               // features seen
	names  map[string]string // of fields, each once
	yield  func(record, error) bool
}

// element is a feature as it stands in the file: its members, as far as they matter.
type element struct {
	kind, id, properties, geometry json.RawMessage
}

// set takes a member.
func (e *element) set(name string, value json.RawMessage) {
	switch name {
	case "type":
		e.kind = value
	case "id":
		e.id = value
	case "properties":
		e.properties = value
	case "geometry":
		e.geometry = value
	}
}

// errStop ends the reading when the consumer wants no more.
var errStop = errors.New("stop")

func (o reading) geoJSON(r *bufio.Reader, path string, system crs.CRS) iter.Seq2[record, error] {
	return func(yield func(record, error) bool) {
		s := &stream{path: path, json: cutter{r: r}, crs: system, given: o.CRS != "", digest: o.digest, names: map[string]string{}, yield: yield}
		for {
			_, err := s.json.peek()
			if err == nil {
				err = s.document()
			}
			if err == nil {
				continue
			}
			if !errors.Is(err, io.EOF) && !errors.Is(err, errStop) {
				yield(record{}, s.explain(err))
			}
			return
		}
	}
}

// document reads one top-level object.
func (s *stream) document() error {
	if b, err := s.json.peek(); err != nil || b != '{' {
		return geo.Errorf(geo.Invalid, "it is JSON but not GeoJSON: there is %q where a FeatureCollection or Feature begins", b)
	}
	var e element
	collection := false
	err := s.each('{', '}', func() error {
		name, err := s.json.next()
		if err != nil {
			return err
		}
		key := jsonText(name)
		if _, err := s.json.expect(":"); err != nil {
			return err
		}
		if key == "features" {
			collection = true
			return s.each('[', ']', s.feature)
		}
		return s.member(key, &e)
	})
	switch {
	case err != nil || collection:
		return err
	case jsonText(e.kind) == "Feature":
		return s.emit(&e)
	}
	return geo.Errorf(geo.Invalid, "it is JSON but not GeoJSON: an object in it has the type %q where a FeatureCollection or Feature is wanted", shorten(jsonText(e.kind)))
}

// each reads the items of an array, or the members of an object.
func (s *stream) each(open, shut byte, item func() error) error {
	if _, err := s.json.expect(string(open)); err != nil {
		return err
	}
	if b, err := s.json.peek(); err == nil && b == shut {
		return s.json.skip()
	}
	for {
		if err := item(); err != nil {
			return err
		}
		if b, err := s.json.expect("," + string(shut)); err != nil || b == shut {
			return err
		}
	}
}

// member reads one member of a top-level object that is not its features.
func (s *stream) member(key string, e *element) error {
	value, err := s.json.next()
	switch {
	case err != nil:
		return err
	case key == "crs":
		return s.declare(value)
	}
	e.set(key, bytes.Clone(value))
	return nil
}

// feature reads one feature of a FeatureCollection.
func (s *stream) feature() error {
	value, err := s.json.next()
	if err != nil {
		return err
	}
	var e element
	for name, value := range members(value) {
		e.set(string(name), value)
	}
	return s.emit(&e)
}

// emit yields a feature, or what is wrong with it.
func (s *stream) emit(e *element) error {
	s.count++
	source := geo.Source{File: s.path, Feature: s.count}
	r, err := s.record(e)
	r.source = source
	if err != nil {
		err = at(source, err)
	}
	if !s.yield(r, err) {
		return errStop
	}
	return nil
}

func (s *stream) record(e *element) (record, error) {
	if string(e.kind) != `"Feature"` {
		return record{}, geo.Errorf(geo.Faulty, "it is not a Feature")
	}
	if !utf8.Valid(e.properties) || bytes.Contains(e.properties, []byte("\uFFFD")) {
		return record{}, geo.Errorf(geo.Faulty, "%s", illegible())
	}
	if len(e.properties) > 0 && e.properties[0] != '{' && string(e.properties) != "null" {
		return record{}, geo.Errorf(geo.Faulty, "its properties are not an object")
	}
	p := properties{members: map[string]json.RawMessage{}, id: bytes.Clone(e.id)}
	for name, value := range members(bytes.Clone(e.properties)) {
		if holdsNUL(value) {
			return record{}, geo.Errorf(geo.Faulty, "field %q holds a NUL, the character 0, which no database takes as text: take it out", name)
		}
		p.members[s.intern(name)] = value
	}
	shape, err := geometry(e.geometry)
	if err != nil {
		return record{}, err
	}
	rec := record{fields: p, geometry: shape, crs: s.crs}
	if s.digest {
		rec.digest = digest(s.crs, shape)
	}
	return rec, nil
}

// intern is a field's name as a string, the same for every feature.
func (s *stream) intern(name []byte) string {
	if known, ok := s.names[string(name)]; ok {
		return known
	}
	if len(s.names) >= maxNames {
		return string(name)
	}
	s.names[string(name)] = string(name)
	return s.names[string(name)]
}

// declare takes the system from the crs member of GeoJSON 2008. Behind the features it
// comes too late to be any other than the one they were read in.
func (s *stream) declare(raw json.RawMessage) error {
	var member struct {
		Properties struct{ Name string }
	}
	if s.given || string(raw) == "null" {
		return nil
	}
	_ = json.Unmarshal(raw, &member) // anything else has no name, and is refused for it
	system, err := crs.Parse(member.Properties.Name)
	if err != nil || member.Properties.Name == "" {
		return geo.Errorf(geo.Invalid, "its crs member names no coordinate system known here (%s): name it with --crs EPSG:N", shorten(string(raw)))
	}
	if system != s.crs && s.count > 0 {
		return geo.Errorf(geo.Invalid, "its crs member stands behind the features: say --crs %s", system)
	}
	s.crs = system
	return nil
}

// explain says what a failed read means for the file.
func (s *stream) explain(err error) error {
	var wrong *notJSON
	switch {
	case errors.Is(err, errTooLarge):
		return geo.Errorf(geo.TooLarge, "%s, feature %d: it has more than %d MB, the most a feature may have: split or simplify it", s.path, s.count+1, MaxFeature>>20)
	case errors.Is(err, io.ErrUnexpectedEOF):
		return geo.Errorf(geo.Invalid, "%s is cut off after feature %d: the JSON ends in the middle; fetch or write the file again", s.path, s.count)
	case errors.As(err, &wrong) && strings.Contains(err.Error(), "beginning of value") && strings.ContainsAny(err.Error(), "NI"):
		return geo.Errorf(geo.Invalid, "%s, feature %d: NaN or Infinity stands near byte %d, which is neither JSON nor a coordinate: correct it or leave the feature out", s.path, s.count+1, wrong.offset)
	case errors.As(err, &wrong):
		return geo.Errorf(geo.Invalid, "%s, feature %d: near byte %d it is not JSON: %s", s.path, s.count+1, wrong.offset, wrong)
	}
	return inFile(s.path, err)
}
