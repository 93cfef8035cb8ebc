package planning

import (
	"cmp"
	"context"
	"fmt"
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
	x.borders(e)
	if err := x.fabrics(); err != nil {
		return nil, err
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
	places        map[geo.LayerName][]geo.Box // where borders changed, by the lowest layer of the chain
	faults        []Fault
}

// borders finds where an effect changed borders of coverages.
func (x *examiner) borders(e *Effect) {
	x.places = map[geo.LayerName][]geo.Box{}
	for _, name := range touched(e) {
		layer, _ := x.after.Layer(name.Layer)
		if layer.Kind != geo.Coverage {
			continue
		}
		if box := changedBox(x.before.Area(name.Layer, name.Code), x.after.Area(name.Layer, name.Code)); !box.IsEmpty() {
			lowest := x.after.Chain(name.Layer)[0]
			x.places[lowest] = append(x.places[lowest], box)
		}
	}
}

// changedBox is the box of the pieces of border that only one of two states of an area has.
func changedBox(was, is *geo.Area) geo.Box {
	box := geo.EmptyBox()
	if was != nil && is != nil && reflect.DeepEqual(was.Shape, is.Shape) {
		return box
	}
	var sides [2]map[Piece]bool
	for i, a := range []*geo.Area{was, is} {
		if a != nil {
			sides[i] = piecesOf([]*geo.Area{a})
		}
	}
	for i, side := range sides {
		for p := range side {
			if !sides[1-i][p] {
				box = box.Extend(p[0]).Extend(p[1])
			}
		}
	}
	return box
}

// fabrics judges the chains near the places where borders changed.
func (x *examiner) fabrics() error {
	for _, lowest := range slices.Sorted(maps.Keys(x.places)) {
		d := &doing{view: x.after, chain: x.after.Chain(lowest)}
		for _, box := range joinedBoxes(x.places[lowest]) {
			found, err := coverage.LocalFaults(x.ctx, d.near, box)
			if err != nil {
				return err
			}
			for _, f := range found {
				x.faults = append(x.faults, Fault{Fault: f})
			}
		}
	}
	return nil
}

// joinedBoxes are boxes with those that meet made one.
func joinedBoxes(boxes []geo.Box) []geo.Box {
	for {
		slices.SortFunc(boxes, func(a, b geo.Box) int { return a.Min.Compare(b.Min) })
		var out []geo.Box
		for _, b := range boxes {
			at := slices.IndexFunc(out, b.Intersects)
			if at < 0 {
				out = append(out, b)
				continue
			}
			out[at] = out[at].Union(b)
		}
		if len(out) == len(boxes) {
			return out
		}
		boxes = out
	}
}

// area judges what an area says and how large it is.
func (x *examiner) area(a *geo.Area) {
	layer, _ := x.after.Layer(a.Layer)
	if layer.Kind != geo.Lines {
		x.size(&layer, a)
	}
	if !x.book.follows(a.Layer, a.Parent, a.Code) {
		x.tell(geo.FaultCode, a, "its code does not follow the rule: in %s it is %s and %s", a.Parent, a.Parent, x.book.numbering(a.Layer, a.Parent))
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
		Message: fmt.Sprintf("%s %s: %s", a.Layer, a.Code, fmt.Sprintf(format, args...)), Outline: outlineOf(&a.Shape),
	}})
}
