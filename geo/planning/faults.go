package planning

import (
	"cmp"
	"context"
	"maps"
	"reflect"
	"slices"

	"gridwarden/geo"
	"gridwarden/geo/coverage"
	"gridwarden/geo/index"
)

// Severity says how much a fault weighs.
type Severity string

const (
	SeverityError   Severity = "error"   // it keeps the draft from being published
	SeverityWarning Severity = "warning" // it is most likely a mistake
	SeverityNote    Severity = "note"    // it may be meant
)

// Fault is something wrong near an edit, and how it can be mended.
type Fault struct {
	geo.Fault
	Severity Severity
	Mend     *Edit // removes it in one call; nil where a person must
}

// Faults are the faults near what an effect changed between two views, those that were there
// before too: of the fabric near borders that changed, and of size, code and department of
// the areas it touched. Of a whole draft they are those of its effects folded ([Fold]). They
// come errors first.
func Faults(ctx context.Context, before, after *index.Snapshot, e *Effect) ([]Fault, error) {
	x := &examiner{ctx: ctx, before: before, after: after, book: newCodeBook(ctx, after, Rules{})}
	for _, layer := range after.Layers() {
		if err := x.fabric(layer.Name, e); err != nil {
			return nil, err
		}
	}
	for _, a := range e.Areas {
		x.area(a)
	}
	for i := range x.faults {
		f := &x.faults[i]
		f.Severity = severityOf(&f.Fault)
		if mend := x.mend(&f.Fault); mend != nil && x.works(mend) {
			f.Mend = mend
		}
	}
	slices.SortFunc(x.faults, compareFaults)
	return slices.CompactFunc(x.faults, func(a, b Fault) bool { return compareFaults(a, b) == 0 }), nil
}

// compareFaults orders faults by weight, kind and place.
func compareFaults(a, b Fault) int {
	weight := map[Severity]int{SeverityError: 0, SeverityWarning: 1, SeverityNote: 2}
	return cmp.Or(
		cmp.Compare(weight[a.Severity], weight[b.Severity]), cmp.Compare(a.Kind, b.Kind),
		cmp.Compare(a.Layer, b.Layer), slices.Compare(a.Areas, b.Areas), slices.Compare(a.At[:], b.At[:]),
	)
}

func severityOf(f *geo.Fault) Severity {
	switch {
	case f.Error:
		return SeverityError
	case f.Kind == geo.FaultGap && len(f.Areas) == 0:
		return SeverityNote
	}
	return SeverityWarning
}

// examiner looks for faults.
type examiner struct {
	ctx           context.Context
	before, after *index.Snapshot
	book          *codeBook
	faults        []Fault
}

// fabric judges the chain above a coverage that no other is nested in, near the places where
// borders changed.
func (x *examiner) fabric(layer geo.LayerName, e *Effect) error {
	chain := x.after.Chain(layer)
	if l, _ := x.after.Layer(layer); l.Kind != geo.Coverage || chain[0] != layer {
		return nil
	}
	d := &doing{view: x.after, chain: chain}
	places := map[geo.Coord]geo.Box{}
	for _, name := range chain {
		x.changed(name, e, places)
	}
	for _, at := range slices.SortedFunc(maps.Keys(places), geo.Coord.Compare) {
		found, err := coverage.LocalFaults(x.ctx, d.near, places[at])
		if err != nil {
			return err
		}
		for _, f := range found {
			x.faults = append(x.faults, Fault{Fault: f})
		}
	}
	return nil
}

// span is the side, in units, of the squares by which changes are looked at: some two
// kilometres, so that most edits lie in one, and changes far apart are not taken together.
const span = 200_000

// changed extends the boxes of the borders that an effect changed, by squares, by those of a
// layer. Another code alone changes none, nor does a border that now is another area's.
func (x *examiner) changed(layer geo.LayerName, e *Effect, places map[geo.Coord]geo.Box) {
	was, is := x.states(layer, e)
	before, after := piecesOf(was), piecesOf(is)
	add := func(pieces, others map[Piece]bool) {
		for p := range pieces {
			if others[p] {
				continue
			}
			at := geo.Coord{X: p[0].X / span, Y: p[0].Y / span}
			box, known := places[at]
			if !known {
				box = geo.EmptyBox()
			}
			places[at] = box.Extend(p[0]).Extend(p[1])
		}
	}
	add(before, after)
	add(after, before)
}

// states are the areas of a layer that an effect touched, as they were and as they are: of
// those whose place stayed none.
func (x *examiner) states(layer geo.LayerName, e *Effect) (was, is []*geo.Area) {
	from, recoded := map[geo.AreaCode]geo.AreaCode{}, map[geo.AreaCode]bool{}
	for _, r := range e.Recoded {
		if r.Layer == layer {
			from[r.To], recoded[r.From] = r.From, true
		}
	}
	for _, name := range touched(e) {
		if name.Layer != layer || recoded[name.Code] {
			continue
		}
		a, b := x.before.Area(layer, cmp.Or(from[name.Code], name.Code)), x.after.Area(layer, name.Code)
		if a != nil && b != nil && reflect.DeepEqual(a.Shape, b.Shape) {
			continue
		}
		if a != nil {
			was = append(was, a)
		}
		if b != nil {
			is = append(is, b)
		}
	}
	return was, is
}

// area judges what an area says and how large it is.
func (x *examiner) area(a *geo.Area) {
	layer, _ := x.after.Layer(a.Layer)
	if layer.Kind != geo.Lines {
		x.size(&layer, a)
	}
	if !x.book.follows(a.Layer, a.Parent, a.Code) {
		x.tell(geo.FaultCode, a, "its code does not follow the rule: in %s it is %s and %s", a.Parent, a.Parent, x.book.numbering(a.Layer, a.Parent).said())
	}
	if a.Department == "" && x.wantsDepartment(a) {
		x.tell(geo.FaultNoDepartment, a, "no department answers for it, and for most beside it one does; set its department")
	}
}

// size tells of an area that is smaller or larger than its layer wants.
func (x *examiner) size(layer *geo.Layer, a *geo.Area) {
	if layer.SmallestArea == 0 && layer.LargestArea == 0 {
		return
	}
	switch m2 := a.Shape.SquareMetres(); {
	case m2 < layer.SmallestArea:
		x.tell(geo.FaultTooSmall, a, "it has %s, less than the %s that areas of its layer have at least", geo.InSquareMetres(m2), geo.InSquareMetres(layer.SmallestArea))
	case layer.LargestArea > 0 && m2 > layer.LargestArea:
		x.tell(geo.FaultTooLarge, a, "it has %s, more than the %s that areas of its layer have at most", geo.InSquareMetres(m2), geo.InSquareMetres(layer.LargestArea))
	}
}

// wantsDepartment tells whether an area should have a department: it had one, or most of
// those under the same parent have, or in a layer without parents most of the first.
func (x *examiner) wantsDepartment(a *geo.Area) bool {
	if was := x.before.Area(a.Layer, a.Code); was != nil && was.Department != "" {
		return true
	}
	beside := x.book.under(a.Layer, a.Parent)
	if a.Parent == "" {
		for first := range x.after.Areas(a.Layer, "") {
			if beside = append(beside, first); len(beside) == ruleSample {
				break
			}
		}
	}
	have := 0
	for _, other := range beside {
		if other.Department != "" {
			have++
		}
	}
	return 2*have > len(beside)
}

// tell takes in a fault of one whole area.
func (x *examiner) tell(kind geo.FaultKind, a *geo.Area, format string, args ...any) {
	x.faults = append(x.faults, Fault{Fault: geo.Fault{
		Kind: kind, Layer: a.Layer, Areas: []geo.AreaCode{a.Code}, At: within(&a.Shape), Area: a.Shape.SquareMetres(),
		Message: geo.Say("%s %s: %s", a.Layer, a.Code, geo.Say(format, args...)), Outline: outlineOf(&a.Shape),
	}})
}
