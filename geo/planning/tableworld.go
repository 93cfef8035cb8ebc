package planning

import (
	"slices"

	"gridwarden/geo"
	"gridwarden/geo/duty"
)

// withCodes is the rows with the codes of the departments that they write by name. What
// matches none stays as written, and is refused as a department that there is none of.
func (p *tablePlan) withCodes(rows []geo.DutyRow) []geo.DutyRow {
	rows = slices.Clone(rows)
	for i := range rows {
		row := &rows[i]
		if a, err := duty.ParseAssign(row.Assign); err == nil && a.To == duty.ToDepartment {
			if code, ok := p.matcher.Code(string(a.Department)); ok {
				row.Assign = duty.Assign{To: duty.ToDepartment, Department: code}.String()
			}
		}
		var helpers []geo.DepartmentCode
		for _, written := range row.Helpers {
			helper := written
			if code, ok := p.matcher.Code(string(written)); ok {
				helper = code
			}
			if slices.Contains(helpers, helper) {
				p.refused.add(i, geo.Say("the duty row %s", row.ID), duty.CellError{Column: "helpers", Err: geo.Errorf(geo.Faulty, "%s is named twice: name it once", helper)})
			}
			helpers = append(helpers, helper)
		}
		row.Helpers = helpers
	}
	return rows
}

// world is what the rows are held against: the base with the tables as they would be.
func (p *tablePlan) world() duty.World {
	layers, departments := map[string]bool{}, map[geo.DepartmentCode]geo.Department{}
	for _, l := range p.base.Layers {
		layers[string(l.Name)] = true
	}
	for _, d := range p.base.Departments {
		departments[d.Code] = d
	}
	places, kinds := p.places()
	c := catalogueOf(p.base.Categories)
	conditions := conditionsOf(p.after.Standards)
	return duty.World{
		Today:     p.options.Today,
		Layer:     func(name string) bool { return layers[name] },
		GroupKind: func(kind string) bool { return kinds[kind] },
		Area: func(layer string, code duty.Pattern) bool {
			return fits(places[layer], code)
		},
		Department: func(code geo.DepartmentCode, on geo.Date) error {
			d, known := departments[code]
			if !known {
				return p.nobody(string(code))
			}
			return answers(departments, d, on)
		},
		Category: c.category,
		Family: func(standard string, kind geo.CategoryKind, name string) bool {
			return c.families[familyKey{standard, kind, name}]
		},
		Condition: conditions.allow,
	}
}

// places are the codes, in order, of the areas of each layer and of the groups of each
// kind. Where a layer and a kind have one name, it means the layer.
func (p *tablePlan) places() (codes map[string][]string, kinds map[string]bool) {
	codes, kinds = map[string][]string{}, map[string]bool{}
	for _, g := range p.after.Groups {
		kinds[g.Kind] = true
		codes[g.Kind] = append(codes[g.Kind], g.Code)
	}
	for _, l := range p.base.Layers {
		delete(codes, string(l.Name))
	}
	for _, a := range p.base.Areas {
		codes[string(a.Layer)] = append(codes[string(a.Layer)], string(a.Code))
	}
	for _, list := range codes {
		slices.Sort(list)
	}
	return codes, kinds
}

// fits tells whether one of the codes, which are in order, fits the pattern.
func fits(codes []string, p duty.Pattern) bool {
	i, _ := slices.BinarySearch(codes, p.Text)
	return i < len(codes) && p.Matches(codes[i])
}

// answers is nil when a department or one of its successors answers on a day.
func answers(all map[geo.DepartmentCode]geo.Department, d geo.Department, on geo.Date) error {
	first := d
	for range len(all) {
		if d.ValidUntil.IsZero() || !d.ValidUntil.Before(on) {
			return nil
		}
		next, known := all[d.Successor]
		if !known {
			break
		}
		d = next
	}
	return geo.Errorf(geo.Faulty, "the department %s %s ended on %s and no successor answers on %s: name another", first.Code, first.Name, first.ValidUntil, on)
}

// nobody says that a text names no department, and which name is nearest. Looking for that
// takes time, so it is done for no more texts than are told.
func (p *tablePlan) nobody(text string) error {
	if said, known := p.near[text]; known {
		return said
	}
	said := geo.Errorf(geo.Faulty, "no department has the code, name or alias %q", text)
	if len(p.near) >= maxRefusals {
		return said
	}
	if n, found := p.matcher.nearest(text); found {
		said = geo.Errorf(geo.Faulty, "%w; the nearest is %s (%s)", said, n.text, n.code)
	}
	p.near[text] = said
	return said
}

// catalogue is the categories as patterns ask for them.
type catalogue struct {
	codes    map[catalogueKey][]string // in order
	families map[familyKey]bool        // with and without the standard and the kind
}

type catalogueKey struct {
	standard string
	kind     geo.CategoryKind // empty: any
}

type familyKey struct {
	standard string
	kind     geo.CategoryKind
	name     string
}

func catalogueOf(categories []geo.Category) catalogue {
	c := catalogue{codes: map[catalogueKey][]string{}, families: map[familyKey]bool{}}
	for _, k := range categories {
		for _, kind := range []geo.CategoryKind{"", k.Kind} {
			key := catalogueKey{k.Standard, kind}
			c.codes[key] = append(c.codes[key], k.Code)
			if k.Family != "" {
				c.families[familyKey{"", kind, k.Family}] = true
				c.families[familyKey{k.Standard, kind, k.Family}] = true
			}
		}
	}
	for _, codes := range c.codes {
		slices.Sort(codes)
	}
	return c
}

func (c catalogue) category(standard string, kind geo.CategoryKind, code duty.Pattern) bool {
	return fits(c.codes[catalogueKey{standard, kind}], code)
}

// conditions are those of the filing standards, by category.
type conditions struct {
	codes map[catalogueKey][]string // that the standards speak of, in order
	has   map[conditionKey]bool
}

type conditionKey struct {
	key             catalogueKey
	code, condition string
}

func conditionsOf(standards []geo.FilingStandard) conditions {
	c := conditions{map[catalogueKey][]string{}, map[conditionKey]bool{}}
	for _, s := range standards {
		for _, kind := range []geo.CategoryKind{"", s.Kind} {
			key := catalogueKey{s.Standard, kind}
			c.codes[key] = append(c.codes[key], s.Code)
			c.has[conditionKey{key, s.Code, s.Condition}] = true
		}
	}
	for key, codes := range c.codes {
		slices.Sort(codes)
		c.codes[key] = slices.Compact(codes)
	}
	return c
}

// allow tells whether a category that fits has the condition; also when the standards say
// nothing of any that fits.
func (c conditions) allow(standard string, kind geo.CategoryKind, category, condition string) bool {
	key, pattern := catalogueKey{standard, kind}, duty.ParsePattern(category)
	codes := c.codes[key]
	i, _ := slices.BinarySearch(codes, pattern.Text)
	spoken := false
	for ; i < len(codes) && pattern.Matches(codes[i]); i++ {
		if c.has[conditionKey{key, codes[i], condition}] {
			return true
		}
		spoken = true
	}
	return !spoken
}
