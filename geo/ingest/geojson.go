package ingest

import (
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
	json   *json.Decoder
	budget *budget
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

func (o reading) geoJSON(r io.Reader, path string, system crs.CRS) iter.Seq2[record, error] {
	return func(yield func(record, error) bool) {
		b := &budget{r: r}
		s := &stream{path: path, json: json.NewDecoder(b), budget: b, crs: system, given: o.CRS != "", digest: o.digest, names: map[string]string{}, yield: yield}
		err := s.document()
		for err == nil {
			err = s.document()
		}
		if !errors.Is(err, io.EOF) && !errors.Is(err, errStop) {
			yield(record{}, s.explain(err))
		}
	}
}

// document reads one top-level object. io.EOF means that there is none.
func (s *stream) document() error {
	s.budget.renew()
	start, err := s.json.Token()
	if err != nil {
		return err
	}
	if start != json.Delim('{') {
		return geo.Errorf(geo.Invalid, "%s is JSON but not GeoJSON: it holds %v where a FeatureCollection or Feature is wanted", s.path, start)
	}
	var e element
	collection := false
	for s.json.More() {
		key, err := s.json.Token()
		if err == nil {
			collection = collection || key == "features"
			err = s.member(key, &e)
		}
		if err != nil {
			return whole(err)
		}
	}
	if _, err := s.json.Token(); err != nil {
		return whole(err)
	}
	switch {
	case collection:
		return nil
	case jsonText(e.kind) == "Feature":
		return s.emit(&e)
	}
	return geo.Errorf(geo.Invalid, "%s is JSON but not GeoJSON: an object in it has the type %q where a FeatureCollection or Feature is wanted", s.path, shorten(jsonText(e.kind)))
}

// whole turns the end of the input within an object into an error.
func whole(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}

// member reads one member of a top-level object.
func (s *stream) member(key json.Token, e *element) error {
	if key == "features" {
		return s.features()
	}
	var value json.RawMessage
	if err := s.json.Decode(&value); err != nil {
		return err
	}
	if key == "crs" {
		return s.declare(value)
	}
	if name, ok := key.(string); ok {
		e.set(name, value)
	}
	return nil
}

// features reads the array of a FeatureCollection.
func (s *stream) features() error {
	if start, err := s.json.Token(); err != nil {
		return err
	} else if start != json.Delim('[') {
		return geo.Errorf(geo.Invalid, "%s: the member \"features\" is not an array of features", s.path)
	}
	var feature json.RawMessage
	for s.json.More() {
		s.budget.renew()
		if err := s.json.Decode(&feature); err != nil {
			return err
		}
		var e element
		for name, value := range members(feature) {
			e.set(string(name), value)
		}
		if err := s.emit(&e); err != nil {
			return err
		}
	}
	_, err := s.json.Token()
	return err
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
		return record{}, geo.Errorf(geo.Faulty, "%s", errIllegible)
	}
	if len(e.properties) > 0 && e.properties[0] != '{' && string(e.properties) != "null" {
		return record{}, geo.Errorf(geo.Faulty, "its properties are not an object")
	}
	p := properties{members: map[string]json.RawMessage{}, id: bytes.Clone(e.id)}
	for name, value := range members(bytes.Clone(e.properties)) {
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
		return geo.Errorf(geo.Invalid, "%s: its crs member names no coordinate system known here (%s): name it with --crs EPSG:N", s.path, shorten(string(raw)))
	}
	if system != s.crs && s.count > 0 {
		return geo.Errorf(geo.Invalid, "%s: its crs member stands behind the features: say --crs %s", s.path, system)
	}
	s.crs = system
	return nil
}

// explain says what a failed read means for the file.
func (s *stream) explain(err error) error {
	var syntax *json.SyntaxError
	switch {
	case errors.Is(err, errOverBudget):
		return geo.Errorf(geo.TooLarge, "%s, feature %d: it has more than %d MB, the most a feature may have: split or simplify it", s.path, s.count+1, MaxFeature>>20)
	case errors.Is(err, io.ErrUnexpectedEOF):
		return geo.Errorf(geo.Invalid, "%s is cut off after feature %d: the JSON ends in the middle; fetch or write the file again", s.path, s.count)
	case errors.As(err, &syntax) && strings.Contains(err.Error(), "beginning of value") && strings.ContainsAny(err.Error(), "NI"):
		return geo.Errorf(geo.Invalid, "%s, feature %d: NaN or Infinity stands near byte %d, which is neither JSON nor a coordinate: correct it or leave the feature out", s.path, s.count+1, syntax.Offset)
	case errors.As(err, &syntax):
		return geo.Errorf(geo.Invalid, "%s, feature %d: near byte %d it is not JSON: %s", s.path, s.count+1, syntax.Offset, syntax)
	}
	return err
}

// budget lets the decoder read so much for one element and no more, so that one of any
// size cannot fill the memory. It takes the record separators of text sequences for blanks.
type budget struct {
	r    io.Reader
	left int
}

var errOverBudget = errors.New("over budget")

func (b *budget) renew() { b.left = MaxFeature }

func (b *budget) Read(p []byte) (int, error) {
	if b.left <= 0 {
		return 0, errOverBudget
	}
	n, err := b.r.Read(p[:min(len(p), b.left)])
	b.left -= n
	for from := 0; ; {
		i := bytes.IndexByte(p[from:n], 0x1e)
		if i < 0 {
			return n, err
		}
		p[from+i] = ' '
		from += i + 1
	}
}
