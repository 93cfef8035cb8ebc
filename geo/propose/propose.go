// Package propose reads duty out of the past: from what really happened to a city's reports
// it proposes the rows of a decision table, for a person to accept. It is pure and
// deterministic: the same reports, in any order, give the same rows.
//
// For each type of report it proposes the department that got most, or, where that answers
// as many, the department named by the areas of a layer (layer:streets). Beside it stand
// exceptions by place, by subtype or by both, where they clearly win: see [Options]. Of all
// that would help, that which answers most reports comes first, so that one row for a
// borough stands in place of twelve for its precincts, and a row that later ones made
// useless is taken out again. Nothing is guessed for a type that was never seen, so no row
// is a prefix.
package propose

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"gridwarden/geo"
)

// Case is one report of the past and who really got it.
type Case struct {
	Type       string // becomes the code of a category
	Subtype    string // may be empty
	Department geo.DepartmentCode
	Places     []Place // the areas it lay in, of the layers to look at
}

// Place is an area that a report lay in.
type Place struct {
	Layer      geo.LayerName
	Area       geo.AreaCode
	Department geo.DepartmentCode // named by the area; may be empty
}

// Options say what rows are made of and when an exception is worth a row.
type Options struct {
	Standard string           // of the categories that types become
	Kind     geo.CategoryKind // empty: matter
	Subtype  string           // the answer that holds the subtype of a report: the key in where
	// Layers in the order in which duty rows look at them: by rank, then name.
	Layers []geo.LayerName
	// MinSupport is the fewest reports that an exception answers rightly; 0 is [MinSupport].
	// Besides, it must win against what it takes the place of in a sign test, and its
	// department must be more frequent there than in the rest of the type by Fisher's exact
	// test, divided by all the places and subtypes of the type that could have been tried
	// (Bonferroni): both at [Level].
	MinSupport int
}

const (
	MinSupport = 5    // the usual
	Level      = 0.05 // of significance
)

// Proposal is a table for a person to accept.
type Proposal struct {
	Rules []geo.DutyRow // by type, each type's row before its exceptions
	Types []Type        // by name
	// Unusable are types that cannot be codes as they are: they end in *, are longer than a
	// code may be, or hold signs that cannot be seen.
	Unusable []string
}

// Type is what the past says of one type of report.
type Type struct {
	Name        string
	Reports     int
	Right       int                        // answered as it happened by the rows proposed
	Departments map[geo.DepartmentCode]int // who got how many
	Exceptions  int
	Divided     bool // the row's department does not clearly win against all others
}

// Cases is how many reports the types had.
func (p *Proposal) Cases() (reports, right int) {
	for _, t := range p.Types {
		reports, right = reports+t.Reports, right+t.Right
	}
	return reports, right
}

// History gathers reports. Those alike are kept once, with their number.
type History struct {
	types map[string]map[string]*outcome
}

// outcome is some reports of one type that were alike in everything.
type outcome struct {
	Case
	n     int
	cells []cell // see cellsOf
}

// NewHistory has no report yet.
func NewHistory() *History { return &History{map[string]map[string]*outcome{}} }

// Add takes one report; one without a type or department says nothing and is passed over.
func (h *History) Add(c Case) {
	if c.Type == "" || c.Department == "" {
		return
	}
	alike := h.types[c.Type]
	if alike == nil {
		alike = map[string]*outcome{}
		h.types[c.Type] = alike
	}
	key := c.key()
	if alike[key] == nil {
		alike[key] = &outcome{Case: c}
	}
	alike[key].n++
}

// key is the same for reports of one type that are alike.
func (c *Case) key() string {
	parts := []string{string(c.Department), c.Subtype}
	for _, p := range c.Places {
		parts = append(parts, string(p.Layer), string(p.Area), string(p.Department))
	}
	return strings.Join(parts, "\x00")
}

// Propose makes the table.
func (h *History) Propose(o Options) *Proposal {
	o.MinSupport, o.Kind = cmp.Or(o.MinSupport, MinSupport), cmp.Or(o.Kind, geo.Matter)
	p, ids, standing := &Proposal{}, ids{}, map[cell]bool{}
	for _, name := range slices.Sorted(maps.Keys(h.types)) {
		if !o.usable(name) {
			p.Unusable = append(p.Unusable, name)
			continue
		}
		l := &learner{Options: o, standing: standing}
		for _, key := range slices.Sorted(maps.Keys(h.types[name])) {
			l.outcomes = append(l.outcomes, &outcome{Case: h.types[name][key].Case, n: h.types[name][key].n})
		}
		l.learn()
		rows, told := l.rows(name, ids)
		p.Rules, p.Types = append(p.Rules, rows...), append(p.Types, told)
	}
	return p
}
