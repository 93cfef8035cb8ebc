package duty

import "gridwarden/geo"

// World is what the rows speak of: what exists where they are to hold. No function may
// be nil.
type World struct {
	Today     geo.Date
	Layer     func(name string) bool
	GroupKind func(kind string) bool
	// Area tells whether an area of the layer, or a group of the kind, fits the pattern.
	Area func(layer string, code Pattern) bool
	// Department is nil when the department answers on a day, itself or by its successor,
	// else a sentence.
	Department func(code geo.DepartmentCode, on geo.Date) error
	// Category tells whether a category of the standard and kind fits; an empty kind is any.
	Category func(standard string, kind geo.CategoryKind, code Pattern) bool
	// Family tells whether there is a family of the name; standard and kind may be empty.
	Family func(standard string, kind geo.CategoryKind, name string) bool
	// Condition tells whether a fitting category has the condition in the filing standards.
	// It is true where they say nothing at all of the category.
	Condition func(standard string, kind geo.CategoryKind, category, condition string) bool
}

// RowError is what is wrong with one cell of a row, given the world.
type RowError struct {
	Index int // of the row
	ID    geo.RuleID
	CellError
}

// Check holds rows against the world: every layer, area, category, family, condition and
// department they name must be there. Rows that hold no longer are judged by the days they
// held. All that is wrong comes back, in the order of rows.
func Check(rows []geo.DutyRow, w World) []RowError {
	var all []RowError
	for i := range rows {
		c := checker{World: w, row: &rows[i]}
		c.place()
		c.category()
		c.bodies()
		for _, f := range c.faults {
			all = append(all, RowError{i, rows[i].ID, f})
		}
	}
	return all
}

type checker struct {
	World
	row *geo.DutyRow
	reader
}

func (c *checker) place() {
	layer := c.row.Layer
	switch {
	case layer == "":
	case !c.Layer(layer) && !c.GroupKind(layer):
		c.fail("layer", "there is no layer and no kind of group %q: import it first, or correct the cell", layer)
	case c.row.Area != "" && !c.Area(layer, ParsePattern(c.row.Area)):
		c.fail("area", "%s has no area %s", layer, meant(c.row.Area))
	}
}

// meant says a pattern in words.
func meant(cell string) geo.Said {
	if p := ParsePattern(cell); p.Prefix {
		return geo.Say(`whose code begins with "%s"`, p.Text)
	}
	return geo.Say(`"%s"`, cell)
}

func (c *checker) category() {
	d := c.row
	code := ParsePattern(d.Category)
	switch {
	case d.Category == "" && d.Standard != "" && !c.Category(d.Standard, d.Kind, code):
		c.fail("standard", "there is no category of the standard %q: import the categories first, or correct the cell", d.Standard)
	case d.Category == "" || c.Family(d.Standard, d.Kind, d.Category):
	case d.Standard == "" && looksLikeCode(code.Text): // which ParseRule refuses
	case d.Standard == "":
		c.fail("category", "there is no family %q; if it is a code, name its standard", d.Category)
	case !c.Category(d.Standard, d.Kind, code):
		c.fail("category", "%s has no category or family %s", joined(d.Standard, string(d.Kind)), meant(d.Category))
	case d.Condition != "" && !c.Condition(d.Standard, d.Kind, d.Category, d.Condition):
		c.fail("condition", "the filing standards of %s have no condition %q", joined(d.Standard, d.Category), d.Condition)
	}
}

func joined(a, b string) string {
	if b == "" {
		return a
	}
	return a + " " + b
}

func (c *checker) bodies() {
	on := c.row.ValidFrom
	if on.Before(c.Today) {
		on = c.Today
	}
	if last := c.row.ValidUntil; !last.IsZero() && last.Before(on) {
		on = last
	}
	if a, err := ParseAssign(c.row.Assign); err == nil {
		switch {
		case a.To == ToDepartment:
			c.add("assign", c.Department(a.Department, on))
		case a.To == ToLayer && !c.Layer(string(a.Layer)):
			c.fail("assign", "there is no layer %q whose departments could answer: import it first, or correct the cell", a.Layer)
		}
	}
	for _, helper := range c.row.Helpers {
		c.add("helpers", c.Department(helper, on))
		if NamesItself(c.row, helper) {
			c.fail("helpers", "the row refers to itself: %s is the one who answers and cannot be its own helper", helper)
		}
	}
}
