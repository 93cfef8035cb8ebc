package planning

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"gridwarden/geo"
)

// importer carries one import from the base to the publication.
type importer struct {
	base    *geo.Base
	options Options
	layers  map[geo.LayerName]*layer
	names   []geo.LayerName // every layer of the base and the import, in order
	outcome *Outcome
}

// layer is one layer before and after the import.
type layer struct {
	was   geo.Layer
	is    geo.Layer
	isNew bool
	input *geo.LayerInput // nil when the import does not give it
	areas map[geo.AreaCode]*area
	codes []geo.AreaCode // in order
}

// area is one area before and after the import.
type area struct {
	code   geo.AreaCode
	was    *geo.Area      // nil when new
	input  *geo.AreaInput // nil when the import does not give it
	ends   bool
	joined bool         // with others into the parent, by dissolving
	parent geo.AreaCode // first the one wanted, then the one found
	shape  geo.Shape    // as built

	department geo.DepartmentCode // of the file, as a code
}

// differs tells whether the file gives the area something new.
func (a *area) differs() bool {
	return a.input != nil && (a.was == nil || a.was.InputHash != a.input.Hash)
}

// redrawn tells whether the file gives the area another drawing.
func (a *area) redrawn() bool {
	return a.input != nil && (a.was == nil || !a.was.InputHash.SameDrawing(a.input.Hash))
}

func newImporter(base *geo.Base, inputs []geo.LayerInput, o Options) (*importer, error) {
	p := &importer{base: base, options: o, layers: map[geo.LayerName]*layer{}, outcome: &Outcome{}}
	for _, l := range base.Layers {
		p.layers[l.Name] = &layer{was: l, is: l, areas: map[geo.AreaCode]*area{}}
	}
	for _, a := range base.Areas {
		p.layers[a.Layer].areas[a.Code] = &area{code: a.Code, was: a, parent: a.Parent}
	}
	for i := range inputs {
		if err := p.addLayer(&inputs[i]); err != nil {
			return nil, err
		}
	}
	p.names = slices.Sorted(maps.Keys(p.layers))
	for i := range inputs {
		if inputs[i].Dissolve == nil {
			p.layers[inputs[i].Layer.Name].addAreas(inputs[i].Areas)
		}
	}
	if err := p.dissolve(inputs); err != nil {
		return nil, err
	}
	if err := p.checkChains(); err != nil {
		return nil, err
	}
	for _, l := range p.layers {
		l.codes = slices.Sorted(maps.Keys(l.areas))
	}
	if err := p.wantParents(); err != nil {
		return nil, err
	}
	p.rankLayers()
	return p, p.matchDepartments()
}

// matchDepartments turns the departments of the files, written as code, name or alias,
// into codes. What matches nothing refuses the import, with the nearest names.
func (p *importer) matchDepartments() error {
	match := NewMatcher(p.base.Departments, nil)
	first := map[string]string{} // where each text that matches nothing stands first
	for _, name := range p.names {
		l := p.layers[name]
		for _, code := range l.codes {
			in, ok := l.areas[code].input, false
			if in == nil {
				continue
			}
			text := strings.TrimSpace(string(in.Department))
			if l.areas[code].department, ok = match.Code(text); !ok && first[text] == "" {
				first[text] = where(name, in)
			}
		}
	}
	if unmatched := match.Unmatched(); len(unmatched) > 0 {
		u := unmatched[0]
		return geo.Errorf(geo.Invalid, "%s, first in %s; import the departments first, or correct the field", u.sentence(len(unmatched)-1), first[u.Text])
	}
	return nil
}

// where names an area of the import and the place in its file, where it has one.
func where(l geo.LayerName, in *geo.AreaInput) string {
	if len(in.Parts) == 0 {
		return fmt.Sprintf("%s %s", l, in.Code)
	}
	return fmt.Sprintf("%s %s (%s)", l, in.Code, in.Parts[0].Source)
}

// addLayer takes over what the import says of a layer.
func (p *importer) addLayer(in *geo.LayerInput) error {
	if err := in.Layer.Name.Check(); err != nil {
		return err
	}
	l, known := p.layers[in.Layer.Name]
	switch {
	case !known:
		l = &layer{isNew: true, areas: map[geo.AreaCode]*area{}}
		p.layers[in.Layer.Name] = l
	case l.input != nil:
		return geo.Errorf(geo.Invalid, "layer %s is given twice; give each layer once", in.Layer.Name)
	case in.Layer.Reach != 0 && in.Layer.Kind != geo.Lines:
		return geo.Errorf(geo.Invalid, "layer %s is %s and has no reach; only lines have", in.Layer.Name, aKind(in.Layer.Kind))
	case l.was.Kind != in.Layer.Kind:
		return geo.Errorf(geo.Conflict, "layer %s is %s and cannot become %s; import under another name, or give --kind %s", in.Layer.Name, aKind(l.was.Kind), aKind(in.Layer.Kind), l.was.Kind)
	}
	l.input = in
	l.is = merged(l.was, in.Layer)
	return nil
}

// merged is a layer with what an import says of it; what the import leaves out stays.
func merged(was, in geo.Layer) geo.Layer {
	is := in
	if is.Parent == "" {
		is.Parent = was.Parent
	}
	if is.Title == "" {
		is.Title = was.Title
	}
	if is.Rank == 0 {
		is.Rank = was.Rank
	}
	if is.Reach == 0 {
		is.Reach = was.Reach
	}
	if is.Visibility == "" {
		is.Visibility = was.Visibility
	}
	if is.Visibility == "" {
		is.Visibility = geo.Protected
	}
	is.Authority = cmp.Or(in.Authority, was.Authority)
	is.Lock = cmp.Or(in.Lock, was.Lock)
	if in.Lock == lockByNesting {
		is.Lock = geo.LockByNesting
	}
	is.SmallestArea = max(0, cmp.Or(in.SmallestArea, was.SmallestArea))
	is.LargestArea = max(0, cmp.Or(in.LargestArea, was.LargestArea))
	return is
}

// lockByNesting is how an import says [geo.LockByNesting], which is empty.
const lockByNesting geo.Lock = "by-nesting"

// addAreas joins the areas given with those of the base.
func (l *layer) addAreas(inputs []geo.AreaInput) {
	given := make(map[geo.AreaCode]bool, len(inputs))
	for i := range inputs {
		in := &inputs[i]
		given[in.Code] = true
		a, known := l.areas[in.Code]
		if !known {
			a = &area{code: in.Code}
			l.areas[in.Code] = a
		}
		a.input = in
	}
	for code, a := range l.areas {
		a.ends = !l.input.Merge && !given[code]
	}
}

// tooManyEnd refuses an import that would end more than EndLimit of a layer unasked.
func (p *importer) tooManyEnd() error {
	if p.options.AllowEnd {
		return nil
	}
	for _, name := range p.names {
		l := p.layers[name]
		before, ends := 0, 0
		for _, a := range l.areas {
			if a.was != nil {
				before++
			}
			if a.ends {
				ends++
			}
		}
		if float64(ends) > EndLimit*float64(before) {
			p.report()
			return geo.Errorf(geo.Conflict, "%d of the %d areas of %s are not in the files and would end; give --allow-end if that is meant, or --merge to keep them", ends, before, name)
		}
	}
	return nil
}

// mostNamed is how many areas a refusal names.
const mostNamed = 20

// overEdits refuses an import that would overwrite what planners edited since it was read,
// unasked, naming the areas.
func (p *importer) overEdits() error {
	if p.options.Overwrite {
		return nil
	}
	var edited []string
	for _, name := range p.names {
		l := p.layers[name]
		for _, code := range l.codes {
			if l.areas[code].overEdit() {
				edited = append(edited, fmt.Sprintf("%s %s", name, code))
			}
		}
	}
	if len(edited) == 0 {
		return nil
	}
	p.report()
	n, more := len(edited), ""
	if n > mostNamed {
		edited, more = edited[:mostNamed], fmt.Sprintf(" and %d more", n-mostNamed)
	}
	return geo.Errorf(geo.Conflict, "planners have edited %d %s since, which the import would overwrite: %s%s; leave them out with --merge, or give --overwrite-edits if that is meant",
		n, plural(n, "area", "areas"), strings.Join(edited, ", "), more)
}

// overEdit tells whether the import ends an area that a planner edited, or gives again what
// was edited of it. One that is joined from lower areas is drawn as they are.
func (a *area) overEdit() bool {
	if a.was == nil {
		return false
	}
	words, drawing := a.was.InputHash.Edited()
	return a.ends && (words || drawing) || a.input != nil && (words || drawing && len(a.input.Parts) > 0)
}

// anythingToDo tells whether any area or layer differs, or is to be examined anyway.
func (p *importer) anythingToDo() bool {
	if p.options.Examine {
		return true
	}
	for _, l := range p.layers {
		if l.touched() {
			return true
		}
	}
	return false
}

// touched tells whether the import changes anything of the layer.
func (l *layer) touched() bool {
	if l.isNew || l.was != l.is {
		return true
	}
	for _, a := range l.areas {
		if a.ends || a.differs() {
			return true
		}
	}
	return false
}
