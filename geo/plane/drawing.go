package plane

import "context"

// Drawing gathers the rings and edges of an [Arrangement]. The zero value does not work;
// use [NewDrawing].
type Drawing struct {
	Sets *Sets
	segs []segment
}

// NewDrawing is an empty drawing with room for so many edges.
func NewDrawing(edges int) *Drawing {
	return &Drawing{Sets: newSets(), segs: make([]segment, 0, edges)}
}

// Ring draws a ring that bounds a piece. It may cross itself; direction does not matter.
func (d *Drawing) Ring(r Ring, piece int32) {
	if len(r) == 0 {
		return
	}
	set := d.Sets.Of(piece)
	a := r[len(r)-1]
	for _, b := range r {
		d.Edge(a, b, set)
		a = b
	}
}

// Edge draws an edge that bounds the pieces of a set of this drawing. The edges of each
// piece must together be closed lines.
func (d *Drawing) Edge(a, b Point, set Set) {
	if a != b && set != 0 {
		d.segs = append(d.segs, newSegment(a, b, set))
	}
}

// Rounded draws an edge of a fabric that was rounded before: it is compared with what
// [Drawing.Ring] and [Drawing.Edge] draw, but not with others of its kind, which it meets in
// shared end points at most.
func (d *Drawing) Rounded(a, b Point, set Set) {
	d.Edge(a, b, set)
	if a != b && set != 0 {
		d.segs[len(d.segs)-1].dirty = false
	}
}

// Arrange rounds the drawing to every step-th point of its grid, which become the units of
// the arrangement; step 1 keeps the grid. It takes the drawing over, which is empty
// afterwards. The error is ctx's or [ErrTangled].
func (d *Drawing) Arrange(ctx context.Context, step int64) (*Arrangement, error) {
	segs, err := node(ctx, d.Sets, d.segs, step)
	d.segs = nil
	if err != nil {
		return nil, err
	}
	return arrange(d.Sets, segs), nil
}
