package ingest

import (
	"maps"
	"slices"
	"strings"

	"gridwarden/geo"
)

// maxNames bounds how many different field names of one file are remembered.
const maxNames = 10_000

// schema is what a file has shown of its fields so far.
type schema struct {
	seen   map[string]struct{}
	folded map[string]string // small letters → the file's own spelling
	dates  []string          // those that hold dates by the standards
}

func newSchema() *schema {
	return &schema{seen: map[string]struct{}{}, folded: map[string]string{}}
}

// learn takes the names of a record.
func (s *schema) learn(f fields) {
	for name := range f.names() {
		if _, ok := s.seen[name]; ok || name == "" || len(s.seen) >= maxNames {
			continue
		}
		s.seen[name] = struct{}{}
		if small := strings.ToLower(name); s.folded[small] == "" {
			s.folded[small] = name
		}
		if isDateField(name) {
			s.dates = append(s.dates, name)
		}
	}
}

// dated refuses the serial numbers of spreadsheets in the dates of a record.
func (s *schema) dated(f fields) error {
	for _, name := range s.dates {
		value, _ := f.text(name)
		if err := dated(name, value); err != nil {
			return err
		}
	}
	return nil
}

// find is the first of the candidates the file has, in its own spelling; "" when none.
func (s *schema) find(candidates ...string) string {
	for _, c := range candidates {
		if name := s.folded[strings.ToLower(c)]; name != "" {
			return name
		}
	}
	return ""
}

// names are the names seen.
func (s *schema) names() []string { return slices.Collect(maps.Keys(s.seen)) }

// unknown is a fault for each field the caller named that no record of the file had.
func (s *schema) unknown(path string, named ...string) []error {
	var all []error
	for _, name := range named {
		if _, ok := s.seen[name]; name != "" && !ok {
			all = append(all, noField(path, name, s.names()))
		}
	}
	return all
}

// noField says that a file lacks a field, and which it has.
func noField(path, name string, names []string) error {
	return geo.Errorf(geo.Faulty, "%s has no field %q; there are %s", path, name, listed(names))
}
